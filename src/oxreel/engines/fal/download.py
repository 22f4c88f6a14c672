"""The film that fal made, fetched to a file: without the key, from public hosts, within bytes and seconds."""

from pathlib import Path
from typing import Any

from oxreel.engines.fal.queue import NotNow
from oxreel.engines.fal.upload import allowed_hosts
from oxreel.errors import BadReference, FilmingFailed
from oxreel.media.fetch import fetch
from oxreel.media.limits import MEGABYTE, Limits
from oxreel.settings import Settings


def address_of(said: Any) -> str:
    """Where the film lies. Raises FilmingFailed where the answer names none."""
    video = said.get("video") if isinstance(said, dict) else None
    url = video.get("url") if isinstance(video, dict) else None
    if not isinstance(url, str):
        raise FilmingFailed("The provider fal says that it is done, but its answer names no video.")
    return url


def download(url: str, target: Path, settings: Settings) -> None:
    """Write the film to `target`, whatever its type is said to be. Raises NotNow, FilmingFailed."""
    limits = Limits(
        fetch_seconds=settings.fal_download_seconds,
        fetch_redirects=settings.fetch_redirects,
        allow_hosts=allowed_hosts(settings),
    )
    try:
        fetch(url, target, "video", settings.fal_megabytes * MEGABYTE, limits)
    except BadReference as error:
        target.unlink(missing_ok=True)
        # What else a client could send is no matter here.
        why = error.message.removesuffix(".").partition("; upload ")[0]
        if error.may_come:
            raise NotNow(why) from error
        raise FilmingFailed(f"The film that fal made could not be fetched ({why}).") from error

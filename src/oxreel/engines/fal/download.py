"""The film that fal made, fetched to a file: without the key, from public hosts, within bytes and seconds."""

import time
from pathlib import Path
from typing import Any

from oxreel.engines.fal.upload import allowed_hosts
from oxreel.errors import BadReference, FilmingFailed
from oxreel.log import Log
from oxreel.media.fetch import fetch
from oxreel.media.limits import MEGABYTE, Limits
from oxreel.settings import Settings

log = Log(__name__)

_TRIES = 4


def address_of(said: Any) -> str:
    """Where the film lies. Raises FilmingFailed where the answer names none."""
    video = said.get("video") if isinstance(said, dict) else None
    url = video.get("url") if isinstance(video, dict) else None
    if not isinstance(url, str):
        raise FilmingFailed("The provider fal says that it is done, but its answer names no video.")
    return url


def download(url: str, target: Path, settings: Settings) -> None:
    """Write the film to `target`, whatever its type is said to be. Raises FilmingFailed."""
    limits = Limits(
        fetch_seconds=settings.fal_download_seconds,
        fetch_redirects=settings.fetch_redirects,
        allow_hosts=allowed_hosts(settings),
    )
    for attempt in range(1, _TRIES + 1):
        try:
            fetch(url, target, "video", settings.fal_megabytes * MEGABYTE, limits)
        except BadReference as error:
            target.unlink(missing_ok=True)
            log.warning("fal_film_not_fetched", attempt=attempt, reason=error.message)
            if attempt == _TRIES or not _may_pass(error):
                # What else a client could send is no matter here.
                why = error.message.removesuffix(".").partition("; upload ")[0]
                raise FilmingFailed(f"The film that fal made could not be fetched ({why}).") from error
            time.sleep(0.2 * 3 ** (attempt - 1))
        else:
            return


def _may_pass(error: BadReference) -> bool:
    """Whether it can be another thing the next time: a connection that broke, a server that was not well."""
    return any(sign in error.message for sign in ("could not be fetched from", "answered with status 5"))

"""The engine that has a separate inference server film each shot, and delivers what it sends."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oxreel.engines.delivery import check_frames, metadata
from oxreel.engines.diffusers.weights import check, checkpoints, confirmed
from oxreel.engines.engine import Memo, OnFrame, Segment
from oxreel.engines.video_server import caveats
from oxreel.engines.video_server.ask import ask_of
from oxreel.engines.video_server.patience import Patience
from oxreel.engines.video_server.served import Served
from oxreel.errors import FilmingFailed, WrongSetting
from oxreel.storyboard import Shot, Storyboard

if TYPE_CHECKING:
    from oxreel.engines.video_server.server import VideoServer
    from oxreel.settings import Settings

#: The families that want their task named: the two transformers of MiniMax-H3.
_BY_TASK = frozenset({"h3", "h3-references"})


class VideoServerEngine:
    """Films with the one model that a vLLM-Omni or SGLang server runs."""

    def __init__(self, url: str, key: str, served: Served, patience: Patience | None = None) -> None:
        self._url, self._key, self._served = url, key, served
        self._patience = patience or Patience()

    @property
    def name(self) -> str:
        """What requests, rows and the MP4's metadata call it."""
        return "diffusers"

    @property
    def version(self) -> str:
        """Changes whenever the same storyboard would film different bytes."""
        return "1"

    def check(self, storyboard: Storyboard) -> None:
        """Nothing for what it can film as asked. Raises InvalidParams with the reason otherwise."""
        caveats.check(self._served, storyboard)

    def warnings(self, storyboard: Storyboard) -> list[str]:
        """What it will do differently than asked, one sentence each; reads no file."""
        return list(caveats.warnings(self._served, storyboard))

    def plan(self, storyboard: Storyboard) -> None:
        """Nothing: the model reads the words itself."""

    def parts(self, storyboard: Storyboard) -> tuple[Shot, ...]:
        """Each shot."""
        return storyboard.shots

    def film(
        self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame, memo: Memo | None = None
    ) -> Segment:
        """Have one part filmed, and fetch it into `folder` as it comes. Raises FilmingFailed."""
        from oxreel.engines.video_server.filming import Filming  # noqa: PLC0415 - the API needs no HTTP client

        server = self._server()
        try:
            filming = Filming(server, self._patience, memo, _entry(shot), on_frame, shot.frames)
            filming.make(lambda: ask_of(self._served, storyboard, shot))
            filming.wait()
            return Segment(filming.fetch(folder / f"shot-{shot.index}.mp4"), shot.frames)
        finally:
            server.close()

    def finish(self, storyboard: Storyboard, segments: list[Segment], target: Path) -> None:
        """Make the parts one MP4 at `target`, 24 frames a second and of the size asked for."""
        from oxreel.engines.conform import Part, deliver  # noqa: PLC0415 - codecs, which no other method needs

        check_frames(storyboard, segments)
        deliver(
            [Part(segment.path, segment.frames) for segment in segments],
            target,
            storyboard.width,
            storyboard.height,
            audio=storyboard.audio and "audio" in self._served.can,
            metadata=self._metadata(storyboard),
        )

    def abandon(self, memo: Mapping[str, Any]) -> dict[str, Any]:
        """Delete the jobs that the server still has; what is to be added to the memo.

        Raises FilmingFailed where one could not be: all are asked for again then, and what is gone stays gone.
        """
        jobs = {entry: note for entry, note in memo.items() if _is_open(entry, note)}
        if not jobs:
            return {}
        server = self._server()
        try:
            left = [note["job"] for note in jobs.values() if not server.delete(note["job"])]
        finally:
            server.close()
        if left:
            raise FilmingFailed(f"The video server could not be told to delete {' and '.join(left)}.")
        return {entry: {**note, "deleted": True} for entry, note in jobs.items()}

    def _server(self) -> "VideoServer":
        from oxreel.engines.video_server.server import VideoServer  # noqa: PLC0415 - the API needs no HTTP client

        return VideoServer(self._url, self._key)

    def _metadata(self, storyboard: Storyboard) -> dict[str, str]:
        """What the file says about itself."""
        about = f"Filmed by {self._served.name}, an open model; it is not the work of the model that the request names."
        return metadata(storyboard, self.name, self.version, about, filmed_by=self._served.name)


def _entry(shot: Shot) -> str:
    return f"shot_{shot.index}"


def _is_open(entry: str, note: Any) -> bool:
    return entry.startswith("shot_") and isinstance(note, dict) and "job" in note and not note.get("deleted")


def of_settings(settings: "Settings") -> VideoServerEngine:
    """The engine of a hub. Raises WrongSetting where the settings do not say what the server runs, and that it may."""
    check(settings)
    known = {name.lower(): one for name, one in checkpoints(settings).items()}
    model = known.get(settings.video_server_model.lower())
    if model is None:
        names = ", ".join(one.name for one in known.values())
        raise WrongSetting(
            f"OXREEL_VIDEO_SERVER_MODEL: '{settings.video_server_model}' is no checkpoint that OxReel knows; "
            f"it must name what the video server runs, one of {names}."
        )
    if not confirmed(settings, model):
        raise WrongSetting(
            f"OXREEL_VIDEO_SERVER_MODEL: {model.name} is under the {model.licence}, {model.terms}; it needs "
            f"OXREEL_DIFFUSERS_LICENCES to name {model.confirm}."
        )
    return VideoServerEngine(
        settings.video_server_url,
        settings.video_server_key.get_secret_value(),
        Served(model.name, model.rules, settings.video_server_kind, by_task=model.family.name in _BY_TASK),
        Patience(film=settings.video_server_seconds),
    )

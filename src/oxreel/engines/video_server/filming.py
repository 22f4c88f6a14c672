"""One shot on a video server, from its request to its file."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from oxreel.engines.engine import Memo, OnFrame, Stopped
from oxreel.engines.video_server.alongside import alongside
from oxreel.engines.video_server.ask import Ask
from oxreel.engines.video_server.patience import Patience
from oxreel.engines.video_server.server import Job, NotThere, Stumbled, Unsure, VideoServer
from oxreel.errors import FilmingFailed
from oxreel.log import Log

log = Log(__name__)

#: What a video's file begins with, behind four bytes of length.
_MP4 = b"ftyp"


class Filming:
    """Its request, its looks and its file; whoever takes over goes on by the memo."""

    def __init__(
        self,
        server: VideoServer,
        patience: Patience,
        memo: Memo | None,
        entry: str,
        on_frame: OnFrame,
        frames: int,
    ) -> None:
        self._server, self._patience = server, patience
        self._memo, self._entry = memo, entry
        self._on_frame, self._frames = on_frame, frames
        self._filmed = 0
        self._job = ""

    def make(self, ask: Callable[[], Ask]) -> None:
        """Make the job, unless it was made before. Raises FilmingFailed."""
        noted = {} if self._memo is None else self._memo.read().get(self._entry) or {}
        self._sign()
        if noted.get("job"):
            self._job = noted["job"]
            log.info("video_server_resumed", job=self._job)
            return
        if noted.get("submitting"):
            raise _ambiguous("the worker ended while it was asking")
        self._note(submitting=True)
        self._create(ask())

    def _create(self, ask: Ask) -> None:
        stopped: list[Stopped] = []

        def sign() -> None:
            # Not let go before the answer is noted: else nobody could call the job off.
            if not stopped:
                try:
                    self._sign()
                except Stopped as error:
                    stopped.append(error)

        end = time.monotonic() + self._patience.away
        while not self._job:
            try:
                self._job = alongside(lambda: self._server.create(ask), sign)
            except Unsure as error:
                raise _ambiguous(str(error)) from error
            except FilmingFailed:
                self._note()
                raise
            except NotThere as error:
                if time.monotonic() > end:
                    self._note()
                    raise FilmingFailed(f"The video server did not begin to film: {error}.") from error
                self._pause(sign)
                if stopped:
                    self._note()
                    raise stopped[0] from error
        self._keep(stopped)

    def _keep(self, stopped: list[Stopped]) -> None:
        """Note the job, so that whoever films or calls off knows it."""
        try:
            self._note(job=self._job)
        except Stopped:
            # Another worker films by now, and does not know of it.
            self._server.delete(self._job)
            raise
        if stopped:
            raise stopped[0]

    def wait(self) -> None:
        """Until the job is done. Raises FilmingFailed where it fails, or takes too long."""
        end = time.monotonic() + self._patience.film
        while True:
            job: Job = self._patiently(lambda: self._server.look(self._job))
            if job.state == "failed":
                raise FilmingFailed(f"The video server could not film it{job.error and f': {job.error}'}.")
            if job.state == "done":
                return
            # The last frame is there once its file is.
            self._filmed = max(self._filmed, min(int(job.progress * self._frames), self._frames - 1))
            if time.monotonic() > end:
                self._server.delete(self._job)
                raise FilmingFailed(f"The video server did not film it within {self._patience.film:g} s.")
            self._pause(self._sign)

    def fetch(self, target: Path) -> Path:
        """The job's video as a file. Raises FilmingFailed."""
        stopping = threading.Event()
        try:
            self._patiently(lambda: self._server.fetch(self._job, target, stopping))
        finally:
            stopping.set()
        with target.open("rb") as file:
            if file.read(8)[4:] != _MP4:
                raise FilmingFailed("What the video server sent is not an MP4.")
        self._filmed = self._frames
        self._sign()
        return target

    def _patiently(self, request: Callable[[], Any]) -> Any:
        """What the request brings, tried until the server has been away for too long."""
        end = time.monotonic() + self._patience.away
        while True:
            try:
                return alongside(request, self._sign)
            except Stumbled as error:
                log.info("video_server_stumbled", job=self._job, said=str(error))
                if time.monotonic() > end:
                    away = f"{self._patience.away:g} s"
                    raise FilmingFailed(f"The video server has not answered sensibly for {away}: {error}.") from error
            self._pause(self._sign)

    def _pause(self, sign: Callable[[], None]) -> None:
        alongside(lambda: time.sleep(self._patience.pause), sign)
        sign()

    def _sign(self) -> None:
        self._on_frame(self._filmed)

    def _note(self, **note: Any) -> None:
        if self._memo is not None:
            self._memo.write(**{self._entry: note})


def _ambiguous(why: str) -> FilmingFailed:
    return FilmingFailed(
        f"create_ambiguous: nobody can say whether the video server took the request ({why.rstrip('.')}); it is not "
        "sent again, so that nothing is filmed twice. Retry the generation to film it anew."
    )

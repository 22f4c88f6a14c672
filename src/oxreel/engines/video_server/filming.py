"""One shot on a video server, from its request to its file."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from oxreel.engines.alongside import alongside, pause
from oxreel.engines.engine import Memo, OnFrame, Stopped
from oxreel.engines.video_server.ask import Ask
from oxreel.engines.video_server.patience import Patience
from oxreel.engines.video_server.server import Job, NotThere, Stumbled, Unsure, VideoServer
from oxreel.errors import FilmingFailed
from oxreel.log import Log

log = Log(__name__)

#: What a video's file begins with, behind four bytes of length.
_MP4 = b"ftyp"


class _Late(Exception):
    """The time is up."""


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
        #: Monotonic time until which the server is waited for.
        self._end = time.monotonic() + patience.film

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
        end = time.monotonic() + self._patience.away
        while not self._job:
            self._end = time.monotonic() + self._patience.accept
            try:
                # Not let go before the answer is noted: else nobody could call the job off.
                self._job = alongside(lambda: self._server.create(ask), self._sign_in_time, to_the_end=True)
            except _Late as error:
                raise _ambiguous(f"it took more than {self._patience.accept:g} s") from error
            except Unsure as error:
                raise _ambiguous(str(error)) from error
            except FilmingFailed:
                self._note()
                raise
            except NotThere as error:
                if time.monotonic() > end:
                    self._note()
                    raise FilmingFailed(f"The video server did not begin to film: {error}.") from error
                try:
                    pause(self._patience.pause, self._sign)
                except Stopped:
                    self._note()
                    raise
        self._keep()
        self._sign()

    def _keep(self) -> None:
        """Note the job, so that whoever films or calls off knows it."""
        try:
            self._note(job=self._job)
        except Stopped:
            # Another worker films by now, and does not know of it.
            if not self._server.delete(self._job):
                log.warning("video_server_not_deleted", job=self._job)
            raise

    def wait(self) -> None:
        """Until the job is done. Raises FilmingFailed where it fails, or takes too long."""
        self._end = time.monotonic() + self._patience.film
        try:
            self._wait()
        except _Late as error:
            alongside(lambda: self._server.delete(self._job), self._sign)
            raise FilmingFailed(f"The video server did not film it within {self._patience.film:g} s.") from error

    def _wait(self) -> None:
        while True:
            job: Job = self._patiently(lambda: self._server.look(self._job))
            if job.state == "failed":
                raise FilmingFailed(f"The video server could not film it{job.error and f': {job.error}'}.")
            if job.state == "done":
                return
            # The last frame is there once its file is.
            self._filmed = max(self._filmed, min(int(job.progress * self._frames), self._frames - 1))
            pause(self._patience.pause, self._sign_in_time)

    def fetch(self, target: Path) -> Path:
        """The job's video as a file, within the time of the whole shot. Raises FilmingFailed."""
        stopping = threading.Event()
        try:
            self._patiently(lambda: self._server.fetch(self._job, target, stopping))
        except _Late as error:
            raise FilmingFailed(
                f"The video server did not film and send it within {self._patience.film:g} s."
            ) from error
        finally:
            stopping.set()
        with target.open("rb") as file:
            if file.read(8)[4:] != _MP4:
                raise FilmingFailed("What the video server sent is not an MP4.")
        self._filmed = self._frames
        self._sign()
        return target

    def _patiently(self, request: Callable[[], Any]) -> Any:
        """What the request brings, tried until the server has been away for too long. Raises _Late."""
        end = time.monotonic() + self._patience.away
        while True:
            try:
                return alongside(request, self._sign_in_time)
            except Stumbled as error:
                log.info("video_server_stumbled", job=self._job, said=str(error))
                if time.monotonic() > end:
                    away = f"{self._patience.away:g} s"
                    raise FilmingFailed(f"The video server has not answered sensibly for {away}: {error}.") from error
            pause(self._patience.pause, self._sign_in_time)

    def _sign_in_time(self) -> None:
        # Late first: also a film that nobody wants is waited for no longer.
        if time.monotonic() > self._end:
            raise _Late
        self._sign()

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

"""A film that is made elsewhere: a thread of the worker waits for it, and decodes nothing.

The thread is this film's own: the event loop's are few, and a film may take an hour.
"""

import asyncio
import contextlib
import contextvars
import threading
import time
from collections.abc import Callable
from pathlib import Path

from oxreel.engines.engine import Engine, Memo, OnFrame, Segment, Stopped
from oxreel.errors import FilmingFailed
from oxreel.log import Log
from oxreel.storyboard import Shot, Storyboard

log = Log(__name__)

#: Seconds between two looks at whether the thread gives signs of life, and at whether it has ended.
_LOOK_SECONDS, _END_SECONDS = 1.0, 0.05


class HostedFilm:
    """What one take has filmed by a provider, a part at a time."""

    def __init__(self, *, stall_seconds: float) -> None:
        self._stall_seconds = stall_seconds
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        #: Monotonic time of its last sign of life.
        self._heard = 0.0

    @property
    def is_stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    async def film(
        self, engine: Engine, storyboard: Storyboard, part: Shot, folder: Path, on_frame: OnFrame, memo: Memo
    ) -> Segment:
        """The filmed part. Raises FilmingFailed, Stopped, and what else the engine met."""

        def heard(frames: int) -> None:
            self.wait()
            on_frame(frames)
            if self._stop.is_set():
                raise Stopped

        def work() -> Segment:
            heard(0)
            return engine.film(storyboard, part, folder, heard, memo)

        self.wait()
        outcome = self._begin(work)
        try:
            while not (await asyncio.wait({outcome}, timeout=_LOOK_SECONDS))[0]:
                if time.monotonic() - self._heard > self._stall_seconds:
                    raise FilmingFailed(
                        f"Filming stalled: nothing was heard of it for {self._stall_seconds:g} seconds."
                    )
            return outcome.result()
        finally:
            if not outcome.done():
                self._stop.set()
                outcome.cancel()

    def wait(self) -> None:
        """Have patience with it anew, from any thread: it lives, or what it waits for is our own."""
        self._heard = time.monotonic()

    def stop(self) -> None:
        """Have it end at its next sign of life, from any thread."""
        self._stop.set()

    async def ended(self, seconds: float) -> None:
        """Return once it has ended, or when the time is up."""
        until = time.monotonic() + seconds
        while self._thread is not None and self._thread.is_alive():
            if time.monotonic() > until:
                log.warning("hosted_film_does_not_stop", seconds=seconds)
                return
            await asyncio.sleep(_END_SECONDS)

    def join(self, until: float) -> None:
        """Return once it has ended, or at that monotonic time; from any thread but the event loop's."""
        if self._thread is not None:
            self._thread.join(max(until - time.monotonic(), 0))

    def _begin(self, work: Callable[[], Segment]) -> asyncio.Future[Segment]:
        """What comes of `work`, done in a thread whose lines in the log are about the same generation."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Segment] = loop.create_future()

        def tell(segment: Segment | None, error: Exception | None) -> None:
            if outcome.done():
                return
            if segment is not None:
                outcome.set_result(segment)
            elif error is not None:
                outcome.set_exception(error)

        def run() -> None:
            segment, met = None, None
            try:
                segment = work()
            except Exception as error:
                met = error
            with contextlib.suppress(RuntimeError):  # The loop is closed: nobody wants to know.
                loop.call_soon_threadsafe(tell, segment, met)

        # Not one that the interpreter waits for: a provider that never answers must not keep a worker from ending.
        target = contextvars.copy_context().run
        self._thread = threading.Thread(target=target, args=(run,), name="hosted-film", daemon=True)
        self._thread.start()
        return outcome

"""Calling off what is made elsewhere for generations that nobody wants any more.

A thread of each worker that has films made elsewhere: the calls may take long, and whoever cancels, or beats, must
not wait for them. What the worker of a cancelled generation left behind, killed or not, the next one calls off.
"""

import threading
import time
from collections.abc import Callable, Sequence

from oxreel.errors import OxReelError, Unavailable
from oxreel.generations import upstream
from oxreel.generations.generation import find
from oxreel.generations.studio import Studio
from oxreel.log import Log, about

log = Log(__name__)

#: Seconds between two looks at what is left.
_LOOK_SECONDS = 1.0
#: Seconds until what did not work is tried again, doubled each time, and until it is given up: it is made by then.
_FIRST_PAUSE, _LONGEST_PAUSE, _PATIENCE = 1.0, 300.0, 3600.0


class Abandoning:
    """Calls off what these engines still have made for generations that were cancelled or failed."""

    def __init__(self, studio: Studio, engines: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._studio, self._engines, self._clock = studio, engines, clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_until_stopped, name="abandoning", daemon=True)
        #: When each that did not work was first and is next tried, by the clock.
        self._tried: dict[str, tuple[float, float]] = {}

    def start(self) -> None:
        """Look from now on, unless there is no such engine."""
        if self._engines:
            self._thread.start()

    def stop(self, seconds: float = 5.0) -> None:
        """Begin nothing more; return once it has ended, or when the time is up."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def look(self) -> None:
        """Call off what is left now. Raises Unavailable."""
        with self._studio.database.snapshot() as tx:
            left = upstream.left(tx, self._engines)
        self._tried = {one: times for one, times in self._tried.items() if one in left}
        for generation_id in left:
            if self._stop.is_set():
                return
            if self._clock() >= self._tried.get(generation_id, (0.0, float("-inf")))[1]:
                with about(generation=generation_id):
                    self._abandon(generation_id)

    def _look_until_stopped(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            try:
                self.look()
            except Unavailable as error:
                log.debug("left_not_seen", reason=error.message)
            except Exception:
                log.exception("abandoning_broke")

    def _abandon(self, generation_id: str) -> None:
        with self._studio.database.snapshot() as tx:
            generation = find(tx, generation_id)
        try:
            entries = self._studio.engines.get(generation.engine).abandon(generation.upstream or {})
        except Exception as error:
            reason = error.message if isinstance(error, OxReelError) else repr(error)
            if not self._gives_up(generation_id):
                log.warning("not_abandoned_yet", reason=reason)
                return
            log.warning("not_abandoned", reason=reason)
            entries = {}
        with self._studio.database.transaction() as tx:
            upstream.note_abandoned(tx, generation_id, entries, generation.upstream)
        log.info("abandoned", engine=generation.engine)

    def _gives_up(self, generation_id: str) -> bool:
        """Whether it was tried for long enough; else it is tried again after a pause."""
        now = self._clock()
        first = self._tried.get(generation_id, (now, now))[0]
        pause = min(max(_FIRST_PAUSE, now - first), _LONGEST_PAUSE)
        self._tried[generation_id] = first, now + pause
        return now - first > _PATIENCE

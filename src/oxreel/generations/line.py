"""A worker's place at the line: it looks who is next and hands the jobs to the job engine."""

import random
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from dbos import DBOS

# Private, as the two calls on `_sys_db` below: the version is pinned and tests/acceptance shows that they work.
from dbos._core import execute_dequeued_workflow
from dbos._utils import INTERNAL_QUEUE_NAME
from psycopg.errors import LockNotAvailable

from oxreel.db import now_ms
from oxreel.errors import Unavailable
from oxreel.generations import turns
from oxreel.generations.jobs import job_table
from oxreel.generations.run import Filming
from oxreel.generations.studio import Studio
from oxreel.log import Log

log = Log(__name__)

#: Milliseconds after which a job that this worker has taken and does not run goes back in line.
_FORGOTTEN_MS = 15_000
#: Seconds that a worker leaves a line alone at most in which all that waits has to wait for others.
_LONGEST_PAUSE = 1.5


@dataclass
class _Pause:
    """How long a worker leaves a line alone from which it could take nothing: one takes at a time, of all workers."""

    seconds: float = 0.0
    since: float = 0.0
    #: What this worker filmed at its last look.
    films: frozenset[str] = frozenset()

    def lasts(self, films: frozenset[str]) -> bool:
        """Whether there is no reason yet to try again; one is that a film of this very worker has ended."""
        if self.films - films:
            self.end()
        self.films = films
        return time.monotonic() - self.since < self.seconds

    def lengthen(self, shortest: float) -> None:
        """Begin anew, for twice as long."""
        self.seconds = min(2 * self.seconds or shortest, _LONGEST_PAUSE)
        self.since = time.monotonic()

    def end(self) -> None:
        """Try again at once."""
        self.seconds = 0.0


class Line:
    """Takes generations for one worker, as many of each queue as it has slots."""

    def __init__(
        self, studio: Studio, executor_id: str, slots: Mapping[str, int], filming: Filming, dbos: DBOS
    ) -> None:
        self._studio = studio
        self._executor_id = executor_id
        self._slots = dict(slots)
        self._pauses = {queue: _Pause() for queue in self._slots}
        self._filming = filming
        self._dbos = dbos
        self._closed = threading.Event()
        self._looking = threading.Thread(target=self._look_until_closed, name="line", daemon=True)

    def open(self) -> None:
        """Take jobs from now on."""
        self._looking.start()

    def close(self) -> None:
        """Take nothing more; what was taken is being filmed."""
        self._closed.set()
        if self._looking.is_alive():
            self._looking.join()

    def is_idle(self) -> bool:
        """Whether nothing that this worker took is still to be filmed. Raises Unavailable."""
        job = job_table(self._studio.database.is_sqlite).c
        mine = job.status == "PENDING", job.executor_id == self._executor_id, job.queue_name.in_(self._slots)
        with self._studio.database.snapshot() as tx:
            return tx.execute(sa.select(job.workflow_uuid).where(*mine).limit(1)).first() is None

    def put_back_forgotten(self) -> None:
        """Put back in line what this worker took and does not run: the database broke off while it was taking it."""
        job = job_table(self._studio.database.is_sqlite).c
        mine = job.status == "PENDING", job.executor_id == self._executor_id, job.queue_name.in_(self._slots)
        old = job.started_at_epoch_ms < now_ms() - _FORGOTTEN_MS
        with self._studio.database.snapshot() as tx:
            taken = set(tx.execute(sa.select(job.workflow_uuid).where(*mine, old)).scalars())
        for generation_id in taken - set(self._dbos._active_workflows_set.activeList()):
            log.warning("job_put_back", generation=generation_id, executor=self._executor_id)
            self._dbos._sys_db.reenqueue_for_recovery(generation_id, [self._executor_id], INTERNAL_QUEUE_NAME)

    def _look_until_closed(self) -> None:
        seconds = self._studio.settings.poll_seconds
        # Workers that were started together do not look together for ever.
        while not self._closed.wait(seconds * random.uniform(0.9, 1.1)):  # noqa: S311 - no secret
            for queue, slots in self._slots.items():
                try:
                    self._look(queue, slots)
                except Unavailable as error:
                    log.debug("line_not_seen", queue=queue, reason=error.message)
                except Exception as error:
                    if isinstance(error, sa.exc.OperationalError) and isinstance(error.orig, LockNotAvailable):
                        log.debug("line_not_seen", queue=queue, reason="Other workers take their turn.")
                        continue
                    log.exception("line_broke", queue=queue)

    def _look(self, queue: str, slots: int) -> None:
        busy = self._filming.running(queue)
        if len(busy) >= slots:
            return
        database = self._studio.database
        pause = self._pauses[queue]
        with database.snapshot() as tx:
            if not turns.someone_waits(tx, queue):
                pause.end()
                return
        # Of every queue: the limits of namespaces and models hold over all of them.
        films = frozenset().union(*(self._filming.running(one) for one in self._slots))
        if pause.lasts(films):
            return
        # Unless something is taken. The first is shorter than the time between two looks.
        pause.lengthen(self._studio.settings.poll_seconds / 2)
        owner = str(uuid.uuid4())
        with database.transaction() as tx:
            taken = turns.take(tx, self._studio, queue, self._executor_id, owner, slots, busy)
        if not taken:
            return
        pause.end()
        for job in self._dbos._sys_db.get_workflow_statuses(taken):
            execute_dequeued_workflow(self._dbos, job, owner)

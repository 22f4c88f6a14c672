"""A worker's place at the line: it looks who is next and hands the jobs to the job engine."""

import random
import threading
import uuid
from collections.abc import Mapping

import sqlalchemy as sa
from dbos import DBOS

# Private, as the two calls on `_sys_db` below: the version is pinned and tests/acceptance shows that they work.
from dbos._core import execute_dequeued_workflow
from dbos._utils import INTERNAL_QUEUE_NAME

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


class Line:
    """Takes generations for one worker, as many of each queue as it has slots."""

    def __init__(
        self, studio: Studio, executor_id: str, slots: Mapping[str, int], filming: Filming, dbos: DBOS
    ) -> None:
        self._studio = studio
        self._executor_id = executor_id
        self._slots = dict(slots)
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
                except Exception:
                    log.exception("line_broke", queue=queue)

    def _look(self, queue: str, slots: int) -> None:
        busy = self._filming.running(queue)
        if len(busy) >= slots:
            return
        database = self._studio.database
        with database.snapshot() as tx:
            if not turns.someone_waits(tx, queue):
                return
        owner = str(uuid.uuid4())
        with database.transaction() as tx:
            taken = turns.take(tx, self._studio, queue, self._executor_id, owner, slots, busy)
        if not taken:
            return
        for job in self._dbos._sys_db.get_workflow_statuses(taken):
            execute_dequeued_workflow(self._dbos, job, owner)

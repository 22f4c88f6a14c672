"""The worker: runs the durable jobs, gives signs of life, looks after workers that give none."""

import itertools
import os
import signal
import threading

from dbos import DBOS
from dbos import error as job_errors

from oxreel import events
from oxreel.bootstrap import Hub, open_hub
from oxreel.generations import idempotency, leftovers, recovery
from oxreel.generations.jobs import APPLICATION, QUEUE, SCHEMA, VERSION, serializer
from oxreel.generations.run import Filming
from oxreel.log import Log, adopt, set_up
from oxreel.settings import Settings

log = Log(__name__)

#: Signs of life between two comparisons of rows and jobs, and between two clearings.
_RECONCILE_EVERY, _PRUNE_EVERY = 5, 600


class Worker:
    """One executor of the job engine; a process has at most one."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.executor_id = recovery.new_executor_id()
        self._stop = threading.Event()
        self._pulse = threading.Thread(target=self._beat_until_stopped, name="heartbeat", daemon=True)
        self._filming: Filming | None = None

    def start(self) -> None:
        """Take jobs from now on."""
        hub, settings = self._hub, self._hub.settings
        with hub.database.transaction() as tx:
            recovery.sign_on(tx, self.executor_id)
        # A cancelled generation is no fault: it must not fill the log with stack traces.
        adopt("dbos", job_errors.DBOSAwaitedWorkflowCancelledError)
        DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": hub.database.url,
                "system_database_engine": hub.database.engine,
                "dbos_system_schema": SCHEMA,
                "executor_id": self.executor_id,
                "application_version": VERSION,
                "serializer": serializer(),
                # It tells of each job that a stop interrupts; we tell in our own words.
                "log_level": "ERROR",
                "use_listen_notify": False,
                # Nothing here has a schedule.
                "scheduler_polling_interval_sec": 3600.0,
            }
        )
        self._filming = Filming(hub, self.executor_id)
        DBOS.listen_queues([QUEUE])
        # Before the launch, which looks for queues once and then only each second.
        hub.jobs.open_line(settings)
        DBOS.launch()
        self._pulse.start()
        log.info("worker_started", executor=self.executor_id, film_slots=settings.film_slots)

    def stop(self) -> None:
        """Stop filming; what was being filmed goes back in line for the next worker."""
        self._stop.set()
        if self._pulse.is_alive():
            self._pulse.join()
        if self._filming is not None:
            self._filming.stop()
        DBOS.destroy(destroy_registry=True)
        with self._hub.database.transaction() as tx:
            recovery.sign_off(tx, self.executor_id)
        log.info("worker_stopped", executor=self.executor_id)

    def _beat_until_stopped(self) -> None:
        for beats in itertools.count():
            try:
                self._beat(beats)
            except Exception:
                # The database may be away for a moment; a worker that stays silent is struck off by others.
                log.exception("heartbeat_failed", executor=self.executor_id)
            if self._stop.wait(self._hub.settings.heartbeat_seconds):
                return

    def _beat(self, beats: int) -> None:
        hub = self._hub
        with hub.database.transaction() as tx:
            alive = recovery.beat(tx, self.executor_id)
            dead = recovery.strike_off_dead(tx, hub.settings.dead_after_seconds) if alive else []
        if not alive:
            log.warning("worker_was_struck_off", executor=self.executor_id)
            # Others film its generations now: end at once, without finishing anything.
            os.kill(os.getpid(), signal.SIGKILL)
        for executor_id in dead:
            log.warning("worker_struck_off", executor=executor_id)
        recovery.take_over(hub)
        if beats % _RECONCILE_EVERY == 0:
            recovery.reconcile(hub)
        if beats % _PRUNE_EVERY == 0:
            while recovery.forget_ended_jobs(hub) and not self._stop.is_set():
                pass
            with hub.database.transaction() as tx:
                events.prune(tx, hub.settings.event_days)
                idempotency.prune(tx, hub.settings.idempotency_hours)
            leftovers.clear(hub)


def run(settings: Settings) -> None:
    """Work until the process is asked to end."""
    set_up(settings.log_level, settings.log_format)
    asked_to_end = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: asked_to_end.set())
    hub = open_hub(settings)
    worker = Worker(hub)
    worker.start()
    asked_to_end.wait()
    worker.stop()
    hub.close()

"""The worker: runs the durable jobs, gives signs of life, looks after workers that give none."""

import contextlib
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from queue import Empty, SimpleQueue

from dbos import DBOS
from dbos import error as job_errors

from oxreel import metrics, tracing
from oxreel.bootstrap import Hub, open_hub
from oxreel.errors import Unavailable
from oxreel.generations import leftovers, recovery, webhook
from oxreel.generations.abandon import Abandoning
from oxreel.generations.devices import Devices, owned_gpus
from oxreel.generations.jobs import APPLICATION, SCHEMA, VERSION, serializer
from oxreel.generations.line import Line
from oxreel.generations.machines import hosted_engines, needs_gpu, only_waits
from oxreel.generations.run import Filming
from oxreel.log import Log, adopt, set_up
from oxreel.operation.readiness import Readiness
from oxreel.operation.retention import Retention
from oxreel.settings import Settings

log = Log(__name__)

#: Signs of life between two comparisons of rows and jobs, and between two clearings of this machine's folders.
_RECONCILE_EVERY, _CLEAR_EVERY = 5, 600
#: Seconds between two looks at whether a worker that drains has finished.
_DRAIN_LOOK_SECONDS = 0.2


class Worker:
    """One executor of the job engine; a process has at most one."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.executor_id = recovery.new_executor_id()
        queues = hub.settings.queues or hub.queues
        gpus = owned_gpus() if any(needs_gpu(hub, queue) for queue in queues) else []
        self._devices = Devices(gpus, stall_seconds=hub.settings.stall_seconds)
        #: Videos that it films at a time, by queue.
        self.slots = {queue: _slots(hub, queue, self._devices.count) for queue in queues}
        self._abandoning = Abandoning(hub, hosted_engines(hub, frozenset(queues)))
        self._webhooks = webhook.sender(hub)
        self._stop = threading.Event()
        self._pulse = threading.Thread(target=self._beat_until_stopped, name="heartbeat", daemon=True)
        self._filming: Filming | None = None
        self._line: Line | None = None
        #: Monotonic time of the last sign of life, and until when nobody is judged by silence.
        self._beaten = time.monotonic()
        self._forbearing_until = 0.0

    @property
    def hub(self) -> Hub:
        """What it works for."""
        return self._hub

    def trouble(self) -> str | None:
        """What is wrong where it gives no signs of life."""
        silent = time.monotonic() - self._beaten
        if silent <= self._hub.settings.dead_after_seconds:
            return None
        return f"The worker has given no sign of life for {silent:.0f} s."

    def start(self) -> None:
        """Take jobs from now on."""
        hub = self._hub
        for queue in sorted(set(self.slots) - set(hub.queues)):
            log.info("queue_without_engine", queue=queue, engines_need=",".join(hub.queues))
        with hub.database.transaction() as tx:
            recovery.sign_on(tx, self.executor_id, self.slots)
        # A cancelled generation is no fault: it must not fill the log with stack traces.
        adopt("dbos", job_errors.DBOSAwaitedWorkflowCancelledError)
        dbos = DBOS(
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
                # Schedules are made at a start, when it looks each second.
                "scheduler_polling_interval_sec": 3600.0,
            }
        )
        self._filming = Filming(hub, self.executor_id, self._devices)
        retention = Retention(hub)
        # It takes from no line by itself: whose turn it is, it would leave to chance.
        DBOS.listen_queues([])
        DBOS.launch()
        self._line = Line(hub, self.executor_id, self.slots, self._filming, dbos)
        self._line.open()
        self._beaten = time.monotonic()
        self._pulse.start()
        self._webhooks.start()
        self._abandoning.start()
        retention.begin()
        self._measure()
        log.info(
            "worker_started", executor=self.executor_id, **{f"{queue}_slots": n for queue, n in self.slots.items()}
        )

    def _measure(self) -> None:
        for queue, slots in self.slots.items():
            metrics.worker_slots.labels(queue).set(slots)
            metrics.worker_slots_busy.labels(queue).set_function(partial(self._busy, queue))
        metrics.worker_heartbeat_age_seconds.set_function(lambda: time.monotonic() - self._beaten)

    def _busy(self, queue: str) -> int:
        return 0 if self._filming is None else len(self._filming.running(queue))

    def drain(self, asked_again: Callable[[float], bool] | None = None) -> None:
        """Take nothing new and finish what is being filmed, for as long as the settings say or until asked again.

        `asked_again` waits that many seconds, or until the process is asked once more to end: then it is true.
        """
        seconds = self._hub.settings.drain_seconds
        if self._line is None or not seconds:
            return
        self._line.close()
        log.info("worker_draining", executor=self.executor_id, seconds=seconds)
        enough = asked_again or threading.Event().wait
        end = time.monotonic() + seconds
        noted = False
        while time.monotonic() < end:
            with contextlib.suppress(Unavailable):
                noted = noted or self._note_draining()
                if self._line.is_idle():
                    return
            if enough(_DRAIN_LOOK_SECONDS):
                return

    def _note_draining(self) -> bool:
        with self._hub.database.transaction() as tx:
            recovery.note_draining(tx, self.executor_id)
        return True

    def stop(self) -> None:
        """Stop filming; what was being filmed goes back in line for the next worker."""
        if self._line is not None:
            self._line.close()
        self._stop.set()
        if self._pulse.is_alive():
            self._pulse.join()
        if self._filming is not None:
            self._filming.stop()
        self._abandoning.stop()
        self._webhooks.stop()
        DBOS.destroy(destroy_registry=True)
        try:
            with self._hub.database.transaction() as tx:
                recovery.sign_off(tx, self.executor_id)
        except Unavailable as error:
            log.warning("worker_not_signed_off", executor=self.executor_id, reason=error.message)
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
            dead = recovery.strike_off_dead(tx, self._patience()) if alive else []
        if not alive:
            log.warning("worker_was_struck_off", executor=self.executor_id)
            # Others film its generations now: end at once, without finishing anything.
            os.kill(os.getpid(), signal.SIGKILL)
        self._beaten = time.monotonic()
        for executor_id in dead:
            log.warning("worker_struck_off", executor=executor_id)
        recovery.take_over(hub)
        if self._line is not None:
            self._line.put_back_forgotten()
        if beats % _RECONCILE_EVERY == 0:
            recovery.reconcile(hub)
        if beats % _CLEAR_EVERY == 0:
            leftovers.clear(hub)

    def _patience(self) -> float | None:
        """Seconds of silence that prove a worker dead; None after it was not heard itself."""
        seconds, now = self._hub.settings.dead_after_seconds, time.monotonic()
        # So long that another one, whose last sign is a heartbeat older, seems dead by now.
        if now - self._beaten > max(seconds / 2, seconds - 2 * self._hub.settings.heartbeat_seconds):
            self._forbearing_until = now + seconds
        return None if now < self._forbearing_until else seconds


def _slots(hub: Hub, queue: str, gpus: int) -> int:
    """Videos of one queue at a time: where each needs a GPU one for each, or fewer where the settings say so."""
    settings = hub.settings
    if only_waits(hub, queue):
        return settings.hosted_slots
    if not needs_gpu(hub, queue):
        return settings.film_slots
    return min(gpus, settings.film_slots) if "film_slots" in settings.model_fields_set else gpus


#: What stands beside a worker while it works, and says whether it is ready.
Beside = Callable[[Worker], AbstractContextManager[Readiness]]


def run(settings: Settings, beside: Beside | None = None) -> None:
    """Work until the process is asked to end; asked twice, it does not finish what it films."""
    set_up(settings.log_level, settings.log_format)
    tracing.set_up("worker")
    # Its `put` may interrupt its `get`, as a signal does; an Event would wait for itself for ever.
    asked: SimpleQueue[int] = SimpleQueue()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda number, _: asked.put(number))

    def asked_again(seconds: float) -> bool:
        with contextlib.suppress(Empty):
            asked.get(timeout=seconds)
            return True
        return False

    # The key of the first user belongs where the API is, not on whichever worker was there first.
    hub = open_hub(settings, first_user=False)
    worker = Worker(hub)
    with beside(worker) if beside else nullcontext(Readiness({})) as readiness:
        worker.start()
        asked.get()
        readiness.stop()
        worker.drain(asked_again)
        worker.stop()
    hub.close()
    tracing.close()

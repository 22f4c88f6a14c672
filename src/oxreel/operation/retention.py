"""Clearing what is only kept for a while: old events, keys, deliveries and jobs, and files that nobody needs.

It is a schedule of the job engine: each time it is due, the whole fleet does it once, whichever worker comes first;
a worker that dies over it is followed by another. What was due while no worker ran is made up for at a start, once.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from croniter import croniter
from dbos import DBOS

from oxreel import events, metrics, webhooks
from oxreel.bootstrap import Hub
from oxreel.generations import expiry, history, idempotency, orphans, recovery, turns
from oxreel.log import Log

log = Log(__name__)

#: Names in the database: changing one would leave the old schedule behind, and nothing that does its work.
SCHEDULE = WORKFLOW = "sweep"


class Retention:
    """This worker's part in it: construct it before the job engine is launched, `begin` behind that."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._swept = DBOS.workflow(name=WORKFLOW)(self._workflow())

    def begin(self) -> None:
        """Sweep when it is due from now on, and now where the last time was missed."""
        cron = self._hub.settings.sweep_schedule
        DBOS.apply_schedules([{"schedule_name": SCHEDULE, "workflow_fn": self._swept, "schedule": cron}])
        now = datetime.now(UTC)
        last = croniter(cron, now, second_at_beginning=True).get_prev(datetime)
        # It is named by its time: who finds it done, or under way, does nothing.
        DBOS.backfill_schedule(SCHEDULE, last - timedelta(seconds=1), now)

    def _workflow(self) -> Callable[[datetime, Any], None]:
        def sweep(_: datetime, __: Any) -> None:
            # One step: what is swept may change from release to release, and a sweep goes on with either.
            DBOS.run_step({"name": "swept"}, self._sweep)

        return sweep

    def _sweep(self) -> dict[str, str]:
        """What came of each part; one that fails leaves the others to be done, and itself to the next time."""
        outcomes = {}
        for name, part in parts(self._hub).items():
            try:
                part()
                outcomes[name] = "done"
            except Exception as error:
                log.exception("sweep_failed", part=name)
                outcomes[name] = type(error).__name__
        metrics.sweeps.inc()
        log.info("swept", **outcomes)
        return outcomes


def parts(hub: Hub) -> Mapping[str, Callable[[], object]]:
    """What there is to clear, or to put in order, by name."""
    settings, database = hub.settings, hub.database

    def old_turns() -> None:
        with database.transaction() as tx:
            turns.forget_old(tx)

    def ended_jobs() -> None:
        while recovery.forget_ended_jobs(hub):
            pass

    return {
        "events": lambda: events.prune(database, settings.event_days),
        "deliveries": lambda: webhooks.prune(database, settings.event_days),
        "idempotency_keys": lambda: idempotency.prune(database, settings.idempotency_hours),
        "turns": old_turns,
        "history": lambda: history.write_down_all(database),
        "jobs": ended_jobs,
        "results": lambda: expiry.sweep(hub),
        "objects": lambda: orphans.sweep_when_due(hub),
    }

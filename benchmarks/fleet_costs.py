"""What each thing that a worker does costs PostgreSQL when it is one of many: looks, turns, signs of life, events.

    python benchmarks/fleet_costs.py [--workers 10 100 1000] [--waiting 5000] [--times 100] [--save]

The other workers, what they film and what waits are rows made in SQL. Milliseconds are wall time in one process with
its own work (the median), and processor time of the database's connections (the mean).
"""

import itertools
import sys
import time
from collections.abc import Callable

import sqlalchemy as sa

from job_cost import BODY, processor_seconds
from oxreel import accounts, events
from oxreel.bootstrap import Hub, open_hub
from oxreel.db import takes
from oxreel.events import event as event_room
from oxreel.generations import life, recovery, turns
from oxreel.generations.order import read_order
from oxreel.generations.submit import Request, submit
from oxreel.settings import Settings
from stand import databases, folder, options, percentile, save, table

NAMESPACES = 20
QUEUE = "cpu"


def main() -> None:
    """Measure each number of workers."""
    parser = options(__doc__ or "")
    parser.add_argument("--workers", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--waiting", type=int, default=5000, help=f"generations in line, of {NAMESPACES} namespaces")
    parser.add_argument("--times", type=int, default=100, help="that each is done")
    arguments = parser.parse_args()
    rows: list[list[object]] = []
    with databases(["postgresql"]) as found:
        for count in arguments.workers:
            with folder() as path, found["PostgreSQL"]() as url:
                key = "oxr_key-of-the-benchmark"
                hub = open_hub(Settings(data_dir=path, database_url=url, api_key=key, namespace_film_slots=10**6))
                fill(hub, key, count, arguments.waiting)
                for name, work in works(hub, key).items():
                    wall, database = cost(hub, work, arguments.times)
                    rows.append([name, count, wall, database])
                    save(arguments, "fleet_costs", {f"{name} {count}": [round(wall, 3), round(database, 3)]})
                hub.close()
    rows.sort(key=lambda row: str(row[0]))
    table(["what", "workers", "wall ms", "database's processor ms"], rows)


def fill(hub: Hub, key: str, workers: int, waiting: int) -> None:
    """So many workers, each of which films one generation, and so many generations that wait."""
    with hub.database.snapshot() as tx:
        caller = accounts.authenticate(tx, key)
    [sample] = submit(hub, Request(read_order(dict(BODY)), caller, own_host="127.0.0.1", check_now=False))
    like = "(jsonb_populate_record(t, jsonb_build_object({values}))).*"
    row = like.format(
        values="'id', :prefix || n, 'sequence', nextval(pg_get_serial_sequence('generations', 'sequence')), "
        "'status', CAST(:status AS text), "
        "'namespace_id', (SELECT id FROM namespaces WHERE name = 'tenant-' || n % :many)"
    )
    part = "CAST((SELECT id FROM namespaces WHERE name = 'tenant-' || n % :many) AS text)"
    job = like.format(
        values="'workflow_uuid', :prefix || n, 'status', CAST(:status AS text), 'executor_id', 'worker-' || n, "
        f"'queue_name', '{QUEUE}', 'started_at_epoch_ms', 4000000000000, 'queue_partition_key', {part}"
    )
    series = "CROSS JOIN generate_series(1, CAST(:count AS integer)) n"
    with hub.database.transaction() as tx:
        tx.execute(
            sa.text(
                "INSERT INTO namespaces (name, kind, display_name, created_at) "
                "SELECT 'tenant-' || n, 'user', '', 0 FROM generate_series(0, :many - 1) n"
            ),
            {"many": NAMESPACES},
        )
        tx.execute(
            sa.text(
                "INSERT INTO workers (executor_id, process, started_at, seen_at) SELECT 'worker-' || n, "
                "'another-machine:boot:1:' || n || '@1', 0, 4000000000000 FROM generate_series(1, :count) n"
            ),
            {"count": workers},
        )
        for prefix, status, state, count in (
            ("running-", "processing", "PENDING", workers),
            ("waiting-", "queued", "ENQUEUED", waiting),
        ):
            values = {"prefix": prefix, "count": count, "many": NAMESPACES, "sample": sample.id}
            tx.execute(
                sa.text(f"INSERT INTO generations SELECT {row} FROM generations t {series} WHERE t.id = :sample"),
                {**values, "status": status},
            )
            tx.execute(
                sa.text(
                    f"INSERT INTO dbos.workflow_status SELECT {job} FROM dbos.workflow_status t {series} "
                    "WHERE t.workflow_uuid = :sample"
                ),
                {**values, "status": state},
            )
    with hub.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
        for name in ("generations", "workers", "dbos.workflow_status"):
            tx.exec_driver_sql(f"VACUUM ANALYZE {name}")


def works(hub: Hub, key: str) -> dict[str, Callable[[], object]]:
    """Everything that is measured, by name."""
    database = hub.database
    with database.snapshot() as tx:
        caller = accounts.authenticate(tx, key)
    with database.transaction() as tx:
        opened = life.open_take(tx, "running-1", "worker-1", max_lost=10**6)
        assert opened is not None
        # From here on it has just been announced.
        assert life.report_progress(tx, opened.generation, 0.0, opened.take_id)
        tx.execute(sa.update(takes).values(announced_at=takes.c.announced_at + 10**9))
    done = itertools.count(1)

    def look() -> None:
        with database.snapshot() as tx:
            turns.someone_waits(tx, QUEUE)

    def turn() -> None:
        with database.engine.connect() as tx:
            # Taken back, so that the next one finds the same line.
            taken = turns.take(tx, hub, QUEUE, "worker-1", "benchmark", 2, set())
            assert taken
            tx.rollback()

    def sign() -> None:
        with database.transaction() as tx:
            recovery.beat(tx, "worker-1")

    def care() -> None:
        with database.transaction() as tx:
            assert recovery.strike_off_dead(tx, 10) == []
        assert recovery.take_over(hub) == 0

    def progress() -> None:
        with database.transaction() as tx:
            assert life.report_progress(tx, opened.generation, next(done) / 10**6, opened.take_id)

    def event() -> float:
        with database.transaction() as tx:
            tx.execute(sa.select(sa.func.pg_advisory_xact_lock(event_room._APPEND_LOCK)))
            began = time.perf_counter()
            events.append(tx, events.PROGRESS, caller.user.id, "running-1", caller.key_id, {"progress": 0.5})
        # For so long no other event can be appended.
        return time.perf_counter() - began

    def enqueue() -> None:
        submit(hub, Request(read_order(dict(BODY)), caller, own_host="127.0.0.1", check_now=False))

    return {
        "look at the line": look,
        "turn": turn,
        "sign of life": sign,
        "care for other workers": care,
        "comparing rows and jobs": lambda: recovery.reconcile(hub),
        "progress written": progress,
        "event, lock held": event,
        "enqueue": enqueue,
    }


def cost(hub: Hub, work: Callable[[], object], times: int) -> tuple[float, float]:
    """Milliseconds of wall time, the median, and of the database's processor time; the first few do not count."""
    for _ in range(5):
        work()
    done, used = 0, database_seconds(hub)
    began = time.perf_counter()
    walls: list[float] = []
    while done < times and (done < 5 or time.perf_counter() - began < 10):
        before = time.perf_counter()
        held = work()
        walls.append(held if isinstance(held, float) else time.perf_counter() - before)
        done += 1
    return 1000 * percentile(walls, 0.5), 1000 * (database_seconds(hub) - used) / done


def database_seconds(hub: Hub) -> float:
    """Processor time of the database's connections so far."""
    with hub.database.snapshot() as tx:
        pids = tx.execute(sa.text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")).scalars()
        return sum(processor_seconds(pid) for pid in pids)


if __name__ == "__main__":
    if sys.platform != "linux":
        sys.exit("this reads /proc, which only Linux has")
    main()

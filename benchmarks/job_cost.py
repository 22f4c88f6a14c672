"""What one generation costs beside its film: a bare insert, the enqueue, the durable workflow; and a worker that waits.

    python benchmarks/job_cost.py [--jobs 200] [--database postgresql] [--save]

The engine takes no time here. Milliseconds of the insert and of the enqueue are wall time of one caller in one process;
those of the workflow are processor time, of the worker and of the database's connections (SQLite works within the
worker). Transactions are counted by PostgreSQL.
"""

import os
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from oxreel import accounts
from oxreel.bootstrap import open_hub
from oxreel.db import Database, generations, takes
from oxreel.generations.order import read_order
from oxreel.generations.submit import Request, submit
from sleeping_hub import SleepingHub
from stand import chosen_databases, databases, folder, options, save, table

BODY = {"model": "kling-video-o3-pro-text-to-video", "prompt": "A quiet lake", "duration": 3, "preview": True}
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure each database."""
    parser = options(__doc__ or "")
    parser.add_argument("--jobs", type=int, default=200, help="generations that are made")
    parser.add_argument("--idle", type=float, default=15, help="seconds that the idle worker is watched")
    arguments = parser.parse_args()
    columns: dict[str, dict[str, float | str]] = {}
    with databases(chosen_databases(arguments)) as found:
        for name, fresh in found.items():
            with folder() as path, fresh() as url:
                columns[name] = costs(path, url, arguments.jobs, arguments.idle)
                save(arguments, "job_cost", {name: columns[name]})
    rows = [[key, *(column[key] for column in columns.values())] for key in next(iter(columns.values()))]
    table(["", *columns], rows)


def costs(path: Path, url: str, jobs: int, idle_seconds: float) -> dict[str, float | str]:
    """Every figure of one database."""
    common = {"OXREEL_DATABASE_URL": url, "OXREEL_SERVE_WORKER": "false", "OXREEL_NAMESPACE_FILM_SLOTS": "64"}
    found: dict[str, float | str] = {}
    few = max(jobs // 10, 1)
    used: dict[int, dict[str, float]] = {}
    for count in (few, jobs):
        # All is in line before the worker starts: it does nothing but work, and starts the same way both times.
        worker = SleepingHub(path / "data", film_seconds=0, OXREEL_FILM_SLOTS="8", **common)
        found.update(enqueues(worker, count))
        worker.database = Database(worker.settings.sqlalchemy_url)
        before = transactions(worker.database)
        worker.start("worker")
        try:
            wait(worker.database, few if count == few else few + jobs)
            used[count] = {**spent(worker), "transactions": transactions(worker.database) - before}
            if count == jobs:
                found.update(idle(worker, idle_seconds))
        finally:
            worker.stop()
    more = {key: (used[jobs][key] - used[few][key]) / (jobs - few) for key in used[jobs]}
    found["workflow: worker's processor, ms"] = 1000 * more["worker"]
    found["workflow: database's processor, ms"] = 1000 * more["database"]
    found["workflow: transactions"] = more["transactions"]
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in found.items()}


def idle(worker: SleepingHub, seconds: float) -> dict[str, float]:
    """What a worker uses in a second in which nothing waits."""
    time.sleep(2)
    before, counted, began = spent(worker), transactions(worker.database), time.monotonic()
    time.sleep(seconds)
    after, counted_after, passed = spent(worker), transactions(worker.database), time.monotonic() - began
    return {
        "idle worker: processor, ms a second": 1000 * (after["worker"] - before["worker"]) / passed,
        "idle worker: database's processor, ms a second": 1000 * (after["database"] - before["database"]) / passed,
        "idle worker: transactions a second": (counted_after - counted) / passed,
    }


def enqueues(hub: SleepingHub, jobs: int) -> dict[str, float]:
    """Milliseconds of a bare insert of one row, and of everything that an enqueue does, in turns."""
    here = open_hub(hub.settings)
    with here.database.snapshot() as tx:
        caller = accounts.authenticate(tx, hub.key)
    spare = sa.Table(
        "spare", sa.MetaData(), sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("text", sa.Text)
    )
    spare.create(here.database.engine, checkfirst=True)
    insert = sa.insert(spare)
    bare = enqueue = 0.0
    first = time.time_ns()
    for number in range(jobs):
        began = time.perf_counter()
        with here.database.transaction() as tx:
            tx.execute(insert, {"id": first + number, "text": "A quiet lake"})
        between = time.perf_counter()
        submit(here, Request(read_order(dict(BODY)), caller, own_host="127.0.0.1", check_now=False))
        bare += between - began
        enqueue += time.perf_counter() - between
    here.close()
    return {"bare insert, ms": 1000 * bare / jobs, "enqueue, ms": 1000 * enqueue / jobs}


def wait(database: Database, count: int) -> None:
    """Until so many generations have succeeded and their takes are closed."""
    done = sa.select(sa.func.count()).where(generations.c.status == "succeeded")
    open_takes = sa.select(sa.func.count()).where(takes.c.outcome == "open")
    end = time.monotonic() + 600
    while time.monotonic() < end:
        with database.snapshot() as tx:
            if tx.execute(done).scalar_one() >= count and tx.execute(open_takes).scalar_one() == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{count} generations did not end within 10 minutes")


def spent(worker: SleepingHub) -> dict[str, float]:
    """Seconds of processor that worker and database have used so far."""
    used = {"worker": processor_seconds(worker.pid), "database": 0.0}
    if not worker.database.is_sqlite:
        with worker.database.snapshot() as tx:
            pids = tx.execute(sa.text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")).scalars()
            used["database"] = sum(processor_seconds(pid) for pid in pids)
    return used


def transactions(database: Database) -> float:
    """How many PostgreSQL has counted."""
    if database.is_sqlite:
        return 0.0
    # A connection tells of its transactions once a second at most.
    time.sleep(1.2)
    query = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
    with database.snapshot() as tx:
        return float(tx.execute(sa.text(query)).scalar_one())


def processor_seconds(pid: int) -> float:
    """User and system time of a process, 0 for one that has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    if not Path("/proc/self/stat").exists():
        sys.exit("this reads /proc, which only Linux has")
    main()

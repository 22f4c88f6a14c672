"""Films a second with one, two and four workers whose engine sleeps: what the machinery around an engine costs.

    python benchmarks/throughput.py [--seconds 2] [--films 12] [--database postgresql] [--save]

Each worker films one video at a time. The rate is from the first start to the last end by the database's clock;
the ratio is against one worker on the same database in the same run, and the share against films without any pause.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import sqlalchemy as sa

from oxreel.db import generations
from sleeping_hub import SleepingHub
from stand import chosen_databases, databases, folder, options, save, table

BODY = {"model": "kling-video-o3-pro-text-to-video", "prompt": "A quiet lake", "duration": 3, "preview": True}
WORKERS = (1, 2, 4)


def main() -> None:
    """Measure each database with each number of workers."""
    parser = options(__doc__ or "")
    parser.add_argument("--seconds", type=float, default=2.0, help="that the engine sleeps for one film")
    parser.add_argument("--films", type=int, default=12, help="films for each worker")
    arguments = parser.parse_args()
    rows: list[list[object]] = []
    with databases(chosen_databases(arguments)) as found:
        for name, fresh in found.items():
            rates = {count: films_a_second(fresh, count, arguments.films, arguments.seconds) for count in WORKERS}
            for count, rate in rates.items():
                rows.append([count, name, rate, rate / rates[1], f"{rate * arguments.seconds / count:.0%}"])
            save(arguments, "throughput", {name: {str(count): round(rate, 3) for count, rate in rates.items()}})
    table(["workers", "database", "films/s", "times one", "busy"], rows)


def films_a_second(fresh: Callable[[], AbstractContextManager[str]], workers: int, films: int, seconds: float) -> float:
    """Films a second of so many workers, each with so many films to do."""
    with folder() as path, fresh() as url:
        common = {"OXREEL_DATABASE_URL": url, "OXREEL_SERVE_WORKER": "false", "OXREEL_NAMESPACE_FILM_SLOTS": "64"}
        common["OXREEL_DRAIN_SECONDS"] = "0"
        hub = SleepingHub(path / "data", film_seconds=seconds, **common).start()
        crew = [SleepingHub(path / "data", film_seconds=seconds, **common) for _ in range(workers)]
        try:
            for worker in crew:
                worker.start("worker")
            # Every worker has filmed once before it counts.
            film(hub, workers * 2)
            return film(hub, workers * films)
        finally:
            for worker in crew:
                worker.stop()
            hub.stop()


def film(hub: SleepingHub, count: int) -> float:
    """Have so many films made; films a second."""
    ids = [hub.enqueue(**BODY) for _ in range(count)]
    mine = generations.c.id.in_(ids)
    unfinished = sa.select(sa.func.count()).where(mine, generations.c.status != "succeeded")
    end = time.monotonic() + 600
    while True:
        with hub.database.snapshot() as tx:
            if tx.execute(unfinished).scalar_one() == 0:
                first, last = sa.func.min(generations.c.started_at), sa.func.max(generations.c.completed_at)
                began, ended = tx.execute(sa.select(first, last).where(mine)).one()
                return float(count * 1000 / (ended - began))
        if time.monotonic() > end:
            raise SystemExit(f"{count} films did not end within 10 minutes; the log of the hub is {hub.log}")
        time.sleep(0.2)


if __name__ == "__main__":
    main()

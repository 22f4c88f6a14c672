"""The history and the queue of a tenant with many generations: each page and filter, at 100,000 and a million rows.

    python benchmarks/long_history.py [--rows 100000 1000000] [--times 100] [--database sqlite] [--save]

A hub of its own serves each database; the rows are made in SQL. Milliseconds are of whole requests over HTTP on one
connection, on the same cores as hub and database; beside them, what the hub's processor had to do for each. The first
request of each kind is shown apart: it may have to count. Blocks that are written down after a page was read are
waited for, and how long that took is said.
"""

import contextlib
import os
import random
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from oxreel.db import blocks, tallies
from stand import chosen_databases, databases, folder, options, percentile, save, table
from support.hub import RunningHub

MODELS = (
    "kling-video-o3-pro-text-to-video",
    "kling-video-o1-image-to-video",
    "kling-video-o3-pro-image-to-video",
    "kling-video-v2-6-pro-text-to-video",
)
#: One row in so many is another tenant's.
FOREIGN = 5
QUEUED = 1000
#: Rows of one statement: it must end before the hub's limit, on a busy machine as well.
FILLED_AT_A_TIME = 50_000


def main() -> None:
    """Measure each database at each size."""
    parser = options(__doc__ or "")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], help="generations in the table")
    parser.add_argument("--times", type=int, default=100, help="requests of each kind")
    arguments = parser.parse_args()
    with databases(chosen_databases(arguments)) as found:
        for name, fresh in found.items():
            with folder() as path, fresh() as url, hub_at(path, url) as hub:
                there = 0
                for size in sorted(arguments.rows):
                    began = time.monotonic()
                    fill(hub, there, size)
                    there = size
                    print(f"\n{name}, {size:,} rows (filled in {time.monotonic() - began:.0f} s)", flush=True)
                    print(f"blocks written down in {settle(hub):.0f} s", flush=True)
                    rows: list[list[object]] = []
                    for kind, first, times, busy in measure(hub, size, arguments.times):
                        figures = [percentile(times, 0.5), percentile(times, 0.95), percentile(times, 0.99), busy]
                        rows.append([kind, first, *figures])
                        save(arguments, "long_history", {f"{kind} {name} {size}": [round(x, 2) for x in figures]})
                    table(["request", "first ms", "p50 ms", "p95 ms", "p99 ms", "hub's CPU ms"], rows)


@contextlib.contextmanager
def hub_at(path: Path, url: str) -> Iterator[RunningHub]:
    """A running hub on this database."""
    hub = RunningHub(
        path / "data", OXREEL_DATABASE_URL=url, OXREEL_HEARTBEAT_SECONDS="3600", OXREEL_DEAD_AFTER_SECONDS="36000"
    ).start()
    try:
        yield hub
    finally:
        hub.stop()


def fill(hub: RunningHub, there: int, size: int) -> None:
    """Bring the table to `size` rows: ended ones of four models, the newest thousand of them queued."""
    neighbour = "INSERT INTO namespaces (name, kind, display_name, created_at) VALUES ('neighbour', 'user', '', 0)"
    # What was queued at the last size has ended meanwhile.
    end = "UPDATE generations SET status = 'cancelled', completed_at = enqueued_at WHERE status = 'queued'"
    with hub.database.transaction() as tx:
        tx.execute(sa.text(f"{neighbour} ON CONFLICT DO NOTHING"))
        tx.execute(sa.text(end))
    for first in range(there + 1, size + 1, FILLED_AT_A_TIME):
        part = {"first": first, "last": min(first + FILLED_AT_A_TIME - 1, size), "active_from": size - QUEUED}
        with hub.database.transaction() as tx:
            tx.execute(sa.text(_fill(tx.dialect.name == "sqlite")), part)
    with hub.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tx:
        tx.exec_driver_sql("ANALYZE" if hub.database.is_sqlite else "VACUUM ANALYZE generations")


def _fill(sqlite: bool) -> str:
    """The rows as SQL that both databases run; each value is a function of the row's number."""
    numbers = (
        "WITH RECURSIVE series(n) AS (VALUES (:first) UNION ALL SELECT n + 1 FROM series WHERE n < :last) "
        if sqlite
        else "WITH series(n) AS (SELECT generate_series(CAST(:first AS INTEGER), CAST(:last AS INTEGER))) "
    )
    false = "0" if sqlite else "false"
    pick = " ".join(f"WHEN {index} THEN '{model}'" for index, model in enumerate(MODELS))
    things = ("lake", "ox on a road", "forest in fog", "city at night", "ship", "field of rape", "kitchen", "dancer")
    thing = " ".join(f"WHEN {index} THEN '{word}'" for index, word in enumerate(things))
    return f"""
    INSERT INTO generations (id, namespace_id, user_id, key_id, model, media_type, status, prompt, parameters, own_host,
        engine, preview, seed, repo, directory, price, cost, progress, warnings, enqueued_at, started_at, completed_at)
    {numbers}
    SELECT 'bench-' || n,
        (SELECT id FROM namespaces WHERE name = CASE n % {FOREIGN} WHEN 0 THEN 'neighbour' ELSE 'local' END),
        (SELECT id FROM namespaces WHERE name = 'local'), (SELECT min(id) FROM api_keys),
        CASE n % 4 {pick} END, 'video',
        CASE WHEN n > :active_from THEN 'queued' WHEN n % 21 = 0 THEN 'failed' WHEN n % 33 = 0 THEN 'cancelled'
            ELSE 'succeeded' END,
        'Slow push in on a ' || CASE (n / 4) % 8 {thing} END || ', take ' || n || ', warm light, 35 mm, cinematic',
        '{{"duration": 5, "aspect_ratio": "16 to 9", "generate_audio": true}}', '127.0.0.1', 'animatic', {false}, n,
        'generations', '', 560000,
        CASE WHEN n <= :active_from AND n % 21 > 0 AND n % 33 > 0 THEN 560000 + n % 7 END, 1.0, '[]',
        1700000000000 + n * 1000, 1700000000500 + n * 1000,
        CASE WHEN n <= :active_from THEN 1700000030000 + n * 1000 END
    FROM series
    """


def settle(hub: RunningHub) -> float:
    """Seconds until all blocks that pages of the history ask for are written down."""
    began = time.monotonic()
    written = -1
    while True:
        requests(hub, lambda: ("/api/ai/generations", {}), 1)
        time.sleep(2)
        with hub.database.snapshot() as tx:
            now = tx.execute(sa.select(sa.func.count()).select_from(blocks)).scalar_one()
            tallied = sa.select(tallies.c.namespace_id, tallies.c.last_sequence).distinct().subquery()
            wanted = tx.execute(sa.select(sa.func.count()).select_from(tallied)).scalar_one()
        if now == wanted == written:
            return time.monotonic() - began
        written = now


def measure(hub: RunningHub, size: int, times: int) -> Iterator[tuple[str, float, list[float], float]]:
    """Each kind of request: its name, the first one's milliseconds, the others', and the hub's processor's for each."""
    pages = size * (FOREIGN - 1) // FOREIGN // 50
    drawn = random.Random(1)
    history, queue = "/api/ai/generations", "/api/ai/queue"

    def somewhere(share: int) -> dict[str, object]:
        return {"page": drawn.randint(pages // share // 2, pages // share - 50)}

    kinds: dict[str, Callable[[], tuple[str, dict[str, object]]]] = {
        "history: first page": lambda: (history, {}),
        "history: deep page": lambda: (history, somewhere(1)),
        "history: one status": lambda: (history, {"status": "failed"}),
        "history: one status, deep": lambda: (history, {"status": "succeeded", **somewhere(2)}),
        "history: one model": lambda: (history, {"model": MODELS[1]}),
        "history: one model, deep": lambda: (history, {"model": MODELS[1], **somewhere(4)}),
        "history: rare word": lambda: (history, {"search": f"take {drawn.randint(10**3, size)}"}),
        "history: common word": lambda: (history, {"search": "forest"}),
        "history: common word, deep": lambda: (history, {"search": "forest", **somewhere(8)}),
        "history: two letters": lambda: (history, {"search": "ox"}),
        "history: one day": lambda: (
            history,
            {"since": 1_700_000_000 + size // 2, "until": 1_700_000_000 + size // 2 + 86_400},
        ),
        "history: one folder": lambda: (history, {"folder": "nowhere"}),
        "queue: 1,000 rows": lambda: (queue, {}),
        "queue: one model": lambda: (queue, {"model": MODELS[1]}),
        "queue: all that succeeded": lambda: (queue, {"status": "succeeded"}),
    }
    for kind, request in kinds.items():
        [first] = requests(hub, request, 1)
        before = processor_ms(hub.pid)
        rest = requests(hub, request, times)
        yield kind, first, rest, (processor_ms(hub.pid) - before) / len(rest)


def processor_ms(pid: int) -> float:
    """Milliseconds for which a process has had a processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1000


def requests(hub: RunningHub, request: Callable[[], tuple[str, dict[str, object]]], times: int) -> list[float]:
    """Milliseconds of each request; stops early when they are slow."""
    connection = HTTPConnection("127.0.0.1", hub.port, timeout=120)
    taken: list[float] = []
    until = time.monotonic() + 20
    while len(taken) < times and (len(taken) < 5 or time.monotonic() < until):
        path, query = request()
        began = time.perf_counter()
        connection.request("GET", f"{path}?{urlencode(query)}", headers={"Authorization": f"Bearer {hub.key}"})
        answer = connection.getresponse()
        content = answer.read()
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{path} {query}: {answer.status} {content[:200]!r}")
    connection.close()
    return taken


if __name__ == "__main__":
    main()

"""The hub under load, on both databases: idle cost, enqueue rate, start latency, thousands of waiting clients.

    python benchmarks/hub.py [--waiting 1000] [--database sqlite] [--save] [idle start enqueue waiting]

It starts a hub of its own for each figure, with a worker in the same process. The clients run on the same
cores as the hub, so the figures are those of a hub that also has to bear its own load generator.
"""

import asyncio
import json
import os
import statistics
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from oxreel.db import generations
from stand import chosen_databases, databases, folder, options, percentile, save
from support.hub import RunningHub

TICKS = os.sysconf("SC_CLK_TCK")
#: A free preview that films for some seconds: a line of them stays long enough to be measured.
BODY: dict[str, Any] = {
    "model": "kling-video-o3-pro-text-to-video",
    "prompt": "A quiet lake",
    "duration": 3,
    "preview": True,
}


def main() -> None:
    """Measure everything once on each database."""
    parser = options(__doc__ or "")
    parser.add_argument("--waiting", type=int, default=1000, help="clients that wait, and clients that listen")
    parser.add_argument("only", nargs="*", help="idle, start, enqueue, waiting; all of them by default")
    arguments = parser.parse_args()
    figures: dict[str, Callable[[RunningHub], dict[str, object] | None]] = {
        "idle": idle,
        "start": start_latency,
        "enqueue": enqueue_rate,
        "waiting": lambda hub: asyncio.run(many_clients(hub, arguments.waiting)),
    }
    with databases(chosen_databases(arguments)) as found:
        for name in arguments.only or figures:
            for database, fresh in found.items():
                with folder() as path, fresh() as url:
                    print(f"{database:<11}", end=" ", flush=True)
                    measured = measure(path, url, figures[name]) or {}
                    save(arguments, "hub", {f"{database} {key}": value for key, value in measured.items()})


def measure(path: Path, url: str, figure: Callable[[RunningHub], dict[str, object] | None]) -> dict[str, object] | None:
    """Run one measurement against a hub of its own."""
    variables = {"OXREEL_MAX_ACTIVE_GENERATIONS": "100000", "OXREEL_DATABASE_URL": url}
    hub = RunningHub(path / "data", **variables).start()
    try:
        return figure(hub)
    finally:
        hub.kill()
        hub.stop()


def idle(hub: RunningHub, seconds: float = 20) -> None:
    """Processor share and memory of a hub that nobody asks anything."""
    time.sleep(3)
    before, began = processor_seconds(hub.pid), time.monotonic()
    time.sleep(seconds)
    share = (processor_seconds(hub.pid) - before) / (time.monotonic() - began)
    print(f"idle: {share:.1%} of one core, {memory_mb(hub.pid):.0f} MB")


def start_latency(hub: RunningHub, times: int = 30) -> dict[str, object]:
    """Milliseconds from enqueue to start of an idle hub, by the database's clock."""
    hub.wait_for(hub.enqueue(**BODY))
    ids = []
    for _ in range(times):
        ids.append(hub.enqueue(**BODY))
        hub.wait_for(ids[-1], "processing", "succeeded")
        hub.client.delete(f"/api/ai/queue/{ids[-1]}")
        time.sleep(1.0)
    with hub.database.snapshot() as tx:
        query = sa.select(generations.c.started_at - generations.c.enqueued_at).where(generations.c.id.in_(ids))
        waits = sorted(tx.execute(query).scalars())
    middle, late = percentile(waits, 0.5), percentile(waits, 0.95)
    print(f"enqueue to start: p50 {middle:.0f} ms, p95 {late:.0f} ms ({times})")
    return {"start p50 ms": middle, "start p95 ms": late}


def enqueue_rate(hub: RunningHub, total: int = 2000, connections: int = 8) -> dict[str, object]:
    """Enqueues a second over HTTP, while a worker films from the same line."""
    body = json.dumps(BODY)
    headers = {"Authorization": f"Bearer {hub.key}", "Content-Type": "application/json"}

    taken: list[float] = []

    def send(count: int) -> None:
        connection = HTTPConnection("127.0.0.1", hub.port)
        for _ in range(count):
            before = time.perf_counter()
            connection.request("POST", "/api/ai/queue", body, headers)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
            taken.append(1000 * (time.perf_counter() - before))

    send(50)
    taken.clear()
    threads = [threading.Thread(target=send, args=(total // connections,)) for _ in range(connections)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = total / (time.monotonic() - began)
    middle, late = percentile(taken, 0.5), percentile(taken, 0.95)
    print(
        f"enqueue: {rate:.0f} a second over {connections} connections, p50 {middle:.1f} ms, p95 {late:.1f} ms ({total})"
    )
    return {"enqueues a second": round(rate, 1), "enqueue p50 ms": round(middle, 2), "enqueue p95 ms": round(late, 2)}


async def many_clients(hub: RunningHub, waiting: int) -> None:
    """Memory with so many synchronous clients and event streams, and how quickly rows are still read."""
    alone = memory_mb(hub.pid)
    streams = [await connect(hub, "GET", "/api/events") for _ in range(waiting)]
    waiters = [await connect(hub, "POST", "/api/ai/videos/generate", BODY) for _ in range(waiting)]
    generation = await asyncio.to_thread(lambda: hub.enqueue(**BODY))
    times = await asyncio.to_thread(read_rows, hub, generation, 1000)
    print(
        f"{waiting} waiting and {waiting} listening: {memory_mb(hub.pid):.0f} MB ({alone:.0f} MB alone), "
        f"GET of a row p50 {statistics.median(times):.1f} ms, p99 {sorted(times)[int(0.99 * len(times))]:.1f} ms"
    )
    open_still = sum(not reader.at_eof() for reader, _ in (*streams, *waiters))
    print(f"connections still open: {open_still} of {2 * waiting}")
    for _, writer in (*streams, *waiters):
        writer.close()


async def connect(
    hub: RunningHub, method: str, path: str, body: dict[str, Any] | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection whose request is sent and whose answer nobody reads."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.port)
    content = json.dumps(body).encode() if body else b""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{hub.port}\r\nAuthorization: Bearer {hub.key}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    writer.write(head.encode() + content)
    await writer.drain()
    return reader, writer


def read_rows(hub: RunningHub, generation: str, times: int) -> list[float]:
    """Milliseconds that reading one row took, each time."""
    connection = HTTPConnection("127.0.0.1", hub.port)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        connection.request("GET", f"/api/ai/queue/{generation}", headers={"Authorization": f"Bearer {hub.key}"})
        connection.getresponse().read()
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(0.01)
    return taken


def processor_seconds(pid: int) -> float:
    """User and system time of a process, children apart."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    [line] = [one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()

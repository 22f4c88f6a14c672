"""From a commit to the clients: server-sent events with hundreds of clients on one API process or two.

    python benchmarks/event_streams.py [--clients 500] [--events 40] [--database postgresql] [--save]

SQLite has one API process, PostgreSQL two that share the clients. Every client follows the same namespace, so that each
event goes to all of them: the dearest case. Milliseconds are from the moment that the writing process knows of
the commit until a client has read the event; the clients run on the same cores.
"""

import asyncio
import json
import time
from contextlib import ExitStack

from oxreel import accounts, events
from stand import chosen_databases, databases, folder, options, percentile, save, table
from support.hub import RunningHub

PAUSE = 0.25


class Client(asyncio.Protocol):
    """Follows the stream and notes when each event came."""

    def __init__(self, hub: RunningHub, seen: dict[str, list[float]]) -> None:
        self._head = (
            f"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:{hub.port}\r\nAccept: text/event-stream\r\n"
            f"Authorization: Bearer {hub.key}\r\n\r\n"
        )
        self._seen = seen
        self._rest = b""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._head.encode())

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        if not self.ready.done() and b"keep-alive" in data:
            self.ready.set_result(None)
        *frames, self._rest = (self._rest + data).split(b"\n\n")
        for frame in frames:
            _, found, rest = frame.partition(b'"generation_id":"')
            if found:
                self._seen.setdefault(rest[:36].decode(), []).append(now)


def main() -> None:
    """Measure each database."""
    parser = options(__doc__ or "")
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--events", type=int, default=40)
    arguments = parser.parse_args()
    rows: list[list[object]] = []
    with databases(chosen_databases(arguments)) as found:
        for name, fresh in found.items():
            processes = 1 if name == "SQLite" else 2
            with folder() as path, fresh() as url, ExitStack() as running:
                hubs = []
                for index in range(processes):
                    hub = RunningHub(
                        path / f"data-{index}", OXREEL_DATABASE_URL=url, OXREEL_SERVE_WORKER="false"
                    ).start()
                    running.callback(hub.stop)
                    hubs.append(hub)
                for count in (1, arguments.clients):
                    waits, missing = asyncio.run(follow(hubs, count, arguments.events))
                    figures = [percentile(waits, 0.5), percentile(waits, 0.95)]
                    rows.append([name, processes, count, *figures, missing])
                    save(arguments, "event_streams", {f"{name} {count}": [round(one, 2) for one in figures]})
    table(["database", "API processes", "clients", "p50 ms", "p95 ms", "not received"], rows)


async def follow(hubs: list[RunningHub], clients: int, count: int) -> tuple[list[float], int]:
    """Milliseconds of every event to every client, and how many did not come."""
    loop = asyncio.get_running_loop()
    seen: dict[str, list[float]] = {}
    connected = []
    for index in range(clients):
        hub = hubs[index % len(hubs)]
        _, client = await loop.create_connection(lambda hub=hub: Client(hub, seen), "127.0.0.1", hub.port)  # type: ignore[misc]
        connected.append(client)
    async with asyncio.timeout(120):
        await asyncio.gather(*(client.ready for client in connected))
    committed = {}
    for number in range(count):
        await asyncio.sleep(PAUSE)
        generation_id = f"{number:08d}-0000-0000-0000-{clients:012d}"
        committed[generation_id] = await asyncio.to_thread(write, hubs[0], generation_id)
    await asyncio.sleep(2)
    for client in connected:
        client.transport.abort()
    waits = [1000 * (at - committed[one]) for one, times in seen.items() for at in times if one in committed]
    return waits, clients * count - len(waits)


def write(hub: RunningHub, generation_id: str) -> float:
    """Commit an event as a failing generation does; the monotonic time right after."""
    with hub.database.transaction() as tx:
        caller = accounts.authenticate(tx, hub.key)
        data = {"generation_id": generation_id, "status": "failed", "media_type": "video", "error": "a measurement"}
        events.append(tx, events.COMPLETED, caller.user.id, generation_id, caller.key_id, json.loads(json.dumps(data)))
    return time.monotonic()


if __name__ == "__main__":
    main()

"""The event stream over HTTP: its format, what it starts with, what it never repeats, how it ends."""

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import requests
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI

from oxreel import accounts, db, events
from oxreel.api import error_responses
from oxreel.api import events as resource
from oxreel.api.stream import Stream
from oxreel.api.subscription import QUEUE_LIMIT, Broadcast, Subscription
from oxreel.db import Database
from oxreel.settings import Settings
from oxreel.storage.signing import Signer
from support.hub import RunningHub

KEEP_ALIVE_SECONDS = 0.3
PATIENCE_SECONDS = 10.0
T = TypeVar("T")


class _Server(uvicorn.Server):
    """Ends its streams before it waits for its connections, as the hub's own server does."""

    def __init__(self, config: uvicorn.Config, stream: Stream) -> None:
        super().__init__(config)
        self._stream = stream

    async def shutdown(self, sockets: Any = None) -> None:
        self._stream.end()
        await super().shutdown(sockets)


@dataclass
class Office:
    """A running event endpoint over a database, without anything that films."""

    database: Database
    signer: Signer
    stream: Stream
    loop: asyncio.AbstractEventLoop = field(init=False)
    url: str = ""
    namespaces: dict[str, int] = field(default_factory=dict)
    keys: dict[str, tuple[int, str]] = field(default_factory=dict)

    def on_the_loop(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Run this where the dispatcher lives."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def subscribe(self, key: str = "ada") -> AbstractContextManager[Subscription]:
        return self.stream.subscribe(self.keys[key][0], frozenset({self.namespaces[key]}))

    def user(self, name: str) -> None:
        with self.database.transaction() as tx:
            self.namespaces[name] = accounts.create_user(tx, name).id
        self.key(name, name)

    def key(self, user: str, name: str) -> None:
        with self.database.transaction() as tx:
            key, secret = accounts.create_key(tx, user, name)
        self.keys[name] = key.id, secret

    def happens(
        self, generation: str, *, key: str = "ada", namespace: str = "", kind: str = events.COMPLETED, **data: Any
    ) -> int:
        data = data or {"status": "failed", "media_type": "video", "error": "why"}
        with self.database.transaction() as tx:
            return events.append(
                tx, kind, self.namespaces[namespace or key], generation, self.keys[key][0],
                {"generation_id": generation, **data},
            )  # fmt: skip

    def unsent(self) -> int:
        with self.database.snapshot() as tx:
            rows = tx.execute(db.events.select().where(db.events.c.sent_at.is_(None)))
            return len(rows.all())

    @contextmanager
    def listen(self, key: str = "ada", path: str = "/api/events", **headers: str) -> Iterator["Listener"]:
        """A stream of this key, which is subscribed by the time it is handed out."""
        sent = {name.replace("_", "-").encode(): value.encode("latin-1") for name, value in headers.items()}
        sent[b"Authorization"] = f"Bearer {self.keys[key][1]}".encode()
        with (
            httpx.Client(base_url=self.url, timeout=PATIENCE_SECONDS) as client,
            client.stream("GET", path, headers=sent) as response,
        ):
            listener = Listener(response, _in_time(response.iter_lines()))
            if response.status_code == 200:
                assert next(listener.lines) == ": keep-alive"
            yield listener


@dataclass
class Listener:
    """One end of an event stream."""

    response: httpx.Response
    lines: Iterator[str]

    def next(self) -> tuple[str, dict[str, Any], int]:
        """Name, data and id of the next event."""
        name = self._line("event: ")
        data = json.loads(self._line("data: ", follows=True))
        return name, data, int(self._line("id: ", follows=True))

    def generations(self, count: int) -> list[str]:
        return [self.next()[1]["generation_id"] for _ in range(count)]

    def completions(self, count: int) -> list[str]:
        """The next generations that ended; progress that is told live meanwhile is passed over."""
        found: list[str] = []
        while len(found) < count:
            name, data, _ = self.next()
            found += [data["generation_id"]] if name == events.COMPLETED else []
        return found

    def silence(self) -> None:
        """Read up to the second keep-alive from here: nothing else may come."""
        seen = 0
        for line in self.lines:
            assert not line or line.startswith(":"), line
            seen += line == ": keep-alive"
            if seen == 2:
                return
        pytest.fail("the stream ended")

    def rest(self) -> list[str]:
        """Everything up to the end of the stream."""
        return [line for line in self.lines if line and not line.startswith(":")]

    def _line(self, start: str, *, follows: bool = False) -> str:
        for line in self.lines:
            if line.startswith(start):
                return line.removeprefix(start)
            assert not follows, f"{line!r} where {start!r} was due"
            assert not line or line.startswith(":"), line
        pytest.fail("the stream ended")


def _in_time(lines: Iterator[str]) -> Iterator[str]:
    """The lines, as long as a test may listen: keep-alives alone would go on for ever."""
    deadline = time.monotonic() + 3 * PATIENCE_SECONDS
    for line in lines:
        assert time.monotonic() < deadline, "what was due did not come"
        yield line


def _eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    """The endpoint with the users ada and bob."""
    with _serving(database, tmp_path) as office:
        office.user("ada")
        office.user("bob")
        yield office


@contextmanager
def _serving(database: Database, folder: Path) -> Iterator[Office]:
    settings = Settings(data_dir=folder, keep_alive_seconds=KEEP_ALIVE_SECONDS)
    hub: Any = SimpleNamespace(database=database, settings=settings, signer=Signer(b"s" * 32))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        office.loop = asyncio.get_running_loop()
        await stream.start()
        yield
        await stream.stop()

    app = FastAPI(lifespan=lifespan)
    stream = Stream(
        database,
        lambda event, base: resource.wire_data(event, base, hub.signer, settings.url_hours),
        keep_alive_seconds=KEEP_ALIVE_SECONDS,
        catch_up_minutes=15,
    )
    app.state.stream = stream
    office = Office(database, hub.signer, stream)
    app.state.hub = hub
    error_responses.install(app)
    app.include_router(resource.router)
    server = _Server(uvicorn.Config(app, port=0, log_config=None), stream)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        _eventually(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        office.url = f"http://127.0.0.1:{port}"
        yield office
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "open streams kept the server from stopping"


def test_a_completion_has_exactly_the_documented_lines(office: Office) -> None:
    result = {"namespace": "ada", "repo": "generations", "path": "a b/video.mp4"}
    with office.listen() as listener:
        assert listener.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert listener.response.headers["cache-control"] == "no-cache"
        assert listener.response.headers["x-accel-buffering"] == "no"
        number = office.happens("g-1", status="succeeded", media_type="video", model="kling", result=result)
        lines = [next(line for line in listener.lines if line and line[0] != ":")]
        lines += [next(listener.lines) for _ in range(3)]
    name, data, event_id, end = lines
    assert name == "event: media_generation_completed"
    assert data.startswith(
        'data: {"generation_id":"g-1","status":"succeeded","media_type":"video","model":"kling","url":"'
    )
    assert (event_id, end) == (f"id: {number}", "")
    url = urlsplit(json.loads(data.removeprefix("data: "))["url"])
    assert f"{url.scheme}://{url.netloc}" == office.url
    assert url.path == "/api/repos/ada/generations/files/main/a%20b/video.mp4"
    path = "/api/repos/ada/generations/files/main/a b/video.mp4"
    office.signer.verify(path, dict(parse_qsl(url.query)), int(time.time()) + 23 * 3600)


def test_a_failure_says_why(office: Office) -> None:
    with office.listen() as listener:
        office.happens("g", status="failed", media_type="video", error="Bild zu klein: ä\u2028x")
        name, data, _ = listener.next()
    assert name == "media_generation_completed"
    assert data == {
        "generation_id": "g", "status": "failed", "media_type": "video", "error": "Bild zu klein: ä\u2028x",
    }  # fmt: skip


def test_progress_is_streamed_and_a_cancellation_is_not(office: Office) -> None:
    with office.listen() as listener:
        office.happens("g", kind=events.PROGRESS, progress=0.25)
        office.happens("g", kind=events.ENDED)
        office.happens("h")
        assert listener.next()[:2] == ("media_generation_progress", {"generation_id": "g", "progress": 0.25})
        assert listener.next()[1]["generation_id"] == "h"


def test_an_idle_stream_is_kept_alive_by_comments(office: Office) -> None:
    with office.listen() as listener:
        listener.silence()


def test_events_of_other_namespaces_are_not_streamed(office: Office) -> None:
    with office.listen("ada") as ada, office.listen("bob") as bob:
        office.happens("secret", key="bob")
        office.happens("mine", key="ada")
        assert ada.generations(1) == ["mine"]
        ada.silence()
        assert bob.generations(1) == ["secret"]


def test_every_stream_of_a_namespace_gets_a_live_event(office: Office) -> None:
    office.key("ada", "second")
    with office.listen("ada") as one, office.listen("ada") as two, office.listen("second") as three:
        office.happens("g")
        assert [listener.generations(1) for listener in (one, two, three)] == [["g"]] * 3


@pytest.mark.parametrize("key", [None, "oxr_wrong"])
def test_a_stream_needs_a_key(office: Office, key: str | None) -> None:
    answer = httpx.get(f"{office.url}/api/events", headers={} if key is None else {"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "unauthenticated"


def test_a_client_that_connects_after_the_end_still_gets_its_completion_once(office: Office) -> None:
    office.happens("a")
    office.happens("b")
    with office.listen() as listener:
        assert listener.generations(2) == ["a", "b"]
    with office.listen() as listener:
        listener.silence()


def test_what_one_stream_of_the_key_got_live_the_next_does_not_get_again(office: Office) -> None:
    with office.listen() as listener:
        office.happens("a")
        assert listener.generations(1) == ["a"]
    with office.listen() as listener:  # at once: before the delivery may have been written down
        office.happens("b")
        assert listener.generations(1) == ["b"]
    _eventually(lambda: office.unsent() == 0)


def test_what_another_key_got_live_the_own_key_still_catches_up_on(office: Office) -> None:
    office.key("ada", "second")
    with office.listen("second") as listener:
        office.happens("a", key="ada")
        assert listener.generations(1) == ["a"]
    with office.listen("second") as listener:
        listener.silence()
    with office.listen("ada") as listener:
        assert listener.generations(1) == ["a"]


def test_an_observing_stream_neither_catches_up_nor_counts_as_told(office: Office) -> None:
    office.happens("a")
    with office.listen(path="/api/events?observe=true") as watcher:
        watcher.silence()
        office.happens("b")
        assert watcher.generations(1) == ["b"]
    with office.listen() as listener:
        assert listener.generations(2) == ["a", "b"]


def test_a_stream_that_ends_before_it_delivers_gives_its_claim_back(office: Office) -> None:
    last = office.happens("a")
    _eventually(lambda: office.stream._position == last)  # else it would come live

    async def connect_and_vanish() -> None:
        with office.subscribe() as subscription:
            assert len(await office.stream.claim(subscription)) == 1

    office.on_the_loop(connect_and_vanish()).result(PATIENCE_SECONDS)
    _eventually(lambda: office.unsent() == 1)
    with office.listen() as listener:
        assert listener.generations(1) == ["a"]


def test_what_a_killed_process_claimed_and_never_sent_another_process_sends(office: Office) -> None:
    """In order, so that whoever takes the stream up by its last id misses nothing and hears nothing twice."""
    last = office.happens("a")
    _eventually(lambda: office.stream._position == last)  # else it would come live
    namespace, (key_id, _) = office.namespaces["ada"], office.keys["ada"]
    with office.database.transaction() as tx:
        claimed = events.claim(tx, events.Backlog(key_id, frozenset({namespace}), 15, last))
        assert claimed is not None
        assert [event.id for event in claimed] == [last]
    with office.listen() as listener:
        office.happens("b")
        with office.database.transaction() as tx:
            # The rest of the claim's time passes.
            tx.execute(db.events.update().values(claimed_until=db.events.c.claimed_until - 9_000))
        assert listener.generations(2) == ["a", "b"]
    _eventually(lambda: office.unsent() == 0)


def test_a_stream_waits_until_another_has_delivered_what_it_claimed(office: Office) -> None:
    last = office.happens("a")
    _eventually(lambda: office.stream._position == last)

    async def connect_both() -> list[list[int]]:
        with office.subscribe() as first, office.subscribe() as second:
            claimed = await office.stream.claim(first)
            waiting = asyncio.create_task(office.stream.claim(second))
            done, _ = await asyncio.wait({waiting}, timeout=0.5)
            assert not done
            office.stream.delivered(first, claimed)
            told = await asyncio.wait_for(waiting, PATIENCE_SECONDS)
            return [[broadcast.event.id for broadcast in page] for page in (claimed, told)]

    assert office.on_the_loop(connect_both()).result(2 * PATIENCE_SECONDS) == [[last], []]


def test_what_ends_as_a_client_leaves_is_not_counted_as_sent_to_it(office: Office) -> None:
    """On a busy machine the hub hears of the leaving client and of the completion at the same moment."""
    with office.listen() as listener:

        async def leave_then_end() -> None:
            listener.response.close()
            last = office.happens("a")
            with office.database.snapshot() as tx:
                await office.stream._hand_out(events.after(tx, last - 1, 1))

        office.on_the_loop(leave_then_end()).result(PATIENCE_SECONDS)
        _eventually(lambda: not office.stream._subscriptions)
    with office.listen() as listener:
        assert listener.generations(1) == ["a"]


def test_a_stream_is_replayed_from_the_last_event_it_saw(office: Office) -> None:
    with office.listen() as listener:
        office.happens("a")
        _, _, last = listener.next()
    office.key("ada", "second")
    office.happens("b", key="second", namespace="ada")
    office.happens("b", kind=events.PROGRESS)
    office.happens("theirs", key="bob")
    office.happens("c")
    with office.listen(Last_Event_ID=str(last)) as listener:
        assert listener.completions(2) == ["b", "c"]
        office.happens("d")
        assert listener.generations(1) == ["d"]
    with office.listen() as listener:  # a replay counts as told
        listener.silence()


def test_an_id_older_than_what_is_kept_replays_all_that_is_kept(office: Office) -> None:
    old = office.happens("old")
    kept = [office.happens(name) for name in ("a", "b")]
    with office.database.transaction() as tx:
        tx.execute(db.events.delete().where(db.events.c.id == old))
    with office.listen(Last_Event_ID="0") as listener:
        assert [listener.next()[2] for _ in kept] == kept


@pytest.mark.parametrize("header", ["", "garbled", "-1", "1e3", "99999999", "9" * 30, "²"])
def test_an_id_that_this_hub_never_gave_counts_as_none(office: Office, header: str) -> None:
    office.happens("a")
    with office.listen(Last_Event_ID=header) as listener:
        assert listener.generations(1) == ["a"]
        office.happens("b")
        assert listener.generations(1) == ["b"]


def test_what_another_process_of_the_hub_sent_already_does_not_come_again(office: Office) -> None:
    """The client has seen an event that this process, a moment behind, has yet to hand out."""

    async def reconnect() -> list[str]:
        with office.subscribe() as subscription:
            seen = await asyncio.to_thread(office.happens, "seen")
            replayed = [page async for page in office.stream.replay(subscription, seen)]
            await asyncio.to_thread(office.happens, "later")
            come: list[str] = []
            while "later" not in come:
                live = await subscription.next(PATIENCE_SECONDS)
                assert live is not None
                come += [broadcast.event.generation_id for broadcast in live]
        assert replayed == []
        return come

    assert office.on_the_loop(reconnect()).result(PATIENCE_SECONDS) == ["later"]


def test_no_event_falls_between_replay_and_live_and_none_comes_twice(office: Office) -> None:
    first = office.happens("0")
    stop = threading.Event()
    written = [first]

    def write() -> None:
        while not stop.is_set():
            written.append(office.happens(str(len(written))))

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[int] = []
    try:
        for _ in range(12):
            with office.listen(Last_Event_ID=str(seen[-1] if seen else 0)) as listener:
                seen += [listener.next()[2] for _ in range(15)]
    finally:
        stop.set()
        writer.join()
    with office.listen(Last_Event_ID=str(seen[-1])) as listener:
        seen += [listener.next()[2] for _ in range(len(written) - len(seen))]
    assert seen == written


def test_no_event_falls_between_catching_up_and_live_and_none_comes_twice(office: Office) -> None:
    """One client that reconnects without ids while completions pour in, and reads all that it is sent."""
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not stop.is_set():
            written.append(office.happens(str(len(written))))
            time.sleep(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    seen: list[int] = []
    try:
        with office.listen() as listener:
            seen += [listener.next()[2] for _ in range(100)]
            with office.listen() as second:  # while the first lives it has nothing to catch up on
                late = [second.next()[2] for _ in range(20)]
            seen += [listener.next()[2] for _ in range(100)]
    finally:
        stop.set()
        writer.join()
    assert seen == written[:200]
    assert late == written[written.index(late[0]) :][:20]


def test_a_revoked_key_s_stream_ends(office: Office) -> None:
    with office.listen("ada") as revoked, office.listen("bob") as other:
        with office.database.transaction() as tx:
            accounts.revoke_key(tx, office.keys["ada"][0])
        assert revoked.rest() == []
        other.silence()


def test_a_stream_follows_its_user_into_and_out_of_an_organization(office: Office) -> None:
    with office.database.transaction() as tx:
        office.namespaces["acme"] = accounts.create_organization(tx, "acme").id
    with office.listen("ada") as listener:
        with office.database.transaction() as tx:
            accounts.add_member(tx, "acme", "ada")
        listener.silence()
        office.happens("ours", key="bob", namespace="acme")
        assert listener.generations(1) == ["ours"]
        with office.database.transaction() as tx:
            accounts.remove_member(tx, "acme", "ada")
        listener.silence()
        office.happens("theirs", key="bob", namespace="acme")
        listener.silence()


def test_a_client_that_falls_too_far_behind_is_disconnected(office: Office) -> None:
    async def fall_behind() -> list[Broadcast] | None:
        with office.subscribe() as slow, office.stream.wait_for("last") as last:
            await asyncio.to_thread(write)
            await last
            return await slow.next(PATIENCE_SECONDS)

    def write() -> None:
        with office.database.transaction() as tx:
            for _ in range(QUEUE_LIMIT + 1):
                events.append(tx, events.PROGRESS, office.namespaces["ada"], "g", office.keys["ada"][0], {})
        office.happens("last")

    assert office.on_the_loop(fall_behind()).result(30) is None


@pytest.mark.parametrize("kind", [events.COMPLETED, events.ENDED])
def test_a_wait_ends_with_its_generation(office: Office, kind: str) -> None:
    waiting = threading.Event()

    async def wait() -> bool:
        with office.stream.wait_for("g") as ended:
            waiting.set()
            return await ended

    waiter = office.on_the_loop(wait())
    assert waiting.wait(PATIENCE_SECONDS)
    office.happens("other", kind=kind)
    office.happens("g", kind=events.PROGRESS)
    with pytest.raises(TimeoutError):
        waiter.result(0.3)
    office.happens("g", kind=kind)
    assert waiter.result(PATIENCE_SECONDS) is True


def test_a_wait_that_is_given_up_leaves_nothing_behind(office: Office) -> None:
    async def give_up() -> None:
        with office.stream.wait_for("g") as ended, contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended, 0.01)

    office.on_the_loop(give_up()).result(PATIENCE_SECONDS)
    assert office.stream._waiters == {}


def test_streams_and_waits_end_with_the_hub(database: Database, tmp_path: Path) -> None:
    async def wait(stream: Stream) -> bool:
        with stream.wait_for("g") as ended:
            waiting.set()
            return await ended

    waiting = threading.Event()
    with ExitStack() as stack:
        with _serving(database, tmp_path) as served:
            served.user("ada")
            listener = stack.enter_context(served.listen())
            waiter = served.on_the_loop(wait(served.stream))
            assert waiting.wait(PATIENCE_SECONDS)
            served.happens("a")
            assert listener.generations(1) == ["a"]
        assert listener.rest() == []
        assert waiter.result(0) is False
    assert served.unsent() == 0  # what was delivered is written down before the end


def test_what_ended_while_the_hub_was_down_is_replayed_and_caught_up_on(database: Database, tmp_path: Path) -> None:
    with _serving(database, tmp_path) as before:
        before.user("ada")
        with before.listen() as listener:
            before.happens("a")
            _, _, last = listener.next()
    before.happens("b")
    with _serving(database, tmp_path) as after:
        after.keys = before.keys
        with after.listen(Last_Event_ID=str(last)) as listener:
            assert listener.generations(1) == ["b"]
        before.happens("c")
        with after.listen() as listener:
            assert listener.generations(1) == ["c"]


def test_what_a_killed_hub_was_sending_is_told_by_the_next(start_hub: Callable[..., RunningHub]) -> None:
    """Killed with -9 while its client does not read: of the whole backlog nothing counts as sent."""
    hub = start_hub(OXREEL_SERVE_WORKER="false")
    hub.end()  # else they would come live
    count = 1000
    with hub.database.transaction() as tx:
        caller = accounts.authenticate(tx, hub.key)
        for number in range(count):
            # Far more than the system's buffers hold.
            said = {"status": "failed", "media_type": "video", "error": "x" * 10_000}
            events.append(tx, events.COMPLETED, caller.user.id, f"g{number}", caller.key_id, said)
    hub.start()
    request = f"GET /api/events HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {hub.key}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", hub.port)) as silent:
        silent.sendall(request.encode())

        def claimed() -> int:
            with hub.database.snapshot() as tx:
                return tx.execute(sa.select(sa.func.count(db.events.c.claimed_until))).scalar_one()

        _eventually(lambda: claimed() == count)
        hub.kill()
    with hub.database.transaction() as tx:
        # The rest of the claim's time passes.
        tx.execute(db.events.update().values(claimed_until=db.events.c.claimed_until - events.CLAIM_SECONDS * 1000))
    hub.start()
    with hub.client.stream("GET", "/api/events") as response:
        lines = (line for line in _in_time(response.iter_lines()) if line.startswith("data: "))
        told = (json.loads(line.removeprefix("data: "))["generation_id"] for line in lines)
        assert list(itertools.islice(told, count)) == [f"g{number}" for number in range(count)]


def test_two_hubs_on_one_database_tell_each_completion_once_by_catching_up(database: Database, tmp_path: Path) -> None:
    with _serving(database, tmp_path) as one, _serving(database, tmp_path) as two:
        one.user("ada")
        two.keys = one.keys
        for number in range(20):
            one.happens(str(number))
        with ThreadPoolExecutor(6) as pool:
            told = list(pool.map(_told, [one, two] * 3))
        assert sorted(itertools.chain(*told)) == sorted(str(number) for number in range(20))
        with one.listen() as here, two.listen() as there:
            one.happens("live")
            assert here.generations(1) == there.generations(1) == ["live"]


def _told(office: Office) -> list[str]:
    """What a new stream is told within two keep-alives."""
    told: list[str] = []
    with office.listen() as listener:
        quiet = 0
        for line in listener.lines:
            if line.startswith("data: "):
                told.append(json.loads(line.removeprefix("data: "))["generation_id"])
            quiet += line == ": keep-alive"
            if quiet == 2:
                return told
    pytest.fail("the stream ended")


def test_the_documents_curl_and_awk_find_their_completion(office: Office) -> None:
    """It connects after the end, and it ends soon after its completion: the next comment breaks the pipe."""
    if shutil.which("curl") is None or shutil.which("awk") is None:
        pytest.skip("curl and awk are not installed")
    program = """
      /^event: media_generation_completed$/ { expect=1; next }
      /^data: / && expect {
        payload = substr($0, 7)
        if (index(payload, "\\"generation_id\\":\\"" id "\\"")) { print payload; exit }
        expect = 0
      }"""
    office.happens("other")
    with subprocess.Popen(
        ["bash", "-c", 'curl -sN -H "Authorization: Bearer $KEY " "$URL/api/events" | awk -v id=mine "$PROGRAM"'],
        env={"KEY": office.keys["ada"][1], "URL": office.url, "PROGRAM": program, "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE, text=True,
    ) as pipe:  # fmt: skip
        try:
            _eventually(lambda: office.unsent() == 0)
            for generation in ("another", "mine"):
                office.happens(generation, status="succeeded", media_type="video", model="kling")
            printed, _ = pipe.communicate(timeout=PATIENCE_SECONDS)
        finally:
            pipe.kill()
    assert json.loads(printed)["generation_id"] == "mine"


def test_only_line_readers_are_sent_padding(office: Office) -> None:
    for accept, padded in (("*/*", True), ("text/event-stream", False)):
        with office.listen(Accept=accept) as listener:
            office.happens("g")
            listener.next()
            comments = list(itertools.takewhile(lambda line: line != ": keep-alive", listener.lines))
        assert (sum(len(line) + 1 for line in comments) > 4096) == padded
        assert all(line == "" or line.startswith(":") for line in comments)


def test_the_documents_python_finds_its_completion(office: Office) -> None:
    office.happens("mine", status="succeeded", media_type="video", model="kling")
    auth = {"Authorization": f"Bearer {office.keys['ada'][1]}"}
    found = None
    with requests.get(f"{office.url}/api/events", headers=auth, stream=True, timeout=PATIENCE_SECONDS) as stream:
        event_name = None
        for line in stream.iter_lines(decode_unicode=True):
            if line.startswith("event: "):
                event_name = line.removeprefix("event: ")
            elif line.startswith("data: ") and event_name == "media_generation_completed":
                payload = json.loads(line.removeprefix("data: "))
                if payload.get("generation_id") == "mine":
                    found = payload
                    break
    assert found == {"generation_id": "mine", "status": "succeeded", "media_type": "video", "model": "kling"}

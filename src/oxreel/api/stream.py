"""The dispatcher: one per API process. It reads each new event once and hands it to whoever waits for it.

Two faces: `subscribe` for event streams, `wait_for` for a request that waits for one generation. Rows are read
and written in threads; everything else happens on the event loop, so that nothing here needs a lock.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, TypeVarTuple

import anyio
from anyio import to_thread

from oxreel import accounts, events, metrics
from oxreel.api.deliveries import Deliveries
from oxreel.api.subscription import Broadcast, Render, Subscription
from oxreel.db import Database
from oxreel.events import Backlog, Event
from oxreel.log import Log

log = Log(__name__)
Arguments = TypeVarTuple("Arguments")
Answer = TypeVar("Answer")

#: Events read at a time: between two batches the loop serves others.
_BATCH = 100
_REPLAY_BATCH = 500
#: Streams that are woken at a time: a thousand at once would keep every request waiting.
_STREAMS_AT_A_TIME = 25
#: Seconds that deliveries are gathered before they are written down together.
_GATHER_SECONDS = 0.05
#: Seconds between two looks at whether another stream has delivered what it claimed, and how long to look.
_CLAIM_LOOK_SECONDS = 0.2
_CLAIM_PATIENCE_SECONDS = 1.5 * events.CLAIM_SECONDS
#: Seconds of rest after the database failed.
_REST_SECONDS = 1.0


class Stream:
    """Everything that happens to generations, as it happens."""

    def __init__(self, database: Database, render: Render, *, keep_alive_seconds: float, catch_up_minutes: int) -> None:
        self._database = database
        self._render = render
        self._keep_alive_seconds = keep_alive_seconds
        self._catch_up_minutes = catch_up_minutes
        #: Id of the last event that was handed out.
        self._position = 0
        self._watch: events.Watch | None = None
        #: Set together: one for the thread that sleeps, one for the tasks.
        self._stopping = threading.Event()
        self._stopped = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._subscriptions: dict[int, set[Subscription]] = {}
        self._waiters: dict[str, set[asyncio.Future[bool]]] = {}
        self._deliveries = Deliveries(database)
        #: Whether the last look for new events came to nothing because it failed.
        self._failing = False

    def trouble(self) -> str | None:
        """What is wrong where no event is handed out any more."""
        if not self._tasks or any(task.done() for task in self._tasks):
            return "Events are not handed out: the dispatcher does not run."
        return "Events are not handed out: they cannot be read at the moment." if self._failing else None

    async def start(self) -> None:
        """Hand out what is committed from now on."""
        # Of its own: the thread that waits for commits must not take one from the requests.
        self._watcher = anyio.CapacityLimiter(1)
        # A thousand clients that connect at once must leave threads and connections to the requests.
        self._readers = anyio.CapacityLimiter(4)
        self._position = await self._in_thread(self._open)
        self._tasks = [
            asyncio.create_task(self._dispatch(), name="events"),
            asyncio.create_task(self._look_after_keys(), name="event-keys"),
            asyncio.create_task(self._write_deliveries(), name="event-deliveries"),
        ]

    def end(self) -> None:
        """End every stream and every wait: a server that shuts down calls it before it waits for its requests."""
        self._stopping.set()
        self._stopped.set()
        for subscription in self._all():
            subscription.end()
        for generation_id in list(self._waiters):
            self._tell_waiters(generation_id, ended=False)

    async def stop(self) -> None:
        """End everything and write down what was delivered. Stopping twice is fine."""
        self.end()
        if not self._tasks:
            return
        tasks, self._tasks = self._tasks, []
        # Their threads see the flag within a moment, and must not outlive the database.
        await asyncio.wait(tasks)
        await self._in_thread(self._deliveries.write, *self._deliveries.due())
        if self._watch is not None:
            self._watch.close()

    @contextmanager
    def wait_for(self, generation_id: str) -> Iterator[asyncio.Future[bool]]:
        """An awaitable that is True once the generation ended, False when the hub stops before.

        Look at the generation's row after entering and before awaiting: what ended earlier is not announced again.
        """
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(generation_id, set()).add(future)
        if self._stopping.is_set():
            self._tell_waiters(generation_id, ended=False)
        try:
            yield future
        finally:
            waiting = self._waiters.get(generation_id)
            if waiting is not None:
                waiting.discard(future)
                if not waiting:
                    del self._waiters[generation_id]

    @contextmanager
    def subscribe(self, key_id: int, namespace_ids: frozenset[int]) -> Iterator[Subscription]:
        """The events of these namespaces from now on, for a stream of this key."""
        subscription = Subscription(key_id, namespace_ids, self._position)
        self._enter(subscription)
        if self._stopping.is_set():
            subscription.end()
        metrics.event_clients.inc()
        try:
            yield subscription
        finally:
            metrics.event_clients.dec()
            self._leave(subscription)
            self._deliveries.give_back(subscription.claimed)

    async def knows(self, event_id: int) -> bool:
        """Whether this hub can have given that id to a client."""
        return 0 <= event_id <= await self._in_thread(self._newest)

    async def replay(self, subscription: Subscription, last_event_id: int) -> AsyncIterator[list[Broadcast]]:
        """The completions between an event that the client has seen and what comes live, page by page."""
        until = subscription.position
        # Another process of this hub may have sent the client more than this one has seen so far.
        subscription.position = max(until, last_event_id)
        while page := await self._in_thread(self._read, subscription.namespace_ids, last_event_id, until):
            yield [Broadcast(event, self._render) for event in page]
            last_event_id = page[-1].id

    async def claim(self, subscription: Subscription) -> list[Broadcast]:
        """The completions, up to what comes live, that the key enqueued in the last minutes and was not sent yet.

        What another stream has claimed is waited for: that one delivers it, or it is killed and this one does.
        """
        until = time.monotonic() + _CLAIM_PATIENCE_SECONDS
        while (claimed := await self._in_thread(self._claim, subscription, time.monotonic() < until)) is None:
            if await self._pause(_CLAIM_LOOK_SECONDS):
                return []
        return [Broadcast(event, self._render) for event in claimed if not self._deliveries.has(event.id)]

    def delivered(self, subscription: Subscription, broadcasts: list[Broadcast]) -> None:
        """Remember that this stream was sent these, so that its key's next one is not sent them again."""
        for broadcast in broadcasts:
            event = broadcast.event
            if event.kind == events.COMPLETED and event.key_id == subscription.key_id:
                subscription.claimed.discard(event.id)
                self._deliveries.add(event.id)

    async def _dispatch(self) -> None:
        while not self._stopping.is_set():
            try:
                batch = await to_thread.run_sync(self._next_batch, limiter=self._watcher)
            except Exception:
                log.exception("events_not_read")
                self._failing = True
                await self._pause(_REST_SECONDS)
            else:
                await self._hand_out(batch)

    async def _hand_out(self, batch: list[Event]) -> None:
        for event in batch:
            self._position = event.id
            if event.kind in (events.COMPLETED, events.ENDED):
                self._tell_waiters(event.generation_id, ended=True)
            if event.kind == events.ENDED:
                continue
            if subscriptions := self._subscriptions.get(event.namespace_id):
                broadcast = Broadcast(event, self._render)
                for number, subscription in enumerate(list(subscriptions), start=1):
                    subscription.put(broadcast)
                    if number % _STREAMS_AT_A_TIME == 0:
                        # The loop lets these streams send, and others in, before it goes on.
                        await asyncio.sleep(0)

    def _tell_waiters(self, generation_id: str, *, ended: bool) -> None:
        for future in self._waiters.pop(generation_id, ()):
            if not future.done():
                future.set_result(ended)

    async def _look_after_keys(self) -> None:
        """End the streams of revoked keys, and follow memberships, within the time between two keep-alives."""
        while not await self._pause(min(self._keep_alive_seconds / 3, 5.0)):
            subscriptions = self._all()
            if not subscriptions:
                continue
            key_ids = {subscription.key_id for subscription in subscriptions}
            try:
                readable = await self._in_thread(self._readable, key_ids)
            except Exception:
                log.exception("event_keys_not_read")
                continue
            for subscription in subscriptions:
                namespace_ids = readable.get(subscription.key_id)
                if namespace_ids is None:
                    subscription.end()
                elif namespace_ids != subscription.namespace_ids and self._leave(subscription):
                    subscription.namespace_ids = namespace_ids
                    self._enter(subscription)

    def _all(self) -> set[Subscription]:
        return {one for subscriptions in self._subscriptions.values() for one in subscriptions}

    def _enter(self, subscription: Subscription) -> None:
        for namespace_id in subscription.namespace_ids:
            self._subscriptions.setdefault(namespace_id, set()).add(subscription)

    def _leave(self, subscription: Subscription) -> bool:
        """Whether it was still there."""
        present = False
        for namespace_id in subscription.namespace_ids:
            subscriptions = self._subscriptions.get(namespace_id, set())
            present = present or subscription in subscriptions
            subscriptions.discard(subscription)
            if not subscriptions:
                self._subscriptions.pop(namespace_id, None)
        return present

    async def _write_deliveries(self) -> None:
        while not await self._pause(_GATHER_SECONDS):
            due = self._deliveries.due()
            if not any(due):
                continue
            try:
                await self._in_thread(self._deliveries.write, *due)
            except Exception:
                log.exception("deliveries_not_written")
                self._deliveries.restore(*due)
                await self._pause(_REST_SECONDS)

    async def _pause(self, seconds: float) -> bool:
        """Whether the hub stops; it waits at most so long for that."""
        try:
            async with asyncio.timeout(seconds):
                return await self._stopped.wait()
        except TimeoutError:
            return False

    async def _in_thread(self, work: Callable[[*Arguments], Answer], *arguments: *Arguments) -> Answer:
        return await to_thread.run_sync(work, *arguments, limiter=self._readers)

    # In threads:

    def _open(self) -> int:
        # Watching first: what is committed between the two looks is read, not missed.
        self._watch = events.watch(self._database)
        return self._newest()

    def _newest(self) -> int:
        with self._database.snapshot() as tx:
            return events.latest_id(tx)

    def _next_batch(self) -> list[Event]:
        """Sleep until there are new events; [] when the hub stops."""
        while not self._stopping.is_set():
            try:
                self._watch = self._watch or events.watch(self._database)
                with self._database.snapshot() as tx:
                    batch = events.after(tx, self._position, _BATCH)
                self._failing = False
                if batch:
                    return batch
                self._watch.wait(self._stopping)
            except Exception:
                watch, self._watch = self._watch, None  # its connection may be the broken one
                if watch is not None:
                    watch.close()
                raise
        return []

    def _claim(self, subscription: Subscription, patient: bool) -> list[Event] | None:
        backlog = Backlog(
            subscription.key_id, subscription.namespace_ids, self._catch_up_minutes, subscription.position
        )
        with self._database.snapshot() as tx:
            if not events.has_unsent(tx, backlog):
                return []  # as for most streams, which then need not wait for the right to write
        with self._database.transaction() as tx:
            claimed = events.claim(tx, backlog, patient=patient)
        # Noted here, in the thread: the client may be gone by the time that the loop hears of it.
        subscription.claimed.update(event.id for event in claimed or ())
        return claimed

    def _read(self, namespace_ids: frozenset[int], last_event_id: int, until: int) -> list[Event]:
        with self._database.snapshot() as tx:
            return events.after(
                tx, last_event_id, _REPLAY_BATCH, until=until, namespaces=namespace_ids, kinds=(events.COMPLETED,)
            )

    def _readable(self, key_ids: set[int]) -> dict[int, frozenset[int]]:
        with self._database.snapshot() as tx:
            return accounts.readable_by_keys(tx, key_ids)

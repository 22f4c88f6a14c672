"""The sender of a worker: claims what is due and sends it, each message in a thread of its own.

Several workers share the work. No thread waits for another: a slow endpoint takes a place, not the turn of others.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import random
from typing import Any

import sqlalchemy as sa

from oxreel import metrics
from oxreel.db import Database, now_ms
from oxreel.errors import Unavailable
from oxreel.log import Log
from oxreel.network.connection import Reach
from oxreel.units import UnixMs
from oxreel.webhooks import delivery, message
from oxreel.webhooks.crowd import Crowd
from oxreel.webhooks.delivery import Delivery
from oxreel.webhooks.exchange import Answer, post
from oxreel.webhooks.secret import Secret, current

log = Log(__name__)

#: Turns a message's stored data into what receivers get.
Render = Callable[[Delivery], dict[str, Any]]

#: Seconds between two looks at the database where nothing is due.
_LOOK_SECONDS = 1.0
#: Seconds before looking again for what others may be claiming, or for more.
_SOON_SECONDS = 0.05
#: Seconds that what is being sent may take once the worker is asked to stop.
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class _Claimed:
    """A message that is this worker's to send."""

    delivery: Delivery
    secrets: list[Secret]
    #: By the database's clock.
    claimed_at: UnixMs


class Sender:
    """Sends what is due, until it is stopped."""

    def __init__(self, database: Database, reach: Reach, places: int, render: Render) -> None:
        self._database = database
        self._reach = reach
        self._render = render
        self._crowd = Crowd(places)
        #: Guards the crowd and what is being sent.
        self._lock = threading.Lock()
        self._sending: dict[tuple[str | None, int], Delivery] = {}
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Send from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop sending; what cannot be finished soon is given back, for another worker to send again."""
        self._stopping = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()
        until = time.monotonic() + _PATIENCE_SECONDS
        while self._sending and time.monotonic() < until:
            time.sleep(_SOON_SECONDS)
        with self._lock:
            left = {name for name, _ in self._sending if name is not None}
        if left:
            try:
                with self._database.transaction() as tx:
                    delivery.give_back(tx, left)
            except Unavailable as error:
                # They are due again when their leases end.
                log.warning("webhooks_not_given_back", reason=error.message)

    def _run(self) -> None:
        while not self._stopping:
            try:
                pause = self._look()
            except Exception:
                # The database may be away for a moment.
                log.exception("webhooks_not_looked_at")
                pause = _LOOK_SECONDS
            self._wake.wait(pause)
            self._wake.clear()

    def _look(self) -> float:
        """Start sending what is due; seconds until it is worthwhile to look again."""
        with self._lock:
            crowd = self._crowd.copy()
        if crowd.free <= 0:
            return _LOOK_SECONDS  # whoever is done wakes this thread
        with self._database.snapshot() as tx:
            due = delivery.due_in(tx, crowd)
        if due is None or due > 0:
            return _LOOK_SECONDS if due is None else min(_LOOK_SECONDS, due / 1000)
        for one in self._claim(crowd):
            with self._lock:
                self._crowd.take(one.delivery.host, one.delivery.namespace_id)
                self._sending[one.delivery.claim, one.delivery.id] = one.delivery
            threading.Thread(target=self._send, args=(one,), name="webhook", daemon=True).start()
        return _SOON_SECONDS

    def _claim(self, crowd: Crowd) -> list[_Claimed]:
        with self._database.transaction() as tx:
            claimed = delivery.claim(tx, crowd, self._reach)
            keys = {namespace: current(tx, namespace) for namespace in sorted({one.namespace_id for one in claimed})}
            now = UnixMs(tx.execute(sa.select(now_ms())).scalar_one())
        return [_Claimed(one, keys[one.namespace_id], now) for one in claimed]

    def _send(self, one: _Claimed) -> None:
        sent = one.delivery
        try:
            started = time.monotonic()
            answer = self._post(one)
            milliseconds = int((time.monotonic() - started) * 1000)
            with self._database.transaction() as tx:
                delivery.record(tx, sent, one.claimed_at, milliseconds, answer, random())  # noqa: S311 - no secret
            metrics.webhook_deliveries.labels(_outcome(answer)).inc()
            _tell(sent, answer, milliseconds)
        except Exception:
            # It is due again when its lease ends.
            log.exception("webhook_not_sent", delivery=sent.message_id, generation=sent.generation_id)
        finally:
            with self._lock:
                del self._sending[sent.claim, sent.id]
                self._crowd.leave(sent.host, sent.namespace_id)
            self._wake.set()

    def _post(self, one: _Claimed) -> Answer:
        sent = one.delivery
        try:
            text = message.body(sent.type, sent.created_at, self._render(sent))
            headers = message.signed_headers(sent.message_id, one.claimed_at, text, one.secrets)
            return post(sent.url, headers, text, self._reach)
        except Exception:
            # A fault of ours is tried again as rarely, and as long, as an endpoint's.
            log.exception("webhook_fault", delivery=sent.message_id, generation=sent.generation_id)
            return Answer(error="a fault of the hub kept it from being sent")


def _tell(sent: Delivery, answer: Answer, milliseconds: int) -> None:
    """Write the attempt into the log."""
    facts = {
        "delivery": sent.message_id,
        "generation": sent.generation_id,
        "status": answer.status_code,
        "milliseconds": milliseconds,
    }
    if answer.error is None:
        log.info("webhook_sent", **facts)
    else:
        log.warning("webhook_not_taken", **facts, error=answer.error)


def _outcome(answer: Answer) -> str:
    """What came of one attempt, in a word that metrics may carry."""
    if answer.is_gone:
        return "gone"
    return "delivered" if answer.error is None else "not_taken"

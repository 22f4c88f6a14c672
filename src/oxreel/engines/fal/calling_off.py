"""Calling off what nobody waits for any more, and what it cost where it was made all the same."""

from collections.abc import Mapping
from typing import Any

from oxreel.engines.fal import prices
from oxreel.engines.fal.queue import Forgotten, NotNow, Queue, Ticket
from oxreel.log import Log
from oxreel.settings import Settings

log = Log(__name__)


def ticket_in(memo: Mapping[str, Any]) -> Ticket | None:
    """The ticket that a memo holds, None where it holds none."""
    names = ("request_id", "status_url", "response_url", "cancel_url")
    found = {name: memo.get(name) for name in names}
    return Ticket(**found) if all(isinstance(value, str) and value for value in found.values()) else None  # type: ignore[arg-type]


def call_off(settings: Settings, memo: Mapping[str, Any]) -> dict[str, Any]:
    """What calling off a request came to, for its memo, once it has ended. Raises NotNow until then.

    A film that is being made only gets a signal. It may be made to its end, and is paid then.
    """
    ticket = ticket_in(memo)
    if ticket is None or memo.get("done"):
        return {}
    queue = Queue(settings)
    said = queue.cancel(ticket)
    log.info("fal_request_called_off", request_id=ticket.request_id, said=said)
    found: dict[str, Any] = {"done": True, "called_off": said}
    if said == "NOT_FOUND":
        return found
    if said != "ALREADY_COMPLETED":
        try:
            status = queue.look(ticket).status
        except Forgotten:
            return found
        if status in ("IN_QUEUE", "IN_PROGRESS"):
            raise NotNow(f"it answered {said}, and the request has not ended yet")
    answer = queue.result(ticket)
    rate, seconds = memo.get("price_micro_usd"), memo.get("seconds")
    if 200 <= answer.status < 300 and isinstance(rate, int) and isinstance(seconds, int | float):
        found["cost_micro_usd"] = prices.cost(rate, seconds, answer.headers)
    return found

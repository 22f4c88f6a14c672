"""fal's queue: submit, look, fetch, call off. Protocol only; when and how often is decided elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from oxreel.engines.fal.exchange import Answer, Exchange, NeverLeft, NoAnswer
from oxreel.engines.fal.words import trouble
from oxreel.settings import Settings

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
#: Statuses by which fal says that it took nothing: too much at once, or not there at the moment.
_BUSY = (429, 503)
#: Statuses about the account or the moment rather than about the film.
_OF_THE_ACCOUNT, _OF_THE_MOMENT = (401, 402, 403), (409, 429, 502, 503)
#: Logs that are looked through; the latest tell most.
_MOST_LOGS = 50


class Busy(Exception):
    """fal surely did not take the request, but may in a while."""

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        #: How long fal asks to wait.
        self.seconds = seconds


class Ambiguous(Exception):
    """Nobody can tell whether fal took the request. It says why."""


class NotNow(Exception):
    """fal did not answer as it must, and may the next time. It says why."""


class Forgotten(Exception):
    """fal no longer knows the request."""


@dataclass(frozen=True)
class Ticket:
    """What a request that was taken is known by; plain texts, kept in the memo."""

    request_id: str
    status_url: str
    response_url: str
    cancel_url: str


@dataclass(frozen=True)
class Look:
    """How far a request is."""

    status: str
    #: Requests before it in fal's own line, None where that is not told.
    position: int | None
    messages: tuple[str, ...]
    said: Mapping[str, Any]


class Queue:
    """The queue of one account."""

    def __init__(self, settings: Settings) -> None:
        self._exchange = Exchange(settings.fal_url, settings.fal_key.get_secret_value(), settings.fal_seconds)

    def submit(self, endpoint: str, fields: Mapping[str, Any], names: Mapping[str, str], webhook: str) -> Ticket:
        """The ticket of a request that fal took. Raises Busy, Ambiguous, or what fal says against it."""
        query = f"?{urlencode({'fal_webhook': webhook})}" if webhook else ""
        try:
            answer = self._exchange.send("POST", f"{self._exchange.url}/{endpoint}{query}", fields)
        except NeverLeft as error:
            raise Busy(str(error)) from error
        except NoAnswer as error:
            raise Ambiguous(str(error)) from error
        if answer.status in _BUSY:
            raise Busy(f"status {answer.status}", answer.seconds_to_wait)
        if 400 <= answer.status < 500:
            raise trouble(answer, names, "submit")
        if not 200 <= answer.status < 300:
            # Its number, where it has one, says that fal heard of the request, not that it films it.
            number = answer.headers.get("x-fal-request-id", "")
            told = f", fal's request {number}" if _REQUEST_ID.fullmatch(number) else ""
            raise Ambiguous(f"status {answer.status}{told}")
        return self._ticket(endpoint, answer)

    def look(self, ticket: Ticket) -> Look:
        """How far it is. Raises NotNow, Forgotten, or FilmingFailed where fal refuses the account."""
        answer = self._ask(f"{ticket.status_url}?logs=1")
        said = answer.said
        if said is None or not isinstance(said.get("status"), str):
            raise NotNow("its answer is not understood")
        position, logs = said.get("queue_position"), said.get("logs")
        messages = [one.get("message") for one in (logs if isinstance(logs, list) else []) if isinstance(one, dict)]
        return Look(
            status=said["status"],
            position=position if isinstance(position, int) else None,
            messages=tuple(str(message) for message in messages[-_MOST_LOGS:]),
            said=said,
        )

    def result(self, ticket: Ticket) -> Answer:
        """What it made, as fal answers it. Raises NotNow for what says nothing of the film, which is paid by then."""
        try:
            answer = self._exchange.send("GET", ticket.response_url)
        except (NeverLeft, NoAnswer) as error:
            raise NotNow(str(error)) from error
        if answer.status in _OF_THE_ACCOUNT:
            raise NotNow(trouble(answer, {}, "result").message)
        if not _is_final(answer):
            raise NotNow(f"status {answer.status}")
        return answer

    def cancel(self, ticket: Ticket) -> str:
        """What fal says to calling it off: CANCELLATION_REQUESTED, ALREADY_COMPLETED, NOT_FOUND. Raises NotNow."""
        try:
            answer = self._exchange.send("PUT", ticket.cancel_url)
        except (NeverLeft, NoAnswer) as error:
            raise NotNow(str(error)) from error
        status = (answer.said or {}).get("status")
        if answer.status == 404:
            return "NOT_FOUND"
        if not isinstance(status, str) or answer.status >= 500:
            raise NotNow(f"status {answer.status}")
        return status[:50]

    def _ask(self, address: str) -> Answer:
        try:
            answer = self._exchange.send("GET", address)
        except (NeverLeft, NoAnswer) as error:
            raise NotNow(str(error)) from error
        if answer.status in _OF_THE_ACCOUNT and _is_of_fal(answer):
            raise trouble(answer, {}, "look")
        if answer.status == 404 and _is_of_fal(answer):
            raise Forgotten
        if not 200 <= answer.status < 300:
            raise NotNow(f"status {answer.status}")
        return answer

    def _ticket(self, endpoint: str, answer: Answer) -> Ticket:
        said = answer.said or {}
        request_id = said.get("request_id") or answer.headers.get("x-fal-request-id")
        if not isinstance(request_id, str) or not _REQUEST_ID.fullmatch(request_id):
            raise Ambiguous(f"status {answer.status} without the number of the request")
        # The first two parts of an endpoint are the application; what follows is only for submitting.
        own = f"{self._exchange.url}/{'/'.join(endpoint.split('/')[:2])}/requests/{request_id}"
        return Ticket(
            request_id,
            status_url=self._address(said.get("status_url"), f"{own}/status"),
            response_url=self._address(said.get("response_url"), own),
            cancel_url=self._address(said.get("cancel_url"), f"{own}/cancel"),
        )

    def _address(self, given: Any, own: str) -> str:
        """The address that fal gave; another host's never gets the key."""
        return given if self._exchange.is_here(given) and "?" not in given else own


def _is_final(answer: Answer) -> bool:
    """Whether an answer to the question for the result says what became of the film."""
    if answer.status in _OF_THE_MOMENT:
        return "x-fal-error-type" in answer.headers
    if 200 <= answer.status < 300:
        return answer.status != 202 and answer.said is not None
    if 400 <= answer.status < 500 and answer.status not in (404, 408):
        return True
    return _is_of_fal(answer)


def _is_of_fal(answer: Answer) -> bool:
    """Whether an error is told in fal's words, and not by something on the way to it."""
    return bool((answer.said or {}).get("detail")) or "x-fal-error-type" in answer.headers

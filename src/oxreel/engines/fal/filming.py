"""One film at fal, from the request to the file.

The memo knows at each moment what may have been paid for:

    submitting            the request may be on its way: whoever finds only this never sends it again
    request_id, ..._url   fal took it: whoever finds this goes on waiting for it
    heard                 fal's webhook said that this request is done
    cost_micro_usd        what it cost
    done                  nothing is made there any more
"""

import random
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from oxreel.engines.alongside import alongside, pause
from oxreel.engines.engine import Memo, OnFrame
from oxreel.engines.fal import prices, webhook
from oxreel.engines.fal.calling_off import call_off, ticket_in
from oxreel.engines.fal.download import address_of, download
from oxreel.engines.fal.endpoints import Endpoint
from oxreel.engines.fal.exchange import Answer
from oxreel.engines.fal.fields import fields_of, names_of
from oxreel.engines.fal.progress import Progress
from oxreel.engines.fal.queue import Ambiguous, Busy, Forgotten, Look, NotNow, Queue, Ticket
from oxreel.engines.fal.upload import Uploads
from oxreel.engines.fal.words import failed, trouble
from oxreel.errors import FilmingFailed, OxReelError
from oxreel.log import Log
from oxreel.settings import Settings
from oxreel.storyboard import Storyboard

log = Log(__name__)
T = TypeVar("T")

#: Seconds between the first looks, how much longer each next one waits, and how often the memo is looked at.
_FIRST_LOOK, _LONGER = 0.5, 1.4
_MEMO_LOOK = 1.0
#: Seconds between the first two offers to a busy queue, between any two, and where it says when to come again.
_FIRST_OFFER, _LONGEST_OFFER, _LEAST_OFFER = 1.0, 30.0, 0.2
#: Seconds until what was made and not handed out is asked for again; each next time takes twice as long.
_MADE_AGAIN = 0.3


class Filming:
    """The film of one storyboard by one endpoint."""

    def __init__(
        self, settings: Settings, storyboard: Storyboard, endpoint: Endpoint, on_frame: OnFrame, memo: Memo
    ) -> None:
        self._settings, self._storyboard, self._endpoint = settings, storyboard, endpoint
        self._on_frame, self._memo = on_frame, memo
        self._queue = Queue(settings)
        self._progress = Progress(storyboard.frames, storyboard.seconds)
        #: What was last told of its place in fal's line.
        self._place = ""
        self._rate = prices.per_second(settings, endpoint.name, audio=storyboard.audio)

    def film(self, target: Path) -> None:
        """Write the film to `target` as fal made it. Raises FilmingFailed, InvalidParams, BadReference, Stopped."""
        ticket = self._known() or self._submit()
        try:
            answer = self._wait(ticket)
            address = self._address(answer)
        except FilmingFailed:
            self._give_up(ticket)
            raise
        self._handed_out(lambda: download(address, target, self._settings), "the file of what it made")

    def _tick(self) -> None:
        self._on_frame(self._progress.frames)

    # The request

    def _known(self) -> Ticket | None:
        """The request that fal took already, whoever sent it. Raises FilmingFailed where nobody can tell."""
        memo = self._memo.read()
        if ticket := ticket_in(memo):
            log.info("fal_request_resumed", request_id=ticket.request_id)
            return ticket
        if memo.get("submitting"):
            raise _ambiguous("the worker that sent it ended before it heard the answer")
        return None

    def _submit(self) -> Ticket:
        """The ticket of a request, sent so that it is taken once at most."""
        fields = alongside(
            lambda: fields_of(self._storyboard, self._endpoint, Uploads(self._settings).address), self._tick
        )
        names = names_of(self._storyboard, self._endpoint)
        waits, deadline = _FIRST_OFFER, time.monotonic() + self._settings.fal_submit_seconds
        while True:
            self._tick()
            self._memo.write(submitting=True, endpoint=self._endpoint.name)
            try:
                ticket = alongside(
                    lambda: self._queue.submit(self._endpoint.name, fields, names, self._webhook),
                    self._tick,
                    to_the_end=True,
                )
            except Busy as busy:
                self._memo.write(submitting=False)
                wait = (waits if busy.seconds is None else max(busy.seconds, _LEAST_OFFER)) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads tries, guards nothing
                if time.monotonic() + wait > deadline:
                    raise FilmingFailed(
                        f"The provider fal did not take the request for {self._settings.fal_submit_seconds:g} seconds "
                        f"({busy}). Nothing was made or paid."
                    ) from busy
                log.info("fal_is_busy", reason=str(busy), seconds=round(wait, 1))
                pause(wait, self._tick)
                waits = min(waits * 2, _LONGEST_OFFER)
            except Ambiguous as error:
                raise _ambiguous(str(error)) from error
            except OxReelError:
                self._memo.write(submitting=False, done=True)
                raise
            else:
                self._memo.write(
                    **asdict(ticket), submitting=False, price_micro_usd=self._rate, seconds=self._storyboard.seconds
                )
                log.info("fal_request_taken", request_id=ticket.request_id, endpoint=self._endpoint.name)
                return ticket

    @property
    def _webhook(self) -> str:
        """Where fal says that it is done; empty for nowhere."""
        settings = self._settings
        if not settings.fal_webhooks or not settings.public_url:
            return ""
        return settings.public_url.rstrip("/") + webhook.PATH + self._storyboard.generation_id

    # The wait

    def _wait(self, ticket: Ticket) -> Answer:
        """fal's answer once it is done. Raises FilmingFailed."""
        deadline = time.monotonic() + self._settings.fal_wait_seconds
        interval, why = min(_FIRST_LOOK, self._settings.fal_poll_seconds), "it was not done"
        while time.monotonic() < deadline:
            try:
                look = alongside(lambda: self._queue.look(ticket), self._tick)
            except NotNow as error:
                why = str(error)
                log.info("fal_not_now", request_id=ticket.request_id, reason=why)
            except Forgotten as error:
                raise FilmingFailed("The provider fal no longer knows the request that it took.") from error
            else:
                why = "it was not done"
                self._note(look)
                # The documents know no FAILED; were there one, the result would say why.
                if look.status in ("COMPLETED", "FAILED"):
                    return self._result(ticket, look)
                if look.status.startswith("CANCEL"):
                    raise FilmingFailed("The request was called off at the provider fal.")
            self._rest(interval, ticket)
            interval = min(interval * _LONGER, self._settings.fal_poll_seconds)
        raise FilmingFailed(f"The provider fal took longer than {self._settings.fal_wait_seconds:g} seconds ({why}).")

    def _rest(self, seconds: float, ticket: Ticket) -> None:
        """Wait for the next look, or until fal's webhook has come."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            pause(min(left, _MEMO_LOOK), self._tick)
            if self._webhook and self._memo.read().get("heard") == ticket.request_id:
                return

    def _note(self, look: Look) -> None:
        self._progress.look(look.status, look.messages)
        place = f"{look.status} {look.position}" if look.position is not None else look.status
        if place != self._place:
            self._place = place
            log.info("fal_says", status=look.status, position=look.position)

    def _result(self, ticket: Ticket, look: Look) -> Answer:
        """What it made, or the failure that it ended with."""
        answer = self._handed_out(lambda: self._queue.result(ticket), "what it made")
        if not 200 <= answer.status < 300:
            self._memo.write(done=True)
            raise trouble(answer, names_of(self._storyboard, self._endpoint), "result")
        if look.said.get("error"):
            self._memo.write(done=True)
            raise failed(look.said)
        return answer

    def _handed_out(self, work: Callable[[], T], what: str) -> T:
        """What `work` returns, tried again for a while where it is not now: the film is made, and paid."""
        waits, first = _MADE_AGAIN, 0.0
        while True:
            try:
                return alongside(work, self._tick)
            except NotNow as error:
                first = first or time.monotonic()
                if time.monotonic() + waits > first + self._settings.fal_submit_seconds:
                    raise FilmingFailed(f"The provider fal does not hand out {what} ({error}).") from error
                log.warning("fal_hands_out_nothing", what=what, reason=str(error), seconds=waits)
            pause(waits, self._tick)
            waits = min(waits * 2, _LONGEST_OFFER)

    def _address(self, answer: Answer) -> str:
        """Where the film lies; what it cost is written down first."""
        spent = prices.cost(self._rate, self._storyboard.seconds, answer.headers)
        self._memo.write(done=True, **({} if spent is None else {"cost_micro_usd": spent}))
        return address_of(answer.said)

    def _give_up(self, ticket: Ticket) -> None:
        """Call off what nobody waits for any more, as far as that can be done."""
        if self._memo.read().get("done"):
            return
        try:
            self._memo.write(**call_off(self._settings, {**self._memo.read(), **asdict(ticket)}))
        except NotNow as error:
            log.warning("fal_not_called_off", request_id=ticket.request_id, reason=str(error))


def _ambiguous(why: str) -> FilmingFailed:
    return FilmingFailed(
        f"create_ambiguous: the provider fal may have taken this request, but that is not known ({why}). It is not "
        "sent again, because it could be paid twice. Retry it if you accept that; the hub's operator can look at fal's "
        "list of requests first."
    )

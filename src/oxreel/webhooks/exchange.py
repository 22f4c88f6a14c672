"""One attempt: the message goes out, and all that counts of the answer is its status."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore

from oxreel.network.connection import NotPublic, Reach, Route, reason
from oxreel.network.place import NotAPlace, Place
from oxreel.webhooks.address import place_of

_NETWORK = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError)
#: Of the answer's body, which is dropped: endpoints that are cut off while they write would log errors.
_MOST_BYTES = 64 * 1024
#: For reading that.
_BODY_SECONDS = 1.0


@dataclass(frozen=True)
class Answer:
    """What came of an attempt."""

    #: None where no answer came.
    status_code: int | None = None
    #: Why it does not count, in short; None where it does. Never anything of the body.
    error: str | None = None
    #: Seconds of peace that the endpoint asked for.
    retry_after: float | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint wants no more messages."""
        return self.status_code == 410


def post(url: str, headers: dict[str, str], text: str, reach: Reach) -> Answer:
    """What `url` answers to this JSON text."""
    try:
        return _post(place_of(url, reach), headers, text.encode(), Route(reach))
    except (NotAPlace, NotPublic) as error:
        return Answer(error=str(error))
    except (httpcore.TimeoutException, TimeoutError):
        return Answer(error=f"no answer within {reach.seconds:g} s")
    except httpcore.ProtocolError:
        # What came instead may be of the inside of a network.
        return Answer(error="what came is not an answer in HTTP")
    except (httpcore.NetworkError, OSError) as error:
        return Answer(error=reason(error))


def _post(place: Place, headers: dict[str, str], body: bytes, route: Route) -> Answer:
    sent: dict[bytes | str, bytes | str] = {
        "Host": place.host_header,
        "User-Agent": "OxReel",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    sent.update(headers)
    with route.pool(place) as pool, pool.stream("POST", place.url, headers=sent, content=body) as answer:
        said = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in answer.headers}
        found = _judged(answer.status, said.get("retry-after"))
        route.hurry(_BODY_SECONDS)
        try:
            size = 0
            for piece in answer.iter_stream():
                size += len(piece)
                if size > _MOST_BYTES:
                    break
        except _NETWORK:
            pass  # the answer was there
        return found


def _judged(status: int, retry_after: str | None) -> Answer:
    if 200 <= status < 300:
        return Answer(status)
    why = f"answered with status {status}"
    if 300 <= status < 400:
        why += "; redirects are not followed"
    return Answer(status, why, _seconds(retry_after or ""))


def _seconds(retry_after: str) -> float | None:
    """Seconds in a `Retry-After` header, which is a number of them or a date; None for anything else."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())

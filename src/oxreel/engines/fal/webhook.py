"""fal's webhooks: whether one surely comes from fal. What it says beside its number is never looked at."""

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from oxreel.errors import Forbidden
from oxreel.log import Log
from oxreel.network.connection import trusted

log = Log(__name__)

#: Where this hub listens for them; the generation's id follows.
PATH = "/api/fal/webhook/"

_HEADERS = ("request-id", "user-id", "timestamp", "signature")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
#: Seconds that a message may be old or, by another clock, early (fal's documents, read 2026-11).
_MOST_AGE = 300
#: Seconds that keys are good for, and between two questions for them however much is refused meanwhile.
_KEYS_LAST, _ASK_AGAIN = 24 * 3600.0, 60.0
_MOST_KEYS_BYTES = 200_000
_ASK_SECONDS = 10.0


@dataclass(frozen=True)
class Signed:
    """A message as it came."""

    request_id: str
    user_id: str
    timestamp: str
    signature: str
    body: bytes

    @classmethod
    def read(cls, headers: Mapping[str, str], body: bytes) -> "Signed":
        """The message in a request; header names are in lower case. Raises Forbidden."""
        values = [headers.get(f"x-fal-webhook-{name}", "") for name in _HEADERS]
        if not all(values) or any(len(value) > 500 for value in values) or not _REQUEST_ID.fullmatch(values[0]):
            raise Forbidden("This takes messages of fal only, with the four headers of its signature.")
        request_id, user_id, timestamp, signature = values
        return cls(request_id, user_id, timestamp, signature, body)

    def is_recent(self, now: float) -> bool:
        """Whether it was signed a moment ago, in UNIX seconds."""
        return self.timestamp.isascii() and self.timestamp.isdecimal() and abs(now - int(self.timestamp)) <= _MOST_AGE

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether that key has signed it."""
        text = "\n".join((self.request_id, self.user_id, self.timestamp, hashlib.sha256(self.body).hexdigest()))
        try:
            key.verify(bytes.fromhex(self.signature), text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


class Keys:
    """fal's public keys, asked for once a day and when a message fits none of them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._keys: tuple[Ed25519PublicKey, ...] = ()
        self._known_until = self._ask_at = 0.0

    def check(self, message: Signed) -> None:
        """Nothing for a message of fal's. Raises Forbidden for any other."""
        if not message.is_recent(time.time()):
            raise Forbidden("The message was not signed within the last five minutes.")
        if not any(message.is_signed_by(key) for key in self._current()) and not any(
            message.is_signed_by(key) for key in self._current(anew=True)
        ):
            raise Forbidden("The message is not signed by fal.")

    def _current(self, *, anew: bool = False) -> tuple[Ed25519PublicKey, ...]:
        with self._lock:
            now = time.monotonic()
            if (anew or now >= self._known_until) and now >= self._ask_at:
                self._ask_at = now + _ASK_AGAIN
                try:
                    self._keys = _fetched(self._url)
                    self._known_until = now + _KEYS_LAST
                except (httpx.HTTPError, ValueError, TypeError, KeyError) as error:
                    log.warning("fal_keys_not_fetched", reason=str(error)[:200])
            # Keys that are too old are none: they may have been taken back.
            return self._keys if now < self._known_until else ()


def _fetched(url: str) -> tuple[Ed25519PublicKey, ...]:
    data = b""
    with httpx.stream("GET", url, timeout=_ASK_SECONDS, verify=trusted()) as answer:
        answer.raise_for_status()
        for piece in answer.iter_bytes():
            data += piece
            if len(data) > _MOST_KEYS_BYTES:
                raise ValueError("the answer is too large")
    found: list[Any] = json.loads(data)["keys"]
    return tuple(Ed25519PublicKey.from_public_bytes(_raw(key["x"])) for key in found if key.get("crv") == "Ed25519")


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

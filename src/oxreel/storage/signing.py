"""Signed URLs: a path that whoever holds the URL may read until it expires."""

import hmac
import secrets as random
from collections.abc import Mapping
from urllib.parse import urlencode

import sqlalchemy as sa

from oxreel import db
from oxreel.errors import Forbidden


class Signer:
    """Signs paths with one secret. Every process of a hub that has the secret can verify."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, path: str, expires_at: int) -> str:
        """The query string that opens `path` (percent-decoded, from the root) until `expires_at` UNIX seconds."""
        return urlencode({"expires": expires_at, "signature": self._signature(path, str(expires_at))})

    def verify(self, path: str, query: Mapping[str, str], now: int) -> None:
        """Nothing where `query` opens `path` at `now` UNIX seconds; Forbidden where it is tampered or expired."""
        expires, signature = query.get("expires", ""), query.get("signature", "")
        # The signature first: nothing is said about an expiry that somebody else wrote.
        if not hmac.compare_digest(self._signature(path, expires).encode(), signature.encode("utf-8", "replace")):
            raise Forbidden("The URL's signature does not fit its path and expiry; ask for the generation again.")
        if now >= int(expires):
            late = now - int(expires)
            raise Forbidden(f"The signed URL expired {late} seconds ago; ask for the generation again for a new one.")

    def _signature(self, path: str, expires: str) -> str:
        # Surrogates are what undecodable bytes of a URL become; they must not end in a crash.
        text = f"{expires}\n{path}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._secret, text, "sha256").hex()


def load_secret(tx: sa.Connection, name: str) -> bytes:
    """The 32 random bytes that all processes of this hub share under `name`; drawn by whoever asks first."""
    value = _read(tx, name)
    if value is None:
        try:
            with tx.begin_nested():
                tx.execute(sa.insert(db.secrets).values(name=name, value=random.token_bytes(32)))
        except sa.exc.IntegrityError:
            pass  # another process drew it between our two looks: its value is the one
        value = _read(tx, name)
    if value is None:
        raise RuntimeError(f"the secret '{name}' could neither be read nor drawn")
    return value


def _read(tx: sa.Connection, name: str) -> bytes | None:
    value = tx.execute(sa.select(db.secrets.c.value).where(db.secrets.c.name == name)).scalar()
    return None if value is None else bytes(value)

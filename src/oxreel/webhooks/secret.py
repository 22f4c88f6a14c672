"""The secrets that a namespace's messages are signed with, `whsec_...` as Standard Webhooks writes them.

After a rotation the old secret signs too for a day, so that receivers can change over without missing anything.
"""

import base64
import secrets
from dataclasses import dataclass

import sqlalchemy as sa

from oxreel.db import namespaces, now_ms, webhook_secrets
from oxreel.errors import RateLimited
from oxreel.units import UnixMs
from oxreel.webhooks.schedule import DAY_MS

#: Bytes: Standard Webhooks asks for 24 to 64.
_LENGTH = 32
#: Each secret that signs is one more signature in every message.
_MOST_SIGNING = 5


@dataclass(frozen=True)
class Secret:
    """One secret of a namespace."""

    value: bytes
    created_at: UnixMs
    #: None for the current one.
    retired_at: UnixMs | None

    @property
    def text(self) -> str:
        """As receivers need it."""
        return "whsec_" + base64.b64encode(self.value).decode()

    @property
    def signs_until(self) -> UnixMs | None:
        """When a retired one signs for the last time."""
        return None if self.retired_at is None else UnixMs(self.retired_at + DAY_MS)


def read_secrets(tx: sa.Connection, namespace_id: int) -> list[Secret]:
    """The secrets that sign a namespace's messages now, the current one first; empty before the first use."""
    signing = sa.or_(webhook_secrets.c.retired_at.is_(None), webhook_secrets.c.retired_at > now_ms() - DAY_MS)
    rows = tx.execute(
        sa.select(webhook_secrets.c.value, webhook_secrets.c.created_at, webhook_secrets.c.retired_at)
        .where(webhook_secrets.c.namespace_id == namespace_id, signing)
        .order_by(webhook_secrets.c.id.desc())
    )
    return [Secret(bytes(value), created_at, retired_at) for value, created_at, retired_at in rows]


def current(tx: sa.Connection, namespace_id: int) -> list[Secret]:
    """The same, the first secret made where there is none yet."""
    found = read_secrets(tx, namespace_id)
    if not found or found[0].retired_at is not None:
        try:
            with tx.begin_nested():
                _draw(tx, namespace_id)
        except sa.exc.IntegrityError:
            pass  # another process drew it between our two looks: its value is the one
        found = read_secrets(tx, namespace_id)
    return found


def rotate(tx: sa.Connection, namespace_id: int) -> list[Secret]:
    """The secrets with a new one in front. Raises RateLimited where too many old ones still sign."""
    # One rotation of a namespace after the other; its other rows are not held up.
    tx.execute(sa.select(namespaces.c.id).where(namespaces.c.id == namespace_id).with_for_update(key_share=True))
    signing = current(tx, namespace_id)
    if len(signing) >= _MOST_SIGNING:
        now = tx.execute(sa.select(now_ms())).scalar_one()
        oldest = signing[-1].signs_until or now
        raise RateLimited(
            f"The secret was changed {_MOST_SIGNING - 1} times within a day, and each of the old ones still signs for "
            "24 hours; change it again when the oldest has ended.",
            retry_after=max(1, (oldest - now) // 1000),
        )
    tx.execute(
        sa.update(webhook_secrets)
        .where(webhook_secrets.c.namespace_id == namespace_id, webhook_secrets.c.retired_at.is_(None))
        .values(retired_at=now_ms())
    )
    _draw(tx, namespace_id)
    return read_secrets(tx, namespace_id)


def prune_secrets(tx: sa.Connection) -> None:
    """Forget secrets that no longer sign."""
    tx.execute(sa.delete(webhook_secrets).where(webhook_secrets.c.retired_at <= now_ms() - DAY_MS))


def _draw(tx: sa.Connection, namespace_id: int) -> None:
    values = {"namespace_id": namespace_id, "value": secrets.token_bytes(_LENGTH), "created_at": now_ms()}
    tx.execute(sa.insert(webhook_secrets).values(values))

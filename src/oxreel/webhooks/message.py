"""A message as it is sent: the body, and the headers that sign it by the rules of Standard Webhooks."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from oxreel.units import UnixMs
from oxreel.webhooks.secret import Secret


def body(kind: str, happened_at: UnixMs, data: dict[str, Any]) -> str:
    """The JSON text; every attempt to send a message says the same time."""
    when = _time(happened_at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"type": kind, "timestamp": when, "data": data}, separators=(",", ":"))


def signed_headers(message_id: str, sent_at: UnixMs, text: str, secrets: Sequence[Secret]) -> dict[str, str]:
    """The three headers by which a receiver knows who sent this text, and when."""
    when = _time(sent_at)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_at // 1000),
        "webhook-signature": " ".join(Webhook(secret.value).sign(message_id, when, text) for secret in secrets),
    }


def _time(ms: UnixMs) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

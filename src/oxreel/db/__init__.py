"""Tables, connections, transactions.

A room takes the connection of an open transaction (`tx`) and never commits: whoever began the
transaction decides what must be true together.
"""

from oxreel.db.connection import Database, Pool, take_write_lock
from oxreel.db.tables import (
    LEFT,
    api_keys,
    assets,
    balances,
    block_grams,
    blocks,
    events,
    favorites,
    generations,
    idempotency_keys,
    ledger_entries,
    memberships,
    metadata,
    namespaces,
    now_ms,
    repositories,
    secrets,
    takes,
    tallies,
    turns,
    webhook_attempts,
    webhook_deliveries,
    webhook_secrets,
    workers,
)

__all__ = [
    "LEFT",
    "Database",
    "Pool",
    "api_keys",
    "assets",
    "balances",
    "block_grams",
    "blocks",
    "events",
    "favorites",
    "generations",
    "idempotency_keys",
    "ledger_entries",
    "memberships",
    "metadata",
    "namespaces",
    "now_ms",
    "repositories",
    "secrets",
    "take_write_lock",
    "takes",
    "tallies",
    "turns",
    "webhook_attempts",
    "webhook_deliveries",
    "webhook_secrets",
    "workers",
]

"""The tables, and the database's own clock.

Times are UNIX milliseconds of that clock, money is micro-dollars, ids of generations are UUID text.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

#: SQLite counts up only in an INTEGER primary key; PostgreSQL gets the wide one.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class now_ms(FunctionElement[int]):  # noqa: N801 - reads as the SQL function that it is
    """UNIX milliseconds by the database's clock, the same for every process that shares it."""

    type = sa.BigInteger()
    inherit_cache = True


@compiles(now_ms, "sqlite")
def _now_sqlite(*_: Any, **__: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(now_ms, "postgresql")
def _now_postgresql(*_: Any, **__: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


def _time(name: str, *, required: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=not required)


#: Who can own and pay: users and organizations share one space of names.
namespaces = sa.Table(
    "namespaces",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("image_url", sa.Text),
    _time("created_at", required=True),
    #: Engines that its requests may name; null: those that the settings say.
    sa.Column("engines", sa.JSON(none_as_null=True)),
    sa.CheckConstraint("kind IN ('user', 'organization')", name="kind"),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("organization_id", sa.ForeignKey("namespaces.id"), primary_key=True),
    sa.Column("user_id", sa.ForeignKey("namespaces.id"), primary_key=True, index=True),
    _time("created_at", required=True),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("namespaces.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    #: SHA-256 of the whole key: keys are 256 random bits, so a slow hash would add nothing.
    sa.Column("digest", sa.LargeBinary(32), nullable=False, unique=True),
    #: The first characters, so that a person can tell keys apart.
    sa.Column("prefix", sa.Text, nullable=False),
    _time("created_at", required=True),
    _time("revoked_at"),
)

#: What a namespace has, kept beside the ledger so that the database itself refuses a negative one.
balances = sa.Table(
    "balances",
    metadata,
    sa.Column("namespace_id", sa.ForeignKey("namespaces.id"), primary_key=True),
    sa.Column("available", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.CheckConstraint("available >= 0", name="available_not_negative"),
    sa.CheckConstraint("held >= 0", name="held_not_negative"),
)

#: Append-only: triggers refuse UPDATE and DELETE (see the migration).
ledger_entries = sa.Table(
    "ledger_entries",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("namespace_id", sa.ForeignKey("namespaces.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("generation_id", sa.Text),
    sa.Column("note", sa.Text, nullable=False),
    _time("created_at", required=True),
    sa.CheckConstraint("kind IN ('grant', 'hold', 'settle', 'release')", name="kind"),
    sa.CheckConstraint("(kind = 'grant') = (generation_id IS NULL)", name="grant_or_generation"),
    #: One hold and one settle or release per generation: nothing is charged twice.
    sa.UniqueConstraint("generation_id", "kind"),
)

repositories = sa.Table(
    "repositories",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("namespace_id", sa.ForeignKey("namespaces.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("public", sa.Boolean, nullable=False),
    _time("created_at", required=True),
    sa.UniqueConstraint("namespace_id", "name"),
)

assets = sa.Table(
    "assets",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("repository_id", sa.ForeignKey("repositories.id"), nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("content_type", sa.Text, nullable=False),
    #: SHA-256 of the bytes, in hexadecimal; it is the ETag.
    sa.Column("digest", sa.Text, nullable=False),
    #: Where the object store keeps the bytes.
    sa.Column("object_key", sa.Text, nullable=False, index=True),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("seconds", sa.Float),
    _time("created_at", required=True),
    sa.UniqueConstraint("repository_id", "path"),
)

favorites = sa.Table(
    "favorites",
    metadata,
    sa.Column("user_id", sa.ForeignKey("namespaces.id"), primary_key=True),
    sa.Column("model", sa.Text, primary_key=True),
    _time("created_at", required=True),
)

#: A generation that nobody wants while something may still be made for it elsewhere, as its index has it.
#: Not by the states that it asks for: SQLite would rather go through all that ever failed.
LEFT = sa.text("upstream IS NOT NULL AND abandoned_at IS NULL AND status NOT IN ('queued', 'processing', 'succeeded')")

generations = sa.Table(
    "generations",
    metadata,
    #: Order of arrival, for the queue position and the newest-first history.
    sa.Column("sequence", BigId, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("namespace_id", sa.ForeignKey("namespaces.id"), nullable=False),
    sa.Column("user_id", sa.ForeignKey("namespaces.id"), nullable=False),
    sa.Column("key_id", sa.ForeignKey("api_keys.id"), nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("prompt", sa.Text),
    #: Every parameter as submitted.
    sa.Column("parameters", sa.JSON, nullable=False),
    #: Host name under which the client reached the hub: URLs with it are the hub's own assets.
    sa.Column("own_host", sa.Text, nullable=False),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("preview", sa.Boolean, nullable=False),
    #: Its place among the generations of its own namespace.
    sa.Column("priority", sa.Text, nullable=False, server_default="normal"),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("repo", sa.Text, nullable=False),
    sa.Column("directory", sa.Text, nullable=False),
    #: Fixed at submission, held until the end.
    sa.Column("price", sa.BigInteger, nullable=False),
    #: What was charged in the end; null when nothing was.
    sa.Column("cost", sa.BigInteger),
    sa.Column("progress", sa.Float, nullable=False),
    #: Path of the result in its repository.
    sa.Column("result_path", sa.Text),
    sa.Column("error_message", sa.Text),
    #: Name of the error's class, so that the synchronous endpoint answers with its status.
    sa.Column("error_kind", sa.Text),
    sa.Column("warnings", sa.JSON, nullable=False),
    #: What the engine understood of the prompt; null until it has read it, and for engines that do not tell.
    sa.Column("plan", sa.JSON(none_as_null=True)),
    sa.Column("retried_from_id", sa.Text),
    #: What its engine must still know after a crash of what is made elsewhere; null where nothing is.
    sa.Column("upstream", sa.JSON(none_as_null=True)),
    #: Micro-dollars that making it elsewhere costs the operator; null where nobody said.
    sa.Column("upstream_cost", sa.BigInteger),
    #: When what was made elsewhere was called off, for it had ended without that.
    _time("abandoned_at"),
    _time("enqueued_at", required=True),
    _time("started_at"),
    _time("completed_at"),
    sa.CheckConstraint("status IN ('queued', 'processing', 'succeeded', 'failed', 'cancelled')", name="status"),
    sa.CheckConstraint("priority IN ('low', 'normal', 'high')", name="priority"),
    sa.Index("ix_generations_namespace_status", "namespace_id", "status", "sequence"),
    sa.Index("ix_generations_status_sequence", "status", "sequence"),
    #: The lines alone, for the places in them: small, however much has ended.
    sa.Index(
        "ix_generations_line",
        "namespace_id",
        "priority",
        "preview",
        "sequence",
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    ),
    # The newest first, of one namespace, whatever became of them.
    sa.Index("ix_generations_namespace_sequence", "namespace_id", "sequence"),
    sa.Index("ix_generations_namespace_model", "namespace_id", "model", "status", "sequence"),
    #: Results that are still kept, the oldest first.
    sa.Index(
        "ix_generations_results",
        "completed_at",
        "sequence",
        sqlite_where=sa.text("result_path IS NOT NULL"),
        postgresql_where=sa.text("result_path IS NOT NULL"),
    ),
    #: Those alone that nobody wants any more while something may still be made for them elsewhere.
    sa.Index("ix_generations_left", "completed_at", sqlite_where=LEFT, postgresql_where=LEFT),
    sqlite_autoincrement=True,
)

#: What successive generations of a namespace, all ended, add up to: so that a long history need not be counted anew.
tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("namespace_id", sa.ForeignKey("namespaces.id"), primary_key=True),
    #: The sequence before the block's first generation, and that of its last.
    sa.Column("after_sequence", sa.BigInteger, nullable=False),
    sa.Column("last_sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("status", sa.Text, primary_key=True),
    sa.Column("entries", sa.BigInteger, nullable=False),
    #: Micro-dollars charged; null when nothing was.
    sa.Column("cost", sa.BigInteger),
    sa.CheckConstraint("status IN ('succeeded', 'failed', 'cancelled')", name="ended"),
)

#: What is known of a block of tallies beside its sums, once that is written down.
blocks = sa.Table(
    "blocks",
    metadata,
    sa.Column("namespace_id", sa.ForeignKey("namespaces.id"), primary_key=True),
    sa.Column("last_sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("after_sequence", sa.BigInteger, nullable=False),
    #: When the earliest and the latest of its generations was enqueued.
    _time("first_at", required=True),
    _time("last_at", required=True),
    #: The sequences of its generations, in order: how far each is behind `after_sequence`, in eight bytes.
    sa.Column("sequences", sa.LargeBinary, nullable=False),
)

#: In which prompts of a block three characters occur: so that a search need not read every prompt.
block_grams = sa.Table(
    "block_grams",
    metadata,
    # Of its block: thousands of these are written at once, and need not be checked one by one.
    sa.Column("namespace_id", BigId, primary_key=True, autoincrement=False),
    #: Three code points of 21 bits.
    sa.Column("gram", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("last_sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    #: Places among the sequences of the block.
    sa.Column("places", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

#: One attempt at filming a generation. Open takes of a dead worker are lost takes.
takes = sa.Table(
    "takes",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("generation_id", sa.ForeignKey("generations.id"), nullable=False, index=True),
    sa.Column("executor_id", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    _time("started_at", required=True),
    _time("ended_at"),
    #: When its progress was last announced as an event.
    _time("announced_at"),
    sa.CheckConstraint("outcome IN ('open', 'finished', 'interrupted', 'lost')", name="outcome"),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("user_id", sa.ForeignKey("namespaces.id"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    #: SHA-256 of the endpoint and the canonical body, in hexadecimal.
    sa.Column("request_digest", sa.Text, nullable=False),
    sa.Column("generation_ids", sa.JSON, nullable=False),
    _time("created_at", required=True),
)

#: Append-only, in commit order; the event stream and waiting clients read from it.
events = sa.Table(
    "events",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("namespace_id", sa.ForeignKey("namespaces.id"), nullable=False),
    sa.Column("generation_id", sa.Text, nullable=False),
    #: The key that enqueued the generation: its next stream catches up on what it has not been sent.
    sa.Column("key_id", sa.ForeignKey("api_keys.id"), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    _time("created_at", required=True),
    #: When a stream of that key was first sent it; at once for kinds that no stream catches up on.
    _time("sent_at"),
    #: Until when a stream that catches up may still send it; behind that another one may.
    _time("claimed_until"),
    sa.Index("ix_events_unsent", "key_id", "sent_at", "created_at"),
    sqlite_autoincrement=True,
)

#: What signs a namespace's webhooks: one that is current, and retired ones that still sign for a while.
webhook_secrets = sa.Table(
    "webhook_secrets",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("namespace_id", sa.ForeignKey("namespaces.id"), nullable=False, index=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
    _time("created_at", required=True),
    _time("retired_at"),
    sa.Index(
        "uq_webhook_secrets_current",
        "namespace_id",
        unique=True,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    ),
)

#: A message about a generation on its way to the URL that its request named.
webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    #: The header `webhook-id`, the same in every attempt.
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("namespace_id", sa.ForeignKey("namespaces.id"), nullable=False),
    sa.Column("generation_id", sa.ForeignKey("generations.id"), nullable=False, index=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    #: Of the URL, with its port: one host gets only so many at a time.
    sa.Column("host", sa.Text, nullable=False),
    #: Address of the hub in the URLs of the message.
    sa.Column("base_url", sa.Text, nullable=False),
    #: As an event stores it: a result is named by its place, without a URL.
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    #: Attempts since `begun_at`, which is when it was made or replayed.
    sa.Column("tries", sa.Integer, nullable=False),
    _time("begun_at", required=True),
    #: When the next attempt is due; while one runs, when its worker has lost the claim to it.
    _time("due_at", required=True),
    #: Of the worker that attempts it now; each claim has a name of its own.
    sa.Column("claim", sa.Text),
    _time("created_at", required=True),
    _time("ended_at"),
    sa.CheckConstraint("status IN ('pending', 'delivered', 'failed', 'stopped')", name="status"),
    sa.Index("ix_webhook_deliveries_due", "status", "due_at"),
    sa.Index("ix_webhook_deliveries_namespace", "namespace_id", "id"),
    sqlite_autoincrement=True,
)

webhook_attempts = sa.Table(
    "webhook_attempts",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("delivery_id", sa.ForeignKey("webhook_deliveries.id"), nullable=False, index=True),
    _time("started_at", required=True),
    sa.Column("duration_ms", sa.Integer, nullable=False),
    #: Null where no answer came.
    sa.Column("status_code", sa.Integer),
    #: What went wrong, in short; nothing of the answer's body.
    sa.Column("error", sa.Text),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("executor_id", sa.Text, primary_key=True),
    #: Machine, boot, process namespace and process: tells a neighbour at once that it is gone.
    sa.Column("process", sa.Text, nullable=False),
    #: Videos that it films at a time, by queue: `{"cpu": 2, "gpu": 1}`.
    sa.Column("slots", sa.JSON, nullable=False, server_default="{}"),
    _time("started_at", required=True),
    _time("seen_at", required=True),
    #: Since when it takes no new generations because it was asked to end.
    _time("draining_since"),
)

#: When a generation of a namespace last began on a queue: whoever had no turn for the longest time is next.
turns = sa.Table(
    "turns",
    metadata,
    sa.Column("queue", sa.Text, primary_key=True),
    sa.Column("namespace_id", sa.ForeignKey("namespaces.id"), primary_key=True),
    #: Counts up with each turn and is never below the clock.
    _time("taken_at", required=True),
)

#: Random values that all processes of one hub share, such as the key that signs URLs.
secrets = sa.Table(
    "secrets",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

"""The door to the job engine: putting a generation's durable job in line, and calling it off."""

from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions

from oxreel import tracing
from oxreel.db import Database

#: Names that jobs carry in the database: changing one would orphan those in line.
APPLICATION = "oxreel"
WORKFLOW = "film_generation"
#: Constant, so that a new release takes over the jobs of the last; steps are changed through patches.
VERSION = "1"
SCHEMA = "dbos"
#: Kinds of machine, each with a line of its own; settings can name more. What is hosted only waits for others.
CPU, GPU, HOSTED = "cpu", "gpu", "hosted"
#: Where a priority stands among those of one namespace.
PRIORITIES = {"high": 0, "normal": 1, "low": 2}


def rank(priority: str, *, preview: bool) -> int:
    """Place within the namespace, the lowest first: by priority, previews first among equals.

    Previews take seconds and somebody is watching.
    """
    return 1 + 2 * PRIORITIES[priority] + (0 if preview else 1)


def partition(namespace_id: int, model: str | None) -> str:
    """A namespace's part of a line, or its part for one model: `12`, `12/kling-video-o1-image-to-video`."""
    return str(namespace_id) if model is None else f"{namespace_id}/{model}"


def serializer() -> DBOSPortableJSONSerializer:
    """How jobs are written down: JSON, so that nothing in the database can run code."""
    return DBOSPortableJSONSerializer()


class Jobs:
    """The line of durable jobs, one per generation, in the same database as our rows."""

    def __init__(self, database: Database) -> None:
        self._client = DBOSClient(
            system_database_engine=database.engine,
            serializer=serializer(),
            application_name=APPLICATION,
            dbos_system_schema=SCHEMA,
            lazy=True,
        )

    def enqueue(
        self,
        tx: sa.Connection,
        generation_id: str,
        *,
        queue: str,
        partition: str,
        rank: int,
    ) -> None:
        """Put a generation in its part of a line; it counts once `tx` commits."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": queue,
            "workflow_id": generation_id,
            "queue_partition_key": partition,
            "priority": rank,
            "app_version": VERSION,
        }
        if carried := tracing.carrier():
            # The worker goes on with the trace that the request began.
            options["attributes"] = {**carried}
        self._client.enqueue_in_transaction(tx, options, generation_id)

    def call_off(self, generation_id: str) -> None:
        """Stop a job, in line or running. Call it after the transaction that ended the generation."""
        self._client.cancel_workflow(generation_id)

    def forget(self, generation_ids: list[str]) -> None:
        """Delete the records of jobs that have ended."""
        self._client.delete_workflows(generation_ids)

    def close(self) -> None:
        """Let go of the database."""
        self._client.destroy()


def job_table(is_sqlite: bool) -> sa.TableClause:
    """The job engine's table of jobs by `workflow_uuid`; times are UNIX ms. Only `turns.py` writes to it."""
    names = (
        "workflow_uuid", "status", "executor_id", "updated_at", "queue_name", "queue_partition_key", "priority",
        "created_at", "started_at_epoch_ms", "owner_xid", "application_name", "application_version",
        "recovery_attempts", "attributes",
    )  # fmt: skip
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in names]
    return sa.table("workflow_status", *columns, schema=None if is_sqlite else SCHEMA)

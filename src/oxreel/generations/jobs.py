"""The door to the job engine: putting a generation's durable job in line, and calling it off."""

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer

from oxreel.db import Database
from oxreel.settings import Settings

#: Names that jobs carry in the database: changing one would orphan those in line.
APPLICATION = "oxreel"
QUEUE = "generations"
WORKFLOW = "film_generation"
#: Constant, so that a new release takes over the jobs of the last; steps are changed through patches.
VERSION = "1"
SCHEMA = "dbos"
#: Within one namespace previews go first: they take seconds and somebody is watching.
PREVIEW_FIRST, RENDER_NEXT = 1, 2


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

    def open_line(self, settings: Settings) -> None:
        """Make the line with this worker's settings, one partition for each namespace so that each gets its turn."""
        self._client.register_queue(
            QUEUE,
            worker_concurrency=settings.film_slots,
            partition_concurrency=settings.namespace_film_slots,
            polling_interval_sec=settings.poll_seconds,
            on_conflict="always_update",
        )

    def enqueue(self, tx: sa.Connection, generation_id: str, namespace_id: int, *, preview: bool) -> None:
        """Put a generation in its namespace's line; it counts once `tx` commits."""
        self._client.enqueue_in_transaction(
            tx,
            {
                "workflow_name": WORKFLOW,
                "queue_name": QUEUE,
                "workflow_id": generation_id,
                "queue_partition_key": str(namespace_id),
                "priority": PREVIEW_FIRST if preview else RENDER_NEXT,
                "app_version": VERSION,
            },
            generation_id,
        )

    def call_off(self, generation_id: str) -> None:
        """Stop a job, in line or running. Call it after the transaction that ended the generation."""
        self._client.cancel_workflow(generation_id)

    def forget(self, generation_ids: list[str]) -> None:
        """Delete the records of jobs that have ended."""
        self._client.delete_workflows(generation_ids)

    def close(self) -> None:
        """Let go of the database."""
        self._client.destroy()

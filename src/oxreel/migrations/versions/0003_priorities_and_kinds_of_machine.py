"""Priorities, and workers for several kinds of machine"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # As SQL: both databases take a column with its CHECK so, and SQLite takes one no other way.
    op.get_bind().exec_driver_sql(
        "ALTER TABLE generations ADD COLUMN priority TEXT DEFAULT 'normal' NOT NULL "
        "CONSTRAINT ck_generations_priority CHECK (priority IN ('low', 'normal', 'high'))"
    )
    op.create_index(
        "ix_generations_line",
        "generations",
        ["namespace_id", "priority", "preview", "sequence"],
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.add_column("workers", sa.Column("slots", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("workers", sa.Column("draining_since", sa.BigInteger(), nullable=True))
    op.create_table(
        "turns",
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("namespace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["namespace_id"], ["namespaces.id"], name=op.f("fk_turns_namespace_id")),
        sa.PrimaryKeyConstraint("queue", "namespace_id", name=op.f("pk_turns")),
    )

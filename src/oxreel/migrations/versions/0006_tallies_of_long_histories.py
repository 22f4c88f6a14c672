"""Tallies of long histories, and indexes that give them page by page"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("ix_generations_namespace_sequence", "generations", ["namespace_id", "sequence"], unique=False)
    op.create_index(
        "ix_generations_namespace_model", "generations", ["namespace_id", "model", "status", "sequence"], unique=False
    )
    op.create_table(
        "tallies",
        sa.Column("namespace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("after_sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("status IN ('succeeded', 'failed', 'cancelled')", name=op.f("ck_tallies_ended")),
        sa.ForeignKeyConstraint(["namespace_id"], ["namespaces.id"], name=op.f("fk_tallies_namespace_id")),
        sa.PrimaryKeyConstraint("namespace_id", "last_sequence", "model", "status", name=op.f("pk_tallies")),
    )

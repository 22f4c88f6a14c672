"""Where words are in long histories, and which results are still kept"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_index(
        "ix_generations_results",
        "generations",
        ["completed_at", "sequence"],
        sqlite_where=sa.text("result_path IS NOT NULL"),
        postgresql_where=sa.text("result_path IS NOT NULL"),
    )
    op.create_table(
        "blocks",
        sa.Column("namespace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("after_sequence", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("sequences", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["namespace_id"], ["namespaces.id"], name=op.f("fk_blocks_namespace_id")),
        sa.PrimaryKeyConstraint("namespace_id", "last_sequence", name=op.f("pk_blocks")),
    )
    op.create_table(
        "block_grams",
        sa.Column(
            "namespace_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("gram", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("namespace_id", "gram", "last_sequence", name=op.f("pk_block_grams")),
        sqlite_with_rowid=False,
    )

"""What is made elsewhere for a generation, and what that costs"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("generations", sa.Column("upstream", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("generations", sa.Column("upstream_cost", sa.BigInteger(), nullable=True))
    op.add_column("generations", sa.Column("abandoned_at", sa.BigInteger(), nullable=True))
    left = sa.text(
        "upstream IS NOT NULL AND abandoned_at IS NULL AND status NOT IN ('queued', 'processing', 'succeeded')"
    )
    op.create_index(
        "ix_generations_left",
        "generations",
        ["completed_at"],
        unique=False,
        sqlite_where=left,
        postgresql_where=left,
    )

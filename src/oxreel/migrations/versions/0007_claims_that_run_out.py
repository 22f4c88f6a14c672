"""Claims on events that run out, and when a take's progress was last announced"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("events", sa.Column("claimed_until", sa.BigInteger(), nullable=True))
    op.add_column("takes", sa.Column("announced_at", sa.BigInteger(), nullable=True))

"""The plan of a generation"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("generations", sa.Column("plan", sa.JSON(none_as_null=True), nullable=True))

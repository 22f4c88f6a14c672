"""Which engines the requests of an account may name"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("namespaces", sa.Column("engines", sa.JSON(none_as_null=True), nullable=True))

"""Which file has an object, found by its key"""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index(op.f("ix_assets_object_key"), "assets", ["object_key"])

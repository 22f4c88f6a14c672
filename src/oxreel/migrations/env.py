"""Alembic's door: runs the migrations on the connection that `migrate` hands over."""

from alembic import context

from oxreel.db import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

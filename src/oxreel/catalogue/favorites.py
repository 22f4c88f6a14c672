"""Favourites: the models that a user marked."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from oxreel.db import favorites, now_ms


def favorite_ids(tx: sa.Connection, user_id: int) -> list[str]:
    """Ids of the user's favourites, the newest first."""
    query = sa.select(favorites.c.model).where(favorites.c.user_id == user_id)
    return list(tx.scalars(query.order_by(favorites.c.created_at.desc(), favorites.c.model)))


def add_favorite(tx: sa.Connection, user_id: int, model_id: str) -> None:
    """Mark a model; marking it again changes nothing."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    row = {"user_id": user_id, "model": model_id, "created_at": now_ms()}
    tx.execute(insert(favorites).values(row).on_conflict_do_nothing())


def remove_favorite(tx: sa.Connection, user_id: int, model_id: str) -> None:
    """Unmark a model; one that is not marked stays so."""
    tx.execute(sa.delete(favorites).where(favorites.c.user_id == user_id, favorites.c.model == model_id))

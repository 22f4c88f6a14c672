"""Which generations somebody asks for."""

from dataclasses import dataclass, replace

import sqlalchemy as sa

from oxreel.db import generations, namespaces
from oxreel.generations.generation import ACTIVE, Status


@dataclass(frozen=True)
class Filter:
    """Which generations; None means any. `namespace_ids` is what the caller may read."""

    namespace_ids: frozenset[int]
    statuses: tuple[Status, ...] = ()
    namespace: str | None = None
    model: str | None = None
    media_type: str | None = None
    repo: str | None = None
    folder: str | None = None
    user_id: int | None = None
    #: Each must occur in the prompt, whatever its case, or be the id.
    words: tuple[str, ...] = ()
    #: Enqueued then or later, UNIX ms.
    since: int | None = None
    #: Enqueued before then, UNIX ms.
    until: int | None = None

    def resolved(self, tx: sa.Connection) -> "Filter":
        """The same with the namespace that it names as the only one that is read."""
        if self.namespace is None:
            return self
        named = sa.select(namespaces.c.id).where(namespaces.c.name == self.namespace.lower())
        return replace(self, namespace=None, namespace_ids=self.namespace_ids.intersection(tx.execute(named).scalars()))

    @property
    def is_tallied(self) -> bool:
        """Whether it asks for nothing that a tally does not tell apart."""
        return self.is_tallied_but_for_dates and self.since is None and self.until is None

    @property
    def is_tallied_but_for_dates(self) -> bool:
        """The same, but for when they were enqueued."""
        told = Filter(self.namespace_ids, statuses=self.statuses, model=self.model, since=self.since, until=self.until)
        return self == told

    @property
    def is_active(self) -> bool:
        """Whether it asks for nothing that has ended."""
        return bool(self.statuses) and not set(self.statuses) - set(ACTIVE)

    def lines(self) -> list[sa.ColumnElement[bool]]:
        """Conditions that part what it finds, so that an index gives each part in the order of sequences."""
        parts = [generations.c.namespace_id == id_ for id_ in sorted(self.namespace_ids)]
        if statuses := self.told_apart():
            parts = [sa.and_(one, generations.c.status == status) for one in parts for status in statuses]
        return parts

    def told_apart(self) -> tuple[Status, ...]:
        """The statuses to look through one by one: all where a model is wanted, as the index of models goes by them."""
        return self.statuses or (() if self.model is None else tuple(Status))

    def whole(self) -> sa.ColumnElement[bool]:
        """All of it as one condition."""
        found = [generations.c.namespace_id.in_(self.namespace_ids), *self.narrowing()]
        if statuses := self.told_apart():
            found.append(generations.c.status.in_(statuses))
        return sa.and_(*found)

    def conditions(self, namespace_id: int) -> list[sa.ColumnElement[bool]]:
        """All that it asks for of one namespace."""
        found = [generations.c.namespace_id == namespace_id, *self.narrowing()]
        if statuses := self.told_apart():
            found.append(generations.c.status.in_(statuses))
        return found

    def narrowing(self) -> list[sa.ColumnElement[bool]]:
        """What it asks for beside namespaces and statuses."""
        column = generations.c
        found: list[sa.ColumnElement[bool]] = []
        for name, value in (("model", self.model), ("media_type", self.media_type), ("repo", self.repo)):
            if value is not None:
                found.append(column[name] == value)
        if self.folder is not None:
            folder = self.folder.strip("/")
            found.append(sa.or_(column.directory == folder, column.directory.startswith(f"{folder}/", autoescape=True)))
        if self.user_id is not None:
            found.append(column.user_id == self.user_id)
        found.extend(
            sa.or_(column.prompt.icontains(word, autoescape=True), column.id == word.lower()) for word in self.words
        )
        if self.since is not None:
            found.append(column.enqueued_at >= self.since)
        if self.until is not None:
            found.append(column.enqueued_at < self.until)
        return found

"""The life of a generation: each change of state is one transaction with its money and its event.

    queued ──open_take──▶ processing ──succeed──▶ succeeded   hold settled
       │                      │  └──────fail────▶ failed      hold released
       └───────cancel─────────┴─────────────────▶ cancelled   hold released

Every function locks the generation first and changes nothing once it has ended. What a worker does, it does
for its take, and changes nothing once another worker opened one: a worker that was declared dead, or whose
generation was cancelled meanwhile, finishes nothing.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import sqlalchemy as sa

from oxreel import assets, events, ledger
from oxreel.db import generations, namespaces, now_ms, take_write_lock, takes
from oxreel.errors import OxReelError
from oxreel.generations import webhook
from oxreel.generations.generation import ACTIVE, Generation, Status, find
from oxreel.generations.result import Result
from oxreel.units import MicroUSD

#: Milliseconds between two announcements of one take's progress: an event holds up all others of the hub.
_ANNOUNCE_MS = 1000


@dataclass(frozen=True)
class OpenTake:
    """A generation that is being filmed, and the take that films it."""

    generation: Generation
    take_id: int


class Standing(Enum):
    """How a take stands."""

    #: The generation is still to be filmed, and this take is the one that films it.
    HELD = "held"
    #: The generation has ended, or was cancelled.
    ENDED = "ended"
    #: Another worker films it now.
    LOST = "lost"


def open_take(tx: sa.Connection, generation_id: str, executor_id: str, max_lost: int) -> OpenTake | None:
    """A new take of this executor, its generation processing; None when there is nothing to film.

    Takes that are still open belong to workers that died. A generation that killed `max_lost` workers fails.
    """
    generation = _lock(tx, generation_id)
    if not generation.is_active:
        return None
    tx.execute(
        sa.update(takes)
        .where(takes.c.generation_id == generation_id, takes.c.outcome == "open")
        .values(outcome="lost", ended_at=now_ms())
    )
    mine = takes.c.generation_id == generation_id
    lost = tx.execute(sa.select(sa.func.count()).where(mine, takes.c.outcome == "lost")).scalar_one()
    if lost >= max_lost:
        message = f"Filming this generation ended its worker {lost} times, so it was given up. Nothing was charged."
        _end(tx, generation, Status.FAILED, error_message=message, error_kind="FilmingFailed")
        return None
    opened = tx.execute(
        sa.insert(takes)
        .values(generation_id=generation_id, executor_id=executor_id, outcome="open", started_at=now_ms())
        .returning(takes.c.id)
    )
    take_id = opened.scalar_one()
    if generation.status is Status.QUEUED:
        tx.execute(
            sa.update(generations)
            .where(generations.c.id == generation_id)
            .values(status=Status.PROCESSING, started_at=now_ms())
        )
    return OpenTake(find(tx, generation_id), take_id)


def close_take(tx: sa.Connection, take_id: int, outcome: str) -> None:
    """Close a take that is still open as `finished`, or `interrupted` by a worker that was stopped in order."""
    tx.execute(
        sa.update(takes)
        .where(takes.c.id == take_id, takes.c.outcome == "open")
        .values(outcome=outcome, ended_at=now_ms())
    )


def standing(tx: sa.Connection, generation_id: str, take_id: int) -> Standing:
    """How a take stands."""
    status = tx.execute(sa.select(generations.c.status).where(generations.c.id == generation_id)).scalar()
    if status != Status.PROCESSING:
        return Standing.ENDED
    outcome = tx.execute(sa.select(takes.c.outcome).where(takes.c.id == take_id)).scalar()
    return Standing.HELD if outcome == "open" else Standing.LOST


def note_plan(
    tx: sa.Connection, generation_id: str, plan: dict[str, Any] | None, warnings: list[str], take_id: int
) -> None:
    """Write down what the engine understood and will do differently, while this take films the generation."""
    tx.execute(sa.update(generations).where(*_held(generation_id, take_id)).values(plan=plan, warnings=warnings))


def report_progress(tx: sa.Connection, generation: Generation, progress: float, take_id: int) -> bool:
    """Whether this take still films the generation; its progress is written if so, and announced now and then."""
    written = tx.execute(sa.update(generations).where(*_held(generation.id, take_id)).values(progress=progress))
    if written.rowcount == 0:
        return False
    if not _announces_now(tx, take_id):
        return True
    data = {
        "generation_id": generation.id,
        "status": str(Status.PROCESSING),
        "media_type": generation.media_type,
        "model": generation.model,
        "progress": round(progress, 4),
    }
    _announce(tx, events.PROGRESS, generation, data)
    return True


def _announces_now(tx: sa.Connection, take_id: int) -> bool:
    """Whether the take has announced nothing for a moment, or ever; it counts as announcing now."""
    due = sa.or_(takes.c.announced_at.is_(None), takes.c.announced_at <= now_ms() - _ANNOUNCE_MS)
    return tx.execute(sa.update(takes).where(takes.c.id == take_id, due).values(announced_at=now_ms())).rowcount == 1


def succeed(tx: sa.Connection, generation_id: str, result: Result, take_id: int) -> Standing:
    """HELD when the generation succeeded with this take's result: stored, charged and announced together."""
    generation = _lock(tx, generation_id)
    if (stands := standing(tx, generation_id, take_id)) is not Standing.HELD:
        return stands
    path = _store(tx, generation, result)
    cost = ledger.settle(tx, generation_id, MicroUSD(min(result.price, generation.price)))
    tx.execute(
        sa.update(generations)
        .where(generations.c.id == generation_id)
        .values(
            status=Status.SUCCEEDED,
            progress=1.0,
            cost=cost or None,
            result_path=path,
            completed_at=now_ms(),
        )
    )
    data = {
        "generation_id": generation_id,
        "status": str(Status.SUCCEEDED),
        "media_type": generation.media_type,
        "model": generation.model,
        "result": {"namespace": _namespace_name(tx, generation), "repo": generation.repo, "path": path},
    }
    _announce(tx, events.COMPLETED, generation, data)
    return Standing.HELD


def fail_take(tx: sa.Connection, generation_id: str, error: OxReelError, take_id: int) -> Standing:
    """HELD when the generation failed by the error that this take met; its hold is released."""
    generation = _lock(tx, generation_id)
    if (stands := standing(tx, generation_id, take_id)) is Standing.HELD:
        _fail(tx, generation, error)
    return stands


def fail(tx: sa.Connection, generation_id: str, error: OxReelError) -> bool:
    """Whether the hub itself ended the generation with this error; its hold is released."""
    generation = _lock(tx, generation_id)
    if generation.is_active:
        _fail(tx, generation, error)
    return generation.is_active


def cancel(tx: sa.Connection, generation_id: str) -> bool:
    """Whether the generation was cancelled just now; its hold is released."""
    generation = _lock(tx, generation_id)
    if generation.is_active:
        _end(tx, generation, Status.CANCELLED)
    return generation.is_active


def _lock(tx: sa.Connection, generation_id: str) -> Generation:
    take_write_lock(tx)
    return find(tx, generation_id, lock=True)


def _store(tx: sa.Connection, generation: Generation, result: Result) -> str:
    """Path of the video in the generation's repository."""
    repository = assets.ensure_repository(tx, generation.namespace_id, generation.repo)
    path = assets.join(generation.directory, f"{generation.id}/video.mp4")
    assets.put_asset(tx, repository.id, result.asset(path))
    return path


def _held(generation_id: str, take_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """The generation's row, while this take films it."""
    is_open = sa.exists().where(takes.c.id == take_id, takes.c.outcome == "open")
    return generations.c.id == generation_id, generations.c.status == Status.PROCESSING, is_open


def _fail(tx: sa.Connection, generation: Generation, error: OxReelError) -> None:
    _end(tx, generation, Status.FAILED, error_message=error.message, error_kind=type(error).__name__)


def _end(tx: sa.Connection, generation: Generation, status: Status, **values: Any) -> None:
    ledger.release(tx, generation.id)
    tx.execute(
        sa.update(generations)
        .where(generations.c.id == generation.id, generations.c.status.in_(ACTIVE))
        .values(status=status, completed_at=now_ms(), **values)
    )
    if status is Status.CANCELLED:
        _announce(tx, events.ENDED, generation, {"generation_id": generation.id, "status": str(status)})
        return
    data = {
        "generation_id": generation.id,
        "status": str(status),
        "media_type": generation.media_type,
        "error": values["error_message"],
    }
    _announce(tx, events.COMPLETED, generation, data)


def _announce(tx: sa.Connection, kind: str, generation: Generation, data: dict[str, Any]) -> None:
    webhook.tell(tx, kind, generation, data)
    events.append(tx, kind, generation.namespace_id, generation.id, generation.key_id, data)


def _namespace_name(tx: sa.Connection, generation: Generation) -> str:
    name: str = tx.execute(sa.select(namespaces.c.name).where(namespaces.c.id == generation.namespace_id)).scalar_one()
    return name

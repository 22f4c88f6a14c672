"""The life of a generation: each change of state is one transaction with its money and its event.

    queued ──open_take──▶ processing ──succeed──▶ succeeded   hold settled
       │                      │  └──────fail────▶ failed      hold released
       └───────cancel─────────┴─────────────────▶ cancelled   hold released

Every function locks the generation first and changes nothing once it has ended: a worker that was
declared dead, or whose generation was cancelled meanwhile, finishes nothing.
"""

from typing import Any

import sqlalchemy as sa

from oxreel import assets, events, ledger
from oxreel.db import generations, namespaces, now_ms, take_write_lock, takes
from oxreel.errors import OxReelError
from oxreel.generations.generation import ACTIVE, Generation, Status, find
from oxreel.generations.result import Result
from oxreel.units import MicroUSD


def open_take(tx: sa.Connection, generation_id: str, executor_id: str, max_lost: int) -> Generation | None:
    """The generation, now processing in a new take of this executor; None when there is nothing to film.

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
    tx.execute(
        sa.insert(takes).values(
            generation_id=generation_id, executor_id=executor_id, outcome="open", started_at=now_ms()
        )
    )
    if generation.status is Status.QUEUED:
        tx.execute(
            sa.update(generations)
            .where(generations.c.id == generation_id)
            .values(status=Status.PROCESSING, started_at=now_ms())
        )
    return find(tx, generation_id)


def close_take(tx: sa.Connection, generation_id: str, executor_id: str, outcome: str) -> None:
    """Close this executor's open take as `finished`, or `interrupted` by a worker that was stopped in order."""
    tx.execute(
        sa.update(takes)
        .where(
            takes.c.generation_id == generation_id,
            takes.c.executor_id == executor_id,
            takes.c.outcome == "open",
        )
        .values(outcome=outcome, ended_at=now_ms())
    )


def is_processing(tx: sa.Connection, generation_id: str) -> bool:
    """Whether the generation is still to be filmed."""
    status = tx.execute(sa.select(generations.c.status).where(generations.c.id == generation_id)).scalar()
    return status == Status.PROCESSING


def note_plan(tx: sa.Connection, generation_id: str, plan: dict[str, Any] | None, warnings: list[str]) -> None:
    """Write down what the engine understood and will do differently, while the generation is still to be filmed."""
    tx.execute(
        sa.update(generations)
        .where(generations.c.id == generation_id, generations.c.status == Status.PROCESSING)
        .values(plan=plan, warnings=warnings)
    )


def report_progress(tx: sa.Connection, generation: Generation, progress: float) -> bool:
    """Whether the generation is still to be filmed; its progress is written if so."""
    written = tx.execute(
        sa.update(generations)
        .where(generations.c.id == generation.id, generations.c.status == Status.PROCESSING)
        .values(progress=progress)
    )
    if written.rowcount == 0:
        return False
    data = {
        "generation_id": generation.id,
        "status": str(Status.PROCESSING),
        "media_type": generation.media_type,
        "model": generation.model,
        "progress": round(progress, 4),
    }
    _announce(tx, events.PROGRESS, generation, data)
    return True


def succeed(tx: sa.Connection, generation_id: str, result: Result) -> bool:
    """Whether the generation succeeded with this result: stored, charged and announced together."""
    generation = _lock(tx, generation_id)
    if not generation.is_active:
        return False
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
    return True


def fail(tx: sa.Connection, generation_id: str, error: OxReelError) -> bool:
    """Whether the generation failed by this error; its hold is released."""
    generation = _lock(tx, generation_id)
    if generation.is_active:
        _end(tx, generation, Status.FAILED, error_message=error.message, error_kind=type(error).__name__)
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
    events.append(tx, kind, generation.namespace_id, generation.id, generation.key_id, data)


def _namespace_name(tx: sa.Connection, generation: Generation) -> str:
    name: str = tx.execute(sa.select(namespaces.c.name).where(namespaces.c.id == generation.namespace_id)).scalar_one()
    return name

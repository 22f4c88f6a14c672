"""What an owner can do to a generation: cancel it, or film the same request again."""

import sqlalchemy as sa

from oxreel import metrics
from oxreel.accounts import Caller, Namespace
from oxreel.errors import Conflict, NotFound
from oxreel.generations import inputs, life
from oxreel.generations.generation import Generation, Status, find
from oxreel.generations.permission import check_engine
from oxreel.generations.studio import Studio
from oxreel.generations.submit import engine_of, enqueue, price_of, read_parameters, refuse_flood

#: What a retry takes over from the generation that it repeats.
_REPEATED = (
    "namespace_id", "model", "parameters", "prompt", "preview", "priority", "repo", "directory", "seed",
)  # fmt: skip


def find_readable(tx: sa.Connection, caller: Caller, generation_id: str, *, lock: bool = False) -> Generation:
    """The generation, if it is in one of the caller's namespaces. Raises NotFound otherwise."""
    generation = find(tx, generation_id, lock=lock)
    check_readable(caller, generation)
    return generation


def check_readable(caller: Caller, generation: Generation) -> None:
    """Nothing for a generation of the caller's namespaces. Raises NotFound for any other, as if there were none."""
    if not caller.may_read(generation.namespace_id):
        raise NotFound(f"There is no generation {generation.id!r}.")


def cancel(studio: Studio, caller: Caller, generation_id: str) -> Generation:
    """The generation, ended: cancelled now, or as it had ended before. Raises NotFound."""
    with studio.database.transaction() as tx:
        find_readable(tx, caller, generation_id, lock=True)
        cancelled = life.cancel(tx, generation_id)
        generation = find(tx, generation_id)
    if cancelled:
        metrics.generations_ended.labels(Status.CANCELLED, generation.engine).inc()
        studio.jobs.call_off(generation_id)
    return generation


def retry(studio: Studio, caller: Caller, generation_id: str, own_host: str) -> Generation:
    """A new generation of the same request; the old one is cancelled if it lives. Raises Conflict for a success."""
    with studio.database.snapshot() as tx:
        old = find_readable(tx, caller, generation_id)
    _refuse_success(old)
    # Priced anew: what was invalid then may be valid now, and prices change. The store is read before the transaction,
    # in which cancelling keeps every other event waiting.
    model = studio.catalogue.find(old.model)
    sent = inputs.bring_back(studio.objects, old.parameters)
    read = read_parameters(model, sent, check_now=False)
    price = price_of(studio, model, read, preview=old.preview)
    # The routes, too, may lead elsewhere by now, and an engine may be named no longer.
    named = sent.get("engine")
    if named is not None and not old.preview:
        check_engine(studio, _owner(caller, old), named)
    engine = engine_of(studio, model, read, named=named, preview=old.preview)
    with studio.database.transaction() as tx:
        old = find_readable(tx, caller, generation_id, lock=True)
        _refuse_success(old)
        refuse_flood(tx, studio, old.namespace_id, 1)
        cancelled = life.cancel(tx, generation_id)
        repeated = {name: getattr(old, name) for name in _REPEATED}
        new = enqueue(
            tx,
            studio,
            {
                **repeated,
                "engine": engine,
                "price": price,
                "user_id": caller.user.id,
                "key_id": caller.key_id,
                "own_host": own_host,
                "retried_from_id": old.id,
            },
        )
    if cancelled:
        metrics.generations_ended.labels(Status.CANCELLED, old.engine).inc()
        studio.jobs.call_off(generation_id)
    return new


def _owner(caller: Caller, generation: Generation) -> Namespace:
    return next(one for one in caller.namespaces if one.id == generation.namespace_id)


def _refuse_success(old: Generation) -> None:
    if old.status is Status.SUCCEEDED:
        raise Conflict(f"Generation {old.id} succeeded, so it cannot be retried; submit it anew instead.")

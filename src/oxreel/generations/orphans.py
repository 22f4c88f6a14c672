"""Objects that nothing names: who is killed between an object and its row leaves one, and so does a broken upload.

The sweep goes through the store a page at a time and asks the rows about each page, so that a million objects take
no more memory than a thousand. An object is left alone until it is old; by then whoever wrote it has named it, or
never will: uploads and results get a name of their own each time, and inputs one for each hour.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa

from oxreel import assets
from oxreel.db import generations, now_ms
from oxreel.generations import inputs, result, workspace
from oxreel.generations.generation import ACTIVE
from oxreel.generations.studio import Studio
from oxreel.log import Log
from oxreel.storage.objects import PROBES

log = Log(__name__)

_HOUR_MS = 3_600_000
#: An object that says when the whole fleet's last sweep began, and sweeps in the hours that make an orphan.
_LAST_SWEEP = "sweeps/orphans"
_SWEEPS_OF_AN_AGE = 4
#: SQLite limits the variables of one statement.
_BATCH = 500
#: Inputs that are looked for in one pass through the generations, which no index helps with; some 20 MB of memory.
_INPUTS_AT_A_TIME = 100_000
#: Rows of one page of that pass, and how many one statement looks at for them: it must not take long.
_ROWS, _LOOKED_AT = 500, 10_000


@dataclass(frozen=True)
class Swept:
    """How many objects were deleted, by what they had been."""

    files: int = 0
    pictures: int = 0
    results: int = 0
    takes: int = 0
    inputs: int = 0
    #: Files that a broken write left in a local store, and what starts left.
    broken: int = 0


def sweep_when_due(studio: Studio) -> Swept | None:
    """What `sweep` did; None where it was done a while ago only: to list a million objects takes minutes."""
    with studio.database.snapshot() as tx:
        now = tx.execute(sa.select(now_ms())).scalar_one()
    last = studio.objects.modified_at(_LAST_SWEEP)
    if last is not None and now - last < studio.settings.orphan_hours * _HOUR_MS / _SWEEPS_OF_AN_AGE:
        return None
    studio.objects.put(_LAST_SWEEP, b"the last sweep began when this was written")
    return sweep(studio)


def sweep(studio: Studio) -> Swept:
    """Delete every object that no row names, or that is only needed while a generation is under way."""
    with studio.database.snapshot() as tx:
        before = tx.execute(sa.select(now_ms())).scalar_one() - studio.settings.orphan_hours * _HOUR_MS
    swept = Swept(
        files=_sweep_named(studio, "assets", before),
        pictures=_sweep_pictures(studio, before),
        results=_sweep_results(studio, before),
        takes=_sweep_takes(studio),
        inputs=_sweep_inputs(studio, before),
        broken=_sweep_broken(studio, before),
    )
    log.info("orphans_swept", **vars(swept))
    return swept


def _sweep_named(studio: Studio, folder: str, before: int) -> int:
    deleted = 0
    for keys in _old(studio, folder, before):
        named = _named(studio, keys)
        deleted += _delete(studio, [key for key in keys if key not in named])
    return deleted


def _sweep_pictures(studio: Studio, before: int) -> int:
    """Small pictures lie below the key of what they were made of."""
    deleted = 0
    for keys in _old(studio, "pictures", before):
        made_of = {key: key.partition("/")[2].rpartition("/")[0] for key in keys}
        named = _named(studio, set(made_of.values()))
        deleted += _delete(studio, [key for key in keys if made_of[key] not in named])
    return deleted


def _sweep_results(studio: Studio, before: int) -> int:
    """A result without a row may still be delivered while its generation is under way, however old it is."""
    deleted = 0
    for keys in _old(studio, result.FOLDER, before):
        active = _active(studio, {_generation(key) for key in keys})
        ended = [key for key in keys if _generation(key) not in active]
        # Asked behind that: what was delivered between the two looks is named.
        named = _named(studio, ended)
        deleted += _delete(studio, [key for key in ended if key not in named])
    return deleted


def _sweep_takes(studio: Studio) -> int:
    """What takes kept is of no use once their generation has ended, however new it is."""
    deleted = 0
    for keys in _old(studio, workspace.FOLDER, before=None):
        active = _active(studio, {_generation(key) for key in keys})
        deleted += _delete(studio, [key for key in keys if _generation(key) not in active])
    return deleted


def _sweep_inputs(studio: Studio, before: int) -> int:
    deleted = 0
    every = (key for keys in _old(studio, inputs.FOLDER, before) for key in keys)
    for some in _some(every, _INPUTS_AT_A_TIME):
        unnamed = set(some)
        for parameters in _parameters(studio):
            unnamed -= inputs.named(parameters)
        for keys in _some(unnamed, _BATCH):
            deleted += _delete(studio, keys)
    return deleted


def _sweep_broken(studio: Studio, before: int) -> int:
    probes = sum(_delete(studio, keys) for keys in _old(studio, PROBES, before))
    return probes + studio.objects.drop_half_written(before)


def _old(studio: Studio, folder: str, before: int | None) -> Iterator[list[str]]:
    """Keys below a folder, those only that were last written before then, some hundreds at a time."""
    for page in studio.objects.pages(folder):
        keys = [entry.key for entry in page if before is None or entry.modified_at < before]
        yield from _some(keys, _BATCH)


def _named(studio: Studio, keys: Collection[str]) -> set[str]:
    # Within a transaction that may write: on SQLite nobody is in the middle of naming one.
    with studio.database.transaction() as tx:
        return assets.named_objects(tx, keys)


def _active(studio: Studio, ids: Collection[str]) -> set[str]:
    wanted = sa.select(generations.c.id).where(generations.c.id.in_(ids), generations.c.status.in_(ACTIVE))
    with studio.database.snapshot() as tx:
        return set(tx.execute(wanted).scalars())


def _parameters(studio: Studio) -> Iterator[str]:
    """What was submitted with every generation that names an input, as it is written down."""
    text = sa.cast(generations.c.parameters, sa.Text)
    query = sa.select(generations.c.sequence, text.label("text")).order_by(generations.c.sequence).limit(_ROWS)
    query = query.where(text.contains(inputs.MARK))
    last = 0
    while True:
        with studio.database.snapshot() as tx:
            newest = tx.execute(sa.select(sa.func.max(generations.c.sequence))).scalar() or 0
            if last >= newest:
                return
            end = min(last + _LOOKED_AT, newest)
            rows = tx.execute(query.where(generations.c.sequence > last, generations.c.sequence <= end)).all()
        for row in rows:
            yield row.text
        last = rows[-1].sequence if len(rows) == _ROWS else end


def _some(keys: Iterable[str], number: int) -> Iterator[list[str]]:
    """All of them, at most so many at a time."""
    rest = iter(keys)
    while some := list(islice(rest, number)):
        yield some


def _delete(studio: Studio, keys: Collection[str]) -> int:
    studio.objects.delete_all(list(keys))
    return len(keys)


def _generation(key: str) -> str:
    return key.split("/")[1]

"""Objects that nothing names are swept once they are old, and nothing else is."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from oxreel import assets
from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import generations
from oxreel.errors import InsufficientCredits
from oxreel.generations import change, inputs, orphans, result
from oxreel.generations.generation import Generation, find
from oxreel.storage import objects as store

Order = Callable[..., list[Generation]]
PICTURE = "data:image/png;base64," + "A" * 3000
OTHER = "data:image/png;base64," + "B" * 3000
THIRD = "data:image/png;base64," + "C" * 3000
IMAGE_MODEL = "kling-video-o3-pro-image-to-video"


def age(studio: Hub, hours: float = 25) -> None:
    """Make everything that is stored so much older."""
    for file in (studio.settings.data_dir / "objects").rglob("*"):
        if file.is_file():
            then = file.stat().st_mtime - hours * 3600
            os.utime(file, (then, then))


def keys(studio: Hub) -> list[str]:
    return sorted(
        key for folder in ("assets", "pictures", "results", "takes", "inputs") for key in studio.objects.keys(folder)
    )


def file_of(studio: Hub, caller: Caller, key: str) -> None:
    """A file whose bytes are that object."""
    with studio.database.transaction() as tx:
        repository = assets.ensure_repository(tx, caller.user.id, "files")
        assets.put_asset(tx, repository.id, assets.NewAsset(key, 1, "image/png", "ab" * 32, key))


def test_what_no_file_names_goes_once_it_is_old(studio: Hub, caller: Caller) -> None:
    for key in ("assets/aa/kept", "assets/aa/lost", "pictures/assets/aa/kept/9x9-0", "pictures/assets/aa/lost/9x9-0"):
        studio.objects.put(key, b"1")
    file_of(studio, caller, "assets/aa/kept")
    everything = keys(studio)
    assert orphans.sweep(studio) == orphans.Swept()
    assert keys(studio) == everything
    age(studio, hours=studio.settings.orphan_hours - 1)
    studio.objects.put("assets/bb/new", b"1")
    assert orphans.sweep(studio) == orphans.Swept()
    age(studio, hours=2)
    assert orphans.sweep(studio) == orphans.Swept(files=1, pictures=1)
    assert keys(studio) == ["assets/aa/kept", "assets/bb/new", "pictures/assets/aa/kept/9x9-0"]


def test_samples_and_what_others_put_into_the_store_stay(studio: Hub) -> None:
    studio.objects.put("backup/of-somebody", b"1")
    samples = studio.objects.keys("samples")
    age(studio)
    orphans.sweep(studio)
    assert samples
    assert studio.objects.keys("samples") == samples
    assert studio.objects.exists("backup/of-somebody")


def test_a_result_that_waits_for_its_delivery_stays_however_old_it_is(
    studio: Hub, caller: Caller, order: Order, tmp_path: Path
) -> None:
    waiting, cancelled = order(num_generations=2, preview=True)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"film")
    facts = {"width": 16, "height": 9, "seconds": 3.0}
    stored = [
        result.store(studio.objects, film, facts, price=0, generation_id=one.id).object_key
        for one in (waiting, cancelled)
    ]
    change.cancel(studio, caller, cancelled.id)
    age(studio, hours=1000)
    assert orphans.sweep(studio) == orphans.Swept(results=1)
    assert studio.objects.keys("results") == stored[:1]
    file_of(studio, caller, stored[0])
    change.cancel(studio, caller, waiting.id)
    assert orphans.sweep(studio) == orphans.Swept()
    assert studio.objects.read(stored[0]) == b"film"


def test_what_takes_kept_is_forgotten_once_their_generation_has_ended(
    studio: Hub, caller: Caller, order: Order
) -> None:
    wanted, cancelled = order(num_generations=2, preview=True)
    for one in (wanted, cancelled):
        studio.objects.put(f"takes/{one.id}/shot-0.mp4", b"frames")
    change.cancel(studio, caller, cancelled.id)
    assert orphans.sweep(studio) == orphans.Swept(takes=1)
    assert studio.objects.keys("takes") == [f"takes/{wanted.id}/shot-0.mp4"]


def test_inputs_stay_as_long_as_a_generation_names_them(
    studio: Hub, caller: Caller, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    [made] = order(model=IMAGE_MODEL, prompt="p", input_image=PICTURE, preview=True)
    [second] = order(model=IMAGE_MODEL, prompt="p", input_image=THIRD, preview=True)
    with pytest.raises(InsufficientCredits):
        order(model=IMAGE_MODEL, prompt="p", input_image=OTHER, num_generations=4, duration=15)
    assert len(studio.objects.keys("inputs")) == 3
    change.cancel(studio, caller, made.id)
    age(studio, hours=1000)
    monkeypatch.setattr(orphans, "_INPUTS_AT_A_TIME", 1)
    monkeypatch.setattr(orphans, "_ROWS", 1)
    assert orphans.sweep(studio) == orphans.Swept(inputs=1)
    assert [_sent(studio, one)["input_image"] for one in (made, second)] == [PICTURE, THIRD]


def test_no_statement_looks_for_inputs_in_more_than_a_part_of_the_generations(
    studio: Hub, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        order(num_generations=4, preview=True)
    [made] = order(model=IMAGE_MODEL, prompt="p", input_image=PICTURE, preview=True)
    order(num_generations=2, preview=True)
    age(studio, hours=1000)
    monkeypatch.setattr(orphans, "_LOOKED_AT", 5, raising=False)
    looks: list[str] = []

    def note(*now: Any) -> None:
        if " LIKE " in now[2]:
            looks.append(now[2])

    sa.event.listen(studio.database.engine, "before_cursor_execute", note)
    assert orphans.sweep(studio) == orphans.Swept()
    assert len(looks) == 3
    assert all("generations.sequence <= " in one for one in looks)
    assert _sent(studio, made)["input_image"] == PICTURE


def test_inputs_that_were_named_without_their_hour_stay_too(studio: Hub, order: Order) -> None:
    """So did earlier versions."""
    [made] = order(model=IMAGE_MODEL, prompt="p", input_image="https://x.example/a.png", preview=True)
    digest = "ab" * 32
    studio.objects.put(f"inputs/ab/{digest}", OTHER.encode())
    with studio.database.transaction() as tx:
        parameters = {**made.parameters, "input_image": f"stored-input:{digest}:{len(OTHER)}:data:"}
        tx.execute(sa.update(generations).values(parameters=parameters))
    age(studio)
    assert orphans.sweep(studio) == orphans.Swept()
    assert _sent(studio, made)["input_image"] == OTHER


def test_an_object_of_an_earlier_hour_is_never_named_again(studio: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is what makes it safe to delete one that no row names."""
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    inputs.put_away(studio.objects, {"a": PICTURE})
    inputs.put_away(studio.objects, {"a": PICTURE})
    [first] = studio.objects.keys("inputs")
    now += 3600
    inputs.put_away(studio.objects, {"a": PICTURE})
    assert len(studio.objects.keys("inputs")) == 2
    assert first in studio.objects.keys("inputs")


def test_half_written_files_go_once_they_are_old(studio: Hub) -> None:
    """A local store that is killed while it writes leaves them, and shows them to nobody."""
    folder = studio.settings.data_dir / "objects" / "assets" / "aa"
    folder.mkdir(parents=True)
    (folder / "name#1").write_bytes(b"half")
    assert studio.objects.keys("assets") == []
    assert orphans.sweep(studio) == orphans.Swept()
    age(studio)
    assert orphans.sweep(studio) == orphans.Swept(broken=1)
    assert list(folder.iterdir()) == []


def test_a_store_of_many_pages_is_gone_through_page_by_page(
    studio: Hub, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PAGE", 7)
    monkeypatch.setattr(orphans, "_BATCH", 3)
    for number in range(40):
        studio.objects.put(f"assets/aa/{number}", b"1")
    for number in range(0, 40, 4):
        file_of(studio, caller, f"assets/aa/{number}")
    age(studio)
    assert orphans.sweep(studio) == orphans.Swept(files=30)
    assert studio.objects.keys("assets") == sorted(f"assets/aa/{number}" for number in range(0, 40, 4))


def test_the_store_is_gone_through_a_few_times_a_day_however_often_it_is_asked_for(studio: Hub) -> None:
    studio.objects.put("assets/aa/lost", b"1")
    age(studio)
    assert orphans.sweep_when_due(studio) == orphans.Swept(files=1)
    studio.objects.put("assets/aa/lost", b"1")
    assert orphans.sweep_when_due(studio) is None
    age(studio, hours=studio.settings.orphan_hours / 4 + 1)
    assert orphans.sweep_when_due(studio) == orphans.Swept()
    age(studio)
    assert orphans.sweep_when_due(studio) == orphans.Swept(files=1)


def _sent(studio: Hub, generation: Generation) -> dict[str, Any]:
    with studio.database.snapshot() as tx:
        return inputs.bring_back(studio.objects, find(tx, generation.id).parameters)

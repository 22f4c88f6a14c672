import os
from collections.abc import Callable

from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.generations import change, leftovers, recovery
from oxreel.generations.generation import Generation

Order = Callable[..., list[Generation]]


def test_what_takes_kept_is_forgotten_once_their_generation_has_ended(
    studio: Hub, caller: Caller, order: Order
) -> None:
    wanted, cancelled = order(num_generations=2, preview=True)
    for one in (wanted, cancelled):
        studio.objects.put(f"takes/{one.id}/shot-0.mp4", b"frames")
    change.cancel(studio, caller, cancelled.id)
    leftovers.clear(studio)
    assert studio.objects.keys("takes") == [f"takes/{wanted.id}/shot-0.mp4"]


def test_what_dead_workers_and_broken_uploads_left_behind_is_swept(studio: Hub) -> None:
    data_dir = studio.settings.data_dir
    kept, swept = ("scratch/living", "incoming/new"), ("scratch/dead", "incoming/old")
    for name in (*kept, *swept):
        (data_dir / name).mkdir(parents=True)
        (data_dir / name / "file").touch()
    os.utime(data_dir / "incoming/old", (0, 0))
    with studio.database.transaction() as tx:
        recovery.sign_on(tx, "living", {"cpu": 1})
    leftovers.clear(studio)
    assert [(data_dir / name).exists() for name in (*kept, *swept)] == [True, True, False, False]

import os
import time
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


def test_scratch_folders_of_workers_that_are_gone_are_removed(studio: Hub) -> None:
    with studio.database.transaction() as tx:
        recovery.sign_on(tx, "living")
    scratch = studio.settings.data_dir / "scratch"
    long_ago = time.time() - 2 * 3600
    for name in ("living", "gone", "gone-just-now"):
        (scratch / name / "generation").mkdir(parents=True)
        if name != "gone-just-now":
            os.utime(scratch / name / "generation", (long_ago, long_ago))
            os.utime(scratch / name, (long_ago, long_ago))
    leftovers.clear(studio)
    assert sorted(path.name for path in scratch.iterdir()) == ["gone-just-now", "living"]

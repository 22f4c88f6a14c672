import os

from oxreel.bootstrap import Hub
from oxreel.generations import leftovers, recovery


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

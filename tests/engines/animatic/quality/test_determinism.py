"""The same storyboard is the same bytes: in other processes, on other machines' settings, and after a crash."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engines.animatic.quality.screening import badge, mascot, ox
from engines.pictures import landscape, reference, storyboard
from engines.suite import film
from oxreel.engines.animatic import AnimaticEngine
from oxreel.storyboard import Storyboard

#: Films a storyboard in a process of its own, on one processor where that is asked for.
CODE = """
import json, os, pathlib, sys
if sys.argv[3] == "one":
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
from oxreel.engines.animatic import AnimaticEngine
from oxreel.storyboard import Storyboard
board, folder = Storyboard.from_json(json.loads(sys.argv[1])), pathlib.Path(sys.argv[2])
engine = AnimaticEngine()
segments = [engine.film(board, shot, folder, lambda _: None) for shot in board.shots]
engine.finish(board, segments, folder / "film.mp4")
"""
ELSEWHERE = {
    "one": {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"},
    "many": {
        "PYTHONHASHSEED": "4242", "OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4", "NUMBA_NUM_THREADS": "2",
        "OPENCV_FOR_THREADS_NUM": "4", "TZ": "Asia/Tokyo", "LC_ALL": "C",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Storyboard:
    """Elements, weather, style, lettering, speech, drawn sets, a dissolve, a match cut and a tail."""
    folder = tmp_path_factory.mktemp("everything")
    actors = [mascot(folder), badge(folder, "Element2", cut=False)]
    return storyboard(
        [
            {
                "start": reference(folder, "start", ox()), "references": actors,
                "prompt": "@Element1 walks right, @Element2 hangs there, heavy snow, handheld push in, film noir, "
                          '@Element1 says "The road is long."',
            },
            {"references": actors[:1], "prompt": 'Dissolve to a forest, @Element1 waves, rain, orbit, title "Two"'},
            {"prompt": "Dissolve to a city street at night, a dog runs, neon, fog, watercolour"},
            {"prompt": "Match cut to the road, god rays, the sea, leaves fall, pan left"},
            {"tail": reference(folder, "tail", landscape(640, 360), "tail_image_url"), "prompt": "VHS, embers, storm"},
        ],
        audio=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def here(everything: Storyboard, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the film and its segments as this process makes them in one go."""
    folder = tmp_path_factory.mktemp("here")
    film(AnimaticEngine(), everything, folder)
    return folder


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("where", ELSEWHERE)
def test_another_process_with_other_settings_films_the_same_bytes(
    everything: Storyboard, here: Path, tmp_path: Path, where: str
) -> None:
    arguments = [sys.executable, "-c", CODE, json.dumps(everything.to_json()), str(tmp_path), where]
    subprocess.run(arguments, check=True, env={**os.environ, **ELSEWHERE[where]})
    assert {file.name: digest(file) for file in tmp_path.iterdir()} == {
        file.name: digest(file) for file in here.iterdir()
    }


@pytest.mark.parametrize("index", [1, 2, 3, 4])
def test_a_worker_that_goes_on_after_a_crash_films_each_shot_as_it_would_have_been(
    everything: Storyboard, here: Path, tmp_path: Path, index: int
) -> None:
    """A new engine that has seen no other shot, not even the one that this one dissolves out of."""
    segment = AnimaticEngine().film(everything, everything.shots[index], tmp_path, lambda _: None)
    assert digest(segment.path) == digest(here / segment.path.name)


def test_an_engine_that_was_stopped_within_a_shot_films_it_again_alike(
    everything: Storyboard, here: Path, tmp_path: Path
) -> None:
    engine = AnimaticEngine()

    def stop(frames: int) -> None:
        if frames == 9:
            raise InterruptedError

    for index in (0, 1):
        with pytest.raises(InterruptedError):
            engine.film(everything, everything.shots[index], tmp_path, stop)
    segment = engine.film(everything, everything.shots[1], tmp_path, lambda _: None)
    assert digest(segment.path) == digest(here / segment.path.name)


def test_another_seed_is_another_film(everything: Storyboard, here: Path, tmp_path: Path) -> None:
    """Proof of the ruler: chance is in it."""
    other = Storyboard.from_json({**everything.to_json(), "seed": 8})
    segment = AnimaticEngine().film(other, other.shots[0], tmp_path, lambda _: None)
    assert digest(segment.path) != digest(here / segment.path.name)

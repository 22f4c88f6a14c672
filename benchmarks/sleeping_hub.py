"""A hub whose engine sleeps instead of filming, for figures of everything around an engine.

`python benchmarks/sleeping_hub.py serve` (or `worker`) is a real `oxreel serve` in all else. A film takes
`SLEEPING_FILM_SECONDS`; its pictures are small and grey, encoded once.
"""

import os
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from oxreel.catalogue import canvas
from oxreel.cli.main import main
from oxreel.engines import registry
from oxreel.engines.engine import Memo, OnFrame, Segment
from oxreel.generations import take
from oxreel.storyboard import Shot, Storyboard
from support import quick_hub
from support.hub import RunningHub


class SleepingHub(RunningHub):
    """A running hub that sleeps, or with `start("worker")` a worker that does."""

    program = (str(Path(__file__)),)

    def __init__(self, data_dir: Path, *, film_seconds: float, **variables: str) -> None:
        paths = ":".join([str(Path(__file__).parents[1] / "tests"), *filter(None, sys.path)])
        super().__init__(data_dir, PYTHONPATH=paths, SLEEPING_FILM_SECONDS=str(film_seconds), **variables)


class SleepingEngine(quick_hub.OneColour):
    """An engine that sleeps."""

    version = "sleeping"

    def film(
        self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame, memo: Memo | None = None
    ) -> Segment:
        """Grey frames, as many as were asked for, after a sleep."""
        time.sleep(float(os.environ["SLEEPING_FILM_SECONDS"]))
        kept = folder.parents[1] / f"grey-{os.getpid()}-{storyboard.width}x{storyboard.height}-{shot.frames}.mp4"
        if not kept.exists():
            film = super().film(storyboard, shot, folder, on_frame)
            partial = kept.with_suffix(f".{folder.name}")
            shutil.copyfile(film.path, partial)
            partial.replace(kept)
            return film
        path = folder / f"{shot.index}.mp4"
        shutil.copyfile(kept, path)
        on_frame(shot.frames)
        return Segment(path, shot.frames)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        # Not a measurement of its own: others start it.
        raise SystemExit(0)
    canvas._AREAS.update({tier: area // quick_hub._SMALLER for tier, area in canvas._AREAS.items()})
    registry.BUILT_IN["animatic"] = registry.Entry(lambda _: SleepingEngine(), "cpu", "process")
    setattr(take, "FilmingProcess", quick_hub._Crew)  # noqa: B010 - a name that the module only imports
    main()

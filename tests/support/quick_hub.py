"""A hub that films in a moment: small pictures of one colour, made in the hub's own process.

For tests that send many requests and look at none of the films. `python -m support.quick_hub serve` is a real
`oxreel serve` in everything else: API, queue, job engine, references, storage, events.
"""

import asyncio
import io
import os
import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from oxreel.catalogue import canvas
from oxreel.cli.main import main
from oxreel.engines import registry
from oxreel.engines.child import Crew
from oxreel.engines.engine import Memo, OnFrame, Segment
from oxreel.errors import InvalidParams
from oxreel.generations import take
from oxreel.generations.process import OnFrames
from oxreel.media.encode import Encoder, Quality
from oxreel.media.join import join
from oxreel.storyboard import Shot, Storyboard
from support.hub import RunningHub

#: How many times fewer pixels a film has: 1080p is 96x54.
_SMALLER = 400
_TESTS = Path(__file__).parents[1]


class QuickHub(RunningHub):
    """A running hub that films in a moment."""

    program = ("-m", "support.quick_hub")

    def __init__(self, data_dir: Path, **variables: str) -> None:
        super().__init__(data_dir, **{**variables, "PYTHONPATH": _with_tests()})


class OneColour:
    """An engine whose films are grey."""

    name = "animatic"
    version = "quick"

    def check(self, _: Storyboard) -> None:
        """It films whatever is asked."""

    def warnings(self, _: Storyboard) -> list[str]:
        """None."""
        return []

    def plan(self, _: Storyboard) -> dict[str, Any] | None:
        """It understands nothing."""
        return None

    def parts(self, storyboard: Storyboard) -> tuple[Shot, ...]:
        """Each shot."""
        return storyboard.shots

    def film(
        self, storyboard: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame, memo: Memo | None = None
    ) -> Segment:
        """As many frames as were asked for."""
        time.sleep(_seconds(storyboard, shot))
        path, width, height = folder / f"{shot.index}.mp4", storyboard.width, storyboard.height
        grey = np.full((height, width), 128, np.uint8)
        corner = grey[: height // 2, : width // 2]
        with Encoder(path, width, height, quality=Quality(preset="ultrafast", threads=1)) as encoder:
            for _ in range(shot.frames):
                encoder.write((grey, corner, corner))
        on_frame(shot.frames)
        return Segment(path, shot.frames)

    def finish(self, _: Storyboard, segments: list[Segment], target: Path) -> None:
        """The segments, one after the other."""
        join([segment.path for segment in segments], target)

    def abandon(self, _: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing is made elsewhere."""
        return {}


class Grey(OneColour):
    """A second engine, for what is to be chosen: `OXREEL_ENGINES=grey` offers it."""

    name = "grey"

    def check(self, storyboard: Storyboard) -> None:
        """It changes no videos."""
        if storyboard.video is not None:
            raise InvalidParams("input_video: The grey engine changes no videos.")

    def warnings(self, storyboard: Storyboard) -> list[str]:
        """It is silent."""
        return ["The film has no sound."] if storyboard.audio else []


def _seconds(storyboard: Storyboard, shot: Shot) -> float:
    """How long it films, the same for the same shot: none, or between the two milliseconds that were asked for."""
    least, most = map(int, os.environ.get("OXREEL_TEST_FILM_MS", "0-0").split("-"))
    return random.Random(f"{storyboard.seed}-{shot.index}").uniform(least, most) / 1000


class _Crew:
    """The filming process without a process: a thread of the worker."""

    pid = None

    def __init__(self, *, stall_seconds: float, environment: Mapping[str, str] | None = None) -> None:
        self._crew = Crew(io.StringIO())

    async def do(self, task: dict[str, Any], _: OnFrames | None = None) -> Any:
        return await asyncio.to_thread(self._crew.do, task)

    async def end(self) -> None:
        self.kill()

    def kill(self) -> None:
        """A film is done before anybody could end it."""

    def end_from_outside(self, _: float) -> None:
        """As above."""


def _with_tests() -> str:
    """Where a process of its own finds this module, and whatever this one finds."""
    return ":".join([str(_TESTS), *filter(None, sys.path)])


if __name__ == "__main__":
    canvas._AREAS.update({tier: area // _SMALLER for tier, area in canvas._AREAS.items()})
    registry.BUILT_IN["animatic"] = registry.Entry(lambda _: OneColour(), "cpu", "process")
    registry.BUILT_IN["grey"] = registry.Entry(lambda _: Grey(), "cpu", "process")
    setattr(take, "FilmingProcess", _Crew)  # noqa: B010 - a name that the module only imports
    main()

"""What the filming process does with a task, in this process."""

import io
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from oxreel.engines import child
from oxreel.engines.child import Crew
from oxreel.engines.engine import Memo, OnFrame, Segment, Stopped
from oxreel.engines.labour import signs_of_labour
from oxreel.engines.registry import Entry, Registry
from oxreel.errors import FilmingFailed
from oxreel.storyboard import Shot, Storyboard
from support.small_engines import Grey

SHOT = Shot(index=0, prompt="A lake", seconds=1, first_frame=0, frames=25)
BOARD = Storyboard(generation_id="g", model="m", shots=(SHOT,), width=64, height=64, seed=1)


class Small(Grey):
    """Films nothing, in two frames, and joins for as long as a test says."""

    def __init__(self, joining: Callable[[], None] = lambda: None) -> None:
        self.begun = 0
        self._joining = joining

    def film(self, _: Storyboard, shot: Shot, folder: Path, on_frame: OnFrame, memo: Memo | None = None) -> Segment:
        self.begun += 1
        on_frame(1)
        on_frame(2)
        return Segment(folder / "0.mp4", shot.frames)

    def finish(self, _: Storyboard, segments: list[Segment], target: Path) -> None:
        self._joining()
        raise FilmingFailed("Enough.")


def crew_with(engine: Small, answers: io.StringIO) -> Crew:
    return Crew(answers, Registry(None, {"small": Entry(lambda _: engine, "gpu", "device")}))


def task(name: str) -> dict[str, Any]:
    common = {"task": name, "engine": "small", "storyboard": BOARD.to_json()}
    return {**common, "part": 0, "folder": ".", "segments": [], "target": "video.mp4"}


def test_a_film_that_is_called_off_before_it_begins_does_not_begin_and_the_next_does() -> None:
    engine, answers = Small(), io.StringIO()
    crew = crew_with(engine, answers)
    crew.stop()
    with pytest.raises(Stopped):
        crew.do(task("film"))
    assert (engine.begun, answers.getvalue()) == (0, "")
    assert crew.do(task("film"))["frames"] == 25


def test_what_called_off_a_film_too_late_is_over_after_a_rest() -> None:
    engine = Small()
    crew = crew_with(engine, io.StringIO())
    crew.do(task("film"))
    crew.stop()
    assert crew.do({"task": "rest"}) is None
    crew.do(task("film"))
    assert engine.begun == 2


def test_joining_gives_signs_of_life_while_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, until = io.StringIO(), time.monotonic() + 60

    def join() -> None:
        while not answers.getvalue() and time.monotonic() < until:
            sum(range(1000))

    monkeypatch.setattr(child, "signs_of_labour", partial(signs_of_labour, every=0.01))
    with pytest.raises(FilmingFailed, match="Enough"):
        crew_with(Small(join), answers).do(task("finish"))
    assert json.loads(answers.getvalue().splitlines()[0]) == {"frames": 0}

"""What is said of a film before it is made."""

import pytest

from engines.diffusers.test_choice import ONE, START, TAIL
from engines.pictures import storyboard
from oxreel.engines.diffusers import DiffusersEngine
from oxreel.settings import Settings
from oxreel.storyboard import Storyboard


@pytest.fixture
def engine(tmp_path: object) -> DiffusersEngine:
    return DiffusersEngine(Settings(diffusers_weights=str(tmp_path)))


@pytest.mark.parametrize(
    ("board", "said"),
    [
        (
            storyboard([{}], width=3840, height=2160),
            "The video is enlarged to 3840x2160: Wan2.2-T2V-A14B films 1280x720",
        ),
        (
            storyboard([{}], width=1080, height=1920),
            "The video is enlarged to 1080x1920: Wan2.2-T2V-A14B films 720x1280",
        ),
        (storyboard([{}], audio=True), "The video is silent: Wan2.2-T2V-A14B makes no sound."),
        (storyboard([{}]), "films 16 a second, and 24 are delivered."),
        (
            storyboard([{"start": START, "seconds": 10}]),
            "Long shots are filmed in pieces, each from the last one's end",
        ),
        (
            storyboard([{"seconds": 10}], route="Wan2.2-T2V-A14B"),
            "Long shots may repeat themselves: Wan2.2-T2V-A14B was",
        ),
        (storyboard([{"start": START}, {}]), "Shot 2 has no picture: it goes on where the one before ended."),
        (
            storyboard([{"start": START}, {}, {}]),
            "Shots 2 and 3 have no picture: each goes on where the one before ended.",
        ),
        (
            storyboard([{}], options=(("cfg_scale", 0.5),)),
            "The parameter cfg_scale is left out: Wan2.2-T2V-A14B takes none.",
        ),
    ],
)
def test_what_is_done_differently_is_said(engine: DiffusersEngine, board: Storyboard, said: str) -> None:
    warnings = engine.warnings(board)
    assert any(said in warning for warning in warnings), warnings
    assert all(warning[0].isupper() and warning.endswith(".") for warning in warnings)


def test_nothing_is_said_of_what_is_done_as_asked(engine: DiffusersEngine) -> None:
    board = storyboard(
        [{"start": START, "seconds": 5}], width=1280, height=704, route="Wan2.2-TI2V-5B", negative_prompt="fog"
    )
    assert engine.warnings(board) == []


def test_a_film_that_is_refused_is_not_warned_of_too(engine: DiffusersEngine) -> None:
    assert engine.warnings(storyboard([{"references": [ONE], "tail": TAIL}], route="Wan2.2-TI2V-5B")) == []

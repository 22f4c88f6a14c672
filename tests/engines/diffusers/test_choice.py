"""Which checkpoint films what, and why none does."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engines.pictures import storyboard
from oxreel.engines.diffusers import DiffusersEngine
from oxreel.engines.diffusers.choice import choose
from oxreel.engines.diffusers.weights import checkpoints, folder_of, offered
from oxreel.errors import InvalidParams, WrongSetting
from oxreel.settings import Settings
from oxreel.storyboard import Reference, Storyboard


def named(name: str) -> Reference:
    """A picture that nobody opens."""
    return Reference(name, name, "image", f"/nowhere/{name}.png", 1280, 720)


START, TAIL, ONE, TWO = named("start"), named("tail"), named("Image1"), named("Image2")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a machine without weights, as one that serves the API."""
    return Settings(diffusers_weights=str(tmp_path))


@pytest.mark.parametrize(
    ("shots", "checkpoint"),
    [
        ([{}], "Wan2.2-T2V-A14B"),
        ([{"start": START}], "Wan2.2-I2V-A14B"),
        ([{"start": START, "tail": TAIL}], "Wan2.1-FLF2V-14B"),
        ([{"references": [ONE, TWO]}], "Wan2.1-VACE-14B"),
        ([{"references": [ONE], "start": START, "tail": TAIL}], "Wan2.1-VACE-14B"),
        # A shot without a picture goes on from the one before, and only its last frame is given.
        ([{"start": START}, {"tail": TAIL}], "Wan2.2-I2V-A14B"),
        ([{"start": START}, {"references": [ONE]}], "Wan2.1-VACE-14B"),
        # Words alone hold no two shots together, nor three pieces of a long one.
        ([{}, {}], "Wan2.1-VACE-14B"),
        ([{"seconds": 15}], "Wan2.1-VACE-14B"),
        ([{"start": START, "tail": TAIL, "seconds": 10}], "Wan2.2-I2V-A14B"),
    ],
)
def test_what_was_made_for_a_request_films_it(settings: Settings, shots: list[dict[str, Any]], checkpoint: str) -> None:
    assert choose(storyboard(shots), settings).name == checkpoint


@pytest.mark.parametrize("use", ["edit", "reference", "motion"])
def test_a_source_video_is_refused(settings: Settings, use: Any) -> None:
    video = Reference("Video1", "input_video", "video", "/nowhere/v.mp4", 1280, 720, seconds=5)
    with pytest.raises(InvalidParams, match="source video"):
        choose(storyboard([{}], video=video, video_use=use), settings)


@pytest.mark.parametrize(
    ("route", "shot", "reason"),
    [
        ("wan2.2-ti2v-5b", {"start": START, "tail": TAIL}, "ignores a last frame"),
        ("Wan2.2-TI2V-5B", {"references": [ONE]}, "takes no reference pictures"),
        ("Wan2.2-T2V-A14B", {"start": START}, "films from words alone"),
        ("Wan2.2-I2V-A14B", {}, "needs a first frame"),
        ("Wan2.1-FLF2V-14B", {"start": START}, "needs a last frame"),
        ("Wan2.1-VACE-14B", {"references": [named(f"Image{n}") for n in range(8)]}, "at most 7 .* not 8"),
    ],
)
def test_a_checkpoint_that_would_film_something_else_is_refused_with_the_reason(
    settings: Settings, route: str, shot: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidParams, match=reason):
        choose(storyboard([shot], route=route), settings)


def test_a_route_names_the_checkpoint_in_any_case(settings: Settings) -> None:
    assert choose(storyboard([{}], route="wan2.1-vace-1.3B"), settings).name == "Wan2.1-VACE-1.3B"
    with pytest.raises(InvalidParams, match=r"no checkpoint 'kling'; it knows Wan2.2-I2V-A14B"):
        choose(storyboard([{}], route="kling"), settings)


def test_where_none_can_each_says_why(tmp_path: Path) -> None:
    settings = Settings(diffusers_weights=str(tmp_path), diffusers_offer=("wan2.2-ti2v-5b", "wan2.2-t2v-a14b"))
    with pytest.raises(InvalidParams, match=r"Wan2.2-T2V-A14B ignores a last frame; Wan2.2-TI2V-5B ignores"):
        choose(storyboard([{"start": START, "tail": TAIL}]), settings)


def test_weights_under_a_licence_to_be_confirmed_film_only_where_it_is(tmp_path: Path) -> None:
    board = storyboard([{}], audio=True)
    silent = Settings(diffusers_weights=str(tmp_path))
    restricted = [one for one in checkpoints(silent).values() if one.confirm]
    assert {one.confirm for one in restricted} == {"ltx-2.5", "minimax-h3"}
    assert not {one.name for one in offered(silent)} & {one.name for one in restricted}
    for one in restricted:
        with pytest.raises(InvalidParams, match=f"{one.confirm} in OXREEL_DIFFUSERS_LICENCES"):
            choose(storyboard([{}], route=one.name), silent)
    assert choose(board, silent).name == "Wan2.2-T2V-A14B"
    every = tuple(one.name.lower() for one in checkpoints(silent).values())
    speaking = Settings(diffusers_weights=str(tmp_path), diffusers_offer=every, diffusers_licences=("ltx-2.5",))
    assert choose(board, speaking).confirm == "ltx-2.5"


def test_what_needs_more_memory_than_is_allowed_is_left_out(tmp_path: Path) -> None:
    settings = Settings(diffusers_weights=str(tmp_path), diffusers_memory_gigabytes=16)
    assert choose(storyboard([{"start": START}]), settings).name == "Wan2.2-TI2V-5B"
    with pytest.raises(InvalidParams, match=r"Wan2.1-VACE-14B needs 24 GB of GPU memory, and 16 are allowed"):
        choose(storyboard([{}], route="Wan2.1-VACE-14B"), settings)


def test_only_what_lies_in_the_folder_is_offered_once_something_does(tmp_path: Path) -> None:
    settings = Settings(diffusers_weights=str(tmp_path))
    assert next(one.name for one in offered(settings)) == "Wan2.2-I2V-A14B"
    for name, file in (("Wan2.2-TI2V-5B", "model_index.json"), ("Wan2.2-I2V-A14B", "half.incomplete")):
        folder_of(settings, name).mkdir()
        (folder_of(settings, name) / file).write_text("{}")
    assert [one.name for one in offered(settings)] == ["Wan2.2-TI2V-5B"]


def test_a_checkpoint_of_ones_own_comes_first_and_may_differ(tmp_path: Path) -> None:
    own = {"my-wan": {"family": "wan-i2v", "folder": str(tmp_path), "steps": 8, "most_frames": 49}}
    chosen = choose(
        storyboard([{"start": START}]), Settings(diffusers_checkpoints=own, diffusers_weights=str(tmp_path))
    )
    assert (chosen.name, chosen.rules.steps, chosen.rules.most_frames, chosen.rules.opening) == ("my-wan", 8, 49, 1)


@pytest.mark.parametrize(
    ("described", "complaint"),
    [
        ({"family": "wan-i2v"}, "my-wan.folder"),
        ({"family": "sora", "folder": "/weights"}, "no family 'sora'; there are wan-i2v"),
        ({"family": "wan-i2v", "folder": "/weights", "step": 4}, "my-wan.step"),
    ],
)
def test_a_checkpoint_that_is_described_wrongly_is_named(described: dict[str, Any], complaint: str) -> None:
    with pytest.raises(WrongSetting, match=complaint):
        checkpoints(Settings(diffusers_checkpoints={"my-wan": described}))


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (
            {"diffusers_offer": ("wan3",)},
            "OXREEL_DIFFUSERS_OFFER: there is no checkpoint 'wan3'; OxReel knows Wan2.2-I2V",
        ),
        ({"diffusers_offer": ("ltx-2.5",)}, "'ltx-2.5' needs OXREEL_DIFFUSERS_LICENCES to name ltx-2.5"),
        ({"diffusers_licences": ("ltx",)}, "there is no 'ltx' to confirm; there are ltx-2.5, minimax-h3"),
        ({"diffusers_checkpoints": {"my-wan": {"family": "wan"}}}, "OXREEL_DIFFUSERS_CHECKPOINTS: my-wan.folder"),
    ],
)
def test_a_hub_does_not_start_with_names_that_mean_nothing(more: dict[str, Any], complaint: str) -> None:
    with pytest.raises(WrongSetting, match=re.escape(complaint)):
        DiffusersEngine(Settings(**more))


def test_asking_what_can_be_filmed_loads_no_weights_library() -> None:
    code = (
        "import sys; from oxreel.settings import Settings; from oxreel.engines.registry import Registry;"
        "from oxreel.storyboard import Shot, Storyboard;"
        "engine = Registry(Settings(engines=('diffusers',))).get('diffusers');"
        "board = Storyboard('g', 'm', (Shot(0, 'a', 5, 0, 121),), 1280, 720, 7);"
        "engine.check(board); engine.warnings(board);"
        "print([name for name in ('torch', 'diffusers', 'transformers', 'cv2', 'av') if name in sys.modules])"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert asked.stdout.strip() == "[]"


def test_a_storyboard_that_crossed_a_process_is_filmed_by_the_same(settings: Settings) -> None:
    board = storyboard([{"start": START}])
    assert choose(Storyboard.from_json(board.to_json()), settings) == choose(board, settings)

"""What prompts ask of the camera, and what holds for every text."""

import json
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.prompts import direction_of, examples, planned
from oxreel.engines.animatic.direction import describe
from oxreel.engines.animatic.direction.lexicon import lexicon
from oxreel.engines.animatic.plan import FAST, GENTLE_PUSH, HOLD, SLOW, UNASKED, USUAL

CAMERA_WORDS = [
    "the camera",
    "pans",
    "tilts",
    "slowly",
    "left",
    "up",
    "then",
    "zoom",
    "in",
    "out",
    "orbit",
    "no",
    ",",
    ".",
]

WORDS = sorted(
    {
        word
        for name in ("prompts-english.txt", "prompts-chinese.txt")
        for one in examples(name)
        for word in one.prompt.split()
    }
)


def moves(prompt: str, negative: str = "") -> list[list[tuple[str, int, float]]]:
    return [[(move.axis, move.sign, move.pace) for move in phase] for phase in direction_of(prompt, negative).phases]


@pytest.mark.parametrize(
    ("prompt", "axis", "sign", "pace"),
    [
        ("Zoom into the ox, while it is walking forward on the road", "zoom", 1, USUAL),
        ("A slow push in on the woman's face", "zoom", 1, SLOW),
        ("In slow motion, the camera moves forward", "zoom", 1, USUAL),
        ("Camera pulls back to reveal the city", "zoom", -1, USUAL),
        ("zooming out quickly", "zoom", -1, FAST),
        ("The camera slowly pans left across the valley", "pan", -1, SLOW),
        ("Pan from left to right", "pan", 1, USUAL),
        ("A whip pan to the left", "pan", -1, FAST),
        ("Tilt up to the sky", "tilt", -1, USUAL),
        ("camera tilts down", "tilt", 1, USUAL),
        ("Tracking shot following a cyclist to the left", "truck", -1, USUAL),
        ("dollies left along the bar", "truck", -1, USUAL),
        ("Crane shot rising over the rooftops", "crane", -1, USUAL),
        ("Camera descends toward the street", "crane", 1, USUAL),
        ("pedestal down slowly", "crane", 1, SLOW),
        ("The camera orbits around the statue clockwise", "orbit", 1, USUAL),
        ("arc shot left around the table", "orbit", -1, USUAL),
        ("Static camera. Rain falls", "hold", 1, USUAL),
        ("镜头缓慢推进，人物微笑", "zoom", 1, SLOW),
        ("固定镜头", "hold", 1, USUAL),
    ],
)
def test_camera_words_are_understood(prompt: str, axis: str, sign: int, pace: float) -> None:
    assert moves(prompt) == [[(axis, sign, pace)]]


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "A puppy runs through a park",
        "A frying pan left on the stove",
        "A crane stands in the water",
        "She tilts her head up and smiles",
        "The ship moves forward",
        "A race track, right after the rain",
    ],
)
def test_a_prompt_without_camera_words_gets_a_gentle_push(prompt: str) -> None:
    assert direction_of(prompt) == GENTLE_PUSH
    assert GENTLE_PUSH.phases[0][0].pace == UNASKED


def test_what_is_said_to_happen_then_is_a_phase_of_its_own() -> None:
    assert moves("Pan left, then tilt up") == [[("pan", -1, USUAL)], [("tilt", -1, USUAL)]]
    assert moves("镜头向左摇，然后拉远") == [[("pan", -1, USUAL)], [("zoom", -1, USUAL)]]


def test_what_is_said_together_happens_together() -> None:
    assert moves("arc left around the table while pushing in") == [[("orbit", -1, USUAL), ("zoom", 1, USUAL)]]


def test_what_is_ruled_out_does_not_happen() -> None:
    assert moves("Don't zoom in; the camera tilts down") == [[("tilt", 1, USUAL)]]
    assert moves("no zoom, static shot") == [[("hold", 1, USUAL)]]


def test_an_unsteady_camera_is_no_move_of_its_own() -> None:
    handheld = direction_of("handheld shot of a market")
    assert handheld.handheld > 0
    assert handheld.phases == HOLD.phases
    assert direction_of("handheld, pushing in").has("zoom", 1)


def test_a_negative_prompt_takes_moves_away() -> None:
    assert moves("zoom in and pan left", "zoom") == [[("pan", -1, USUAL)]]
    assert moves("zoom in", "zoom, blur") == [[("hold", 1, USUAL)]]
    assert direction_of("handheld push in", "camera shake").handheld == 0
    assert direction_of("push in", "camera movement").phases == HOLD.phases


def test_the_documented_default_of_the_negative_prompt_changes_nothing() -> None:
    assert direction_of("pan left", "blur, distort, and low quality") == direction_of("pan left")


@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_gives_a_direction(prompt: str, negative: str) -> None:
    assert direction_of(prompt, negative).phases


@given(st.lists(st.sampled_from(CAMERA_WORDS)))
def test_any_jumble_of_camera_words_gives_each_axis_once_a_phase(words: list[str]) -> None:
    for phase in direction_of(" ".join(words)).phases:
        axes = [move.axis for move in phase]
        assert len(axes) == len(set(axes)) > 0


ANY = st.text(max_size=400) | st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)


@given(
    ANY, st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), st.booleans(), st.booleans()
)
def test_any_text_gives_a_plan_that_crosses_as_json(prompt: str, negative: str, sound: bool, picture: bool) -> None:
    plan = planned(prompt, negative, sound=sound, picture=picture)
    written = json.loads(json.dumps(plan.to_json()))
    assert written == json.loads(json.dumps(planned(prompt, negative, sound=sound, picture=picture).to_json()))
    assert all(describe(plan))


@given(ANY)
def test_words_without_effect_are_words_of_the_prompt_each_once(prompt: str) -> None:
    left = planned(prompt).without_effect
    assert all(word in prompt for word in left)
    assert len({word.lower() for word in left}) == len(left)
    assert not {word.lower() for word in left} & lexicon().stop


@given(
    st.lists(
        st.sampled_from(["rain", "snow", "fog", "smoke", "neon", "god rays", "anime", "night", "winter"]), unique=True
    )
)
def test_what_is_negated_is_left_out_and_the_rest_is_there(words: list[str]) -> None:
    assert planned(f"A dog, {', '.join(words)}", ", ".join(words)) == replace(
        planned("A dog"), without_effect=planned(f"A dog, {', '.join(words)}", ", ".join(words)).without_effect
    )
    for word in words:
        negated = planned(f"A dog without {word}")
        assert negated == planned("A dog")


@given(ANY)
def test_a_prompt_used_as_negative_prompt_leaves_no_effect(prompt: str) -> None:
    plan = planned(prompt, prompt)
    assert (plan.weather, plan.light, plan.style, plan.places, plan.focus, plan.framing) == (
        (),
        (),
        None,
        (),
        None,
        None,
    )


@pytest.mark.parametrize(
    "unit", ["camera slowly ", "no rain or ", "“", 'says "hi" ', "dog runs ", "从白天到夜晚", "不要雨、", "a, "]
)
def test_a_hostile_prompt_takes_work_in_step_with_its_length(unit: str) -> None:
    planned(unit)
    half, whole = (_calls((unit * 2500)[:length]) for length in (1250, 2500))
    assert whole < 2.6 * half


def _calls(prompt: str) -> int:
    """Calls made while a prompt is understood."""
    count = 0

    def noted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(noted)
    try:
        planned(prompt)
    finally:
        sys.setprofile(before)
    return count

"""What fal does not film as asked: refused with a reason, or said beforehand."""

from typing import Any

import pytest

from engines.fal.test_fields import ELEMENT, ENGINE, START, TAIL, VIDEO, directed, urls
from oxreel.errors import InvalidParams

TEXT, REFERENCE = "kling-video-o3-pro-text-to-video", "kling-video-o3-4k-reference-to-video"
OMNI = "kling-video-o3-omni"


@pytest.mark.parametrize(
    ("model", "body", "said"),
    [
        (REFERENCE, {"multi_prompt": [{"prompt": "a", "duration": 2}] * 7}, "at most 6 shots, not 7"),
        (
            REFERENCE,
            {"input_image": urls("a", "b", "c"), "start_image_url": START, "tail_image_url": TAIL},
            "beside an end frame it takes at most 2 reference images, and 3 were sent",
        ),
        (OMNI, {"input_video": VIDEO, "start_image_url": START}, "start_image_url: it takes no start frame"),
        (OMNI, {"input_video": VIDEO, "resolution": "4k"}, "resolution: fal films from a source video"),
    ],
)
def test_what_would_be_filmed_as_something_else_is_refused(model: str, body: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidParams, match=said):
        ENGINE.check(directed(model, **body))


def test_a_route_whose_endpoint_lacks_what_is_asked_for_is_refused_with_every_reason() -> None:
    board = directed(
        REFERENCE,
        route="fal-ai/kling-video/v2.5-turbo/pro/image-to-video",
        multi_prompt=[{"prompt": "a", "duration": 3}, {"prompt": "b", "duration": 4}],
        input_image=urls("a"),
        elements=[ELEMENT],
    )
    with pytest.raises(InvalidParams) as met:
        ENGINE.check(board)
    for said in (
        "needs a start frame",
        "no reference images",
        "no elements",
        "one shot at a time",
        "5, 10 seconds, not 7",
    ):
        assert said in met.value.message


@pytest.mark.parametrize("size", [(2600, 1000), (390, 1000)])
def test_a_picture_of_a_shape_that_kling_does_not_take_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidParams, match=f"input_image: the picture is {size[0]}x{size[1]}"):
        ENGINE.check(directed("kling-video-o3-pro-image-to-video", size=size, input_image=START))


@pytest.mark.parametrize(
    ("model", "body", "said"),
    [
        (TEXT, {}, "The seed is recorded"),
        (REFERENCE, {"negative_prompt": "rain"}, "The negative prompt has no effect"),
        (OMNI, {"input_video": VIDEO, "generate_audio": True, "keep_audio": False}, "No sound is filmed"),
        (OMNI, {"input_video": VIDEO, "generate_audio": True, "keep_audio": True}, "No new sound is filmed"),
        ("kling-video-v2-6-pro-text-to-video", {"cfg_scale": 3.0}, "For cfg_scale 3 it is 1"),
    ],
)
def test_what_is_done_differently_is_said(model: str, body: dict[str, Any], said: str) -> None:
    assert [warning for warning in ENGINE.warnings(directed(model, **body)) if warning.startswith(said)]


def test_what_is_done_as_asked_is_not_warned_of() -> None:
    body: dict[str, Any] = {"cfg_scale": 0.7, "negative_prompt": "rain", "generate_audio": True}
    [only] = ENGINE.warnings(directed("kling-video-v2-6-pro-text-to-video", **body))
    assert only.startswith("The seed")


def test_a_negative_prompt_that_nobody_asked_for_is_not_missed() -> None:
    board = directed(REFERENCE)
    assert board.negative_prompt
    assert not [warning for warning in ENGINE.warnings(board) if "negative" in warning]


@pytest.mark.parametrize(
    ("model", "body", "route", "said"),
    [
        (REFERENCE, {"input_image": urls("a")}, "o3/standard/reference-to-video", "in 720p, not in 4k"),
        (OMNI, {"resolution": "4k"}, "v2.6/pro/text-to-video", "in 1080p, not in 4k"),
        (OMNI, {"resolution": "720p"}, "o3/4k/text-to-video", "in 4k, not in 720p"),
        (OMNI, {"resolution": "720p"}, "", ""),
        (OMNI, {"resolution": "4k", "aspect_ratio": "9:16"}, "", ""),
        (TEXT, {"aspect_ratio": "1:1"}, "o3/pro/text-to-video", ""),
    ],
)
def test_an_endpoint_of_another_size_is_warned_of(model: str, body: dict[str, Any], route: str, said: str) -> None:
    board = directed(model, route=route and f"fal-ai/kling-video/{route}", **body)
    ENGINE.check(board)
    told = [warning for warning in ENGINE.warnings(board) if warning.startswith("The film comes in")]
    assert len(told) == bool(said)
    assert all(said in warning and warning.endswith("smaller." if "4k," in said else "enlarged.") for warning in told)


def test_a_start_frame_of_another_shape_beside_references_is_filmed_in_the_nearest() -> None:
    body: dict[str, Any] = {"input_image": urls("a"), "start_image_url": START}
    said = ENGINE.warnings(directed(OMNI, size=(1000, 900), **body))
    assert any(warning.startswith("The film comes in 1:1") for warning in said)


def test_a_small_picture_is_enlarged_and_that_is_said() -> None:
    said = ENGINE.warnings(directed("kling-video-o3-pro-image-to-video", size=(299, 400), input_image=START))
    assert any("input_image is 299x400 and is enlarged" in warning for warning in said)

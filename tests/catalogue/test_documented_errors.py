"""The rows of the documents' tables, by the sentences that they promise."""

from typing import Any

import pytest

from oxreel.catalogue import Catalogue, Parameters, check
from oxreel.errors import InvalidParams, NotFound

PICTURE = "https://example.com/a.png"
REFERENCE = "kling-video-o3-pro-reference-to-video"
REFERENCE_4K = "kling-video-o3-4k-reference-to-video"
OMNI = "kling-video-o3-omni"
EDIT = "kling-video-o3-pro-video-to-video-edit"
OPENING = "Getting model response error: 422 - "
FIFTEEN = "Input should be " + ", ".join(f"'{n}'" for n in range(1, 15)) + " or '15'"
TOO_SHORT = (
    "duration value '{}' is invalid. Try using duration='5' instead, as duration support may vary by model and mode."
)


def shots(*seconds: int) -> dict[str, Any]:
    return {"multi_prompt": [{"prompt": "a shot", "duration": length} for length in seconds]}


def element(angles: int = 0) -> dict[str, Any]:
    return {"frontal_image_url": PICTURE, "reference_image_urls": [PICTURE] * angles}


def refusal(model_id: str, body: dict[str, Any]) -> str:
    with pytest.raises(InvalidParams) as refused:
        check(Catalogue().find(model_id), {"model": model_id, **body})
    assert refused.value.message.startswith(OPENING)
    return refused.value.message.removeprefix(OPENING)


def accepted(model_id: str, body: dict[str, Any]) -> Parameters:
    return check(Catalogue().find(model_id), {"model": model_id, **body})


@pytest.mark.parametrize("model_id", [REFERENCE, REFERENCE_4K, "kling-video-o3-pro-text-to-video"])
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"prompt": "a", **shots(5)}, "Value error, Cannot provide both 'prompt' and 'multi_prompt'."),
        ({}, "Value error, Either 'prompt' or 'multi_prompt' must be provided."),
        ({"multi_prompt": []}, "Value error, Either 'prompt' or 'multi_prompt' must be provided."),
        ({"multi_prompt": [{"duration": 5}]}, "multi_prompt[0].prompt: Field required"),
        ({"multi_prompt": [{"prompt": "a"}, {"prompt": " "}]}, "multi_prompt[1].prompt: Field required"),
        ({"prompt": "a", "duration": 1}, TOO_SHORT.format(1)),
        ({"prompt": "a", "duration": 2}, TOO_SHORT.format(2)),
        (shots(2), TOO_SHORT.format(2)),
        (shots(1, 1), TOO_SHORT.format(2)),
        (shots(5, 5, 6), "Total shot duration (16s) exceeds maximum allowed (15s)."),
        (shots(16), f"multi_prompt[0].duration: {FIFTEEN}"),
        (shots(5, 0), f"multi_prompt[1].duration: {FIFTEEN}"),
        ({"prompt": "a", "aspect_ratio": "4:3"}, "aspect_ratio: Input should be '9:16', '1:1' or '16:9'"),
        (shots(*[1] * 16), "Total shot duration (16s) exceeds maximum allowed (15s)."),
    ],
)
def test_the_rows_of_the_table_come_out_word_for_word(model_id: str, body: dict[str, Any], message: str) -> None:
    assert refusal(model_id, body) == message


@pytest.mark.parametrize("model_id", [REFERENCE, REFERENCE_4K])
@pytest.mark.parametrize(
    "body", [{"prompt": "a", "duration": 3}, shots(2, 1), {"prompt": "a", "duration": 15}, shots(5, 5, 5)]
)
def test_the_configurations_that_the_documents_say_work_do(model_id: str, body: dict[str, Any]) -> None:
    accepted(model_id, body)


def test_both_and_neither_come_before_anything_else_that_is_wrong() -> None:
    assert "Cannot provide both" in refusal(REFERENCE, {"prompt": "a", **shots(99), "foo": 1})
    assert "Either 'prompt'" in refusal(REFERENCE, {"duration": 99, "tail_image_url": PICTURE})


def test_an_empty_multi_prompt_beside_a_prompt_is_no_prompt_of_its_own() -> None:
    accepted(REFERENCE, {"prompt": "a", "multi_prompt": []})
    accepted(REFERENCE, {"prompt": "", **shots(5)})


def test_a_prompt_of_a_shot_has_at_most_512_characters() -> None:
    accepted(REFERENCE, {"multi_prompt": [{"prompt": "x" * 512}]})
    message = refusal(REFERENCE, {"multi_prompt": [{"prompt": "x" * 513}]})
    assert message == "multi_prompt[0].prompt: String should have at most 512 characters, not 513"


def test_the_top_level_duration_is_spelled_out_too() -> None:
    assert refusal(REFERENCE, {"prompt": "a", "duration": 16}) == f"duration: {FIFTEEN}"
    assert refusal("kling-video-o3-pro-image-to-video", {"prompt": "a", "input_image": PICTURE, "duration": 16}) == (
        f"duration: {FIFTEEN}"
    )
    assert refusal("kling-video-o1-image-to-video", {"prompt": "a", "input_image": PICTURE, "duration": 6}) == (
        "duration: Input should be '5' or '10'"
    )
    assert refusal("kling-video-o3-4k-text-to-video", {"prompt": "a", "duration": 16}).startswith(
        "duration: Input should be '3', '4', "
    )


def test_image_to_video_lists_its_shapes_in_its_own_order() -> None:
    body = {"prompt": "a", "input_image": PICTURE, "aspect_ratio": "4:3"}
    message = refusal("kling-video-o3-pro-image-to-video", body)
    assert message == "aspect_ratio: Input should be '16:9', '9:16' or '1:1'"


@pytest.mark.parametrize("model_id", [REFERENCE, REFERENCE_4K, OMNI])
def test_a_tail_frame_needs_a_start_frame(model_id: str) -> None:
    message = refusal(model_id, {"prompt": "a", "tail_image_url": PICTURE})
    assert "tail_image_url" in message
    assert "requires a start frame" in message
    accepted(model_id, {"prompt": "a", "tail_image_url": PICTURE, "start_image_url": PICTURE})


@pytest.mark.parametrize("model_id", [REFERENCE, REFERENCE_4K, OMNI])
def test_what_only_kling_itself_refuses_is_accepted_with_a_warning(model_id: str) -> None:
    frames = {"prompt": "a", "tail_image_url": PICTURE, "start_image_url": PICTURE}
    assert accepted(model_id, {**frames, "input_image": [PICTURE] * 2}).warnings() == []
    [warning] = accepted(model_id, {**frames, "input_image": [PICTURE] * 3}).warnings()
    assert "3 reference images" in warning


def test_more_shots_than_kling_takes_are_accepted_with_a_warning() -> None:
    assert accepted(REFERENCE, shots(2, 2, 2, 2, 2, 2)).warnings() == []
    [warning] = accepted(REFERENCE, shots(2, 2, 2, 2, 2, 2, 2)).warnings()
    assert "7 shots: Kling itself takes at most 6" in warning


def test_the_pro_reference_model_counts_every_picture_up_to_4() -> None:
    accepted(REFERENCE, {"prompt": "a", "input_image": [PICTURE], "elements": [element(2)]})
    message = refusal(REFERENCE, {"prompt": "a", "input_image": [PICTURE] * 2, "elements": [element(2)]})
    assert "at most 4 images" in message
    assert "5 were sent" in message


@pytest.mark.parametrize("model_id", [REFERENCE_4K, OMNI, "kling-video-o1-reference-to-video"])
def test_models_with_a_combined_limit_of_7_count_an_element_once(model_id: str) -> None:
    accepted(model_id, {"prompt": "a", "input_image": [PICTURE] * 5, "elements": [element(3), element(3)]})
    message = refusal(model_id, {"prompt": "a", "input_image": [PICTURE] * 6, "elements": [element(), element()]})
    assert "at most 7 references" in message
    assert "8 were sent" in message


@pytest.mark.parametrize("model_id", [OMNI, EDIT, "kling-video-o1-video-to-video-edit"])
def test_beside_a_video_stand_4_references_at_most(model_id: str) -> None:
    body = {"prompt": "a", "input_video": PICTURE, "elements": [element(1)]}
    accepted(model_id, {**body, "input_image": [PICTURE] * 3})
    assert "at most 4 references" in refusal(model_id, {**body, "input_image": [PICTURE] * 4})


def test_an_element_has_a_front_and_at_most_3_further_angles() -> None:
    message = refusal(REFERENCE, {"prompt": "a", "elements": [element(4)]})
    assert message == "elements[0].reference_image_urls: List should have at most 3 items, not 4"
    assert refusal(REFERENCE, {"prompt": "a", "elements": [{}]}) == "elements[0].frontal_image_url: Field required"
    assert refusal(REFERENCE, {"prompt": "a", "elements": [PICTURE]}) == "elements[0]: Input should be an object"
    message = refusal(REFERENCE, {"prompt": "a", "elements": [{**element(), "name": "x"}]})
    assert message == "elements[0].name: Unknown field; this element takes frontal_image_url, reference_image_urls"


def test_motion_control_takes_one_element() -> None:
    body = {"prompt": "a", "input_image": PICTURE, "input_video": PICTURE, "character_orientation": "image"}
    accepted("kling-video-v3-pro-motion-control", {**body, "elements": [element()]})
    message = refusal("kling-video-v3-pro-motion-control", {**body, "elements": [element()] * 2})
    assert message == "elements: List should have at most 1 items, not 2"


def test_a_mention_is_answered_with_every_name_there_is() -> None:
    body = {"prompt": "@Image3 meets @element1", "input_image": [PICTURE] * 2, "elements": [element(1)]}
    message = refusal(REFERENCE, body)
    assert message == "prompt: @Image3 names a reference that was not sent; it has @Image1, @Image2, @Element1."
    message = refusal(REFERENCE, {**body, "prompt": "@Image9 and @Element3 meet @Image1"})
    assert message == (
        "prompt: @Image9, @Element3 name references that were not sent; it has @Image1, @Image2, @Element1."
    )
    message = refusal(REFERENCE, {"multi_prompt": [{"prompt": "a"}, {"prompt": "@Element1在跑"}]})
    assert message == "multi_prompt[1].prompt: @Element1 names a reference that was not sent; it has none."


def test_several_problems_are_told_at_once() -> None:
    message = refusal(REFERENCE, {"prompt": "x" * 600, "generate_audio": "yes", "foo": 1})
    assert message.count("; ") >= 2
    assert all(name in message for name in ("prompt: ", "generate_audio: ", "foo: "))


def test_a_flood_of_problems_is_cut_short() -> None:
    message = refusal(REFERENCE, {"prompt": "a", **{f"field{n}" * 50: 1 for n in range(500)}})
    assert message.endswith("; and 492 more")
    assert len(message) < 5000


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(NotFound, match=r"^Model not found: kling-video-o9$"):
        Catalogue().find("kling-video-o9")

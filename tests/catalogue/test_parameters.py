"""What a valid request asks for: shots, references, length, shape, warnings."""

from fractions import Fraction

import pytest

from oxreel.catalogue import Catalogue, Parameters, ShotRequest, check, mentions

FRONT, SIDE, VIDEO = "https://example.com/front.png", "https://example.com/side.png", "https://example.com/v.mp4"
CATALOGUE = Catalogue()


def checked(model_id: str, **body: object) -> Parameters:
    return check(CATALOGUE.find(model_id), {"prompt": "a", **body})


def edit(**body: object) -> Parameters:
    return checked("kling-video-o3-pro-video-to-video-edit", input_video=VIDEO, **body)


def test_each_shot_keeps_its_prompt_and_its_seconds() -> None:
    model = CATALOGUE.find("kling-video-o3-pro-reference-to-video")
    params = check(model, {"multi_prompt": [{"prompt": "one", "duration": "2"}, {"prompt": "two"}]})
    assert params.shot_requests() == [ShotRequest("one", 2), ShotRequest("two", 5)]
    assert params.seconds() == 7


def test_references_have_the_names_that_prompts_call_them_by() -> None:
    params = checked(
        "kling-video-o3-pro-reference-to-video",
        input_image=[FRONT],
        start_image_url=SIDE,
        elements=[{"frontal_image_url": FRONT, "reference_image_urls": [SIDE]}],
    )
    assert [(request.name, request.field) for request in params.reference_requests()] == [
        ("Image1", "input_image[0]"),
        ("start", "start_image_url"),
        ("Element1", "elements[0].frontal_image_url"),
        ("Element1.2", "elements[0].reference_image_urls[0]"),
    ]
    assert params.references(["Element1"]) == ["Element1", "Element1.2"]
    assert params.references(["Image1", "Image9"]) == ["Image1"]


def test_the_frames_of_image_to_video_can_be_called_image_1_and_2() -> None:
    params = checked(
        "kling-video-o1-image-to-video", prompt="from @Image1 to @image2", input_image=FRONT, tail_image_url=SIDE
    )
    assert [request.name for request in params.reference_requests()] == ["start", "tail"]
    assert params.references(["Image2"]) == ["tail"]


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("@Image1 and @Element2, then @image1 again", ["Image1", "Element2"]),
        ("@Video1在跑", ["Video1"]),
        ("mail ox@image1.example, @Image, @Image1st, @imagery2", []),
    ],
)
def test_mentions_are_whole_names(prompt: str, names: list[str]) -> None:
    assert mentions(prompt) == names


def test_a_source_video_sets_the_length_to_the_nearest_second() -> None:
    params = edit()
    assert params.seconds() == params.seconds(60) == 15
    assert params.seconds(0.1) == 3
    assert [params.seconds(length) for length in (5.042, 7.4, 7.5)] == [5, 7, 8]


@pytest.mark.parametrize(("orientation", "most"), [("image", 10), ("video", 30)])
def test_motion_control_may_be_longer_where_the_video_orients(orientation: str, most: int) -> None:
    params = checked(
        "kling-video-v3-pro-motion-control", input_image=FRONT, input_video=VIDEO, character_orientation=orientation
    )
    assert params.seconds() == most
    assert params.options() == {"character_orientation": orientation}
    assert params.keeps_audio


def test_an_option_is_only_what_the_request_asks_for_otherwise_than_usual() -> None:
    usual = (
        checked("kling-video-v2-6-pro-text-to-video"),
        checked("kling-video-v2-6-pro-text-to-video", cfg_scale=0.5),
    )
    assert [params.options() for params in usual] == [{}, {}]
    assert checked("kling-video-v2-6-pro-text-to-video", cfg_scale=0).options() == {"cfg_scale": 0}
    assert checked("kling-video-o3-omni", video_mode="reference").options() == {}
    assert checked("kling-video-o3-omni", input_video=VIDEO, video_mode="edit").options() == {"video_mode": "edit"}


def test_omni_follows_the_video_only_when_it_edits() -> None:
    plain = checked("kling-video-o3-omni", duration=4)
    reference = checked("kling-video-o3-omni", input_video=VIDEO, duration=4)
    edited = checked("kling-video-o3-omni", input_video=VIDEO, video_mode="edit")
    assert [params.seconds(9) for params in (plain, reference, edited)] == [4, 4, 9]
    assert [params.shape_source() for params in (plain, reference, edited)] == ["aspect_ratio", "aspect_ratio", "video"]


@pytest.mark.parametrize(("resolution", "size"), [("720p", (1280, 720)), ("1080p", (1920, 1080)), ("4k", (3840, 2160))])
def test_omni_films_at_the_resolution_that_is_asked_for(resolution: str, size: tuple[int, int]) -> None:
    model = CATALOGUE.find("kling-video-o3-omni")
    assert model.size(checked(model.id, resolution=resolution)) == size


def test_image_to_video_has_the_shape_of_its_start_image_and_says_so() -> None:
    model = CATALOGUE.find("kling-video-o3-pro-image-to-video")
    silent = checked(model.id, input_image=FRONT)
    asked = checked(model.id, input_image=FRONT, aspect_ratio="9:16")
    assert model.size(asked, start_size=(512, 512)) == (1440, 1440)
    # Before the picture is read, the parameter is the best guess.
    assert model.size(asked) == (1080, 1920)
    assert silent.warnings() == []
    assert asked.warnings() == ["aspect_ratio 9:16 has no effect: the video takes the shape of the start image."]


def test_a_start_image_beyond_what_kling_takes_is_kept_within() -> None:
    model = CATALOGUE.find("kling-video-o1-image-to-video")
    params = checked(model.id, input_image=FRONT)
    assert model.shape(params, start_size=(5000, 100)) == Fraction(5, 2)
    assert model.shape(params, start_size=(100, 5000)) == Fraction(2, 5)


def test_video_reference_is_shaped_by_the_video_unless_a_shape_is_asked_for() -> None:
    model = CATALOGUE.find("kling-video-o3-pro-video-to-video-reference")
    auto = checked(model.id, input_video=VIDEO)
    asked = checked(model.id, input_video=VIDEO, aspect_ratio="1:1")
    assert model.shape(auto, video_size=(1080, 1920)) == Fraction(9, 16)
    assert model.shape(asked, video_size=(1080, 1920)) == 1


def test_a_duration_that_has_no_effect_is_said_to_have_none() -> None:
    model = CATALOGUE.find("kling-video-o3-pro-reference-to-video")
    params = check(model, {"multi_prompt": [{"prompt": "a"}], "duration": 9})
    assert params.seconds() == 5
    assert params.warnings() == ["duration 9 has no effect: each shot of multi_prompt has its own."]

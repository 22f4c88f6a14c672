import json
from typing import Any

import pytest

from oxreel.catalogue import Catalogue, check
from oxreel.generations.direct import direct
from oxreel.storyboard import Reference, Storyboard

PICTURE = "https://example.com/a.png"


def storyboard(model_id: str, *, sizes: dict[str, tuple[int, int]] | None = None, **body: Any) -> Storyboard:
    """The storyboard of a request whose references were fetched; a picture is 1200x800 unless `sizes` says."""
    model = Catalogue().find(model_id)
    parameters = check(model, body)
    references = []
    for request in parameters.reference_requests():
        width, height = (sizes or {}).get(request.name, (1200, 800))
        seconds = 4.0 if request.kind == "video" else 0.0
        references.append(Reference(request.name, request.field, request.kind, "", width, height, seconds=seconds))
    return direct(model, parameters, references, generation_id="g", seed=7)


def test_one_prompt_is_one_shot_with_the_closing_frame() -> None:
    board = storyboard("kling-video-o3-pro-text-to-video", prompt="A lake", duration=5)
    assert [(shot.first_frame, shot.frames) for shot in board.shots] == [(0, 121)]
    assert (board.width, board.height, board.frames, board.seconds) == (1920, 1080, 121, 5)


def test_cuts_fall_on_whole_seconds_and_only_the_last_shot_closes() -> None:
    shots = [{"prompt": "a", "duration": 2}, {"prompt": "b", "duration": 1}, {"prompt": "c", "duration": 3}]
    board = storyboard("kling-video-o3-pro-reference-to-video", multi_prompt=shots)
    assert [(shot.first_frame, shot.frames) for shot in board.shots] == [(0, 48), (48, 24), (72, 73)]


@pytest.mark.parametrize(
    ("size", "canvas"), [((512, 512), (1440, 1440)), ((1920, 1080), (1920, 1080)), ((1080, 1920), (1080, 1920))]
)
def test_image_to_video_follows_the_shape_of_its_start_image(size: tuple[int, int], canvas: tuple[int, int]) -> None:
    board = storyboard(
        "kling-video-o3-pro-image-to-video", sizes={"start": size}, prompt="p", input_image=PICTURE, aspect_ratio="9:16"
    )
    assert (board.width, board.height) == canvas


def test_the_4k_models_film_in_4k() -> None:
    board = storyboard("kling-video-o3-4k-text-to-video", prompt="p")
    assert (board.width, board.height) == (3840, 2160)


def test_start_and_tail_belong_to_the_first_and_the_last_shot() -> None:
    board = storyboard(
        "kling-video-o3-pro-reference-to-video",
        multi_prompt=[{"prompt": "a", "duration": 2}, {"prompt": "b", "duration": 2}],
        start_image_url=PICTURE,
        tail_image_url="https://example.com/b.png",
    )
    assert [(shot.start is not None, shot.tail is not None) for shot in board.shots] == [(True, False), (False, True)]


def test_a_shot_has_the_references_that_its_prompt_names_with_all_their_angles() -> None:
    board = storyboard(
        "kling-video-o3-pro-reference-to-video",
        multi_prompt=[{"prompt": "@Image1 waits", "duration": 2}, {"prompt": "@Element1 comes", "duration": 2}],
        input_image=[PICTURE],
        elements=[{"frontal_image_url": PICTURE, "reference_image_urls": ["https://example.com/side.png"]}],
    )
    named = [[reference.name for reference in shot.references] for shot in board.shots]
    assert named[0] == ["Image1"]
    assert named[1][0] == "Element1"
    assert len(named[1]) == 2


def test_references_that_no_shot_names_are_in_every_shot() -> None:
    board = storyboard(
        "kling-video-o3-pro-reference-to-video",
        multi_prompt=[{"prompt": "one", "duration": 2}, {"prompt": "two", "duration": 2}],
        input_image=[PICTURE],
    )
    assert [[reference.name for reference in shot.references] for shot in board.shots] == [["Image1"], ["Image1"]]


def test_an_edit_is_as_long_as_its_source_video() -> None:
    board = storyboard(
        "kling-video-o3-pro-video-to-video-edit",
        sizes={"Video1": (1280, 720)},
        prompt="make it night",
        input_video="https://example.com/a.mp4",
    )
    assert board.seconds == 4
    assert board.video is not None
    assert board.keep_audio


def test_a_storyboard_survives_its_way_to_the_filming_process() -> None:
    board = storyboard(
        "kling-video-o3-pro-reference-to-video",
        multi_prompt=[{"prompt": "@Image1", "duration": 3}],
        start_image_url=PICTURE,
        tail_image_url=PICTURE,
        input_image=[PICTURE],
        generate_audio=True,
    )
    assert Storyboard.from_json(board.to_json()) == board


def test_a_picture_that_no_shot_names_is_of_the_request_all_the_same() -> None:
    board = storyboard(
        "kling-video-o3-pro-reference-to-video",
        prompt="@Image2 walks in",
        start_image_url=PICTURE,
        input_image=[PICTURE, "https://example.com/b.png"],
    )
    assert [one.name for one in board.shots[0].references] == ["Image2"]
    assert [one.name for one in board.references] == ["Image1", "Image2"]
    assert Storyboard.from_json(json.loads(json.dumps(board.to_json()))) == board

"""Each model of the catalogue in the words of its endpoint at fal: OxReel's field, then fal's."""

from typing import Any

import pytest

from oxreel.catalogue import Catalogue, Model, check, examples
from oxreel.engines.fal import FalEngine
from oxreel.engines.fal.choice import endpoint_of
from oxreel.engines.fal.endpoints import ENDPOINTS
from oxreel.engines.fal.fields import fields_of
from oxreel.errors import InvalidParams
from oxreel.generations.direct import direct
from oxreel.settings import Settings
from oxreel.storyboard import Reference, Storyboard

MODELS = Catalogue().all()
ENGINE = FalEngine(Settings())
URL = "https://example.com/"
ELEMENT = {"frontal_image_url": f"{URL}front", "reference_image_urls": [f"{URL}side"]}


def directed(model_id: str, *, route: str = "", size: tuple[int, int] = (1920, 1080), **body: Any) -> Storyboard:
    """The storyboard of a request whose references, each of `size`, are at the URLs that were sent."""
    model = Catalogue().find(model_id)
    parameters = check(model, {"prompt": "A lake", **body} if "multi_prompt" not in body else body)
    references = [
        Reference(one.name, one.field, one.kind, one.url, *size, seconds=5.0 if one.kind == "video" else 0.0)
        for one in parameters.reference_requests()
    ]
    return direct(model, parameters, references, generation_id="g", seed=7, route=route)


def asked(model_id: str, **body: Any) -> tuple[str, dict[str, Any]]:
    """The endpoint without its family, and what it is sent."""
    board = directed(model_id, **body)
    ENGINE.check(board)
    endpoint = endpoint_of(board)
    return endpoint.name.removeprefix("fal-ai/kling-video/"), fields_of(board, endpoint, lambda one: one.path)


def urls(*names: str) -> list[str]:
    return [URL + name for name in names]


START, TAIL, VIDEO = urls("start", "tail", "video")
CASES: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "kling-video-o1-image-to-video": (
        {"input_image": START, "tail_image_url": TAIL, "duration": 10, "prompt": "@image1 becomes @Image2"},
        "o1/image-to-video",
        {
            "start_image_url": START, "end_image_url": TAIL, "duration": "10",
            "prompt": "@Image1 becomes @Image2",
        },
    ),
    "kling-video-o1-reference-to-video": (
        {"input_image": urls("a", "b"), "elements": [ELEMENT], "aspect_ratio": "9:16"},
        "o1/reference-to-video",
        {
            "image_urls": urls("a", "b"), "elements": [ELEMENT], "duration": "5", "aspect_ratio": "9:16",
            "prompt": "A lake",
        },
    ),
    "kling-video-o1-video-to-video-edit": (
        {"input_video": VIDEO, "input_image": urls("a"), "keep_audio": False},
        "o1/video-to-video/edit",
        {"video_url": VIDEO, "image_urls": urls("a"), "keep_audio": False, "prompt": "A lake"},
    ),
    "kling-video-o3-pro-image-to-video": (
        {"input_image": START, "tail_image_url": TAIL, "duration": 3},
        "o3/pro/image-to-video",
        {
            "image_url": START, "end_image_url": TAIL, "duration": "3", "generate_audio": False,
            "prompt": "A lake",
        },
    ),
    "kling-video-o3-4k-image-to-video": (
        {"input_image": START, "duration": 15, "generate_audio": True},
        "o3/4k/image-to-video",
        {"image_url": START, "duration": "15", "generate_audio": True, "prompt": "A lake"},
    ),
    "kling-video-o3-pro-reference-to-video": (
        {
            "multi_prompt": [{"prompt": "@Image2 walks", "duration": 3}, {"prompt": "@Element1 waves", "duration": 2}],
            "input_image": urls("a", "b"), "elements": [ELEMENT], "start_image_url": START, "generate_audio": True,
            "aspect_ratio": "1:1",
        },
        "o3/pro/reference-to-video",
        {
            "multi_prompt": [
                {"prompt": "@Image2 walks", "duration": "3"}, {"prompt": "@Element1 waves", "duration": "2"}
            ],
            "shot_type": "customize", "image_urls": urls("a", "b"), "elements": [ELEMENT], "start_image_url": START,
            "duration": "5", "aspect_ratio": "1:1", "generate_audio": True,
        },
    ),
    "kling-video-o3-4k-reference-to-video": (
        {"start_image_url": START, "tail_image_url": TAIL, "negative_prompt": "rain"},
        "o3/4k/reference-to-video",
        {
            "start_image_url": START, "end_image_url": TAIL, "duration": "5", "aspect_ratio": "16:9",
            "generate_audio": False, "prompt": "A lake",
        },
    ),
    "kling-video-o3-pro-text-to-video": (
        {"aspect_ratio": "9:16", "duration": 7},
        "o3/pro/text-to-video",
        {"duration": "7", "aspect_ratio": "9:16", "generate_audio": False, "prompt": "A lake"},
    ),
    "kling-video-o3-4k-text-to-video": (
        {},
        "o3/4k/text-to-video",
        {"duration": "5", "aspect_ratio": "16:9", "generate_audio": False, "prompt": "A lake"},
    ),
    "kling-video-o3-pro-video-to-video-edit": (
        {"input_video": VIDEO, "elements": [ELEMENT]},
        "o3/pro/video-to-video/edit",
        {"video_url": VIDEO, "elements": [ELEMENT], "keep_audio": True, "prompt": "A lake"},
    ),
    "kling-video-o3-pro-video-to-video-reference": (
        {"input_video": VIDEO, "duration": 4, "prompt": "As @Video1"},
        "o3/pro/video-to-video/reference",
        {"video_url": VIDEO, "keep_audio": True, "aspect_ratio": "auto", "duration": "4", "prompt": "As @Video1"},
    ),
    "kling-video-v2-5-turbo-pro-image-to-video": (
        {"input_image": START, "tail_image_url": TAIL},
        "v2.5-turbo/pro/image-to-video",
        {"image_url": START, "tail_image_url": TAIL, "duration": "5", "prompt": "A lake"},
    ),
    "kling-video-v2-6-pro-image-to-video": (
        {"input_image": START, "negative_prompt": "rain"},
        "v2.6/pro/image-to-video",
        {
            "start_image_url": START, "negative_prompt": "rain", "duration": "5", "generate_audio": False,
            "prompt": "A lake",
        },
    ),
    "kling-video-v2-6-pro-text-to-video": (
        {"cfg_scale": 4.0, "negative_prompt": "rain", "aspect_ratio": "1:1"},
        "v2.6/pro/text-to-video",
        {
            "cfg_scale": 1.0, "negative_prompt": "rain", "aspect_ratio": "1:1", "duration": "5",
            "generate_audio": False, "prompt": "A lake",
        },
    ),
    "kling-video-v3-pro-motion-control": (
        {
            "input_image": START, "input_video": VIDEO, "character_orientation": "image", "keep_original_sound": False,
            "elements": [ELEMENT],
        },
        "v3/pro/motion-control",
        {
            "image_url": START, "video_url": VIDEO, "character_orientation": "image", "keep_original_sound": False,
            "elements": [ELEMENT], "prompt": "A lake",
        },
    ),
    "kling-video-o3-omni": (
        {"input_image": urls("a"), "start_image_url": START, "resolution": "720p"},
        "o3/standard/reference-to-video",
        {
            "image_urls": urls("a"), "start_image_url": START, "duration": "5", "aspect_ratio": "16:9",
            "generate_audio": False, "prompt": "A lake",
        },
    ),
}  # fmt: skip


def test_every_model_of_the_catalogue_is_among_them() -> None:
    assert set(CASES) == {model.id for model in MODELS}


@pytest.mark.parametrize("model_id", CASES)
def test_a_request_is_sent_in_the_words_of_its_endpoint(model_id: str) -> None:
    body, endpoint, fields = CASES[model_id]
    assert asked(model_id, **body) == (endpoint, fields)


@pytest.mark.parametrize(
    ("body", "endpoint"),
    [
        ({}, "o3/pro/text-to-video"),
        ({"resolution": "4k"}, "o3/4k/text-to-video"),
        ({"start_image_url": START, "tail_image_url": TAIL}, "o3/pro/image-to-video"),
        ({"elements": [ELEMENT], "resolution": "4k"}, "o3/4k/reference-to-video"),
        ({"input_video": VIDEO}, "o3/pro/video-to-video/reference"),
        ({"input_video": VIDEO, "video_mode": "edit", "resolution": "720p"}, "o3/standard/video-to-video/edit"),
    ],
)
def test_the_model_of_all_forms_goes_where_its_request_belongs(body: dict[str, Any], endpoint: str) -> None:
    assert asked("kling-video-o3-omni", **body)[0] == endpoint


def test_requests_without_any_picture_go_to_the_endpoint_of_the_same_model_that_takes_none() -> None:
    assert asked("kling-video-v2-6-pro-image-to-video")[0] == "v2.6/pro/text-to-video"
    assert asked("kling-video-o3-4k-reference-to-video")[0] == "o3/4k/text-to-video"


def test_a_route_may_name_another_endpoint_that_is_known() -> None:
    name = "fal-ai/kling-video/o3/standard/image-to-video"
    assert endpoint_of(directed("kling-video-o3-pro-image-to-video", input_image=START, route=name)).name == name
    with pytest.raises(InvalidParams, match="fal-ai/unheard-of"):
        ENGINE.check(directed("kling-video-o3-pro-image-to-video", input_image=START, route="fal-ai/unheard-of"))


def test_what_is_no_model_of_the_catalogue_is_refused() -> None:
    with pytest.raises(InvalidParams, match="films no model"):
        endpoint_of(Storyboard("g", "nobody-1", directed("kling-video-o3-pro-text-to-video").shots, 1920, 1080, 7))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_every_example_of_the_documents_is_filmed_by_an_endpoint_that_takes_it(model: Model) -> None:
    for body in examples(model).values():
        fields = {name: value for name, value in body.items() if name != "model"}
        endpoint, sent = asked(model.id, **fields)
        assert f"fal-ai/kling-video/{endpoint}" in ENDPOINTS
        assert all(value not in (None, "", []) for value in sent.values())


def test_the_routes_of_the_catalogue_are_endpoints() -> None:
    routes = {model.routes["fal"] for model in MODELS if "fal" in model.routes}
    assert len(routes) == len(MODELS) - 1
    assert routes <= set(ENDPOINTS)

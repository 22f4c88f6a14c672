"""The tables of the documents' guide to Kling O3 reference to video, row by row."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from acceptance import film
from acceptance.document import read
from oxreel import accounts, ledger
from oxreel.units import micro_usd
from support.hub import RunningHub

GUIDE = read("o3_pro_reference_guide.txt")
MODEL = "kling-video-o3-pro-reference-to-video"
OLD_PATH, NEW_PATH = "/api/videos/generate", "/api/ai/videos/generate"
BLOXY = "https://hub.oxen.ai/api/repos/elau/assets/file/main/bloxy/bloxy_cropped_512x512.png"
FIFTEEN = "Input should be '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13', '14' or '15'"
OPENING = "Getting model response error: 422 - "
TOO_SHORT = (
    "duration value '{}' is invalid. Try using duration='5' instead, as duration support may vary by model and mode."
)
#: For users' names.
NUMBERS = itertools.count(1)
TOO_LONG = "Total shot duration (16s) exceeds maximum allowed (15s)."


def test_the_sentences_expected_here_are_those_of_the_guide() -> None:
    sentences = [
        "Cannot provide both 'prompt' and 'multi_prompt'.",
        "Either 'prompt' or 'multi_prompt' must be provided.",
        TOO_SHORT.format(2),
        TOO_LONG,
        FIFTEEN,
    ]
    for sentence in sentences:
        assert f'"{sentence}"' in GUIDE


# Duration Constraints


@dataclass(frozen=True)
class Configuration:
    """A row of the table of durations."""

    words: str
    seconds: tuple[int, ...]
    #: What is said where the guide says "Fails"; None where it says "Works".
    failure: str | None = None

    def __str__(self) -> str:
        return " + ".join(map(str, self.seconds))

    @property
    def body(self) -> dict[str, Any]:
        shots = [{"prompt": "A lighthouse in the rain", "duration": each} for each in self.seconds]
        return {"model": MODEL, "multi_prompt": shots}

    @property
    def text(self) -> str:
        """As the guide has it, its cells run together."""
        parts = " + ".join(f"duration: {each}" for each in self.seconds)
        return f"{self.words} {parts}{sum(self.seconds)}s{'Fails' if self.failure else 'Works'}"


CONFIGURATIONS = [
    Configuration("Single shot,", (1,), TOO_SHORT.format(1)),
    Configuration("Single shot,", (2,), TOO_SHORT.format(2)),
    Configuration("Single shot,", (3,)),
    Configuration("Two shots:", (2, 1)),
    Configuration("Two shots:", (1, 1), TOO_SHORT.format(2)),
    Configuration("Single shot,", (15,)),
    Configuration("Three shots:", (5, 5, 5)),
    Configuration("Three shots:", (5, 5, 6), TOO_LONG),
]
WORKING = [one for one in CONFIGURATIONS if one.failure is None]
FAILING = [one for one in CONFIGURATIONS if one.failure is not None]


def test_the_configurations_are_those_of_the_guide() -> None:
    table = GUIDE.partition("ConfigurationTotalResult\n")[2]
    assert table.splitlines()[: len(CONFIGURATIONS)] == [one.text for one in CONFIGURATIONS]


@pytest.fixture(scope="module")
def films(document_hub: RunningHub) -> dict[Configuration, str]:
    """The ids of what is filmed of every configuration that works, asked for at once."""
    return {one: document_hub.enqueue(**one.body) for one in WORKING}


@pytest.mark.parametrize("configuration", WORKING, ids=str)
def test_a_configuration_that_works_is_filmed_to_the_frame(
    document_hub: RunningHub, films: dict[Configuration, str], configuration: Configuration
) -> None:
    row = document_hub.wait_for(films[configuration])
    assert row["status"] == "succeeded", row["error_message"]
    film.download(row["result_url"]).assert_lasts(sum(configuration.seconds))


@pytest.mark.parametrize("configuration", FAILING, ids=str)
@pytest.mark.parametrize("path", [OLD_PATH, NEW_PATH])
def test_a_configuration_that_fails_is_refused_at_once(
    document_hub: RunningHub, path: str, configuration: Configuration
) -> None:
    assert refusal(document_hub, path, configuration.body) == f"{OPENING}{configuration.failure}"


@pytest.mark.parametrize("configuration", FAILING, ids=str)
def test_a_configuration_that_fails_does_so_late_in_the_queue(
    document_hub: RunningHub, configuration: Configuration
) -> None:
    row = document_hub.wait_for(document_hub.enqueue(**configuration.body))
    assert row["status"] == "failed"
    assert row["error_message"] == f"{OPENING}{configuration.failure}"


@pytest.mark.parametrize(
    ("seconds", "sentence"), [(1, TOO_SHORT.format(1)), (2, TOO_SHORT.format(2)), (16, f"duration: {FIFTEEN}")]
)
def test_the_limits_hold_for_a_single_prompt_too(document_hub: RunningHub, seconds: int, sentence: str) -> None:
    body = {"model": MODEL, "prompt": "A lighthouse in the rain", "duration": seconds}
    assert refusal(document_hub, OLD_PATH, body) == f"{OPENING}{sentence}"


# Errors


@dataclass(frozen=True)
class Mistake:
    """A row of the table of errors."""

    #: As the guide begins the row.
    text: str
    body: dict[str, Any]
    #: The whole message.
    message: str

    def __str__(self) -> str:
        return self.text


def mistake(text: str, message: str, **body: Any) -> Mistake:
    return Mistake(text, {"model": MODEL, **body}, OPENING + message)


BOTH, NEITHER = "Cannot provide both 'prompt' and 'multi_prompt'", "Either 'prompt' or 'multi_prompt' must be provided"
MISTAKES = [
    mistake(BOTH, f"Value error, {BOTH}.", prompt="A hill", multi_prompt=[{"prompt": "A hill", "duration": 5}]),
    mistake(NEITHER, f"Value error, {NEITHER}."),
    mistake(NEITHER, f"Value error, {NEITHER}.", multi_prompt=[]),
    mistake("Field required", "multi_prompt[0].prompt: Field required", multi_prompt=[{"duration": 5}]),
    mistake("duration value '2' is invalid", TOO_SHORT.format(2), multi_prompt=[{"prompt": "A hill", "duration": 2}]),
    mistake(
        "Total shot duration (16s) exceeds maximum allowed (15s)",
        TOO_LONG,
        multi_prompt=[{"prompt": "A hill", "duration": each} for each in (5, 5, 6)],
    ),
    mistake(
        "Input should be '1', '2', ... or '15'",
        f"multi_prompt[0].duration: {FIFTEEN}",
        multi_prompt=[{"prompt": "A hill", "duration": 16}],
    ),
]
COUNT = "num_generations must be an integer between 1 and 4"


def test_the_mistakes_are_those_of_the_guide() -> None:
    table = GUIDE.partition("ErrorCauseFix\n")[2].partition("\n\n")[0].splitlines()
    texts = dict.fromkeys([*(one.text for one in MISTAKES), COUNT])
    assert len(table) == len(texts)
    for row, text in zip(table, texts, strict=True):
        assert row.startswith(text)


@pytest.mark.parametrize("wrong", MISTAKES, ids=str)
@pytest.mark.parametrize("path", [OLD_PATH, NEW_PATH])
def test_a_mistake_is_refused_at_once(
    document_hub: RunningHub, new_user: Callable[[str], str], path: str, wrong: Mistake
) -> None:
    key = new_user(f"mistaken-{next(NUMBERS)}")
    assert refusal(document_hub, path, wrong.body, key) == wrong.message
    assert history(document_hub, key)["total_entries"] == 0


@pytest.mark.parametrize("wrong", MISTAKES, ids=str)
def test_a_mistake_fails_late_in_the_queue_and_costs_nothing(document_hub: RunningHub, wrong: Mistake) -> None:
    row = document_hub.wait_for(document_hub.enqueue(**wrong.body))
    assert row["status"] == "failed"
    assert row["error_message"] == wrong.message
    assert row["result_url"] is None
    assert row["cost"] is None


@pytest.mark.parametrize("wrong", MISTAKES, ids=str)
def test_a_mistake_is_refused_by_the_queue_where_the_check_is_asked_for(
    document_hub: RunningHub, wrong: Mistake
) -> None:
    assert refusal(document_hub, "/api/ai/queue", {**wrong.body, "validate": True}) == wrong.message


@pytest.mark.parametrize("count", [0, 5, -1, 1.5, "2", True, 10**30])
@pytest.mark.parametrize("asked", [{}, {"validate": True}], ids=["late", "checked"])
def test_the_queue_refuses_another_count_at_once(
    document_hub: RunningHub, count: object, asked: dict[str, bool]
) -> None:
    body = {"model": MODEL, "prompt": "A hill", "num_generations": count, **asked}
    assert refusal(document_hub, "/api/ai/queue", body) == COUNT


@pytest.mark.parametrize("count", [1, 4])
def test_the_queue_takes_one_to_four(document_hub: RunningHub, count: int) -> None:
    body = {"model": MODEL, "prompt": "A hill", "num_generations": count}
    made = document_hub.client.post("/api/ai/queue", json=body).json()["generations"]
    assert [one["status"] for one in made] == ["queued"] * count
    assert len({one["generation_id"] for one in made}) == count
    for one in made:
        document_hub.client.delete(f"/api/ai/queue/{one['generation_id']}").raise_for_status()


# Request Parameters, multi_prompt, elements


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("prompt", "x" * 513, "prompt: String should have at most 512 characters, not 513"),
        ("multi_prompt", [{"prompt": "x" * 513}], "multi_prompt[0].prompt: String should have at most 512 characters"),
        ("aspect_ratio", "4:3", "aspect_ratio: Input should be '9:16', '1:1' or '16:9'"),
        ("generate_audio", "loud", "generate_audio: Input should be a valid boolean"),
        ("tail_image_url", BLOXY, "requires a start frame"),
        ("input_image", [BLOXY] * 5, "at most 4 images over input_image and elements, and 5 were sent"),
        ("elements", [{}], "elements[0].frontal_image_url: Field required"),
        (
            "elements",
            [{"frontal_image_url": BLOXY, "reference_image_urls": [BLOXY] * 4}],
            "elements[0].reference_image_urls: List should have at most 3 items, not 4",
        ),
        (
            "elements",
            [{"frontal_image_url": BLOXY, "reference_image_urls": [BLOXY] * 3}, {"frontal_image_url": BLOXY}],
            "at most 4 images over input_image and elements, and 5 were sent",
        ),
        ("response_format", "mp4", "response_format: Input should be 'url' or 'b64_json'"),
        ("input_images", [BLOXY], "input_images: Unknown field"),
    ],
)
@pytest.mark.parametrize("path", [OLD_PATH, NEW_PATH])
def test_a_parameter_outside_its_limit_is_refused_by_name(
    document_hub: RunningHub, path: str, field: str, value: object, told: str
) -> None:
    body = {"model": MODEL, "prompt": "A hill", field: value}
    if field == "multi_prompt":
        del body["prompt"]
    assert told in refusal(document_hub, path, body)


def test_the_defaults_of_the_parameters_are_those_of_the_guide(document_hub: RunningHub) -> None:
    model = document_hub.client.get(f"/api/ai/models/{MODEL}").json()
    fields = model["request_schema"]["properties"]
    assert fields["duration"]["default"] == 5
    assert fields["negative_prompt"]["default"] == "blur, distort, and low quality"
    assert fields["aspect_ratio"]["default"] == "16:9"
    assert fields["generate_audio"]["default"] is False
    shot = fields["multi_prompt"]["items"]
    assert shot["required"] == ["prompt"]
    assert shot["properties"]["duration"]["default"] == 5
    assert shot["properties"]["prompt"]["maxLength"] == fields["prompt"]["maxLength"] == 512
    element = fields["elements"]["items"]
    assert element["required"] == ["frontal_image_url"]
    assert element["properties"]["reference_image_urls"]["maxItems"] == 3
    assert fields["input_image"]["maxItems"] == 4


@pytest.mark.parametrize(("ratio", "size"), [("9:16", (1080, 1920)), ("1:1", (1440, 1440))])
def test_the_aspect_ratio_is_that_of_the_film(document_hub: RunningHub, ratio: str, size: tuple[int, int]) -> None:
    body = {"model": MODEL, "prompt": "Push in on @Image1", "input_image": [BLOXY], "duration": 3}
    answer = document_hub.client.post(NEW_PATH, json={**body, "aspect_ratio": ratio})
    assert answer.status_code == 200, answer.text
    shown = film.download(answer.json()["videos"][0]["url"])
    assert (shown.facts.width, shown.facts.height) == size


def test_every_reference_that_the_guide_allows_can_be_sent_at_once(document_hub: RunningHub) -> None:
    body = {
        "model": MODEL,
        "multi_prompt": [{"prompt": "@Image1 waits", "duration": 1}, {"prompt": "@Element1 comes", "duration": 2}],
        "input_image": [BLOXY],
        "elements": [{"frontal_image_url": BLOXY, "reference_image_urls": [BLOXY, BLOXY]}],
    }
    row = document_hub.wait_for(document_hub.enqueue(**body))
    assert row["status"] == "succeeded", row["error_message"]
    film.download(row["result_url"]).assert_lasts(3)


# Pricing, target_namespace, Other Kling Models


def test_a_default_film_costs_what_the_guide_says_and_its_organization_pays(
    document_hub: RunningHub, new_user: Callable[[str], str]
) -> None:
    assert "A default 5-second video costs ~$1.12." in GUIDE
    key = new_user("director")
    with document_hub.database.transaction() as tx:
        studio = accounts.create_organization(tx, "studio")
        accounts.add_member(tx, "studio", "director")
        ledger.grant(tx, studio.id, micro_usd("2"), "for one film")
    headers = {"Authorization": f"Bearer {key}"}
    body = {"model": MODEL, "prompt": "A hill", "target_namespace": "studio"}
    answer = document_hub.client.post(OLD_PATH, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    assert "/api/repos/studio/" in answer.json()["videos"][0]["url"]
    entries = history(document_hub, key)
    assert entries["total_cost"] == "1.12"
    assert entries["generations"][0]["cost"] == "1.12"
    assert entries["generations"][0]["target_namespace"] == "studio"
    # What is left does not pay for another, and the user's own credits are not touched.
    answer = document_hub.client.post(OLD_PATH, json=body, headers=headers)
    assert answer.status_code == 402
    assert "Insufficient credits" in answer.json()["error"]["message"]
    account = document_hub.client.get("/api/account", headers=headers).json()
    assert [(one["name"], one["balance"]["available"]) for one in account["namespaces"]] == [
        ("director", "1000.00"),
        ("studio", "0.88"),
    ]


@pytest.mark.parametrize("path", [OLD_PATH, NEW_PATH, "/api/ai/queue"])
def test_a_namespace_of_others_cannot_be_billed(
    document_hub: RunningHub, new_user: Callable[[str], str], path: str
) -> None:
    key = new_user(f"guest-{next(NUMBERS)}")
    body = {"model": MODEL, "prompt": "A hill", "target_namespace": document_hub.settings.username}
    answer = document_hub.client.post(path, json=body, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 403
    assert answer.json()["status_message"] == "forbidden"


@pytest.mark.parametrize(
    ("text", "model_id", "inputs", "dollars"),
    [
        ("Text only", "kling-video-v2-6-pro-text-to-video", ["text"], 0.070),
        ("Image", "kling-video-v2-6-pro-image-to-video", ["text", "image"], 0.070),
        ("Image + text", "kling-video-o3-pro-image-to-video", ["text", "image"], 0.224),
        ("Images + text", MODEL, ["text", "image"], 0.224),
        ("Video", "kling-video-o3-pro-video-to-video-edit", ["text", "image", "video"], 0.336),
        ("Text + image + video", "kling-video-v3-pro-motion-control", ["text", "image", "video"], 0.168),
    ],
)
def test_the_other_models_are_there_at_their_price(
    document_hub: RunningHub, text: str, model_id: str, inputs: list[str], dollars: float
) -> None:
    (row,) = [line for line in GUIDE.splitlines() if line.startswith(f"{model_id}{text}")]
    assert row.endswith(f"${dollars:.3f}")
    model = document_hub.client.get(f"/api/ai/models/{model_id}").json()
    assert model["pricing"]["method"] == "per_video_output_second"
    assert float(model["pricing"]["cost_per_second"]) == dollars
    assert float(model["pricing"]["cost_per_second_with_audio"]) == dollars
    assert sorted(model["capabilities"]["input"]) == sorted(inputs)
    assert model["capabilities"]["output"] == ["video"]


def refusal(hub: RunningHub, path: str, body: dict[str, Any], key: str | None = None) -> str:
    """The message of a refusal with status 400, its body in the documented shape."""
    answer = hub.client.post(path, json=body, headers={"Authorization": f"Bearer {key or hub.key}"})
    assert answer.status_code == 400, answer.text
    told = answer.json()
    assert set(told) == {"error", "status", "status_message"}
    assert (told["status"], told["status_message"]) == ("error", "invalid_params")
    assert set(told["error"]) == {"type", "title", "detail", "message"}
    assert told["error"]["type"] == "invalid_params"
    message: str = told["error"]["message"]
    return message


def history(hub: RunningHub, key: str) -> dict[str, Any]:
    answer = hub.client.get("/api/ai/generations", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page

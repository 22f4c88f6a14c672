"""The same request filmed by each engine: as long, as many frames, as large, with sound or without."""

from typing import Any

import pytest

from acceptance import film
from support.fal import FakeFal
from support.routed_hub import ENGINES, RoutedHub

BLOXY = "https://hub.oxen.ai/api/repos/elau/assets/file/main/bloxy/bloxy_cropped_512x512.png"
OX = "https://hub.oxen.ai/api/repos/ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png"
TEXT, IMAGE, REFERENCE = (
    f"kling-video-o3-pro-{kind}-to-video" for kind in ("text", "image", "reference")
)  # fmt: skip
REQUESTS: dict[str, dict[str, Any]] = {
    "words with sound, upright": {
        "model": TEXT, "prompt": "Rain", "duration": 3, "generate_audio": True, "aspect_ratio": "9:16",
    },
    "from a picture to a picture": {
        "model": IMAGE, "prompt": "Push in", "input_image": BLOXY, "tail_image_url": BLOXY, "duration": 3,
    },
    "several shots with references": {
        "model": REFERENCE,
        "multi_prompt": [{"prompt": "@Image1 waits", "duration": 2}, {"prompt": "@Image1 goes", "duration": 1}],
        "input_image": [OX],
    },
}  # fmt: skip
#: What each is to be: seconds, pixels, sound.
EXPECTED = {
    "words with sound, upright": (3, (180, 320), True),
    "from a picture to a picture": (3, (240, 240), False),
    "several shots with references": (3, (320, 180), False),
}


@pytest.fixture(scope="module")
def rows(routed_hub: RoutedHub, fal: FakeFal) -> dict[tuple[str, str], dict[str, Any]]:
    """The row of each request by each engine, all of which succeeded."""
    sent = {
        (name, engine): routed_hub.enqueue(**body, engine=engine, seed=7)
        for name, body in REQUESTS.items()
        for engine in ENGINES
        if engine != "fal"
    }
    for name, body in REQUESTS.items():
        # A little larger than asked for, as the provider's are.
        width, height = EXPECTED[name][1]
        fal.size = (width + 2, height)
        sent[name, "fal"] = routed_hub.enqueue(**body, engine="fal", seed=7)
        routed_hub.wait_for(sent[name, "fal"])
    return {key: routed_hub.wait_for(generation_id) for key, generation_id in sent.items()}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", REQUESTS)
def test_it_is_the_same_film_whichever_engine_made_it(
    rows: dict[tuple[str, str], dict[str, Any]], name: str, engine: str
) -> None:
    row = rows[name, engine]
    assert row["status"] == "succeeded", row["error_message"]
    seconds, (width, height), sound = EXPECTED[name]
    shown = film.download(row["result_url"])
    shown.assert_lasts(seconds)
    assert abs(shown.facts.width - width) <= 2
    assert shown.facts.height == height
    assert shown.facts.has_audio == sound
    assert (row["engine"], shown.metadata["engine"]) == (engine, engine)
    assert (shown.metadata["seed"], shown.metadata["model"]) == ("7", row["model_name"])
    assert row["cost"] == row["price"] == rows[name, "animatic"]["price"]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_row_says_what_its_engine_did_differently(
    rows: dict[tuple[str, str], dict[str, Any]], routed_hub: RoutedHub, engine: str
) -> None:
    row = rows["words with sound, upright", engine]
    [said] = [word for word in row["warnings"] if WORDS[engine] in word]
    asked = {**REQUESTS["words with sound, upright"], "engine": engine, "seed": 7}
    estimated = routed_hub.client.post("/api/ai/estimate", json=asked).raise_for_status().json()
    assert said in estimated["warnings"]
    assert estimated["engine"] == engine


#: What each engine has to say of the words.
WORDS = {"animatic": "This is an animatic", "fal": "The seed is recorded", "diffusers": "The video is enlarged"}

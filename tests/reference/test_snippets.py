"""Snippets run as they stand, whatever the request holds."""

import json
from pathlib import Path
from typing import Any

import pytest

from oxreel.reference.snippets import LANGUAGES, WAYS, Language, Way, snippet
from support.interpreters import lacking, run
from support.quick_hub import QuickHub
from support.workbench import Person

MODEL = "kling-video-o3-pro-text-to-video"
#: Everything that a shell, Python or JavaScript might trip over.
AWKWARD = "It's \"late\" — $HOME `id` ${x} \\n %s {0} 'no' </script> 夜晚\tend"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WAYS)
def test_a_snippet_films_what_it_was_made_for(
    quick_hub: QuickHub, way: Way, language: Language, tmp_path: Path
) -> None:
    if tools := lacking(language):
        pytest.skip(f"this snippet needs {', '.join(tools)}")
    body: dict[str, Any] = {
        "model": MODEL, "prompt": AWKWARD, "duration": 3, "generate_audio": False, "preview": True, "seed": 2**40 + 1,
    }  # fmt: skip
    person = Person(quick_hub)
    printed = run(language, snippet(way, language, body, quick_hub.url), person.key, tmp_path)
    assert "video.mp4" in printed
    [newest] = person.client.get("/api/ai/generations").json()["generations"]
    person.leave()
    assert newest["prompt"] == AWKWARD
    assert {name: newest[name] for name in ("duration", "generate_audio", "preview", "seed")} == {
        name: body[name] for name in ("duration", "generate_audio", "preview", "seed")
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_synchronous_call_takes_no_number_of_videos(language: Language) -> None:
    body = {"model": MODEL, "prompt": "A hill", "num_generations": 2}
    assert "num_generations" not in snippet("sync", language, body, "http://hub")
    assert "num_generations" in snippet("async", language, body, "http://hub")


def test_the_body_in_a_curl_snippet_is_json_as_it_is_sent() -> None:
    body = {"model": MODEL, "prompt": "A hill", "elements": [{"frontal_image_url": "http://a/b.png"}]}
    text = snippet("sync", "curl", body, "http://hub/")
    assert json.loads(text.partition("-d '")[2].rstrip("'")) == body
    assert "http://hub/api/ai/videos/generate" in text

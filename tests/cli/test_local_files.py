"""Files of this machine in a request."""

from pathlib import Path
from typing import Any

import pytest

from oxreel.catalogue import Catalogue
from oxreel.catalogue.schema import request_schema
from oxreel.cli.local_files import upload_files
from oxreel.cli.trouble import Fault

REFERENCES = request_schema(Catalogue().find("kling-video-o3-pro-reference-to-video"))


def put(request: dict[str, Any]) -> tuple[dict[str, Any], list[Path]]:
    uploaded: list[Path] = []

    def upload(file: Path) -> str:
        uploaded.append(file)
        return f"http://hub/{file.name}"

    return upload_files(request, REFERENCES, upload), uploaded


def test_files_are_uploaded_wherever_the_model_wants_an_address(tmp_path: Path) -> None:
    ox, cart = tmp_path / "ox.png", tmp_path / "cart.png"
    ox.touch()
    cart.touch()
    request = {
        "prompt": "ox.png walks",
        "start_image_url": str(ox),
        "input_image": ["https://example.com/a.png", str(cart)],
        "elements": [{"frontal_image_url": str(ox), "reference_image_urls": ["data:image/png;base64,AAAA"]}],
    }
    result, uploaded = put(request)
    assert result == {
        "prompt": "ox.png walks",
        "start_image_url": "http://hub/ox.png",
        "input_image": ["https://example.com/a.png", "http://hub/cart.png"],
        "elements": [
            {"frontal_image_url": "http://hub/ox.png", "reference_image_urls": ["data:image/png;base64,AAAA"]}
        ],
    }
    assert uploaded == [ox, cart]


def test_a_path_without_a_file_names_its_place_in_the_request() -> None:
    with pytest.raises(Fault, match=r"elements\[0\]\.frontal_image_url: 'nowhere.png' is neither a URL nor a file"):
        put({"elements": [{"frontal_image_url": "nowhere.png"}]})


def test_fields_that_the_model_does_not_know_stay_as_they_are() -> None:
    request = {"invented": ["nowhere.png", {"deep": "nowhere.png"}], "seed": 3}
    assert put(request) == (request, [])

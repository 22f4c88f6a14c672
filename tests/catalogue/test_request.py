"""The fields that every request may have."""

from typing import Any

import pytest

from oxreel.catalogue import common_request
from oxreel.errors import InvalidParams


def test_defaults_are_those_of_the_documents() -> None:
    common = common_request({"model": "m", "prompt": "ignored here"})
    assert (common.response_format, common.num_generations, common.preview) == ("url", 1, False)
    assert common.validate_now is False
    assert common_request({"model": "m", "validate": True}).validate_now is True


@pytest.mark.parametrize("number", [0, 5, -1, 1.5, "2", True, [], 10**400])
def test_a_wrong_number_of_generations_is_told_the_documented_range(number: Any) -> None:
    with pytest.raises(InvalidParams, match="num_generations must be an integer between 1 and 4"):
        common_request({"model": "m", "num_generations": number})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "model: Field required"),
        ({"model": None}, "model: Field required"),
        ({"model": 5}, "model: Input should be a valid string"),
        ({"model": "m", "response_format": "mp4"}, "response_format: Input should be 'url' or 'b64_json'"),
        ({"model": "m", "preview": "yes"}, "preview: Input should be a valid boolean"),
        ({"model": "m", "seed": -1}, "seed: Input should be greater than or equal to 0"),
    ],
)
def test_what_is_wrong_is_named(body: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParams) as refusal:
        common_request(body)
    assert message in refusal.value.message

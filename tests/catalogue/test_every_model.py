"""The shared suite: what every model of the catalogue keeps, whichever it is."""

from fractions import Fraction
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oxreel.catalogue import EXAMPLE_NAMES, Catalogue, Model, check, examples, price, quote, request_schema
from oxreel.errors import InvalidParams
from oxreel.settings import Settings

MODELS = Catalogue().all()


@pytest.fixture(params=MODELS, ids=lambda model: model.id)
def model(request: pytest.FixtureRequest) -> Model:
    """Each model in turn."""
    found: Model = request.param
    return found


def test_its_id_stands_in_a_path_and_is_its_own(model: Model) -> None:
    assert "/" not in model.id
    assert [other.id for other in MODELS].count(model.id) == 1


def test_its_request_schema_is_valid_json_schema_that_stands_alone(model: Model) -> None:
    schema = request_schema(model)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False
    assert "$ref" not in str(schema)


def test_every_field_tells_its_place_its_title_and_what_it_is_for(model: Model) -> None:
    schema = request_schema(model)
    places = []
    for name, field in schema["properties"].items():
        assert field["title"], name
        assert field["description"], name
        assert field["type"], name
        assert "null" not in str(field), name
        places.append(field["x-order"])
    assert sorted(places) == list(range(1, len(places) + 1))
    assert set(schema["basic"]) <= set(schema["properties"])
    # What a form must have, it shows first.
    assert set(schema["required"]) <= set(schema["basic"])


def test_its_defaults_are_values_that_it_takes(model: Model) -> None:
    for name, field in request_schema(model)["properties"].items():
        if "default" in field:
            jsonschema.validate(field["default"], field)
            check(model, {**examples(model)["minimal"], name: field["default"]})


@pytest.mark.parametrize("example", EXAMPLE_NAMES)
def test_its_examples_are_valid(model: Model, example: str) -> None:
    body = examples(model)[example]
    check(model, body)
    schema = request_schema(model)
    jsonschema.validate({name: value for name, value in body.items() if name != "model"}, schema)
    assert set(schema["required"]) <= set(body)


def test_a_missing_required_field_is_named(model: Model) -> None:
    body = examples(model)["minimal"]
    for name in request_schema(model)["required"]:
        rest = {key: value for key, value in body.items() if key != name}
        with pytest.raises(InvalidParams, match=f"{name}: Field required"):
            check(model, rest)


def test_null_is_as_good_as_not_sent(model: Model) -> None:
    schema = request_schema(model)
    body = examples(model)["minimal"]
    nothing = {name: None for name in schema["properties"] if name not in body}
    assert check(model, {**nothing, **body}) == check(model, body)


def test_an_unknown_field_is_refused_by_name_with_those_that_there_are(model: Model) -> None:
    with pytest.raises(InvalidParams) as refusal:
        check(model, {**examples(model)["minimal"], "guidance": 3})
    assert "guidance: Unknown field" in refusal.value.message
    assert all(name in refusal.value.message for name in request_schema(model)["properties"])


def test_a_value_outside_an_enum_is_answered_with_the_values(model: Model) -> None:
    for name, field in request_schema(model)["properties"].items():
        if "enum" in field:
            with pytest.raises(InvalidParams) as refusal:
                check(model, {**examples(model)["minimal"], name: "other"})
            *others, last = [f"'{value}'" for value in field["enum"]]
            assert f"{name}: Input should be {', '.join(others)} or {last}" in refusal.value.message


def test_a_prompt_that_is_too_long_is_told_its_limit_and_its_length(model: Model) -> None:
    limit = request_schema(model)["properties"]["prompt"]["maxLength"]
    body = examples(model)["minimal"]
    check(model, {**body, "prompt": "é" * limit})
    with pytest.raises(InvalidParams, match=rf"prompt: .*at most {limit} characters, not {limit + 1}"):
        check(model, {**body, "prompt": "é" * (limit + 1)})


def test_a_blank_prompt_is_a_missing_one(model: Model) -> None:
    with pytest.raises(InvalidParams, match=r"Field required|must be provided"):
        check(model, {**examples(model)["minimal"], "prompt": " \n"})


def test_a_whole_number_in_a_string_is_a_duration_and_nothing_else_is(model: Model) -> None:
    if "duration" not in request_schema(model)["properties"]:
        return
    body = examples(model)["minimal"]
    plain = check(model, {**body, "duration": 5})
    assert check(model, {**body, "duration": "5"}) == plain
    assert check(model, {**body, "duration": 5.0}) == plain
    wrongs: list[Any] = [
        0,
        -5,
        16,
        5.5,
        "5.0",
        "05",
        "",
        "five",
        "５",
        True,
        [5],
        {},
        10**400,
        "9" * 5000,
        float("nan"),
    ]
    for wrong in wrongs:
        with pytest.raises(InvalidParams, match="duration: Input should be '"):
            check(model, {**body, "duration": wrong})


def test_an_address_must_be_one(model: Model) -> None:
    for name, field in request_schema(model)["properties"].items():
        several = field["type"] == "array" and field["items"].get("format") == "uri"
        if several or field.get("format") == "uri":
            for wrong in ("ftp://example.com/a.png", "file:///etc/passwd", "a.png", ""):
                with pytest.raises(InvalidParams, match=rf"{name}.*: Input should be an http"):
                    check(model, {**examples(model)["minimal"], name: [wrong] if several else wrong})


def test_references_say_where_in_the_request_they_stand(model: Model) -> None:
    body = examples(model)["all"]
    requests = check(model, body).reference_requests()
    assert len({request.name for request in requests}) == len(requests)
    for request in requests:
        assert request.url == _at(body, request.field)


def _at(body: dict[str, Any], place: str) -> Any:
    value: Any = body
    for part in place.replace("]", "").replace("[", ".").split("."):
        value = value[int(part)] if part.isdigit() else value[part]
    return value


def test_a_mention_of_nothing_is_answered_with_what_there_is(model: Model) -> None:
    with pytest.raises(InvalidParams, match=r"prompt: @Image9 names a reference that was not sent; it has"):
        check(model, {**examples(model)["minimal"], "prompt": "@Image9 walks"})


def test_its_length_and_its_price_agree(model: Model) -> None:
    params = check(model, examples(model)["minimal"])
    most = params.seconds()
    assert 1 <= params.seconds(video_seconds=0.1) <= params.seconds(video_seconds=7.3) <= most
    rates = price(model, Settings())
    assert quote(model, params, None, Settings()) == rates.per_second * most
    assert quote(model, params, 4, Settings()) == rates.per_second * 4


def test_its_canvas_is_even_and_has_the_shape_of_what_decides_it(model: Model) -> None:
    params = check(model, examples(model)["all"])
    size = model.size(params, start_size=(1200, 900), video_size=(900, 1200))
    assert size[0] % 2 == size[1] % 2 == 0
    expected = {"start": Fraction(4, 3), "video": Fraction(3, 4), "aspect_ratio": Fraction(16, 9)}
    assert abs(Fraction(*size) - expected[params.shape_source()]) < Fraction(1, 200)


# Whatever JSON can hold, and what Python's parser lets through beside it.
HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**4000), 1e308])
    | st.floats()
    | st.text(st.characters(codec=None, categories=None), max_size=20)
    | st.sampled_from(["https://example.com/a.png", "\ud800", "\0", "@Image1", "@Image" + "9" * 50, "5", "auto"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted({name for model in MODELS for name in request_schema(model)["properties"]})


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(MODELS), st.data())
def test_whatever_comes_is_either_valid_or_refused_in_words(model: Model, data: st.DataObject) -> None:
    body = data.draw(st.dictionaries(st.sampled_from([*NAMES, "\ud800"]) | st.text(max_size=5), HOSTILE, max_size=5))
    if data.draw(st.booleans()):
        body = {**examples(model)["minimal"], **body}
    refusal = None
    try:
        params = check(model, body)
    except InvalidParams as error:
        refusal = error.message
    if refusal is not None:
        assert refusal.startswith("Getting model response error: 422 - ")
        assert len(refusal.encode()) < 20_000
    else:
        assert params.shot_requests()
        assert {request.name for request in params.reference_requests()} >= set(params.mention_names().values())
        assert all(warning.endswith(".") for warning in params.warnings())
        assert model.size(params)[0] % 2 == 0


def test_a_body_that_nests_deeply_is_refused(model: Model) -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    for name in ("prompt", "unknown", "elements", "input_image"):
        with pytest.raises(InvalidParams):
            check(model, {**examples(model)["minimal"], name: deep})

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import generations
from oxreel.errors import InvalidParams
from oxreel.generations import inputs
from oxreel.generations.order import read_order
from oxreel.generations.submit import Request, submit
from oxreel.storage import Objects

LONG = "data:image/png;base64," + "A" * 5000


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.just(LONG) | st.text().map(lambda text: f"data:,{text}"),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        ),
        max_size=4,
    )
)
def test_what_was_put_away_comes_back_as_it_was_sent(parameters: dict[str, Any]) -> None:
    objects = Objects.open("memory:///")
    assert inputs.bring_back(objects, inputs.put_away(objects, parameters)) == parameters


def test_rows_stay_small_and_show_how_an_input_begins_and_how_long_it_is() -> None:
    objects = Objects.open("memory:///")
    kept = inputs.put_away(objects, {"elements": [{"frontal_image_url": LONG}], "prompt": "p"})
    assert len(str(kept)) < 300
    [element] = inputs.shown(kept)["elements"]
    assert element["frontal_image_url"] == f"{LONG[:64]}… ({len(LONG)} characters)"


def test_the_same_picture_is_kept_once() -> None:
    objects = Objects.open("memory:///")
    inputs.put_away(objects, {"a": LONG, "b": [LONG]})
    assert len(objects.keys("inputs")) == 1


def test_nobody_can_ask_for_what_another_sent() -> None:
    objects = Objects.open("memory:///")
    token = inputs.put_away(objects, {"input_image": LONG})["input_image"]
    with pytest.raises(InvalidParams, match="not an address"):
        inputs.put_away(objects, {"input_image": token})


def test_the_database_never_holds_a_long_picture(studio: Hub, caller: Caller) -> None:
    body = {"model": "kling-video-o3-pro-image-to-video", "prompt": "p", "input_image": LONG, "preview": True}
    submit(studio, Request(read_order(body), caller, own_host="testserver", check_now=True))
    with studio.database.snapshot() as tx:
        stored = tx.execute(sa.select(sa.cast(generations.c.parameters, sa.Text))).scalar_one()
    assert len(stored) < 500

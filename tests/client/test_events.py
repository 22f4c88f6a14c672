"""The event stream as the client reads it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oxreel_client import Client, HubRefused
from oxreel_client.events import Event, parse

DONE = 'event: media_generation_completed\ndata: {"generation_id":"g-1","status":"succeeded"}\n\n'


def test_an_event_is_read_as_the_documents_write_it() -> None:
    assert list(parse(f": keep-alive\n\n{DONE}".splitlines())) == [
        Event("media_generation_completed", {"generation_id": "g-1", "status": "succeeded"}, None)
    ]


def test_an_id_holds_until_the_next_one() -> None:
    lines = f"id: 7\n{DONE}{DONE}id: 9\n{DONE}".splitlines()
    assert [event.id for event in parse(lines)] == ["7", "7", "9"]


def test_data_over_several_lines_is_one_object() -> None:
    assert list(parse(['data: {"a":', "data: 1}", ""])) == [Event("message", {"a": 1}, None)]


@given(st.lists(st.text(st.characters(exclude_characters="\n\r")) | st.sampled_from(["", "data: {", "id:", "event"])))
def test_no_lines_whatever_break_the_reader(lines: list[str]) -> None:
    for event in parse(lines):
        assert isinstance(event.data, dict)


def test_a_broken_stream_is_taken_up_where_it_broke(published_hub: Any) -> None:
    url, routes = published_hub
    asked: list[str | None] = []

    def stream(handler: Any) -> None:
        asked.append(handler.headers.get("Last-Event-ID"))
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(f"id: {len(asked)}\n{DONE}".encode())
        # The answer ends here, as it does when a proxy or a restart cuts it.

    routes["GET /api/events"] = stream
    with Client(url, "k") as hub:
        events = hub.events()
        assert [next(events).id for _ in range(3)] == ["1", "2", "3"]
    assert asked == [None, "1", "2"]


def test_a_program_can_go_on_from_an_event_that_it_kept(published_hub: Any) -> None:
    url, routes = published_hub
    asked: list[str | None] = []

    def stream(handler: Any) -> None:
        asked.append(handler.headers.get("Last-Event-ID"))
        handler.answer(DONE.encode())

    routes["GET /api/events"] = stream
    with Client(url, "k") as hub:
        next(hub.events("41"))
    assert asked == ["41"]


def test_a_wrong_key_ends_the_stream_with_the_hubs_words(published_hub: Any) -> None:
    url, routes = published_hub
    routes["GET /api/events"] = lambda handler: handler.answer({"error": {"message": "unknown key"}}, 401)
    with Client(url, "k") as hub, pytest.raises(HubRefused, match="unknown key"):
        next(hub.events())

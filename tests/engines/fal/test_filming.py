"""A film at fal when nothing goes wrong, and when everything does. Nothing is ever asked for twice."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from engines.fal.boards import picture, quick_board
from engines.pictures import storyboard
from engines.suite import Notes
from oxreel.cli.main import app
from oxreel.engines.engine import Stopped
from oxreel.engines.fal import FalEngine, filming
from oxreel.engines.fal.prices import published
from oxreel.errors import FilmingFailed, InvalidParams, OxReelError
from oxreel.settings import Settings
from support.fal import KEY, FakeFal, Fault, kling_film
from support.hub import free_port

Engines = Callable[..., FalEngine]


@pytest.fixture
def with_settings(fal: FakeFal, tmp_path: Path) -> Engines:
    """An engine with other settings."""
    return lambda **more: FalEngine(fal.settings(tmp_path / "data", **more))


def filmed(
    engine: FalEngine, folder: Path, memo: Notes | None = None, on_frame: Any = lambda _: None, **more: Any
) -> Path:
    board = quick_board(**more)
    [part] = engine.parts(board)
    return engine.film(board, part, folder, on_frame, memo or Notes()).path


def delivered(engine: FalEngine, folder: Path) -> Path:
    """The delivered film."""
    board, target = quick_board(), folder / "film.mp4"
    [part] = engine.parts(board)
    engine.finish(board, [engine.film(board, part, folder, lambda _: None, Notes())], target)
    return target


def refused(engine: FalEngine, folder: Path, kind: type[OxReelError] = FilmingFailed, memo: Notes | None = None) -> str:
    """What is said of a film that does not come about."""
    with pytest.raises(kind) as met:
        filmed(engine, folder, memo)
    assert type(met.value) is kind
    assert KEY not in met.value.message
    return met.value.message


def test_the_file_is_taken_as_fal_made_it_and_the_key_goes_to_fal_alone(
    fal: FakeFal, engine: FalEngine, tmp_path: Path
) -> None:
    path = filmed(engine, tmp_path)
    assert path.read_bytes() == kling_film(73)
    [job] = fal.jobs
    assert job.input == {"prompt": "A quiet valley", "duration": "3", "aspect_ratio": "16:9", "generate_audio": False}
    assert [headers.get("authorization") for _, path, headers in fal.heard if not path.startswith("/files")] == [
        f"Key {KEY}"
    ] * (len(fal.heard) - 1)
    assert all("authorization" not in headers for _, path, headers in fal.heard if path.startswith("/files"))


def test_the_memo_says_that_something_may_be_paid_before_it_is(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    seen: list[tuple[int, dict[str, Any]]] = []

    class Watched(Notes):
        def write(self, **entries: Any) -> None:
            super().write(**entries)
            seen.append((len(fal.jobs), dict(self.entries)))

    filmed(engine, tmp_path, Watched())
    (before, first), (after, second), *_ = seen
    assert (before, first["submitting"], "request_id" in first) == (0, True, False)
    assert (after, second["submitting"], second["request_id"]) == (1, False, fal.jobs[0].id)


def test_a_connection_that_drops_after_the_request_was_taken_is_not_tried_again(
    fal: FakeFal, engine: FalEngine, tmp_path: Path
) -> None:
    fal.faults["submit"] = [Fault(drop=True)]
    memo = Notes()
    for _ in range(2):  # whoever goes on with it does not send it either
        assert refused(engine, tmp_path, memo=memo).startswith("create_ambiguous: ")
    assert (len(fal.jobs), fal.count("POST")) == (1, 1)
    assert engine.abandon(memo.read()) == {}


@pytest.mark.parametrize(
    "fault", [Fault(500), Fault(502), Fault(504), Fault(302, headers={"Location": "/"}), Fault(200, b"<html>")]
)
def test_an_answer_that_tells_nothing_of_what_was_taken_is_ambiguous(
    fal: FakeFal, engine: FalEngine, tmp_path: Path, fault: Fault
) -> None:
    fal.faults["submit"] = [fault]
    assert refused(engine, tmp_path).startswith("create_ambiguous: ")
    assert fal.count("POST") == 1


@pytest.mark.parametrize("status", [302, 500, 504])
def test_the_number_of_an_answer_that_is_no_success_is_no_ticket_but_is_told(
    fal: FakeFal, engine: FalEngine, tmp_path: Path, status: int
) -> None:
    fal.faults["submit"] = [Fault(status, headers={"X-Fal-Request-Id": "r-17"})]
    memo = Notes()
    said = refused(engine, tmp_path, memo=memo)
    assert said.startswith("create_ambiguous: ")
    assert f"status {status}, fal's request r-17" in said
    assert (fal.count("POST"), fal.count("GET"), "request_id" in memo.entries) == (1, 0, False)


def test_an_answer_that_does_not_come_in_time_is_ambiguous(
    fal: FakeFal, with_settings: Engines, tmp_path: Path
) -> None:
    fal.faults["submit"] = [Fault(delay=3)]
    assert refused(with_settings(fal_seconds=0.5), tmp_path).startswith("create_ambiguous: ")
    assert fal.count("POST") == 1


def test_a_garbled_answer_with_the_number_in_its_header_is_enough(
    fal: FakeFal, engine: FalEngine, tmp_path: Path
) -> None:
    fal.faults["submit"] = [Fault(body=b"{garbage")]
    assert filmed(engine, tmp_path).read_bytes() == kling_film(73)
    assert len(fal.jobs) == 1


def test_a_busy_queue_is_asked_again_until_it_takes_the_request(
    fal: FakeFal, engine: FalEngine, tmp_path: Path
) -> None:
    fal.faults["submit"] = [Fault(429, headers={"Retry-After": "0"}), Fault(503)]
    filmed(engine, tmp_path)
    assert (len(fal.jobs), fal.count("POST")) == (1, 3)


def test_a_queue_that_stays_busy_is_given_up_and_nothing_is_in_doubt(
    fal: FakeFal, with_settings: Engines, tmp_path: Path
) -> None:
    fal.faults["submit"] = [Fault(429) for _ in range(20)]
    memo = Notes()
    said = refused(with_settings(fal_submit_seconds=1.5), tmp_path, memo=memo)
    assert "Nothing was made or paid" in said
    assert memo.entries["submitting"] is False


def test_a_server_that_cannot_be_reached_is_tried_again_because_nothing_left(
    fal: FakeFal, with_settings: Engines, tmp_path: Path
) -> None:
    engine = with_settings(fal_url=f"http://127.0.0.1:{free_port()}", fal_submit_seconds=1.5)
    assert "Nothing was made or paid" in refused(engine, tmp_path)


@pytest.mark.parametrize("status", [404, 409])
def test_what_fal_refuses_is_not_offered_again(fal: FakeFal, engine: FalEngine, tmp_path: Path, status: int) -> None:
    fal.faults["submit"] = [Fault(status, {"detail": "Not this way"})]
    memo = Notes()
    assert f"status {status}: Not this way." in refused(engine, tmp_path, memo=memo)
    assert fal.count("POST") == 1
    assert memo.entries["submitting"] is False


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refused_account_is_told_to_the_operator_and_not_to_the_client(
    fal: FakeFal, engine: FalEngine, tmp_path: Path, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    fal.faults["submit"] = [Fault(status, {"detail": "User is locked. Reason: Exhausted balance."})]
    said = refused(engine, tmp_path)
    assert "refused this hub's account" in said
    assert "balance" not in said
    assert any("fal_refused_the_account" in record.message for record in caplog.records)


def test_a_hub_without_a_key_asks_nobody(fal: FakeFal, with_settings: Engines, tmp_path: Path) -> None:
    assert "OXREEL_FAL_KEY" in refused(with_settings(fal_key=""), tmp_path)
    assert not fal.heard


PROBLEM = {"loc": ["body", "start_image_url"], "msg": "The picture is too dark", "type": "image_too_dark"}


@pytest.mark.parametrize("place", ["submit", "result"])
def test_what_the_model_refuses_is_told_in_the_documented_words_and_the_requests_names(
    fal: FakeFal, engine: FalEngine, tmp_path: Path, place: str
) -> None:
    body = {"detail": [PROBLEM, {"loc": ["body", "prompt"], "msg": "Field required"}]}
    fault = Fault(422, body, {"X-Fal-Retryable": "false"})
    if place == "submit":
        fal.faults["submit"] = [fault]
    else:
        fal.refusal = fault
    start = picture(tmp_path, "start", "input_image")
    board = storyboard([{"seconds": 3, "start": start}], width=320, height=180)
    with pytest.raises(InvalidParams) as met:
        engine.film(board, board.shots[0], tmp_path, lambda _: None, Notes())
    assert met.value.message == (
        "Getting model response error: 422 - start_image_url: The picture is too dark; prompt: Field required"
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Fault(500, {"detail": [{"loc": ["body"], "msg": "Internal error", "type": "internal_server_error"}]}), "500"),
        (Fault(504, {"detail": "Too slow", "error_type": "request_timeout"}, {"X-Fal-Error-Type": "x"}), "Too slow"),
        (Fault(503, {"detail": "No runner"}, {"X-Fal-Error-Type": "runner_scheduling_failure"}), "No runner"),
    ],
)
def test_a_film_that_fails_says_why_and_is_not_made_again(
    fal: FakeFal, engine: FalEngine, tmp_path: Path, answer: Fault, said: str
) -> None:
    fal.refusal = answer
    memo = Notes()
    assert said in refused(engine, tmp_path, memo=memo)
    assert (len(fal.jobs), memo.entries["done"], "cost_micro_usd" in memo.entries) == (1, True, False)


#: What stands before fal, and not fal, says.
ODD = [Fault(status, b"<html>oh no") for status in (500, 504, 524, 403, 401, 404, 302, 200)]


def test_a_result_that_something_else_than_fal_refuses_is_asked_for_again(
    fal: FakeFal, with_settings: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filming, "_LONGEST_OFFER", 0.1)
    price = {"fal-ai/kling-video/o3/pro/text-to-video": "0.2"}
    fal.faults["status"] = [Fault(403, b"<html>"), Fault(404, b"<html>")]
    fal.faults["result"] = [*ODD, Fault(402, {"detail": "Exhausted balance."})]
    memo = Notes()
    assert filmed(with_settings(fal_prices=price), tmp_path, memo).read_bytes() == kling_film(73)
    assert (len(fal.jobs), fal.faults["result"], memo.entries["cost_micro_usd"]) == (1, [], 600_000)


def test_a_result_that_is_never_handed_out_is_given_up_and_its_cost_still_to_be_found(
    fal: FakeFal, with_settings: Engines, tmp_path: Path
) -> None:
    price = {"fal-ai/kling-video/o3/pro/text-to-video": "0.2"}
    engine, memo = with_settings(fal_submit_seconds=1, fal_prices=price), Notes()
    fal.refusal = Fault(504, b"<html>oh no")
    assert "does not hand out what it made (status 504)" in refused(engine, tmp_path, memo=memo)
    assert "done" not in memo.entries
    fal.refusal = None
    assert engine.abandon(memo.read())["cost_micro_usd"] == 600_000


def test_a_film_that_may_be_worth_another_try_says_so(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    fal.refusal = Fault(500, {"detail": "Runner died"}, {"X-Fal-Retryable": "true"})
    assert refused(engine, tmp_path).endswith("It may be worth another try.")


def test_completed_is_no_success_where_it_comes_with_an_error(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    fal.error = {"error": "Runner disconnected", "error_type": "runner_disconnected"}
    assert "(runner_disconnected): Runner disconnected" in refused(engine, tmp_path)


def test_looks_that_go_wrong_are_only_looks(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    fal.faults["status"] = [
        Fault(500),
        Fault(429),
        Fault(200, b"[1"),
        Fault(drop=True),
        Fault(302),
        Fault(200, {"a": 1}),
    ]
    fal.faults["result"] = [Fault(502), Fault(drop=True)]
    assert filmed(engine, tmp_path).read_bytes() == kling_film(73)
    assert len(fal.jobs) == 1


def test_a_request_that_fal_forgot_is_given_up(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    fal.faults["status"] = [Fault(404, {"detail": "not found"})]
    assert "no longer knows" in refused(engine, tmp_path)


def test_a_film_that_takes_too_long_is_given_up_and_called_off(
    fal: FakeFal, with_settings: Engines, tmp_path: Path
) -> None:
    fal.hold.clear()
    memo = Notes()
    assert "took longer than 2 seconds" in refused(with_settings(fal_wait_seconds=2), tmp_path, memo=memo)
    assert fal.jobs[0].cancelled
    assert memo.entries["called_off"] == "CANCELLATION_REQUESTED"


def test_addresses_of_another_host_never_get_the_key(fal: FakeFal, with_settings: Engines, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.1)
        there = f"http://127.0.0.1:{other.getsockname()[1]}/x"
        addresses = {"status_url": there, "response_url": there, "cancel_url": f"http://fal@{fal.host}/x"}
        fal.faults["submit"] = [Fault(answer=addresses)]
        filmed(with_settings(fal_seconds=5, fal_wait_seconds=30), tmp_path)
        with pytest.raises(TimeoutError):
            other.accept()


def test_a_film_inside_of_the_network_is_not_fetched(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.1)
        url = f"http://127.0.0.1:{inside.getsockname()[1]}/film.mp4"
        fal.faults["result"] = [Fault(answer={"video": {"url": url}})]
        assert "not on the public internet" in refused(engine, tmp_path)
        with pytest.raises(TimeoutError):
            inside.accept()


@pytest.mark.parametrize("said", [{}, {"video": None}, {"video": {"url": 7}}, {"video": {"url": "nowhere"}}])
def test_a_result_without_a_film_is_a_failure(
    fal: FakeFal, engine: FalEngine, tmp_path: Path, said: dict[str, Any]
) -> None:
    fal.refusal = Fault(200, said)
    refused(engine, tmp_path)


def test_a_film_that_is_too_large_is_not_taken(fal: FakeFal, with_settings: Engines, tmp_path: Path) -> None:
    fal.film = b"\0" * 1_500_000
    assert "1.5 MB; at most 1 MB" in refused(with_settings(fal_megabytes=1), tmp_path)
    assert fal.count("GET", ".mp4") == 1
    assert not list(tmp_path.glob("*.mp4"))


def test_a_download_that_breaks_off_is_begun_again(
    fal: FakeFal, engine: FalEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filming, "_LONGEST_OFFER", 0.1)
    fal.faults["file"] = [Fault(drop=True), Fault(503), Fault(404), Fault(403), Fault(429)]
    assert filmed(engine, tmp_path).read_bytes() == kling_film(73)
    assert fal.count("GET", ".mp4") == 6


def test_a_file_that_never_comes_is_given_up_after_a_while_and_its_cost_is_known(
    fal: FakeFal, with_settings: Engines, tmp_path: Path
) -> None:
    price = {"fal-ai/kling-video/o3/pro/text-to-video": "0.2"}
    fal.faults["file"] = [Fault(404) for _ in range(50)]
    memo = Notes()
    said = refused(with_settings(fal_submit_seconds=1.5, fal_prices=price), tmp_path, memo=memo)
    assert "does not hand out the file of what it made" in said
    assert 3 <= fal.count("GET", ".mp4") < 10
    assert memo.entries["cost_micro_usd"] == 600_000


def test_what_a_films_type_is_said_to_be_means_nothing(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    fal.content_type = "text/html"
    assert delivered(engine, tmp_path).stat().st_size


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<!doctype html><title>no film", "an HTML page"),
        (b"", "empty"),
        (kling_film(73)[:5000], "cannot be used"),
        (b"\0\0\0\x18ftypmp42" + b"\xff" * 5000, "cannot be used"),
    ],
)
def test_a_file_that_is_no_film_is_a_failure(
    fal: FakeFal, engine: FalEngine, tmp_path: Path, data: bytes, said: str
) -> None:
    fal.film = data
    with pytest.raises(FilmingFailed, match=said):
        delivered(engine, tmp_path)
    assert not (tmp_path / "film.mp4").exists()


class StopAfter:
    """Films until somebody says stop, and counts the signs of life."""

    def __init__(self, condition: Callable[[], bool]) -> None:
        self._condition = condition
        self.times: list[float] = []
        self.frames: list[int] = []

    def __call__(self, frames: int) -> None:
        self.times.append(time.monotonic())
        self.frames.append(frames)
        if self._condition():
            raise Stopped


def test_a_slow_film_gives_a_sign_of_life_each_second_and_lets_go_at_once(
    fal: FakeFal, with_settings: Engines, tmp_path: Path
) -> None:
    fal.hold.clear()
    fal.faults["status"] = [Fault(), Fault(delay=2.2)]
    began = time.monotonic()
    signs = StopAfter(lambda: time.monotonic() - began > 2.5)
    with pytest.raises(Stopped):
        filmed(with_settings(fal_poll_seconds=30), tmp_path, on_frame=signs)
    assert max(b - a for a, b in zip(signs.times, signs.times[1:], strict=False)) < 2
    assert time.monotonic() - signs.times[-1] < 5


def test_a_cancelled_film_is_called_off(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    fal.hold.clear()
    memo = Notes()
    with pytest.raises(Stopped):
        filmed(engine, tmp_path, memo, StopAfter(lambda: bool(fal.count("GET", "/status"))))
    found = engine.abandon(memo.read())
    assert found == {"done": True, "called_off": "CANCELLATION_REQUESTED"}
    assert fal.jobs[0].cancelled
    assert engine.abandon({**memo.read(), **found}) == {}
    assert fal.count("PUT") == 1


def test_a_film_that_was_cancelled_too_late_is_paid_and_says_what_it_cost(
    fal: FakeFal, with_settings: Engines, tmp_path: Path
) -> None:
    prices = {"fal-ai/kling-video/o3/pro/text-to-video": "0.2"}
    engine, memo = with_settings(fal_prices=prices), Notes()
    fal.hold.clear()
    with pytest.raises(Stopped):
        filmed(engine, tmp_path, memo, StopAfter(lambda: bool(fal.count("GET", "/status"))))
    fal.complete(fal.jobs[0])
    assert engine.abandon(memo.read()) == {"done": True, "called_off": "ALREADY_COMPLETED", "cost_micro_usd": 600_000}


def test_a_film_that_is_made_although_it_was_called_off_says_what_it_cost_in_the_end(
    fal: FakeFal, with_settings: Engines, tmp_path: Path
) -> None:
    fal.heeds_cancel = False
    fal.hold.clear()
    engine, memo = with_settings(fal_prices={"fal-ai/kling-video/o3/pro/text-to-video": "0.2"}), Notes()
    with pytest.raises(Stopped):
        filmed(engine, tmp_path, memo, StopAfter(lambda: bool(fal.count("GET", "/status"))))
    for _ in range(2):
        with pytest.raises(FilmingFailed, match="has not ended yet"):
            engine.abandon(memo.read())
    fal.hold.set()
    assert engine.abandon(memo.read())["cost_micro_usd"] == 600_000


def test_a_request_that_is_forgotten_once_it_is_called_off_has_ended(
    fal: FakeFal, engine: FalEngine, tmp_path: Path
) -> None:
    fal.hold.clear()
    memo = Notes()
    with pytest.raises(Stopped):
        filmed(engine, tmp_path, memo, StopAfter(lambda: bool(fal.count("GET", "/status"))))
    fal.faults["status"] = [Fault(404, {"detail": "not found"})]
    assert engine.abandon(memo.read()) == {"done": True, "called_off": "CANCELLATION_REQUESTED"}


def test_calling_off_that_is_not_heard_is_told(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    fal.hold.clear()
    memo = Notes()
    with pytest.raises(Stopped):
        filmed(engine, tmp_path, memo, StopAfter(lambda: bool(fal.count("GET", "/status"))))
    fal.faults["cancel"] = [Fault(500)]
    with pytest.raises(FilmingFailed):
        engine.abandon(memo.read())


def test_a_film_that_is_stopped_while_it_is_submitted_is_still_known(
    fal: FakeFal, engine: FalEngine, tmp_path: Path
) -> None:
    fal.faults["submit"] = [Fault(delay=1.5)]
    memo = Notes()
    with pytest.raises(Stopped):
        filmed(engine, tmp_path, memo, StopAfter(lambda: bool(fal.jobs)))
    assert memo.entries["request_id"] == fal.jobs[0].id


def test_another_worker_goes_on_with_the_request_that_is_known(
    fal: FakeFal, engine: FalEngine, with_settings: Engines, tmp_path: Path
) -> None:
    fal.hold.clear()
    memo = Notes()
    with pytest.raises(Stopped):
        filmed(engine, tmp_path, memo, StopAfter(lambda: bool(fal.count("GET", "/status"))))
    fal.hold.set()
    assert filmed(with_settings(), tmp_path, memo).read_bytes() == kling_film(73)
    # And once more after it was done: its worker may have died while it fetched the film.
    assert filmed(with_settings(), tmp_path, memo).read_bytes() == kling_film(73)
    assert (len(fal.jobs), fal.count("POST")) == (1, 1)


def test_the_bar_moves_as_the_logs_say(fal: FakeFal, engine: FalEngine, tmp_path: Path) -> None:
    fal.works, fal.messages = 6, ["Loading", "Sampling: 60% done", "took 1.5 s at 1080p"]
    told: list[int] = []
    filmed(engine, tmp_path, on_frame=told.append)
    assert told == sorted(told)
    assert 0 in told
    assert int(73 * 0.6) in told
    assert told[-1] == 73


def test_what_a_film_cost_is_counted_in_the_units_that_fal_bills(
    fal: FakeFal, with_settings: Engines, tmp_path: Path
) -> None:
    name = "fal-ai/kling-video/o3/pro/text-to-video"
    engine = with_settings(fal_prices={name: "0.2", f"{name}+audio": "0.25"})
    for units, audio, cost in ((None, False, 600_000), ("4", False, 800_000), ("x", True, 750_000)):
        fal.billable_units, memo = units, Notes()
        filmed(engine, tmp_path, memo, audio=audio)
        assert memo.entries["cost_micro_usd"] == cost
    memo = Notes()
    filmed(with_settings(), tmp_path, memo)
    assert "cost_micro_usd" not in memo.entries


def test_a_webhook_that_was_heard_is_quicker_than_the_next_look(
    fal: FakeFal, with_settings: Engines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filming, "_FIRST_LOOK", 90.0)
    fal.hold.clear()
    engine = with_settings(fal_poll_seconds=90, public_url="https://hub.example/")
    memo = Notes()

    def on_frame(_: int) -> None:
        if fal.count("GET", "/status") and not fal.hold.is_set():
            fal.hold.set()
            memo.write(heard=fal.jobs[0].id)

    began = time.monotonic()
    filmed(engine, tmp_path, memo, on_frame)
    assert time.monotonic() - began < 60
    assert fal.jobs[0].webhook == "https://hub.example/api/fal/webhook/6f1d0c1e"


def test_no_webhook_is_asked_for_without_a_public_url(fal: FakeFal, with_settings: Engines, tmp_path: Path) -> None:
    filmed(with_settings(), tmp_path)
    filmed(with_settings(public_url="https://hub.example", fal_webhooks=False), tmp_path)
    assert [job.webhook for job in fal.jobs] == ["", ""]


def test_prices_can_be_held_against_those_of_fal(fal: FakeFal, tmp_path: Path) -> None:
    fal.prices = {"fal-ai/a": 0.224}
    [price] = published(fal.settings(tmp_path), ["fal-ai/a", "fal-ai/b"])
    assert (price.endpoint, str(price.dollars), price.unit) == ("fal-ai/a", "0.224", "seconds")
    fal.faults["status"] = [Fault(500)]
    with pytest.raises(FilmingFailed, match="prices"):
        published(fal.settings(tmp_path), ["fal-ai/a"])


@pytest.mark.parametrize("address", ["queue.fal.run", "ftp://queue.fal.run", "https://key@queue.fal.run", "https://"])
def test_an_address_that_can_be_none_of_fals_is_no_setting(tmp_path: Path, address: str) -> None:
    with pytest.raises(ValidationError, match="must be https://HOST"):
        Settings(data_dir=tmp_path, fal_url=address)


@pytest.mark.parametrize("name", ["OXREEL_FAL_URL", "OXREEL_FAL_PRICING_URL", "OXREEL_STORAGE_PUBLIC_ENDPOINT"])
def test_an_address_that_is_none_is_not_shown_because_a_password_may_stand_in_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "https://me:secret-word@fal.example")
    told = CliRunner().invoke(app, ["fal-prices"]).output
    assert f"{name}: it must be https://HOST" in told
    assert "secret-word" not in told

"""Films by a separate server: the contract in both dialects, and what happens when the server misbehaves."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engines.pictures import landscape, reference, storyboard
from engines.suite import EngineSuite, Notes, film
from oxreel.engines.diffusers.family import Rules
from oxreel.engines.engine import Stopped
from oxreel.engines.registry import Registry
from oxreel.engines.video_server import VideoServerEngine, of_settings
from oxreel.engines.video_server.patience import Patience
from oxreel.engines.video_server.served import Served
from oxreel.errors import FilmingFailed, InvalidParams, WrongSetting
from oxreel.settings import Settings
from oxreel.storyboard import Reference, Storyboard
from support.processes import eventually
from support.video_server import FakeVideoServer, Fault, Kind
from support.video_server import film as made_film

QUICK = Patience(film=60, away=0.6, pause=0.02)
#: What each place of the server's can be told to do wrong for a moment.
PASSING = [Fault(status=500), Fault(status=502, body=b"<html>"), Fault(drop=True), Fault(status=200, body=b"not JSON")]
#: A model with every ability, small enough for quick films.
EVERYTHING = Rules(
    can=frozenset({"text", "start", "tail", "references", "audio", "negative"}),
    rate=Fraction(24),
    frame_step=4,
    frame_rest=1,
    most_frames=121,
    size_multiple=16,
    pixels=320 * 180,
    most_references=3,
    mention="<<picture {number}>>",
)


def engine_of(server: FakeVideoServer, **more: Any) -> VideoServerEngine:
    served = Served("my-model", replace(EVERYTHING, **more), server.kind, by_task=server.kind == "vllm-omni")
    return VideoServerEngine(server.url, server.key, served, QUICK)


@pytest.fixture
def vllm() -> Iterator[FakeVideoServer]:
    with FakeVideoServer("vllm-omni", key="a-key-of-the-tests") as server:
        yield server


@pytest.fixture
def sglang() -> Iterator[FakeVideoServer]:
    with FakeVideoServer("sglang") as server:
        yield server


@pytest.fixture
def start(tmp_path: Path) -> Reference:
    return reference(tmp_path, "start", landscape(640, 360))


class TestTheContractWithVllmOmni(EngineSuite):
    segments_are_cut = False
    reads_pictures = False

    @pytest.fixture
    def engine(self, vllm: FakeVideoServer) -> VideoServerEngine:
        return engine_of(vllm)


class TestTheContractWithSglang(EngineSuite):
    segments_are_cut = False
    reads_pictures = False
    makes_sound = False

    @pytest.fixture
    def engine(self, sglang: FakeVideoServer) -> VideoServerEngine:
        return engine_of(sglang)

    def board(self, shots: list[dict[str, Any]], **more: Any) -> Storyboard:
        """It cannot be sent reference pictures."""
        return storyboard([{**shot, "references": ()} for shot in shots], **more)


def test_vllm_omni_is_sent_a_form_with_the_picture_and_the_model_s_own_measures(
    vllm: FakeVideoServer, start: Reference, tmp_path: Path
) -> None:
    board = storyboard([{"start": start, "prompt": "Push in", "seconds": 2}], negative_prompt="fog", audio=True)
    film(engine_of(vllm, rate=Fraction(16)), board, tmp_path / "film")
    [job] = vllm.jobs
    assert job.fields == {
        "prompt": "Push in", "size": "320x192", "num_frames": "33", "fps": "16", "seed": "7",
        "negative_prompt": "fog", "generate_sound": "true", "extra_params": '{"task": "fl2va"}',
    }  # fmt: skip
    assert job.files == [("input_reference", Path(start.path).read_bytes())]


def test_references_go_to_the_one_model_that_takes_them_by_its_names_for_them(
    vllm: FakeVideoServer, start: Reference, tmp_path: Path
) -> None:
    images = [reference(tmp_path, f"Image{number}", landscape(320, 320, seed=number)) for number in (1, 10)]
    board = storyboard([{"references": images, "prompt": "@image10 beside @Image1, @Image12"}])
    film(engine_of(vllm), board, tmp_path / "film")
    assert vllm.jobs[0].fields["prompt"] == "<<picture 2>> beside <<picture 1>>, image 12"
    assert [name for name, _ in vllm.jobs[0].files] == ["input_references", "input_references"]


def test_sglang_is_sent_json_without_a_picture_and_a_form_with_one(
    sglang: FakeVideoServer, start: Reference, tmp_path: Path
) -> None:
    board = storyboard([{"start": start}, {"prompt": "A lake"}])
    film(engine_of(sglang), board, tmp_path / "film")
    assert [job.content_type.partition(";")[0] for job in sglang.jobs] == ["multipart/form-data", "application/json"]
    assert sglang.jobs[1].fields == {"prompt": "A lake", "size": "320x192", "num_frames": 25, "fps": 24, "seed": 7}


@pytest.mark.parametrize("place", ["look", "content"])
@pytest.mark.parametrize("fault", [*PASSING[:3], Fault(cut=100)], ids=["500", "502", "dropped", "cut"])
def test_a_look_or_a_download_that_goes_wrong_is_made_again(
    vllm: FakeVideoServer, tmp_path: Path, place: Any, fault: Fault
) -> None:
    vllm.faults[place] = [fault, fault]
    board = storyboard([{}])
    film(engine_of(vllm), board, tmp_path / "film")
    assert vllm.posts() == 1
    assert not vllm.faults[place]


def test_an_answer_that_is_no_json_is_asked_for_again(sglang: FakeVideoServer, tmp_path: Path) -> None:
    sglang.faults["look"] = [Fault(status=200, body=b"busy"), Fault(status=200, body=b"[1]"), Fault(status=200)]
    film(engine_of(sglang), storyboard([{}]), tmp_path / "film")


def test_a_request_that_may_have_arrived_is_never_sent_twice(vllm: FakeVideoServer, tmp_path: Path) -> None:
    for fault in (Fault(drop=True), Fault(status=504), Fault(status=200, body=b"<html>accepted</html>")):
        vllm.faults["create"], memo = [fault], Notes()
        before = vllm.posts()
        board = storyboard([{}])
        with pytest.raises(FilmingFailed, match="create_ambiguous"):
            engine_of(vllm).film(board, board.shots[0], tmp_path, lambda _: None, memo)
        # Nor by the worker that takes over.
        with pytest.raises(FilmingFailed, match="create_ambiguous"):
            engine_of(vllm).film(board, board.shots[0], tmp_path, lambda _: None, memo)
        assert vllm.posts() == before + 1


def test_a_request_that_was_sent_away_unread_is_sent_again(vllm: FakeVideoServer, tmp_path: Path) -> None:
    vllm.faults["create"] = [Fault(status=503), Fault(status=429)]
    film(engine_of(vllm), storyboard([{}]), tmp_path / "film")
    assert vllm.posts() == 3
    assert len(vllm.jobs) == 1


def test_a_server_that_is_not_there_is_waited_for_and_then_named(tmp_path: Path) -> None:
    board, memo = storyboard([{}]), Notes()
    told: list[int] = []
    with FakeVideoServer("vllm-omni") as gone:
        engine = engine_of(gone)
    with pytest.raises(FilmingFailed, match="did not begin to film: it cannot be reached"):
        engine.film(board, board.shots[0], tmp_path, told.append, memo)
    assert len(told) > 2
    assert not memo.entries["shot_0"]


def test_a_refusal_is_told_in_the_server_s_words_and_can_be_tried_again(vllm: FakeVideoServer, tmp_path: Path) -> None:
    vllm.faults["create"] = [Fault(status=400, body=b'{"detail": "Model mismatch:\\n request specifies"}')]
    board, memo = storyboard([{}]), Notes()
    with pytest.raises(FilmingFailed, match="HTTP 400 - Model mismatch: request specifies"):
        engine_of(vllm).film(board, board.shots[0], tmp_path, lambda _: None, memo)
    engine_of(vllm).film(board, board.shots[0], tmp_path, lambda _: None, memo)


def test_a_key_that_is_refused_is_named_by_its_setting(vllm: FakeVideoServer, tmp_path: Path) -> None:
    engine = engine_of(vllm)
    vllm.key = "another"
    board = storyboard([{}])
    with pytest.raises(FilmingFailed, match="OXREEL_VIDEO_SERVER_KEY"):
        engine.film(board, board.shots[0], tmp_path, lambda _: None, Notes())


def test_a_film_that_fails_there_fails_with_its_reason(sglang: FakeVideoServer, tmp_path: Path) -> None:
    sglang.error = "CUDA out of memory. Tried to allocate 9 GiB\n  at line 5"
    board = storyboard([{}])
    with pytest.raises(FilmingFailed, match=r"could not film it: CUDA out of memory\. Tried .* at line 5"):
        engine_of(sglang).film(board, board.shots[0], tmp_path, lambda _: None, Notes())


@pytest.mark.parametrize("content", [b"", b"<html>login</html>", b"\x00\x00\x00\x18ftypmp42 and no more"])
def test_what_is_no_film_is_not_delivered(vllm: FakeVideoServer, tmp_path: Path, content: bytes) -> None:
    vllm.film = content
    with pytest.raises(FilmingFailed, match=r"not an MP4|cannot be used"):
        film(engine_of(vllm), storyboard([{}]), tmp_path / "film")


def test_a_film_that_is_seconds_too_short_is_not_delivered(vllm: FakeVideoServer, tmp_path: Path) -> None:
    vllm.film = made_film(320, 192, 8, 16, 7, sound=False)
    with pytest.raises(FilmingFailed, match=r"lasts 0\.5 s"):
        film(engine_of(vllm), storyboard([{"seconds": 2}]), tmp_path / "film")


def test_a_server_that_goes_silent_fails_the_film_and_nothing_else(vllm: FakeVideoServer, tmp_path: Path) -> None:
    vllm.faults["look"] = [Fault(status=500)] * 1000
    board = storyboard([{}])
    with pytest.raises(FilmingFailed, match=r"has not answered sensibly for 0\.6 s: HTTP 500"):
        engine_of(vllm).film(board, board.shots[0], tmp_path, lambda _: None, Notes())


def test_a_server_that_forgot_the_film_is_not_asked_for_ever(sglang: FakeVideoServer, tmp_path: Path) -> None:
    board, memo = storyboard([{}]), Notes()
    memo.write(shot_0={"job": "video_gen_of_before_the_restart"})
    with pytest.raises(FilmingFailed, match="no longer knows"):
        engine_of(sglang).film(board, board.shots[0], tmp_path, lambda _: None, memo)
    assert not sglang.jobs


def test_a_film_that_takes_too_long_is_called_off(vllm: FakeVideoServer, tmp_path: Path) -> None:
    vllm.hold.clear()
    engine = engine_of(vllm)
    engine._patience = replace(QUICK, film=0.2)
    board = storyboard([{}])
    with pytest.raises(FilmingFailed, match=r"did not film it within 0\.2 s"):
        engine.film(board, board.shots[0], tmp_path, lambda _: None, Notes())
    assert vllm.jobs[0].deleted


@pytest.mark.parametrize(("place", "said"), [("look", "film it within"), ("content", "film and send it within")])
def test_a_server_that_drips_holds_nobody_for_ever(
    vllm: FakeVideoServer, tmp_path: Path, place: Any, said: str
) -> None:
    vllm.faults[place] = [Fault(drip=0.1)]
    engine = engine_of(vllm)
    engine._patience = replace(QUICK, film=2)
    board = storyboard([{}])
    with pytest.raises(FilmingFailed, match=f"did not {said} 2 s"):
        engine.film(board, board.shots[0], tmp_path, lambda _: None, Notes())
    assert eventually(lambda: place == "look" or vllm.hung_up == 1)
    assert not list(tmp_path.iterdir())


def test_a_request_whose_answer_drips_may_have_been_taken(vllm: FakeVideoServer, tmp_path: Path) -> None:
    vllm.faults["create"] = [Fault(drip=0.1)]
    engine = engine_of(vllm)
    engine._patience = replace(QUICK, accept=0.6)
    board, memo = storyboard([{}]), Notes()
    with pytest.raises(FilmingFailed, match=r"create_ambiguous.*more than 0\.6 s"):
        engine.film(board, board.shots[0], tmp_path, lambda _: None, memo)
    assert memo.entries["shot_0"] == {"submitting": True}


@pytest.mark.parametrize("place", ["look", "create"])
def test_an_answer_without_end_is_not_heard_out(vllm: FakeVideoServer, tmp_path: Path, place: Any) -> None:
    vllm.faults[place] = [Fault(status=200, body=b" " * (64 << 20))]
    board = storyboard([{}])
    with contextlib.suppress(FilmingFailed):
        engine_of(vllm).film(board, board.shots[0], tmp_path, lambda _: None, Notes())
    assert eventually(lambda: vllm.hung_up == 1)


def test_a_worker_that_takes_over_goes_on_with_the_same_film(vllm: FakeVideoServer, tmp_path: Path) -> None:
    board, memo = storyboard([{}]), Notes()
    vllm.hold.clear()

    def until_it_films(_: int) -> None:
        if "job" in memo.read().get("shot_0", {}):
            raise Stopped

    with pytest.raises(Stopped):
        engine_of(vllm).film(board, board.shots[0], tmp_path, until_it_films, memo)
    vllm.hold.set()
    segment = engine_of(vllm).film(board, board.shots[0], tmp_path, lambda _: None, memo)
    assert segment.frames == 25
    assert vllm.posts() == 1


def test_a_film_that_nobody_wants_is_deleted_there_once(vllm: FakeVideoServer, tmp_path: Path) -> None:
    board, memo = storyboard([{}, {}]), Notes()
    engine = engine_of(vllm)
    for shot in board.shots:
        engine.film(board, shot, tmp_path, lambda _: None, memo)
    memo.write(upstream={"anything": 1})
    memo.write(**engine.abandon(memo.read()))
    assert [job.deleted for job in vllm.jobs] == [True, True]
    heard = len(vllm.heard)
    assert engine.abandon(memo.read()) == {}
    assert len(vllm.heard) == heard


def test_a_film_that_could_not_be_called_off_is_asked_for_later(vllm: FakeVideoServer, tmp_path: Path) -> None:
    board, memo = storyboard([{}, {}]), Notes()
    engine = engine_of(vllm)
    for shot in board.shots:
        engine.film(board, shot, tmp_path, lambda _: None, memo)
    memo.write(shot_2={"submitting": True})
    vllm.faults["delete"] = [Fault(status=500), Fault(), Fault(drop=True)]
    with pytest.raises(FilmingFailed, match=f"delete {vllm.jobs[0].id}"):
        engine.abandon(memo.read())
    # The other is gone there, which is no trouble to whoever asks again.
    assert [job.deleted for job in vllm.jobs] == [False, True]
    with pytest.raises(FilmingFailed):
        engine.abandon(memo.read())
    assert engine.abandon(memo.read()).keys() == {"shot_0", "shot_1"}


def test_what_a_server_that_is_away_still_films_is_not_given_up() -> None:
    with FakeVideoServer("vllm-omni") as gone:
        engine = engine_of(gone)
    with pytest.raises(FilmingFailed, match="could not be told to delete one"):
        engine.abandon({"shot_0": {"job": "one"}})


def test_a_cancel_while_the_request_is_on_its_way_still_knows_the_film(vllm: FakeVideoServer, tmp_path: Path) -> None:
    vllm.faults["create"] = [Fault(delay=1.0)]
    board, memo, calls = storyboard([{}]), Notes(), []

    def stop_later(frames: int) -> None:
        calls.append(frames)
        if len(calls) > 1:
            raise Stopped

    with pytest.raises(Stopped):
        engine_of(vllm).film(board, board.shots[0], tmp_path, stop_later, memo)
    assert engine_of(vllm).abandon(memo.read())
    assert vllm.jobs[0].deleted


def test_a_cancel_lets_go_at_once_though_the_server_hangs(vllm: FakeVideoServer, tmp_path: Path) -> None:
    vllm.faults["look"] = [Fault(delay=5.0)]
    wanted = threading.Event()
    wanted.set()
    board, began, ended = storyboard([{}]), time.monotonic(), []

    def on_frame(_: int) -> None:
        if not wanted.is_set():
            raise Stopped

    def run() -> None:
        with pytest.raises(Stopped):
            engine_of(vllm).film(board, board.shots[0], tmp_path, on_frame, Notes())
        ended.append(time.monotonic())

    thread = threading.Thread(target=run)
    thread.start()
    assert eventually(lambda: any(path != "/v1/videos" for _, path in vllm.heard))
    wanted.clear()
    thread.join(30)
    assert ended
    assert ended[0] - began < 4


def test_progress_grows_with_the_server_s_own(sglang: FakeVideoServer, tmp_path: Path) -> None:
    sglang.works = 4
    told: list[int] = []
    board = storyboard([{"seconds": 2}])
    engine_of(sglang).film(board, board.shots[0], tmp_path, told.append, Notes())
    assert {9, 19, 29, 39, 49} <= set(told)


@pytest.mark.parametrize(
    ("kind", "shot", "rules", "reason"),
    [
        ("vllm-omni", {"tail": True}, {}, "cannot be sent a last frame"),
        ("sglang", {"references": True}, {}, "cannot be sent reference pictures"),
        ("vllm-omni", {"references": True, "start": True}, {}, "a first frame or reference pictures, not both"),
        ("vllm-omni", {"references": True}, {"most_references": 0}, "at most 0 reference pictures, not 1"),
        ("vllm-omni", {"start": True}, {"can": frozenset({"text"})}, "takes no first frame"),
        ("vllm-omni", {}, {"needs": frozenset({"start"})}, "needs a first frame"),
        ("vllm-omni", {}, {"can": frozenset({"start"})}, "needs a first frame"),
        ("vllm-omni", {}, {"needs": frozenset({"references"})}, "needs reference pictures"),
    ],
)
def test_what_would_film_something_else_is_refused(
    start: Reference, kind: Kind, shot: dict[str, bool], rules: dict[str, Any], reason: str
) -> None:
    given = {name: [start] if name == "references" else start for name in shot}
    with FakeVideoServer(kind) as server, pytest.raises(InvalidParams, match=reason):
        engine_of(server, **rules).check(storyboard([{}, given], seed=1) if not shot else storyboard([given]))


def test_a_source_video_and_another_model_s_route_are_refused(vllm: FakeVideoServer, start: Reference) -> None:
    engine = engine_of(vllm)
    with pytest.raises(InvalidParams, match="no source video"):
        engine.check(storyboard([{}], video=replace(start, kind="video")))
    with pytest.raises(InvalidParams, match="runs my-model, not ltx"):
        engine.check(storyboard([{}], route="ltx"))
    engine.check(storyboard([{}], route="My-Model"))


def test_what_is_done_differently_is_said(sglang: FakeVideoServer) -> None:
    board = storyboard(
        [{"seconds": 10}, {}], width=1920, height=1080, audio=True, negative_prompt="fog", options=(("cfg_scale", 0.5),)
    )
    said = " ".join(
        engine_of(sglang, can=frozenset({"text", "audio"}), rate=Fraction(16), most_frames=81).warnings(board)
    )
    for words in ("enlarged to 1920x1080", "16 frames a second", "no negative prompt", "silent", "shots of 5 s",
                  "Each shot is filmed by itself", "no place for cfg_scale"):  # fmt: skip
        assert words in said


def test_a_hub_with_the_server_s_address_offers_the_engine_where_workers_only_wait(vllm: FakeVideoServer) -> None:
    registry = Registry(vllm.settings())
    assert (registry.place("diffusers"), registry.queue("diffusers")) == ("worker", "hosted")
    assert isinstance(registry.get("diffusers"), VideoServerEngine)
    assert Registry(Settings(engines=("diffusers",))).place("diffusers") == "device"


@pytest.mark.parametrize("model", ["", "Wan9"])
def test_a_server_of_which_nobody_says_what_it_runs_is_refused(model: str) -> None:
    with pytest.raises(WrongSetting, match="OXREEL_VIDEO_SERVER_MODEL"):
        of_settings(Settings(video_server_url="http://gpu:8091", video_server_model=model))


@pytest.mark.parametrize(("model", "licence"), [("MiniMax-H3", "minimax-h3"), ("LTX-2.5", "ltx-2.5")])
def test_a_licence_with_conditions_is_asked_for_here_too(model: str, licence: str) -> None:
    settings = Settings(video_server_url="http://gpu:8091", video_server_model=model)
    with pytest.raises(WrongSetting, match=f"{model} is under the .*OXREEL_DIFFUSERS_LICENCES to name {licence}"):
        of_settings(settings)
    of_settings(settings.model_copy(update={"diffusers_licences": (licence,)}))
    with pytest.raises(WrongSetting, match="there is no 'ltx' to confirm"):
        of_settings(settings.model_copy(update={"diffusers_licences": (licence, "ltx")}))


def test_an_operator_s_own_weights_of_minimax_h3_are_asked_as_it_wants(
    vllm: FakeVideoServer, start: Reference, tmp_path: Path
) -> None:
    own = {"own-h3": {"family": "h3-references", "folder": str(tmp_path / "weights"), "pixels": 320 * 192}}
    engine = of_settings(vllm.settings(video_server_model="own-h3", diffusers_checkpoints=own))
    board = storyboard([{"references": [replace(start, name="Image1")], "prompt": "@Image1"}])
    engine.check(board)
    film(engine, board, tmp_path / "film")
    assert vllm.jobs[0].fields["extra_params"] == '{"task": "ref2va"}'


@pytest.mark.parametrize("url", ["gpu:8091", "http://user:secret-word@gpu", "http://gpu?key=secret-word"])
def test_an_address_that_is_none_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ValueError, match="the key has a setting of its own") as refused:
        Settings(video_server_url=url)
    assert "secret-word" not in str(refused.value.errors(include_input=False))  # type: ignore[attr-defined]

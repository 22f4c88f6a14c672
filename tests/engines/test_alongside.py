"""Work in a thread of its own, and the signs of life beside it."""

import threading
import time

import pytest

from oxreel.engines.alongside import EVERY, alongside, followed, pause, started
from oxreel.engines.engine import Stopped


def test_signs_are_given_here_until_the_work_is_done() -> None:
    signs: list[int] = []
    enough = threading.Event()

    def sign() -> None:
        signs.append(threading.get_ident())
        if len(signs) == 2:
            enough.set()

    assert alongside(lambda: enough.wait(60), sign)
    assert set(signs) == {threading.get_ident()}


def test_what_the_work_raises_is_raised() -> None:
    def work() -> None:
        raise ValueError("there is no such film")

    with pytest.raises(ValueError, match="no such film"):
        alongside(work, lambda: None)


def test_what_a_sign_raises_ends_the_waiting_at_once_and_the_work_goes_on() -> None:
    wanted, ended = threading.Event(), threading.Event()

    def work() -> None:
        wanted.wait(60)
        ended.set()

    with pytest.raises(Stopped):
        alongside(work, _stop)
    assert not ended.is_set()
    wanted.set()
    assert ended.wait(60)


def test_work_whose_outcome_must_be_known_is_waited_for_though_nobody_wants_it() -> None:
    signs: list[int] = []
    enough = threading.Event()

    def sign() -> None:
        signs.append(1)
        enough.set()
        raise Stopped

    assert alongside(lambda: enough.wait(60) and "job", sign, to_the_end=True) == "job"
    assert signs


def test_work_that_was_started_before_is_followed() -> None:
    assert followed(started(lambda: "weights"), lambda: None) == "weights"


def test_a_pause_lasts_as_long_as_asked_with_signs_and_ends_where_one_raises() -> None:
    signs: list[int] = []
    began = time.monotonic()
    pause(EVERY * 1.5, lambda: signs.append(1))
    assert time.monotonic() - began >= EVERY * 1.5
    assert len(signs) >= 2
    began = time.monotonic()
    with pytest.raises(Stopped):
        pause(60, _stop)
    assert time.monotonic() - began < 30


def _stop() -> None:
    raise Stopped

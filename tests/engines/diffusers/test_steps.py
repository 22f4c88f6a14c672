"""Work in a thread of its own that is followed, and called off."""

import threading
import time

import pytest

from oxreel.engines.diffusers.family import OnStep
from oxreel.engines.diffusers.steps import in_steps
from oxreel.engines.engine import Stopped


def test_each_step_is_told_where_it_is_waited_for_and_the_result_comes_back() -> None:
    told: list[tuple[int, int, int]] = []

    def work(on_step: OnStep) -> str:
        for step in range(3):
            on_step(step + 1, 3)
            # Asked again with the same numbers, it tells nothing new.
            on_step(step + 1, 3)
        return "filmed"

    assert in_steps(work, lambda done, total: told.append((done, total, threading.get_ident()))) == "filmed"
    here = threading.get_ident()
    assert told == [(step, 3, here) for step in (1, 2, 3)]


def test_what_nobody_wants_ends_when_it_asks_again_and_nothing_of_it_stays() -> None:
    ended: list[int] = []

    def work(on_step: OnStep) -> None:
        step = 0
        try:
            while step < 20_000:
                step += 1
                on_step(step, 20_000)
                time.sleep(0.001)
        finally:
            ended.append(step)

    def tell(done: int, _: int) -> None:
        if done >= 3:
            raise Stopped

    before = threading.active_count()
    with pytest.raises(Stopped):
        in_steps(work, tell)
    assert len(ended) == 1
    assert ended[0] < 20_000
    assert threading.active_count() <= before + 1


def test_what_the_work_raises_is_raised() -> None:
    def work(_: OnStep) -> None:
        raise ValueError("the weights are of another shape")

    with pytest.raises(ValueError, match="another shape"):
        in_steps(work, lambda *_: None)

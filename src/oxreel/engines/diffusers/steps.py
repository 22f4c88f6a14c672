"""Work of many steps in a thread of its own, while whoever waits for it hears of each and can call it off."""

from collections.abc import Callable
from concurrent.futures import wait
from queue import Empty, SimpleQueue
from threading import Event
from typing import TypeVar

from oxreel.engines.alongside import EVERY, started
from oxreel.engines.diffusers.family import OnStep
from oxreel.engines.engine import Stopped

T = TypeVar("T")


def in_steps(work: Callable[[OnStep], T], tell: OnStep) -> T:
    """What the work returns or raises, which gets an `OnStep` of its own.

    `tell` is called here, for each of its steps and now and then in between. What that raises stops the work as soon
    as it asks again, and passes then: nothing of it is left behind.
    """
    steps: SimpleQueue[tuple[int, int] | None] = SimpleQueue()
    stopped = Event()
    told: list[tuple[int, int]] = [(0, 1)]

    def on_step(done: int, total: int) -> None:
        if stopped.is_set():
            raise Stopped
        if (done, total) != told[-1]:
            told[:] = [(done, total)]
            steps.put((done, total))

    future = started(lambda: work(on_step))
    future.add_done_callback(lambda _: steps.put(None))
    last = told[0]
    try:
        while True:
            try:
                step = steps.get(timeout=EVERY)  # loading and decoding show no step for minutes
            except Empty:
                step = last
            if step is None:
                break
            last = step
            tell(*last)
    except BaseException:
        stopped.set()
        wait([future])
        raise
    return future.result()

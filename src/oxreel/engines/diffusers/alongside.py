"""Work in a thread of its own, while whoever waits for it hears of it and can call it off."""

from collections.abc import Callable
from concurrent.futures import Future, wait
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

from oxreel.engines.diffusers.family import OnStep
from oxreel.engines.engine import Stopped

T = TypeVar("T")

#: Seconds between two signs of life: loading and decoding show no step for minutes.
_BEAT = 0.5


def started(work: Callable[[], T]) -> "Future[T]":
    """The work, begun; a process that ends does not wait for it."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def followed(future: "Future[T]", beat: Callable[[], None]) -> T:
    """What the work returns or raises; what `beat` raises meanwhile ends the waiting, and the work goes on alone."""
    while not wait([future], timeout=_BEAT).done:
        beat()
    return future.result()


def alongside(work: Callable[[OnStep], T], tell: OnStep) -> T:
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
                step = steps.get(timeout=_BEAT)
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

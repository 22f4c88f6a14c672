import time
from collections.abc import Iterator

from oxreel.engines.labour import signs_of_labour


def wait_for(signs: list[float], count: int) -> None:
    until = time.monotonic() + 60
    while len(signs) < count and time.monotonic() < until:
        time.sleep(0.001)
    assert len(signs) >= count


def clock(*steps: float, then: float) -> Iterator[float]:
    """Seconds of processor time at one look after the other."""
    seconds = 0.0
    for step in steps:
        yield (seconds := seconds + step)
    while True:
        yield (seconds := seconds + then)


def test_work_that_uses_the_processor_gives_signs_until_it_ends() -> None:
    signs: list[float] = []
    used = clock(then=0.001)
    with signs_of_labour(lambda: signs.append(0), every=0.001, used=lambda: next(used)):
        wait_for(signs, 3)
    told = len(signs)
    time.sleep(0.02)
    assert len(signs) == told


def test_a_hang_gives_none() -> None:
    signs: list[float] = []
    looks: list[float] = []
    used = clock(0.0, 1.0, 1.0, then=0.000_001)

    def look() -> float:
        looks.append(next(used))
        return looks[-1]

    with signs_of_labour(lambda: signs.append(0), every=0.001, used=look):
        wait_for(looks, 10)
    assert len(signs) == 2


def test_the_processors_clock_counts_where_none_is_given() -> None:
    signs: list[float] = []
    until = time.monotonic() + 60
    with signs_of_labour(lambda: signs.append(0), every=0.01):
        while not signs and time.monotonic() < until:
            sum(range(1000))
    assert signs

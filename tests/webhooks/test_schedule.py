from random import Random

import pytest

from oxreel.webhooks.schedule import DAY_MS, PAUSES, next_attempt

NOW = 1_000_000_000_000


@pytest.mark.parametrize(("tries", "pause"), [*enumerate(PAUSES, start=1), (9, PAUSES[-1])])
def test_the_next_attempt_is_drawn_from_the_whole_of_a_longer_pause_each_time(tries: int, pause: int) -> None:
    assert next_attempt(tries, NOW, NOW, None, 0.0) == NOW
    assert next_attempt(tries, NOW, NOW, None, 0.5) == NOW + pause * 500
    assert next_attempt(tries, NOW, NOW, None, 1.0) == NOW + pause * 1000


def test_the_last_attempt_is_a_day_after_the_first() -> None:
    late = NOW + DAY_MS - 1000
    assert next_attempt(7, NOW, late, None, 1.0) == NOW + DAY_MS
    assert next_attempt(8, NOW, NOW + DAY_MS, None, 0.0) is None


def test_an_endpoint_gets_the_peace_that_it_asks_for_within_limits() -> None:
    assert next_attempt(1, NOW, NOW, 120.0, 0.5) == NOW + 120_000
    assert next_attempt(3, NOW, NOW, 1.0, 0.5) == NOW + 900_000  # it would have had more
    assert next_attempt(1, NOW, NOW, 1e9, 0.5) == NOW + PAUSES[-1] * 1000
    assert next_attempt(1, NOW, NOW + DAY_MS - 5000, 1e9, 0.5) == NOW + DAY_MS


def test_a_message_is_tried_some_times_over_a_day_and_not_many() -> None:
    random = Random(7)
    for _ in range(200):
        tries, now = 1, NOW
        while (due := next_attempt(tries, NOW, now, None, random.random())) is not None:
            tries, now = tries + 1, due
        assert now == NOW + DAY_MS
        assert len(PAUSES) < tries < 30

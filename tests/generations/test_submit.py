from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from oxreel import ledger
from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.db import generations, ledger_entries
from oxreel.errors import Conflict, Forbidden, InsufficientCredits, InvalidParams, NotFound, RateLimited
from oxreel.generations.generation import Generation, Status
from oxreel.generations.jobs import job_table
from oxreel.settings import Settings

Order = Callable[..., list[Generation]]

#: Price of the sample order: 3 s of a model whose price is not published.
PRICE = 3 * 224_000


def counts(studio: Hub) -> tuple[int, int, int]:
    """Rows of generations, of holds and of jobs."""
    tables = (generations, ledger_entries, job_table(studio.database.is_sqlite))
    with studio.database.snapshot() as tx:
        made, entries, jobs = (tx.execute(sa.select(sa.func.count()).select_from(one)).scalar_one() for one in tables)
    return made, entries - 1, jobs  # the grant is no hold


def test_a_row_a_hold_and_a_job_come_together(studio: Hub, caller: Caller, order: Order) -> None:
    [made] = order()
    assert (made.status, made.price, made.progress) == (Status.QUEUED, PRICE, 0.0)
    assert counts(studio) == (1, 1, 1)
    with studio.database.snapshot() as tx:
        assert ledger.balance(tx, caller.user.id) == ledger.Balance(10_000_000 - PRICE, PRICE)  # type: ignore[arg-type]


def test_what_cannot_be_paid_leaves_nothing_behind(studio: Hub, order: Order) -> None:
    with pytest.raises(InsufficientCredits, match=r"has \$10\.00 to spend and this costs \$13\.44"):
        order(duration=15, num_generations=4)  # 13.44 dollars of 10: the fourth does not fit, so none is made
    assert counts(studio) == (0, 0, 0)


def test_each_of_several_generations_has_a_seed_of_its_own(order: Order) -> None:
    assert [one.seed for one in order(seed=41, num_generations=3)] == [41, 42, 43]


def test_without_a_seed_one_is_drawn(order: Order) -> None:
    assert len({order()[0].seed for _ in range(3)}) == 3


def test_a_preview_costs_nothing_and_is_filmed_by_the_animatic_engine(order: Order) -> None:
    [made] = order(preview=True, duration=15)
    assert (made.price, made.engine, made.preview) == (0, "animatic", True)


def test_a_preview_that_names_an_engine_which_is_not_there_is_refused(order: Order) -> None:
    [made] = order(preview=True, engine="animatic")
    assert made.engine == "animatic"
    with pytest.raises(InvalidParams, match="there is no engine 'nope'"):
        order(preview=True, engine="nope")


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"model": "kling-video-9"}, NotFound, "Model not found: kling-video-9"),
        ({"num_generations": 5}, InvalidParams, "num_generations must be an integer between 1 and 4"),
        ({"num_generations": True}, InvalidParams, "num_generations must be an integer between 1 and 4"),
        ({"num_generations": "2"}, InvalidParams, "num_generations must be an integer between 1 and 4"),
        ({"engine": "diffusers"}, InvalidParams, "no engine 'diffusers'"),
        ({"target_namespace": "somebody"}, Forbidden, "somebody"),
        ({"target_repo": "../x"}, InvalidParams, "repository"),
        ({"target_directory": "a/../b"}, InvalidParams, r"\.\."),
        ({"seed": -1}, InvalidParams, "seed"),
        ({"response_format": "gif"}, InvalidParams, "response_format"),
    ],
)
def test_mistakes_in_the_hubs_own_fields_are_refused_at_once(
    studio: Hub, order: Order, changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        order(check_now=False, **changes)
    assert counts(studio) == (0, 0, 0)


def test_a_mistake_in_the_models_parameters_waits_on_the_queue_and_holds_nothing(order: Order) -> None:
    [made] = order(check_now=False, duration=99)
    assert (made.status, made.price) == (Status.QUEUED, 0)


def test_a_mistake_in_the_models_parameters_is_refused_at_once_when_asked(order: Order) -> None:
    with pytest.raises(InvalidParams, match="Input should be '3', '4', '5'"):
        order(check_now=True, duration=99)


def test_the_same_key_and_body_gives_the_first_generations_again(studio: Hub, order: Order) -> None:
    first = order(key="monday", num_generations=2)
    again = order(key="monday", num_generations=2)
    assert [one.id for one in again] == [one.id for one in first]
    assert counts(studio) == (2, 2, 2)


def test_the_same_key_with_another_body_is_refused(studio: Hub, order: Order) -> None:
    order(key="monday")
    with pytest.raises(Conflict, match="'monday' was used for another request"):
        order(key="monday", duration=4)
    assert counts(studio) == (1, 1, 1)


def test_the_same_order_sent_many_times_at_once_is_made_once(studio: Hub, order: Order) -> None:
    with ThreadPoolExecutor(6) as senders:
        made = list(senders.map(lambda _: order(key="monday"), range(6)))
    assert len({one.id for [one] in made}) == 1
    assert counts(studio) == (1, 1, 1)


def test_a_key_is_forgotten_after_its_hours(studio: Hub, order: Order) -> None:
    [first] = order(key="monday")
    with studio.database.transaction() as tx:
        tx.exec_driver_sql("UPDATE idempotency_keys SET created_at = created_at - 25 * 3600 * 1000")
    [second] = order(key="monday", duration=4)
    assert second.id != first.id


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_too_short_or_too_long_is_refused(order: Order, key: str) -> None:
    with pytest.raises(InvalidParams, match="1 to 255"):
        order(key=key)


def test_a_namespace_cannot_fill_the_line_without_end(studio: Hub, order: Order) -> None:
    object.__setattr__(studio, "settings", Settings(max_active_generations=3))
    order(num_generations=2, preview=True)
    with pytest.raises(RateLimited, match="3 generations") as refused:
        order(num_generations=2, preview=True)
    assert refused.value.retry_after > 0
    order(num_generations=1, preview=True)
    with pytest.raises(RateLimited):
        order(preview=True)


def test_the_prompts_of_all_shots_make_the_rows_prompt(order: Order) -> None:
    shots = [{"prompt": "A door", "duration": 2}, {"prompt": "It opens", "duration": 2}]
    [made] = order(model="kling-video-o3-pro-reference-to-video", prompt=None, duration=None, multi_prompt=shots)
    assert made.prompt == "A door / It opens"

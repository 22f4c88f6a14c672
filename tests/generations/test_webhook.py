"""The end of a generation and the message about it are written together, or neither."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from oxreel import db
from oxreel.accounts import Caller
from oxreel.bootstrap import Hub
from oxreel.errors import FilmingFailed, InvalidParams
from oxreel.generations import change, life
from oxreel.generations.generation import Generation
from oxreel.generations.webhook import shown
from oxreel.webhooks import Delivery

Order = Callable[..., list[Generation]]
URL = "https://hooks.example/oxreel"


def told(studio: Hub) -> list[tuple[str, str, dict[str, Any]]]:
    """Type, URL and data of every message."""
    table = db.webhook_deliveries
    with studio.database.snapshot() as tx:
        rows = tx.execute(sa.select(table.c.type, table.c.url, table.c.data).order_by(table.c.id))
        return [(kind, url, data) for kind, url, data in rows]


def fail(studio: Hub, generation: Generation) -> None:
    with studio.database.transaction() as tx:
        assert life.fail(tx, generation.id, FilmingFailed("out of film"))


def test_a_failure_is_told(studio: Hub, order: Order) -> None:
    [made] = order(webhook_url=URL)
    assert told(studio) == []
    fail(studio, made)
    [(kind, url, data)] = told(studio)
    assert (kind, url) == ("media_generation_completed", URL)
    assert data == {
        "generation_id": made.id, "status": "failed", "media_type": "video", "model": made.model,
        "error": "out of film",
    }  # fmt: skip


def test_a_cancellation_is_told_by_a_name_of_its_own(studio: Hub, caller: Caller, order: Order) -> None:
    [made] = order(webhook_url=URL)
    change.cancel(studio, caller, made.id)
    change.cancel(studio, caller, made.id)
    [(kind, _, data)] = told(studio)
    assert kind == "media_generation_cancelled"
    assert data == {
        "generation_id": made.id, "status": "cancelled", "media_type": "video", "model": made.model,
    }  # fmt: skip


def test_an_end_that_is_rolled_back_is_not_told(studio: Hub, order: Order) -> None:
    [made] = order(webhook_url=URL)
    with studio.database.engine.connect() as tx:
        life.fail(tx, made.id, FilmingFailed("out of film"))
        tx.rollback()
    assert told(studio) == []


def test_a_request_that_names_no_url_is_told_to_nobody(studio: Hub, order: Order) -> None:
    for made in (*order(), *order(webhook_url=None)):
        fail(studio, made)
    assert told(studio) == []


def test_a_retry_is_told_to_the_same_url(studio: Hub, caller: Caller, order: Order) -> None:
    [made] = order(webhook_url=URL)
    fail(studio, made)
    fail(studio, change.retry(studio, caller, made.id, "testserver"))
    assert [url for _, url, _ in told(studio)] == [URL, URL]


def test_a_url_that_cannot_be_is_refused_before_anything_is_queued(studio: Hub, order: Order) -> None:
    for url in ("http://hooks.example/", "https://127.0.0.1/", "x", "", 5, ["https://hooks.example/"]):
        for check_now in (True, False):
            with pytest.raises(InvalidParams, match=r"^webhook_url: "):
                order(check_now=check_now, webhook_url=url)
    with studio.database.snapshot() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(db.generations)).scalar() == 0


def test_what_receivers_get_has_a_url_that_anybody_may_read(studio: Hub, order: Order) -> None:
    [made] = order(webhook_url=URL)
    fail(studio, made)
    place = {"namespace": "local", "repo": "generations", "path": f"{made.id}/video.mp4"}
    with studio.database.transaction() as tx:
        tx.execute(sa.update(db.webhook_deliveries).values(data={"status": "succeeded", "result": place}))
        row = tx.execute(sa.select(db.webhook_deliveries)).one()
    data = shown(studio, Delivery.of(row))
    assert data["generation_id"] == made.id
    assert data["url"].startswith(f"http://testserver/api/repos/local/generations/files/main/{made.id}/video.mp4?")
    assert "result" not in data
    known = replace(studio, settings=studio.settings.model_copy(update={"public_url": "https://films.example/"}))
    assert shown(known, Delivery.of(row))["url"].startswith("https://films.example/api/repos/")

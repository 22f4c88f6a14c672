"""Connections: how many there are, how long one waits, and what is said when none comes."""

import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from oxreel.db import Database, Pool
from oxreel.errors import Unavailable
from support.hub import RunningHub
from support.postgresql import postgresql_database
from support.processes import eventually


def test_who_finds_no_connection_free_is_told_so_and_the_next_is_served(database_url: str) -> None:
    database = Database(database_url, Pool(kept=1, overflow=1, wait_seconds=0.2))
    with database.snapshot(), database.snapshot():
        with (
            pytest.raises(Unavailable, match=r"no connection free: all 2 .* within 0\.2 s") as told,
            database.snapshot(),
        ):
            pass
        assert told.value.retry_after > 0
    with database.snapshot() as tx:
        assert tx.execute(sa.select(1)).scalar_one() == 1
    database.close()


@pytest.mark.postgresql
def test_a_client_hears_503_and_not_nothing_while_no_connection_is_free(start_hub: Callable[..., RunningHub]) -> None:
    with postgresql_database() as url:
        hub = start_hub(
            OXREEL_DATABASE_URL=url, OXREEL_DATABASE_POOL="2", OXREEL_DATABASE_OVERFLOW="0",
            OXREEL_DATABASE_WAIT_SECONDS="0.3",
        )  # fmt: skip
        answers: list[httpx.Response] = []

        def like() -> None:
            answers.append(hub.client.post("/api/ai/models/kling-video-o3-omni/favorite"))

        threads = [threading.Thread(target=like) for _ in range(6)]
        with hub.database.transaction() as tx:
            tx.execute(sa.text("LOCK TABLE favorites"))
            for one in threads:
                one.start()
            assert eventually(lambda: any(answer.status_code == 503 for answer in answers))
        for one in threads:
            one.join()
        refused = [answer for answer in answers if answer.status_code == 503]
        assert {answer.status_code for answer in answers} <= {200, 503}
        for answer in refused:
            assert answer.json()["status_message"] == "service_unavailable"
            assert "no connection free" in answer.json()["error"]["message"]
            assert int(answer.headers["Retry-After"]) > 0
        assert hub.client.get("/api/account").status_code == 200
        hub.stop()


@pytest.mark.postgresql
def test_postgresql_gives_up_a_statement_that_takes_too_long() -> None:
    with postgresql_database() as url:
        database = Database(url, Pool(statement_seconds=0.2))
        with (
            pytest.raises(Unavailable, match=r"did not answer within 0\.2 s"),
            database.snapshot() as tx,
        ):
            tx.execute(sa.text("SELECT pg_sleep(30)"))
        with database.snapshot() as tx:
            assert tx.execute(sa.text("SHOW statement_timeout")).scalar_one() == "200ms"
        database.close()


@pytest.mark.postgresql
def test_connections_that_the_server_broke_are_replaced() -> None:
    with postgresql_database() as url:
        database = Database(url)
        with database.snapshot() as tx:
            pid = tx.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
        other = Database(url)
        with other.snapshot() as tx:
            tx.execute(sa.select(sa.func.pg_terminate_backend(pid)))
        with database.transaction() as tx:
            assert tx.execute(sa.select(sa.func.pg_backend_pid())).scalar_one() != pid
        other.close()
        database.close()


def test_a_mistake_in_a_statement_is_no_outage(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with pytest.raises(sa.exc.OperationalError, match="no such table"), database.snapshot() as tx:
        tx.execute(sa.text("SELECT * FROM nowhere"))
    database.close()

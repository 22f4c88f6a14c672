"""A studio without processes, and orders for it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oxreel import accounts
from oxreel.accounts import Caller
from oxreel.bootstrap import Hub, open_hub
from oxreel.generations.generation import Generation
from oxreel.generations.idempotency import Once
from oxreel.generations.order import read_order
from oxreel.generations.submit import Request, submit
from oxreel.settings import Settings

MODEL = "kling-video-o3-pro-text-to-video"
BODY: dict[str, Any] = {"model": MODEL, "prompt": "A quiet lake at dawn", "duration": 3}


@pytest.fixture
def studio(database_url: str, tmp_path: Path) -> Iterator[Hub]:
    """A hub whose rows nobody works on."""
    hub = open_hub(Settings(data_dir=tmp_path / "data", database_url=database_url, initial_credits=10))
    yield hub
    hub.close()


@pytest.fixture
def caller(studio: Hub) -> Caller:
    """The first user."""
    with studio.database.snapshot() as tx:
        return accounts.authenticate(tx, studio.settings.key_file.read_text())


Order = Callable[..., list[Generation]]


@pytest.fixture
def order(studio: Hub, caller: Caller) -> Order:
    """Submits the sample body with changes: `order(duration=5)`."""

    def submitted(*, check_now: bool = True, key: str | None = None, **changes: Any) -> list[Generation]:
        body = {**BODY, **changes}
        once = None if key is None else Once.of(key, "queue", body, hours=24)
        request = Request(read_order(body), caller, own_host="testserver", check_now=check_now, once=once)
        return submit(studio, request)

    return submitted

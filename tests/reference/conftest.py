"""A hub that films in a moment: the tests of this room send hundreds of requests."""

from collections.abc import Iterator

import pytest

from support.quick_hub import QuickHub


@pytest.fixture(scope="session")
def quick_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickHub]:
    """A running hub that films small grey pictures."""
    running = QuickHub(
        tmp_path_factory.mktemp("quick-hub") / "data",
        OXREEL_INITIAL_CREDITS="1000000",
        OXREEL_FILM_SLOTS="8",
        OXREEL_POLL_SECONDS="0.05",
        OXREEL_WEBHOOK_ALLOW_HOSTS="127.0.0.1",
    ).start()
    yield running
    running.stop()

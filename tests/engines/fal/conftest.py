"""What the tests of the fal engine have in common: fal itself, on this machine, and an engine that films there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engines.fal.boards import REFERENCE
from oxreel.engines.fal import FalEngine
from oxreel.engines.fal.endpoints import ENDPOINTS
from support.fal import FakeFal


@pytest.fixture
def fal() -> Iterator[FakeFal]:
    with FakeFal() as running:
        running.waits, running.works = 0, 0
        yield running


@pytest.fixture
def settings(fal: FakeFal, tmp_path: Path) -> Any:
    return fal.settings(tmp_path / "data")


@pytest.fixture
def engine(settings: Any) -> FalEngine:
    return FalEngine(settings)


@pytest.fixture
def short_films(monkeypatch: pytest.MonkeyPatch) -> None:
    """Films of one second, which real Kling does not make."""
    endpoint = replace(ENDPOINTS[REFERENCE], seconds=tuple(range(1, 16)))
    monkeypatch.setitem(ENDPOINTS, REFERENCE, endpoint)

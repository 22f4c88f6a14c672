"""The fal engine, whole, against a server that speaks fal's protocol."""

from typing import Any

import pytest

from engines.fal.boards import board
from engines.suite import EngineSuite
from oxreel.engines.fal import FalEngine
from oxreel.storyboard import Storyboard


@pytest.mark.usefixtures("short_films")
class TestFalEngine(EngineSuite):
    """The fal engine keeps the contract of all engines."""

    segments_are_cut = False

    def board(self, shots: list[dict[str, Any]], **more: Any) -> Storyboard:
        return board(shots, **more)

    @pytest.fixture
    def engine(self, settings: Any) -> FalEngine:
        return FalEngine(settings)

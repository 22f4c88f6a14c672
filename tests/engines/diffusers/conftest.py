"""Tiny weights of Wan, made once, and an engine that keeps them warm for all tests that only film with them."""

from typing import Any

import pytest

from oxreel.engines.diffusers import DiffusersEngine
from oxreel.settings import Settings
from support.tiny_checkpoints import own_checkpoints


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """OXREEL_DIFFUSERS_CHECKPOINTS with a tiny one of each shape of Wan."""
    pytest.importorskip("diffusers", reason="needs what films with weights: oxreel[gpu]")
    return own_checkpoints(tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="session")
def tiny_wan(tiny_weights: dict[str, dict[str, Any]]) -> DiffusersEngine:
    """An engine that films with them; what it keeps in memory differs from test to test."""
    return DiffusersEngine(Settings(diffusers_checkpoints=tiny_weights))

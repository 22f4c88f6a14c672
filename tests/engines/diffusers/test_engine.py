"""The diffusers engine faces what every engine must do, with tiny weights of Wan."""

import pytest

from engines.suite import EngineSuite
from oxreel.engines.diffusers import DiffusersEngine
from oxreel.engines.engine import Engine


class TestDiffusersEngine(EngineSuite):
    """What every engine must do."""

    makes_sound = False

    @pytest.fixture
    def engine(self, tiny_wan: DiffusersEngine) -> Engine:
        return tiny_wan

"""A hub that films with all three engines, each the real one: small pictures, fal's protocol on this machine, and
weights of a few thousand numbers. `python -m support.routed_hub serve` is a real `oxreel serve` in everything else.
"""

import json
import sys
from pathlib import Path
from typing import Any

from oxreel.catalogue import canvas
from oxreel.cli.main import main
from support.fal import FakeFal
from support.hub import RunningHub

#: How many times fewer pixels a film has: 1080p is 320x180.
_SMALLER = 36
_TESTS = Path(__file__).parents[1]
ENGINES = ("animatic", "fal", "diffusers")


class RoutedHub(RunningHub):
    """A running hub with all engines; `routes` is OXREEL_ROUTES."""

    program = ("-m", "support.routed_hub")

    def __init__(
        self, data_dir: Path, fal: FakeFal, weights: dict[str, dict[str, Any]], routes: dict[str, str], **more: str
    ) -> None:
        known = {
            **fal.variables,
            "PYTHONPATH": ":".join([str(_TESTS), *filter(None, sys.path)]),
            "OXREEL_ENGINES": "fal,diffusers",
            "OXREEL_ROUTES": json.dumps(routes),
            "OXREEL_DIFFUSERS_CHECKPOINTS": json.dumps(weights),
            "OXREEL_DIFFUSERS_OFFER": ",".join(weights),
            "OXREEL_DIFFUSERS_STEPS": "2",
            "OXREEL_POLL_SECONDS": "0.05",
            "CUDA_VISIBLE_DEVICES": "",
            # Threads that wait for one another on a busy machine take ten times as long.
            "OMP_NUM_THREADS": "1",
        }
        super().__init__(data_dir, **{**known, **more})


if __name__ == "__main__":
    canvas._AREAS.update({tier: area // _SMALLER for tier, area in canvas._AREAS.items()})
    main()

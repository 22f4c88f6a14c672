"""A hub with small engines, each film of which is made where a heavy engine's would be: in a process that stays on a
GPU, or in a thread of the worker. `python -m support.small_hub serve` is a real `oxreel serve` in everything else."""

import sys
from pathlib import Path
from typing import Any

from oxreel.catalogue import canvas
from oxreel.cli.main import main
from support import small_engines
from support.hub import RunningHub
from support.processes import eventually, filming_processes

#: How many times fewer pixels a film has: 1080p is 96x54.
_SMALLER = 400
_TESTS = Path(__file__).parents[1]


class SmallHub(RunningHub):
    """A running hub with the engines `stayer` and `provider`."""

    program = ("-m", "support.small_hub")

    def __init__(self, data_dir: Path, **variables: str) -> None:
        self._folder = data_dir.parent / f"{data_dir.name}-elsewhere"
        self._folder.mkdir(exist_ok=True)
        path = [str(_TESTS / "support" / "small_site"), str(_TESTS), *filter(None, sys.path)]
        known = {
            "PYTHONPATH": ":".join(path),
            small_engines.DIARY: str(self._folder / "diary"),
            "OXREEL_ENGINES": "stayer,provider",
            "OXREEL_POLL_SECONDS": "0.05",
            "OXREEL_HEARTBEAT_SECONDS": "0.3",
        }
        super().__init__(data_dir, **{**known, **variables})

    def film(self, engine: str, prompt: str = "A lake", **body: Any) -> str:
        """The id of a new generation by that engine."""
        return self.enqueue(
            model="kling-video-o3-pro-text-to-video", engine=engine, prompt=prompt, **{"duration": 3, **body}
        )

    def diary(self, entry: str) -> list[dict[str, Any]]:
        """What the engines wrote of that kind, in order."""
        return [one for one in small_engines.diary(self._folder / "diary") if entry in one]

    def films_of(self, generation_id: str) -> list[dict[str, Any]]:
        """What `stayer` wrote at the beginning of each film of a generation."""
        return [one for one in self.diary("films") if one["generation"] == generation_id]

    def begun(self, generation_id: str) -> dict[str, Any]:
        """What `stayer` wrote of a film, once it is under way."""
        assert eventually(lambda: bool(self.films_of(generation_id))), self.log.read_text()
        return self.films_of(generation_id)[-1]

    def submitted(self, generation_id: str) -> int:
        """How often a film was submitted to the provider."""
        return sum(one["submitted"] == generation_id for one in self.diary("submitted"))

    def abandoned(self, generation_id: str) -> bool:
        """Whether a film was called off at the provider."""
        return any(one["abandoned"] == generation_id for one in self.diary("abandoned"))

    def make_ready(self, generation_id: str) -> None:
        """Have the provider's film be ready."""
        (self._folder / generation_id).touch()

    def hurry(self) -> None:
        """Have slow films end."""
        (self._folder / "hurry").touch()

    def cancel(self, generation_id: str) -> None:
        """Cancel it, as a client does."""
        self.client.delete(f"/api/ai/queue/{generation_id}").raise_for_status()
        assert self.wait_for(generation_id)["status"] == "cancelled"

    def children(self) -> list[int]:
        """Pids of its filming processes."""
        return filming_processes(self.pid)


if __name__ == "__main__":
    canvas._AREAS.update({tier: area // _SMALLER for tier, area in canvas._AREAS.items()})
    main()

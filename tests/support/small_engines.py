"""Two small engines that film grey: one on a GPU, where it stays, and one that has a provider film.

What they do they write into a diary. Prompts tell them what to do: "slow" (until the file `hurry` lies beside the
diary), "deaf", "greedy", "deadly" and "late"; a film by the provider is ready once a file with the id of its
generation for a name lies there.
Only what registering them takes is imported at the top: each filming process begins with it.
"""

import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oxreel.engines import registry
from oxreel.engines.engine import Memo, OnFrame, Segment
from oxreel.errors import FilmingFailed, InvalidParams

if TYPE_CHECKING:
    from oxreel.storyboard import Shot, Storyboard

#: The variable with the file that they write into, a JSON object a line; filming processes get it for its name.
DIARY = "OXREEL_DIFFUSERS_TEST_DIARY"
#: Micro-dollars of each film by the provider.
COST = 560_000


def register() -> None:
    """Make them known as `stayer` and `provider`."""
    registry.BUILT_IN["stayer"] = registry.Entry(lambda _: Stayer(), "gpu", "device")
    registry.BUILT_IN["provider"] = registry.Entry(lambda _: Provider(), "hosted", "worker")


def note(**entry: Any) -> None:
    """Write into the diary."""
    with Path(os.environ[DIARY]).open("a") as file:
        file.write(json.dumps({**entry, "pid": os.getpid()}) + "\n")


def diary(path: Path) -> list[dict[str, Any]]:
    """All that was written, in order."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class Grey:
    """What both have in common."""

    name = "grey"
    version = "1"

    def check(self, storyboard: "Storyboard") -> None:
        """It films whatever is asked, but for what is said to be impossible."""
        if "impossible" in storyboard.shots[0].prompt:
            raise InvalidParams("Grey films show nothing that is impossible.")

    def warnings(self, _: "Storyboard") -> list[str]:
        """None."""
        return []

    def plan(self, _: "Storyboard") -> dict[str, Any] | None:
        """It understands nothing."""
        return None

    def parts(self, storyboard: "Storyboard") -> "tuple[Shot, ...]":
        """Each shot."""
        return storyboard.shots

    def finish(self, _: "Storyboard", segments: list[Segment], target: Path) -> None:
        """The segments, one after the other."""
        from oxreel.media.join import join  # noqa: PLC0415

        sounds = [segment.sound.read_text() for segment in segments if segment.sound is not None]
        note(finished=len(segments), sounds=sounds)
        join([segment.path for segment in segments], target)

    def abandon(self, _: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing is made elsewhere."""
        return {}


class Stayer(Grey):
    """Films on a GPU. It counts its films, as others would keep their weights."""

    name = "stayer"

    def __init__(self) -> None:
        self._films = 0

    def film(
        self, storyboard: "Storyboard", shot: "Shot", folder: Path, on_frame: OnFrame, memo: Memo | None = None
    ) -> Segment:
        """A grey shot."""
        self._films += 1
        known = {name: text for name, text in os.environ.items() if name.startswith(("CUDA", "HF", "OXREEL"))}
        note(films=self._films, generation=storyboard.generation_id, knows=known, remembers=memo is not None)
        on_frame(0)
        if "greedy" in shot.prompt:
            raise MemoryError("the weights take 80 GB, 24 are free")
        if "deaf" in shot.prompt:
            time.sleep(600)
        while "slow" in shot.prompt and not _beside_diary("hurry").exists():
            on_frame(1)
            time.sleep(0.05)
        return _grey(storyboard, shot, folder)


class Provider(Grey):
    """Has others film: all the shots in one piece, with a sound."""

    name = "provider"

    def parts(self, storyboard: "Storyboard") -> "tuple[Shot, ...]":
        """One that stands for all."""
        from dataclasses import replace  # noqa: PLC0415

        return (replace(storyboard.shots[0], frames=storyboard.frames),)

    def film(
        self, storyboard: "Storyboard", shot: "Shot", folder: Path, on_frame: OnFrame, memo: Memo | None = None
    ) -> Segment:
        """A grey film with a sound, once it is ready."""
        assert memo is not None
        known = memo.read()
        if "request_id" not in known:
            if "submitting" in known:
                raise FilmingFailed("create_ambiguous: it may have been paid; it is not submitted again.")
            memo.write(submitting=True)
            note(submitted=storyboard.generation_id)
            if "deadly" in shot.prompt:
                os.kill(os.getpid(), signal.SIGKILL)
            if "late" in shot.prompt:
                time.sleep(1.5)
            memo.write(request_id=storyboard.generation_id, cost_micro_usd=COST)
        while not _beside_diary(storyboard.generation_id).exists():
            on_frame(0)
            time.sleep(0.05)
        sound = folder / "sound.txt"
        sound.write_text("a sound")
        segment = _grey(storyboard, shot, folder)
        return Segment(segment.path, segment.frames, sound)

    def abandon(self, memo: Mapping[str, Any]) -> dict[str, Any]:
        """What was submitted is called off."""
        note(abandoned=memo.get("request_id"))
        return {"called_off": True}


def _beside_diary(name: str) -> Path:
    return Path(os.environ[DIARY]).with_name(name)


def _grey(storyboard: "Storyboard", shot: "Shot", folder: Path) -> Segment:
    import numpy as np  # noqa: PLC0415

    from oxreel.media.encode import Encoder, Quality  # noqa: PLC0415

    path, width, height = folder / f"{shot.index}.mp4", storyboard.width, storyboard.height
    grey = np.full((height, width), 128, np.uint8)
    corner = grey[: height // 2, : width // 2]
    with Encoder(path, width, height, quality=Quality(preset="ultrafast", threads=1)) as encoder:
        for _ in range(shot.frames):
            encoder.write((grey, corner, corner))
    return Segment(path, shot.frames)

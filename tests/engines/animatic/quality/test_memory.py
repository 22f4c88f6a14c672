"""Filming takes little memory, and a longer film takes no more."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import ImageOps

from engines.animatic.quality.screening import mascot, ox
from engines.pictures import reference, storyboard
from oxreel.storyboard import Storyboard

#: Says the most memory, in kB, that the process held.
CODE = """
import json, pathlib, re, sys
from oxreel.engines.animatic import AnimaticEngine
from oxreel.storyboard import Storyboard
board, folder = Storyboard.from_json(json.loads(sys.argv[1])), pathlib.Path(sys.argv[2])
engine = AnimaticEngine()
segments = [engine.film(board, shot, folder, lambda _: None) for shot in board.shots]
engine.finish(board, segments, folder / "film.mp4")
print(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text()).group(1))
"""


#: Megabytes of 1080p, for any length.
MOST = 500
WORDS = "@Element1 runs to the right, heavy rain, leaves, handheld push in"


def peak(board: Storyboard, folder: Path) -> int:
    """Megabytes that filming and delivering it takes."""
    arguments = [sys.executable, "-c", CODE, json.dumps(board.to_json()), str(folder)]
    return int(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout) // 1024


def acted(folder: Path, seconds: int) -> dict[str, Any]:
    """A shot with weather and an actor in a picture."""
    start = reference(folder, "start", ox())
    return {"start": start, "references": [mascot(folder)], "prompt": WORDS, "seconds": seconds}


def test_fifteen_seconds_take_the_memory_of_three(tmp_path: Path) -> None:
    short, long = (peak(storyboard([acted(tmp_path, seconds)]), tmp_path) for seconds in (3, 15))
    # Two runs differ by 1 MB; the luma of the further frames alone would be 17 MB.
    assert long <= 1.03 * short


def test_full_size_takes_less_than_half_a_gigabyte(tmp_path: Path) -> None:
    """Of one shot after another, the second of which begins before the heap of the first is empty."""
    shots = [acted(tmp_path, 2), {"prompt": "Dissolve to a city street at night, neon, fog, vintage film"}]
    assert peak(storyboard(shots, width=1920, height=1080), tmp_path) < MOST


def test_a_morph_of_full_size_takes_less_than_half_a_gigabyte(tmp_path: Path) -> None:
    start = ox()
    nearer = ImageOps.fit(start.crop((30, 16, start.width - 30, start.height - 16)), start.size)
    ends = {"start": reference(tmp_path, "start", start), "tail": reference(tmp_path, "tail", nearer)}
    assert peak(storyboard([{**ends, "prompt": "push in", "seconds": 2}], width=1920, height=1080), tmp_path) < MOST

"""A longer film takes no more memory."""

import json
import subprocess
import sys
from pathlib import Path

from engines.animatic.quality.screening import mascot, ox
from engines.pictures import reference, storyboard

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


def peak(folder: Path, seconds: int) -> int:
    """Megabytes that filming and delivering so many seconds with weather, actors and a look takes."""
    words = "@Element1 runs to the right, heavy rain, leaves, handheld push in"
    shot = {
        "start": reference(folder, "start", ox()), "references": [mascot(folder)], "prompt": words, "seconds": seconds,
    }  # fmt: skip
    arguments = [sys.executable, "-c", CODE, json.dumps(storyboard([shot]).to_json()), str(folder)]
    return int(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout) // 1024


def test_fifteen_seconds_take_the_memory_of_three(tmp_path: Path) -> None:
    short, long = peak(tmp_path, 3), peak(tmp_path, 15)
    assert short < 500
    # Two runs differ by 1 MB; the luma of the further frames alone would be 17 MB.
    assert long <= 1.03 * short

"""Draws the sample pictures anew: `python -m oxreel.samples.drawing FOLDER`."""

import sys
from pathlib import Path

from oxreel.samples.drawing.bloxy import draw_bloxy
from oxreel.samples.drawing.winter_road import draw_winter_road

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    draw_bloxy().save(folder / "bloxy_cropped_512x512.png")
    draw_winter_road().save(folder / "ox_zoom_out_1926_1076.png")

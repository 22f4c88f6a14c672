"""What the parts of the winter scene have in common: its light."""

from oxreel.samples.drawing.canvas import rgb

#: Where the sun stands, behind the far range.
SUN = (1330.0, 395.0)

SNOW, SNOW_SHADE, GLOW = rgb("#fdf6ee"), rgb("#b9cbe6"), rgb("#ffe2b8")
HAZE, NIGHT = rgb("#f0dcd2"), rgb("#22355c")

"""The lamp: where the light of a frame seems to come from."""

import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.field import Light

#: Luma steps that make a place e times as likely: small enough to settle on the sun, large enough not to jump.
_SHARP = 7.0
#: Of the height, from above, in which it is looked for.
_UPPER = 0.62
#: How much brighter than the upper picture (0..1) a sun is at least, and surely.
_SUN = 0.10, 0.24


def lamp(light: Light, canvas: Canvas) -> tuple[float, float, float]:
    """x and y in shares of the canvas, and how sure it is, 0..1; moves as smoothly as the picture does.

    Where nothing stands out it is beyond an upper corner, on the brighter side.
    """
    rows, columns = light.luma.shape
    upper = light.luma[: max(2, round(rows * _UPPER))].astype(np.float64)
    x = (np.arange(columns) + 0.5)[None, :] / columns
    y = (np.arange(len(upper)) + 0.5)[:, None] / rows
    weight = np.exp((upper - upper.max() - 12 * y) / _SHARP)
    weight /= weight.sum()
    brightest = float((weight * upper).sum())
    at_x, at_y = float((weight * x).sum()), float((weight * y).sum())
    out = ((brightest - upper.mean()) / 219 - _SUN[0]) / (_SUN[1] - _SUN[0])
    # A bright band has no place: light that is spread wide counts less.
    spread = float(np.sqrt((weight * (x - at_x) ** 2).sum()))
    sure = float(np.clip(out, 0, 1) * np.clip(1.6 - spread / 0.10, 0, 1))
    halves = upper[:, columns // 2 :].mean() - upper[:, : columns // 2].mean()
    chosen = 1.0 if canvas.random(0x1A3B).integers(2) else -1.0
    side = float(np.tanh((halves + 4 * chosen) / 6))
    sure = sure * sure * (3 - 2 * sure)
    return sure * at_x + (1 - sure) * (0.5 + 0.62 * side), sure * at_y + (1 - sure) * -0.12, sure

"""The lamp: where the light of a frame seems to come from."""

import cv2
import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.weather.field import Light

#: Luma steps that make a place e times as likely: small enough to settle on the sun, large enough not to jump.
_SHARP = 6.0
#: Of the height, from above, in which it is looked for.
_UPPER = 0.62
#: How much brighter than the upper picture (0..1) a light is at least, and surely; and where it is as good as white.
_LIGHT, _SUN = (0.12, 0.26), (0.06, 0.12)
#: Luma from which a place may be the sun itself, and surely is.
_WHITE = 216, 230


def lamp(light: Light, canvas: Canvas) -> tuple[float, float, float]:
    """x and y in shares of the canvas, and how sure it is, 0..1; moves as smoothly as the picture does.

    Where nothing stands out it is beyond an upper corner, on the brighter side.
    """
    rows, columns = light.luma.shape
    upper = light.luma[: max(2, round(rows * _UPPER))].astype(np.float64)
    x = (np.arange(columns) + 0.5)[None, :] / columns
    y = (np.arange(len(upper)) + 0.5)[:, None] / rows
    # The sun stands in its own glow; a patch of snow does not.
    glow = cv2.GaussianBlur(upper, (0, 0), 1.6)
    score = upper + 1.2 * glow - 12 * y
    weight = np.exp((score - score.max()) / _SHARP)
    weight /= weight.sum()
    brightest = float((weight * upper).sum())
    at_x, at_y = float((weight * x).sum()), float((weight * y).sum())
    above = (brightest - float(upper.mean())) / 219
    sure = max(_step(above, _LIGHT), _step(above, _SUN) * _step(brightest, _WHITE))
    # A bright band has no place: light that is spread wide counts less.
    spread = float(np.sqrt((weight * (x - at_x) ** 2).sum()))
    sure *= 1 - _step(spread, (0.06, 0.16))
    halves = upper[:, columns // 2 :].mean() - upper[:, : columns // 2].mean()
    chosen = 1.0 if canvas.random(0x1A3B).integers(2) else -1.0
    side = float(np.tanh((halves + 4 * chosen) / 6))
    # It stands at one of the two nearly always: half-way between them there is nothing.
    there = _step(sure, (0.2, 0.5))
    return there * at_x + (1 - there) * (0.5 + 0.62 * side), there * at_y - (1 - there) * 0.12, there


def _step(value: float, between: tuple[float, float]) -> float:
    share = min(max((value - between[0]) / (between[1] - between[0]), 0.0), 1.0)
    return share * share * (3 - 2 * share)

"""Palettes: what a picture lends to a shot made in its style: its colours by brightness, its contrast, its grain."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas, Effect
from oxreel.engines.animatic.look.field import everywhere
from oxreel.engines.animatic.look.grain import Grain
from oxreel.engines.animatic.look.tone import Colours, Shares, Tone, tone_of
from oxreel.engines.animatic.scene import Picture
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Planes

#: Luma, 0..1, in the middle of the shadows, of the middle tones and of the lights.
_BANDS = np.array([0.17, 0.5, 0.83])
#: Long side, in pixels, at which a picture is measured.
_MEASURED = 192
#: How far a shot goes towards the palette, in brightness and in colour, 0..1; contrast and colourfulness change by
#: no more than these factors (after Reinhard et al., Color Transfer between Images, 2001, with limits).
_LIGHT, _COLOUR = 0.55, 0.85
_CONTRAST, _VIVID = (0.7, 1.35), (0.45, 1.7)
#: Codes of luma below which a picture's finest texture is no grain.
_NO_GRAIN, _MOST_GRAIN = 1.2, 7.0


@dataclass(frozen=True)
class Palette:
    """The colours of a picture."""

    #: Luma 0..1: its mean, and its deviation.
    brightness: float
    contrast: float
    #: Mean chroma differences (cb, cr; -0.5..0.5) of shadows, middle tones and lights, and the deviation from them.
    tints: tuple[tuple[float, float], ...]
    vivid: float
    #: Codes of luma.
    grain: float = 0.0


def palette_of(picture: Picture) -> Palette:
    """What a picture lends as a style."""
    height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    luma, cb, cr = planes_from_rgb(picture[:height, :width])
    fine = np.abs(luma.astype(np.int16) - cv2.medianBlur(luma, 3).astype(np.int16))
    # The lower two thirds of the differences: outlines and leaves are in the upper one. Of noise with a deviation of
    # one code they have a mean of a third.
    texture = 3.0 * float(np.sort(fine, axis=None)[: fine.size * 2 // 3].mean())
    grain = 0.0 if texture < _NO_GRAIN else min(texture, _MOST_GRAIN)
    return _measured((luma, cb, cr), grain)


def palette_effects(palettes: Sequence[Palette], canvas: Canvas, source: Palette | None = None) -> tuple[Effect, ...]:
    """The colours and the grain of those pictures, laid over a shot.

    `source` is the palette of what is filmed; without it, each frame is measured.
    """
    if not palettes:
        return ()
    wanted = _mean(palettes)
    effects: tuple[Effect, ...] = (PaletteGrade(wanted, source),)
    return (*effects, Grain(canvas, wanted.grain)) if wanted.grain > 0 else effects


class PaletteGrade:
    """A shot's colours moved towards a palette's."""

    def __init__(self, wanted: Palette, source: Palette | None = None) -> None:
        self._wanted = wanted
        self._tone = None if source is None else _between(source, wanted)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        if strength <= 0:
            return
        tone = self._tone or _between(_measured(planes), self._wanted)
        tone.lay(planes, everywhere(), strength)


def _measured(planes: Planes, grain: float = 0.0) -> Palette:
    height, width = planes[0].shape
    share = min(1.0, _MEASURED / max(height, width))
    size = max(2, round(width * share)), max(2, round(height * share))
    small = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float64) for plane in planes]
    y, b, r = (small[0] - 16) / 219, (small[1] - 128) / 224, (small[2] - 128) / 224
    tints = []
    for band in _BANDS:
        weight = np.maximum(1 - np.abs(y - band) / 0.33, 0) + 0.02
        tints.append((float(np.average(b, weights=weight)), float(np.average(r, weights=weight))))
    away = np.hypot(b - _tint(y, tints, 0), r - _tint(y, tints, 1))
    return Palette(float(y.mean()), float(y.std()), tuple(tints), float(np.sqrt(np.mean(away**2))), grain)


def _tint(y: Shares, tints: Sequence[tuple[float, float]], part: int) -> NDArray[np.float64]:
    return np.interp(y, _BANDS, [tint[part] for tint in tints])


def _mean(palettes: Sequence[Palette]) -> Palette:
    count = len(palettes)
    tints = np.mean([palette.tints for palette in palettes], axis=0)
    return Palette(
        sum(palette.brightness for palette in palettes) / count,
        sum(palette.contrast for palette in palettes) / count,
        tuple((float(blue), float(red)) for blue, red in tints),
        sum(palette.vivid for palette in palettes) / count,
        sum(palette.grain for palette in palettes) / count,
    )


def _between(source: Palette, wanted: Palette) -> Tone:
    contrast = float(np.clip(wanted.contrast / max(source.contrast, 0.02), *_CONTRAST))
    vivid = float(np.clip(wanted.vivid / max(source.vivid, 0.005), *_VIVID))

    def formula(y: Shares, b: Shares, r: Shares) -> Colours:
        moved = wanted.brightness + (y - source.brightness) * contrast
        # The ends of the scale stay: what would pass them is pressed together.
        light = np.clip(y + _LIGHT * (moved - y), 0.25 * y, 1 - 0.25 * (1 - y))
        changed = []
        for part, plane in enumerate((b, r)):
            away = (plane - _tint(y, source.tints, part)) * vivid
            changed.append(plane + _COLOUR * (away + _tint(light, wanted.tints, part) - plane))
        return light, changed[0], changed[1]

    return tone_of(formula)

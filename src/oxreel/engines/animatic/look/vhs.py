"""VHS: smeared colour, lines, an echo, and a head that loses its track at the foot of the picture."""

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.look.field import everywhere
from oxreel.engines.animatic.look.tone import Colours, Shares, step, tone_of
from oxreel.engines.animatic.look.vhs_kernels import tape
from oxreel.media.encode import Planes

_TAPE, _SNOW = 0x7A9E, 0x7A9F


class Vhs:
    """A tape that has been copied once too often."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._tone = tone_of(_tape)
        random = canvas.random(_SNOW)
        # Dropouts are streaks, not dots.
        streaks = np.repeat(random.standard_normal(1024), 8)
        self._snow = np.asarray(np.where(streaks > 0.7, 120 * streaks, 22 * streaks), np.float32)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        share = np.int32(round(strength * 256))
        if share <= 0:
            return
        self._tone.lay(planes, everywhere(), strength)
        width, height = self._canvas.width, self._canvas.height
        shifts = self._shifts(frame)
        snow = np.roll(self._snow, int(self._canvas.random(_SNOW + 16 * (frame + 1)).integers(0, 8192)))
        tape(planes[0], shifts, snow, max(1, width // 420), np.int32(26), np.int32(20), share)
        # Tape keeps about 40 lines of colour to 240 of light (VHS, PAL and NTSC), and keeps them late.
        late = np.asarray(shifts[: 2 * (height // 2) : 2] / 2 + width / 2 * 0.0015, np.float32)
        late = np.ascontiguousarray(late)
        quiet = np.zeros(8, np.float32)
        for plane in planes[1:]:
            tape(plane, late, quiet, max(1, width // 2 // 90), np.int32(0), np.int32(0), share)

    def _shifts(self, frame: int) -> NDArray[np.float32]:
        """How far each row is moved to the right, in pixels."""
        width, height = self._canvas.width, self._canvas.height
        random = self._canvas.random(_TAPE + 16 * (frame + 1))
        rows = np.arange(height)
        lines = np.repeat(random.normal(0, 1, height // 2 + 1), 2)[:height] * width * 0.00035
        slow = width * 0.0011 * np.sin(rows / height * 9 + frame * 0.22)
        # The head switches a few lines above the foot; sometimes the tracking slips in a band above.
        foot = np.clip((rows - height * 0.965) / (height * 0.035), 0, 1)
        torn = (
            foot**0.5 * width * (0.03 + 0.008 * np.sin(frame * 0.9))
            + foot * random.normal(0, 1, height) * width * 0.006
        )
        place = 0.93 - 0.12 * (0.5 + 0.5 * np.sin(frame * 0.045 + self._canvas.random(_TAPE).uniform(0, 6)))
        band = np.exp(-(((rows / height - place) / 0.009) ** 2)) * width * 0.012 * (0.6 + 0.4 * random.random())
        return np.asarray(lines + slow + torn + band, np.float32)


def _tape(y: Shares, b: Shares, r: Shares) -> Colours:
    shade = step(y, 0.5, 0.05)
    return 0.055 + 0.88 * y, 1.05 * b + 0.018 * shade, 1.12 * r + 0.006

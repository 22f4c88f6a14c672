"""Film styles: noir, cyberpunk, and the worn print of a vintage film."""

import cv2
import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.look.bloom import Bloom
from oxreel.engines.animatic.look.field import everywhere, vignette
from oxreel.engines.animatic.look.tone import Colours, Shares, lay_both, step, tone_of, veil
from oxreel.engines.animatic.look.type_kernels import overlay
from oxreel.media.encode import Planes

#: Mean luma, 0..1, from which a picture is a day, and below which it is a night.
_NIGHT = (0.6, 0.38)
_WEAVE, _DUST, _SCRATCH, _LAMP = 0xF11A, 0xF11B, 0xF11C, 0xF11D


class Noir:
    """Black and white with deep blacks, hard light and dark corners."""

    def __init__(self, canvas: Canvas) -> None:
        self._tone = tone_of(_noir)
        self._corners = vignette(canvas, 0.35, 0.72)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        self._tone.lay(planes, everywhere(), strength)
        veil(planes, (16.0, 128.0, 128.0), self._corners, strength)


class Cyberpunk:
    """Teal shadows, magenta light, and neon that blooms; day is darkened to a night, a night is lifted."""

    def __init__(self, canvas: Canvas) -> None:
        self._day, self._night = tone_of(_cyberpunk_by_day), tone_of(_cyberpunk_by_night)
        self._bloom = Bloom(canvas, 150.0, 0.22, vivid=1.0)
        self._corners = vignette(canvas, 0.5, 0.4)

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        if strength <= 0:
            return
        dark = float(step(np.array((cv2.mean(planes[0])[0] - 16) / 219), *_NIGHT))
        lay_both(planes, (self._day, everywhere(1 - dark)), (self._night, everywhere(dark)), strength)
        self._bloom.apply(planes, frame, strength)
        veil(planes, (18.0, 136.0, 126.0), self._corners, strength)


class Vintage:
    """A faded, warm print that weaves a little in its gate, with dust and scratches."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._tone = tone_of(_vintage)
        self._corners = vignette(canvas, 0.45, 0.5)
        self._unit = min(canvas.width, canvas.height) / 1080

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        if strength <= 0:
            return
        self._weave(planes, frame, strength)
        self._tone.lay(planes, everywhere(), strength)
        # The lamp is not quite steady: less than a code of luma in the middle tones.
        lamp = 0.35 + 0.012 * float(self._canvas.random(_LAMP + 16 * (frame + 1)).uniform(-1, 1))
        veil(planes, (16.0, 126.0, 130.0), self._corners, strength * min(1.0, lamp + 0.65))
        self._scratch(planes[0], frame, strength)
        self._dust(planes[0], frame, strength)

    def _weave(self, planes: Planes, frame: int, strength: float) -> None:
        """Move the picture by less than a pixel or so, slowly from side to side and quicker up and down."""
        phases = self._canvas.random(_WEAVE).uniform(0, 2 * np.pi, 4)
        size = 0.9 * self._unit * strength
        across = size * (0.7 * np.sin(frame * 0.31 + phases[0]) + 0.3 * np.sin(frame * 0.83 + phases[1]))
        down = size * (0.6 * np.sin(frame * 0.47 + phases[2]) + 0.4 * np.sin(frame * 1.21 + phases[3]))
        for plane, share in zip(planes, (1.0, 0.5, 0.5), strict=True):
            matrix = np.array([[1, 0, across * share], [0, 1, down * share]])
            size_ = plane.shape[::-1]
            moved = cv2.warpAffine(plane, matrix, size_, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            plane[:] = moved

    def _scratch(self, luma: np.ndarray[tuple[int, int], np.dtype[np.uint8]], frame: int, strength: float) -> None:
        """A thin bright line that runs down the film for a second or so, then is gone for a while."""
        span = 30
        random = self._canvas.random(_SCRATCH + 16 * (frame // span + 1))
        if random.random() < 0.45:
            return
        height, width = luma.shape
        begins, lasts = random.integers(0, 10), random.integers(8, 20)
        if not begins <= frame % span < begins + lasts:
            return
        thick = max(1, round(1.2 * self._unit))
        x = int(width * random.uniform(0.1, 0.9) + 3 * self._unit * np.sin(frame * 0.9))
        mask = np.full((height, thick), 255, np.uint8)
        broken = np.repeat(random.uniform(0.35, 1, height // 24 + 2), 24)[:height]
        mask = np.ascontiguousarray(mask * broken[:, None], np.uint8)
        bright = 205 if random.random() < 0.7 else 30
        overlay(luma, 0, x, np.full(mask.shape, bright, np.uint8), mask, round(70 * strength))

    def _dust(self, luma: np.ndarray[tuple[int, int], np.dtype[np.uint8]], frame: int, strength: float) -> None:
        """Specks and hairs, each for one frame."""
        random = self._canvas.random(_DUST + 16 * (frame + 1))
        height, width = luma.shape
        for _ in range(int(random.poisson(2.2))):
            side = max(6, round(self._unit * random.uniform(8, 30)))
            mask = np.zeros((side, side), np.uint8)
            if random.random() < 0.3:
                points = (side * (0.5 + 0.4 * np.cumsum(random.normal(0, 0.3, (6, 2)), axis=0))).clip(1, side - 2)
                curve = np.rint(points * 8).astype(np.int32)
                cv2.polylines(mask, [curve], False, (255,), max(1, round(self._unit)), cv2.LINE_AA, 3)
            else:
                spots = random.normal(side / 2, side / 9, (4, 2))
                for x, y in spots:
                    cv2.circle(
                        mask,
                        (round(x), round(y)),
                        max(1, round(side * random.uniform(0.04, 0.13))),
                        (255,),
                        -1,
                        cv2.LINE_AA,
                    )
                mask = np.ascontiguousarray(cv2.GaussianBlur(mask, (0, 0), max(0.5, 0.6 * self._unit)), np.uint8)
            at = int(random.integers(0, height)), int(random.integers(0, width))
            bright = 215 if random.random() < 0.6 else 34
            overlay(
                luma, *at, np.full(mask.shape, bright, np.uint8), mask, round(190 * strength * random.uniform(0.4, 1))
            )


def _noir(y: Shares, b: Shares, r: Shares) -> Colours:
    # As film saw it through a yellow filter: blue skies darken, skin lightens.
    grey = np.clip(y - 0.32 * b + 0.12 * r, 0, 1)
    curve = grey * grey * (3 - 2 * grey)
    hard = 0.18 * grey + 0.82 * curve
    return 0.99 * hard**0.95, 0 * b, 0 * r


def _vintage(y: Shares, b: Shares, r: Shares) -> Colours:
    bright = step(y, 0.3, 0.95)
    curve = y + 0.05 * np.sin(2 * np.pi * (y - 0.5)) * 0.6
    return (
        0.085 + 0.8 * curve,
        0.66 * b - 0.012 - 0.045 * bright + 0.012 * (1 - bright),
        0.74 * r + 0.012 + 0.016 * bright,
    )


def _cyberpunk_by_day(y: Shares, b: Shares, r: Shares) -> Colours:
    return _cyberpunk(y, b, r, 0.5 * y * y * (3 - 2 * y) + 0.22 * y)


def _cyberpunk_by_night(y: Shares, b: Shares, r: Shares) -> Colours:
    # Blacks stay black, the middle is firm.
    return _cyberpunk(y, b, r, 0.62 * y * y * (3 - 2 * y) + 0.38 * y**0.85)


def _cyberpunk(y: Shares, b: Shares, r: Shares, toned: Shares) -> Colours:
    # Shadows lean to teal (blue up, red down), light to magenta (both up); colours that glow stay themselves.
    light = step(y, 0.3, 0.9)
    own = step(np.hypot(b, r), 0.1, 0.25)
    tinted = 1 - 0.6 * own
    return (
        toned + 0.25 * own * np.maximum(y - toned, 0),
        1.1 * b + (0.052 + 0.02 * light) * tinted,
        1.1 * r + (0.078 * light - 0.055 * (1 - light)) * tinted,
    )

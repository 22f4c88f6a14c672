"""Depth: how near each part of a picture seems, guessed from what pictures usually look like."""

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.effect import Nearness
from oxreel.engines.animatic.scene import Picture

#: Longer side of the picture that is looked at, in pixels; 1/8 of the canvas is given back, or less.
_WORK, _SHARE = 480, 8
#: Side of the picture in which the spectral residual is looked for (Hou and Zhang, CVPR 2007).
_SALIENT = 64
#: What each cue counts for.
_GROUND, _SALIENCE, _SHARPNESS, _COLOUR = 1.0, 0.55, 0.25, 0.2
_Grey = NDArray[np.float32]


def nearness_of(picture: Picture) -> Nearness:
    """float32 (height / 8, width / 8) at most, 0 far away to 1 near: smooth, and the same for the same picture.

    What is lower, sharper, more colourful and more striking than its surroundings is taken to be nearer.
    """
    height, width, _ = picture.shape
    scale = min(1.0, _WORK / max(height, width))
    size = max(8, round(width * scale)), max(8, round(height * scale))
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA) / np.float32(255), np.float32)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)
    found = _GROUND * _ground(size) + _SALIENCE * _salience(grey)
    found += _SHARPNESS * _sharpness(grey) + _COLOUR * _colour(small)
    # Along the picture's own edges, then softly: a sheet bends, it does not tear.
    radius = max(2, max(size) // 16)
    guided = _guided(grey, np.asarray(found, np.float32), radius, 0.004)
    soft = cv2.GaussianBlur(guided, (0, 0), max(size) / 55)
    low, high = np.percentile(soft, (2, 98))
    stretched = np.clip((soft - low) / max(float(high - low), 1e-6), 0, 1).astype(np.float32)
    coarse = min(size[0], -(-width // _SHARE)), min(size[1], -(-height // _SHARE))
    return np.asarray(cv2.resize(stretched, coarse, interpolation=cv2.INTER_AREA), np.float32)


def _ground(size: tuple[int, int]) -> _Grey:
    """The further down, the nearer; above the middle it hardly matters."""
    down = np.linspace(0, 1, size[1], dtype=np.float32)[:, None]
    return np.asarray(np.broadcast_to(0.25 * down + 0.75 * down**1.6, (size[1], size[0])), np.float32)


def _sharpness(grey: _Grey) -> _Grey:
    """0..1: where there is fine detail; air and lenses soften what is far away."""
    detail = np.abs(cv2.Laplacian(grey, cv2.CV_32F, ksize=3))
    around = cv2.GaussianBlur(detail, (0, 0), max(grey.shape) / 40)
    return np.asarray(np.clip(around / max(float(np.percentile(around, 96)), 1e-3), 0, 1), np.float32)


def _colour(small: NDArray[np.float32]) -> _Grey:
    """0..1: how saturated it is; haze pales what is far away. Blue above is sky."""
    chroma = small.max(axis=2) - small.min(axis=2)
    red = small[:, :, 0] >= small[:, :, 2] - 0.05
    felt = cv2.GaussianBlur(np.asarray(chroma * (0.35 + 0.65 * red), np.float32), (0, 0), max(small.shape) / 60)
    return np.asarray(np.clip(felt / max(float(np.percentile(felt, 97)), 0.08), 0, 1), np.float32)


def _salience(grey: _Grey) -> _Grey:
    """0..1: what the eye goes to first, by the spectral residual, towards the middle."""
    tiny = cv2.resize(grey, (_SALIENT, _SALIENT), interpolation=cv2.INTER_AREA)
    spectrum = np.fft.fft2(tiny.astype(np.float64))
    size = np.log(np.abs(spectrum) + 1e-8)
    residual = size - cv2.blur(size, (3, 3))
    seen = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    seen = cv2.GaussianBlur(seen, (0, 0), 3.0)
    at = np.linspace(-1, 1, _SALIENT)
    seen = seen * np.exp(-((at[None, :] / 0.75) ** 2) - ((at[:, None] - 0.1) / 0.8) ** 2)
    low, high = np.percentile(seen, (40, 98.5))
    seen = np.clip((seen - low) / max(float(high - low), 1e-12), 0, 1)
    return np.asarray(cv2.resize(seen, grey.shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _guided(guide: _Grey, values: _Grey, radius: int, least: float) -> _Grey:
    """The values, smoothed but for the guide's edges (He, Sun and Tang, ECCV 2010); `least` is their variance."""
    box = (2 * radius + 1, 2 * radius + 1)

    def mean(one: NDArray[np.float32]) -> _Grey:
        return np.asarray(cv2.blur(one, box, borderType=cv2.BORDER_REFLECT), np.float32)

    middle, average = mean(guide), mean(values)
    slope = (mean(np.asarray(guide * values, np.float32)) - middle * average) / (
        mean(np.asarray(guide * guide, np.float32)) - middle * middle + least
    )
    return np.asarray(
        mean(np.asarray(slope, np.float32)) * guide + mean(np.asarray(average - slope * middle, np.float32)), np.float32
    )

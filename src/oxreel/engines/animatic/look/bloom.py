"""Bloom: bright and glowing colours spread their light around them."""

import cv2
import numpy as np

from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.look import tone_kernels as kernels
from oxreel.engines.animatic.look.field import as_field, shape_of
from oxreel.media.encode import Planes


class Bloom:
    """The light of what is brighter than a threshold, laid over what lies around it."""

    def __init__(self, canvas: Canvas, threshold: float, share: float, vivid: float = 0.0) -> None:
        """The threshold is a code of luma; `vivid` lets coloured light bloom at less of it."""
        self._size = shape_of(canvas)[::-1]
        self._threshold, self._share, self._vivid = threshold, share, vivid

    def apply(self, planes: Planes, frame: int, strength: float) -> None:
        """Change the planes in place."""
        if strength <= 0:
            return
        luma, cb, cr = (
            cv2.resize(plane, self._size, interpolation=cv2.INTER_AREA).astype(np.float32) for plane in planes
        )
        colour = np.abs(cb - 128) + np.abs(cr - 128)
        light = np.clip((luma + self._vivid * colour - self._threshold) / (235 - self._threshold), 0, 1)
        fields = []
        for field in (light, (cb - 128) * light, (cr - 128) * light):
            near = cv2.GaussianBlur(field, (0, 0), min(self._size) / 60)
            wide = cv2.GaussianBlur(field, (0, 0), min(self._size) / 18)
            fields.append(as_field(0.5 * near + 0.5 * wide))
        kernels.glow(*planes, *fields, np.float32(self._share * strength))

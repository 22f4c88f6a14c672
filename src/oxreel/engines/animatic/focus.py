"""Focus: what is near sharp and what is far soft, or the other way, and the pull from one to the other."""

from dataclasses import replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.camera import ease
from oxreel.engines.animatic.effect import Nearness
from oxreel.engines.animatic.focus_kernels import defocus
from oxreel.engines.animatic.scene import Scene
from oxreel.engines.animatic.views import Anchors
from oxreel.media.encode import Planes

#: Nearness that is sharp when the near and when the far is in focus.
_NEAR, _FAR = 0.9, 0.12
#: Nearness around it that is sharp as well, and how much further all is softest.
_DEEP, _SOFTEST = 0.14, 0.5
#: Standard deviation of the two blurs, as parts of the longer side.
_SOFT, _SOFTER = 1 / 620, 1 / 210
#: Luma pixels between two corners of the grid of blur.
_CELL = 16
#: Frames in which the lens opens after an anchored first frame, and closes before an anchored last one.
_OPENING = 18


class Focus:
    """The scene as the lens sees it at each frame; at anchored frames everything is sharp."""

    def __init__(
        self,
        scene: Scene,
        nearness: Nearness,
        to: Literal["near", "far"],
        frames: int,
        anchors: Anchors,
        *,
        pulled: bool = True,
    ) -> None:
        """Focus is pulled `to` the near from the far, or the other way; or it stays there."""
        self._scene, self._frames, self._anchors = scene, frames, anchors
        time = np.arange(frames) / max(1, frames - 1)
        done = ease(np.clip((time - 0.22) / 0.5, 0, 1)) if pulled else np.ones(frames)
        begin, end = (_FAR, _NEAR) if to == "near" else (_NEAR, _FAR)
        self._level = begin + (end - begin) * done
        corners = -(-scene.width // _CELL) + 1, -(-scene.height // _CELL) + 1
        self._nearness = cv2.resize(nearness, corners, interpolation=cv2.INTER_LINEAR)
        longer = max(scene.width, scene.height)
        self._soft = _blurred(scene.planes, longer * _SOFT)
        self._softer = _blurred(scene.planes, longer * _SOFTER)
        self._out = tuple(np.empty_like(plane) for plane in scene.planes)

    def scene_at(self, frame: int) -> Scene:
        """The scene at that frame of the path; good until the next one is asked for."""
        open_ = 1.0
        if self._anchors.start:
            open_ = min(open_, frame / _OPENING)
        if self._anchors.end:
            open_ = min(open_, (self._frames - 1 - frame) / _OPENING)
        if open_ <= 0:
            return self._scene
        open_ = open_ * open_ * (3 - 2 * open_)
        away = np.clip((np.abs(self._nearness - self._level[frame]) - _DEEP) / _SOFTEST, 0, 1)
        blur = np.ascontiguousarray(np.rint(away * (512 * open_)), np.int32)
        margins = self._scene.margin, self._scene.margin // 2, self._scene.margin // 2
        for sharp, soft, softer, out, margin, cell in zip(
            self._scene.planes, self._soft, self._softer, self._out, margins, (_CELL, _CELL // 2, _CELL // 2),
            strict=True,
        ):  # fmt: skip
            defocus(sharp, soft, softer, blur, cell, margin, out)
        luma, cb, cr = self._out
        return replace(self._scene, planes=(luma, cb, cr))


def _blurred(planes: Planes, spread: float) -> Planes:
    """The planes, as a lens out of focus shows them: `spread` luma pixels of standard deviation."""

    def softened(plane: NDArray[np.uint8], spread: float) -> NDArray[np.uint8]:
        # Large blurs are made small, which looks the same and costs little.
        share = 1 if spread < 4 else 2 if spread < 10 else 4
        height, width = plane.shape
        small = cv2.resize(plane, (-(-width // share), -(-height // share)), interpolation=cv2.INTER_AREA)
        soft = cv2.GaussianBlur(small, (0, 0), max(0.4, spread / share), borderType=cv2.BORDER_REPLICATE)
        return np.ascontiguousarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC))

    luma, cb, cr = planes
    return softened(luma, spread), softened(cb, spread / 2), softened(cr, spread / 2)

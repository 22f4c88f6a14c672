"""What a frame shows before its surroundings, found afresh in each: what stands out, and what is warm."""

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.look.field import Field, as_field
from oxreel.media.encode import Planes

#: Rows of the small frame that is looked at.
_ROWS = 180
#: Codes by which a thing differs from what is around it, at least and surely; the same of what is warm in it.
_OTHER, _WARM = (16.0, 44.0), (5.0, 16.0)
#: Deviations of the blurs that tell a thing from its surroundings, in shares of the rows.
_FINE, _WIDE = 0.012, 0.16


def standing_out(planes: Planes, shape: tuple[int, int]) -> Field:
    """How much each place belongs to a thing that differs from its surroundings in colour or light, 0..1."""
    y, u, v = _small(planes)
    rows = y.shape[0]
    away = [_soft(plane, _FINE) - _wide(plane) for plane in (y, u, v)]
    share = _between(0.45 * np.abs(away[0]) + 1.5 * np.hypot(away[1], away[2]), _OTHER)
    # A subject stands on the ground, seldom high up.
    down = (np.arange(rows) + 0.5)[:, None] / rows
    share = share * np.clip((down - 0.22) / 0.2, 0, 1)
    return _grown(_soft(as_field(share), 0.016), shape)


def warm_things(planes: Planes, shape: tuple[int, int]) -> Field:
    """How much each place belongs to a brown or red thing, 0..1: with what such a thing encloses or bears."""
    _, u, v = _small(planes)
    warm = _between(np.minimum(v - 128, 1.5 * (128 - u)), _WARM)
    rows = warm.shape[0]
    # A single warm sample is dry grass; a thing has many around it.
    solid = warm * _between(_soft(warm, 0.012), (0.25, 0.5))
    reach = max(3, round(0.05 * rows) | 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    closed = cv2.morphologyEx(as_field(solid), cv2.MORPH_CLOSE, disc)
    return _grown(_soft(as_field(np.asarray(closed, np.float32)), 0.004), shape)


def _soft(field: Field, share: float) -> Field:
    """The field blurred by a share of its rows."""
    return np.asarray(cv2.GaussianBlur(field, (0, 0), share * field.shape[0]), np.float32)


def _wide(field: Field) -> Field:
    """The field blurred widely: done small, which looks the same and costs little."""
    rows, columns = field.shape
    coarse = cv2.resize(field, (max(2, columns // 6), max(2, rows // 6)), interpolation=cv2.INTER_AREA)
    soft = _soft(np.asarray(coarse, np.float32), _WIDE)
    return np.asarray(cv2.resize(soft, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)


def _small(planes: Planes) -> tuple[Field, Field, Field]:
    height, width = planes[0].shape
    size = max(2, round(_ROWS * width / min(height, width))), max(2, round(_ROWS * height / min(height, width)))
    y, u, v = (np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32) for plane in planes)
    return y, u, v


def _between(value: NDArray[np.floating], ends: tuple[float, float]) -> Field:
    share = np.clip((value - ends[0]) / (ends[1] - ends[0]), 0, 1)
    return as_field(share * share * (3 - 2 * share))


def _grown(field: NDArray[np.floating], shape: tuple[int, int]) -> Field:
    return as_field(cv2.resize(as_field(field), shape[::-1], interpolation=cv2.INTER_LINEAR).clip(0, 1))

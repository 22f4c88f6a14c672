"""What weights make, tensors, as frames and as sound."""

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.diffusers.family import Frames


def as_frames(video: Any) -> Frames:
    """The frames of a tensor (frames, channels, height, width) in 0..1, one at a time: all would need as much again."""
    return np.stack([(frame.float() * 255).round().clamp(0, 255).byte().permute(1, 2, 0).cpu() for frame in video])


def as_long_as(frames: int, rate: Fraction, sound: Any, sound_rate: int) -> NDArray[np.float32]:
    """(channels, samples) of a tensor of that shape, cut or followed by silence: models round lengths as they like."""
    samples = round(frames * sound_rate / rate)
    heard: NDArray[np.float32] = sound.float().clamp(-1, 1).cpu().numpy()[:, :samples]
    return np.pad(heard, ((0, 0), (0, samples - heard.shape[1])))

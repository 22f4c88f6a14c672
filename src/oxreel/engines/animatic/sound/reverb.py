"""Reverberation: the room, the street or the open air that a sound stands in."""

import numpy as np

from oxreel.engines.animatic.sound.loudness import Samples, fast_length
from oxreel.engines.animatic.sound.noise import band, filtered
from oxreel.media.join import SOUND_RATE


def reverberated(
    random: np.random.Generator, sound: Samples, seconds: float, wet: float, *, highest: float = 5_000
) -> Samples:
    """The sound and its echo, which falls by 60 dB in `seconds`, has little above `highest` Hz, at gain `wet`."""
    size = max(64, int(seconds * SOUND_RATE))
    time = np.arange(size, dtype=np.float32) / np.float32(size)
    response = random.standard_normal((2, size), np.float32) * 10 ** (-3 * time)
    response *= np.minimum(1, time * size / (0.004 * SOUND_RATE)) * np.minimum(1, (1 - time) * 10)
    response = filtered(response, band(200, highest))
    response *= np.float32(wet) / np.sqrt(np.mean(np.sum(response**2, axis=1)))
    length = fast_length(sound.shape[1] + size)
    echo = np.fft.irfft(np.fft.rfft(sound, length) * np.fft.rfft(response, length), length)
    return np.asarray(sound + echo[:, : sound.shape[1]].astype(np.float32))

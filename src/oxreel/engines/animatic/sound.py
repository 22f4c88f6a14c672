"""Sound: a quiet bed of air, so that a film that was asked for with sound has a track to listen to."""

import numpy as np
from numpy.typing import NDArray

from oxreel.media.join import SOUND_RATE

#: Loudness of the bed as the root mean square of its samples: about -44 dBFS.
_LEVEL = 0.006
#: Seconds of fade at both ends.
_FADE = 0.6


def ambience(samples: int, seed: int) -> NDArray[np.float32]:
    """A seeded stereo bed, float32 (2, samples) at 48 kHz: soft filtered noise that swells slowly."""
    random = np.random.default_rng([seed & 0xFFFF_FFFF_FFFF_FFFF, 0xA1F])
    rates = np.fft.rfftfreq(samples, 1 / SOUND_RATE)
    # Falls with the frequency like wind in a distance; no rumble below 70 Hz, no hiss above 5 kHz.
    shape = np.zeros_like(rates)
    heard = rates > 20
    shape[heard] = rates[heard] ** -0.75 / (1 + (70 / rates[heard]) ** 6) / (1 + (rates[heard] / 5_000) ** 4)
    middle = _noise(random, samples, shape)
    time = np.arange(samples) / SOUND_RATE
    channels = []
    for _ in range(2):
        swell = 1 + 0.22 * np.sin(2 * np.pi * (random.uniform(0.05, 0.12) * time + random.uniform()))
        channels.append((0.8 * middle + 0.6 * _noise(random, samples, shape)) * swell)
    bed = np.stack(channels)
    bed *= _LEVEL / max(1e-12, float(np.sqrt(np.mean(bed**2))))
    return (bed * fades(samples)).astype(np.float32)


def fades(samples: int) -> NDArray[np.float64]:
    """Gain of a track that comes out of silence and goes back to it."""
    ramp = min(samples // 2, int(_FADE * SOUND_RATE))
    gain = np.ones(samples)
    rise = np.sin(np.linspace(0, np.pi / 2, ramp, endpoint=False)) ** 2
    gain[:ramp], gain[samples - ramp :] = rise, rise[::-1]
    return gain


def _noise(random: np.random.Generator, samples: int, shape: NDArray[np.float64]) -> NDArray[np.float64]:
    noise = np.fft.irfft(np.fft.rfft(random.standard_normal(samples)) * shape, samples)
    return np.asarray(noise / max(1e-12, float(np.sqrt(np.mean(noise**2)))))

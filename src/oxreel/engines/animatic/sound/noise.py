"""Noise: what wind, water and crowds are made of, and the slow curves that make it swell."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.sound.loudness import Samples, fast_length
from oxreel.media.join import SOUND_RATE

Curve = NDArray[np.float32]
#: Gain by frequency: takes Hz, gives how loud that frequency is.
Response = Callable[[NDArray[np.float32]], NDArray[np.float32]]

#: Values a second that a slow curve is computed at; the samples between them follow a straight line.
_CURVE_RATE = 200


def band(low: float, high: float, slope: float = 0.0, order: int = 2) -> Response:
    """Frequencies from `low` to `high` Hz; within them it falls by `slope` (1 is 6 dB an octave)."""

    def response(rates: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(
            (rates / low) ** -slope / np.sqrt((1 + (low / rates) ** (2 * order)) * (1 + (rates / high) ** (2 * order)))
        )

    return response


def noise(random: np.random.Generator, samples: int, response: Response) -> Curve:
    """Noise of that colour, its root mean square 1: float32 (samples,)."""
    length = fast_length(max(samples, 2048))
    spectrum = random.standard_normal((length // 2 + 1, 2), np.float32).view(np.complex64)[:, 0]
    weights = _weights(length, response)
    spectrum *= weights
    # Of a spectrum whose parts have that power the samples have this one.
    scale = length / np.sqrt(4 * float(np.sum(weights.astype(np.float64) ** 2)))
    return np.asarray(np.fft.irfft(spectrum, length)[:samples] * np.float32(scale))


def stereo(random: np.random.Generator, samples: int, response: Response, width: float = 0.7) -> Samples:
    """The same for two ears: 0 is in the middle, 1 all around."""
    middle = noise(random, samples, response)
    sides = np.stack([noise(random, samples, response) for _ in range(2)])
    share = np.float32(np.sqrt(1 - width**2))
    return np.asarray(share * middle + np.float32(width) * sides)


def filtered(sound: NDArray[np.float32], response: Response) -> NDArray[np.float32]:
    """Sound with other frequencies emphasized, without delay; the last axis is time."""
    samples = sound.shape[-1]
    length = fast_length(samples + SOUND_RATE // 20)
    spectrum = np.fft.rfft(sound, length) * _weights(length, response)
    return np.asarray(np.fft.irfft(spectrum, length)[..., :samples])


def slow(random: np.random.Generator, samples: int, period: float, low: float = 0.0, high: float = 1.0) -> Curve:
    """A curve that wanders between `low` and `high`, from turn to turn in about `period` seconds: (samples,)."""
    step = period / 2
    knots = int(samples / SOUND_RATE / step) + 5
    heights = random.uniform(0, 1, knots)
    start = random.uniform(0, 1)
    at = np.arange(samples * _CURVE_RATE // SOUND_RATE + 2) / _CURVE_RATE / step + start + 1
    index = at.astype(np.intp)
    way = at - index
    # A uniform cubic B-spline: it has no corners and never leaves the span of its knots.
    weights = ((1 - way) ** 3, 3 * way**3 - 6 * way**2 + 4, -3 * way**3 + 3 * way**2 + 3 * way + 1, way**3)
    smooth = sum(weight * heights[index + shift - 1] for shift, weight in enumerate(weights)) / 6
    # The mean of several knots stays near the middle; stretch it to use the whole span.
    smooth = np.clip(0.5 + 1.7 * (smooth - 0.5), 0, 1)
    return np.asarray(low + (high - low) * at_sound_rate(smooth.astype(np.float32), _CURVE_RATE, samples))


def at_sound_rate(curve: NDArray[np.float32], rate: float, samples: int) -> Curve:
    """A curve of `rate` values a second as one value a sample, on straight lines between them."""
    at = np.arange(samples, dtype=np.float32) * np.float32(rate / SOUND_RATE)
    return np.asarray(np.interp(at, np.arange(curve.size, dtype=np.float32), curve), np.float32)


def _weights(length: int, response: Response) -> NDArray[np.float32]:
    rates = np.fft.rfftfreq(length, 1 / SOUND_RATE).astype(np.float32)
    weights = np.zeros(rates.size, np.float32)
    heard = slice(int(np.searchsorted(rates, 15.0)), None)
    weights[heard] = response(rates[heard])
    return weights

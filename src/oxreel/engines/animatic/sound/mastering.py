"""Mastering: a finished mix at the loudness and under the peak that players expect."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.sound.loudness import Samples, fast_length, loudness, true_peaks
from oxreel.media.join import SOUND_RATE

#: Integrated loudness of every film with sound, in LUFS, and how near to it a master must come.
TARGET = -16.0
_NEAR_ENOUGH = 0.1
#: Highest true peak in dBTP: the AAC encoder adds up to 1.3 dB, and films keep below -1 dBTP.
CEILING = -2.5
#: Times that gain and limiter are tried: the limiter takes away some of the loudness that the gain gave.
_ROUNDS = 4
#: Most gain in dB: beyond it there is nothing but the noise of rounding.
_MOST_GAIN = 80.0
#: Samples ahead of a peak in which the limiter goes down, and behind it in which it comes back: 5 ms.
_REACH = SOUND_RATE // 200
#: Nothing below this many Hz reaches the master: it cannot be heard and takes room from what can.
_LOWEST = 25.0


def mastered(mix: Samples) -> Samples:
    """The mix at -16 LUFS, its true peaks under the ceiling; silence stays silence. float32 (2, samples) at 48 kHz."""
    mix = _without_rumble(mix)
    gain = 0.0
    master = mix
    for _ in range(_ROUNDS):
        heard = loudness(master)
        if not math.isfinite(heard) or abs(heard - TARGET) < _NEAR_ENOUGH or gain > _MOST_GAIN:
            break
        gain += TARGET - heard
        master = limited(mix * np.float32(10 ** (gain / 20)))
    return limited(master) if master is mix else master


def limited(sound: Samples, ceiling_dbtp: float = CEILING) -> Samples:
    """The same sound, softer for some ms around each peak that is over the ceiling."""
    ceiling = np.float32(10 ** (ceiling_dbtp / 20))
    peaks = true_peaks(sound)
    if float(peaks.max(initial=0.0)) <= ceiling:
        return sound
    gain = np.minimum(np.float32(1), ceiling / np.maximum(peaks, ceiling))
    # The least gain near each sample, then its mean over the same reach: smooth, and never above what a peak needs.
    least = cv2.erode(gain[np.newaxis], np.ones((1, 2 * _REACH + 1), np.uint8), borderType=cv2.BORDER_REPLICATE)[0]
    return sound * _mean(_mean(least, _REACH), _REACH)


def true_peak(sound: Samples) -> float:
    """The highest true peak in dBTP; -inf for silence."""
    highest = float(true_peaks(sound).max(initial=0.0))
    return 20 * math.log10(highest) if highest else -math.inf


def _mean(values: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """The mean over `width` + 1 samples around each."""
    half = width // 2
    added = np.cumsum(np.pad(values.astype(np.float64), (half + 1, half), mode="edge"))
    return ((added[2 * half + 1 :] - added[: -2 * half - 1]) / (2 * half + 1)).astype(np.float32)


def _without_rumble(mix: Samples) -> Samples:
    samples = mix.shape[1]
    length = fast_length(samples + SOUND_RATE // 10)
    rates = np.fft.rfftfreq(length, 1 / SOUND_RATE)
    keep = np.zeros(rates.size, np.float32)
    keep[1:] = 1 / (1 + (_LOWEST / rates[1:]) ** 6)
    return np.asarray(np.fft.irfft(np.fft.rfft(mix, length) * keep, length)[:, :samples])

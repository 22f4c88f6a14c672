"""Loudness and peaks as broadcasters measure them: ITU-R BS.1770-5 and EBU R 128."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from oxreel.media.join import SOUND_RATE

Samples = NDArray[np.float32]

#: Blocks of 400 ms, one every 100 ms; those below -70 LUFS, and then those 10 LU below the mean of the others, are
#: silence between sounds and do not count (BS.1770-5, annex 1).
_BLOCK, _STEP = SOUND_RATE * 4 // 10, SOUND_RATE // 10
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0
_OFFSET = -0.691
#: The K weighting at 48 kHz (BS.1770-5, tables 1 and 2): the head's shelf, then what the ear does not hear so low.
_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)
_LOW_CUT = (1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)
#: Samples of silence behind the sound in which the filters ring out (the low cut falls 60 dB in 0.03 s).
_RINGING = SOUND_RATE // 4
#: Points of a sample that are looked at for a true peak, and the taps of each interpolator (BS.1770-5, annex 2).
_OVERSAMPLING, _TAPS = 4, 24


def loudness(sound: Samples) -> float:
    """The integrated loudness in LUFS of float32 (2, samples) at 48 kHz; -inf for silence."""
    power = _block_powers(sound)
    power = power[power > _power(_ABSOLUTE_GATE)]
    if not power.size:
        return -math.inf
    power = power[power > float(np.mean(power)) * 10 ** (_RELATIVE_GATE / 10)]
    return _OFFSET + 10 * math.log10(float(np.mean(power)))


def true_peaks(sound: Samples) -> Samples:
    """float32 (samples,): the highest absolute value, of either channel, from each sample to the next."""
    peaks = np.asarray(np.abs(sound).max(axis=0))
    for taps in _between():
        for channel in sound:
            np.maximum(peaks, np.abs(np.convolve(channel, taps)[_TAPS // 2 : _TAPS // 2 + channel.size]), out=peaks)
    return peaks


def fast_length(samples: int) -> int:
    """The least length of at least that many samples whose Fourier transform is quick: 2^a 3^b 5^c."""
    best = 1 << max(0, samples - 1).bit_length()
    for five in range(5):
        for three in range(6):
            odd = 5**five * 3**three
            best = min(best, odd << max(0, -(-samples // odd) - 1).bit_length())
    return best


def _block_powers(sound: Samples) -> NDArray[np.float64]:
    """Mean square of every block after the K weighting, both channels summed; one block for a sound that is shorter."""
    samples = sound.shape[1]
    length = fast_length(samples + _RINGING)
    weighted = np.fft.irfft(np.fft.rfft(sound, length) * _k_weighting(length), length)[:, :samples]
    added = np.concatenate(([0.0], np.cumsum(np.sum(weighted.astype(np.float64) ** 2, axis=0))))
    block = min(_BLOCK, samples)
    starts = np.arange(0, samples - block + 1, _STEP)
    return np.asarray((added[starts + block] - added[starts]) / max(1, block))


@lru_cache(4)
def _k_weighting(length: int) -> NDArray[np.complex64]:
    turn = np.exp(-2j * np.pi * np.arange(length // 2 + 1) / length)
    response = np.ones(turn.size, np.complex128)
    for over, under in (_SHELF, _LOW_CUT):
        response *= np.polynomial.polynomial.polyval(turn, over) / np.polynomial.polynomial.polyval(turn, under)
    return response.astype(np.complex64)


def _between() -> list[NDArray[np.float32]]:
    """Interpolators of the points between two samples: windowed sinc functions."""
    place = np.arange(_TAPS) - _TAPS // 2 + 1
    taps = []
    for point in range(1, _OVERSAMPLING):
        offset = place - point / _OVERSAMPLING
        sinc = np.sinc(offset) * np.cos(np.pi * offset / _TAPS) ** 2
        taps.append((sinc / sinc.sum())[::-1].astype(np.float32))
    return taps


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))

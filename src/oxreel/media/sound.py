"""Sound that was filmed: kept in a file of its own until the film is joined."""

import wave
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from oxreel.errors import FilmingFailed
from oxreel.media.join import SOUND_RATE

#: float32 (channels, samples), -1..1.
Samples = NDArray[np.float32]
_LARGEST = 32767


def for_film(sound: Samples, rate: int, samples: int) -> Samples:
    """Sound of one or more channels at any rate as that of a film: float32 (2, samples) at 48 kHz.

    It is cut, or ends in silence, where it has another length.
    """
    stereo = np.repeat(sound[:1], 2, axis=0) if sound.shape[0] == 1 else sound[:2]
    heard = stereo.astype(np.float32) if rate == SOUND_RATE else _resampled(stereo, rate)
    fitted = np.zeros((2, samples), np.float32)
    length = min(samples, heard.shape[1])
    fitted[:, :length] = np.clip(heard[:, :length], -1, 1)
    return fitted


def write_wave(path: Path, sound: Samples) -> None:
    """Write sound of two channels at 48 kHz in 16 bits."""
    with wave.open(str(path), "wb") as written:
        written.setnchannels(2)
        written.setsampwidth(2)
        written.setframerate(SOUND_RATE)
        written.writeframes(np.rint(sound.T * _LARGEST).astype("<i2").tobytes())


def read_wave(path: Path) -> Samples:
    """What `write_wave` wrote. Raises FilmingFailed where the file is none of those."""
    try:
        with wave.open(str(path), "rb") as opened:
            if (opened.getnchannels(), opened.getsampwidth(), opened.getframerate()) != (2, 2, SOUND_RATE):
                raise FilmingFailed("The sound that was filmed is not as it was written.")
            stored = np.frombuffer(opened.readframes(opened.getnframes()), "<i2")
    except (wave.Error, EOFError, OSError) as error:
        raise FilmingFailed(f"The sound that was filmed cannot be read ({error}).") from error
    return np.ascontiguousarray(stored.reshape(-1, 2).T.astype(np.float32) / _LARGEST)


def _resampled(stereo: Samples, rate: int) -> Samples:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(stereo, np.float32), format="fltp", layout="stereo")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
    pieces = [piece.to_ndarray() for part in (frame, None) for piece in resampler.resample(part)]
    return np.concatenate(pieces, axis=1)

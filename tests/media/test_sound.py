"""Sound that was filmed, on its way into a film."""

from pathlib import Path

import numpy as np
import pytest

from oxreel.errors import FilmingFailed
from oxreel.media.sound import for_film, read_wave, write_wave


def tone(rate: int, seconds: float, channels: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """440 Hz in the first channel, half as loud in the others."""
    wave = np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate).astype(np.float32) / 2
    return np.stack([wave / (1 + channel) for channel in range(channels)])


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_sound_of_any_rate_is_the_same_at_48_kilohertz(rate: int, channels: int) -> None:
    heard = for_film(tone(rate, 1.0, channels), rate, 48_000)
    assert heard.shape == (2, 48_000)
    assert heard.dtype == np.float32
    wanted = tone(48_000, 1.0, channels)
    middle = slice(4_000, 44_000)
    assert np.abs(heard[0, middle] - wanted[0, middle]).max() < 0.02
    assert np.abs(heard[1, middle] - wanted[-1, middle]).max() < 0.02


def test_it_is_exactly_as_long_as_the_film_and_ends_in_silence() -> None:
    assert for_film(tone(48_000, 2.0), 48_000, 1_000).shape == (2, 1_000)
    short = for_film(tone(48_000, 0.5), 48_000, 48_000)
    assert short[:, 24_000:].any() == np.False_


def test_what_is_written_is_read(tmp_path: Path) -> None:
    sound = for_film(tone(48_000, 0.1, 2) * 4, 48_000, 4_800)
    assert np.abs(sound).max() == 1
    write_wave(tmp_path / "s.wav", sound)
    assert np.abs(read_wave(tmp_path / "s.wav") - sound).max() < 1e-4


@pytest.mark.parametrize("content", [b"", b"RIFF....WAVE", b"nothing of the kind"])
def test_what_is_no_sound_fails_the_film(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s.wav").write_bytes(content)
    with pytest.raises(FilmingFailed, match="cannot be read"):
        read_wave(tmp_path / "s.wav")

"""Films to listen to, and ears: boards, the delivered sound, and what ffmpeg measures of it."""

from fractions import Fraction
from pathlib import Path

import av
import av.filter
import numpy as np
from numpy.typing import NDArray

from engines.pictures import storyboard
from oxreel.media.decode import sound
from oxreel.media.encode import Encoder
from oxreel.media.join import SOUND_RATE, join
from oxreel.storyboard import Storyboard

Samples = NDArray[np.float32]


def board(*seconds: int, seed: int = 7, audio: bool = True) -> Storyboard:
    """A storyboard of shots that long, which asks for sound."""
    return storyboard([{"seconds": length} for length in seconds], seed=seed, audio=audio)


def delivered(made: Samples, frames: int, folder: Path) -> Samples:
    """What is heard of a soundtrack once it was encoded into a film and decoded again."""
    chroma = np.full((32, 32), 128, np.uint8)
    with Encoder(folder / "silent.mp4", 64, 64) as encoder:
        for _ in range(frames):
            encoder.write((np.full((64, 64), 90, np.uint8), chroma, chroma))
    join([folder / "silent.mp4"], folder / "film.mp4", sound=made)
    heard = sound(folder / "film.mp4", made.shape[1])
    assert heard is not None
    return heard


def measured(heard: Samples) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP, by ffmpeg's own meter."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(
        sample_rate=SOUND_RATE, format="fltp", layout="stereo", time_base=Fraction(1, SOUND_RATE)
    )
    meter = graph.add("ebur128", "metadata=1:peak=true")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    said: dict[str, str] = {}
    for first in range(0, heard.shape[1], 4_800):
        chunk = np.ascontiguousarray(heard[:, first : first + 4_800])
        frame = av.AudioFrame.from_ndarray(chunk, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SOUND_RATE, first, Fraction(1, SOUND_RATE)
        graph.push(frame)
        while True:
            try:
                said.update(graph.pull().metadata)
            except (av.error.BlockingIOError, av.error.EOFError):
                break
    peaks = [float(said[f"lavfi.r128.true_peaks_ch{ear}"]) for ear in (0, 1)]
    return float(said["lavfi.r128.I"]), 20 * float(np.log10(max(*peaks, 1e-9)))


def part(heard: Samples, first: float, last: float) -> Samples:
    """The sound from one second to another."""
    return heard[:, int(first * SOUND_RATE) : int(last * SOUND_RATE)]


def level(heard: Samples) -> float:
    """Root mean square in dBFS."""
    return 20 * float(np.log10(max(1e-9, float(np.sqrt(np.mean(heard.astype(float) ** 2))))))


def band_level(heard: Samples, low: float, high: float) -> float:
    """dBFS of what lies between two frequencies in Hz."""
    spectrum = np.abs(np.fft.rfft(heard.mean(axis=0))) ** 2
    rates = np.fft.rfftfreq(heard.shape[1], 1 / SOUND_RATE)
    power = 2 * spectrum[(rates >= low) & (rates < high)].sum() / heard.shape[1] ** 2
    return 10 * float(np.log10(max(1e-18, power)))


def correlation(heard: Samples, stem: Samples) -> float:
    """How much the one is the other: 1 is the same sound at any loudness."""
    one, other = heard.astype(float).ravel(), stem.astype(float).ravel()
    return float(one @ other / max(1e-12, np.linalg.norm(one) * np.linalg.norm(other)))

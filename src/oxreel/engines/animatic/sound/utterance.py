"""An utterance: one line spoken by one voice, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.plan import Line
from oxreel.engines.animatic.sound.spoken_text import WORDS_A_MINUTE, language_of, pronounced
from oxreel.engines.animatic.sound.voices import Voice
from oxreel.log import Log
from oxreel.media.environment import chosen_environment
from oxreel.media.join import SOUND_RATE

log = Log(__name__)

_PROCESS = Path(__file__).with_name("voice_process.py")
#: Seconds of wall clock that a line may take (0.05 s are usual).
_SECONDS = 20
#: What counts as silence before and behind the words, as a part of full scale.
_SILENT = 0.003


def spoken(
    line: Line, voice: Voice, pace: float = 1.0, *, program: Path = _PROCESS, seconds: float = _SECONDS
) -> NDArray[np.float32]:
    """The line without silence around it: float32 (samples,) at 48 kHz, empty where it could not be spoken."""
    text = pronounced(line)
    language = language_of(line)
    task = {
        "library": espeakng_loader.get_library_path(),
        "data": espeakng_loader.get_data_path(),
        "voice": voice.name(language),
        "rate": round(WORDS_A_MINUTE[language] * pace),
        "pitch": voice.pitch,
        "range": voice.liveliness,
        "text": text,
    }
    if not text:
        return np.zeros(0, np.float32)
    try:
        done = subprocess.run(  # noqa: S603 - our own file, and its arguments are fixed
            # Isolated and without site packages: it starts at once and finds nothing of ours or of a stranger's.
            [sys.executable, "-I", "-S", str(program)],
            input=json.dumps(task).encode(),
            capture_output=True,
            timeout=seconds,
            check=True,
            env=chosen_environment(),
        )
        head, _, data = done.stdout.partition(b"\n")
        heard = np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float32) / np.float32(32_768)
        return _at_sound_rate(_without_silence(heard), int(json.loads(head)["rate"]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        # A film without one line is worth more to its user than none.
        log.warning("line_not_spoken", voice=task["voice"], characters=len(text), reason=_reason(error))
        return np.zeros(0, np.float32)


def _without_silence(heard: NDArray[np.float32]) -> NDArray[np.float32]:
    loud = np.flatnonzero(np.abs(heard) > _SILENT)
    return heard[loud[0] : loud[-1] + 1] if loud.size else heard[:0]


def _at_sound_rate(heard: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """The same at 48 kHz: more points of the same waves, by way of their spectrum."""
    if not heard.size:
        return heard
    # A length that is a whole number of samples at both rates.
    step = rate // np.gcd(rate, SOUND_RATE)
    length = -(-(heard.size + rate // 20) // step) * step
    wanted = length * SOUND_RATE // rate
    spectrum = np.fft.rfft(heard, length)
    finer = np.fft.irfft(np.pad(spectrum, (0, wanted // 2 + 1 - spectrum.size)), wanted)
    return np.asarray(finer[: heard.size * SOUND_RATE // rate] * np.float32(wanted / length), np.float32)


def _reason(error: Exception) -> str:
    said = getattr(error, "stderr", None) or b""
    return f"{type(error).__name__}: {said.decode(errors='replace').strip()[-200:] or error}"

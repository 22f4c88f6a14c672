"""Mixing: the ambience steps back while somebody speaks."""

from collections.abc import Sequence

import numpy as np

from oxreel.engines.animatic.sound.loudness import Samples
from oxreel.engines.animatic.sound.noise import Curve, at_sound_rate
from oxreel.engines.animatic.sound.speech import Speech
from oxreel.media.join import SOUND_RATE

#: dB that the ambience steps back, and the seconds in which it does so before a line and comes back after it.
_DEPTH, _ATTACK, _RELEASE = 12.0, 0.16, 0.5
#: Pauses up to this many seconds do not bring it back.
_HELD = 0.7
#: Values a second that the gain is computed at.
_CURVE_RATE = 200


def mixed(ambience: Samples, speech: Speech) -> Samples:
    """Both together, the ambience 12 dB softer under the speech."""
    if not speech.spans:
        return ambience
    return speech.stem + ambience * ducking(speech.spans, ambience.shape[1])


def ducking(spans: Sequence[tuple[int, int]], samples: int) -> Curve:
    """Gain of the ambience around speech from sample to sample: down smoothly before it, back slowly after it."""
    time = np.arange(samples * _CURVE_RATE // SOUND_RATE + 2) / _CURVE_RATE
    depth = np.zeros(time.size)
    for first, last in _joined(spans):
        down = np.clip((time - first / SOUND_RATE + _ATTACK) / _ATTACK, 0, 1)
        back = np.clip((last / SOUND_RATE + _RELEASE - time) / _RELEASE, 0, 1)
        depth = np.maximum(depth, np.sin(np.minimum(down, back) * np.pi / 2) ** 2)
    return at_sound_rate((10 ** (-_DEPTH / 20 * depth)).astype(np.float32), _CURVE_RATE, samples)


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those with only a short pause between them as one."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first - joined[-1][1] < _HELD * SOUND_RATE:
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    return joined

"""The ambience of a film: every sound over the shots in which it is heard, crossing into the next at a cut."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.sound.catalogue import CATALOGUE
from oxreel.engines.animatic.sound.hearing import Heard, heard_in
from oxreel.engines.animatic.sound.loudness import Samples
from oxreel.engines.animatic.sound.noise import Curve
from oxreel.media.join import SOUND_RATE, sound_samples
from oxreel.storyboard import Storyboard

#: LUFS of a sound that fills the scene, before mastering: 5 LU under the speech.
_FULL = -21.0
#: Seconds that sounds cross at a cut, half of them before it; longer where the picture takes its time too.
_CROSSING = {"cut": 0.08, "match_cut": 0.08, "dissolve": 0.8, "fade_black": 0.6, "fade_white": 0.6}
#: Seconds in which the film comes out of silence and goes back to it, longer where its picture fades away.
_FADE_IN, _FADE_OUT, _LONG_FADE_OUT = 0.25, 0.6, 1.2


@dataclass(frozen=True)
class _Run:
    """Shots that follow one another, from `first` to `last`, in which one sound is heard unchanged."""

    heard: Heard
    first: int
    last: int


def ambience(storyboard: Storyboard, plans: Sequence[ShotPlan]) -> Samples:
    """Everything but the speech, for a plan of each shot: float32 (2, samples) at 48 kHz."""
    samples = sound_samples(storyboard.frames)
    mix = np.zeros((2, samples), np.float32)
    cuts = [*(sound_samples(shot.first_frame) for shot in storyboard.shots), samples]
    crossings = [0, *(int(_CROSSING[plan.transition] * SOUND_RATE) for plan in plans[1:]), 0]
    for run in _runs(plans):
        coming, going = crossings[run.first], crossings[run.last + 1]
        first = max(0, cuts[run.first] - coming // 2)
        last = min(samples, cuts[run.last + 1] + going // 2)
        entry = CATALOGUE[run.heard.kind]
        sound = entry.make(_generator(storyboard, run), last - first, run.heard.setting)
        gain = entry.gain(run.heard.strength) * 10 ** (_FULL / 20)
        mix[:, first:last] += sound * (np.float32(gain) * _crossing(last - first, coming, going))
    return mix * _fades(samples, _LONG_FADE_OUT if plans[-1].ending else _FADE_OUT)


def _runs(plans: Sequence[ShotPlan]) -> list[_Run]:
    """Each sound with the shots it goes on through, in the order in which they begin."""
    runs: list[_Run] = []
    going: dict[Heard, int] = {}
    for index, plan in enumerate(plans):
        now = heard_in(plan)
        runs += [_Run(heard, first, index - 1) for heard, first in going.items() if heard not in now]
        going = {heard: going.get(heard, index) for heard in now}
    return runs + [_Run(heard, first, len(plans) - 1) for heard, first in going.items()]


def _generator(storyboard: Storyboard, run: _Run) -> np.random.Generator:
    seed = storyboard.seed & 0xFFFF_FFFF_FFFF_FFFF
    return np.random.default_rng([seed, zlib.crc32(run.heard.kind.encode()), run.first])


def _crossing(samples: int, coming: int, going: int) -> Curve:
    """Gain of a sound that comes in over its first samples and goes over its last, with even power at the cut."""
    gain = np.ones(samples, np.float32)
    coming, going = min(coming, samples), min(going, samples)
    gain[:coming] *= np.sin(np.linspace(0, np.pi / 2, coming, endpoint=False, dtype=np.float32))
    gain[samples - going :] *= np.cos(np.linspace(0, np.pi / 2, going, dtype=np.float32))
    return gain


def _fades(samples: int, seconds: float) -> Curve:
    """Gain of a film that comes out of silence and goes back to it."""
    gain = np.ones(samples, np.float32)
    rise, fall = (min(samples // 2, int(length * SOUND_RATE)) for length in (_FADE_IN, seconds))
    gain[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise, endpoint=False, dtype=np.float32)) ** 2
    gain[samples - fall :] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32)) ** 2
    return gain

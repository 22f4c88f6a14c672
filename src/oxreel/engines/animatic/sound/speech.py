"""Speech: what is said in a film, each line in its shot and in the room that the shot shows."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from oxreel.engines.animatic.plan import Line, ShotPlan
from oxreel.engines.animatic.sound.dialogue import FASTEST, MOST_LINES, pace_for, timing_of
from oxreel.engines.animatic.sound.grains import Grain, put
from oxreel.engines.animatic.sound.loudness import Samples, loudness
from oxreel.engines.animatic.sound.noise import band, filtered
from oxreel.engines.animatic.sound.reverb import reverberated
from oxreel.engines.animatic.sound.spoken_text import plain
from oxreel.engines.animatic.sound.utterance import spoken
from oxreel.engines.animatic.sound.voices import Voice, cast, speaker_of
from oxreel.media.join import SOUND_RATE, sound_samples
from oxreel.storyboard import Shot, Storyboard

#: LUFS of every line, before mastering.
_LEVEL = -16.0
#: How far speakers stand from the middle, in turn, where there is more than one.
_PLACES = (-0.16, 0.16, 0.0, -0.3, 0.3)
#: Seconds in which a line that would outlast its shot, and every echo, fades out before the cut.
_FADE = 0.06
#: Processes that speak at a time: the filming is over by then, but the hub has other work.
_AT_A_TIME = 2
#: Times that the lines of a shot are spoken until they fit.
_ROUNDS = 3
#: Seconds of echo and its gain: between walls, between houses, under trees, under the open sky.
_ROOM, _STREET, _TREES, _OPEN = (0.4, 0.22), (0.7, 0.12), (0.5, 0.1), (0.15, 0.07)
#: How much of the echo is heard from near and from afar.
_DISTANCE = {"extreme_wide": 1.8, "wide": 1.4, "close": 0.6, "extreme_close": 0.4}


@dataclass(frozen=True)
class Speech:
    """Everything that is said: float32 (2, samples) at 48 kHz, and from which sample to which somebody speaks."""

    stem: Samples
    spans: tuple[tuple[int, int], ...]


def speech_of(storyboard: Storyboard, plans: Sequence[ShotPlan]) -> Speech:
    """The lines of every shot, by their speakers' voices, as long as the film; silence where nothing is said."""
    stem = np.zeros((2, sound_samples(storyboard.frames)), np.float32)
    voices = cast(plans)
    places = dict(zip(voices, _PLACES * len(voices), strict=False)) if len(voices) > 1 else {}
    spans: list[tuple[int, int]] = []
    for shot, plan in zip(storyboard.shots, plans, strict=True):
        lines = [line for line in plan.lines if plain(line.text)][:MOST_LINES]
        if not lines:
            continue
        cut = sound_samples(shot.first_frame)
        part = np.zeros((2, sound_samples(shot.frames)), np.float32)
        heard = _spoken_within(lines, voices, shot)
        timing = timing_of([words.size / SOUND_RATE for words in heard], shot)
        for line, words, start in zip(lines, heard, timing.starts, strict=True):
            first = int(start * SOUND_RATE)
            said = _ending_within(words, int(timing.end * SOUND_RATE) - first)
            if said.size:
                put(part, said, first, 1.0, places.get(speaker_of(line), 0.0))
                spans.append((cut + first, cut + first + said.size))
        stem[:, cut : cut + part.shape[1]] = _in_its_room(storyboard.seed, plan, part)
    return Speech(stem, tuple(spans))


def _spoken_within(lines: Sequence[Line], voices: dict[str, Voice], shot: Shot) -> list[Grain]:
    """Every line at its level, spoken as fast as the length of the shot asks."""
    pace = 1.0
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        for _ in range(_ROUNDS):
            heard = list(pool.map(lambda line, pace=pace: spoken(line, voices[speaker_of(line)], pace), lines))
            # Pauses within a line shrink less than its words: only what was spoken says how much is missing.
            wanted = pace * pace_for([words.size / SOUND_RATE for words in heard], shot)
            if wanted <= pace or pace >= FASTEST:
                break
            pace = min(FASTEST, 1.03 * wanted)
    return [_at_its_level(words) for words in heard]


def _at_its_level(words: Grain) -> Grain:
    """A voice without rumble and with softer sibilants, as loud as the others."""
    if not words.size:
        return words
    words = filtered(filtered(words, band(90, 20_000)), band(20, 6_500, order=1))
    heard = loudness(np.stack([words, words]))
    return words * np.float32(10 ** ((_LEVEL - heard) / 20)) if np.isfinite(heard) else words


def _ending_within(words: Grain, samples: int) -> Grain:
    """The words as far as there is time, faded out where they are cut."""
    if words.size <= samples:
        return words
    words = words[: max(0, samples)].copy()
    fade = min(words.size, int(_FADE * SOUND_RATE))
    words[words.size - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return words


def _in_its_room(seed: int, plan: ShotPlan, part: Samples) -> Samples:
    """The speech of a shot with the echo of its place, all of which ends before the cut."""
    places = set(plan.places)
    if "room" in places or not places:
        seconds, wet = _ROOM
    elif places & {"city", "street", "village"}:
        seconds, wet = _STREET
    else:
        seconds, wet = _TREES if "forest" in places else _OPEN
    if plan.framing is not None:
        wet *= _DISTANCE.get(plan.framing, 1.0)
    random = np.random.default_rng([seed & 0xFFFF_FFFF_FFFF_FFFF, 0x0EC0])
    heard = reverberated(random, part, seconds, wet)
    fade = min(part.shape[1], int(_FADE * SOUND_RATE))
    heard[:, part.shape[1] - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return heard

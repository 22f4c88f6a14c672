"""The voices of a film: one for each speaker, the same in every shot."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from oxreel.engines.animatic.plan import Language, Line, ShotPlan

#: What the synthesizer calls its languages.
_LANGUAGES: dict[Language, str] = {"en": "en-us", "zh": "cmn-latn-pinyin"}


@dataclass(frozen=True)
class Voice:
    """How somebody speaks, in the synthesizer's terms."""

    #: A variant of eSpeak NG: the shape of a throat.
    variant: str
    #: 0 to 100: 50 is the variant's own.
    pitch: int
    #: 0 to 100: how lively the melody is.
    liveliness: int = 60

    def name(self, language: Language) -> str:
        """What the synthesizer calls this voice in that language."""
        return f"{_LANGUAGES[language]}+{self.variant}"


#: Variants whose samples stay within range and whose spectrum is that of an ordinary speaker.
VOICES: dict[str, tuple[Voice, ...]] = {
    "woman": (
        Voice("f2", 48),
        Voice("Annie", 40),
        Voice("f5", 44),
        Voice("f3", 52),
        Voice("linda", 42),
        Voice("f4", 54),
    ),
    "man": (
        Voice("m3", 46),
        Voice("Michael", 42),
        Voice("Alex", 38),
        Voice("m7", 52),
        Voice("robert", 40),
        Voice("m1", 50),
    ),
    "child": (Voice("f3", 82, 70), Voice("Annie", 74, 70), Voice("f5", 88, 70)),
}


def speaker_of(line: Line) -> str:
    """By whom a line is spoken; unnamed women, men and children are one speaker each."""
    return " ".join(line.speaker.casefold().split()) or f"({line.voice})"


def cast(plans: Sequence[ShotPlan]) -> dict[str, Voice]:
    """The voice of each speaker, in order of appearance: chosen by the name, no two alike while there are voices."""
    lines = [line for plan in plans for line in plan.lines]
    kinds: dict[str, str] = {}
    for line in lines:
        kinds[speaker_of(line)] = kinds.get(speaker_of(line)) or line.voice
    voices: dict[str, Voice] = {}
    for speaker, kind in kinds.items():
        chance = zlib.crc32(speaker.encode())
        pool = VOICES.get(kind) or VOICES["woman" if chance & 1 else "man"]
        turned = _in_turn(pool, chance >> 1)
        # A crowd of more speakers than there are voices shares them.
        voices[speaker] = next((voice for voice in turned if voice not in voices.values()), turned[0])
    return voices


def _in_turn(pool: tuple[Voice, ...], first: int) -> list[Voice]:
    """The pool from one voice on, then the same throats at other pitches, for as many speakers as come."""
    turned = [pool[(first + index) % len(pool)] for index in range(len(pool))]
    shifts = (0, 8, -8, 15, -15, 22, -22, 30, -30)
    return [Voice(one.variant, one.pitch + shift, one.liveliness) for shift in shifts for one in turned]

"""The soundtrack of a film: its ambience and its speech, mixed and mastered."""

from collections.abc import Sequence

from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.sound.ambience import ambience
from oxreel.engines.animatic.sound.loudness import Samples
from oxreel.engines.animatic.sound.mastering import mastered
from oxreel.engines.animatic.sound.mixing import mixed
from oxreel.engines.animatic.sound.speech import speech_of
from oxreel.storyboard import Storyboard


def soundtrack_of(storyboard: Storyboard, plans: Sequence[ShotPlan]) -> Samples | None:
    """float32 (2, samples) at 48 kHz, exactly as long as the film; None where no sound is asked for."""
    if not storyboard.audio:
        return None
    return mastered(mixed(ambience(storyboard, plans), speech_of(storyboard, plans)))

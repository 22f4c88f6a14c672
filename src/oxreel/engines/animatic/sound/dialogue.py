"""Dialogue: when each line of a shot is spoken, and whether there is time for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from oxreel.engines.animatic.plan import ShotPlan
from oxreel.engines.animatic.sound.spoken_text import seconds_of
from oxreel.storyboard import Shot, Storyboard
from oxreel.units import FRAME_RATE

#: Seconds before the first line, between two, and behind the last one; the least of each where time is short.
_LEAD, _PAUSE, _TAIL = 0.35, 0.3, 0.25
_LEAST_LEAD, _LEAST_PAUSE, _LEAST_TAIL = 0.1, 0.12, 0.08
#: How much faster than usual a line may be spoken to fit its shot.
FASTEST = 1.5
#: Lines that are spoken in one shot at most: none is shorter than 0.2 s.
MOST_LINES = 60


@dataclass(frozen=True)
class Timing:
    """When the lines of a shot start, in seconds after its cut, and when the last of them must have ended."""

    starts: tuple[float, ...]
    end: float

    @property
    def fits(self) -> bool:
        """Whether every line starts before the end."""
        return not self.starts or self.starts[-1] < self.end


def shot_seconds(shot: Shot) -> float:
    """How long a shot is on the screen."""
    return float(shot.frames / FRAME_RATE)


def pace_for(seconds: Sequence[float], shot: Shot) -> float:
    """How much faster lines of these lengths must be spoken to fit their shot: 1 where they do, at most `FASTEST`."""
    usual = shot_seconds(shot) - _LEAD - _TAIL - _PAUSE * (len(seconds) - 1)
    if sum(seconds) <= usual:
        return 1.0
    least = max(0.01, shot_seconds(shot) - _LEAST_LEAD - _LEAST_TAIL - _LEAST_PAUSE * (len(seconds) - 1))
    return min(FASTEST, max(1.0, sum(seconds) / least))


def timing_of(seconds: Sequence[float], shot: Shot) -> Timing:
    """When lines of these lengths are spoken: with ordinary pauses where there is time, else with short ones."""
    whole = shot_seconds(shot)
    gaps = [(_LEAD, _PAUSE, _TAIL), (_LEAST_LEAD, _LEAST_PAUSE, _LEAST_TAIL)]
    needed = [lead + tail + pause * (len(seconds) - 1) for lead, pause, tail in gaps]
    spare = whole - sum(seconds)
    # Between the two there is as much of each pause as fits.
    share = min(1.0, max(0.0, (spare - needed[1]) / (needed[0] - needed[1])))
    lead, pause, tail = (share * usual + (1 - share) * least for usual, least in zip(*gaps, strict=True))
    starts, at = [], lead
    for length in seconds:
        starts.append(at)
        at += length + pause
    return Timing(tuple(starts), whole - tail)


def lines_too_long(storyboard: Storyboard, plans: Sequence[ShotPlan]) -> list[int]:
    """Indexes of the shots that end before their lines do, even spoken fast: by an estimate from the text alone."""
    late = []
    for shot, plan in zip(storyboard.shots, plans, strict=True):
        seconds = [length for line in plan.lines if (length := seconds_of(line))]
        least = _LEAST_LEAD + _LEAST_TAIL + _LEAST_PAUSE * (len(seconds) - 1)
        if seconds and sum(seconds) / FASTEST + least > shot_seconds(shot):
            late.append(shot.index)
    return late

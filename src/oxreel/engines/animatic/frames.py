"""Frames: a shot as the planes of each frame, in order: what the camera sees, and what is laid over it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from oxreel.engines.animatic.effect import Effect, Source
from oxreel.engines.animatic.resampling import blank, dissolve
from oxreel.media.encode import Planes

#: Frames that may be in use at once: waiting, being encoded, being drawn.
_BUFFERS = 6
#: Frames in which effects come in after an anchored first frame, and go before an anchored last one.
_ENVELOPE = 14


@dataclass(frozen=True)
class Strip:
    """A source on screen for a stretch of a shot, in frames of the shot."""

    source: Source
    first: int
    #: The frame after its last one.
    end: int
    #: Frames of its dissolve-in.
    fade: int = 0

    def share(self, frame: int) -> float:
        """How much of the picture it is, 0..1, against the strips before it."""
        done = (frame - self.first + 1) / (self.fade + 1)
        return 1.0 if done >= 1 else done * done * (3 - 2 * done)


def frames_of(
    strips: Sequence[Strip], effects: Sequence[Effect], size: tuple[int, int], frames: int, anchored: frozenset[int]
) -> Iterator[Planes]:
    """Each frame of a shot; its planes are reused six frames later. Effects leave the `anchored` frames alone."""
    buffers = cycle([blank(*size) for _ in range(_BUFFERS)])
    under, over = blank(*size), blank(*size)
    for frame in range(frames):
        seen = [strip for strip in strips if strip.first <= frame < strip.end][-2:]
        out = next(buffers)
        if len(seen) == 2 and seen[1].share(frame) < 1:
            for strip, planes in zip(seen, (under, over), strict=True):
                strip.source.fill(frame, planes)
            dissolve(under, over, seen[1].share(frame), out)
        else:
            seen[-1].source.fill(frame, out)
        strength = presence(frame, anchored)
        if strength > 0:
            for effect in effects:
                effect.apply(out, frame, strength)
        yield out


def presence(frame: int, anchored: frozenset[int]) -> float:
    """How much of what is not the anchored pictures' own is seen at a frame: 0 at one of them, 1 away from them."""
    near = min((abs(frame - one) for one in anchored), default=_ENVELOPE)
    share = min(1.0, near / _ENVELOPE)
    return share * share * (3 - 2 * share)

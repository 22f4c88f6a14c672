"""Frames: a shot as the planes of each frame, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from oxreel.engines.animatic.camera import Path
from oxreel.engines.animatic.resampling import Matrix, blank, dissolve, see
from oxreel.engines.animatic.scene import Scene
from oxreel.media.encode import Planes

#: Frames that may be in use at once: waiting, being encoded, being drawn.
_BUFFERS = 6


@dataclass(frozen=True)
class Footing:
    """A view made ready: its scene, and where the camera stands in it at each frame from `first` on."""

    scene: Scene
    path: Path
    first: int
    #: Frames of its dissolve-in.
    fade: int

    @property
    def end(self) -> int:
        """The frame after its last one."""
        return self.first + len(self.path)

    def share(self, frame: int) -> float:
        """How much of the picture it is, 0..1, against the views before it."""
        done = (frame - self.first + 1) / (self.fade + 1)
        return 1.0 if done >= 1 else done * done * (3 - 2 * done)


def frames_of(footings: Sequence[Footing], width: int, height: int, count: int) -> Iterator[Planes]:
    """Each frame of a shot; its planes are reused six frames later."""
    buffers = cycle([blank(width, height) for _ in range(_BUFFERS)])
    under, over = blank(width, height), blank(width, height)
    held: tuple[Footing, Matrix, Planes] | None = None
    for frame in range(count):
        seen = [footing for footing in footings if footing.first <= frame < footing.end][-2:]
        out = next(buffers)
        if len(seen) == 2 and seen[1].share(frame) < 1:
            for footing, planes in zip(seen, (under, over), strict=True):
                see(footing.scene, footing.path[frame - footing.first], planes)
            dissolve(under, over, seen[1].share(frame), out)
            held = None
        else:
            footing = seen[-1]
            matrix = footing.path[frame - footing.first]
            if held is not None and held[0] is footing and np.array_equal(held[1], matrix):
                # A camera at rest: the frame before, once more.
                for to, plane in zip(out, held[2], strict=True):
                    to[:] = plane
            else:
                see(footing.scene, matrix, out)
            held = footing, matrix, out
        yield out

"""Paths: the camera's curves as matrices, kept inside the picture and exact at their anchored ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.camera.curves import Curves
from oxreel.engines.animatic.camera.framing import Crop
from oxreel.engines.animatic.camera.moves import LEAD, curves_of
from oxreel.engines.animatic.camera.timing import Curve, ease
from oxreel.engines.animatic.plan import Camera
from oxreel.engines.animatic.views import Anchors

#: float64 (frames, 3, 3): for each frame, where in the fitted picture its pixels are seen.
Path = NDArray[np.float64]
Matrix = NDArray[np.float64]

#: How much nearer than the reference plane the nearest is, and how much further the furthest, in shares of its
#: distance: enough to be felt, little enough that a guessed depth is forgiven.
PARALLAX = 0.4
#: Part of a way aside that an anchored path goes over the edge of the picture rather than closer to it.
_BORROWED = 0.3
#: Furthest that a path may look beyond the picture, as a share of its shorter side.
_FURTHEST = 0.14
_WHOLE = Crop()


@dataclass(frozen=True)
class CameraPath:
    """Where the camera stands at each frame, before a picture whose parts are at different distances."""

    #: Of the reference plane, of what is nearest (nearness 1) and of what is furthest (nearness 0).
    matrices: Path
    near: Path
    far: Path
    size: tuple[int, int]
    #: The nearness of the reference plane.
    level: float = 0.5

    @property
    def frames(self) -> int:
        """How many frames it lasts."""
        return len(self.matrices)

    @property
    def flat(self) -> bool:
        """Whether everything moves as the reference plane does."""
        return np.array_equal(self.near, self.matrices) and np.array_equal(self.far, self.matrices)

    @property
    def still(self) -> bool:
        """Whether every frame is the fitted picture itself."""
        rest = np.broadcast_to(np.eye(3), self.matrices.shape)
        return self.flat and np.array_equal(self.matrices, rest)

    def view(self, frame: int, nearness: float) -> Matrix:
        """Out of the frame's pixels into the fitted picture's, for a plane at that nearness, 0..1."""
        base = self.matrices[frame]
        if nearness >= self.level:
            return np.asarray(base + (self.near[frame] - base) * ((nearness - self.level) / (1 - self.level)))
        return np.asarray(base + (self.far[frame] - base) * ((self.level - nearness) / self.level))

    def project(self, frame: int, x: float, y: float, nearness: float) -> tuple[float, float, float]:
        """Where in the frame the picture's point (x, y) at that nearness is seen, and how much larger it is there."""
        inverse = np.linalg.inv(self.view(frame, nearness))
        u, v, w = inverse @ (x, y, 1.0)
        u, v = u / w, v / w
        jacobian = (inverse[:2, :2] - np.outer((u, v), inverse[2, :2])) / w
        return float(u), float(v), float(np.sqrt(abs(np.linalg.det(jacobian))))

    def between(self, first: int, end: int) -> "CameraPath":
        """The frames from `first` to before `end`."""
        cut = slice(first, end)
        return CameraPath(self.matrices[cut], self.near[cut], self.far[cut], self.size, self.level)

    def arriving(self) -> "CameraPath":
        """The path of a picture that lies where this one ends: it comes to rest exactly on it."""
        return CameraPath(arriving(self.matrices), arriving(self.near), arriving(self.far), self.size, self.level)

    def reach(self) -> float:
        """Pixels that it looks beyond the picture's edges, at most, at whatever nearness."""
        return max(reach(one, self.size) for one in (self.matrices, self.near, self.far))

    def speed(self, frame: int) -> tuple[float, float]:
        """Pixels that the middle of the reference plane moves across the frame, to the left and up, in one frame."""
        before, after = self.matrices[max(0, frame - 1)], self.matrices[min(self.frames - 1, frame + 1)]
        middle = np.array([(self.size[0] - 1) / 2, (self.size[1] - 1) / 2, 1.0])
        moved = (after @ middle) / (after @ middle)[2] - (before @ middle) / (before @ middle)[2]
        scale = 2 * np.sqrt(abs(np.linalg.det(self.matrices[frame][:2, :2])))
        return float(moved[0] / scale), float(moved[1] / scale)


def camera_path(
    direction: Camera,
    frames: int,
    size: tuple[int, int],
    *,
    anchors: Anchors,
    seed: int,
    scale: float = 1.0,
    crop: Crop = _WHOLE,
    tail_from: int | None = None,
    parallax: float = PARALLAX,
    level: float = 0.5,
) -> CameraPath:
    """The path of a camera over `frames` frames before a picture of `size`.

    `scale` tones all movement down; `crop` is a closer framing to start from, or to travel to where the first frame is
    anchored. From frame `tail_from` on, `arriving` of this path is seen too. A path that would look too far beyond
    either picture is toned down. `parallax` 0 is a flat picture; `level` is the nearness of what keeps to the path.
    """
    distances = (1.0,) if parallax == 0 else (1.0, 1 + parallax * (1 - level), 1 - parallax * level)
    while True:
        wanted = curves_of(direction, frames, anchors, seed, scale)
        curves = _framed(wanted, crop, anchors, size, distances)
        planes = [curves.matrices(size, distance) for distance in distances]
        found = CameraPath(planes[0], planes[len(planes) // 2], planes[-1], size, level)
        beyond = found.reach()
        if tail_from is not None:
            beyond = max(beyond, found.arriving().between(tail_from, frames).reach())
        if beyond <= _FURTHEST * min(size) or scale < 0.05:
            return found
        scale *= 0.9


def path(
    direction: Camera,
    frames: int,
    size: tuple[int, int],
    *,
    anchors: Anchors,
    seed: int,
    scale: float = 1.0,
    framing: tuple[float, float, float] = (1.0, 0.0, 0.0),
    tail_from: int | None = None,
) -> Path:
    """`camera_path` before a flat picture; `framing` is its crop: magnification and middle."""
    found = camera_path(
        direction, frames, size, anchors=anchors, seed=seed, scale=scale, crop=Crop(*framing), tail_from=tail_from,
        parallax=0.0,
    )  # fmt: skip
    return found.matrices


def arriving(found: Path) -> Path:
    """The path of a picture that lies where another path ends: the same movement comes to rest exactly on it."""
    relative = np.linalg.inv(found[-1]) @ found
    relative /= relative[:, 2:, 2:]
    relative[-1] = np.eye(3)
    return np.asarray(relative)


def reach(found: Path, size: tuple[int, int]) -> float:
    """Pixels that a path looks beyond the picture's edges, at most."""
    width, height = size
    corners = np.array([[x, y, 1.0] for x in (0, width - 1) for y in (0, height - 1)]).T
    seen = found @ corners
    x, y = seen[:, 0] / seen[:, 2], seen[:, 1] / seen[:, 2]
    return float(max(0.0, -x.min(), -y.min(), x.max() - (width - 1), y.max() - (height - 1)))


def _framed(
    curves: Curves, crop: Crop, anchors: Anchors, size: tuple[int, int], distances: tuple[float, ...]
) -> Curves:
    """The curves with the closer framing that keeps them inside the picture, made as gently as the anchors allow."""
    anchored = anchors.start or anchors.end
    lead: Curve | float = 1.0
    if anchored:
        lead = ease(np.clip(np.arange(curves.frames) / max(1, curves.frames - 1) / LEAD, 0, 1))
    # A first frame that is given is the whole picture: the framing is travelled to.
    share = lead if anchors.start else 1.0
    curves.x, curves.y = curves.x + crop.x * share, curves.y + crop.y * share
    curves.pitch = curves.pitch + crop.pitch * share
    closer = np.log(crop.magnification) * share
    # A free path stays inside the picture. An anchored one cannot begin closer: it looks past the edge for a part of
    # its way aside, and all of its way out.
    kept = 1 - _BORROWED if anchored else 1.0
    moved = curves.copy()
    moved.zoom = np.maximum(curves.zoom, 0)
    moved.x = (curves.x - crop.x * share) * kept + crop.x * share
    moved.y = (curves.y - crop.y * share) * kept + crop.y * share
    moved.gone_x, moved.gone_y, moved.beside = curves.gone_x * kept, curves.gone_y * kept, curves.beside * kept
    room = np.zeros(curves.frames)
    for _ in range(4):
        moved.crop = closer + room
        room += np.max([_missing(moved, size, distance) for distance in distances], axis=0)
    curves.crop = closer + float(room.max()) * lead
    return curves


def _missing(curves: Curves, size: tuple[int, int], distance: float) -> Curve:
    """Logarithm of the magnification that each frame lacks to stay inside the picture."""
    width, height = size
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    corners = np.array([[x, y, 1.0] for x in (0, width - 1) for y in (0, height - 1)]).T
    seen = curves.matrices(size, distance) @ corners
    away = np.abs(seen[:, :2] / seen[:, 2:] - middle[:, None])
    # What sticks out must come from the half that the view itself takes, not from where its centre lies.
    across, down = curves.aside(distance)
    centre = np.abs(np.stack([across * width, down * height], axis=1))[:, :, None]
    allowed = np.maximum(middle[:, None] - centre, 1.0)
    return np.asarray(np.log(np.maximum((np.maximum(away - centre, 1.0) / allowed).max(axis=(1, 2)), 1.0)))

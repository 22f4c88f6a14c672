"""The camera's path: what a direction means frame by frame, as matrices from the frame into the fitted picture."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.plan import Axis, Camera, Move
from oxreel.engines.animatic.views import Anchors

#: float64 (frames, 3, 3): for each frame, where in the fitted picture its pixels are seen.
Path = NDArray[np.float64]
Curve = NDArray[np.float64]

#: What a move of ordinary pace adds up to in five seconds. Zoom is the logarithm of the magnification; pan, tilt,
#: truck and crane are shares of the frame; orbit is an angle in radians.
_AMOUNT: dict[Axis, float] = {
    "zoom": float(np.log(1.28)), "pan": 0.14, "tilt": 0.14, "truck": 0.14, "crane": 0.14, "orbit": 0.2,
}  # fmt: skip
#: Frames that a move of ordinary amount takes.
_USUAL_FRAMES = 120
#: Distance of the viewer from the picture, in picture widths: how strong perspective is when it turns.
_DISTANCE = 1.3
#: Widths that the view travels aside for a radian around the subject.
_ORBIT_TRAVEL = 0.25
#: Part of a way aside that an anchored path goes over the edge of the picture rather than closer to it.
_BORROWED = 0.5
#: Share of a path after which the room that a move needs at the edges is made.
_LEAD = 0.45
#: Furthest that one move goes to the side, as a share of the frame.
_FURTHEST_ASIDE = 0.15
#: Furthest that a path may look beyond the picture, as a share of its shorter side.
_FURTHEST = 0.2


@dataclass
class _Curves:
    """How the camera stands at each frame."""

    frames: int
    zoom: Curve = field(init=False)
    #: Moved to the right and down, in frame widths and heights.
    x: Curve = field(init=False)
    y: Curve = field(init=False)
    #: Shaken, likewise.
    sway_x: Curve = field(init=False)
    sway_y: Curve = field(init=False)
    #: Radians: turned about the vertical axis, and in the plane of the picture.
    yaw: Curve = field(init=False)
    roll: Curve = field(init=False)

    def __post_init__(self) -> None:
        self.zoom, self.x, self.y, self.yaw = (np.zeros(self.frames) for _ in range(4))
        self.sway_x, self.sway_y, self.roll = (np.zeros(self.frames) for _ in range(3))

    def aside(self) -> tuple[Curve, Curve]:
        """The whole shift; a camera that goes around its subject travels aside as well."""
        return self.x + self.sway_x + _ORBIT_TRAVEL * self.yaw, self.y + self.sway_y


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
    """The path of a camera over `frames` frames before a picture of `size`.

    `scale` tones all movement down; `framing` is a closer crop to start from: magnification, and its middle as
    shares of the frame from the centre. From frame `tail_from` on, `arriving` of this path is seen too. A path that
    would look too far beyond either picture is toned down.
    """
    while True:
        curves = _framed(_curves(direction, frames, anchors, seed, scale), framing, anchors, size)
        found = _matrices(curves, size)
        beyond = reach(found, size)
        if tail_from is not None:
            beyond = max(beyond, reach(arriving(found)[tail_from:], size))
        if beyond <= _FURTHEST * min(size) or scale < 0.05:
            return found
        scale *= 0.9


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


def ease(t: Curve, ramp: float = 0.35) -> Curve:
    """0..1 over time 0..1: gathers speed, keeps it, and comes to rest, smoothly (raised-cosine ramps)."""
    speed = 1 / (1 - ramp)

    def gathering(time: Curve) -> Curve:
        share = np.clip(time / ramp, 0, 1)
        return speed * ramp * (share / 2 - np.sin(np.pi * share) / (2 * np.pi))

    middle = speed * np.clip(t - ramp, 0, 1 - 2 * ramp)
    return np.asarray(np.clip(gathering(t) + middle + speed * ramp / 2 - gathering(1 - np.clip(t, 0, 1)), 0, 1))


def _curves(direction: Camera, frames: int, anchors: Anchors, seed: int, scale: float) -> _Curves:
    curves = _Curves(frames)
    time = np.arange(frames) / max(1, frames - 1)
    phases = direction.phases
    for index, moves in enumerate(phases):
        local = np.clip(time * len(phases) - index, 0, 1)
        for move in moves:
            _add(curves, move, local, frames / len(phases), scale, anchors)
    if direction.handheld:
        _shake(curves, direction.handheld * scale, seed, anchors)
    return curves


def _add(curves: _Curves, move: Move, time: Curve, frames: float, scale: float, anchors: Anchors) -> None:
    """Let one move of a phase (its own time 0..1) change the camera."""
    if move.axis == "hold":
        return
    length = float(np.clip((frames / _USUAL_FRAMES) ** 0.6, 0.4, 1.5))
    amount = _AMOUNT[move.axis] * move.pace * length
    if move.axis in ("pan", "truck", "tilt", "crane"):
        # Further to the side costs so much magnification that the picture turns soft.
        amount = min(amount, _FURTHEST_ASIDE)
    amount *= move.sign * scale
    done = ease(np.clip(time * max(1.0, move.pace), 0, 1))
    # A free path moves about the middle of the picture; an anchored one leaves it, or arrives there.
    centred = 0.0 if anchors.start or anchors.end else 0.5
    match move.axis:
        case "zoom":
            # A free pull-out starts close, so that it never needs what lies beyond the picture.
            free_pull = amount < 0 and not anchors.start and not anchors.end
            curves.zoom += amount * (done - 1 if free_pull else done)
        case "pan" | "truck":
            curves.x += amount * (done - centred)
        case "tilt" | "crane":
            curves.y += amount * (done - centred)
        case "orbit":
            curves.yaw += amount * (done - centred)


def _shake(curves: _Curves, strength: float, seed: int, anchors: Anchors) -> None:
    """Breath and hands: slow sway with a little tremor, at rest at anchored ends."""
    random = np.random.default_rng([seed & 0xFFFF_FFFF_FFFF_FFFF, 0x4A4D])
    time = np.arange(curves.frames) / max(1, curves.frames - 1)
    seconds = np.arange(curves.frames) / 24
    rates = np.array([0.23, 0.41, 0.83, 1.7, 2.9])
    sizes = np.array([1.0, 0.8, 0.35, 0.12, 0.05])
    envelope = np.ones(curves.frames)
    if anchors.start:
        # No sooner than the room for it is made.
        envelope *= ease(np.clip(time / _LEAD, 0, 1))
    if anchors.end:
        envelope *= ease(np.clip(time[::-1] / _LEAD, 0, 1))
    sways = []
    for size in (0.0055, 0.007, 0.0035):
        phase = random.uniform(0, 2 * np.pi, rates.size)
        rate = rates * random.uniform(0.85, 1.15, rates.size)
        sway = (sizes * np.sin(2 * np.pi * rate * seconds[:, None] + phase)).sum(axis=1)
        sways.append(strength * size * envelope * sway)
    curves.sway_x, curves.sway_y, curves.roll = sways


def _framed(curves: _Curves, framing: tuple[float, float, float], anchors: Anchors, size: tuple[int, int]) -> _Curves:
    """The curves with the closer framing that keeps them inside the picture, made as gently as the anchors allow."""
    magnification, x, y = framing
    wanted = curves.zoom
    anchored = anchors.start or anchors.end
    # A free path stays inside the picture. An anchored one cannot begin closer: it looks past the edge for a part of
    # its way aside, and all of its way out.
    kept = 1 - _BORROWED if anchored else 1.0
    moved = _Curves(curves.frames)
    moved.x, moved.y = curves.x * kept + x, curves.y * kept + y
    moved.sway_x, moved.sway_y, moved.yaw, moved.roll = curves.sway_x, curves.sway_y, curves.yaw, curves.roll
    base = np.maximum(wanted, 0) + np.log(magnification)
    room = np.zeros(curves.frames)
    for _ in range(4):
        moved.zoom = base + room
        room += _missing(moved, size)
    lead: Curve | float = 1.0
    if anchored:
        lead = ease(np.clip(np.arange(curves.frames) / max(1, curves.frames - 1) / _LEAD, 0, 1))
    curves.zoom = wanted + np.log(magnification) + float(room.max()) * lead
    curves.x, curves.y = curves.x + x, curves.y + y
    return curves


def _missing(curves: _Curves, size: tuple[int, int]) -> Curve:
    """Logarithm of the magnification that each frame lacks to stay inside the picture."""
    width, height = size
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    corners = np.array([[x, y, 1.0] for x in (0, width - 1) for y in (0, height - 1)]).T
    seen = _matrices(curves, size) @ corners
    away = np.abs(seen[:, :2] / seen[:, 2:] - middle[:, None])
    # What sticks out must come from the half that the view itself takes, not from where its centre lies.
    across, down = curves.aside()
    centre = np.abs(np.stack([across * width, down * height], axis=1))[:, :, None]
    allowed = np.maximum(middle[:, None] - centre, 1.0)
    return np.asarray(np.log(np.maximum((np.maximum(away - centre, 1.0) / allowed).max(axis=(1, 2)), 1.0)))


def _matrices(curves: _Curves, size: tuple[int, int]) -> Path:
    width, height = size
    n = curves.frames
    found = np.zeros((n, 3, 3))
    shrink = np.exp(-curves.zoom)
    cos, sin = np.cos(curves.roll), np.sin(curves.roll)
    # Out of the frame into the picture: roll and magnification, then the shift; about the middle of the picture.
    similar = np.zeros((n, 3, 3))
    similar[:, 0, 0], similar[:, 0, 1] = shrink * cos, -shrink * sin
    similar[:, 1, 0], similar[:, 1, 1] = shrink * sin, shrink * cos
    across, down = curves.aside()
    similar[:, 0, 2], similar[:, 1, 2], similar[:, 2, 2] = across * width, down * height, 1
    # A picture that turns about its vertical middle, seen from a distance of some widths.
    turned = np.zeros((n, 3, 3))
    turned[:, 0, 0], turned[:, 1, 1], turned[:, 2, 2] = 1, np.cos(curves.yaw), np.cos(curves.yaw)
    turned[:, 2, 0] = -np.sin(curves.yaw) / (_DISTANCE * width)
    to_middle = np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, 1.0]])
    found = np.linalg.inv(to_middle) @ similar @ turned @ to_middle
    return np.asarray(found / found[:, 2:, 2:])

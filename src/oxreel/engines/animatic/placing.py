"""Placing: where actors stand in a scene, how large, and who is in front of whom."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.acting import half_width
from oxreel.engines.animatic.actor import Actor, Cutout
from oxreel.engines.animatic.effect import Canvas, Nearness
from oxreel.engines.animatic.plan import Action, Camera, Framing, ShotPlan
from oxreel.engines.animatic.scene import Picture

#: Height of a lone actor as a share of the canvas, and where its foot is, by the framing that is asked for.
_STANDING: dict[Framing | None, tuple[float, float]] = {
    "extreme_wide": (0.22, 0.80),
    "wide": (0.38, 0.85),
    None: (0.56, 0.90),
    "medium": (0.68, 0.93),
    "close": (0.98, 1.08),
    "extreme_close": (1.5, 1.5),
}
#: The same of a framed card, whose middle hangs in the picture.
_HANGING: dict[Framing | None, float] = {
    "extreme_wide": 0.3, "wide": 0.42, None: 0.56, "medium": 0.64, "close": 0.76, "extreme_close": 0.86,
}  # fmt: skip
#: Share of the canvas's width that a lone actor takes at most.
_ALONE = 0.74
#: How much of their widths neighbours in a row may hide of one another.
_OVERLAP = 0.06
#: A row in which everyone would be smaller than this share of what one alone is, becomes two.
_TOO_SMALL = 0.62
#: Size of the back row, what of it shows above the front one, and how tall the front one is at most.
_BACK_SIZE, _BACK_SEEN, _FRONT_TALL = 0.82, 0.5, 0.46
#: Wider than this to its height, it is a sign rather than someone who stands; how wide it is at most, and its height.
_SIGN = 1.9
_SIGN_WIDE, _SIGN_TALL, _SIGN_ABOVE = 0.62, 0.24, 0.2
#: What one ordinary move takes away at the canvas's edges, see `camera`: a push in, and a way aside.
_PUSHED, _MOVED, _MOST_TAKEN = 0.13, 0.16, 0.19
#: The horizon where nothing tells it.
_HORIZON = 0.46
#: Longest side of the copy in which salience is sought.
_SALIENCE_SIDE = 160


@dataclass(frozen=True)
class Player:
    """Someone to be placed."""

    name: str
    #: The front, then further angles.
    angles: tuple[Cutout, ...]
    card: bool = False
    shadow: bool = True
    relight: bool = True


def place(
    players: Sequence[Player], picture: Picture | None, plan: ShotPlan, canvas: Canvas, order: Sequence[str] = ()
) -> tuple[Actor, ...]:
    """The players in a scene, from the back to the front: on its ground, apart, beside what is there already.

    `picture` is the set at rest, None where it is drawn; `order` names everyone of the film, so that they keep
    their sides from shot to shot.
    """
    if not players:
        return ()
    known = {name: index for index, name in enumerate(order)}
    row = sorted(players, key=lambda one: known.get(one.name, len(known)))
    horizon = horizon_of(picture, canvas.nearness)
    size, foot = _STANDING[plan.framing]
    if plan.angle in ("aerial", "overhead"):
        size, foot = size * 0.75, foot - 0.1
    free = _taken(plan.camera)
    foot = max(foot, min(0.95, horizon + 0.3 * size))
    if size < 0.9:
        foot = min(foot, 0.96 - free)
    busy = None if picture is None else salience_of(picture).max(axis=0)
    signs = [one for one in row if not one.card and _wide(one) and len(row) > 1]
    standing = _rows([one for one in row if one not in signs], size, foot, 1 - 2 * free, canvas)
    if len(standing) == 1:
        standing = _aside(standing, order, busy, free, canvas)
    else:
        standing = _around(standing, busy, free, canvas)
    actors = [*standing, *_hung(signs, free, canvas)]
    done = [_finished(one, plan, canvas, horizon, free, alone=len(row) == 1) for one in actors]
    return tuple(sorted(done, key=lambda one: (one.nearness, one.y)))


def _taken(camera: Camera) -> float:
    """What of the canvas, at each of its sides, the camera's path may leave out of sight."""
    total = 0.015
    for move in (move for moves in camera.phases for move in moves):
        if move.axis in ("zoom", "dolly") and move.sign > 0:
            total += _PUSHED * move.pace
        elif move.axis in ("pan", "truck", "whip"):
            total += _MOVED * move.pace
        elif move.axis in ("tilt", "crane", "orbit"):
            total += _MOVED / 2 * move.pace
    return min(total, _MOST_TAKEN)


def horizon_of(picture: Picture | None, nearness: Nearness | None) -> float:
    """Where the ground begins, as a share of the picture's height from its top: guessed."""
    if picture is None:
        return _HORIZON
    small = cv2.resize(picture, (64, 96), interpolation=cv2.INTER_AREA).astype(np.float32)
    rows = small.mean(axis=1)
    # The row where what is above differs most from what is below, both being even: by their variance.
    best, found = -1.0, _HORIZON
    for row in range(26, 66):
        above, below = rows[:row], rows[row:]
        apart = float(np.linalg.norm(above.mean(axis=0) - below.mean(axis=0)))
        within = float(above.std(axis=0).sum() + below.std(axis=0).sum())
        # A horizon is likelier near the middle.
        score = apart / (8 + within) * (1 - abs(row / 96 - _HORIZON))
        if score > best:
            best, found = score, row / 96
    return 0.5 * found + 0.5 * _HORIZON


def salience_of(picture: Picture) -> Nearness:
    """Where the eye goes, 0..1, float32 at about 160 cells a side.

    Colour contrast at several sizes, as in the classical centre-surround models, towards the middle.
    """
    height, width, _ = picture.shape
    share = _SALIENCE_SIDE / max(height, width)
    size = max(16, round(width * share)), max(16, round(height * share))
    lab = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB).astype(np.float32)
    found = np.zeros(lab.shape[:2], np.float32)
    for sigma in (0.02, 0.045, 0.09):
        centre = cv2.GaussianBlur(lab, (0, 0), sigma * max(size))
        around = cv2.GaussianBlur(lab, (0, 0), sigma * max(size) * 3)
        found += np.sqrt(((centre - around) ** 2).sum(axis=2))
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    found *= np.exp(-(((x / size[0] - 0.5) / 0.42) ** 2 + ((y / size[1] - 0.58) / 0.36) ** 2))
    low, high = float(np.percentile(found, 60)), float(found.max())
    return np.asarray(np.clip((found - low) / max(high - low, 1e-6), 0, 1), np.float32)


def _rows(row: list[Player], size: float, foot: float, wide: float, canvas: Canvas) -> list[Actor]:
    """The players side by side, as large as fits; in two rows where they would be too small in one."""
    if len(row) < 2:
        return [_sized(one, size, foot, canvas, min(_ALONE, wide)) for one in row]
    one = _line(row, size, foot, wide, canvas)
    if len(row) == 2 or min(actor.height for actor in one) >= _TOO_SMALL * min(size, 0.7):
        return one
    # Every other one steps back into the gap between its neighbours.
    slot = wide / len(row)
    actors = []
    for index, player in enumerate(row):
        x = 0.5 - wide / 2 + slot * (index + 0.5)
        # Neighbours in its row are two slots away; at the sides the canvas ends.
        most = min(2 * slot * 0.96, 2 * (min(x, 1 - x) - (1 - wide) / 2) + slot * 0.6)
        actor = _sized(player, min(size, _FRONT_TALL), min(foot + 0.03, 0.95), canvas, most)
        half = half_width(actor, canvas)
        actors.append(replace(actor, x=float(np.clip(x, (1 - wide) / 2 + half, (1 + wide) / 2 - half))))
    tall = max(actor.height for actor in actors[0::2])
    for index in range(1, len(row), 2):
        height = min(actors[index].height, tall * 1.1) * _BACK_SIZE
        up = tall - _BACK_SEEN * height
        actors[index] = replace(actors[index], height=height, y=actors[index].y - max(0.05, up))
    return actors


def _line(row: list[Player], size: float, foot: float, wide: float, canvas: Canvas) -> list[Actor]:
    actors = [_sized(one, size, foot, canvas, wide) for one in row]
    widths = [2 * half_width(one, canvas) * (1 - _OVERLAP) for one in actors]
    share = min(1.0, wide / sum(widths))
    # Who is made much smaller stands further up, or all heads would be low in the picture.
    actors = [replace(one, height=one.height * share, y=one.y - 0.1 * (1 - share)) for one in actors]
    widths = [width * share for width in widths]
    # A pair stands together rather than at both edges.
    gap = min((wide - sum(widths)) / (len(row) + 1), 0.09)
    left = 0.5 - (sum(widths) + gap * (len(row) - 1)) / 2
    for index, (actor, width) in enumerate(zip(actors, widths, strict=True)):
        # Those in the middle stand a little back: a shallow arc looks less like a line-up.
        bow = 0.0 if len(row) < 3 else 0.02 * (1 - abs(2 * index / (len(row) - 1) - 1))
        actors[index] = replace(actor, x=left + width / 2, y=actor.y - bow)
        left += width + gap
    return actors


def _wide(player: Player) -> bool:
    rows, columns = player.angles[0].shape[:2]
    return bool(columns / rows > _SIGN)


def _hung(signs: list[Player], free: float, canvas: Canvas) -> list[Actor]:
    """Signs and lettering among others: above them, where nobody hides them, one below the other."""
    actors = []
    top = max(_SIGN_ABOVE - 0.12, free + 0.02)
    for one in signs:
        rows, columns = one.angles[0].shape[:2]
        shape = columns / rows * canvas.height / canvas.width
        most = _SIGN_WIDE if canvas.width >= canvas.height else 1 - 2 * free - 0.06
        tall = min(_SIGN_TALL / len(signs), most * (0.75 if canvas.width >= canvas.height else 1.0) / shape)
        actors.append(
            Actor(one.angles, 0.5, top + tall, tall, 0.8, shadow=False, relight=one.relight, name=one.name, free=free)
        )
        top += tall * 1.2
    return actors


def _sized(player: Player, size: float, foot: float, canvas: Canvas, most: float) -> Actor:
    rows, columns = player.angles[0].shape[:2]
    shape = columns / rows * canvas.height / canvas.width
    if player.card:
        tall = min(0.62, size * 1.1, most * 0.8 / shape)
        return Actor(
            player.angles, 0.5, 0.5 + tall / 2, tall, 0.8, shadow=False, card=True, relight=False, name=player.name
        )
    # What lies or is written is wider than it is tall: it must not be as tall as who stands.
    tall = size * min(1.0, (1.25 * rows / columns) ** 0.7)
    if size <= 0.9 or _wide(player):
        tall = min(tall, most / shape)
        foot = 0.5 + tall / 2 if size > 0.9 else foot
    else:
        # A close-up: its head stays where it is, and the canvas's sides cut off no more than what is beside a face.
        top, tall = foot - size, min(tall, (1.0 if size <= 1 else 1.35) / shape)
        foot = max(0.97, top + tall)
    return Actor(player.angles, 0.5, foot, tall, 0.8, shadow=player.shadow, relight=player.relight, name=player.name)


def _aside(
    actors: list[Actor], order: Sequence[str], busy: NDArray[np.float32] | None, free: float, canvas: Canvas
) -> list[Actor]:
    """A lone actor: on its side of the film's cast, or beside what is there, else in the middle."""
    (one,) = actors
    half = half_width(one, canvas)
    least, most = min(half + free, 0.5), max(1 - half - free, 0.5)
    if len(order) > 1 and one.name in order:
        wanted = 0.34 + 0.32 * order.index(one.name) / (len(order) - 1)
        tries = [wanted + step for step in (-0.08, -0.04, 0.0, 0.04, 0.08)]
    else:
        wanted, tries = 0.5, [0.22 + 0.04 * step for step in range(15)]
    if busy is None or float(busy.max()) <= 0:
        return [replace(one, x=float(np.clip(wanted, least, most)))]
    # What it would hide, against how far it is from where it would stand in an empty place.
    places = sorted({float(np.clip(x, least, most)) for x in tries})
    cost = [_hidden(busy, x, half) + 0.5 * abs(x - wanted) for x in places]
    return [replace(one, x=places[int(np.argmin(cost))])]


def _hidden(busy: NDArray[np.float32], x: float, half: float) -> float:
    """Share of the salience that an actor there would stand before."""
    columns = len(busy)
    left, right = int(max(0, (x - half) * columns)), int(min(columns, np.ceil((x + half) * columns)))
    strong = busy**2
    return float(strong[left:right].sum() / max(float(strong.sum()), 1e-6))


def _around(actors: list[Actor], busy: NDArray[np.float32] | None, free: float, canvas: Canvas) -> list[Actor]:
    """Two or more make room in their middle for what is there, as far as there is any."""
    if busy is None or float(busy.max()) <= 0 or not actors:
        return actors
    strong = busy**2
    centre = float((strong * np.arange(len(busy))).sum() / strong.sum() / len(busy))
    left = [one for one in actors if one.x < centre]
    right = [one for one in actors if one.x >= centre]
    # Each half moves as one, as far as its outermost actor can.
    room_left = min((one.x - half_width(one, canvas) - free for one in left), default=0.0)
    room_right = min((1 - free - one.x - half_width(one, canvas) for one in right), default=0.0)
    moved = [replace(one, x=one.x - float(np.clip(room_left, 0, 0.12))) for one in left]
    moved += [replace(one, x=one.x + float(np.clip(room_right, 0, 0.12))) for one in right]
    return moved if _covered(moved, busy, canvas) < _covered(actors, busy, canvas) - 0.05 else actors


def _covered(actors: list[Actor], busy: NDArray[np.float32], canvas: Canvas) -> float:
    return sum(_hidden(busy, one.x, half_width(one, canvas)) for one in actors)


def _finished(one: Actor, plan: ShotPlan, canvas: Canvas, horizon: float, free: float, *, alone: bool) -> Actor:
    if one.card:
        rise = _HANGING[plan.framing] / 0.56
        rise = min(rise, 0.9 / one.height)
        tall = one.height * rise
        middle = one.y - one.height / 2 - 0.02
        one = replace(one, height=tall, y=middle + tall / 2)
    near = _nearness_at(canvas.nearness, one.x, min(one.y, 0.98), horizon)
    action = _action_of(one.name, plan, alone=alone)
    if action is None and len(one.angles) > 1:
        # Who was given from several sides shows them.
        action = Action("turn", one.name)
    return replace(one, nearness=near, free=free, action=action)


def _nearness_at(nearness: Nearness | None, x: float, y: float, horizon: float) -> float:
    """Of the ground under a foot, so that both move alike."""
    if nearness is None:
        return float(np.clip(0.35 + 0.6 * (y - horizon) / max(0.2, 1 - horizon), 0.2, 0.95))
    rows, columns = nearness.shape
    row, column = min(rows - 1, int(y * rows)), min(columns - 1, max(0, int(x * columns)))
    reach = max(1, columns // 40)
    return float(np.median(nearness[max(0, row - 1) : row + 2, max(0, column - reach) : column + reach + 1]))


def _action_of(name: str, plan: ShotPlan, *, alone: bool) -> Action | None:
    """What the words have it do: what they say of it, else what they say of the subject, if that is an actor."""
    for action in plan.actions:
        if action.who == name:
            return action
    others = set(plan.references) - {name}
    for action in plan.actions:
        # "The robot waves": who is alone on the stage is the robot.
        if (not action.who and (not plan.references or name in plan.references)) or (
            alone and action.who not in others
        ):
            return action
    return None

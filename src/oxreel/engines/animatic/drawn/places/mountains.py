"""Mountains, hills and dunes: ridges behind one another, each paler than the one before it."""

import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.drawn.land import Land, down_to, jagged, stroke, wave_line
from oxreel.engines.animatic.drawn.palette import Colour, mix
from oxreel.engines.animatic.drawn.shapes import Outline, open_curve


def mountains(land: Land, base: float) -> None:
    """A range behind a range: peaks with a lit and a shaded flank, and snow on the high ones."""
    room = base * 0.92
    for layer, (far, tall, count) in enumerate(((0.92, 0.98, 2), (0.6, 0.72, 3), (0.28, 0.38, 4))):
        spread = max(land.aspect, 0.9) / count
        shift = land.uniform(-0.5, 0.5) * spread
        order = land.random.permutation(count + 1)
        for index in order:
            x = (index + 0.1) * spread + shift + land.uniform(-0.16, 0.16) * spread
            height = room * tall * (land.uniform(0.62, 0.9) if index % 2 else land.uniform(0.86, 1.0))
            half = max(height * land.uniform(0.75, 1.05), spread * 0.62)
            _peak(
                land,
                x,
                base,
                height,
                half,
                far,
                snowy=layer < 2 or land.palette.season == "winter",
                near=0.06 + 0.07 * layer,
            )
        _mist(land, base, 0.12 - 0.02 * layer, 0.55 - 0.12 * layer)


def _peak(
    land: Land, x: float, base: float, height: float, half: float, far: float, *, snowy: bool, near: float
) -> None:
    palette, random = land.palette, land.random
    top = np.array([x, base - height])
    left = jagged(random, np.array([x - half, base + 0.02]), top, 0.10)
    right = jagged(random, top, np.array([x + half, base + 0.02]), 0.10)
    spine = jagged(random, top, np.array([x + half * random.uniform(-0.14, 0.14), base + 0.02]), 0.05)
    spine[:, 0] += np.linspace(0, 1, len(spine)) ** 0.5 * np.sin(np.linspace(0, 9, len(spine))) * half * 0.07
    outline = np.concatenate([left, right[1:]])
    rock = mix(palette.raw("far_rock"), palette.raw("pine"), max(0.0, 0.5 - far) * 0.9)
    lit, dim = palette.lit(rock, far, 0.1), palette.lit(rock, far, 0.95)
    pale = palette.haze
    span = (base - height, base)
    land.paper.fill([outline], lit, mix(lit, pale, 0.62), span=span, near=near, shadow=0.08)
    flank = np.concatenate([spine, right[::-1]]) if land.light < 0 else np.concatenate([left, spine])
    land.paper.fill([flank], dim, mix(dim, pale, 0.62), span=span, clip=[outline])
    if snowy:
        line = base - height * (0.52 if palette.season != "winter" else 0.22)
        edge = [(x - half, line)]
        steps = 13
        for step in range(steps):
            across = (step + 0.5) / steps * 2 - 1
            low = (
                line
                + height * (0.14 if step % 2 else -0.10) * random.uniform(0.5, 1.1)
                - height * 0.06 * (1 - abs(across))
            )
            edge.append((x + across * half, low))
        cap = np.array([(x - half, base - height - 0.1), *edge, (x + half, line), (x + half, base - height - 0.1)])
        snow = palette.raw("snow")
        inside = [outline]
        land.paper.fill([cap], palette.lit(snow, far * 0.7), mix(palette.lit(snow, far * 0.7), pale, 0.3), clip=inside)
        # Only where the flank is turned away, the snow is blue.
        shaded = _meeting(flank, line, height)
        land.paper.fill(
            [cap], palette.lit(snow, far * 0.7, 0.8), mix(palette.lit(snow, far * 0.7, 0.8), pale, 0.3), clip=[shaded]
        )


def _meeting(flank: Outline, line: float, height: float) -> Outline:
    """The flank down to a little below the snow line."""
    return np.column_stack([flank[:, 0], np.minimum(flank[:, 1], line + height * 0.4)])


def _mist(land: Land, base: float, thick: float, strength: float) -> None:
    rows = 24
    fall = np.linspace(0, 1, rows, dtype=np.float32)[:, None] ** 1.6
    density = np.ascontiguousarray(np.broadcast_to(fall, (rows, 4)), np.float32)
    land.paper.veil(density, land.palette.haze, strength, (base - thick, base + 0.01))


def hills(land: Land, base: float, *, name: str = "grass", layers: int = 3, height: float = 0.12) -> None:
    """Soft hills, the farthest the palest."""
    for layer in range(layers):
        share = layer / max(1, layers - 1)
        y = base - height * (1 - share) * 0.75
        line = wave_line(land.random, land.aspect, y, height * (0.55 - 0.2 * share), 1.1 + 0.5 * layer)
        far = 0.85 - 0.5 * share
        tone = land.palette.lit(name, far, 0.15)
        land.paper.fill(
            [down_to(line, base + 0.05)],
            tone,
            mix(tone, land.palette.haze, 0.45),
            span=(y - height * 0.3, base + 0.02),
            near=0.07 + 0.06 * share,
            shadow=0.07,
        )


def dunes(land: Land, base: float) -> None:
    """Dunes towards the camera: each a long crest that winds down, one flank in the light and one in shade."""
    paper, palette = land.paper, land.palette
    depth = 1.04 - base
    rows = 5
    for row in range(rows):
        share = row / (rows - 1)
        y = base + depth * share**1.6 * 0.80 + 0.002
        tall = 0.06 + 0.17 * share
        far = 0.75 * (1 - share) ** 1.3
        lit, dim = palette.lit("dune", far, 0.0), palette.lit("dune2", far, 0.42)
        near = land.nearness(y)
        span = (y - tall * 0.6, y + depth * 0.36)
        count = 2 if row > 2 else 3
        crest = _dune_line(land, y, tall, count)
        body = [down_to(crest)]
        paper.fill(body, lit, mix(lit, dim, 0.45), span=span, near=(near, min(0.95, near + 0.1)), shadow=0.12)
        tops = [at for at in range(3, len(crest) - 3) if crest[at, 1] <= crest[at - 3 : at + 4, 1].min()]
        for at in tops:
            _lee(land, crest, at, tall, dim, lit, body)
        ripples = []
        for _ in range(int(9 * land.aspect)):
            x, at_y = land.uniform(0, land.aspect), y + tall * land.uniform(0.3, 1.4)
            wide = (0.05 + 0.16 * share) * land.uniform(0.5, 1.0)
            points = np.array([(x, at_y), (x + wide / 2, at_y + 0.006), (x + wide, at_y - 0.002)])
            ripples.append(stroke(points, np.array([0.0004, 0.0012 + 0.0016 * share, 0.0004])))
        paper.fill(ripples, dim, opacity=0.28, clip=body)


def _dune_line(land: Land, y: float, tall: float, count: int) -> NDArray[np.float64]:
    """A skyline of dunes: slow climbs and steeper falls, away from the wind."""
    x = np.linspace(-0.2, land.aspect + 0.2, 160)
    line = np.zeros_like(x)
    for index in range(count):
        peak = land.aspect * (index + land.uniform(0.1, 0.9)) / count
        height = tall * land.uniform(0.55, 1.0)
        wide = land.aspect / count * land.uniform(0.45, 0.65)
        off = (x - peak) * land.light
        # The windward side, which is the lit one, is longer.
        line = np.maximum(line, height * np.exp(-((off / np.where(off > 0, wide * 1.2, wide * 0.75)) ** 2)))
    return np.stack([x, y - line], axis=1)


def _lee(
    land: Land, crest: NDArray[np.float64], at: int, tall: float, dim: Colour, lit: Colour, body: list[Outline]
) -> None:
    """The shaded flank below a crest: its edge winds from the top down towards the camera."""
    x, top = crest[at]
    side = -land.light
    drop = tall * 2.2
    steps = np.linspace(0, 1, 14)
    spine = np.stack([x + side * tall * (0.55 * np.sin(steps * 4.4) * steps + 0.5 * steps), top + drop * steps], axis=1)
    down = crest[at:] if side > 0 else crest[: at + 1][::-1]
    # As far as the crest falls.
    climbs = np.flatnonzero(np.diff(down[:, 1]) < -1e-6)
    reach = down[: climbs[0] + 1] if len(climbs) else down
    valley, foot = reach[-1], spine[-1]
    bend = np.array([(valley[0] * 0.55 + foot[0] * 0.45, valley[1] * 0.35 + foot[1] * 0.65)])
    flank = np.concatenate([reach, open_curve(np.concatenate([valley[None], bend, foot[None]])), spine[::-1]])
    land.paper.fill([flank], dim, mix(dim, lit, 0.8), span=(top, top + drop), clip=body)

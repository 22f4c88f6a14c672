"""Mountains, hills and dunes: ridges behind one another, each paler than the one before it."""

import numpy as np

from oxreel.engines.animatic.drawn.land import Land, down_to, jagged, wave_line
from oxreel.engines.animatic.drawn.palette import mix


def mountains(land: Land, base: float) -> None:
    """A range behind a range: peaks with a lit and a shaded flank, and snow on the high ones."""
    room = base * 0.92
    for layer, (far, tall, count) in enumerate(((1.0, 0.80, 3), (0.72, 0.66, 3), (0.42, 0.36, 4))):
        spread = land.aspect / count
        shift = land.uniform(-0.5, 0.5) * spread
        order = land.random.permutation(count + 1)
        for index in order:
            x = (index + 0.1) * spread + shift + land.uniform(-0.16, 0.16) * spread
            height = room * tall * land.uniform(0.62, 1.0)
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


def _meeting(flank: np.ndarray, line: float, height: float) -> np.ndarray:  # type: ignore[type-arg]
    """The flank down to a little below the snow line."""
    bounded: np.ndarray = np.column_stack([flank[:, 0], np.minimum(flank[:, 1], line + height * 0.4)])  # type: ignore[type-arg]
    return bounded


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
    """Dunes with a crest between light and shade, towards the camera."""
    paper, palette = land.paper, land.palette
    depth = 1.05 - base
    rows = 6
    for row in range(rows):
        share = row / (rows - 1)
        y = base + depth * share**1.5 * 0.86 + 0.004
        swell = 0.035 + 0.10 * share
        far = 0.8 * (1 - share) ** 1.4
        line = wave_line(land.random, land.aspect, y, swell, 0.9 + 0.35 * (rows - row), 0.0, 0.3)
        near = land.nearness(y)
        lit, dim = palette.lit("dune", far, 0.05), palette.lit("dune2", far, 0.45)
        paper.fill(
            [down_to(line)],
            lit,
            mix(lit, palette.lit("dune2", far), 0.35),
            span=(y - swell, y + depth * 0.34),
            near=(near, min(0.95, near + 0.1)),
            shadow=0.12,
        )
        # Each crest sends a blade of shade down its lee side.
        peaks = [
            at for at in range(2, len(line) - 2) if line[at, 1] < line[at - 1, 1] and line[at, 1] <= line[at + 1, 1]
        ]
        for at in peaks:
            x, top = line[at]
            width = swell * land.uniform(2.2, 3.6)
            side = -land.light
            down = [
                (x, top),
                (x + side * width * 0.10, top + swell * 0.35),
                (x - side * width * 0.06, top + swell * 0.8),
                (x + side * width * 0.16, top + swell * 1.7),
            ]
            crest = line[at : at + 40] if side > 0 else line[max(0, at - 40) : at + 1][::-1]
            blade = np.concatenate([crest, [[crest[-1, 0], crest[-1, 1] + swell * 0.5]], np.array(down)[::-1]])
            paper.fill([blade], dim, mix(dim, lit, 0.75), span=(top, top + swell * 1.8), clip=[down_to(line)])

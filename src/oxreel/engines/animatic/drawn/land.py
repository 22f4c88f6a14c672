"""The lie of the land: its horizon, its light, and the lines that paper is cut along."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from oxreel.engines.animatic.drawn.palette import Palette
from oxreel.engines.animatic.drawn.paper import Paper
from oxreel.engines.animatic.drawn.shapes import Outline, ellipse, open_curve
from oxreel.engines.animatic.plan import ShotPlan


@dataclass(frozen=True)
class Land:
    """What every place is drawn with; lengths are in heights of the picture, x from 0 to the aspect."""

    paper: Paper
    palette: Palette
    plan: ShotPlan
    random: np.random.Generator
    #: y of the horizon.
    horizon: float
    #: The light comes from the left (-1) or the right (1).
    light: float
    #: How large things are drawn: 1 in a usual wide shot.
    scale: float = 1.0

    @property
    def aspect(self) -> float:
        """Width of the picture."""
        return self.paper.aspect

    @property
    def sun(self) -> tuple[float, float]:
        """Where the sun or the moon is."""
        return self.aspect * (0.5 + self.light * 0.23), self.horizon * (1 - self.palette.altitude)

    def nearness(self, y: float) -> float:
        """How near the ground is at a height of the picture below the horizon."""
        return float(np.clip(0.12 + 0.83 * (y - self.horizon) / max(0.05, 1 - self.horizon), 0.1, 0.95))

    def uniform(self, low: float, high: float) -> float:
        """A number between the two."""
        return float(self.random.uniform(low, high))

    def has(self, *places: str) -> bool:
        """Whether the plan names one of these places."""
        return any(place in self.plan.places for place in places)


def down_to(line: NDArray[np.float64], bottom: float = 1.1) -> Outline:
    """What lies below a line that runs from left to right."""
    return np.concatenate([line, [[line[-1, 0], bottom], [line[0, 0], bottom]]])


def wave_line(
    random: np.random.Generator,
    aspect: float,
    y: float,
    height: float,
    bends: float,
    rough: float = 0.0,
    margin: float = 0.1,
) -> NDArray[np.float64]:
    """A rolling line across the picture: `bends` swells of `height`, with finer ones on it as it is rougher."""
    count = max(8, int(90 * aspect))
    x = np.linspace(-margin, aspect + margin, count)
    line = np.zeros(count)
    amplitude, wave = 1.0, bends / max(aspect, 0.3)
    for _ in range(4):
        line += amplitude * np.sin(2 * np.pi * (x * wave + random.random()))
        amplitude *= 0.28 + rough * 0.3
        wave *= 2.13
    return np.stack([x, y + line * height / 2], axis=1)


def jagged(
    random: np.random.Generator, start: NDArray[np.float64], end: NDArray[np.float64], rough: float, depth: int = 5
) -> NDArray[np.float64]:
    """A broken line between two points, by displacing middles."""
    line = np.stack([start, end])
    swing = rough * float(np.hypot(*(end - start)))
    for _ in range(depth):
        middle = (line[:-1] + line[1:]) / 2
        middle[:, 1] += random.uniform(-swing, swing, len(middle))
        middle[:, 0] += random.uniform(-swing, swing, len(middle)) * 0.3
        joined = np.empty((len(line) + len(middle), 2))
        joined[0::2], joined[1::2] = line, middle
        line, swing = joined, swing * 0.52
    return line


def noise(random: np.random.Generator, rows: int, columns: int, cells: float, octaves: int = 4) -> NDArray[np.float32]:
    """Smooth noise about 0 (a standard deviation of about 0.25), `cells` swells to the shorter side."""
    total = np.zeros((rows, columns), np.float32)
    weight = 1.0
    for _ in range(octaves):
        unit = min(rows, columns) / cells
        grid = random.standard_normal((int(rows / unit) + 3, int(columns / unit) + 3)).astype(np.float32)
        size = int(np.ceil(grid.shape[1] * unit)), int(np.ceil(grid.shape[0] * unit))
        total += weight * cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)[:rows, :columns]
        weight, cells = weight * 0.5, cells * 2
        if cells > min(rows, columns) / 2:
            break
    return total * np.float32(0.42)


def stroke(points: NDArray[np.float64], widths: NDArray[np.float64]) -> Outline:
    """A line of changing width as one outline."""
    fine = open_curve(np.column_stack([points, widths]))
    steps = np.gradient(fine[:, :2], axis=0)
    aside = np.stack([-steps[:, 1], steps[:, 0]], axis=1)
    aside /= np.maximum(np.hypot(*aside.T), 1e-9)[:, None]
    half = fine[:, 2:] / 2
    return np.concatenate([fine[:, :2] + aside * half, (fine[:, :2] - aside * half)[::-1]])


def lens(x: float, y: float, length: float, thick: float) -> Outline:
    """A flat pointed ellipse: a glint, a streak of mist."""
    return ellipse(x, y, length / 2, thick / 2)

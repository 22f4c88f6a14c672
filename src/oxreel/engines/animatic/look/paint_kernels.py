"""The inner loops of painterly styles: smoothing that keeps edges, lines, paper, screens of dots."""

from typing import Any

import numpy as np
from numba import njit

from oxreel.engines.animatic.kernels import _compiled

_ONE = np.float32(1)


@_compiled("void(f4[:,:,::1], i8, f4, f4[:,:,::1])")
def facets(means: Any, reach: Any, tolerance: Any, out: Any) -> None:
    """Each sample becomes the mean of those of the four squares around it that vary least (after Kuwahara).

    `means` (luma, its square, cb, cr; with a rim of `reach` samples) are those of squares around every sample;
    `tolerance` is a variance that counts as flat. The choice is a soft one, so that it does not flicker.
    """
    _, height, width = out.shape
    for y in range(height):
        for x in range(width):
            luma, blue, red, total = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
            for corner in range(4):
                b = y + (corner >> 1) * 2 * reach
                a = x + (corner & 1) * 2 * reach
                mean = means[0, b, a]
                spread = max(means[1, b, a] - mean * mean, np.float32(0)) / tolerance + _ONE
                weight = _ONE / (spread * spread)
                weight *= weight
                luma += weight * mean
                blue += weight * means[2, b, a]
                red += weight * means[3, b, a]
                total += weight
            out[0, y, x] = luma / total
            out[1, y, x] = blue / total
            out[2, y, x] = red / total


@njit(inline="always")
def _mixed(old: Any, new: Any, share: Any) -> Any:
    """`new` in place of `old`, in 256ths, kept legal."""
    value = (old * (np.int32(256) - share) + new * share + np.int32(128)) >> np.int32(8)
    return np.uint8(min(max(value, np.int32(16)), np.int32(235)))


@_compiled("void(u1[:,::1], u1[:,::1], u1[:,::1], u1[:,::1], i4[::1], i4[::1], i4, i4, u1[:,::1], i4, i4)")
def finish(
    luma: Any, paint: Any, lines: Any, paper: Any, tones: Any, ink: Any, keep: Any, depth: Any, screen: Any,
    dots: Any, share: Any,
) -> None:  # fmt: skip
    """Put a painted luma in place of the frame's, `share` of 256 parts of it.

    What the paint lost at edges comes back, `keep` of 256 parts of it; `tones` maps the result, `ink` maps `lines` to
    how much is left of it (256 is all), `paper` (a tile; 128 is even) takes `depth` of 256 parts of its relief, and
    where `screen` lies above the tone, `dots` of 256 parts are taken away.
    """
    height, width = luma.shape
    tile = paper.shape[0] - 1
    for y in range(height):
        row, painted, line, relief, points = luma[y], paint[y], lines[y], paper[y & tile], screen[y]
        for x in range(width):
            old, new = np.int32(row[x]), np.int32(painted[x])
            lost = old - new
            # Small differences are texture, which paint leaves out.
            lost = max(lost - np.int32(7), np.int32(0)) + min(lost + np.int32(7), np.int32(0))
            new = min(max(new + ((lost * keep) >> np.int32(8)), np.int32(16)), np.int32(235))
            new = tones[new]
            if dots > 0:
                over = min(max((np.int32(points[x]) - new) * np.int32(6), np.int32(0)), np.int32(256))
                new -= ((new - np.int32(16)) * ((over * dots) >> np.int32(8))) >> np.int32(8)
            new = np.int32(16) + (((new - np.int32(16)) * ink[line[x]]) >> np.int32(8))
            new += ((np.int32(relief[x & tile]) - np.int32(128)) * depth) >> np.int32(8)
            row[x] = _mixed(old, new, share)


@_compiled("void(u1[:,::1], u1[:,::1], u1[:,::1], u1[:,::1], u1[:,:,::1], i8[::1], i8[::1], i4[::1], u1[:,::1], i4)")
def sketch(
    luma: Any, soft: Any, outlines: Any, plain: Any, strokes: Any, downs: Any, acrosses: Any, tones: Any, paper: Any,
    share: Any,
) -> None:  # fmt: skip
    """Draw luma in pencil: outlines, lines where it is darker than its `soft` surroundings, layers of `strokes`.

    Each layer of strokes (a tile) begins at its own place, and lies where the picture is darker than its tone of
    `tones`. Where the picture is `plain` (255) and no darker than the last tone, the paper stays nearly white.
    """
    height, width = luma.shape
    layers, side = strokes.shape[0], strokes.shape[1] - 1
    tile = paper.shape[0] - 1
    shares = np.empty(256, np.int32)
    for code in range(256):
        shares[code] = np.int32(65536) // np.int32(max(code - 8, 4))
    for y in range(height):
        row, around, relief, outline, bare = luma[y], soft[y], paper[y & tile], outlines[y], plain[y]
        for x in range(width):
            old, wide = np.int32(row[x]), np.int32(around[x])
            # A colour dodge: nothing is left of an even tone, and of an edge its darker side.
            line = min(((old - np.int32(8)) * shares[wide]) >> np.int32(8), np.int32(256))
            line = (max(line - np.int32(96), np.int32(0)) * np.int32(205)) >> np.int32(7)
            line = (line * line) >> np.int32(8)
            line = (line * (np.int32(256) - np.int32(outline[x]))) >> np.int32(8)
            tone = (old + wide) >> np.int32(1)
            shade = np.int32(0)
            for layer in range(layers):
                dark = min(tones[layer] - tone, np.int32(64))
                if dark <= 0:
                    break
                shade += dark * np.int32(strokes[layer, (y + downs[layer]) & side, (x + acrosses[layer]) & side])
            shade = (shade * (np.int32(256) - ((np.int32(bare[x]) * np.int32(200)) >> np.int32(8)))) >> np.int32(8)
            grain = np.int32(relief[x & tile]) - np.int32(128)
            # Graphite stays on the tops of the paper's relief.
            shade = (shade * (np.int32(128) + grain * np.int32(2))) >> np.int32(7)
            new = np.int32(224) + (grain >> np.int32(4)) - (shade >> np.int32(7))
            new = np.int32(26) + (((max(new, np.int32(60)) - np.int32(26)) * line) >> np.int32(8))
            row[x] = _mixed(old, new, share)


@_compiled("void(u1[:,::1], u1[:,::1], i4, i4, i4)")
def stain(plane: Any, paint: Any, vivid: Any, centre: Any, share: Any) -> None:
    """Put painted chroma in place of a plane's: `vivid` of 256 parts as strong, around `centre` instead of 128."""
    for y in range(plane.shape[0]):
        row, painted = plane[y], paint[y]
        for x in range(plane.shape[1]):
            old = np.int32(row[x])
            new = centre + (((np.int32(painted[x]) - np.int32(128)) * vivid) >> np.int32(8))
            new = min(max(new, np.int32(16)), np.int32(240))
            row[x] = np.uint8((old * (np.int32(256) - share) + new * share + np.int32(128)) >> np.int32(8))

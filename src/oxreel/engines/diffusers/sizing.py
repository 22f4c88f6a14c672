"""Sizing: the size that weights film at for a video of another size."""

from math import sqrt

from oxreel.engines.diffusers.family import Rules


def clip_size(width: int, height: int, rules: Rules) -> tuple[int, int]:
    """(width, height) that the model films: the video's own size where it can, else the best of that shape."""
    step = rules.size_multiple
    scale = min(1.0, sqrt(rules.pixels / (width * height)))
    wide, high = (max(step, round(side * scale / step) * step) for side in (width, height))
    if scale == 1.0:
        # Nothing of a small video is to be enlarged.
        wide, high = -(-width // step) * step, -(-height // step) * step
    return wide, high

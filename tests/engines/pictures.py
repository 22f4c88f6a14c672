"""Pictures and storyboards that engines are tested with."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from oxreel.storyboard import Reference, Shot, Storyboard, shot_frames


def landscape(width: int, height: int, seed: int = 1) -> Image.Image:
    """A picture with soft and sharp parts, bright up to its edges, another for each seed."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(70, 235, (9, 16, 3), np.uint8))
    picture = coarse.resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y = int(random.integers(width)), int(random.integers(height))
        side = int(random.integers(min(width, height) // 12, min(width, height) // 4))
        colour = tuple(int(part) for part in random.integers(60, 250, 3))
        draw.rectangle((x, y, x + side, y + side // 2), fill=colour)
        draw.line((x, y, x + side, y + side), fill=(250, 245, 235), width=max(1, width // 320))
    return picture


def reference(folder: Path, name: str, picture: Image.Image, field: str = "input_image") -> Reference:
    """The picture as a reference: a PNG in `folder`."""
    path = folder / f"{name}.png"
    picture.save(path)
    return Reference(name, field, "image", str(path), *picture.size, has_alpha=picture.mode == "RGBA")


def storyboard(shots: list[dict[str, Any]], *, width: int = 320, height: int = 180, **more: Any) -> Storyboard:
    """A storyboard of shots given by their `prompt`, `seconds`, `start`, `tail` and `references`."""
    spans = shot_frames([shot.get("seconds", 1) for shot in shots])
    made = tuple(
        Shot(
            index=index,
            prompt=shot.get("prompt", "A quiet valley"),
            seconds=shot.get("seconds", 1),
            first_frame=first,
            frames=frames,
            start=shot.get("start"),
            tail=shot.get("tail"),
            references=tuple(shot.get("references", ())),
        )
        for index, (shot, (first, frames)) in enumerate(zip(shots, spans, strict=True))
    )
    return Storyboard("6f1d0c1e", "kling-video-o3-pro-image-to-video", made, width, height, **{"seed": 7, **more})

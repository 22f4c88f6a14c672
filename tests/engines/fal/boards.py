"""Storyboards that fal films."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from engines.pictures import landscape, reference, storyboard
from oxreel.storyboard import Reference, Storyboard

REFERENCE = "fal-ai/kling-video/o3/pro/reference-to-video"


def board(shots: list[dict[str, Any]] | None = None, *, model: str = "", **more: Any) -> Storyboard:
    """A storyboard of five seconds in words alone, or of these shots, for a model."""
    made = storyboard(shots or [{"seconds": 5}], **more)
    return replace(made, model=model or "kling-video-o3-pro-reference-to-video")


def picture(folder: Path, name: str, field: str = "", size: tuple[int, int] = (640, 360)) -> Reference:
    """A picture of the request."""
    return reference(folder, name, landscape(*size), field or name)


def quick_board(**more: Any) -> Storyboard:
    """The shortest film in words alone."""
    return board([{"seconds": 3}], **more)

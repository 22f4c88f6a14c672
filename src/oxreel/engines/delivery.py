"""What engines that join their own segments have in common when they deliver a film."""

import json
from collections.abc import Sequence

from oxreel.engines.engine import Segment
from oxreel.errors import FilmingFailed
from oxreel.storyboard import Storyboard


def check_frames(storyboard: Storyboard, segments: Sequence[Segment]) -> None:
    """Nothing for segments that are the whole film. Raises FilmingFailed where frames are missing or too many."""
    filmed = sum(segment.frames for segment in segments)
    if filmed != storyboard.frames:
        raise FilmingFailed(f"{filmed} frames were filmed where the storyboard has {storyboard.frames}.")


def metadata(storyboard: Storyboard, engine: str, version: str, about: str, **more: str) -> dict[str, str]:
    """What the file says about itself: each fact by its own key, and all of them as JSON in the comment."""
    facts = {
        "engine": engine,
        "engine_version": version,
        "model": storyboard.model,
        "seed": str(storyboard.seed),
        "generation_id": storyboard.generation_id,
        **more,
    }
    return {**facts, "description": about, "comment": json.dumps({**facts, "seed": storyboard.seed})}

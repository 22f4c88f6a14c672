"""What crosses to whoever prepares the references."""

from pathlib import Path

import pytest

from generations.conftest import Order
from oxreel.bootstrap import Hub
from oxreel.catalogue import check
from oxreel.generations.references import sources_of


@pytest.mark.parametrize(
    ("model", "orientation", "seconds", "sides"),
    [
        ("kling-video-o1-video-to-video-edit", None, (3, 10), (720, 2160)),
        ("kling-video-v3-pro-motion-control", "image", (1, 10), (720, 3840)),
        ("kling-video-v3-pro-motion-control", "video", (1, 30), (720, 3840)),
    ],
)
def test_a_video_is_prepared_within_the_limits_of_its_model(
    studio: Hub,
    order: Order,
    tmp_path: Path,
    model: str,
    orientation: str | None,
    seconds: tuple[int, int],
    sides: tuple[int, int],
) -> None:
    body = {"prompt": "a", "input_video": "https://example.com/v.mp4"}
    if orientation:
        body |= {"input_image": "https://example.com/i.png", "character_orientation": orientation}
    (generation,) = order()
    sources = sources_of(studio, generation, check(studio.catalogue.find(model), body), tmp_path)
    (video,) = [source for source in sources if source.kind == "video"]
    assert (video.least_seconds, video.most_seconds) == seconds
    assert (video.least_side, video.most_side) == sides

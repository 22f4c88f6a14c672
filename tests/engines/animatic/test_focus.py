"""Focus pulled by depth."""

import numpy as np

from engines.pictures import landscape
from oxreel.engines.animatic.focus import Focus
from oxreel.engines.animatic.scene import scene_of
from oxreel.engines.animatic.views import Anchors

SIZE = 320, 180


def focused(to: str, anchors: Anchors, frame: int, *, pulled: bool = True, margin: int = 16) -> tuple[float, float]:
    """How much of the detail is left above, which is far, and below, which is near."""
    random = np.random.default_rng(2)
    picture = random.integers(60, 200, (SIZE[1], SIZE[0], 3), np.uint8)
    scene = scene_of(picture, margin)
    near = np.tile(np.linspace(0, 1, 23, dtype=np.float32)[:, None], (1, 40))
    focus = Focus(scene, near, to, 121, anchors, pulled=pulled)  # type: ignore[arg-type]
    luma = focus.scene_at(frame).fitted[0].astype(float)
    whole = scene.fitted[0].astype(float)

    def detail(rows: slice) -> float:
        return float(np.abs(np.diff(luma[rows], axis=1)).mean() / np.abs(np.diff(whole[rows], axis=1)).mean())

    return detail(np.s_[:24]), detail(np.s_[-24:])


def test_focus_goes_from_the_near_to_the_far() -> None:
    far, near = focused("far", Anchors(), 0)
    assert near > 0.95
    assert far < 0.4
    far, near = focused("far", Anchors(), 120)
    assert far > 0.95
    assert near < 0.4


def test_and_from_the_far_to_the_near() -> None:
    far, near = focused("near", Anchors(), 0)
    assert far > 0.95
    assert near < 0.4
    far, near = focused("near", Anchors(), 120)
    assert near > 0.95
    assert far < 0.4


def test_a_shallow_focus_stays_on_the_near() -> None:
    for frame in (0, 120):
        far, near = focused("near", Anchors(), frame, pulled=False)
        assert near > 0.95
        assert far < 0.4


def test_anchored_frames_are_sharp_everywhere_to_the_sample() -> None:
    scene = scene_of(np.asarray(landscape(*SIZE)), 8)
    focus = Focus(scene, np.zeros((23, 40), np.float32), "near", 49, Anchors(start=True, end=True))
    for frame in (0, 48):
        assert all(np.array_equal(a, b) for a, b in zip(focus.scene_at(frame).planes, scene.planes, strict=True))
    assert not np.array_equal(focus.scene_at(24).planes[0], scene.planes[0])

import hashlib
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from engines.pictures import landscape
from oxreel.engines.animatic.actor import Actor, Cutout
from oxreel.engines.animatic.effect import Canvas
from oxreel.engines.animatic.plan import Action
from oxreel.engines.animatic.troupe import Troupe
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Planes

_CANVAS = Canvas(640, 360, 121, seed=7, shot=0)


@dataclass
class _Still:
    """A camera that stands where it is put."""

    matrix: NDArray[np.float64] = field(default_factory=lambda: np.eye(3))

    def view(self, _frame: int, _nearness: float) -> NDArray[np.float64]:
        return self.matrix


def _ground(level: int = 180) -> Planes:
    return planes_from_rgb(np.full((360, 640, 3), level, np.uint8))


def _disc(colour: tuple[int, int, int] = (200, 60, 40), size: int = 240) -> Cutout:
    fine = Image.new("L", (size * 4, size * 4), 0)
    ImageDraw.Draw(fine).ellipse((8, 8, size * 4 - 9, size * 4 - 9), fill=255)
    alpha = np.asarray(fine.reduce(4))
    return np.dstack([np.broadcast_to(np.array(colour, np.uint8), (size, size, 3)), alpha])


def _sign(text: str = "OXREEL 48", height: int = 260) -> Cutout:
    picture = Image.new("RGBA", (900, height), (250, 248, 240, 255))
    ImageDraw.Draw(picture).text((60, 60), text, font=ImageFont.load_default(120), fill=(20, 40, 120, 255))
    return np.pad(np.asarray(picture), ((2, 2), (2, 2), (0, 0)))


def _actor(cutout: Cutout, *, height: float = 0.5, action: Action | None = None, shadow: bool = False) -> Actor:
    return Actor((cutout,), 0.5, 0.85, height, 0.8, action=action, shadow=shadow, relight=False, name="Element1")


def _drawn(
    actor: Actor, frame: int = 0, strength: float = 1.0, *, camera: _Still | None = None, level: int = 180
) -> Planes:
    planes = _ground(level)
    Troupe([actor], _CANVAS).draw(planes, frame, strength, camera or _Still())
    return planes


def test_at_no_strength_there_is_nobody() -> None:
    for plane, bare in zip(_drawn(_actor(_disc(), shadow=True), 30, 0.0), _ground(), strict=True):
        assert np.array_equal(plane, bare)


def test_an_actor_stands_where_it_is_placed_in_its_own_colours() -> None:
    luma, cb, cr = _drawn(_actor(_disc()))
    own = planes_from_rgb(np.full((8, 8, 3), (200, 60, 40), np.uint8))
    inside = np.flatnonzero(np.abs(luma.astype(int) - _ground()[0]).max(axis=1) > 8)
    # Its foot is at 0.85 of 360 rows, and it is 180 rows tall.
    assert inside[0] == pytest.approx(126, abs=2)
    assert inside[-1] == pytest.approx(305, abs=2)
    assert abs(int(luma[216, 320]) - int(own[0][0, 0])) <= 1
    assert abs(int(cb[108, 160]) - int(own[1][0, 0])) <= 1
    assert abs(int(cr[108, 160]) - int(own[2][0, 0])) <= 1


def test_text_on_an_element_stays_legible() -> None:
    cutout = _sign()
    for action in (None, Action("walk", sign=1), Action("float"), Action("wave")):
        actor = _actor(cutout, height=0.3, action=action)
        for frame in (0, 37, 80):
            luma, _, _ = _drawn(actor, frame, camera=_Still(np.diag([0.97, 0.97, 1.0])))
            rows = round(0.3 * 360 / 0.97)
            plain = np.full((*cutout.shape[:2], 3), 180, np.uint8)
            plain[2:-2, 2:-2] = cutout[2:-2, 2:-2, :3]
            size = round(rows * cutout.shape[1] / cutout.shape[0]), rows
            template = cv2.cvtColor(cv2.resize(plain, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
            # The middle of the word: its edges may lie aside by a lean.
            middle = template[rows // 5 : rows * 3 // 4, size[0] // 4 : size[0] * 3 // 4]
            assert float(cv2.matchTemplate(luma, middle, cv2.TM_CCOEFF_NORMED).max()) >= 0.9


def test_opaque_pixels_are_the_sources_own_at_its_own_size() -> None:
    picture = np.asarray(landscape(240, 160))
    cutout = np.dstack([picture, np.full((160, 240), 255, np.uint8)])
    luma, _, _ = _drawn(_actor(cutout, height=160 / 360))
    own, _, _ = planes_from_rgb(picture)
    seen = luma[306 - 160 : 306, 200:440]
    error = np.abs(seen[4:-4, 4:-4].astype(int) - own[4:-4, 4:-4])
    assert np.mean(error) < 3


def test_an_edge_is_smooth_and_takes_no_colour_from_elsewhere() -> None:
    luma, cb, _ = _drawn(_actor(_disc((30, 30, 30))))
    # From the ground to the disc within two or three pixels, always downwards.
    soft = 0
    for y in range(140, 290, 5):
        row = luma[y, 180:320].astype(int)
        assert (np.diff(row) <= 3).all()
        between = int(((row > 60) & (row < 155)).sum())
        assert between <= 5
        soft += between
    assert soft >= 20
    assert np.abs(cb.astype(int) - 128).max() <= 1


def test_a_shadow_touches_the_foot_and_fades_on_the_ground() -> None:
    bare, _, _ = _ground()
    actor = _actor(_disc(), shadow=True)
    luma, cb, _ = _drawn(actor)
    dark = bare.astype(int) - luma
    below = dark[307:, 320]
    # Just below the foot it is darkest, and within a tenth of its height it is nearly gone.
    assert below[0] > 25
    assert below[0] >= below.max() - 3
    assert below[-12:].max() <= 2
    assert (np.diff(below) <= 2).all()
    assert dark[:100].max() == 0
    high, _, _ = _drawn(replace(actor, action=Action("fly")), 60)
    assert 0 < (bare.astype(int) - high)[300:330].max() < 0.6 * below[0]
    assert np.abs(cb[170:].astype(int) - 128).max() <= 1


def test_light_is_matched_gently() -> None:
    white = _disc((230, 230, 230))
    found = {}
    for level in (25, 118, 230):
        scene = np.full((360, 640, 3), level, np.uint8)
        planes = planes_from_rgb(scene)
        actor = replace(_actor(white), relight=True)
        Troupe([actor], _CANVAS, scene).draw(planes, 0, 1.0, _Still())
        found[level] = int(planes[0][216, 320])
    assert found[25] < found[118] <= found[230]
    assert found[25] > 0.5 * found[118]


def test_hues_survive_a_coloured_light() -> None:
    scene = np.full((360, 640, 3), (255, 150, 60), np.uint8)
    planes = planes_from_rgb(scene)
    Troupe([replace(_actor(_disc((30, 90, 220))), relight=True)], _CANVAS, scene).draw(planes, 0, 1.0, _Still())
    own = planes_from_rgb(np.full((8, 8, 3), (30, 90, 220), np.uint8))
    seen = np.array([planes[1][108, 160], planes[2][108, 160]], float) - 128
    true = np.array([own[1][0, 0], own[2][0, 0]], float) - 128
    turned = np.degrees(np.arccos(seen @ true / np.linalg.norm(seen) / np.linalg.norm(true)))
    assert turned < 6


def test_slow_travel_is_smooth_below_a_pixel() -> None:
    actor = _actor(_disc(), action=Action("walk", sign=1))
    troupe, centres = Troupe([actor], _CANVAS), []
    for frame in range(30, 90):
        planes = _ground()
        troupe.draw(planes, frame, 1.0, _Still())
        weight = np.abs(planes[0].astype(float) - _ground()[0]).sum(axis=0)
        centres.append(float((weight * np.arange(640)).sum() / weight.sum()))
    steps = np.diff(centres)
    assert (steps > 0).all()
    # Rocking from foot to foot is smooth as well: no jitter from frame to frame.
    assert np.abs(np.diff(steps, n=2)).max() < 0.12


def test_it_follows_the_camera() -> None:
    moved = np.array([[1.0, 0, 25.0], [0, 1, -10.0], [0, 0, 1]])
    still, shifted = _drawn(_actor(_disc()))[0], _drawn(_actor(_disc()), camera=_Still(moved))[0]
    # What lies 25 pixels to the right is seen at the left, and what lies above further down.
    error = np.abs(still[100:330, 60:600].astype(int) - shifted[110:340, 35:575])
    assert error.max() <= 2


def test_a_turn_shows_the_next_angle() -> None:
    red, blue = _disc((200, 60, 40)), _disc((40, 60, 200))
    actor = replace(_actor(red, action=Action("turn")), angles=(red, blue))
    first, last = _drawn(actor, 0), _drawn(actor, 120)
    assert first[2][108, 160] > 160
    assert last[2][108, 160] < 120
    # Halfway nothing of the ground shows through.
    halfway = _drawn(actor, 60, level=20)
    assert halfway[0][216, 320] > 60


def test_those_in_front_hide_those_behind() -> None:
    near, far = _actor(_disc((250, 250, 250))), replace(_actor(_disc((10, 10, 10))), nearness=0.2)
    for order in ([near, far], [far, near]):
        planes = _ground()
        Troupe(order, _CANVAS).draw(planes, 0, 1.0, _Still())
        assert planes[0][216, 320] > 200


def test_actors_beyond_the_canvas_do_no_harm() -> None:
    for x in (-0.3, 0.0, 1.0, 1.4):
        for height in (0.02, 0.5, 3.0):
            planes = _ground()
            actor = replace(_actor(_disc(), height=height, shadow=True), x=x, y=1.1)
            Troupe([actor], _CANVAS).draw(planes, 10, 0.5, _Still(np.diag([0.8, 0.8, 1.0])))


def test_the_same_frame_is_drawn_the_same_in_any_order() -> None:
    actor = _actor(_disc(), action=Action("dance"), shadow=True)
    forwards, backwards = Troupe([actor], _CANVAS), Troupe([actor], _CANVAS)

    def digest(troupe: Troupe, frame: int) -> bytes:
        planes = _ground()
        troupe.draw(planes, frame, 0.7, _Still())
        return hashlib.sha256(b"".join(plane.tobytes() for plane in planes)).digest()

    ahead = [digest(forwards, frame) for frame in (5, 40, 90)]
    assert ahead == [digest(backwards, frame) for frame in (90, 40, 5)][::-1]

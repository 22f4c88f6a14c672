"""Titles, captions, signs and the slate."""

from typing import Literal

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engines.animatic.look.frames import canvas, legal, looked, meadow, planes_of, same, winter
from oxreel.engines.animatic.lettering import glyphs, is_plain, settled, typeface
from oxreel.engines.animatic.look import sign, slate_effects, title_effects
from oxreel.engines.animatic.plan import Amount, ShotPlan, Words
from oxreel.storyboard import Shot

SIZES = [(1280, 720), (720, 1280), (720, 720)]


def saying(*words: Words) -> ShotPlan:
    return ShotPlan(words=words)


def letters(text: str, size: int) -> NDArray[np.uint8]:
    """The text as a template."""
    if not is_plain(text):
        return np.asarray(glyphs(text, size)[0])
    mask = typeface(size).getmask(text)
    return np.asarray(mask, np.uint8).reshape(mask.size[::-1])


def likeness(luma: NDArray[np.uint8], text: str, sizes: range) -> float:
    """The best correlation of a text, letter by letter on average, with a frame."""
    best = 0.0
    # Letters stand between pixels: a little blur makes them alike wherever they do.
    frame = cv2.GaussianBlur(luma, (0, 0), 0.8)
    for size in sizes:
        found = []
        for letter in sorted(set(text.replace(" ", ""))):
            template = np.pad(letters(letter, size), 3)
            ys, xs = np.nonzero(template)
            tight = template[ys.min() - 3 : ys.max() + 4, xs.min() - 3 : xs.max() + 4]
            blurred = cv2.GaussianBlur(tight, (0, 0), 0.8)
            found.append(float(cv2.matchTemplate(frame, blurred, cv2.TM_CCOEFF_NORMED).max()))
        best = max(best, float(np.mean(found)))
    return best


@pytest.mark.parametrize(
    ("text", "set_as"),
    [("Home 😀👍🏽 again ❤️", "Home again"), ("最后的冬天😀", "最后的冬天"), ("© 2026", "© 2026"), ("😀", "😀")],
)
def test_pictures_among_the_letters_are_left_out(text: str, set_as: str) -> None:
    assert settled(text, 80) == set_as


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("text", ["WINTER ROAD", "最后的冬天"])
def test_a_title_is_legible_on_snow(width: int, height: int, text: str) -> None:
    seen = looked(winter(width, height), title_effects(saying(Words(text)), canvas(width, height)), 36)
    assert likeness(seen[0][height // 4 : height * 3 // 5], text, range(64, 100, 2)) >= 0.8


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_caption_and_a_sign_are_legible(width: int, height: int) -> None:
    for kind, text in (("caption", "Home at last"), ("sign", "BAKERY")):
        words = Words(text, kind)  # type: ignore[arg-type]
        luma = looked(winter(width, height), title_effects(saying(words), canvas(width, height)), 36)[0]
        part = 255 - luma[: height * 2 // 5] if kind == "sign" else luma[height * 3 // 4 :]
        assert likeness(part, text, range(32, 64, 2)) >= 0.8, kind


def test_words_are_set_where_they_belong() -> None:
    picture = meadow(640, 360)
    places = {}
    kinds: tuple[Literal["title", "caption", "sign"], ...] = ("title", "caption", "sign")
    for kind in kinds:
        words = Words("Home", kind)
        after = looked(picture, title_effects(saying(words), canvas(640, 360)), 36)[0]
        rows, columns = np.nonzero(np.abs(after.astype(int) - planes_of(picture)[0]) > 40)
        places[kind] = rows.mean() / 360
        assert abs(columns.mean() / 640 - 0.5) < 0.05
        assert rows.max() < 360 * 0.96
    assert places["sign"] < places["title"] < places["caption"]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("kind", ["title", "caption", "sign"])
def test_long_words_keep_to_the_safe_margins(width: int, height: int, kind: str) -> None:
    grey = np.full((height, width, 3), 126, np.uint8)
    words = Words("Supercalifragilistic expeditions through an endless winter " * 6, kind)  # type: ignore[arg-type]
    after = looked(grey, title_effects(saying(words), canvas(width, height)), 36)[0].astype(int)
    ink = np.abs(after - planes_of(grey)[0]) > 60
    assert ink.any()
    assert not ink[:, : width // 20].any()
    assert not ink[:, -width // 20 :].any()
    assert not ink[-height // 25 :].any()


def test_a_title_comes_drifts_and_goes() -> None:
    grey = np.full((360, 640, 3), 90, np.uint8)
    effects = title_effects(saying(Words("Winter")), canvas(640, 360))
    amounts, reaches = [], []
    for frame in range(72):
        luma = looked(grey, effects, frame)[0]
        amounts.append(float((luma.astype(int) - 93).clip(0).mean()))
        bright = np.nonzero((luma > 180).any(axis=0))[0]
        reaches.append(np.ptp(bright) if bright.size else 0)
    assert amounts[0] == amounts[-1] == 0
    assert max(np.abs(np.diff(amounts))) < 0.16 * max(amounts)
    assert reaches[46] > reaches[26]


def test_titles_follow_one_another_and_all_are_shown() -> None:
    grey = np.full((360, 640, 3), 90, np.uint8)
    effects = title_effects(saying(Words("One"), Words("Two and a half")), canvas(640, 360, 96))
    seen = [
        [i for i, one in enumerate(effects) if not same(looked(grey, (one,), f), planes_of(grey))] for f in range(96)
    ]
    assert {0} <= {n for frame in seen for n in frame} == {0, 1}
    assert all(len(frame) <= 1 for frame in seen)
    assert sum(frame == [1] for frame in seen) > sum(frame == [0] for frame in seen)


def test_words_at_strength_0_change_nothing_and_repeat() -> None:
    plan = saying(Words("Winter"), Words("Home", "caption"), Words("Inn", "sign"))
    picture = winter(320, 180)
    effects, again = (title_effects(plan, canvas()) for _ in range(2))
    assert same(looked(picture, effects, 36, 0.0), planes_of(picture))
    assert same(looked(picture, effects, 36), looked(picture, again, 36))
    assert legal(looked(picture, effects, 36))


def test_neon_glows_in_its_colour() -> None:
    dark = np.full((360, 640, 3), 12, np.uint8)
    plan = ShotPlan(words=(Words("OPEN", "sign"),), light=(Amount("neon"),))
    luma, _, cr = looked(dark, title_effects(plan, canvas(640, 360)), 5)
    assert luma.max() > 150
    assert cr.max() > 170


def test_a_sign_can_be_stood_in_the_scene_by_someone_else() -> None:
    assert title_effects(saying(Words("Inn", "sign")), canvas(), signs=False) == ()
    cutout = sign("Inn", 40, 400)
    assert cutout.shape[2] == 4
    assert cutout[..., 3].max() == 255
    assert cutout[0, 0, 3] < 255


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["title", "caption", "sign"]))
def test_any_words_can_be_shown(text: str, kind: str) -> None:
    words = Words(text, kind)  # type: ignore[arg-type]
    assert legal(looked(meadow(180, 320), title_effects(saying(words), canvas(180, 320, 24)), 12))


def shot(prompt: str = "An ox walks home over the hills in the evening") -> Shot:
    return Shot(index=1, prompt=prompt, seconds=3, first_frame=72, frames=72, start=None, tail=None, references=())


def test_a_slate_is_off_unless_asked_for_and_counts_the_films_frames() -> None:
    assert slate_effects(canvas(), shot(), 72, "off") == ()
    (counter,), (full,) = slate_effects(canvas(), shot(), 72), slate_effects(canvas(), shot(), 72, "full")
    assert counter.text(10) == "SHOT 2  ·  00082"  # type: ignore[attr-defined]
    assert full.text(10) == "SHOT 2  ·  00082  ·  00:00:03:10  ·  An ox walks home over the hills…"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_slate_stands_in_the_corner_and_leaves_anchored_frames_alone(width: int, height: int) -> None:
    picture = winter(width, height)
    for text in (shot(), shot("一头牛走过雪地" * 20)):
        effects = slate_effects(canvas(width, height), text, 72, "full")
        before, after = planes_of(picture), looked(picture, effects, 10)
        rows, columns = np.nonzero(before[0] != after[0])
        assert rows.max() < height * 0.16
        assert columns.max() < width * 0.98
        assert not same(after, looked(picture, effects, 11))
        assert same(before, looked(picture, effects, 10, 0.0))

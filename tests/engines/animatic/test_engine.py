"""The animatic engine, whole: what is on the delivered frames."""

import hashlib
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from engines.pictures import landscape, reference, storyboard
from engines.suite import EngineSuite, film
from oxreel.engines.animatic import AnimaticEngine
from oxreel.errors import FilmingFailed
from oxreel.media.colour import planes_from_rgb
from oxreel.media.encode import Encoder, planes_of
from oxreel.media.join import join, sound_samples
from oxreel.storyboard import Reference, Storyboard

Luma = NDArray[np.uint8]


class TestAnimaticEngine(EngineSuite):
    """The animatic engine keeps the contract of all engines."""

    tells_each_frame = True

    @pytest.fixture
    def engine(self) -> AnimaticEngine:
        return AnimaticEngine()


def filmed(board: Storyboard, folder: Path) -> list[Luma]:
    """The luma of every frame of the delivered film."""
    target, _ = film(AnimaticEngine(), board, folder)
    with av.open(str(target)) as delivered:
        return [planes_of(frame)[0] for frame in delivered.decode(video=0)]


def luma(picture: Image.Image, width: int = 320, height: int = 180) -> Luma:
    """What a picture that covers the canvas looks like."""
    return planes_from_rgb(np.asarray(ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)))[0]


def psnr(one: NDArray[Any], other: NDArray[Any]) -> float:
    error = float(np.mean((one.astype(float) - other.astype(float)) ** 2))
    return 10 * float(np.log10(255**2 / max(error, 1e-9)))


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (248, 248)])
def test_the_first_frame_is_the_start_picture_and_the_last_one_the_tail(tmp_path: Path, size: tuple[int, int]) -> None:
    first, last = landscape(500, 400, 1), landscape(640, 300, 2)
    shot = {
        "start": reference(tmp_path, "start", first), "tail": reference(tmp_path, "tail", last, "tail_image_url"),
        "prompt": "handheld push in, pan left", "seconds": 2,
    }  # fmt: skip
    frames = filmed(storyboard([shot], width=size[0], height=size[1]), tmp_path / "film")
    assert psnr(frames[0], luma(first, *size)) >= 50
    assert psnr(frames[-1], luma(last, *size)) >= 48
    assert psnr(frames[24], luma(first, *size)) < 30  # it is on its way by then


def test_a_push_in_shows_the_middle_of_the_picture_larger_at_its_end(tmp_path: Path) -> None:
    picture = landscape(320, 180)
    shot = {"start": reference(tmp_path, "start", picture), "prompt": "push in", "seconds": 5}
    frames = filmed(storyboard([shot]), tmp_path / "film")
    still = luma(picture)

    def likeness(magnification: float) -> float:
        matrix = cv2.getRotationMatrix2D((159.5, 89.5), 0, magnification)
        return psnr(cv2.warpAffine(still, matrix, (320, 180), flags=cv2.INTER_LANCZOS4), frames[-1])

    best = max(np.arange(1.0, 1.5, 0.01), key=likeness)
    # As much as its middle distance: what is near grows more, what is far less.
    assert best == pytest.approx(1.28, abs=0.07)


def test_the_picture_moves_left_when_the_camera_pans_right(tmp_path: Path) -> None:
    shots = {"right": "pan right", "left": "pan left"}
    moved = {}
    for way, prompt in shots.items():
        one = reference(tmp_path, "Image1", landscape(320, 180))
        frames = filmed(storyboard([{"references": [one], "prompt": prompt, "seconds": 2}]), tmp_path / way)
        (shift, _), _ = cv2.phaseCorrelate(frames[20].astype(np.float32), frames[28].astype(np.float32))
        moved[way] = shift
    assert moved["right"] < -1
    assert moved["left"] > 1


@pytest.mark.parametrize(
    "prompt", ["pull out fast", "pan left", "tilt up quickly", "orbit around it", "handheld", "crane down, truck right"]
)
def test_no_frame_has_a_dark_border(tmp_path: Path, prompt: str) -> None:
    picture = landscape(320, 180)
    darkest = luma(picture).min()
    shot = {"start": reference(tmp_path, "start", picture), "prompt": prompt, "seconds": 3}
    frames = filmed(storyboard([shot]), tmp_path / "film")
    for frame in frames:
        for edge in (frame[:2], frame[-2:], frame[:, :2], frame[:, -2:]):
            assert edge.min() > darkest / 2  # sharp edges ring; black would be 16


def test_a_cut_falls_between_two_frames(tmp_path: Path) -> None:
    one, other = landscape(320, 180, 1), landscape(320, 180, 2)
    board = storyboard(
        [
            {"references": [reference(tmp_path, "Image1", one)], "prompt": "static camera"},
            {"references": [reference(tmp_path, "Image2", other)], "prompt": "static camera"},
        ]
    )
    frames = filmed(board, tmp_path / "film")
    for index, frame in enumerate(frames):
        assert psnr(frame, luma(one if index < 24 else other)) > 33


def test_a_later_shot_without_a_picture_shows_the_start_picture_closer(tmp_path: Path) -> None:
    picture = landscape(320, 180)
    board = storyboard(
        [{"start": reference(tmp_path, "start", picture), "prompt": "static camera"}, {"prompt": "static camera"}]
    )
    frames = filmed(board, tmp_path / "film")
    matched = cv2.matchTemplate(
        luma(picture), cv2.resize(frames[30], (262, 148), interpolation=cv2.INTER_AREA), cv2.TM_CCOEFF_NORMED
    )
    assert matched.max() > 0.97
    assert psnr(frames[23], frames[24]) < 30


def test_several_references_are_shown_in_turn(tmp_path: Path) -> None:
    pictures = [landscape(320, 180, seed) for seed in (1, 2, 3)]
    shown = [reference(tmp_path, f"Image{n}", picture) for n, picture in enumerate(pictures, 1)]
    frames = filmed(storyboard([{"references": shown, "prompt": "static", "seconds": 3}]), tmp_path / "film")
    for index, picture in zip((2, 36, 70), pictures, strict=True):
        likest = max(pictures, key=lambda other: psnr(frames[index], luma(other)))
        assert likest is picture


def test_shots_without_pictures_are_title_cards_that_differ(tmp_path: Path) -> None:
    board = storyboard([{"prompt": "An ox on a road"}, {"prompt": "镜头缓慢推进，一头牛"}])
    frames = filmed(board, tmp_path / "film")
    assert psnr(frames[0], frames[30]) < 35
    assert frames[0].max() > 200  # there is type on it


def test_other_processes_film_the_same_bytes(tmp_path: Path) -> None:
    """Fresh interpreters, whose hashes and thread timings differ."""
    start = reference(tmp_path, "start", landscape(640, 360))
    board = storyboard([{"start": start, "prompt": "orbit, handheld", "seconds": 2}], audio=True)
    code = (
        "import json, pathlib, sys\n"
        "from oxreel.engines.animatic import AnimaticEngine\n"
        "from oxreel.storyboard import Storyboard\n"
        "board, folder = Storyboard.from_json(json.loads(sys.argv[1])), pathlib.Path(sys.argv[2])\n"
        "engine = AnimaticEngine()\n"
        "segments = [engine.film(board, shot, folder, lambda _: None) for shot in board.shots]\n"
        "engine.finish(board, segments, folder / 'film.mp4')\n"
    )
    digests = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        subprocess.run([sys.executable, "-c", code, json.dumps(board.to_json()), str(tmp_path / name)], check=True)
        digests.add(hashlib.sha256((tmp_path / name / "film.mp4").read_bytes()).hexdigest())
    here, _ = film(AnimaticEngine(), board, tmp_path / "here")
    digests.add(hashlib.sha256(here.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_another_seed_films_another_handheld_camera(tmp_path: Path) -> None:
    shot = {"start": reference(tmp_path, "start", landscape(320, 180)), "prompt": "handheld", "seconds": 2}
    one = filmed(storyboard([shot], seed=1), tmp_path / "one")
    other = filmed(storyboard([shot], seed=2), tmp_path / "other")
    assert psnr(one[30], other[30]) < 40


@pytest.fixture
def source(tmp_path: Path) -> Reference:
    """A source video of 2 s, 640x360, each frame of its own grey, with a tone."""
    path = tmp_path / "source.mp4"
    with Encoder(tmp_path / "silent.mp4", 640, 360, sharp=range(48)) as encoder:
        for index in range(48):
            grey = np.full((360, 640), 40 + 4 * index, np.uint8)
            encoder.write((grey, np.full((180, 320), 128, np.uint8), np.full((180, 320), 128, np.uint8)))
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(sound_samples(48)) / 48_000)
    join([tmp_path / "silent.mp4"], path, sound=np.stack([tone, tone]).astype(np.float32))
    return Reference("Video1", "input_video", "video", str(path), 640, 360, seconds=2.0)


def test_a_source_video_is_filmed_frame_by_frame_and_held_at_its_end(tmp_path: Path, source: Reference) -> None:
    frames = filmed(storyboard([{"seconds": 3, "prompt": "as it is"}], video=source), tmp_path / "film")
    greys = [float(frame.mean()) for frame in frames]
    assert greys == pytest.approx([40 + 4 * min(index, 47) for index in range(73)], abs=1.5)


def test_the_sound_of_a_source_video_is_kept_when_asked_for(tmp_path: Path, source: Reference) -> None:
    board = storyboard([{"seconds": 1}], video=source, keep_audio=True)
    target, _ = film(AnimaticEngine(), board, tmp_path / "film")
    with av.open(str(target)) as delivered:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in delivered.decode(audio=0)])
    spectrum = np.abs(np.fft.rfft(heard[4800:43200]))
    assert np.argmax(spectrum) * 48_000 / 38_400 == pytest.approx(440, abs=2)


def test_odd_sizes_are_refused_with_the_size(tmp_path: Path) -> None:
    board = storyboard([{}], width=321)
    with pytest.raises(FilmingFailed, match="321x180"):
        AnimaticEngine().film(board, board.shots[0], tmp_path, lambda _: None)


def test_an_interrupted_shot_leaves_no_file_and_no_thread(tmp_path: Path) -> None:
    def stop(frames: int) -> None:
        if frames == 3:
            raise KeyboardInterrupt

    board = storyboard([{"prompt": "x", "seconds": 5}])
    with pytest.raises(KeyboardInterrupt):
        AnimaticEngine().film(board, board.shots[0], tmp_path, stop)
    assert not list(tmp_path.iterdir())
    assert all(thread.name != "ahead" for thread in threading.enumerate())


def test_focus_is_pulled_and_shallow_focus_kept_where_the_words_say_so(tmp_path: Path) -> None:
    start = reference(tmp_path, "start", landscape(320, 180))

    def detail_above(prompt: str) -> list[float]:
        frames = filmed(storyboard([{"start": start, "prompt": prompt, "seconds": 2}]), tmp_path / prompt)
        return [float(np.abs(np.diff(frames[index][:40].astype(float), axis=1)).mean()) for index in (24, 48)]

    sharp = detail_above("static camera")
    assert detail_above("static camera, shallow depth of field")[1] < 0.8 * sharp[1]
    pulled = detail_above("static camera, rack focus from the foreground to the background")
    assert pulled[1] > 0.95 * sharp[1]


def test_it_says_what_it_will_not_do(tmp_path: Path, source: Reference) -> None:
    engine = AnimaticEngine()
    start = reference(tmp_path, "start", landscape(320, 180))
    element = reference(tmp_path, "Element1", landscape(320, 180), "elements[0].frontal_image_url")

    def said(board: Storyboard) -> str:
        return " ".join(engine.warnings(board))

    assert "title card" in said(storyboard([{"prompt": "Hm"}]))
    assert "Shots 1 and 2 are without a picture" in said(storyboard([{"prompt": "Hm"}, {"prompt": "Well"}]))
    assert "the shot is drawn as a flat scene" in said(storyboard([{"prompt": "A dog in a park"}]))
    assert "drawn as flat scenes" in said(storyboard([{"prompt": "A dog in a park"}, {"prompt": "A cat"}]))
    assert "Elements are cut out" in said(storyboard([{"references": [element]}]))
    assert "synthetic voice" in said(storyboard([{"start": start, "prompt": 'He says "Hello."'}], audio=True))
    assert "synthetic voice" not in said(storyboard([{"start": start, "prompt": 'He says "Hello."'}]))
    long = {"start": start, "prompt": f'He says "{"on and " * 60}on."', "seconds": 3}
    assert "The shot is too short for its lines" in said(storyboard([long], audio=True))
    arabic, accents = ({"start": start, "prompt": f'She says "{line}"'} for line in ("مرحبا", "Café 你好, 1 €!"))
    assert "words in other scripts" in said(storyboard([arabic], audio=True))
    assert "words in other scripts" not in said(storyboard([accents], audio=True))
    assert "morph" in said(storyboard([{"start": start, "tail": start}]))
    assert "laid over it" in said(storyboard([{}], video=source))
    assert "lends its camera" in said(storyboard([{}], video=source, video_use="reference"))
    assert len(engine.warnings(storyboard([{"start": start, "prompt": "push in"}]))) == 1


def test_a_plan_says_what_was_understood_and_what_had_no_effect(tmp_path: Path) -> None:
    start = reference(tmp_path, "start", landscape(320, 180))
    plan = AnimaticEngine().plan(storyboard([{"start": start, "prompt": "Slow push in, heavy rain, serendipity"}]))
    [shot] = json.loads(json.dumps(plan))["shots"]
    assert shot["chips"] == ["push in, slow", "rain, heavy"]
    assert shot["without_effect"] == ["serendipity"]
    assert shot["weather"] == [{"kind": "rain", "strength": 1.5}]


def test_a_plan_names_places_and_things_where_they_are_drawn(tmp_path: Path) -> None:
    start = reference(tmp_path, "start", landscape(320, 180))
    drawn, shown = (
        AnimaticEngine().plan(storyboard([{"prompt": "A dog in a park", **more}]))["shots"][0]["chips"]
        for more in ({}, {"start": start})
    )
    assert {"park", "dog"} <= set(drawn)
    assert not {"park", "dog"} & set(shown)


def test_asking_for_warnings_loads_neither_codecs_nor_compilers() -> None:
    """The API asks for them, and its process must stay small."""
    code = (
        "import sys, oxreel.engines.animatic as animatic\n"
        "from oxreel.storyboard import Shot, Storyboard\n"
        "animatic.AnimaticEngine().warnings(Storyboard('g', 'm', (Shot(0, 'pan', 1, 0, 25),), 64, 64, 1))\n"
        "print(sorted({'av', 'numba', 'numpy', 'PIL', 'cv2'} & set(sys.modules)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"

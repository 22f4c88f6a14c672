"""Cuts fall on the exact frames that were asked for, and nowhere else; other transitions are what their words say."""

from pathlib import Path

import av
import av.filter
import numpy as np
import pytest

from engines.animatic.quality.screening import Luma, differences, fitted, mascot, psnr, screened
from engines.animatic.quality.trajectory import followed
from engines.pictures import landscape, reference, storyboard
from oxreel.media.encode import Encoder
from oxreel.storyboard import Reference

SIZE = (320, 180)


def images(folder: Path, count: int) -> list[Reference]:
    """Pictures that have nothing to do with one another."""
    return [reference(folder, f"Image{n}", landscape(*SIZE, seed=n), "input_image[]") for n in range(1, count + 1)]


def scene_changes(file: Path) -> list[int]:
    """The frames at which ffmpeg's own detector sees a new scene begin."""
    with av.open(str(file)) as film:
        stream = film.streams.video[0]
        graph = av.filter.Graph()
        source, detector, sink = graph.add_buffer(template=stream), graph.add("scdet", "t=8"), graph.add("buffersink")
        source.link_to(detector)
        detector.link_to(sink)
        graph.configure()
        found = []
        for number, frame in enumerate(film.decode(stream)):
            graph.push(frame)
            if "lavfi.scd.time" in graph.pull().metadata:
                found.append(number)
    return found


def outliers(frames: list[Luma]) -> list[int]:
    """Frames that differ from the one before by far more than their neighbours do."""
    change = differences(frames)
    around = [
        max(change[max(1, n - 3) : n].max(initial=0), change[n + 1 : n + 4].max(initial=0)) for n in range(len(change))
    ]
    return [n for n in range(1, len(change)) if change[n] > 8 and change[n] > 4 * around[n]]


def test_cuts_fall_on_exact_frames_that_are_keyframes(tmp_path: Path) -> None:
    one, two, three = images(tmp_path, 3)
    board = storyboard(
        [
            {"references": [one], "prompt": "@Image1, fast push in, handheld", "seconds": 1},
            {
                "references": [two, mascot(tmp_path)],
                "prompt": "@Element1 runs through @Image2, heavy snow",
                "seconds": 2,
            },
            {"references": [three], "prompt": "@Image3, whip pan to the right, film noir", "seconds": 1},
        ]
    )
    film = screened(board, tmp_path / "film")
    assert outliers(film.luma) == [24, 72]
    assert scene_changes(film.file) == [24, 72]
    assert film.keyframes == (0, 24, 72)


def test_a_long_shot_has_no_cut(tmp_path: Path) -> None:
    """Its keyframes are four seconds apart."""
    [one] = images(tmp_path, 1)
    film = screened(storyboard([{"references": [one], "prompt": "Pan right, leaves", "seconds": 5}]), tmp_path / "film")
    assert outliers(film.luma) == []
    assert scene_changes(film.file) == []
    assert film.keyframes == (0, 96)


def test_the_detector_of_cuts_finds_one_that_is_a_frame_late(tmp_path: Path) -> None:
    """Proof of the ruler: a film that cuts at 25."""
    chroma = np.full((90, 160), 128, np.uint8)
    with Encoder(tmp_path / "late.mp4", *SIZE) as encoder:
        for number in range(48):
            encoder.write((fitted(landscape(*SIZE, seed=1 if number < 25 else 2), SIZE), chroma, chroma))
    assert scene_changes(tmp_path / "late.mp4") == [25]


def test_a_dissolve_goes_from_one_picture_to_the_other_without_a_cut(tmp_path: Path) -> None:
    one, two = images(tmp_path, 2)
    board = storyboard(
        [
            {"references": [one], "prompt": "@Image1, static camera"},
            {"references": [two], "prompt": "Dissolve to @Image2, static camera"},
        ]
    )
    film = screened(board, tmp_path / "film")
    before, after = film.luma[20].astype(float), film.luma[44].astype(float)
    way = after - before
    shares = [float(((frame - before) * way).sum() / (way * way).sum()) for frame in film.luma[23:40]]
    assert shares[0] == pytest.approx(0, abs=0.02)
    assert shares[7] == pytest.approx(0.5, abs=0.15)
    assert shares[15:] == pytest.approx([1, 1], abs=0.02)
    assert np.diff(shares).min() > -0.01
    assert np.diff(shares).max() < 0.15
    assert scene_changes(film.file) == []


@pytest.mark.parametrize(("colour", "code"), [("black", 16), ("white", 235)])
def test_fades_reach_their_colour_at_the_cut_and_at_the_end_only(tmp_path: Path, colour: str, code: int) -> None:
    one, two = images(tmp_path, 2)
    words = f"Fade in from {colour} to @Image2, static camera, fade to {colour}"
    board = storyboard(
        [
            {"references": [one], "prompt": "@Image1, static camera"},
            {"references": [two], "prompt": words, "seconds": 2},
        ]
    )
    frames = screened(board, tmp_path / "film").luma
    away = [int(np.abs(frame.astype(int) - code).max()) for frame in frames]
    assert max(away[23], away[24], away[72]) <= 2
    # On each side of them something is to be seen already.
    assert min(away[:22] + away[26:71]) > 4
    assert psnr(frames[4], fitted(landscape(*SIZE, seed=1), SIZE)) > 33
    assert psnr(frames[45], fitted(landscape(*SIZE, seed=2), SIZE)) > 33


@pytest.mark.parametrize(("move", "most"), [("pan right", 1), ("push in", 2), ("fast push in, pan right", 3)])
def test_a_match_cut_begins_on_the_framing_that_the_shot_before_ended_on(
    tmp_path: Path, move: str, most: float
) -> None:
    """The same picture twice, so that nothing moves at the cut but what the depth moved in the shot before."""
    first = reference(tmp_path, "Image1", landscape(*SIZE), "input_image[0]")
    again = reference(tmp_path, "Image2", landscape(*SIZE), "input_image[1]")

    def moved(words: str, name: str) -> float:
        board = storyboard(
            [
                {"references": [first], "prompt": f"@Image1, {move}", "seconds": 2},
                {"references": [again], "prompt": f"{words} @Image2, static camera", "seconds": 1},
            ]
        )
        frames = screened(board, tmp_path / name).luma
        here, there = followed(frames[47], frames[48])
        return float(np.median(np.linalg.norm(there - here, axis=1)))

    assert moved("Match cut to", "matched") < most
    assert moved("", "cut") > 5

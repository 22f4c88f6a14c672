"""What every engine must do, whatever it films with: subclass `EngineSuite` and give it the fixture `engine`."""

import hashlib
import json
from pathlib import Path

import av
import pytest

from engines.pictures import landscape, reference, storyboard
from oxreel.engines.engine import Engine, Segment
from oxreel.errors import BadReference, FilmingFailed
from oxreel.storyboard import Reference, Storyboard
from oxreel.units import FRAME_RATE


def film(engine: Engine, board: Storyboard, folder: Path) -> tuple[Path, list[Segment]]:
    """The delivered film and its segments."""
    folder.mkdir(parents=True, exist_ok=True)
    segments = [engine.film(board, shot, folder, lambda _: None) for shot in board.shots]
    target = folder / "film.mp4"
    engine.finish(board, segments, target)
    return target, segments


class EngineSuite:
    """The contract of `oxreel.engines.engine`, tried on small films."""

    @pytest.fixture
    def start(self, tmp_path: Path) -> Reference:
        return reference(tmp_path, "start", landscape(640, 360))

    @pytest.fixture
    def two_shots(self, tmp_path: Path, start: Reference) -> Storyboard:
        other = reference(tmp_path, "Image1", landscape(640, 360, seed=2), "input_image[0]")
        return storyboard(
            [{"start": start, "prompt": "Push in"}, {"references": [other], "prompt": "@Image1, pan left"}]
        )

    def test_it_has_a_name_and_a_version(self, engine: Engine) -> None:
        assert engine.name
        assert engine.version

    def test_a_segment_holds_exactly_the_frames_of_its_shot(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        for shot in two_shots.shots:
            segment = engine.film(two_shots, shot, tmp_path, lambda _: None)
            with av.open(str(segment.path)) as filmed:
                assert segment.frames == shot.frames == sum(1 for _ in filmed.decode(video=0))
                context = filmed.streams.video[0].codec_context
                assert (context.name, context.width, context.height) == ("h264", 320, 180)
                assert not filmed.streams.audio

    def test_it_reports_every_frame_as_it_is_filmed(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        told: list[int] = []
        engine.film(two_shots, two_shots.shots[0], tmp_path, told.append)
        assert told == list(range(1, 25))

    def test_the_film_is_cut_on_exact_frames_and_each_cut_is_a_keyframe(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        target, _ = film(engine, two_shots, tmp_path / "film")
        with av.open(str(target)) as delivered:
            stream = delivered.streams.video[0]
            frames = list(delivered.decode(stream))
            assert stream.average_rate == FRAME_RATE
            assert stream.time_base is not None
            assert stream.duration is not None
            assert stream.duration * stream.time_base == 49 / FRAME_RATE
        assert [frame.time for frame in frames] == pytest.approx([index / 24 for index in range(49)])
        assert frames[0].key_frame
        assert frames[24].key_frame

    def test_the_film_says_who_made_it(self, engine: Engine, two_shots: Storyboard, tmp_path: Path) -> None:
        target, _ = film(engine, two_shots, tmp_path / "film")
        with av.open(str(target)) as delivered:
            said = delivered.metadata
        assert (said["engine"], said["model"], said["seed"]) == (engine.name, two_shots.model, "7")
        assert said["generation_id"] == two_shots.generation_id
        assert json.loads(said["comment"])["engine"] == engine.name

    def test_the_film_can_start_to_play_before_it_is_whole(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        target, _ = film(engine, two_shots, tmp_path / "film")
        data = target.read_bytes()
        assert 0 < data.find(b"moov") < data.find(b"mdat")

    @pytest.mark.parametrize("audio", [False, True])
    def test_there_is_sound_as_long_as_the_picture_when_it_was_asked_for(
        self, engine: Engine, start: Reference, tmp_path: Path, audio: bool
    ) -> None:
        target, _ = film(engine, storyboard([{"start": start}], audio=audio), tmp_path / "film")
        with av.open(str(target)) as delivered:
            assert bool(delivered.streams.audio) == audio
            for stream in delivered.streams:
                assert stream.time_base is not None
                assert stream.duration is not None
                assert stream.duration * stream.time_base == 25 / FRAME_RATE

    def test_the_same_storyboard_and_seed_film_the_same_bytes(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        first, _ = film(engine, two_shots, tmp_path / "first")
        second, _ = film(engine, two_shots, tmp_path / "second")
        assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(second.read_bytes()).digest()

    def test_a_storyboard_that_crossed_a_process_boundary_films_the_same(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        crossed = Storyboard.from_json(json.loads(json.dumps(two_shots.to_json())))
        first, _ = film(engine, two_shots, tmp_path / "first")
        second, _ = film(engine, crossed, tmp_path / "second")
        assert first.read_bytes() == second.read_bytes()

    def test_warnings_are_sentences_and_read_no_file(self, engine: Engine, two_shots: Storyboard) -> None:
        for shot in two_shots.shots:
            for one in (shot.start, *shot.references):
                if one is not None:
                    Path(one.path).unlink()
        for warning in engine.warnings(two_shots):
            assert warning[0].isupper()
            assert warning.endswith(".")

    def test_a_picture_that_cannot_be_read_is_named_by_its_field(
        self, engine: Engine, start: Reference, tmp_path: Path
    ) -> None:
        Path(start.path).write_bytes(b"\x89PNG\r\n\x1a\n and then nothing of the kind")
        board = storyboard([{"start": start}])
        with pytest.raises(BadReference, match="input_image"):
            engine.film(board, board.shots[0], tmp_path, lambda _: None)

    def test_a_film_that_lacks_a_shot_is_not_delivered(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        segment = engine.film(two_shots, two_shots.shots[0], tmp_path, lambda _: None)
        with pytest.raises(FilmingFailed):
            engine.finish(two_shots, [segment], tmp_path / "film.mp4")
        assert not (tmp_path / "film.mp4").exists()

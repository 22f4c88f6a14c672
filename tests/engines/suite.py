"""What every engine must do, whatever it films with: subclass `EngineSuite` and give it the fixture `engine`."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import av
import pytest

from engines.pictures import landscape, reference, storyboard
from oxreel.engines.engine import Engine, Segment, Stopped
from oxreel.errors import BadReference, FilmingFailed
from oxreel.storyboard import Reference, Storyboard
from oxreel.units import FRAME_RATE


class Notes:
    """A memo that lasts as long as the test."""

    def __init__(self) -> None:
        self.entries: dict[str, Any] = {}

    def read(self) -> Mapping[str, Any]:
        return dict(self.entries)

    def write(self, **entries: Any) -> None:
        self.entries.update(json.loads(json.dumps(entries)))


def film(engine: Engine, board: Storyboard, folder: Path) -> tuple[Path, list[Segment]]:
    """The delivered film and its segments."""
    folder.mkdir(parents=True, exist_ok=True)
    memo = Notes()
    segments = [engine.film(board, part, folder, lambda _: None, memo) for part in engine.parts(board)]
    target = folder / "film.mp4"
    engine.finish(board, segments, target)
    return target, segments


class EngineSuite:
    """The contract of `oxreel.engines.engine`, tried on small films."""

    #: Its segments are silent, as large as the film and of its frames; a provider's file is made so only by `finish`.
    segments_are_cut: ClassVar[bool] = True
    #: It tells of each single frame, and not only of as many as are there by now.
    tells_each_frame: ClassVar[bool] = False
    #: The same storyboard and seed give the same bytes.
    repeats_itself: ClassVar[bool] = True
    #: There is sound in what it films where it was asked for; an engine without must say so in a warning.
    makes_sound: ClassVar[bool] = True
    #: It reads the pictures itself; a provider reads them otherwise, and says what is wrong with them.
    reads_pictures: ClassVar[bool] = True

    def board(self, shots: list[dict[str, Any]], **more: Any) -> Storyboard:
        """A storyboard of these shots, which this engine can film."""
        return storyboard(shots, **more)

    @pytest.fixture
    def start(self, tmp_path: Path) -> Reference:
        return reference(tmp_path, "start", landscape(640, 360))

    @pytest.fixture
    def two_shots(self, tmp_path: Path, start: Reference) -> Storyboard:
        other = reference(tmp_path, "Image1", landscape(640, 360, seed=2), "input_image[0]")
        return self.board(
            [{"start": start, "prompt": "Push in"}, {"references": [other], "prompt": "@Image1, pan left"}]
        )

    def test_it_has_a_name_and_a_version(self, engine: Engine) -> None:
        assert engine.name
        assert engine.version

    def test_its_parts_are_the_whole_film_in_order(self, engine: Engine, two_shots: Storyboard) -> None:
        parts = engine.parts(two_shots)
        assert [part.index for part in parts] == list(range(len(parts)))
        assert len(parts) in (1, len(two_shots.shots))
        assert sum(part.frames for part in parts) == two_shots.frames
        ends = [part.first_frame + part.frames for part in parts]
        assert [part.first_frame for part in parts] == [0, *ends[:-1]]

    def test_it_can_film_what_it_is_asked_here_and_looks_at_no_file(
        self, engine: Engine, two_shots: Storyboard
    ) -> None:
        _unlink_pictures(two_shots)
        engine.check(two_shots)

    def test_a_segment_holds_exactly_the_frames_of_its_part(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        for part in engine.parts(two_shots):
            segment = engine.film(two_shots, part, tmp_path, lambda _: None, Notes())
            assert segment.frames == part.frames
            assert segment.path.parent == tmp_path
            if not self.segments_are_cut:
                continue
            with av.open(str(segment.path)) as filmed:
                assert sum(1 for _ in filmed.decode(video=0)) == part.frames
                context = filmed.streams.video[0].codec_context
                assert (context.name, context.width, context.height) == ("h264", 320, 180)
                assert not filmed.streams.audio

    def test_it_tells_how_many_frames_are_filmed_up_to_the_last(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        part = engine.parts(two_shots)[0]
        told: list[int] = []
        engine.film(two_shots, part, tmp_path, told.append, Notes())
        assert told == sorted(told)
        assert told[-1] == part.frames
        if self.tells_each_frame:
            assert told == list(range(1, part.frames + 1))

    def test_it_lets_go_at_once_when_nobody_waits_any_more(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        calls: list[int] = []

        def stop(frames: int) -> None:
            calls.append(frames)
            raise Stopped

        with pytest.raises(Stopped):
            engine.film(two_shots, engine.parts(two_shots)[0], tmp_path, stop, Notes())
        assert len(calls) == 1

    def test_calling_off_what_was_never_begun_asks_nobody(self, engine: Engine) -> None:
        assert json.loads(json.dumps(engine.abandon({}))) == {}

    def test_the_film_is_cut_on_exact_frames_and_each_cut_is_a_keyframe(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        target, _ = film(engine, two_shots, tmp_path / "film")
        with av.open(str(target)) as delivered:
            stream = delivered.streams.video[0]
            assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 320, 180)
            frames = list(delivered.decode(stream))
            assert stream.average_rate == FRAME_RATE
            assert stream.time_base is not None
            assert stream.duration is not None
            assert stream.duration * stream.time_base == 49 / FRAME_RATE
        assert [frame.time for frame in frames] == pytest.approx([index / 24 for index in range(49)])
        for part in engine.parts(two_shots):
            assert frames[part.first_frame].key_frame

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
        board = self.board([{"start": start}], audio=audio)
        target, _ = film(engine, board, tmp_path / "film")
        with av.open(str(target)) as delivered:
            assert bool(delivered.streams.audio) == (audio and self.makes_sound)
            for stream in delivered.streams:
                assert stream.time_base is not None
                assert stream.duration is not None
                assert stream.duration * stream.time_base == 25 / FRAME_RATE
        if audio and not self.makes_sound:
            assert any("sound" in warning or "silent" in warning for warning in engine.warnings(board))

    def test_the_same_storyboard_and_seed_film_the_same_bytes(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        if not self.repeats_itself:
            pytest.skip("this engine promises no repetition")
        first, _ = film(engine, two_shots, tmp_path / "first")
        second, _ = film(engine, two_shots, tmp_path / "second")
        assert hashlib.sha256(first.read_bytes()).digest() == hashlib.sha256(second.read_bytes()).digest()

    def test_a_storyboard_that_crossed_a_process_boundary_films_the_same(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        crossed = Storyboard.from_json(json.loads(json.dumps(two_shots.to_json())))
        assert crossed == two_shots
        second, _ = film(engine, crossed, tmp_path / "second")
        if self.repeats_itself:
            first, _ = film(engine, two_shots, tmp_path / "first")
            assert first.read_bytes() == second.read_bytes()

    def test_warnings_are_sentences_and_read_no_file(self, engine: Engine, two_shots: Storyboard) -> None:
        _unlink_pictures(two_shots)
        for warning in engine.warnings(two_shots):
            assert warning[0].isupper()
            assert warning.endswith(".")

    def test_a_picture_that_cannot_be_read_is_named_by_its_field(
        self, engine: Engine, start: Reference, tmp_path: Path
    ) -> None:
        if not self.reads_pictures:
            pytest.skip("this engine reads no pictures itself")
        Path(start.path).write_bytes(b"\x89PNG\r\n\x1a\n and then nothing of the kind")
        board = self.board([{"start": start}])
        with pytest.raises(BadReference, match="input_image"):
            engine.film(board, engine.parts(board)[0], tmp_path, lambda _: None, Notes())

    def test_a_film_that_lacks_a_part_is_not_delivered(
        self, engine: Engine, two_shots: Storyboard, tmp_path: Path
    ) -> None:
        parts, memo = engine.parts(two_shots), Notes()
        segments = [engine.film(two_shots, part, tmp_path, lambda _: None, memo) for part in parts]
        with pytest.raises(FilmingFailed):
            engine.finish(two_shots, segments[:-1], tmp_path / "film.mp4")
        assert not (tmp_path / "film.mp4").exists()


def _unlink_pictures(board: Storyboard) -> None:
    for shot in board.shots:
        for one in (shot.start, *shot.references):
            if one is not None:
                Path(one.path).unlink()

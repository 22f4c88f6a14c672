"""What a video file holds."""

import random
from fractions import Fraction
from pathlib import Path

import av
import pytest

from media.conftest import MakeVideo
from oxreel.errors import BadReference
from oxreel.media.probe import VideoFacts, open_video, probe


def test_the_facts_of_a_film(make_video: MakeVideo) -> None:
    assert probe(make_video("a.mp4", frames=25, tone=True)) == VideoFacts(
        width=320, height=180, seconds=25 / 24, frames=25, rate=Fraction(24), has_audio=True, codec="h264", rotation=0
    )
    assert not probe(make_video("b.mp4")).has_audio


def test_a_video_that_lies_on_its_side_is_measured_upright(make_video: MakeVideo, tmp_path: Path) -> None:
    facts = probe(lying(make_video("a.mp4"), tmp_path / "lying.mp4"))
    assert (facts.width, facts.height, facts.rotation) == (180, 320, 90)


def test_a_file_that_does_not_tell_its_length_is_counted(make_video: MakeVideo, tmp_path: Path) -> None:
    streamed = tmp_path / "a.ts"
    with av.open(str(make_video("a.mp4", frames=30))) as source, av.open(str(streamed), "w", format="mpegts") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                output.mux(packet)
    facts = probe(streamed)
    assert facts.frames == 30
    assert facts.seconds == pytest.approx(30 / 24, abs=0.05)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a video", b"<html><body>Not found</body></html>", b"\x89PNG\r\n\x1a\n" + bytes(100), bytes(10_000)],
    ids=["empty", "text", "html", "broken png", "zeros"],
)
def test_what_is_not_a_video_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(BadReference, match="not a video"):
        probe(tmp_path / "a.mp4")


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadReference):
        probe(tmp_path / "gone.mp4")


def test_sound_alone_is_not_a_video(make_video: MakeVideo, tmp_path: Path) -> None:
    with (
        av.open(str(make_video("a.mp4", tone=True))) as source,
        av.open(str(tmp_path / "sound.mp4"), "w", format="mp4") as output,
    ):
        stream = output.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                output.mux(packet)
    with pytest.raises(BadReference, match="no picture"):
        probe(tmp_path / "sound.mp4")


@pytest.mark.parametrize(
    "playlist",
    ["#EXTM3U\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n", "ffconcat version 1.0\nfile {url}\n"],
    ids=["hls", "concat"],
)
def test_a_playlist_never_opens_what_it_names(make_video: MakeVideo, tmp_path: Path, playlist: str) -> None:
    """Or an upload could read the files of the server, and its neighbours' pages."""
    secret = make_video("secret.mp4")
    (tmp_path / "a.mp4").write_text(playlist.format(url=secret))
    with pytest.raises(BadReference):
        probe(tmp_path / "a.mp4")


def test_a_damaged_video_is_read_or_refused_but_never_crashes(make_video: MakeVideo, tmp_path: Path) -> None:
    whole = make_video("a.mp4", tone=True).read_bytes()
    dice = random.Random(1)
    for number in range(60):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 40)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(data[: dice.randint(len(data) // 4, len(data))] if number % 2 else data)
        try:
            facts = probe(path)
        except BadReference:
            continue
        assert facts.seconds > 0
        assert facts.frames > 0


def test_a_video_of_an_unknown_kind_is_refused(make_video: MakeVideo, tmp_path: Path) -> None:
    whole = make_video("a.mp4").read_bytes()
    assert whole.count(b"avc1") >= 1
    path = tmp_path / "unknown.mp4"
    # The name of the sample's kind, which stands behind the size of its entry in `stsd`.
    at = whole.index(b"avc1", whole.index(b"stsd"))
    path.write_bytes(whole[:at] + b"zzz9" + whole[at + 4 :])
    with pytest.raises(BadReference):
        probe(path)


def test_a_picture_too_large_to_decode_is_refused(make_video: MakeVideo, tmp_path: Path) -> None:
    with av.open(str(tmp_path / "wide.mp4"), "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 8200, 64, "yuv420p"
        output.mux(stream.encode(av.VideoFrame(8200, 64, "yuv420p")))
        output.mux(stream.encode(None))
    with pytest.raises(BadReference, match="8200x64"):
        open_video(tmp_path / "wide.mp4")


def lying(source: Path, target: Path) -> Path:
    """The same video, said to be shown turned by 90 degrees clockwise."""
    data = bytearray(source.read_bytes())
    at = data.find(b"tkhd") + 4 + 40  # version, flags, times, track, length, layer, volume; then the matrix
    matrix = (0, 0x10000, 0, -0x10000, 0, 0, 180 << 16, 0, 0x40000000)
    data[at : at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    target.write_bytes(data)
    return target

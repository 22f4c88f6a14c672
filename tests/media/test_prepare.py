import base64
import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from oxreel.errors import BadReference
from oxreel.media.limits import Limits
from oxreel.media.prepare import Source, prepare
from oxreel.settings import Settings

LIMITS = Limits(allow_hosts=("127.0.0.1",))


def png(size: tuple[int, int] = (400, 320), colour: tuple[int, ...] = (1, 2, 3)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def video(path: Path, *, seconds: float = 3, size: tuple[int, int] = (1280, 720), form: str = "mp4") -> Path:
    with av.open(str(path), "w", format=form) as container:
        stream = container.add_stream("libx264", rate=4, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        picture = np.zeros((size[1], size[0], 3), np.uint8)
        for _ in range(int(seconds * 4)):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode())
    return path


@pytest.fixture
def web() -> Iterator[tuple[str, list[str]]]:
    """A site whose every path is a picture, and the paths that were asked for."""
    seen: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            body = png(colour=(9, 9, 9))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: tests speak for themselves."""

    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_references_come_from_the_web_from_the_request_and_from_storage(
    web: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, seen = web
    stored = tmp_path / "stored"
    stored.write_bytes(png((500, 500)))
    found = prepare(
        [
            Source("start", "start_image_url", "image", url=f"{url}/a.png"),
            Source("Image1", "input_image[0]", "image", url=f"{url}/a.png"),
            Source("Image2", "input_image[1]", "image", file=stored),
            Source(
                "Element1",
                "elements[0].frontal_image_url",
                "image",
                url="data:image/png;base64," + base64.b64encode(png((320, 400), (1, 2, 3, 99))).decode(),
                keep_alpha=True,
            ),
        ],
        tmp_path,
        LIMITS,
    )
    assert [(r.name, r.field, r.width, r.height, r.has_alpha) for r in found] == [
        ("start", "start_image_url", 400, 320, False),
        ("Image1", "input_image[0]", 400, 320, False),
        ("Image2", "input_image[1]", 500, 500, False),
        ("Element1", "elements[0].frontal_image_url", 320, 400, True),
    ]
    assert len({r.path for r in found}) == 4
    for reference in found:
        with Image.open(reference.path) as picture:
            assert picture.size == (reference.width, reference.height)
    assert seen == ["/a.png"]  # the same URL was fetched once
    assert stored.read_bytes() == png((500, 500))


def test_the_first_bad_reference_is_named_by_its_field(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(png())
    (tmp_path / "small").write_bytes(png((120, 80)))
    items = [
        Source("Image1", "input_image[0]", "image", file=tmp_path / "good"),
        Source("Image2", "input_image[1]", "image", file=tmp_path / "small"),
    ]
    with pytest.raises(BadReference) as caught:
        prepare(items, tmp_path, LIMITS)
    assert caught.value.message == "input_image[1]: the picture is 120x80 px; each side must be at least 300 px."


@pytest.mark.parametrize("url", [None, "", "  ", "file:///etc/passwd", "ftp://x/y", "http://127.0.0.1:1/x", "data:,"])
def test_a_url_that_leads_nowhere_is_named_by_its_field(url: str | None, tmp_path: Path) -> None:
    with pytest.raises(BadReference, match=r"^tail_image_url: "):
        prepare([Source("tail", "tail_image_url", "image", url=url)], tmp_path, LIMITS)


def source_video(path: Path, most_seconds: int = 15, most_side: int = 3840) -> Source:
    return Source(
        "Video1", "input_video", "video", file=path, least_seconds=3, most_seconds=most_seconds, most_side=most_side
    )


def test_a_video_is_probed_and_left_as_it_is(tmp_path: Path) -> None:
    path = video(tmp_path / "v.mp4")
    (found,) = prepare([source_video(path)], tmp_path, LIMITS)
    assert (found.kind, found.path, found.width, found.height, found.seconds) == ("video", str(path), 1280, 720, 3)
    moved = video(tmp_path / "v.mov", form="mov")
    assert prepare([source_video(moved)], tmp_path, LIMITS)[0].width == 1280


@pytest.mark.parametrize(
    ("make", "limits", "why"),
    [
        ({"seconds": 2}, {}, r"lasts 2\.0 s; it must last between 3 and 15 s"),
        ({"size": (720, 2164)}, {"most_side": 2160}, "720x2164 px; each side must be between 720 and 2160 px"),
        ({"seconds": 11}, {"most_seconds": 10}, r"lasts 11\.0 s; it must last between 3 and 10 s"),
        ({"size": (640, 360)}, {}, "640x360 px; each side must be between 720 and 3840 px"),
        ({"form": "matroska"}, {}, "not an MP4 or MOV video, it is a Matroska or WebM video"),
    ],
)
def test_a_video_outside_the_limits_is_refused(
    make: dict[str, object], limits: dict[str, int], why: str, tmp_path: Path
) -> None:
    path = video(tmp_path / "v", **make)  # type: ignore[arg-type]
    with pytest.raises(BadReference, match=f"^input_video: .*{why}"):
        prepare([source_video(path, **limits)], tmp_path, LIMITS)


def test_a_videos_nearest_whole_second_counts(tmp_path: Path) -> None:
    path = video(tmp_path / "v.mp4", seconds=3.25)
    assert prepare([source_video(path, most_seconds=3)], tmp_path, LIMITS)[0].seconds == 3.25
    with pytest.raises(BadReference, match=r"lasts 3\.5 s; it must last between 3 and 3 s"):
        prepare([source_video(video(path, seconds=3.5), most_seconds=3)], tmp_path, LIMITS)


def test_a_picture_a_broken_video_and_a_huge_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(png())
    (tmp_path / "broken").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0" + b"\x55" * 500)
    path = video(tmp_path / "v.mp4")
    for file, why in (("picture", "it is a PNG"), ("broken", "not a video")):
        with pytest.raises(BadReference, match=f"^input_video: .*{why}"):
            prepare([source_video(tmp_path / file)], tmp_path, LIMITS)
    with pytest.raises(BadReference, match=r"^input_video: the video has .* MB; at most 0 MB are allowed"):
        prepare([source_video(path)], tmp_path, Limits(video_bytes=1000))


def test_sources_and_limits_cross_as_json() -> None:
    items = [
        Source("Image1", "input_image[0]", "image", url="https://example.com/ä.png", keep_alpha=True),
        Source("Video1", "input_video", "video", file=Path("v.mp4"), most_seconds=30),
    ]
    limits = Limits.of(Settings(fetch_allow_hosts=("a", "b"), image_megabytes=3))
    assert limits.image_bytes == 3_000_000
    assert [Source.from_json(json.loads(json.dumps(item.to_json()))) for item in items] == items
    assert Limits.from_json(json.loads(json.dumps(limits.to_json()))) == limits


def test_importing_this_room_does_not_load_what_it_may_not_need() -> None:
    heavy = "('av', 'cv2', 'numpy', 'httpx', 'httpcore', 'pydantic')"
    code = f"import sys, oxreel.media.prepare; print(*(name for name in {heavy} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""

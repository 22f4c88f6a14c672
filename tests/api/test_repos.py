"""Repositories and their files, asked for over HTTP of a running hub."""

import hashlib
import io
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from oxreel import accounts
from oxreel.samples import SAMPLES
from oxreel.storage import Objects, Signer, load_secret
from support.hub import RunningHub


def png(size: tuple[int, int] = (400, 200)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def repo(hub: RunningHub) -> str:
    """The URL of a fresh private repository of the hub's first user."""
    name = f"r{uuid.uuid4().hex[:12]}"
    answer = hub.client.post("/api/repos", json={"name": name})
    assert answer.status_code == 200, answer.text
    return f"/api/repos/local/{name}"


@pytest.fixture
def stranger(hub: RunningHub) -> Iterator[httpx.Client]:
    """A client of another user."""
    name = f"u{uuid.uuid4().hex[:12]}"
    with hub.database.transaction() as tx:
        accounts.create_user(tx, name)
        _, key = accounts.create_key(tx, name, "test")
    with httpx.Client(base_url=hub.url, headers={"Authorization": f"Bearer {key}"}, trust_env=False) as client:
        yield client


@pytest.fixture
def nobody(hub: RunningHub) -> Iterator[httpx.Client]:
    """A client without a key."""
    with httpx.Client(base_url=hub.url, trust_env=False) as client:
        yield client


def put(hub: RunningHub, url: str, data: bytes, name: str = "x.bin") -> httpx.Response:
    return hub.client.put(url, files={"file": (name, data)})


def error(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["status"] == "error"
    return str(body["error"]["message"])


def test_a_repository_is_made_shown_and_listed(hub: RunningHub, nobody: httpx.Client) -> None:
    name = f"r{uuid.uuid4().hex[:12]}"
    made = hub.client.post("/api/repos", json={"name": name, "is_public": True, "description": "read over"})
    assert made.json()["status_message"] == "resource_created"
    shown = nobody.get(f"/api/repos/local/{name}").json()
    assert shown["status_message"] == "resource_found"
    assert shown["repository"] == made.json()["repository"]
    assert (shown["repository"]["namespace"], shown["repository"]["is_public"]) == ("local", True)
    assert name in [one["name"] for one in nobody.get("/api/repos/local").json()["repositories"]]
    again = hub.client.post("/api/repos", json={"name": f"local/{name}"})
    assert error(again, 409) == f"Repository already exists: local/{name}"


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"name": "a b"}, 400), ({"name": 7}, 400), ({"name": "x", "namespace": "ox"}, 403), ([], 400)],
)
def test_a_repository_that_cannot_be_is_refused(hub: RunningHub, body: object, status: int) -> None:
    error(hub.client.post("/api/repos", json=body), status)


def test_a_file_comes_back_as_it_was_sent(hub: RunningHub, repo: str) -> None:
    data = png()
    stored = put(hub, f"{repo}/file/main/shots/ein%20Bild%20%C3%A9.png", data)
    assert stored.status_code == 200, stored.text
    (entry,) = stored.json()["entries"]
    assert entry["path"] == "shots/ein Bild é.png"
    assert (entry["size"], entry["width"], entry["height"]) == (len(data), 400, 200)
    assert (entry["mime_type"], entry["data_type"], entry["extension"]) == ("image/png", "image", "png")
    assert entry["hash"] == hashlib.sha256(data).hexdigest()

    got = hub.client.get(f"{repo}/file/main/shots/{quote('ein Bild é.png')}")
    assert got.content == data
    assert got.headers["content-type"] == "image/png"
    assert got.headers["content-disposition"] == "inline; filename*=UTF-8''ein%20Bild%20%C3%A9.png"
    assert got.headers["accept-ranges"] == "bytes"


def test_the_first_upload_makes_the_repository_private(hub: RunningHub, nobody: httpx.Client) -> None:
    repo = f"/api/repos/local/r{uuid.uuid4().hex[:12]}"
    assert put(hub, f"{repo}/file/main/a.txt", b"hello").status_code == 200
    assert hub.client.get(repo).json()["repository"]["is_public"] is False
    error(nobody.get(repo), 404)


def test_an_upload_replaces_and_its_old_bytes_are_gone(hub: RunningHub, repo: str) -> None:
    objects = Objects.open(hub.settings.objects_url)
    before = set(objects.keys("assets"))
    put(hub, f"{repo}/file/main/a.bin", b"first")
    (first,) = set(objects.keys("assets")) - before
    put(hub, f"{repo}/file/main/a.bin", b"second!")
    assert hub.client.get(f"{repo}/file/main/a.bin").content == b"second!"
    assert not objects.exists(first)
    assert hub.client.get(f"{repo}/dir/main").json()["total_entries"] == 1


def test_several_files_are_stored_in_a_directory(hub: RunningHub, repo: str) -> None:
    form = [("files[]", ("a.png", png())), ("files[]", ("sub/b.txt", b"b")), ("message", (None, b"a commit message"))]
    for directory in ("/shots", "/shots/", "", "/"):
        stored = hub.client.put(f"{repo}/file/main{directory}", files=form)
        assert stored.status_code == 200, stored.text
        prefix = directory.strip("/") and "shots/"
        assert [entry["path"] for entry in stored.json()["entries"]] == [f"{prefix}a.png", f"{prefix}sub/b.txt"]
    listed = hub.client.get(f"{repo}/dir/main/shots").json()
    assert [(entry["filename"], entry["is_dir"], entry["path"]) for entry in listed["entries"]] == [
        ("sub", True, "shots/sub"),
        ("a.png", False, "shots/a.png"),
    ]
    top = hub.client.get(f"{repo}/dir/main", params={"page_size": 2, "page": 2}).json()
    assert [entry["filename"] for entry in top["entries"]] == ["a.png"]
    assert (top["page_number"], top["page_size"], top["total_pages"], top["total_entries"]) == (2, 2, 2, 3)


def test_a_single_file_sent_to_a_directory_is_stored_in_it(hub: RunningHub, repo: str) -> None:
    put(hub, f"{repo}/file/main/shots/one.txt", b"1")
    stored = hub.client.post(f"{repo}/file/main/shots", files={"file": ("two.txt", b"2")})
    assert stored.json()["entries"][0]["path"] == "shots/two.txt"
    error(put(hub, f"{repo}/file/main/shots/one.txt/below", b"x"), 409)


@pytest.mark.parametrize(
    ("form", "status", "why"),
    [
        ({"files": {"picture": ("a", b"a")}}, 400, "field 'file'"),
        ({"files": [("file", ("a", b"a")), ("file", ("b", b"b"))]}, 400, "takes one file"),
        ({"files": {"message": (None, b"no file")}}, 400, "must hold its file"),
        ({"content": b"raw bytes"}, 415, "multipart/form-data"),
        ({"json": {}}, 415, "multipart/form-data"),
        ({"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}}, 400, "multipart form"),
        (
            {
                "content": b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
                "headers": {"content-type": "multipart/form-data; boundary=b"},
            },
            400,
            "ends before its last boundary",
        ),
        ({"files": {"files[]": ("../../up", b"a")}}, 400, "cannot be a file's path"),
    ],
)
def test_a_form_that_does_not_say_what_goes_where_is_refused(
    hub: RunningHub, repo: str, form: dict[str, object], status: int, why: str
) -> None:
    answer = hub.client.request("PUT", f"{repo}/file/main/a", **form)  # type: ignore[arg-type]
    assert why in error(answer, status)
    assert hub.client.get(f"{repo}/dir/main").json()["entries"] == []


def refused_while_it_arrives(hub: RunningHub, form: bytes) -> str:
    """The answer to the first bytes of a form of 900 MB, the others of which are never sent."""
    head = (
        "PUT /api/repos/local/r/file/main/many HTTP/1.1\r\nHost: hub\r\n"
        f"Authorization: Bearer {hub.key}\r\nContent-Length: 900000000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", hub.port), timeout=30) as connection:
        connection.sendall(head.encode() + form)
        answer = b""
        while not answer.endswith(b"}"):
            received = connection.recv(100_000)
            assert received, answer
            answer += received
    return answer.decode()


def part(name: str, data: bytes) -> bytes:
    return b'--b\r\nContent-Disposition: form-data; name="files[]"; filename="%s"\r\n\r\n%s\r\n' % (name.encode(), data)


def test_a_form_that_is_too_large_is_refused_while_it_arrives(start_hub: Callable[..., RunningHub]) -> None:
    small = start_hub(OXREEL_UPLOAD_MEGABYTES="1")
    answer = refused_while_it_arrives(small, part("huge", b"x" * 3_000_000))
    assert answer.startswith("HTTP/1.1 413 ")
    assert "The file 'huge' is too large; at most 1 MB can be uploaded." in answer
    answer = refused_while_it_arrives(small, b"".join(part(str(n), b"x" * 600_000) for n in range(5)))
    assert answer.startswith("HTTP/1.1 413 ")
    assert "The files together are too large; at most 1 MB can be uploaded in one request." in answer
    answer = refused_while_it_arrives(small, part("small", b"x") + b"--b--\r\n" + b"x" * 4_000_000)
    assert answer.startswith("HTTP/1.1 413 ")
    assert "The request is too large; at most 1 MB can be uploaded." in answer
    assert put(small, "/api/repos/local/r/file/main/fits", b"x" * 1_000_000).status_code == 200
    assert list((small.settings.data_dir / "incoming").iterdir()) == []


def test_a_form_of_too_many_parts_is_refused_while_it_arrives(hub: RunningHub) -> None:
    answer = refused_while_it_arrives(hub, b"--b\r\n\r\n\r\n" * 200_000)
    assert answer.startswith("HTTP/1.1 400 ")
    assert "The form has more than 200 parts" in answer


@pytest.mark.parametrize(
    ("asked", "part", "content_range"),
    [
        ("bytes=0-0", b"0", "bytes 0-0/10"),
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=8-100", b"89", "bytes 8-9/10"),
        ("bytes=-100", b"0123456789", "bytes 0-9/10"),
    ],
)
def test_a_range_gives_that_part(hub: RunningHub, repo: str, asked: str, part: bytes, content_range: str) -> None:
    put(hub, f"{repo}/file/main/a.bin", b"0123456789")
    for method in ("GET", "HEAD"):
        got = hub.client.request(method, f"{repo}/file/main/a.bin", headers={"Range": asked})
        assert got.status_code == 206
        assert got.headers["content-range"] == content_range
        assert got.headers["content-length"] == str(len(part))
        assert got.content == (part if method == "GET" else b"")


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_outside_of_the_file_is_refused_with_its_size(hub: RunningHub, repo: str, asked: str) -> None:
    put(hub, f"{repo}/file/main/a.bin", b"0123456789")
    got = hub.client.get(f"{repo}/file/main/a.bin", headers={"Range": asked})
    assert "which has 10 bytes" in error(got, 416)
    assert got.headers["content-range"] == "bytes */10"


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=-", "bytes=0-1,4-5", "lines=1-2", "bytes=a-b", "bytes=1"])
def test_what_is_no_single_range_gives_the_whole(hub: RunningHub, repo: str, asked: str) -> None:
    put(hub, f"{repo}/file/main/a.bin", b"0123456789")
    got = hub.client.get(f"{repo}/file/main/a.bin", headers={"Range": asked})
    assert (got.status_code, got.content) == (200, b"0123456789")


def test_a_client_that_has_the_file_is_told_so(hub: RunningHub, repo: str) -> None:
    url = f"{repo}/file/main/a.bin"
    put(hub, url, b"0123456789")
    etag = hub.client.head(url).headers["etag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        got = hub.client.get(url, headers={"If-None-Match": known})
        assert (got.status_code, got.content) == (304, b"")
        assert got.headers["etag"] == etag
    part = {"Range": "bytes=0-1"}
    assert hub.client.get(url, headers={**part, "If-Range": etag}).status_code == 206
    put(hub, url, b"replaced")
    assert hub.client.get(url, headers={"If-None-Match": etag}).content == b"replaced"
    assert hub.client.get(url, headers={**part, "If-Range": etag}).content == b"replaced"


def test_an_empty_file_is_a_file(hub: RunningHub, repo: str) -> None:
    put(hub, f"{repo}/file/main/empty", b"")
    got = hub.client.get(f"{repo}/file/main/empty")
    assert (got.status_code, got.content, got.headers["content-length"]) == (200, b"", "0")


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "page.xhtml", "code.js"])
def test_an_uploaded_page_can_not_act_in_the_hubs_name(hub: RunningHub, repo: str, name: str) -> None:
    put(hub, f"{repo}/file/main/{name}", b"<script>alert(1)</script>")
    headers = hub.client.get(f"{repo}/file/main/{name}").headers
    assert headers["x-content-type-options"] == "nosniff"
    policy = [part.strip() for part in headers["content-security-policy"].split(";")]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert not any(part.startswith("script-src") for part in policy)


def test_a_private_file_looks_like_none_to_everybody_else(
    hub: RunningHub, repo: str, stranger: httpx.Client, nobody: httpx.Client
) -> None:
    put(hub, f"{repo}/file/main/a.txt", b"secret")
    there, missing = f"{repo}/file/main/a.txt", f"{repo}x/file/main/a.txt"
    for client in (stranger, nobody):
        for path in ("", "/dir/main", "/file/main/a.txt", "/files/main/a.txt", "/file/dev/a.txt"):
            seen = client.get(repo + path).json()
            unknown = client.get(f"{repo}x{path}").json()
            assert seen["error"]["type"] == "resource_not_found"
            assert str(seen).replace(repo.rpartition("/")[2], "R") == str(unknown).replace(
                f"{repo.rpartition('/')[2]}x", "R"
            )
    for url in (there, missing):
        error(stranger.put(url, files={"file": ("a", b"mine")}), 404)
        error(stranger.delete(url), 404)
        error(nobody.put(url, files={"file": ("a", b"mine")}), 401)
        error(nobody.delete(url), 401)
    assert hub.client.get(there).content == b"secret"


def test_a_public_file_is_readable_by_anyone_and_writable_by_its_owner_only(
    nobody: httpx.Client, stranger: httpx.Client
) -> None:
    for sample in SAMPLES:
        url = f"/api/repos/{sample.namespace}/{sample.repository}/file/main/{sample.path}"
        got = nobody.get(url)
        assert got.content == sample.read()
        assert got.headers["content-type"] == sample.content_type
        assert "only its owners may change it" in error(stranger.put(url, files={"file": ("a", b"mine")}), 403)
        error(stranger.delete(url), 403)


def test_a_wrong_key_is_refused_even_where_none_is_needed(hub: RunningHub) -> None:
    headers = {"Authorization": "Bearer wrong"}
    error(httpx.get(f"{hub.url}/api/repos/ox", headers=headers, trust_env=False), 401)


def test_a_deleted_file_is_gone_with_its_bytes_and_pictures(hub: RunningHub, repo: str) -> None:
    objects = Objects.open(hub.settings.objects_url)
    before = set(objects.keys("assets")), set(objects.keys("pictures"))
    put(hub, f"{repo}/file/main/a.png", png())
    hub.client.get(f"{repo}/file/main/a.png", params={"width": 100}).raise_for_status()
    assert set(objects.keys("pictures")) != before[1]
    gone = hub.client.delete(f"{repo}/file/main/a.png")
    assert gone.json() == {"status": "success", "status_message": "resource_deleted"}
    assert "File not found: a.png" in error(hub.client.get(f"{repo}/file/main/a.png"), 404)
    error(hub.client.delete(f"{repo}/file/main/a.png"), 404)
    assert (set(objects.keys("assets")), set(objects.keys("pictures"))) == before


def test_no_branch_but_main_and_no_path_upwards(hub: RunningHub, repo: str) -> None:
    put(hub, f"{repo}/file/main/a.txt", b"a")
    for path in ("/file/dev/a.txt", "/files/dev/a.txt", "/dir/dev", "/dir/dev/x"):
        assert "Branch not found: dev" in error(hub.client.get(repo + path), 404)
    error(put(hub, f"{repo}/file/dev/a.txt", b"a"), 404)
    for path in ("%2e%2e/%2e%2e/etc/passwd", "a//b", "%00", "%ff"):
        answer = hub.client.get(f"{repo}/file/main/{path}")
        assert answer.status_code in (400, 404)
        assert answer.json()["status"] == "error"


def sign(hub: RunningHub, place: str, expires_at: float) -> str:
    with hub.database.transaction() as tx:
        signer = Signer(load_secret(tx, "signed-urls"))
    return f"{quote(place)}?{signer.sign(place, int(expires_at))}"


def test_a_signed_url_opens_a_private_file_until_it_expires(hub: RunningHub, repo: str, nobody: httpx.Client) -> None:
    put(hub, f"{repo}/file/main/v%20%C3%A9.bin", b"0123456789")
    place = f"{repo}/files/main/v é.bin"
    good = sign(hub, place, time.time() + 3600)
    assert nobody.get(good).content == b"0123456789"
    assert nobody.get(good, headers={"Range": "bytes=2-3"}).content == b"23"
    assert nobody.head(good).headers["content-length"] == "10"
    assert hub.client.get(quote(place)).content == b"0123456789"  # a key that may read it opens it too
    assert "expired" in error(nobody.get(sign(hub, place, time.time() - 1)), 403)
    error(nobody.get(good.replace("signature=", "signature=0")), 403)
    error(nobody.get(good.replace("expires=", "expires=9")), 403)
    error(nobody.get(good.replace("v%20", "w%20")), 403)
    error(nobody.get(good.replace("/files/", "/file/")), 404)
    error(hub.client.get(good.replace("signature=", "signature=0")), 403)
    assert nobody.get(f"{good}&width=5").content == b"0123456789"
    error(nobody.get(sign(hub, f"{repo}/files/main/missing", time.time() + 3600)), 404)


def opened(answer: httpx.Response) -> Image.Image:
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def test_a_picture_comes_in_another_size(hub: RunningHub, repo: str) -> None:
    url = f"{repo}/file/main/a.png"
    put(hub, url, png((400, 200)))
    for query, size in (
        ({"width": 100}, (100, 50)),
        ({"height": 20}, (40, 20)),
        ({"width": 50, "height": 50}, (50, 25)),
        ({"thumbnail": "true"}, (400, 200)),
    ):
        assert opened(hub.client.get(url, params=query)).size == size
    first = hub.client.get(url, params={"width": 100})
    again = hub.client.get(url, params={"width": 100}, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert first.headers["etag"] != hub.client.head(url).headers["etag"]
    assert first.headers["content-type"] == "image/jpeg"
    for query in ({"width": 0}, {"width": 100_000}, {"height": -1}, {"timestamp": -1}):
        error(hub.client.get(url, params=query), 400)


def test_a_replaced_picture_has_new_thumbnails(hub: RunningHub, repo: str) -> None:
    url = f"{repo}/file/main/a.png"
    put(hub, url, png((400, 200)))
    assert opened(hub.client.get(url, params={"width": 100})).size == (100, 50)
    put(hub, url, png((400, 400)))
    assert opened(hub.client.get(url, params={"width": 100})).size == (100, 100)


def test_a_video_shows_a_picture_of_itself(hub: RunningHub, repo: str, tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=4, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 320, "yuv420p"
        for number in range(12):
            frame = np.full((320, 640, 3), 0 if number < 4 else 255, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame)))
        container.mux(stream.encode())
    url = f"{repo}/file/main/v.mp4"
    (entry,) = put(hub, url, path.read_bytes()).json()["entries"]
    assert (entry["width"], entry["height"], entry["seconds"], entry["data_type"]) == (640, 320, 3.0, "video")
    assert hub.client.get(url, params={"width": 64}).content == path.read_bytes()
    for timestamp, level in ((0, 0), (2, 255)):
        shown = opened(hub.client.get(url, params={"thumbnail": True, "timestamp": timestamp, "width": 64}))
        assert shown.size == (64, 32)
        pixel = shown.getpixel((30, 15))
        assert isinstance(pixel, tuple)
        assert abs(pixel[0] - level) < 20


def test_a_file_that_cannot_be_pictured_says_so(hub: RunningHub, repo: str) -> None:
    put(hub, f"{repo}/file/main/a.txt", b"text")
    put(hub, f"{repo}/file/main/broken.png", b"\x89PNG\r\n\x1a\n broken")
    put(hub, f"{repo}/file/main/drawing.svg", b"<svg/>")
    for name in ("a.txt", "broken.png", "drawing.svg"):
        assert "There is no picture of" in error(hub.client.get(f"{repo}/file/main/{name}?thumbnail=true"), 415)
    assert hub.client.get(f"{repo}/file/main/a.txt").headers["content-type"] == "text/plain; charset=utf-8"

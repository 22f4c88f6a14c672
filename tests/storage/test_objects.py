"""Every store faces this one suite."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from oxreel.errors import NotFound
from oxreel.storage.objects import Objects
from support.s3 import S3Server, environment, s3_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """One server for all tests; each has a prefix of its own."""
    with s3_server(tmp_path_factory.mktemp("s3") / "buckets") as running:
        yield running


@pytest.fixture(params=["file", "memory", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Objects]:
    """A fresh store of each kind."""
    if request.param == "s3":
        server: S3Server = request.getfixturevalue("server")
        with environment(server.variables):
            yield Objects.open(f"{server.url}/{tmp_path.name}")
    else:
        yield Objects.open((tmp_path / "a folder" / "objects").as_uri() if request.param == "file" else "memory:///")


def test_what_was_put_is_read_back_and_replaced(objects: Objects) -> None:
    objects.put("assets/one", b"first")
    assert objects.read("assets/one") == b"first"
    objects.put("assets/one", b"second, longer")
    assert objects.read("assets/one") == b"second, longer"


def test_a_file_travels_in_and_out_whole(objects: Objects, tmp_path: Path) -> None:
    source, target = tmp_path / "in.bin", tmp_path / "out.bin"
    source.write_bytes(bytes(range(256)) * 50_000)  # 12.8 MB: more than one part of an upload
    objects.put_file("videos/one.mp4", source)
    objects.copy_to("videos/one.mp4", target)
    assert target.read_bytes() == source.read_bytes()


@pytest.mark.parametrize(("start", "end"), [(0, None), (0, 1), (5, 9), (3, None), (999_990, 2_000_000), (7, 7), (9, 3)])
def test_a_stream_gives_exactly_the_bytes_asked_for(objects: Objects, start: int, end: int | None) -> None:
    data = bytes(number % 251 for number in range(1_000_000))
    objects.put("one", data)
    assert b"".join(objects.stream("one", start, end)) == data[start:end]


def test_an_empty_object_is_an_object(objects: Objects) -> None:
    objects.put("empty", b"")
    assert objects.exists("empty")
    assert objects.read("empty") == b""
    assert b"".join(objects.stream("empty")) == b""


def test_a_missing_object_is_not_found_at_once(objects: Objects, tmp_path: Path) -> None:
    assert not objects.exists("nothing/here")
    with pytest.raises(NotFound):
        objects.read("nothing/here")
    with pytest.raises(NotFound):
        objects.stream("nothing/here")
    with pytest.raises(NotFound):
        objects.copy_to("nothing/here", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_deleting_forgets_one_object_and_twice_does_no_harm(objects: Objects) -> None:
    objects.put("a/one", b"1")
    objects.put("a/two", b"2")
    objects.delete("a/one")
    objects.delete("a/one")
    assert objects.keys("a") == ["a/two"]


def test_deleting_a_prefix_forgets_what_lies_below_it_and_nothing_beside_it(objects: Objects) -> None:
    for key in ("t/1/a", "t/1/b/c", "t/10/a", "u/1"):
        objects.put(key, b"x")
    objects.delete_prefix("t/1")
    assert objects.keys("t") == ["t/10/a"]
    assert objects.exists("u/1")
    objects.delete_prefix("t/1")


def test_a_reader_of_a_replaced_or_deleted_object_keeps_what_it_opened(objects: Objects) -> None:
    old = b"o" * 3_000_000
    objects.put("one", old)
    opened = objects.stream("one")
    objects.put("one", b"n" * 3_000_000)
    objects.delete("one")
    assert b"".join(opened) == old


def test_no_reader_ever_sees_half_an_object(objects: Objects) -> None:
    versions = [bytes([number]) * 400_000 for number in range(8)]
    objects.put("one", versions[0])
    seen: list[bytes] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.append(objects.read("one"))

    reader = threading.Thread(target=look)
    reader.start()
    for version in versions * 5:
        objects.put("one", version)
    stop.set()
    reader.join()
    assert seen
    assert set(seen) <= set(versions)


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../up", "a/../b", "a//b", "a/", ".hidden", "ä", "a b", "a\n"])
def test_a_key_that_could_leave_the_store_is_refused(objects: Objects, key: str) -> None:
    with pytest.raises(ValueError, match="is no object key"):
        objects.put(key, b"x")

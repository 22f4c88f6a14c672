"""A bucket that is not there, breaks midway, or is reached by another address."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from oxreel.errors import StorageUnavailable, WrongSetting
from oxreel.storage.objects import Objects
from support.hub import free_port
from support.s3 import FaultyS3, S3Server, environment, s3_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3") / "buckets") as running:
        yield running


@pytest.fixture
def proxy(server: S3Server) -> Iterator[FaultyS3]:
    """The server, with every request noted; its variables are this process's."""
    with FaultyS3(server) as between, environment(between.variables):
        yield between


def test_a_store_that_works_is_found_to_work_and_nothing_stays_of_it(proxy: FaultyS3, server: S3Server) -> None:
    Objects.open(proxy.url).check()
    assert [name for name in server.files() if name.startswith("probes/")] == []


@pytest.mark.parametrize(
    ("variables", "url", "said"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "another-secret-as-long-as-it"}, "s3://films/hub", "refuses the keys"),
        ({"AWS_ACCESS_KEY_ID": "another-key"}, "s3://films/hub", "refuses the keys"),
        ({}, "s3://no-such-bucket/hub", "there is no bucket 'no-such-bucket'"),
        ({"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}, "s3://films/hub", "does not answer as S3 does"),
    ],
    ids=["secret", "key", "bucket", "endpoint"],
)
def test_a_wrong_setting_is_named_within_seconds(
    server: S3Server, variables: dict[str, str], url: str, said: str
) -> None:
    begun = time.monotonic()
    with environment({**server.variables, **variables}), pytest.raises(WrongSetting, match=said):
        Objects.open(url).check()
    assert time.monotonic() - begun < 60


def test_a_folder_that_cannot_be_written_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WrongSetting, match="OXREEL_STORAGE_URL"):
        Objects.open((tmp_path / "file" / "objects").as_uri()).check()


def test_a_large_file_goes_in_parts_and_nobody_sees_it_before_it_is_whole(
    proxy: FaultyS3, server: S3Server, tmp_path: Path
) -> None:
    source, objects = tmp_path / "film.mp4", Objects.open(proxy.url)
    source.write_bytes(os.urandom(30_000_000))
    seen: list[bool] = []

    def look(method: str, path: str) -> None:
        if method == "PUT" and "partNumber=" in path:
            seen.append("large/film" in server.files())

    proxy.fault = look
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    objects.put_file("large/film", source)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert seen == [False] * 4  # 30 MB in parts of 8 MiB
    objects.copy_to("large/film", tmp_path / "back.mp4")
    assert (tmp_path / "back.mp4").read_bytes() == source.read_bytes()
    # The proxy of this test, in this very process, holds the parts too.
    assert grown < 150_000  # KiB


def test_an_upload_that_breaks_off_leaves_nothing_to_be_seen(proxy: FaultyS3, server: S3Server, tmp_path: Path) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(os.urandom(20_000_000))
    # Not a fault that another try could mend.
    proxy.fault = lambda method, path: 403 if "partNumber=2" in path else None
    with pytest.raises(StorageUnavailable):
        Objects.open(proxy.url).put_file("broken/film", source)
    proxy.fault = lambda *_: None
    objects = Objects.open(proxy.url)
    assert not objects.exists("broken/film")
    assert objects.keys("broken") == []


def _first_times(number: int, fault: int | str) -> Callable[[str, str], int | str | None]:
    left = [fault] * number
    return lambda *_: left.pop() if left else None


@pytest.mark.parametrize("fault", ["reset", 503], ids=str)
def test_a_store_that_stumbles_is_asked_again(proxy: FaultyS3, fault: int | str) -> None:
    objects = Objects.open(proxy.url)
    proxy.fault = _first_times(2, fault)
    objects.put("stumble/one", b"bytes")
    proxy.fault = _first_times(2, fault)
    assert objects.read("stumble/one") == b"bytes"
    proxy.fault = _first_times(2, fault)
    assert objects.keys("stumble") == ["stumble/one"]
    proxy.fault = _first_times(2, fault)
    objects.delete("stumble/one")
    assert not objects.exists("stumble/one")


def test_what_is_refused_says_that_the_store_is_away_and_not_why(proxy: FaultyS3) -> None:
    objects = Objects.open(proxy.url)
    proxy.fault = lambda *_: 403
    for ask in (
        lambda: objects.put("one", b"1"),
        lambda: objects.read("one"),
        lambda: objects.stream("one"),
        lambda: objects.exists("one"),
        lambda: objects.keys("folder"),
        lambda: objects.delete("one"),
    ):
        with pytest.raises(StorageUnavailable, match="try again") as raised:
            ask()
        assert proxy.endpoint not in str(raised.value.detail)


def test_a_signed_url_opens_one_object_for_a_while_and_nothing_else(proxy: FaultyS3, tmp_path: Path) -> None:
    objects, file = Objects.open(proxy.url), tmp_path / "file"
    file.write_bytes(b"a film")
    objects.put_file("shown/one", file, content_type="video/mp4", name="näch.mp4")
    url = objects.url("shown/one", 60)
    assert url is not None
    assert url.startswith(f"{proxy.endpoint}/films/hub/shown/one?")
    assert objects.origin == proxy.endpoint
    answer = httpx.get(url)
    assert (answer.status_code, answer.content) == (200, b"a film")
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''n%C3%A4ch.mp4"
    assert httpx.get(url, headers={"Range": "bytes=2-5"}).content == b"film"
    assert httpx.get(url.replace("/one", "/two")).status_code == 403
    assert "X-Amz-Expires=60&" in url


def test_clients_are_sent_to_the_address_that_they_can_reach(proxy: FaultyS3, server: S3Server) -> None:
    """The hub asks one address, and signs for another one of the same server."""
    with environment(server.variables):
        objects = Objects.open(server.url, public_endpoint=proxy.endpoint)
        objects.put("public/one", b"bytes")
        assert proxy.requests == []
        url = objects.url("public/one", 60)
    assert url is not None
    assert objects.origin == proxy.endpoint
    assert httpx.get(url).content == b"bytes"


@pytest.mark.parametrize("url", ["memory:///", "file"])
def test_other_stores_have_no_address_of_their_own(tmp_path: Path, url: str) -> None:
    objects = Objects.open(tmp_path.as_uri() if url == "file" else url)
    assert objects.url("one", 60) is None
    assert objects.origin == ""

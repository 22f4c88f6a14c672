import base64
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oxreel.errors import BadReference
from oxreel.media.data_uri import is_data_uri, unpack_data_uri


def unpacked(url: str, folder: Path, largest: int = 1000) -> bytes:
    unpack_data_uri(url, folder / "out", "input_image", largest)
    return (folder / "out").read_bytes()


def test_base64_and_percent_encoding_are_understood(tmp_path: Path) -> None:
    assert unpacked("data:image/png;base64,aGk/", tmp_path) == b"hi?"
    assert unpacked("DATA:;Base64,aGk", tmp_path) == b"hi"
    assert unpacked("data:image/png;charset=x;base64,aG\nk%2F", tmp_path) == b"hi?"[:2] + b"\x3f"
    assert unpacked("data:image/png;base64,-_-_", tmp_path) == base64.b64decode("+/+/")
    assert unpacked("data:,a%20b+c", tmp_path) == b"a b+c"


@given(data=st.binary(min_size=1, max_size=300))
def test_any_bytes_survive(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("data")
    assert unpacked(f"data:image/png;base64,{base64.b64encode(data).decode()}", folder) == data
    assert unpacked(f"data:image/png,{quote_from_bytes(data)}", folder) == data


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("data:image/png;base64", "no comma"),
        ("data:image/png;base64,", "is empty"),
        ("data:image/png;base64,a$b=", "not valid base64"),
        ("data:image/png;base64,a", "not valid base64"),
        ("data:image/png;base64," + "A" * 1340, "at most 0.001 MB|too large"),
        ("data:image/png;base64," + "A" * 100_000, "too large"),
        ("data:," + "A" * 1001, "too large"),
    ],
)
def test_a_bad_data_uri_is_refused_by_its_field(url: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(BadReference, match=f"^input_image: .*({why})"):
        unpacked(url, tmp_path)


def test_only_data_uris_are_data_uris() -> None:
    assert is_data_uri("Data:,x")
    assert not is_data_uri("https://data:1/")

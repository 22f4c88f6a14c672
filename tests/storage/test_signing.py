from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oxreel.db import Database
from oxreel.errors import Forbidden
from oxreel.storage.signing import Signer, load_secret

PATH = "/api/repos/local/results/files/main/a b/vidéo.mp4"
SIGNER = Signer(b"s" * 32)


def query(text: str) -> dict[str, str]:
    return dict(parse_qsl(text, keep_blank_values=True))


def test_a_signed_path_opens_until_the_second_it_expires() -> None:
    signed = query(SIGNER.sign(PATH, 1000))
    SIGNER.verify(PATH, signed, 999)
    with pytest.raises(Forbidden, match="expired 0 seconds ago"):
        SIGNER.verify(PATH, signed, 1000)


def test_a_later_expiry_written_by_hand_opens_nothing() -> None:
    signed = query(SIGNER.sign(PATH, 1000)) | {"expires": "9999999999"}
    with pytest.raises(Forbidden, match="signature does not fit"):
        SIGNER.verify(PATH, signed, 500)


def test_a_signature_opens_no_other_path() -> None:
    with pytest.raises(Forbidden):
        SIGNER.verify(PATH + "x", query(SIGNER.sign(PATH, 1000)), 500)


def test_another_secret_signs_otherwise() -> None:
    with pytest.raises(Forbidden):
        Signer(b"t" * 32).verify(PATH, query(SIGNER.sign(PATH, 1000)), 500)


@pytest.mark.parametrize(
    "wrong", [{}, {"expires": "1000"}, {"signature": "00"}, {"expires": "x", "signature": "é\udcff"}]
)
def test_a_query_with_parts_missing_or_garbled_is_forbidden(wrong: dict[str, str]) -> None:
    with pytest.raises(Forbidden):
        SIGNER.verify(PATH, wrong, 500)


@given(path=st.text(), expires=st.integers(1, 2**40))
def test_any_path_can_be_signed_and_one_bit_more_breaks_it(path: str, expires: int) -> None:
    signed = query(SIGNER.sign(path, expires))
    SIGNER.verify(path, signed, expires - 1)
    flipped = format(int(signed["signature"], 16) ^ 1, "064x")
    with pytest.raises(Forbidden):
        SIGNER.verify(path, signed | {"signature": flipped}, expires - 1)


def test_a_secret_is_drawn_once_and_stays(database: Database) -> None:
    with database.transaction() as tx:
        first = load_secret(tx, "signing")
        other = load_secret(tx, "something else")
    with database.transaction() as tx:
        assert load_secret(tx, "signing") == first
    assert len(first) == 32
    assert first != other


def test_many_that_ask_first_get_the_same_secret(database: Database) -> None:
    def ask(_: int) -> bytes:
        with database.transaction() as tx:
            return load_secret(tx, "signing")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1

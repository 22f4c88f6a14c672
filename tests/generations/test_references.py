from pathlib import Path
from time import time

import pytest

from oxreel import accounts, assets
from oxreel.accounts import Caller
from oxreel.assets import NewAsset
from oxreel.bootstrap import Hub
from oxreel.errors import Forbidden, NotFound
from oxreel.generations.references import own_asset, readable_by

PLACE = "/api/repos/keeper/private/files/main/secret.png"


@pytest.fixture
def secret(studio: Hub) -> str:
    """The key of a picture in another user's private repository."""
    key = "assets/aa/secret"
    studio.objects.put(key, b"picture")
    with studio.database.transaction() as tx:
        keeper = accounts.create_user(tx, "keeper")
        repository = assets.ensure_repository(tx, keeper.id, "private")
        assets.put_asset(tx, repository.id, NewAsset("secret.png", 7, "image/png", "00", key))
    return key


def found(studio: Hub, caller: Caller, url: str) -> str | None:
    with studio.database.snapshot() as tx:
        asset = own_asset(tx, studio, "hub.test:8000", url, readable_by(tx, caller.user.id))
    return None if asset is None else asset.object_key


def signed(studio: Hub, place: str = PLACE, seconds: int = 60) -> str:
    return studio.signer.sign(place, int(time()) + seconds)


def test_a_private_picture_of_others_looks_like_none(studio: Hub, caller: Caller, secret: str) -> None:
    with pytest.raises(NotFound, match="Repository not found: keeper/private"):
        found(studio, caller, f"http://hub.test:8000{PLACE}")


def test_a_signed_result_url_may_be_a_reference_of_whoever_holds_it(studio: Hub, caller: Caller, secret: str) -> None:
    assert found(studio, caller, f"http://hub.test:8000{PLACE}?{signed(studio)}") == secret


def test_a_signature_opens_only_what_it_signs_and_only_in_time(studio: Hub, caller: Caller, secret: str) -> None:
    for query in (
        signed(studio, PLACE.replace("secret", "other")),
        signed(studio, seconds=-1),
        signed(studio)[:-1] + "0g",
    ):
        with pytest.raises(Forbidden):
            found(studio, caller, f"http://hub.test:8000{PLACE}?{query}")


def test_an_address_of_another_host_is_not_the_hubs_own(studio: Hub, caller: Caller, secret: str) -> None:
    assert found(studio, caller, f"https://example.com{PLACE}?{signed(studio)}") is None


def test_the_documents_host_means_this_hub(studio: Hub, caller: Caller, tmp_path: Path) -> None:
    url = "https://hub.oxen.ai/api/repos/ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png"
    key = found(studio, caller, url)
    assert key is not None
    studio.objects.copy_to(key, tmp_path / "ox.png")
    assert (tmp_path / "ox.png").read_bytes().startswith(b"\x89PNG")

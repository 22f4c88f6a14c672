"""Finding models: by name, by words, by mark."""

import pytest

from oxreel import accounts
from oxreel.catalogue import Catalogue, add_favorite, favorite_ids, remove_favorite
from oxreel.db import Database
from oxreel.errors import InvalidParams, NotFound

CATALOGUE = Catalogue()


def test_all_sixteen_models_are_found_in_their_own_files() -> None:
    assert len(CATALOGUE.all()) == 16
    assert [model.id for model in CATALOGUE.featured()] == [
        "kling-video-o1-image-to-video",
        "kling-video-o3-4k-reference-to-video",
        "kling-video-o3-pro-image-to-video",
        "kling-video-o3-pro-reference-to-video",
    ]


def test_a_model_is_found_by_its_very_id_alone() -> None:
    assert CATALOGUE.find("kling-video-o3-omni").display_name == "Kling O3 Omni"
    for wrong in ("", "kling", "KLING-VIDEO-O3-OMNI", "\ud800", "x" * 10_000):
        with pytest.raises(NotFound, match="Model not found: ") as refusal:
            CATALOGUE.find(wrong)
        assert len(refusal.value.message.encode()) < 500
    with pytest.raises(InvalidParams):
        CATALOGUE.find(10**5000)  # type: ignore[arg-type]


def test_a_search_takes_words_in_any_order_and_names_come_first() -> None:
    assert CATALOGUE.search("kling-video-o3-omni")[0].id == "kling-video-o3-omni"
    assert CATALOGUE.search("reference O1")[0].id == "kling-video-o1-reference-to-video"
    ids = [model.id for model in CATALOGUE.search("4K O3")]
    # The omni model has 4K in its description alone.
    assert set(ids[:3]) == {f"kling-video-o3-4k-{kind}-to-video" for kind in ("image", "reference", "text")}
    assert ids[3:] == ["kling-video-o3-omni"]
    assert len(CATALOGUE.search("kling")) == 16
    assert len(CATALOGUE.search(" ")) == 16
    assert CATALOGUE.search("sora") == CATALOGUE.search("???") == []


def test_favourites_are_each_users_own_and_marking_twice_is_marking_once(database: Database) -> None:
    with database.transaction() as tx:
        ann, bob = (accounts.create_user(tx, name).id for name in ("ann", "bob"))
        for model_id in ("kling-video-o3-omni", "kling-video-o3-omni", "kling-video-o1-image-to-video"):
            add_favorite(tx, ann, model_id)
        add_favorite(tx, bob, "kling-video-o3-omni")
        remove_favorite(tx, bob, "kling-video-o3-omni")
        remove_favorite(tx, bob, "kling-video-o3-omni")
    with database.snapshot() as tx:
        assert sorted(favorite_ids(tx, ann)) == ["kling-video-o1-image-to-video", "kling-video-o3-omni"]
        assert favorite_ids(tx, bob) == []

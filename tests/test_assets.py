import unicodedata
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from oxreel import db
from oxreel.assets import (
    NewAsset,
    asset_path,
    check_branch,
    create_repository,
    delete_asset,
    ensure_repository,
    find_asset,
    find_repository,
    list_directory,
    list_repositories,
    locate,
    new_object_key,
    put_asset,
)
from oxreel.db import Database
from oxreel.errors import Conflict, InvalidParams, NotFound


def namespace(database: Database, name: str) -> int:
    with database.transaction() as tx:
        insert = sa.insert(db.namespaces).values(name=name, kind="user", display_name=name, created_at=db.now_ms())
        return int(tx.execute(insert.returning(db.namespaces.c.id)).scalar_one())


def repository(database: Database, name: str = "pictures", owner: str = "ada", *, public: bool = False) -> int:
    owner_id = namespace(database, owner)
    with database.transaction() as tx:
        return create_repository(tx, owner_id, name, public=public).id


def file(path: str, key: str | None = None, size: int = 3) -> NewAsset:
    return NewAsset(path, size, "image/png", "ab" * 32, key or new_object_key())


def test_a_repository_is_made_once(database: Database) -> None:
    ada = namespace(database, "ada")
    with database.transaction() as tx:
        made = create_repository(tx, ada, "pictures", public=True)
        with pytest.raises(Conflict, match="Repository already exists: ada/pictures"):
            create_repository(tx, ada, "pictures", public=False)
        # The transaction is still good after the refusal.
        assert ensure_repository(tx, ada, "pictures") == made
        assert ensure_repository(tx, ada, "films").public is False
    assert (made.namespace, made.name, made.public, made.namespace_id) == ("ada", "pictures", True, ada)


def test_two_owners_may_use_one_name(database: Database) -> None:
    assert repository(database, "pictures", "ada") != repository(database, "pictures", "bob")


@pytest.mark.parametrize("name", ["", ".hidden", "-dash", "a/b", "a b", "ä", "a" * 101, "..", "a\n"])
def test_a_name_that_no_url_could_carry_is_refused(database: Database, name: str) -> None:
    ada = namespace(database, "ada")
    with database.transaction() as tx, pytest.raises(InvalidParams, match="cannot be a repository's name"):
        create_repository(tx, ada, name, public=False)


def test_many_that_need_a_repository_at_once_get_the_same_one(database: Database) -> None:
    ada = namespace(database, "ada")

    def need(_: int) -> int:
        with database.transaction() as tx:
            return ensure_repository(tx, ada, "results").id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(need, range(16)))) == 1


def test_a_private_repository_looks_like_none_to_strangers(database: Database) -> None:
    ada, bob = namespace(database, "ada"), namespace(database, "bob")
    with database.transaction() as tx:
        create_repository(tx, ada, "secret", public=False)
    with database.snapshot() as tx:
        assert find_repository(tx, "ada", "secret", {ada}).name == "secret"
        assert find_repository(tx, "ADA", "secret", {ada}).namespace == "ada"
        assert find_repository(tx, "ada", "secret", None).name == "secret"
        said = []
        for readable, name in (({bob}, "secret"), ((), "secret"), ({bob}, "nothing")):
            with pytest.raises(NotFound) as caught:
                find_repository(tx, "ada", name, readable)
            said.append(caught.value.message.replace(name, "NAME"))
    assert set(said) == {"Repository not found: ada/NAME"}


def test_a_listing_shows_strangers_the_public_ones_only(database: Database) -> None:
    ada, bob = namespace(database, "ada"), namespace(database, "bob")
    with database.transaction() as tx:
        create_repository(tx, ada, "zoo", public=True)
        create_repository(tx, ada, "attic", public=False)
        create_repository(tx, bob, "private", public=False)
    with database.snapshot() as tx:
        assert [r.name for r in list_repositories(tx, "ada", {ada})] == ["attic", "zoo"]
        assert [r.name for r in list_repositories(tx, "ada", {bob})] == ["zoo"]
        for stranger_sees_nothing in ("bob", "nobody"):
            with pytest.raises(NotFound, match=f"Namespace not found: {stranger_sees_nothing}"):
                list_repositories(tx, stranger_sees_nothing, {ada})


def test_a_file_is_found_replaced_and_deleted(database: Database) -> None:
    repo = repository(database)
    with database.transaction() as tx:
        first, replaced = put_asset(tx, repo, file("a/one.png", "assets/1"))
        assert replaced is None
        second, replaced = put_asset(tx, repo, file("a/one.png", "assets/2", size=9))
        assert replaced == "assets/1"
        assert (second.id, second.size, second.object_key) == (first.id, 9, "assets/2")
        assert put_asset(tx, repo, file("a/one.png", "assets/2"))[1] is None
        assert find_asset(tx, repo, "a/one.png").object_key == "assets/2"
        assert delete_asset(tx, repo, "a/one.png").object_key == "assets/2"
        with pytest.raises(NotFound, match=r"File not found: a/one\.png"):
            delete_asset(tx, repo, "a/one.png")


def test_many_uploads_to_one_path_leave_one_row_and_name_every_other_object_once(database: Database) -> None:
    repo = repository(database)

    def upload(number: int) -> str | None:
        with database.transaction() as tx:
            return put_asset(tx, repo, file("one.png", f"assets/{number}"))[1]

    with ThreadPoolExecutor(6) as pool:
        replaced = [key for key in pool.map(upload, range(12)) if key is not None]
    with database.snapshot() as tx:
        kept = find_asset(tx, repo, "one.png").object_key
        assert tx.execute(sa.select(sa.func.count()).select_from(db.assets)).scalar_one() == 1
    assert sorted([*replaced, kept]) == sorted(f"assets/{number}" for number in range(12))


def test_a_file_cannot_take_a_directorys_place_nor_lie_below_a_file(database: Database) -> None:
    repo = repository(database)
    with database.transaction() as tx:
        put_asset(tx, repo, file("a/b/c.png"))
        with pytest.raises(Conflict, match="'a/b' cannot be stored as a file: it is a directory"):
            put_asset(tx, repo, file("a/b"))
        with pytest.raises(Conflict, match=r"'a/b/c\.png' is a file, not a directory"):
            put_asset(tx, repo, file("a/b/c.png/d"))
        put_asset(tx, repo, file("a/bc"))


def test_a_directory_lists_its_own_files_and_directories_only(database: Database) -> None:
    repo, other = repository(database), repository(database, "other", "bob")
    with database.transaction() as tx:
        for path in (
            "top.png",
            "a/one.png",
            "a/two.png",
            "a/b/deep.png",
            "a/b/c/deeper.png",
            "A/loud.png",
            "a_/x",
            "ab/y",
        ):
            put_asset(tx, repo, file(path))
        put_asset(tx, other, file("a/foreign.png"))

    def names(path: str) -> list[str]:
        with database.snapshot() as tx:
            entries, total = list_directory(tx, repo, path)
        assert total == len(entries)
        return [entry.name + ("" if entry.asset else "/") for entry in entries]

    assert names("") == ["A/", "a/", "a_/", "ab/", "top.png"]
    assert names("a") == ["b/", "one.png", "two.png"]
    assert names("a/b") == ["c/", "deep.png"]
    assert names("A") == ["loud.png"]
    with database.snapshot() as tx:
        with pytest.raises(NotFound, match="Directory not found: nothing"):
            list_directory(tx, repo, "nothing")
        with pytest.raises(NotFound):
            list_directory(tx, repo, "top.png")


def test_an_empty_repository_has_an_empty_top(database: Database) -> None:
    repo = repository(database)
    with database.snapshot() as tx:
        assert list_directory(tx, repo, "") == ([], 0)


def test_pages_of_a_listing_give_every_entry_once(database: Database) -> None:
    repo = repository(database)
    with database.transaction() as tx:
        for number in range(5):
            put_asset(tx, repo, file(f"d{number}/x"))
            put_asset(tx, repo, file(f"f{number}"))
    with database.snapshot() as tx:
        for size in (1, 3, 4, 10):
            pages = [list_directory(tx, repo, "", page=page, page_size=size) for page in range(1, 12)]
            names = [entry.name for entries, _ in pages for entry in entries]
            assert names == [f"d{n}" for n in range(5)] + [f"f{n}" for n in range(5)]
            assert {total for _, total in pages} == {10}


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "empty"),
        ("/etc/passwd", "starts with '/'"),
        ("../up", "cannot be among its parts"),
        ("a/../b", "cannot be among"),
        ("a/./b", "cannot be among"),
        ("a//b", "cannot be among"),
        ("a/", "cannot be among"),
        ("a\\b", "backslash"),
        ("a\0b", "control character"),
        ("a\nb", "control character"),
        ("\udcff", "not valid UTF-8"),
        ("a" * 256, "256 bytes"),
        ("é" * 128, "256 bytes"),
        ("a/" * 513, "1026 characters"),
    ],
)
def test_a_path_that_is_no_safe_path_is_refused(path: str, why: str) -> None:
    with pytest.raises(InvalidParams, match=why):
        asset_path(path)


def test_two_spellings_of_one_letter_are_one_path() -> None:
    assert asset_path(unicodedata.normalize("NFD", "vidéo/é.mp4")) == unicodedata.normalize("NFC", "vidéo/é.mp4")


def test_there_is_no_branch_but_main() -> None:
    check_branch("main")
    with pytest.raises(NotFound, match=r"Branch not found: dev\. .*'main' only"):
        check_branch("dev")


ALIASES, OWN = ("hub.oxen.ai",), ("127.0.0.1:8000", "[::1]:8000", "films.example")
PLACE = "/api/repos/elau/assets/file/main/bloxy/bloxy_cropped_512x512.png"


@pytest.mark.parametrize(
    "host",
    [
        "https://hub.oxen.ai",
        "http://hub.oxen.ai",
        "https://hub.oxen.ai:443",
        "HTTPS://Hub.Oxen.AI",
        "https://hub.oxen.ai.",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "https://films.example",
        "  https://hub.oxen.ai",
    ],
)
def test_an_asset_url_of_this_hub_is_recognised(host: str) -> None:
    address = locate(host + PLACE, ALIASES, OWN)
    assert address is not None
    assert (address.namespace, address.repository, address.branch) == ("elau", "assets", "main")
    assert address.path == "bloxy/bloxy_cropped_512x512.png"
    assert address.signature == ()


@pytest.mark.parametrize(
    "url",
    [
        "https://hub.oxen.ai.evil.example" + PLACE,
        "https://evil.example" + PLACE,
        "https://evil.example/?" + PLACE,
        "https://user@hub.oxen.ai" + PLACE,
        "https://hub.oxen.ai@evil.example" + PLACE,
        "https://hub.oxen.ai:8443" + PLACE,
        "http://127.0.0.1:9000" + PLACE,
        "http://127.0.0.1" + PLACE,
        "ftp://hub.oxen.ai" + PLACE,
        "//evil.example" + PLACE,
        "file://" + PLACE,
        "https://hub.oxen.ai/logo.png",
        "https://hub.oxen.ai/api/repos/elau/assets",
        "https://hub.oxen.ai/api/repos/elau/assets/dir/main/bloxy",
        "https://hub.oxen.ai/v2" + PLACE,
        "data:image/png;base64,/api/repos/a/b/file/main/c",
        "https://hub.oxen.ai:port" + PLACE,
        "http://[::1" + PLACE,
        "",
    ],
)
def test_any_other_url_is_not_an_asset_of_this_hub(url: str) -> None:
    assert locate(url, ALIASES, OWN) is None


def test_a_signed_result_url_keeps_its_signature() -> None:
    url = "http://127.0.0.1:8000/api/repos/ada/results/files/main/v.mp4?expires=17&x=1&signature=ab#t=3"
    address = locate(url, ALIASES, OWN)
    assert address is not None
    assert address.url_path == "/api/repos/ada/results/files/main/v.mp4"
    assert dict(address.signature) == {"expires": "17", "signature": "ab"}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: "\0" not in text))
def test_any_path_survives_the_url(path: str) -> None:
    address = locate(f"https://hub.oxen.ai/api/repos/a/b/file/main/{quote(path)}", ALIASES, OWN)
    assert address is not None
    assert address.path == path

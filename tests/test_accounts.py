"""Who someone is: keys, names, memberships, who may pay."""

import pytest
import sqlalchemy as sa

from oxreel import accounts, db
from oxreel.db import Database
from oxreel.errors import Conflict, Forbidden, InvalidParams, NotFound, Unauthenticated


def test_a_new_key_opens_the_door_for_its_user(database: Database) -> None:
    with database.transaction() as tx:
        ada = accounts.create_user(tx, "ada")
        key, secret = accounts.create_key(tx, "ada", "laptop")
        caller = accounts.authenticate(tx, secret)
    assert (caller.user, caller.key_id, caller.namespaces) == (ada, key.id, (ada,))
    assert secret.startswith("oxr_")
    assert len(secret) == len("oxr_") + 43


def test_the_secret_of_a_key_is_stored_nowhere(database: Database) -> None:
    with database.transaction() as tx:
        accounts.create_user(tx, "ada")
        key, secret = accounts.create_key(tx, "ada", "laptop")
        stored = " ".join(str(row) for row in tx.execute(sa.select(db.api_keys)))
    assert secret[4:20] not in stored
    assert key.prefix == secret[:8]


def test_the_prefix_of_a_short_chosen_key_does_not_give_it_away(database: Database) -> None:
    with database.transaction() as tx:
        accounts.create_user(tx, "ada")
        key, secret = accounts.create_key(tx, "ada", "laptop", "abcdefgh")
        assert accounts.authenticate(tx, secret).user.name == "ada"
    assert key.prefix == "ab"


@pytest.mark.parametrize("key", [None, "", "  ", "oxr_unknown", "né"])
def test_a_missing_or_unknown_key_is_refused(database: Database, key: str | None) -> None:
    with database.snapshot() as tx, pytest.raises(Unauthenticated):
        accounts.authenticate(tx, key)


def test_spaces_around_a_key_are_forgiven(database: Database) -> None:
    """The documents' own cURL lines write `Bearer $OXEN_API_KEY ` with a space behind it."""
    with database.transaction() as tx:
        accounts.create_user(tx, "ada")
        _, secret = accounts.create_key(tx, "ada", "laptop")
        assert accounts.authenticate(tx, f" {secret} ").user.name == "ada"


def test_a_revoked_key_is_refused_and_its_neighbour_is_not(database: Database) -> None:
    with database.transaction() as tx:
        accounts.create_user(tx, "ada")
        lost, lost_secret = accounts.create_key(tx, "ada", "lost")
        _, kept_secret = accounts.create_key(tx, "ada", "kept")
        first = accounts.revoke_key(tx, lost.id)
        assert accounts.revoke_key(tx, lost.id) == first
        assert first.revoked_at is not None
        with pytest.raises(Unauthenticated):
            accounts.authenticate(tx, lost_secret)
        assert accounts.authenticate(tx, kept_secret).user.name == "ada"


def test_a_revoked_secret_cannot_come_back(database: Database) -> None:
    with database.transaction() as tx:
        accounts.create_user(tx, "ada")
        key, secret = accounts.create_key(tx, "ada", "lost")
        accounts.revoke_key(tx, key.id)
        with pytest.raises(Conflict):
            accounts.create_key(tx, "ada", "again", secret)
        assert len(accounts.list_keys(tx, "ada")) == 1


@pytest.mark.parametrize("secret", ["", "two words", "line\nbreak", "schlüssel", "x" * 257])
def test_a_secret_that_no_header_can_carry_is_refused(database: Database, secret: str) -> None:
    with database.transaction() as tx:
        accounts.create_user(tx, "ada")
        with pytest.raises(InvalidParams):
            accounts.create_key(tx, "ada", "odd", secret)


def test_a_name_is_unique_whatever_its_case_and_kind(database: Database) -> None:
    with database.transaction() as tx:
        ada = accounts.create_user(tx, "Ada")
        for create in (accounts.create_user, accounts.create_organization):
            with pytest.raises(Conflict, match="taken"):
                create(tx, "aDA")
        assert accounts.find_namespace(tx, "ADA") == ada
    assert (ada.name, ada.display_name) == ("ada", "Ada")


@pytest.mark.parametrize(
    "name", ["", "a/b", "-a", "a-", ".", "..", "a b", "naïve", "x" * 65, "api", "Status", "a\nb", "a?b", "%61"]
)
def test_a_name_that_cannot_stand_in_a_path_is_refused(database: Database, name: str) -> None:
    with database.transaction() as tx, pytest.raises(InvalidParams):
        accounts.create_user(tx, name)


@pytest.mark.parametrize("name", ["a", "7", "elau", "Oxen-AI", "a.b_c-d", "x" * 64])
def test_an_ordinary_name_is_taken(database: Database, name: str) -> None:
    with database.transaction() as tx:
        assert accounts.create_organization(tx, name).name == name.lower()


def test_a_member_reads_and_pays_with_the_organization_until_removed(database: Database) -> None:
    with database.transaction() as tx:
        accounts.create_user(tx, "ada")
        key, secret = accounts.create_key(tx, "ada", "laptop")
        zoo = accounts.create_organization(tx, "zoo")
        acme = accounts.create_organization(tx, "Acme")
        accounts.add_member(tx, "acme", "ada")
        accounts.add_member(tx, "zoo", "Ada")
        caller = accounts.authenticate(tx, secret)
        assert [namespace.name for namespace in caller.namespaces] == ["ada", "acme", "zoo"]
        assert caller.may_read(acme.id)
        assert accounts.payer(caller, "ACME") == acme
        assert accounts.payer(caller, None) == caller.user
        assert accounts.readable_by_keys(tx, [key.id]) == {key.id: {caller.user.id, acme.id, zoo.id}}

        accounts.remove_member(tx, "acme", "ada")
        caller = accounts.authenticate(tx, secret)
        assert not caller.may_read(acme.id)
        with pytest.raises(Forbidden):
            accounts.payer(caller, "acme")


def test_a_foreign_namespace_and_an_unknown_one_are_refused_in_the_same_words(database: Database) -> None:
    with database.transaction() as tx:
        accounts.create_user(tx, "ada")
        accounts.create_organization(tx, "theirs")
        _, secret = accounts.create_key(tx, "ada", "laptop")
        caller = accounts.authenticate(tx, secret)
    messages = []
    for name in ("theirs", "nobody"):
        with pytest.raises(Forbidden) as refused:
            accounts.payer(caller, name)
        messages.append(refused.value.message.replace(name, "NAME"))
    assert messages[0] == messages[1]


def test_a_membership_is_made_once_and_ends_once(database: Database) -> None:
    with database.transaction() as tx:
        accounts.create_user(tx, "ada")
        accounts.create_organization(tx, "acme")
        accounts.add_member(tx, "acme", "ada")
        with pytest.raises(Conflict):
            accounts.add_member(tx, "acme", "ada")
        assert [member.name for member in accounts.list_members(tx, "acme")] == ["ada"]
        accounts.remove_member(tx, "acme", "ada")
        with pytest.raises(NotFound):
            accounts.remove_member(tx, "acme", "ada")


def test_a_user_is_no_organization(database: Database) -> None:
    with database.transaction() as tx:
        accounts.create_user(tx, "ada")
        accounts.create_organization(tx, "acme")
        with pytest.raises(NotFound, match="no organization named 'ada'"):
            accounts.add_member(tx, "ada", "ada")
        with pytest.raises(NotFound, match="no user named 'acme'"):
            accounts.create_key(tx, "acme", "laptop")
        assert [user.name for user in accounts.list_users(tx)] == ["ada"]
        assert [organization.name for organization in accounts.list_organizations(tx)] == ["acme"]


def test_keys_without_a_living_owner_read_nothing(database: Database) -> None:
    with database.transaction() as tx:
        ada = accounts.create_user(tx, "ada")
        key, _ = accounts.create_key(tx, "ada", "laptop")
        gone, _ = accounts.create_key(tx, "ada", "old")
        accounts.revoke_key(tx, gone.id)
        assert accounts.readable_by_keys(tx, [key.id, gone.id, 999]) == {key.id: {ada.id}}
        assert accounts.readable_by_keys(tx, range(1200)) == {key.id: {ada.id}}
        with pytest.raises(NotFound):
            accounts.revoke_key(tx, 999)

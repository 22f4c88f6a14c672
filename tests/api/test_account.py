"""Who am I, what is mine, where did the credits go: over HTTP."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from oxreel import accounts, ledger
from oxreel.units import MicroUSD
from support.hub import RunningHub


@pytest.fixture
def member(hub: RunningHub) -> Iterator[tuple[httpx.Client, str, str]]:
    """A client of a new user, with the names of that user and of an organization of theirs."""
    user, organization = f"user-{uuid4().hex[:8]}", f"org-{uuid4().hex[:8]}"
    with hub.database.transaction() as tx:
        made = accounts.create_user(tx, user)
        ledger.grant(tx, made.id, MicroUSD(5_000_000), "welcome")
        ledger.hold(tx, made.id, f"g-{user}", MicroUSD(1_120_000))
        accounts.create_organization(tx, organization, "The Studio")
        accounts.add_member(tx, organization, user)
        _, secret = accounts.create_key(tx, user, "laptop")
    with httpx.Client(base_url=hub.url, headers={"Authorization": f"Bearer {secret}"}) as client:
        yield client, user, organization


def test_an_account_shows_the_user_the_namespaces_and_their_balances(
    member: tuple[httpx.Client, str, str],
) -> None:
    client, user, organization = member
    answer = client.get("/api/account")
    assert answer.status_code == 200
    account = answer.json()
    assert (account["status"], account["status_message"]) == ("success", "resource_found")
    assert account["user"]["name"] == user
    assert account["user"]["balance"] == {"available": "3.88", "held": "1.12"}
    assert [one["name"] for one in account["namespaces"]] == [user, organization]
    assert account["namespaces"][1] == {
        "name": organization,
        "kind": "organization",
        "display_name": "The Studio",
        "image_url": None,
        "balance": {"available": "0.00", "held": "0.00"},
        "engines": ["animatic"],
    }
    assert account["key"]["name"] == "laptop"
    assert len(account["key"]["prefix"]) == 8


def test_the_ledger_is_shown_newest_first(member: tuple[httpx.Client, str, str]) -> None:
    client, user, organization = member
    whole = client.get("/api/account/ledger").json()
    assert (whole["namespace"], whole["count"]) == (user, 2)
    assert [(one["kind"], one["amount"], one["generation_id"], one["note"]) for one in whole["entries"]] == [
        ("hold", "1.12", f"g-{user}", ""),
        ("grant", "5.00", None, "welcome"),
    ]
    assert len(client.get("/api/account/ledger", params={"limit": 1}).json()["entries"]) == 1
    theirs = client.get("/api/account/ledger", params={"namespace": organization.upper()}).json()
    assert (theirs["namespace"], theirs["entries"]) == (organization, [])


@pytest.mark.parametrize("name", ["local", "nobody"])
def test_the_ledger_of_others_is_not_shown(member: tuple[httpx.Client, str, str], name: str) -> None:
    answer = member[0].get("/api/account/ledger", params={"namespace": name})
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "forbidden"


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_a_limit_out_of_range_is_refused(member: tuple[httpx.Client, str, str], limit: str) -> None:
    answer = member[0].get("/api/account/ledger", params={"limit": limit})
    assert answer.status_code == 400
    assert "limit" in answer.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/api/account", "/api/account/ledger"])
def test_an_account_needs_a_key(hub: RunningHub, path: str) -> None:
    assert httpx.get(hub.url + path).status_code == 401

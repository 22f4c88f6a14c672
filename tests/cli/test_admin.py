"""The administering commands, run as a newcomer runs them: on the database of a data folder."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from oxreel import accounts, ledger
from oxreel.cli.main import app
from oxreel.db import Database
from oxreel.errors import Unauthenticated
from oxreel.migrations import migrate
from oxreel.units import MicroUSD


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder whose hub was started once."""
    database = Database(f"sqlite:///{tmp_path / 'oxreel.sqlite'}")
    migrate(database)
    database.close()
    return tmp_path


def _oxreel(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--data-dir", str(folder)])


def _done(folder: Path, *arguments: str) -> str:
    result = _oxreel(folder, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def _refused(folder: Path, *arguments: str) -> str:
    result = _oxreel(folder, *arguments)
    assert result.exit_code in (1, 2)
    assert "Traceback" not in result.output
    assert result.stdout == ""
    return " ".join(result.stderr.split())


def _caller(folder: Path, secret: str) -> accounts.Caller:
    database = Database(f"sqlite:///{folder / 'oxreel.sqlite'}")
    try:
        with database.snapshot() as tx:
            return accounts.authenticate(tx, secret)
    finally:
        database.close()


def test_a_created_key_is_printed_alone_and_works(folder: Path) -> None:
    _done(folder, "user", "create", "Ada", "--display-name", "Ada L.")
    printed = _done(folder, "key", "create", "ada", "--name", "laptop")
    assert re.fullmatch(r"oxr_[A-Za-z0-9_-]{43}\n", printed)
    assert _caller(folder, printed.strip()).user.name == "ada"
    listed = _done(folder, "key", "list", "ada")
    assert "laptop" in listed
    assert printed.strip() not in listed


def test_a_revoked_key_no_longer_works(folder: Path) -> None:
    _done(folder, "user", "create", "ada")
    secret = _done(folder, "key", "create", "ada").strip()
    _done(folder, "key", "revoke", "1")
    with pytest.raises(Unauthenticated):
        _caller(folder, secret)
    assert re.search(r"oxr_.{4}\.\.\. .*\d{4}-\d\d-\d\d .*\d{4}-\d\d-\d\d", _done(folder, "key", "list"))
    assert "no API key with the id 9" in _refused(folder, "key", "revoke", "9")


def test_an_account_may_name_the_engines_that_the_operator_says(folder: Path) -> None:
    _done(folder, "user", "create", "ada")
    _done(folder, "org", "create", "acme")
    assert "may name what OXREEL_REQUEST_ENGINES says" in _done(folder, "user", "engines", "ada")
    _done(folder, "user", "engines", "Ada", "animatic, fal")
    assert _done(folder, "user", "engines", "ada") == "Requests that 'ada' pays for may name animatic, fal.\n"
    _done(folder, "org", "engines", "acme", "none")
    assert "may name no engine" in _done(folder, "org", "engines", "acme")
    _done(folder, "user", "engines", "ada", "default")
    assert "OXREEL_REQUEST_ENGINES" in _done(folder, "user", "engines", "ada")
    assert "no engine 'film'" in _refused(folder, "user", "engines", "ada", "film,fal")
    assert "no user named 'acme'" in _refused(folder, "user", "engines", "acme", "fal")


def test_credits_are_granted_and_shown(folder: Path) -> None:
    _done(folder, "org", "create", "acme")
    _done(folder, "credits", "grant", "acme", "12.50", "--note", "welcome [bold]gift")
    _done(folder, "credits", "grant", "acme", "$0.000001")
    shown = _done(folder, "credits", "show", "acme")
    assert "acme: $12.500001 available, $0.00 held" in shown
    assert "welcome [bold]gift" in shown
    assert "12.500001" in _done(folder, "org", "list")


@pytest.mark.parametrize("dollars", ["0", "-5", "-0.50", "lots", "NaN", "Infinity", "0.0000001", "1e30", ""])
def test_an_amount_that_cannot_be_granted_is_refused(folder: Path, dollars: str) -> None:
    _done(folder, "user", "create", "ada")
    assert "'" in _refused(folder, "credits", "grant", "ada", dollars)
    assert "$0.00 available" in _done(folder, "credits", "show", "ada")


def test_members_come_and_go(folder: Path) -> None:
    _done(folder, "user", "create", "ada")
    _done(folder, "org", "create", "acme")
    _done(folder, "org", "add-member", "acme", "ada")
    assert re.search(r"acme +acme +ada", _done(folder, "org", "list"))
    assert "already a member" in _refused(folder, "org", "add-member", "acme", "ada")
    _done(folder, "org", "remove-member", "acme", "ada")
    assert not re.search(r"acme +acme +ada", _done(folder, "org", "list"))
    assert "not a member" in _refused(folder, "org", "remove-member", "acme", "ada")


def test_a_user_list_counts_living_keys_and_money(folder: Path) -> None:
    _done(folder, "user", "create", "ada")
    _done(folder, "credits", "grant", "ada", "3")
    for _ in range(3):
        _done(folder, "key", "create", "ada")
    _done(folder, "key", "revoke", "2")
    database = Database(f"sqlite:///{folder / 'oxreel.sqlite'}")
    with database.transaction() as tx:
        ledger.hold(tx, 1, "g", MicroUSD(1_000_000))
    database.close()
    assert re.search(r"ada +ada +2 +2\.00 +1\.00", _done(folder, "user", "list"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("user", "create", "a/b"), "'a/b' cannot be a name"),
        (("user", "create", "ADA"), "The name 'ada' is taken"),
        (("key", "create", "nobody"), "no user named 'nobody'"),
        (("credits", "show", "nobody"), "no namespace named 'nobody'"),
        (("org", "add-member", "ada", "ada"), "no organization named 'ada'"),
    ],
)
def test_a_mistake_is_told_in_one_line(folder: Path, arguments: tuple[str, ...], said: str) -> None:
    _done(folder, "user", "create", "ada")
    assert said in _refused(folder, *arguments)


def test_what_is_only_listed_needs_no_turn_to_write_and_changes_nothing(folder: Path) -> None:
    _done(folder, "user", "create", "ada")
    _done(folder, "org", "create", "acme")
    lists = (("user", "list"), ("org", "list"), ("key", "list"), ("credits", "show", "ada"), ("user", "engines", "ada"))
    database = Database(f"sqlite:///{folder / 'oxreel.sqlite'}")
    with database.transaction():
        # While somebody else writes.
        assert all(_done(folder, *command) for command in lists)
    with database.transaction() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '0005'"))
    for command in lists:
        assert "of an older release" in _refused(folder, *command)
    with database.snapshot() as tx:
        assert tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == "0005"
    database.close()


def test_the_database_is_brought_up_ahead_of_the_hub(tmp_path: Path) -> None:
    _done(tmp_path, "migrate")
    assert "available" in _done(tmp_path, "user", "list")
    _done(tmp_path, "migrate")


def test_a_folder_without_a_hub_is_not_filled_by_mistake(tmp_path: Path) -> None:
    assert "no hub" in _refused(tmp_path / "typo", "user", "create", "ada")
    assert not (tmp_path / "typo").exists()

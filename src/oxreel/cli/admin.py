"""`oxreel user|org|key|credits`: who may use a hub, and what they can spend.

They work on the database itself, so that they need no key, and beside a running hub.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from oxreel.cli.hub_settings import DataDirOption, load, tell_unknown
from oxreel.cli.trouble import NOT_UNDERSTOOD, Fault
from oxreel.units import MicroUSD, dollars_text, micro_usd

if TYPE_CHECKING:
    import sqlalchemy as sa

    from oxreel.accounts import Kind
    from oxreel.db import Database

user = typer.Typer(help="Create and list users.", no_args_is_help=True)
org = typer.Typer(help="Create organizations and say who belongs to them.", no_args_is_help=True)
key = typer.Typer(help="Create, list and revoke API keys.", no_args_is_help=True)
credits_ = typer.Typer(help="Grant credits and show where they went.", no_args_is_help=True)

#: Far above any account, far below what the database can count.
_MAX_DOLLARS = 1_000_000_000

NameArgument = Annotated[str, typer.Argument(help="Letters, digits, '-', '_' and '.'; unique in any case.")]
UserArgument = Annotated[str, typer.Argument(help="Name of a user.")]
OrgArgument = Annotated[str, typer.Argument(help="Name of an organization.")]
NamespaceArgument = Annotated[str, typer.Argument(help="Name of a user or an organization.")]
DisplayNameOption = Annotated[str | None, typer.Option("--display-name", help="The name as people read it.")]
EnginesArgument = Annotated[
    str | None, typer.Argument(help="Engines, with commas; none: none; default: those of OXREEL_REQUEST_ENGINES.")
]
ImageOption = Annotated[str | None, typer.Option("--image-url", help="A picture of the account.")]


@user.command("create")
def create_user(
    name: NameArgument,
    display_name: DisplayNameOption = None,
    image_url: ImageOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Create a user."""
    from oxreel import accounts  # noqa: PLC0415 - `oxreel --help` must be quick

    with transaction(data_dir) as tx:
        made = accounts.create_user(tx, name, display_name, image_url)
    typer.echo(f"Created the user '{made.name}'.", err=True)
    typer.echo(f"Next: oxreel key create {made.name}; oxreel credits grant {made.name} DOLLARS", err=True)


@user.command("list")
def list_users(data_dir: DataDirOption = None) -> None:
    """List the users with what they can spend."""
    from oxreel import accounts, ledger  # noqa: PLC0415

    with snapshot(data_dir) as tx:
        users = accounts.list_users(tx)
        balances = ledger.balances(tx, [one.id for one in users])
        keys = [one.user for one in accounts.list_keys(tx) if one.revoked_at is None]
    table(
        ("user", "display name", "keys", "available $", "held $"),
        (
            (
                one.name,
                one.display_name,
                str(keys.count(one.name)),
                dollars_text(balances[one.id].available),
                dollars_text(balances[one.id].held),
            )
            for one in users
        ),
    )


@user.command("engines")
def user_engines(owner: UserArgument, engines: EnginesArgument = None, data_dir: DataDirOption = None) -> None:
    """Show or say which engines the requests of a user may name."""
    _engines(owner, "user", engines, data_dir)


@org.command("create")
def create_organization(
    name: NameArgument,
    display_name: DisplayNameOption = None,
    image_url: ImageOption = None,
    data_dir: DataDirOption = None,
) -> None:
    """Create an organization."""
    from oxreel import accounts  # noqa: PLC0415

    with transaction(data_dir) as tx:
        made = accounts.create_organization(tx, name, display_name, image_url)
    typer.echo(f"Created the organization '{made.name}'.", err=True)
    typer.echo(f"Next: oxreel org add-member {made.name} USER; oxreel credits grant {made.name} DOLLARS", err=True)


@org.command("list")
def list_organizations(data_dir: DataDirOption = None) -> None:
    """List the organizations with their members and what they can spend."""
    from oxreel import accounts, ledger  # noqa: PLC0415

    with snapshot(data_dir) as tx:
        organizations = accounts.list_organizations(tx)
        balances = ledger.balances(tx, [one.id for one in organizations])
        members = {one.id: accounts.list_members(tx, one.name) for one in organizations}
    table(
        ("organization", "display name", "members", "available $", "held $"),
        (
            (
                one.name,
                one.display_name,
                ", ".join(member.name for member in members[one.id]),
                dollars_text(balances[one.id].available),
                dollars_text(balances[one.id].held),
            )
            for one in organizations
        ),
    )


@org.command("engines")
def organization_engines(
    organization: OrgArgument, engines: EnginesArgument = None, data_dir: DataDirOption = None
) -> None:
    """Show or say which engines requests may name that an organization pays for."""
    _engines(organization, "organization", engines, data_dir)


@org.command("add-member")
def add_member(organization: OrgArgument, member: UserArgument, data_dir: DataDirOption = None) -> None:
    """Let a user read, store with and pay from an organization."""
    from oxreel import accounts  # noqa: PLC0415

    with transaction(data_dir) as tx:
        accounts.add_member(tx, organization, member)
    typer.echo(f"'{member}' is now a member of '{organization}'.", err=True)


@org.command("remove-member")
def remove_member(organization: OrgArgument, member: UserArgument, data_dir: DataDirOption = None) -> None:
    """End a membership."""
    from oxreel import accounts  # noqa: PLC0415

    with transaction(data_dir) as tx:
        accounts.remove_member(tx, organization, member)
    typer.echo(f"'{member}' is no longer a member of '{organization}'.", err=True)


@key.command("create")
def create_key(
    owner: UserArgument,
    name: Annotated[str, typer.Option("--name", help="What the key is for.")] = "key",
    data_dir: DataDirOption = None,
) -> None:
    """Create an API key and print it, this once: the hub keeps only a digest."""
    from oxreel import accounts  # noqa: PLC0415

    with transaction(data_dir) as tx:
        made, secret = accounts.create_key(tx, owner, name)
    typer.echo(f"Created key {made.id} ('{made.name}') of '{made.user}'. It is shown only now:", err=True)
    typer.echo(secret)  # alone on standard output: KEY=$(oxreel key create ...)


@key.command("list")
def list_keys(
    owner: Annotated[str | None, typer.Argument(help="Only the keys of this user.")] = None,
    data_dir: DataDirOption = None,
) -> None:
    """List the API keys, without their secrets."""
    from oxreel import accounts  # noqa: PLC0415

    with snapshot(data_dir) as tx:
        keys = accounts.list_keys(tx, owner)
    table(
        ("id", "user", "name", "begins with", "created", "revoked"),
        (
            (str(one.id), one.user, one.name, f"{one.prefix}...", _day(one.created_at), _day(one.revoked_at))
            for one in keys
        ),
    )


@key.command("revoke")
def revoke_key(
    key_id: Annotated[int, typer.Argument(help="Id of the key, from `oxreel key list`.")],
    data_dir: DataDirOption = None,
) -> None:
    """Revoke an API key: no request can use it from now on."""
    from oxreel import accounts  # noqa: PLC0415

    with transaction(data_dir) as tx:
        gone = accounts.revoke_key(tx, key_id)
    typer.echo(f"Revoked key {gone.id} ('{gone.name}') of '{gone.user}'.", err=True)


@credits_.command("grant", context_settings={"ignore_unknown_options": True})
def grant(
    namespace: NamespaceArgument,
    dollars: Annotated[str, typer.Argument(help="US dollars, such as 25 or 0.50.")],
    note: Annotated[str, typer.Option("--note", help="Why, for the ledger.")] = "granted by the operator",
    data_dir: DataDirOption = None,
) -> None:
    """Grant credits to a user or an organization."""
    from oxreel import accounts, ledger  # noqa: PLC0415

    amount = _dollars(dollars)
    with transaction(data_dir) as tx:
        whose = accounts.find_namespace(tx, namespace)
        balance = ledger.grant(tx, whose.id, amount, note)
    typer.echo(f"'{whose.name}' now has ${dollars_text(balance.available)} to spend.", err=True)


@credits_.command("show")
def show(
    namespace: NamespaceArgument,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Lines of the ledger, the newest first.")] = 20,
    data_dir: DataDirOption = None,
) -> None:
    """Show what a user or an organization has, and the newest lines of its ledger."""
    from oxreel import accounts, ledger  # noqa: PLC0415

    with snapshot(data_dir) as tx:
        whose = accounts.find_namespace(tx, namespace)
        balance = ledger.balance(tx, whose.id)
        entries = ledger.entries(tx, whose.id, limit)
    typer.echo(f"{whose.name}: ${dollars_text(balance.available)} available, ${dollars_text(balance.held)} held")
    table(
        ("when", "what", "$", "generation or note"),
        (
            (_day(one.created_at), one.kind, dollars_text(one.amount), one.generation_id or one.note)
            for one in entries
            if one.amount
        ),
    )


@contextmanager
def transaction(data_dir: DataDirOption) -> "Iterator[sa.Connection]":
    """A transaction on the hub's database. Raises Fault where there is no hub yet."""
    from oxreel.migrations import migrate  # noqa: PLC0415

    with _opened(data_dir) as database:
        migrate(database)
        with database.transaction() as tx:
            yield tx


@contextmanager
def snapshot(data_dir: DataDirOption) -> "Iterator[sa.Connection]":
    """A connection for reading, which changes nothing. Raises Fault where there is no hub yet, or an older one."""
    from oxreel.migrations import is_behind, is_missing  # noqa: PLC0415

    with _opened(data_dir) as database:
        if is_missing(database):
            raise Fault("There is no hub in this database yet: start it once with `oxreel serve`.", NOT_UNDERSTOOD)
        if is_behind(database):
            raise Fault(
                "The hub's database is of an older release than this `oxreel`, which only reads it here: use the "
                "release that runs there, or bring it up with `oxreel migrate` of this one.",
                NOT_UNDERSTOOD,
            )
        with database.snapshot() as tx:
            yield tx


@contextmanager
def _opened(data_dir: DataDirOption) -> "Iterator[Database]":
    import sqlalchemy as sa  # noqa: PLC0415

    from oxreel.db import Database  # noqa: PLC0415

    settings = load(data_dir=data_dir)
    tell_unknown()
    url = sa.make_url(settings.sqlalchemy_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise Fault(
            f"There is no hub in {settings.data_dir.absolute()} yet: start it once with `oxreel serve`, "
            "or name its folder with --data-dir.",
            NOT_UNDERSTOOD,
        )
    database = Database(settings.sqlalchemy_url)
    try:
        yield database
    finally:
        database.close()


def _engines(name: str, kind: "Kind", engines: str | None, data_dir: DataDirOption) -> None:
    from oxreel import accounts  # noqa: PLC0415

    chosen = None if engines is None else _chosen(engines)
    with snapshot(data_dir) if engines is None else transaction(data_dir) as tx:
        whose = accounts.find_namespace(tx, name, kind)
        if engines is not None:
            accounts.set_engines(tx, whose.id, chosen)
        now = accounts.engines_of(tx, [whose.id])[whose.id]
    may = "what OXREEL_REQUEST_ENGINES says" if now is None else ", ".join(now) or "no engine"
    typer.echo(f"Requests that '{whose.name}' pays for may name {may}.", err=engines is not None)


def _chosen(text: str) -> list[str] | None:
    """The engines of a list with commas, None for the hub's default. Raises Fault for what is no engine."""
    from oxreel.engines.registry import BUILT_IN  # noqa: PLC0415

    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    if names in (["default"], ["none"]):
        return None if names == ["default"] else []
    unknown = [name for name in names if name not in BUILT_IN]
    if unknown or not names:
        there_are = f"OxReel has {', '.join(sorted(BUILT_IN))}, and the words none and default"
        raise Fault(f"There is no engine '{', '.join(unknown)}': {there_are}.", NOT_UNDERSTOOD)
    return names


def _dollars(text: str) -> MicroUSD:
    try:
        amount = Decimal(text.strip().removeprefix("$"))
        if not 0 < amount <= _MAX_DOLLARS:
            raise ValueError(f"it must be above 0 and at most {_MAX_DOLLARS}")
        return micro_usd(amount)
    except InvalidOperation:
        raise Fault(f"'{text}' is no amount of US dollars: write it like 25 or 0.50.", NOT_UNDERSTOOD) from None
    except ValueError as error:
        raise Fault(f"'{text}' cannot be granted: {error}.", NOT_UNDERSTOOD) from None


def _day(ms: int | None) -> str:
    return "" if ms is None else datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print rows under their columns' names; into a pipe, one whole line each."""
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(*columns, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for row in rows:
        # As text: a name in square brackets is no markup.
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    console = Console()
    # Into a pipe every line is whole, however long.
    console.print(table, width=None if console.is_terminal else 1000, soft_wrap=not console.is_terminal)

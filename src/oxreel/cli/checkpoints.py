"""`oxreel models list` and `oxreel models download`: the open weights that films can be made with on this machine."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from oxreel.cli.admin import table
from oxreel.cli.hub_settings import load
from oxreel.cli.trouble import NOT_UNDERSTOOD, Fault

if TYPE_CHECKING:
    from oxreel.engines.diffusers.download import Download
    from oxreel.engines.diffusers.published import PublishedFile
    from oxreel.engines.diffusers.weights import Checkpoint
    from oxreel.settings import Settings

T = TypeVar("T")

NameArgument = Annotated[str, typer.Argument(help="Name of a checkpoint, from `oxreel models list`.")]
FolderOption = Annotated[
    Path | None, typer.Option("--to", help="Folder to put it in.", show_default="OXREEL_DIFFUSERS_WEIGHTS")
]
AcceptOption = Annotated[
    bool, typer.Option("--accept-licence", help="You have read its licence, and may use it for what you do here.")
]

#: Times that damaged files are fetched anew, and seconds between two looks at the folder, or two lines of a log.
_ROUNDS, _LOOK_SECONDS, _LINE_SECONDS = 2, 0.25, 15.0
#: How abilities are told.
_ABILITIES = {
    "text": "words", "start": "start", "tail": "end", "references": "references", "audio": "with sound",
}  # fmt: skip


def list_checkpoints() -> None:
    """List the open weights that films can be made with on a GPU, and which are installed."""
    from oxreel.engines.diffusers.weights import checkpoints, home  # noqa: PLC0415 - `oxreel --help` must be quick

    settings = load()
    known = checkpoints(settings).values()
    table(
        ("checkpoint", "films from", "GB", "GPU", "licence", "here"),
        (_row(settings, one) for one in known),
    )
    typer.echo(f"\nThey lie in {home(settings)}. To get one: oxreel models download NAME", err=True)


def download(name: NameArgument, to: FolderOption = None, accept_licence: AcceptOption = False) -> None:
    """Download a checkpoint and check every file of it; a download that was broken off goes on."""
    from oxreel.engines.diffusers.download import DownloadFailed  # noqa: PLC0415
    from oxreel.engines.diffusers.weights import folder_of, is_there  # noqa: PLC0415

    settings = load()
    one = _find(settings, name)
    target = folder_of(settings, one.name) if to is None else to / one.name
    _ask_licence(settings, one, accept_licence)
    try:
        if not (is_there(target) and _is_whole(one, target)):
            _download(settings, one, target)
    except DownloadFailed as error:
        raise Fault(str(error)) from error
    typer.echo(f"{one.name} is there: {target}", err=True)
    if one.confirm and one.confirm not in settings.diffusers_licences:
        typer.echo(f"Films are made with it once OXREEL_DIFFUSERS_LICENCES names {one.confirm}.", err=True)


def _is_whole(one: "Checkpoint", target: Path) -> bool:
    """Whether a folder is as it was downloaded, or not ours to judge; what is damaged is taken out of it."""
    from oxreel.engines.diffusers.download import installed, reopen  # noqa: PLC0415

    found = installed(target)
    if found is None:
        typer.echo(f"{target} was not filled by this command, and is left as it is.", err=True)
        return True
    bad = _checked(found)
    if bad:
        typer.echo(f"{one.name}: {len(bad)} of {len(found.files)} files are damaged and fetched again.", err=True)
        reopen(found)
    return not bad


def _download(settings: "Settings", one: "Checkpoint", target: Path) -> None:
    from oxreel.engines.diffusers.download import check_room, complete, fetch, plan, share  # noqa: PLC0415
    from oxreel.engines.diffusers.weights import checkpoints  # noqa: PLC0415

    target.parent.mkdir(parents=True, exist_ok=True)
    token = settings.hf_token.get_secret_value()
    found = plan(one, target, token=token)
    share(found, [target.with_name(name) for name in checkpoints(settings)])
    check_room(found)
    typer.echo(f"{one.name}, licence {one.licence}: {found.size / 1e9:.1f} GB to {target}", err=True)
    for _ in range(_ROUNDS):
        _with_bar("Fetching", found, found.there, lambda: fetch(one, found, token=token))
        bad = _checked(found)
        if not bad:
            complete(found)
            return
        typer.echo(f"{len(bad)} of {len(found.files)} files differ from what is published.", err=True)
    raise Fault(
        f"{one.name} was not installed: {bad[0].path} does not have the size and checksum that are published. "
        "Where a mirror or a proxy stands between, ask another one."
    )


def _checked(found: "Download") -> "list[PublishedFile]":
    from oxreel.engines.diffusers.download import damaged  # noqa: PLC0415

    read = 0

    def on_bytes(size: int) -> None:
        nonlocal read
        read += size

    return _with_bar("Checking", found, lambda: read, lambda: damaged(found, on_bytes))


def _ask_licence(settings: "Settings", one: "Checkpoint", accepted: bool) -> None:
    if one.confirm and not accepted and one.confirm not in settings.diffusers_licences:
        raise Fault(
            f"{one.name} is under the licence {one.licence}{one.terms and f', {one.terms}'}. Read it first; if you may "
            "use it, say so with --accept-licence.",
            NOT_UNDERSTOOD,
        )


def _find(settings: "Settings", name: str) -> "Checkpoint":
    from oxreel.engines.diffusers.weights import checkpoints  # noqa: PLC0415

    known = checkpoints(settings)
    found = next((one for one in known.values() if one.name.lower() == name.lower()), None)
    if found is None:
        raise Fault(f"There is no checkpoint '{name}'; there are {', '.join(known)}.", NOT_UNDERSTOOD)
    if not found.repo:
        raise Fault(f"{found.name} is a folder of your own ({found.folder}): it is not published.", NOT_UNDERSTOOD)
    return found


def _row(settings: "Settings", one: "Checkpoint") -> tuple[str, ...]:
    from oxreel.engines.diffusers.weights import confirmed, folder_of, is_there  # noqa: PLC0415

    installed = "yes" if is_there(folder_of(settings, one.name)) else "no"
    return (
        one.name,
        ", ".join(told for ability, told in _ABILITIES.items() if ability in one.rules.can),
        str(one.gigabytes or ""),
        f"{one.least_memory}+" if one.least_memory else "",
        one.licence + ("" if confirmed(settings, one) else " (to be confirmed)"),
        installed,
    )


def _with_bar(what: str, found: "Download", done: Callable[[], int], work: Callable[[], T]) -> T:
    """What `work` returns, done in a thread while a bar on standard error shows how much is done."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )  # fmt: skip

    result: list[T] = []
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:  # raised again below
            trouble.append(error)

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task, told = bar.add_task(what, total=found.size), time.monotonic()
        while thread.is_alive():
            thread.join(_LOOK_SECONDS)
            so_far = min(done(), found.size)
            bar.update(task, completed=so_far)
            if not console.is_terminal and time.monotonic() - told > _LINE_SECONDS:
                console.print(f"{what}: {so_far / 1e9:.1f} of {found.size / 1e9:.1f} GB", highlight=False)
                told = time.monotonic()
    if trouble:
        raise trouble[0]
    return result[0]

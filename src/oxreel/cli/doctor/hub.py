"""The hub's own: settings, database, clock, store of files, port."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from oxreel.cli.doctor.finding import Finding
from oxreel.cli.hub_settings import local_url
from oxreel.cli.trouble import Fault

if TYPE_CHECKING:
    from oxreel.db import Database
    from oxreel.settings import Settings

#: Seconds between this machine's clock and the database's that are told, and that are too many.
_TOLD_SKEW, _MOST_SKEW = 2.0, 60.0


def settings_here(settings: "Settings") -> Iterator[Finding]:
    """Variables that look like settings and are none, and settings that no hub or worker starts with."""
    from oxreel.bootstrap import check_settings  # noqa: PLC0415 - `oxreel --help` must be quick
    from oxreel.errors import WrongSetting  # noqa: PLC0415
    from oxreel.settings import unknown  # noqa: PLC0415

    said = list(unknown(os.environ))
    for one in said:
        yield Finding("settings", "trouble", one if one.endswith(".") else f"{one}.")
    if not said:
        yield Finding("settings", "good", "Every OXREEL_ variable that is set is a setting.")
    try:
        check_settings(settings)
    except WrongSetting as error:
        yield Finding("settings", "trouble", str(error), "`oxreel settings` lists every setting.")
    else:
        yield Finding("settings", "good", "A hub can work with these settings.")


def database(settings: "Settings") -> Iterator[Finding]:
    """Whether it answers, is at this release's schema, and what its clock says."""
    import sqlalchemy as sa  # noqa: PLC0415

    from oxreel.db import Database  # noqa: PLC0415
    from oxreel.errors import OxReelError  # noqa: PLC0415

    url = sa.make_url(settings.sqlalchemy_url)
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        yield Finding("database", "note", f"There is no hub in {url.database} yet.", "`oxreel serve` makes one.")
        return
    opened = Database(settings.sqlalchemy_url)
    try:
        yield from _opened(opened, shown)
    except (OxReelError, sa.exc.SQLAlchemyError) as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        yield Finding(
            "database",
            "trouble",
            f"{shown} does not answer: {said.rstrip('.')}.",
            "Check OXREEL_DATABASE_URL, and that the server runs.",
        )
    finally:
        opened.close()


def _opened(opened: "Database", shown: str) -> Iterator[Finding]:
    import sqlalchemy as sa  # noqa: PLC0415

    from oxreel.db import now_ms  # noqa: PLC0415
    from oxreel.migrations import is_behind, is_missing  # noqa: PLC0415

    with opened.snapshot() as tx:
        before = time.time()
        there = tx.execute(sa.select(now_ms())).scalar_one() / 1000
        skew = there - (before + time.time()) / 2
    yield Finding("database", "good", f"{shown} answers.", facts={"clock_skew_seconds": round(skew, 3)})
    if is_missing(opened):
        yield Finding("database", "note", "It holds no hub yet.", "`oxreel serve` makes one.")
    elif is_behind(opened):
        advice = "Starting `oxreel serve` or `oxreel worker` of this release brings it up."
        yield Finding("database", "note", "Its schema is of an older release.", advice)
    if abs(skew) >= _TOLD_SKEW:
        ahead = "ahead of" if skew > 0 else "behind"
        yield Finding(
            "database",
            "trouble" if abs(skew) >= _MOST_SKEW else "note",
            f"Its clock is {abs(skew):.1f} s {ahead} this machine's.",
            "Keep both by NTP: signed URLs and the times of logs go by them.",
        )


def storage(settings: "Settings") -> Iterator[Finding]:
    """Whether the store takes a file and gives it back."""
    from oxreel.errors import WrongSetting  # noqa: PLC0415
    from oxreel.storage import Objects  # noqa: PLC0415

    if not settings.storage_url and not (settings.data_dir / "objects").exists():
        yield Finding("storage", "note", f"Files will be kept in {settings.data_dir.absolute() / 'objects'}.")
        return
    try:
        Objects.open(settings.objects_url, settings.storage_public_endpoint).check()
    except WrongSetting as error:
        yield Finding("storage", "trouble", str(error))
        return
    yield Finding("storage", "good", f"{settings.objects_url} takes a file and gives it back.")


def port(settings: "Settings") -> Iterator[Finding]:
    """Whether the hub can listen, or listens already."""
    import httpx  # noqa: PLC0415

    from oxreel.cli.serve import another_port, check_address  # noqa: PLC0415

    try:
        check_address(settings.host, settings.port, another_port(settings.port))
    except Fault as fault:
        try:
            answers = httpx.get(f"{local_url(settings)}/healthz", timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            answers = False
        if answers:
            yield Finding("port", "good", f"A hub answers at {local_url(settings)}.")
        else:
            yield Finding("port", "trouble", str(fault))
        return
    yield Finding("port", "good", f"Port {settings.port} on {settings.host} is free.")

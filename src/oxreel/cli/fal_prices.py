"""`oxreel fal-prices`: what a second costs at fal, as the settings say and as fal says."""

import typer

from oxreel.cli.admin import table
from oxreel.cli.hub_settings import load
from oxreel.cli.trouble import Fault


def fal_prices() -> None:
    """Show the prices of OXREEL_FAL_PRICES beside those that fal tells today; exit 1 where they differ."""
    from oxreel.engines.fal.endpoints import ENDPOINTS  # noqa: PLC0415 - `oxreel --help` must be quick
    from oxreel.engines.fal.prices import AUDIO, check_prices, published  # noqa: PLC0415

    settings = load()
    check_prices(settings)
    if not settings.fal_key.get_secret_value():
        raise Fault("fal tells its prices to whoever has a key: set OXREEL_FAL_KEY.")
    told = {one.endpoint: one for one in published(settings, ENDPOINTS)}
    differ = False
    rows = []
    for name in ENDPOINTS:
        with_audio = settings.fal_prices.get(name + AUDIO)
        own, there = settings.fal_prices.get(name), told.get(name)
        note = ""
        if own is not None and there is not None and there.unit.startswith("second") and own != there.dollars:
            differ, note = True, "differs"
        shown = "" if there is None else f"{there.dollars} per {there.unit.removesuffix('s')}"
        rows.append((name, "" if own is None else f"{own} per second", shown, note))
        if with_audio is not None:
            # fal tells one price for an endpoint.
            rows.append((name + AUDIO, f"{with_audio} per second", "", ""))
    table(("endpoint", "OXREEL_FAL_PRICES", "fal says", ""), rows)
    if differ:
        raise typer.Exit(1)

"""`oxreel models`: the catalogue of a hub."""

from typing import Annotated

import typer

from oxreel.cli.hub_address import DEFAULT_URL, ApiKeyOption, BaseUrlOption, connect


def models(
    search: Annotated[str, typer.Argument(help="Show only models whose id or name holds this.")] = "",
    base_url: BaseUrlOption = DEFAULT_URL,
    api_key: ApiKeyOption = "",
) -> None:
    """List the models of a hub with their price per second."""
    with connect(base_url, api_key) as hub:
        found = [
            model
            for model in hub.models()
            if search.lower() in f"{model['id']} {model.get('display_name', '')}".lower()
        ]
    if not found:
        typer.echo(f"No model of this hub has '{search}' in its id or name.")
        return
    width = max(len(model["id"]) for model in found)
    for model in sorted(found, key=lambda one: str(one["id"])):
        price = (model.get("pricing") or {}).get("cost_per_second")
        cost = "" if price is None else f"${price}/s"
        typer.echo(f"{model['id']:{width}}  {cost:>9}  {model.get('display_name', '')}")

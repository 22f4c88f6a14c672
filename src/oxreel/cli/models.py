"""`oxreel models`: the catalogue of a hub, and the open weights of this machine."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from oxreel.cli import checkpoints
from oxreel.cli.hub_address import DEFAULT_URL, ApiKeyOption, BaseUrlOption, connect


class _HubByDefault(TyperGroup):
    """`oxreel models kling` is short for `oxreel models hub kling`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is no sub-command's name is an argument of `hub`."""
        named = args[:1] and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["hub", *args])


models = typer.Typer(
    cls=_HubByDefault, help="List the models of a hub with their price; list and download open weights for a GPU."
)


@models.command("hub")
def hub(
    search: Annotated[str, typer.Argument(help="Show only models whose id or name holds this.")] = "",
    base_url: BaseUrlOption = DEFAULT_URL,
    api_key: ApiKeyOption = "",
) -> None:
    """List the models of a hub with their price per second; the same without `hub`."""
    with connect(base_url, api_key) as catalogue:
        found = [
            model
            for model in catalogue.models()
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


models.command("list")(checkpoints.list_checkpoints)
models.command("download")(checkpoints.download)

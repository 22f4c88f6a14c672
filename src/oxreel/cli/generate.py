"""`oxreel generate`: a video from the command line, local files included."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from oxreel.cli.hub_address import DEFAULT_URL, ApiKeyOption, BaseUrlOption, connect
from oxreel.cli.trouble import INTERRUPTED, NOT_UNDERSTOOD, Fault

if TYPE_CHECKING:
    from oxreel_client import Client, Generation

_MORE = "More parameters"


def generate(
    *,
    model: Annotated[str, typer.Option("--model", "-m", help="Model id; `oxreel models` lists them.")],
    prompt: Annotated[str | None, typer.Option("--prompt", "-p", help="What to film.")] = None,
    image: Annotated[
        list[str] | None, typer.Option("--image", "-i", help="Picture: a file or a URL. May be given several times.")
    ] = None,
    tail: Annotated[str | None, typer.Option("--tail", help="Last frame: a file or a URL.")] = None,
    video: Annotated[str | None, typer.Option("--video", help="Source video: a file or a URL.")] = None,
    duration: Annotated[int | None, typer.Option("--duration", "-d", help="Seconds.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="The same request and seed film the same video.")] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Film the animatic, free of charge, whatever the model costs.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write.", show_default="MODEL-ID.mp4")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param", help="Any other parameter, NAME=VALUE. May be given several times.", rich_help_panel=_MORE
        ),
    ] = None,
    params: Annotated[
        Path | None, typer.Option("--params", help="A JSON file of parameters.", rich_help_panel=_MORE)
    ] = None,
    base_url: BaseUrlOption = DEFAULT_URL,
    api_key: ApiKeyOption = "",
) -> None:
    """Film a video: uploads local files, waits with a progress bar, downloads. Ctrl-C cancels it."""
    with connect(base_url, api_key) as hub:
        schema = hub.model(model).get("request_schema") or {}
        request = _from_file(params) | _from_pairs(param or [], schema)
        named = {"prompt": prompt, "tail_image_url": tail, "input_video": video, "duration": duration, "seed": seed}
        request |= {name: value for name, value in named.items() if value is not None}
        if image:
            request["input_image"] = _images(model, image, schema)
        if preview:
            request["preview"] = True
        from oxreel.cli.local_files import upload_files  # noqa: PLC0415 - `oxreel --help` must be quick

        request = upload_files(request, schema, hub.upload)
        file = _film(hub, model, request, output)
    typer.echo(file)


def _film(hub: "Client", model: str, request: dict[str, Any], output: Path | None) -> Path:
    from oxreel.cli.progress import follow  # noqa: PLC0415

    generation = hub.submit(model, **request)
    try:
        follow(generation)
        file = generation.download(output or Path(f"{model}-{generation.id[:8]}.mp4"))
    except KeyboardInterrupt:
        generation.cancel()
        raise Fault("Cancelled; nothing was charged.", INTERRUPTED) from None
    typer.echo(_summary(generation), err=True)
    return file


def _summary(generation: "Generation") -> str:
    row = generation.row
    parts = [f"filmed by {generation.engine}"] if generation.engine else []
    if row.get("cost"):
        parts.append(f"cost ${row['cost']}")
    if row.get("seed") is not None:
        parts.append(f"seed {row['seed']}")
    warnings = [f"Note: {warning}" for warning in row.get("warnings") or []]
    return "\n".join([*warnings, ", ".join(parts).capitalize()]).strip()


def _images(model: str, images: list[str], schema: dict[str, Any]) -> str | list[str]:
    """`input_image` as this model takes it: one, or a list."""
    field = (schema.get("properties") or {}).get("input_image")
    if field is None:
        raise Fault(f"{model} takes no picture (--image).", NOT_UNDERSTOOD)
    if field.get("type") == "array":
        return images
    if len(images) > 1:
        raise Fault(f"{model} takes one picture, and {len(images)} were given (--image).", NOT_UNDERSTOOD)
    return images[0]


def _from_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Fault(f"--params: {file} cannot be read: {error.strerror}.", NOT_UNDERSTOOD) from error
    except ValueError as error:
        raise Fault(f"--params: {file} is not JSON: {error}.", NOT_UNDERSTOOD) from error
    if not isinstance(value, dict):
        raise Fault(f"--params: {file} must hold a JSON object.", NOT_UNDERSTOOD)
    return value


def _from_pairs(pairs: list[str], schema: dict[str, Any]) -> dict[str, Any]:
    """NAME=VALUE as parameters: JSON where it is JSON and the model does not want a text."""
    values = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise Fault(f"--param takes NAME=VALUE, not '{pair}'.", NOT_UNDERSTOOD)
        field = (schema.get("properties") or {}).get(name) or {}
        values[name] = text if field.get("type") == "string" else _json_or_text(text)
    return values


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text

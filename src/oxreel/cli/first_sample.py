"""`oxreel run`: the hub for a newcomer, with a first sample filmed through its own HTTP API."""

import json
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oxreel.cli.hub_settings import (
    START_SECONDS,
    DataDirOption,
    HostOption,
    PortOption,
    load,
    local_url,
    tries,
    wait_for_key,
)
from oxreel.cli.serve import another_port, check_address
from oxreel.cli.trouble import Fault, explain

if TYPE_CHECKING:
    from oxreel.settings import Settings
    from oxreel_client import Client

SAMPLE_NAME = "first-sample.mp4"
#: The documents' first example, word for word but for the host (S4, "Minimal").
MODEL = "kling-video-o1-image-to-video"
PROMPT = (
    "Zoom into the ox, while it is walking forward on the road, "
    "change the season from winter to summer as you zoom in, cinematic"
)
PICTURE = "/api/repos/ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png"


def run(host: HostOption = None, port: PortOption = None, data_dir: DataDirOption = None) -> None:
    """Run the hub and film a first sample: the quickest way to see it work."""
    began = time.monotonic()
    settings = load(host=host, port=port, data_dir=data_dir)
    if settings.port == 0:
        raise Fault("`oxreel run` needs a port that it knows beforehand: choose one above 0, or use `oxreel serve`.")
    check_address(settings.host, settings.port, another_port(settings.port))
    if "log_level" not in settings.model_fields_set:
        # The progress bar and the summary are what a newcomer reads; trouble is still told.
        settings = settings.model_copy(update={"log_level": "warning"})
    threading.Thread(target=_introduce, args=(settings, began), name="first-sample", daemon=True).start()
    from rich.console import Console  # noqa: PLC0415 - `oxreel --help` must be quick

    from oxreel import server  # noqa: PLC0415

    try:
        server.serve(settings)
    finally:
        # The bar of a sample that was still being filmed has hidden it.
        Console(stderr=True).show_cursor()


def _introduce(settings: "Settings", began: float) -> None:
    """Film the sample unless it is there, and say what there is; a trouble is told and the hub goes on."""
    from oxreel_client import Client  # noqa: PLC0415

    try:
        key = wait_for_key(settings.data_dir)
        with Client(local_url(settings), key) as hub:
            _wait_for_answer(hub)
            ready = time.monotonic() - began
            _say(f"\nOxReel is ready at {hub.base_url} after {ready:.1f} s.")
            sample = settings.data_dir.absolute() / SAMPLE_NAME
            told = "filmed on an earlier run" if sample.exists() else _film(hub, sample)
            _say(f"\n  First sample  {sample}  ({told})")
            _say(f"  API key       {key}")
            _say(f"  Workbench     {hub.base_url}/ai/workbench")
            _say("\nThe documents' first request, ready to paste into another terminal:\n")
            _say(curl(hub.base_url, key))
            _say("\nCtrl-C stops the hub.")
    except Exception as error:
        print(f"oxreel: the first sample was not filmed: {explain(error)[0]}", file=sys.stderr)  # noqa: T201


def _film(hub: "Client", sample: Path) -> str:
    from oxreel.cli.progress import follow  # noqa: PLC0415

    began = time.monotonic()
    request = {**_request(hub.base_url), "preview": True, "seed": 1}
    # A hub that was stopped while it filmed the sample goes on with that one.
    generation = hub.submit(MODEL, idempotency_key="first sample", **request).refresh()
    if generation.status in ("failed", "cancelled"):
        generation = hub.submit(MODEL, **request)
    follow(generation)
    generation.download(sample)
    return f"filmed by the {generation.engine} engine in {time.monotonic() - began:.1f} s"


def _request(base_url: str) -> dict[str, Any]:
    return {"prompt": PROMPT, "input_image": base_url + PICTURE}


def curl(base_url: str, key: str) -> str:
    """The documents' first cURL request, for this hub and this key."""
    body = json.dumps({"model": MODEL, **_request(base_url)}, indent=2)
    return (
        f"curl -X POST {base_url}/api/ai/videos/generate \\\n"
        f'  -H "Content-Type: application/json" \\\n'
        f'  -H "Authorization: Bearer {key}" \\\n'
        f"  -d '{body}'"
    )


def _wait_for_answer(hub: "Client") -> None:
    from oxreel_client import HubUnreachable  # noqa: PLC0415

    for _ in tries():
        try:
            hub.account()
            return
        except HubUnreachable:
            continue
    raise Fault(f"the hub did not answer at {hub.base_url} within {START_SECONDS:.0f} s.")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is what the command is for

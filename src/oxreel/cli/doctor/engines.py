"""The engines: which can film here, what others lack, and which weights fit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oxreel.cli.doctor.finding import Finding, Level
from oxreel.cli.doctor.gpus import Gpu, missing_packages

if TYPE_CHECKING:
    from oxreel.engines.diffusers.weights import Checkpoint
    from oxreel.settings import Settings

#: Seconds of the film that plans are made for.
_SECONDS = 5


def engines(settings: "Settings", gpus: list[Gpu]) -> Iterator[Finding]:
    """What can film here."""
    from oxreel.engines.registry import BUILT_IN, Registry  # noqa: PLC0415 - `oxreel --help` must be quick

    offered = Registry(settings).names
    yield Finding("engines", "good", f"This hub offers {', '.join(offered)}.", facts={"engines": offered})
    yield Finding("engines", "good", "The animatic films on any machine.")
    filmed = [name for name in offered if _is_filmed(settings, settings.engine_queues.get(name, BUILT_IN[name].queue))]
    yield _fal(settings, wanted="fal" in filmed)
    yield from _diffusers(settings, gpus, wanted="diffusers" in filmed)


def _fal(settings: "Settings", *, wanted: bool) -> Finding:
    if settings.fal_key.get_secret_value():
        return Finding("engines", "good", "A key of fal is set (not shown, and not tried: that may cost).")
    if wanted:
        return Finding("engines", "trouble", "The engine fal is offered without a key.", "Set OXREEL_FAL_KEY.")
    return Finding("engines", "note", "fal is not used here.", "With OXREEL_FAL_KEY and OXREEL_ENGINES=fal it is.")


def _is_filmed(settings: "Settings", queue: str) -> bool:
    """Whether this machine is to film what lies in a queue, and not only to serve the API, or to film from others."""
    return settings.serve_worker and (not settings.queues or queue in settings.queues)


def _diffusers(settings: "Settings", gpus: list[Gpu], *, wanted: bool) -> Iterator[Finding]:
    if settings.video_server_url:
        yield from _video_server(settings)
        return
    lacking = missing_packages()
    if lacking:
        level: Level = "trouble" if wanted else "note"
        says = f"diffusers cannot film here: {', '.join(lacking)} {'are' if len(lacking) > 1 else 'is'} not installed."
        yield Finding("engines", level, says, "pip install 'oxreel[gpu]' (or make gpu).", {"missing": lacking})
    elif not gpus:
        says = "What diffusers needs is installed; without a GPU it films very slowly."
        yield Finding("engines", "trouble" if wanted else "note", says, "Run a worker where there is a GPU.")
    else:
        yield Finding("engines", "good", "What diffusers needs is installed.")
    yield from weights(settings, gpus, wanted=wanted)


def weights(settings: "Settings", gpus: list[Gpu], *, wanted: bool) -> Iterator[Finding]:
    """Which checkpoints lie here, and how each fits the largest GPU."""
    from oxreel.engines.diffusers.weights import checkpoints, confirmed, folder_of, home, is_there  # noqa: PLC0415

    known = checkpoints(settings).values()
    here = [one for one in known if is_there(folder_of(settings, one.name))]
    for one in here:
        if not confirmed(settings, one):
            says = f"{one.name} is here, under the licence {one.licence}, which nobody confirmed."
            advice = f"Films are made with it once OXREEL_DIFFUSERS_LICENCES names {one.confirm}."
            yield Finding("weights", "note", says, advice)
            continue
        plan = _plan(settings, one, gpus)
        fits = f"; on {gpus[0].name} with {plan}" if plan else ""
        yield Finding("weights", "good", f"{one.name} is here{fits}.", facts={"checkpoint": one.name, "plan": plan})
    if not here:
        most = max((gpu.memory_bytes for gpu in gpus), default=0) / 1e9
        fitting = [one.name for one in known if one.repo and one.least_memory and one.least_memory <= most]
        advice = f"oxreel models download {fitting[-1]}" if fitting else "`oxreel models list` shows those there are."
        level: Level = "trouble" if wanted else "note"
        yield Finding("weights", level, f"No weights lie in {home(settings)}.", advice, {"fitting": fitting})


def _plan(settings: "Settings", one: "Checkpoint", gpus: list[Gpu]) -> str:
    """How a film of the checkpoint's best size fits; empty where nobody can tell."""
    from oxreel.engines.diffusers.family import Clip  # noqa: PLC0415
    from oxreel.engines.diffusers.memory import plans, sizes_of  # noqa: PLC0415
    from oxreel.engines.diffusers.weights import folder_of  # noqa: PLC0415

    if not gpus:
        return ""
    rules = one.rules
    frames = min(rules.frames_for(int(_SECONDS * rules.rate) + 1), rules.most_frames)
    width, height = rules.pixels // 720, 720
    clip = Clip("", "", 0, width, height, frames, rules.rate, rules.steps, rules.guidance)
    free = gpus[0].free_bytes
    if settings.diffusers_memory_gigabytes:
        free = min(free, int(settings.diffusers_memory_gigabytes * 1e9))
    return plans(sizes_of(folder_of(settings, one.name), bits=16), clip, free)[0].name


def _video_server(settings: "Settings") -> Iterator[Finding]:
    import httpx  # noqa: PLC0415

    url = settings.video_server_url.removesuffix("/v1")
    key = settings.video_server_key.get_secret_value()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    what = f"The video server at {url} ({settings.video_server_kind}, {settings.video_server_model or 'no model'})"
    try:
        status = httpx.get(f"{url}/v1/models", headers=headers, timeout=10, trust_env=False).status_code
    except httpx.HTTPError as error:
        said = str(error).rstrip(".") or type(error).__name__
        yield Finding("engines", "trouble", f"{what} does not answer: {said}.", "Check OXREEL_VIDEO_SERVER_URL.")
        return
    if status in (401, 403):
        yield Finding("engines", "trouble", f"{what} refuses the key.", "Check OXREEL_VIDEO_SERVER_KEY.")
    elif status >= 500:
        yield Finding("engines", "trouble", f"{what} answers with HTTP {status}.")
    else:
        yield Finding("engines", "good", f"{what} answers.")

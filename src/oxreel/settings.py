"""Every setting, as one table: an `OXREEL_...` variable each, with its unit and default."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from oxreel.log import LogFormat, LogLevel

#: A list written with commas: "a.example,b.example".
CommaList = Annotated[tuple[str, ...], NoDecode]
#: What the hub's tables and job engine run on, with the drivers that are installed.
_DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgres", "postgresql+psycopg")
#: Signs of life that a worker may miss at the least before it counts as dead: one comes late when a machine is busy.
_MISSED_SIGNS = 3
#: Variables that are no settings: the commands' address of a hub, the tests' own, and those that a cluster makes up
#: for a service by our name.
_NO_SETTINGS = re.compile(r"OXREEL_(URL|TEST_.*|(.*_)?(SERVICE_HOST|SERVICE_PORT.*|PORT_\d+_TCP.*))")


class Settings(BaseSettings):
    """What an operator can change. `oxreel settings` lists it; the unit stands in each description."""

    model_config = SettingsConfigDict(env_prefix="OXREEL_", extra="ignore", frozen=True, enable_decoding=False)

    # Where it listens, and where it keeps things
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    data_dir: Path = Field(Path("data"), description="folder of the database, the assets and the first key")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the data folder")
    database_pool: int = Field(10, ge=2, le=1000, description="connections to the database that one process keeps")
    database_overflow: int = Field(30, ge=0, le=1000, description="connections that it may have beyond these in a rush")
    database_wait_seconds: float = Field(
        10.0, gt=0, description="seconds that a request waits for a free connection before it is refused (503)"
    )
    database_statement_seconds: float = Field(
        60.0, ge=0, description="seconds that PostgreSQL may take for one statement; 0: as long as it likes"
    )
    storage_url: str = Field("", description="where objects lie: empty: the data folder; or s3://bucket/prefix")
    storage_redirect: bool = Field(
        True, description="send whoever downloads a picture or video to the bucket itself; false: all goes through here"
    )
    storage_public_endpoint: str = Field(
        "", description="address by which clients reach the bucket's server, where it is another than the hub's"
    )
    orphan_hours: int = Field(24, ge=2, description="hours after which stored objects that nothing names are deleted")
    result_days: int = Field(0, ge=0, description="days after which the files of results are deleted; 0: never")
    public_url: str = Field("", description="address that clients see, for signed URLs; empty: that of each request")

    # The first user
    username: str = Field("local", description="name of the user made at the first start")
    api_key: SecretStr = Field(SecretStr(""), description="key of the first user; empty: one is drawn")
    initial_credits: Decimal = Field(Decimal(1000), ge=0, description="US dollars granted to the first user")

    # Catalogue and money
    prices: dict[str, Decimal] = Field(
        default_factory=dict,
        description='US dollars per second by model id, as JSON: {"kling-video-o1-image-to-video": 0.112}',
    )
    unpublished_price: Decimal = Field(
        Decimal("0.224"), ge=0, description="US dollars per second of a model whose price is not published"
    )

    # Generations
    engine: str = Field("animatic", description="engine that films unless a request or a route names another")
    engines: CommaList = Field(
        (), description="engines, with commas, that requests can be filmed by beside the animatic: diffusers, fal"
    )
    routes: dict[str, str] = Field(
        default_factory=dict,
        description=(
            "engine by model id, by model and tier or by * for all others, with what it calls the model where that "
            'matters, as JSON: {"kling-video-o3-omni/4k": "fal", "*": "diffusers:wan2.2-ti2v-5b"}'
        ),
    )
    request_engines: CommaList = Field(
        (), description="engines, with commas, that requests may name; empty: all of this hub; none: none of them"
    )
    animatic_slate: Literal["off", "counter", "full"] = Field(
        "off", description="slate on animatics: off, counter (shot, frame) or full (also timecode, words)"
    )
    diffusers_weights: str = Field(
        "", description="folder of the weights that diffusers films with; empty: oxreel/weights in the user's cache"
    )
    diffusers_offer: CommaList = Field(
        (), description="checkpoints, with commas, that diffusers films with; empty: those that lie in its folder"
    )
    diffusers_checkpoints: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description='checkpoints of your own, as JSON: {"my-wan": {"family": "wan-i2v", "folder": "/weights/my-wan"}}',
    )
    diffusers_licences: CommaList = Field(
        (), description="licences, with commas, that you have read and may use: ltx-2.5, minimax-h3"
    )
    diffusers_memory_gigabytes: float = Field(
        0.0, ge=0, description="gigabytes of the GPU that weights and films may take; 0: what is free"
    )
    diffusers_steps: int = Field(
        0, ge=0, le=1000, description="denoising steps of each film; 0: as many as the checkpoint's makers recommend"
    )
    video_server_url: str = Field(
        "", description="address of a vLLM-Omni or SGLang server that films for the diffusers engine; empty: none"
    )
    video_server_key: SecretStr = Field(SecretStr(""), description="key that the video server asks for")
    video_server_model: str = Field(
        "", description="checkpoint that the video server runs, by its name in `oxreel models list`"
    )
    video_server_kind: Literal["vllm-omni", "sglang"] = Field(
        "vllm-omni", description="what the video server is: vllm-omni or sglang"
    )
    video_server_seconds: float = Field(
        3600.0,
        gt=0,
        description="seconds that the video server may take for one shot, its own queue and the download included",
    )
    hf_token: SecretStr = Field(
        SecretStr(""), description="token for `oxreel models download`, where weights are gated; empty: HF_TOKEN"
    )
    fal_key: SecretStr = Field(SecretStr(""), description="key of the account at fal that films are paid with")
    fal_url: str = Field("https://queue.fal.run", description="address of fal's queue")
    fal_rest_url: str = Field("https://rest.fal.ai", description="address where large references are uploaded to fal")
    fal_pricing_url: str = Field(
        "https://api.fal.ai/v1/models/pricing", description="address where fal tells the prices of its endpoints"
    )
    fal_jwks_url: str = Field(
        "https://rest.fal.ai/.well-known/jwks.json", description="address of the keys that fal signs its webhooks with"
    )
    fal_webhooks: bool = Field(
        True, description="have fal say when a film is done, where there is a public URL; false: only look now and then"
    )
    fal_prices: dict[str, Annotated[Decimal, Field(ge=0)]] = Field(
        default_factory=dict,
        description='US dollars per second that fal charges, as JSON by endpoint; "ENDPOINT+audio" is that with sound',
    )
    fal_seconds: float = Field(30.0, gt=0, le=600, description="seconds that one exchange with fal may take")
    fal_submit_seconds: float = Field(
        300.0,
        gt=0,
        description="seconds that a request is offered again while fal is too busy to take it, and that what it made "
        "is asked for again",
    )
    fal_wait_seconds: float = Field(7200.0, gt=0, description="seconds that fal may take for one film")
    fal_download_seconds: float = Field(600.0, gt=0, description="seconds that fetching a film from fal may take")
    fal_poll_seconds: float = Field(
        5.0, gt=0, le=300, description="seconds between two looks at a film that fal makes; more often at first"
    )
    fal_megabytes: int = Field(1000, ge=1, description="largest film that is taken from fal, in megabytes")
    fal_inline_megabytes: float = Field(
        4.0, ge=0, description="largest references that go within a request to fal, in megabytes; others are uploaded"
    )
    serve_worker: bool = Field(True, description="whether `oxreel serve` films, too; false: workers beside it do")
    queues: CommaList = Field((), description="queues, with commas, whose generations a worker films; empty: all")
    engine_queues: dict[str, Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]] = Field(
        default_factory=dict,
        description='queue by engine, as JSON, where it is not its own (cpu, gpu or hosted): {"animatic": "gpu"}',
    )
    film_slots: int = Field(
        1, ge=1, le=64, description="videos that one worker films at a time, of each queue; on gpu at most one per GPU"
    )
    hosted_slots: int = Field(
        2, ge=1, le=1000, description="videos that one worker has others film at a time (fal allows 2 at first)"
    )
    device_stop_seconds: float = Field(
        30.0, gt=0, description="seconds that a cancelled film on a GPU may take to stop, before its process is killed"
    )
    namespace_film_slots: int = Field(
        8, ge=1, description="videos of one namespace that are filmed at a time, by all workers"
    )
    model_film_slots: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict,
        description=(
            'videos of one model filmed at a time, by all workers, as JSON by id: {"kling-video-o3-omni": 2, "*": 8}'
        ),
    )
    drain_seconds: float = Field(
        0.0, ge=0, description="seconds that a worker asked to end finishes what it films; then others go on with it"
    )
    max_active_generations: int = Field(
        20_000, ge=1, description="queued and running generations of one namespace; more are refused (429)"
    )
    poll_seconds: float = Field(0.15, gt=0, le=60, description="seconds between two looks of a worker at the queue")
    heartbeat_seconds: float = Field(1.0, gt=0, description="seconds between two signs of life of a worker")
    dead_after_seconds: float = Field(
        10.0,
        gt=0,
        validate_default=True,
        description="seconds without a sign of life after which a worker's generations are taken over",
    )
    max_lost_takes: int = Field(3, ge=1, description="workers that one generation may kill before it fails")
    stall_seconds: float = Field(300.0, gt=0, description="seconds without a new frame after which filming is stopped")
    job_days: int = Field(7, ge=1, description="days that the job engine's records of ended generations are kept")
    idempotency_hours: int = Field(24, ge=1, description="hours that an Idempotency-Key is remembered")

    # Events
    keep_alive_seconds: float = Field(15.0, gt=0, description="seconds between two comments on an idle event stream")
    event_catch_up_minutes: int = Field(
        15, ge=0, description="minutes back that a new event stream is told of its own unseen completions"
    )
    event_days: int = Field(7, ge=1, description="days that events are kept for replay")

    # Webhooks
    webhook_allow_hosts: CommaList = Field(
        (), description="host names or addresses, with commas, that webhooks may go to though they are private or http"
    )
    webhook_seconds: float = Field(20.0, gt=0, le=300, description="seconds that one attempt at a webhook may take")
    webhook_slots: int = Field(16, ge=1, le=1000, description="webhooks that one worker sends at a time")

    # References and uploads
    host_aliases: CommaList = Field(
        ("hub.oxen.ai",), description="host names, with commas, whose asset URLs mean this hub's own assets"
    )
    fetch_allow_hosts: CommaList = Field(
        (), description="host names or addresses, with commas, that references may come from though they are private"
    )
    fetch_seconds: float = Field(30.0, gt=0, description="seconds that fetching one reference may take")
    fetch_redirects: int = Field(5, ge=0, description="redirects that a reference may take")
    image_megabytes: int = Field(10, ge=1, description="largest picture, in megabytes (real Kling takes 10)")
    image_megapixels: int = Field(64, ge=1, description="largest picture, in millions of pixels")
    video_megabytes: int = Field(200, ge=1, description="largest source video, in megabytes (real Kling takes 200)")
    upload_megabytes: int = Field(
        200, ge=1, description="largest upload, all files of one request together, in megabytes"
    )
    request_megabytes: int = Field(64, ge=1, description="largest JSON request, in megabytes (data: URIs count)")
    url_hours: float = Field(24.0, gt=0, description="hours that a signed result URL stays valid")

    # Operation
    metrics: bool = Field(True, description="serve /metrics, to this machine alone unless there is a token")
    metrics_token: SecretStr = Field(
        SecretStr(""), description="token that opens /metrics to whoever sends it as a bearer"
    )
    worker_port: int = Field(
        0, ge=0, le=65535, description="port on which `oxreel worker` serves /healthz, /readyz and /metrics; 0: none"
    )
    unready_seconds: float = Field(
        0.0, ge=0, description="seconds that a hub still serves, while /readyz says 503, once it is asked to end"
    )
    sweep_schedule: str = Field(
        "*/10 * * * *", description="when what is kept for a while is cleared, in the form of cron, in UTC"
    )

    # Logs
    log_level: LogLevel = Field("info", description="debug, info, warning or error")
    log_format: LogFormat = Field("text", description="text or json")

    @field_validator("*", mode="before")
    @classmethod
    def _read_json(cls, value: object, info: ValidationInfo) -> object:
        field = cls.model_fields[info.field_name or ""]
        if get_origin(field.annotation) is not dict or not isinstance(value, str):
            return value
        wanted = f"it must be a JSON object such as {_example(field.description or '')}"
        try:
            found = json.loads(value) if value.strip() else {}
        except ValueError as error:
            raise ValueError(f"'{value[:100]}' is not JSON ({error}); {wanted}") from None
        if isinstance(found, dict):
            return found
        raise ValueError(f"'{value[:100]}' is not an object; {wanted}")

    @field_validator(
        "host_aliases", "fetch_allow_hosts", "webhook_allow_hosts", "queues", "engines", "request_engines",
        "diffusers_offer", "diffusers_licences",
        mode="before",
    )  # fmt: skip
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().lower() for part in value.split(",") if part.strip())
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("dead_after_seconds")
    @classmethod
    def _check_patience(cls, value: float, info: ValidationInfo) -> float:
        beat = info.data.get("heartbeat_seconds")
        if beat is not None and value < _MISSED_SIGNS * beat:
            raise ValueError(
                f"{value:g} is too short for a sign of life every {beat:g} s (OXREEL_HEARTBEAT_SECONDS): workers that "
                f"live would count as dead; it must be at least {_MISSED_SIGNS} times that, {_MISSED_SIGNS * beat:g}"
            )
        return value

    @field_validator("fal_url", "fal_rest_url", "fal_pricing_url", "fal_jwks_url")
    @classmethod
    def _check_address(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^/?#@\s]+(/[^?#\s]*)?", value):
            # Not shown: a password may stand in it.
            raise ValueError("it must be https://HOST or http://HOST, with or without a path, and without a user")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _check_database(cls, value: str) -> str:
        scheme, parted, _ = value.partition("://")
        if value and (not parted or scheme not in _DATABASES):
            # Not the whole: a password may stand in it.
            raise ValueError(f"'{scheme if parted else '...'}://' must be sqlite:///FILE or postgresql://HOST/DATABASE")
        return value

    @field_validator("storage_url")
    @classmethod
    def _check_storage(cls, value: str) -> str:
        if value and not value.startswith(("file:///", "memory:///")) and not re.match(r"s3://[^/]", value):
            raise ValueError(f"'{value}' must be s3://BUCKET/PREFIX, file:///FOLDER or memory:///")
        return value

    @field_validator("storage_public_endpoint")
    @classmethod
    def _check_endpoint(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/?#@]+/?", value):
            # Not shown: a password may stand in it.
            raise ValueError("it must be https://HOST or http://HOST, without a path and without a user")
        return value.rstrip("/")

    @field_validator("video_server_url")
    @classmethod
    def _check_video_server(cls, value: str) -> str:
        # Not shown, where it is wrong: a password may stand in it.
        if value and not re.fullmatch(r"https?://[^/?#@]+(/[^?#@]*)?", value):
            raise ValueError("it must be http://HOST:PORT or https://HOST; the key has a setting of its own")
        return value.rstrip("/")

    @field_validator("sweep_schedule")
    @classmethod
    def _check_schedule(cls, value: str) -> str:
        from croniter import croniter  # noqa: PLC0415 - the command line reads settings and must be quick

        if not croniter.is_valid(value, second_at_beginning=True):
            raise ValueError(f"'{value}' must be five fields, or six with seconds first, such as */10 * * * *")
        return value

    @property
    def key_file(self) -> Path:
        """Where the first user's key is kept, readable by its owner alone."""
        return self.data_dir / "api-key"

    @property
    def sqlalchemy_url(self) -> str:
        """The database's URL, SQLite in the data folder by default."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'oxreel.sqlite'}"

    @property
    def objects_url(self) -> str:
        """The object store's URL, a folder of the data folder by default."""
        return self.storage_url or (self.data_dir.absolute() / "objects").as_uri()


def _example(description: str) -> str:
    """The JSON that a setting's description shows."""
    shown = re.search(r"\{.*\}", description)
    return shown.group() if shown else '{"name": value}'


def unknown(variables: Iterable[str]) -> list[str]:
    """A sentence for each variable that looks like a setting and is none."""
    settings = [f"OXREEL_{name.upper()}" for name in Settings.model_fields]
    found: list[str] = []
    for variable in sorted(variables):
        name = variable.upper()
        if not name.startswith("OXREEL_") or name in settings or _NO_SETTINGS.fullmatch(name):
            continue
        close = get_close_matches(name, settings, n=1, cutoff=0.8)
        hint = f"; did you mean {close[0]}?" if close else "."
        found.append(f"{variable} is not a setting{hint}")
    return found

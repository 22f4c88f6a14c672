"""From settings to a hub: the one place that chooses implementations and makes the first user."""

import os
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOS

from oxreel import accounts, ledger
from oxreel.catalogue import Catalogue, check_dollars, check_prices
from oxreel.db import Database, Pool, api_keys, take_write_lock
from oxreel.engines.fal import prices as fal_prices
from oxreel.engines.registry import BUILT_IN, Registry
from oxreel.errors import Unavailable, WrongSetting
from oxreel.generations.jobs import SCHEMA, Jobs
from oxreel.generations.permission import NO_ENGINES
from oxreel.generations.routes import Routes
from oxreel.generations.studio import Studio
from oxreel.log import Log, conceal
from oxreel.migrations import migrate
from oxreel.samples import install_samples
from oxreel.settings import Settings, unknown
from oxreel.storage import Objects, Signer, load_secret
from oxreel.units import micro_usd

log = Log(__name__)

#: Characters below which a chosen key can be guessed.
_SHORTEST_KEY = 8


@dataclass(frozen=True)
class Hub(Studio):
    """A hub in working order: the studio, ready for requests."""

    def close(self) -> None:
        """Let go of the database."""
        self.jobs.close()
        self.database.close()


def open_hub(settings: Settings, *, first_user: bool = True) -> Hub:
    """The hub that the settings describe, its database at the newest schema and its first user made, where wanted.

    Raises WrongSetting for settings that it cannot work with.
    """
    for said in unknown(os.environ):
        log.warning("setting_unknown", problem=said)
    catalogue, engines, routes = _chosen(settings)
    conceal(settings.api_key.get_secret_value(), settings.metrics_token.get_secret_value())
    conceal(settings.fal_key.get_secret_value(), settings.video_server_key.get_secret_value())
    _make_private_folder(settings.data_dir)
    database = Database(
        settings.sqlalchemy_url,
        Pool(
            settings.database_pool,
            settings.database_overflow,
            settings.database_wait_seconds,
            settings.database_statement_seconds,
        ),
    )
    try:
        migrate(database)
        DBOS.migrate(database.url, schema=SCHEMA)
    except (Unavailable, sa.exc.OperationalError) as error:
        if database.is_sqlite:
            raise
        raise WrongSetting(_unreachable(settings.sqlalchemy_url, error)) from error
    objects = Objects.open(settings.objects_url, settings.storage_public_endpoint)
    objects.check()
    with database.transaction() as tx:
        secret = load_secret(tx, "signed-urls")
        if first_user:
            _make_first_user(tx, settings)
        install_samples(tx, objects)
    return Hub(
        settings=settings,
        database=database,
        catalogue=catalogue,
        objects=objects,
        engines=engines,
        routes=routes,
        jobs=Jobs(database),
        signer=Signer(secret),
    )


def check_settings(settings: Settings) -> None:
    """Nothing where a hub can work with these settings; makes and opens nothing. Raises WrongSetting."""
    _chosen(settings)


def _chosen(settings: Settings) -> tuple[Catalogue, Registry, Routes]:
    """What films what, as the settings say. Raises WrongSetting before anything is made."""
    catalogue, engines = Catalogue(), Registry(settings)
    routes = Routes(settings, catalogue, engines)
    _check(settings, catalogue, engines)
    routes.check()
    return catalogue, engines, routes


def _check(settings: Settings, catalogue: Catalogue, engines: Registry) -> None:
    if settings.video_server_model and not settings.video_server_url:
        raise WrongSetting("OXREEL_VIDEO_SERVER_MODEL is set, but not OXREEL_VIDEO_SERVER_URL, the server's address.")
    if settings.video_server_url or "diffusers" in engines.names:
        engines.get("diffusers")  # which knows whether it can work with its checkpoints, or what the server runs
    for variable, named in (("OXREEL_ENGINE", (settings.engine,)), ("OXREEL_ENGINES", settings.engines)):
        for name in named:
            if name not in engines.names:
                there_are = ", ".join(sorted(BUILT_IN))
                raise WrongSetting(f"{variable}: there is no engine '{name}'; OxReel has {there_are}.")
    allowed = () if settings.request_engines == NO_ENGINES else settings.request_engines
    for variable, named in (("OXREEL_ENGINE_QUEUES", (*settings.engine_queues,)), ("OXREEL_REQUEST_ENGINES", allowed)):
        for name in named:
            if name not in engines.names:
                there_are = ", ".join(engines.names)
                raise WrongSetting(f"{variable}: there is no engine '{name}'; this hub has {there_are}.")
    queues = {*settings.engine_queues.values(), *(entry.queue for entry in BUILT_IN.values())}
    for name in settings.queues:
        if name not in queues:
            raise WrongSetting(
                f"OXREEL_QUEUES (--queues): there is no queue '{name}'; there are {', '.join(sorted(queues))}, and "
                "those that OXREEL_ENGINE_QUEUES names."
            )
    for name in settings.model_film_slots:
        if name != "*" and name not in {model.id for model in catalogue.all()}:
            raise WrongSetting(f"OXREEL_MODEL_FILM_SLOTS: there is no model '{name}'; `oxreel models` lists all.")
    check_prices(catalogue.all(), settings)
    fal_prices.check_prices(settings)
    check_dollars("OXREEL_INITIAL_CREDITS", settings.initial_credits)


def _unreachable(address: str, error: Exception) -> str:
    """What is wrong with a PostgreSQL, in a sentence without its password."""
    url = sa.make_url(address)
    found = error if isinstance(error, sa.exc.DBAPIError) else error.__cause__
    reason = str(getattr(found, "orig", None) or error).strip().splitlines()[0].strip()
    return (
        f"OXREEL_DATABASE_URL: the database '{url.database}' at {url.host or 'localhost'}:{url.port or 5432} cannot be "
        f"used ({reason}). Check that the server runs there, that the database exists, and the user and password."
    )


def _make_first_user(tx: sa.Connection, settings: Settings) -> None:
    """The first start's user, key and credits; nothing at a later start."""
    take_write_lock(tx)
    if tx.execute(sa.select(api_keys.c.id).limit(1)).first() is not None:
        return
    user = accounts.create_user(tx, settings.username)
    if settings.initial_credits:
        ledger.grant(tx, user.id, micro_usd(settings.initial_credits), "initial credits")
    _, key = accounts.create_key(tx, user.name, "first key", settings.api_key.get_secret_value() or None)
    if len(key) < _SHORTEST_KEY:
        log.warning("api_key_is_short", characters=len(key), better=f"{_SHORTEST_KEY} or more: OXREEL_API_KEY")
    _write_private(settings.key_file, key)
    log.info("first_key_written", file=str(settings.key_file.absolute()))


def _make_private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _write_private(path: Path, text: str) -> None:
    """Written whole or not at all, and never readable by others, not even for a moment."""
    partial = path.with_suffix(".part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
    partial.replace(path)

"""Where the pictures and videos of a request come from: the hub's own assets, or the network."""

from dataclasses import asdict
from pathlib import Path
from time import time

import sqlalchemy as sa

from oxreel import assets
from oxreel.assets import locate
from oxreel.catalogue import Parameters, ReferenceRequest
from oxreel.db import memberships
from oxreel.errors import BadReference, OxReelError
from oxreel.generations.generation import Generation
from oxreel.generations.studio import Studio
from oxreel.media.prepare import Source


def sources_of(studio: Studio, generation: Generation, parameters: Parameters, folder: Path) -> list[Source]:
    """Every reference as something to prepare; own assets are read from the store, never fetched.

    Raises BadReference for an own asset that is missing or that the generation's owner may not read.
    """
    requests = parameters.reference_requests()
    with studio.database.snapshot() as tx:
        readable = readable_by(tx, generation.user_id)
        found = [_own_asset(tx, studio, generation, request, readable) for request in requests]
    copies: dict[str, Path] = {}
    for key in found:
        if key is not None and key not in copies:
            copies[key] = folder / f"asset-{len(copies)}"
            studio.objects.copy_to(key, copies[key])
    limits = parameters.video_limits()
    of_video = asdict(limits) if limits else {}
    return [
        Source(
            name=request.name,
            field=request.field,
            kind=request.kind,
            url=None if key else request.url,
            file=copies[key] if key else None,
            keep_alpha=request.name.startswith("Element"),
            **of_video,
        )
        for request, key in zip(requests, found, strict=True)
    ]


def own_asset(
    tx: sa.Connection, studio: Studio, own_host: str, url: str, readable: frozenset[int]
) -> assets.Asset | None:
    """The asset of this hub that a URL means; None for any other URL. Raises NotFound or Forbidden."""
    address = locate(url, studio.settings.host_aliases, own_hosts(studio, own_host))
    if address is None:
        return None
    if address.signature:
        studio.signer.verify(address.url_path, dict(address.signature), int(time()))
    assets.check_branch(address.branch)
    # A signature that fits opens what it signs to anyone.
    opened = None if address.signature else readable
    repository = assets.find_repository(tx, address.namespace, address.repository, opened)
    return assets.find_asset(tx, repository.id, address.path)


def own_hosts(studio: Studio, own_host: str) -> set[str]:
    """The host names, with port, that mean this hub."""
    settings = studio.settings
    public = settings.public_url.partition("://")[2].partition("/")[0]
    local = {f"{name}:{settings.port}" for name in (settings.host, "127.0.0.1", "localhost", "[::1]")}
    return {host for host in (own_host, public, *local) if host}


def _own_asset(
    tx: sa.Connection, studio: Studio, generation: Generation, request: ReferenceRequest, readable: frozenset[int]
) -> str | None:
    try:
        asset = own_asset(tx, studio, generation.own_host, request.url, readable)
    except OxReelError as error:
        raise BadReference(f"{request.field}: {error.message}") from None
    return None if asset is None else asset.object_key


def readable_by(tx: sa.Connection, user_id: int) -> frozenset[int]:
    """Ids of the namespaces whose private assets a user may use."""
    mine = sa.select(memberships.c.organization_id).where(memberships.c.user_id == user_id)
    return frozenset({user_id, *tx.execute(mine).scalars()})

"""The message to the URL that a request named: when its generation ends, in the transaction that ends it."""

from functools import partial
from typing import Any

import sqlalchemy as sa

from oxreel import events, webhooks
from oxreel.generations.generation import Generation
from oxreel.generations.result_url import with_result_url
from oxreel.generations.studio import Studio
from oxreel.network.connection import Reach
from oxreel.settings import Settings

#: The field of a request; rows show it as they show every parameter that was submitted.
FIELD = "webhook_url"
#: What is told of each way to end. A stream of events tells no cancellation, and so has no name for it.
_TYPES = {events.COMPLETED: events.COMPLETED, events.ENDED: "media_generation_cancelled"}


def check_webhook(settings: Settings, url: str | None) -> None:
    """Nothing for a URL that may be sent to, or none. Raises InvalidParams."""
    if url is not None:
        webhooks.check_address(FIELD, url, _reach(settings))


def tell(tx: sa.Connection, kind: str, generation: Generation, data: dict[str, Any]) -> None:
    """Have the generation's end told to the URL that its request named, where it named one."""
    url = generation.parameters.get(FIELD)
    if kind not in _TYPES or not isinstance(url, str):
        return
    message = webhooks.Message(
        namespace_id=generation.namespace_id,
        generation_id=generation.id,
        type=_TYPES[kind],
        url=url,
        base_url=f"http://{generation.own_host}",
        data={"media_type": generation.media_type, "model": generation.model, **data},
    )
    webhooks.add(tx, message)


def shown(studio: Studio, delivery: webhooks.Delivery) -> dict[str, Any]:
    """The data of a message as its receiver gets it.

    Its URL is signed anew by each attempt: a message that comes late is not to bring one that has expired.
    """
    settings = studio.settings
    address = settings.public_url.rstrip("/") or delivery.base_url
    data = {"generation_id": delivery.generation_id, **delivery.data}
    return with_result_url(data, studio.signer, settings.url_hours, address)


def sender(studio: Studio) -> webhooks.Sender:
    """What sends the messages of a hub."""
    settings = studio.settings
    return webhooks.Sender(studio.database, _reach(settings), settings.webhook_slots, partial(shown, studio))


def _reach(settings: Settings) -> Reach:
    return Reach(settings.webhook_allow_hosts, settings.webhook_seconds)

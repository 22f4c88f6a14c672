"""Messages to the URLs that requests name: written with what they tell, signed, sent until they are taken."""

from oxreel.webhooks.address import check_address
from oxreel.webhooks.delivery import STATUSES, Delivery, DeliveryStatus, Message, add, prune
from oxreel.webhooks.listing import Attempt, Wanted, attempts, find, page, replay
from oxreel.webhooks.secret import Secret, current, read_secrets, rotate
from oxreel.webhooks.sender import Sender

__all__ = [
    "STATUSES",
    "Attempt",
    "Delivery",
    "DeliveryStatus",
    "Message",
    "Secret",
    "Sender",
    "Wanted",
    "add",
    "attempts",
    "check_address",
    "current",
    "find",
    "page",
    "prune",
    "read_secrets",
    "replay",
    "rotate",
]

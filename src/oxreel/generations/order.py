"""The order: a request body taken apart into the hub's own fields and the model's parameters."""

from dataclasses import dataclass
from typing import Any

from oxreel.catalogue import COMMON_FIELDS, QueueRequest, common_request


@dataclass(frozen=True)
class Order:
    """What a client asked for. The hub's fields are checked, the model's parameters are not yet."""

    common: QueueRequest
    #: The whole body, as it was sent.
    submitted: dict[str, Any]

    @property
    def parameters(self) -> dict[str, Any]:
        """The fields that are not the hub's own, for the model to judge."""
        return {name: value for name, value in self.submitted.items() if name not in COMMON_FIELDS}


def read_order(body: dict[str, Any]) -> Order:
    """The order in a request body. Raises InvalidParams for a mistake in the hub's own fields."""
    return Order(common_request(body), body)

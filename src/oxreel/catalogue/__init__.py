"""What can be generated: models with their parameters, limits, prices and shapes."""

from oxreel.catalogue.canvas import Size, Tier
from oxreel.catalogue.favorites import add_favorite, favorite_ids, remove_favorite
from oxreel.catalogue.mentions import mentions
from oxreel.catalogue.model import (
    Model,
    Parameters,
    Price,
    ReferenceRequest,
    ShapeSource,
    ShotRequest,
    VideoLimits,
)
from oxreel.catalogue.pricing import check_dollars, check_prices, price, quote
from oxreel.catalogue.problems import check
from oxreel.catalogue.request import COMMON_FIELDS, CommonRequest, QueueRequest, common_request
from oxreel.catalogue.schema import EXAMPLE_NAMES, examples, object_schema, request_schema
from oxreel.catalogue.shelf import Catalogue

__all__ = [
    "COMMON_FIELDS",
    "EXAMPLE_NAMES",
    "Catalogue",
    "CommonRequest",
    "Model",
    "Parameters",
    "Price",
    "QueueRequest",
    "ReferenceRequest",
    "ShapeSource",
    "ShotRequest",
    "Size",
    "Tier",
    "VideoLimits",
    "add_favorite",
    "check",
    "check_dollars",
    "check_prices",
    "common_request",
    "examples",
    "favorite_ids",
    "mentions",
    "object_schema",
    "price",
    "quote",
    "remove_favorite",
    "request_schema",
]

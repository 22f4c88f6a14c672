"""Prices: what a second of finished video costs, and a whole request."""

from collections.abc import Iterable

from oxreel.catalogue.model import Model, Parameters, Price
from oxreel.settings import Settings
from oxreel.units import MicroUSD, micro_usd


def price(model: Model, settings: Settings) -> Price:
    """The model's price on this hub: the operator's where there is one, else the published one."""
    own = settings.prices.get(model.id)
    if own is None and model.published_price is not None:
        return Price(model.published_price, model.published_price, published=True)
    # S3: sound is not charged; the same holds for prices of the operator's.
    per_second = micro_usd(settings.unpublished_price if own is None else own)
    return Price(per_second, per_second, published=False)


def quote(model: Model, params: Parameters, seconds: int | None, settings: Settings) -> MicroUSD:
    """What a video of so many seconds costs.

    None means as many as the request can come to: where a source video sets the length, that is what to
    hold until the video was read; the rest is given back at the end.
    """
    rates = price(model, settings)
    rate = rates.per_second_with_audio if params.wants_audio else rates.per_second
    return MicroUSD(rate * (params.seconds() if seconds is None else seconds))


def check_prices(models: Iterable[Model], settings: Settings) -> None:
    """Nothing, where the operator's prices can be charged. Raises ValueError, naming the one that cannot."""
    known = {model.id for model in models}
    for name, dollars in {**settings.prices, "OXREEL_UNPUBLISHED_PRICE": settings.unpublished_price}.items():
        if name in settings.prices and name not in known:
            raise ValueError(f"OXREEL_PRICES names the model {name!r}, which this hub does not have")
        if dollars < 0:
            raise ValueError(f"the price {dollars} of {name} is negative")
        micro_usd(dollars)

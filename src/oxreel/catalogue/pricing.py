"""Prices: what a second of finished video costs, and a whole request."""

from collections.abc import Iterable
from decimal import Decimal

from oxreel.catalogue.model import Model, Parameters, Price
from oxreel.errors import WrongSetting
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
    """Nothing, where the operator's prices can be charged. Raises WrongSetting, naming the one that cannot."""
    known = sorted(model.id for model in models)
    for name in settings.prices:
        if name not in known:
            raise WrongSetting(
                f"OXREEL_PRICES names the model '{name}', which this hub does not have; it has {', '.join(known)}."
            )
    named = [(f"OXREEL_PRICES of {name}", dollars) for name, dollars in settings.prices.items()]
    for what, dollars in (*named, ("OXREEL_UNPUBLISHED_PRICE", settings.unpublished_price)):
        if dollars < 0:
            raise WrongSetting(f"{what}: {dollars} is negative; a price is 0 or more US dollars a second.")
        check_dollars(what, dollars)


def check_dollars(what: str, dollars: Decimal) -> None:
    """Nothing, where the hub can count the amount. Raises WrongSetting, which begins with `what`."""
    try:
        micro_usd(dollars)
    except ValueError:
        raise WrongSetting(
            f"{what}: {dollars:f} is finer than a millionth of a dollar; six decimals are the most."
        ) from None

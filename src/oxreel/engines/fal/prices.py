"""What a film at fal costs the operator: what fal bills, by the prices that the operator has written down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from oxreel.catalogue import check_dollars
from oxreel.engines.fal.endpoints import ENDPOINTS
from oxreel.engines.fal.exchange import Exchange, NeverLeft, NoAnswer
from oxreel.errors import FilmingFailed, WrongSetting
from oxreel.settings import Settings

#: What follows an endpoint's name in the key of its price with sound.
AUDIO = "+audio"
#: Endpoints that one question to fal may name.
_MOST_NAMES = 50


@dataclass(frozen=True)
class Published:
    """A price as fal tells it."""

    endpoint: str
    dollars: Decimal
    #: What is counted: "seconds".
    unit: str


def check_prices(settings: Settings) -> None:
    """Nothing, where each price is that of an endpoint. Raises WrongSetting, naming the one that is not."""
    for name, dollars in settings.fal_prices.items():
        if name.removesuffix(AUDIO) not in ENDPOINTS:
            raise WrongSetting(
                f"OXREEL_FAL_PRICES names '{name}', which is none of fal's endpoints that OxReel knows; it is ENDPOINT "
                f"or ENDPOINT{AUDIO} for {', '.join(sorted(ENDPOINTS))}."
            )
        check_dollars(f"OXREEL_FAL_PRICES of {name}", dollars)


def per_second(settings: Settings, endpoint: str, *, audio: bool) -> int | None:
    """Micro-dollars of a second, None where the operator has written down none."""
    with_audio = settings.fal_prices.get(endpoint + AUDIO) if audio else None
    dollars = settings.fal_prices.get(endpoint) if with_audio is None else with_audio
    return None if dollars is None else int(dollars * 1_000_000)


def cost(rate: int | None, seconds: float, headers: Mapping[str, str]) -> int | None:
    """Micro-dollars of a film: of the units that fal bills, which are seconds, or else of its length."""
    if rate is None:
        return None
    try:
        units = Decimal(headers.get("x-fal-billable-units", ""))
    except InvalidOperation:
        units = Decimal(str(seconds))
    if not units.is_finite() or units < 0:
        units = Decimal(str(seconds))
    return int(units * rate)


def published(settings: Settings, endpoints: Iterable[str]) -> list[Published]:
    """What fal itself says that these endpoints cost. Raises FilmingFailed where it does not answer."""
    names = sorted(endpoints)[:_MOST_NAMES]
    exchange = Exchange(settings.fal_pricing_url, settings.fal_key.get_secret_value(), settings.fal_seconds)
    try:
        answer = exchange.send("GET", f"{exchange.url}?endpoint_id={','.join(names)}")
    except (NeverLeft, NoAnswer) as error:
        raise FilmingFailed(f"fal does not tell its prices ({error}).") from error
    found = (answer.said or {}).get("prices")
    if answer.status != 200 or not isinstance(found, list):
        raise FilmingFailed(f"fal does not tell its prices (status {answer.status}).")
    return [
        Published(str(one.get("endpoint_id")), Decimal(str(one.get("unit_price"))), str(one.get("unit")))
        for one in found
        if isinstance(one, dict)
    ]

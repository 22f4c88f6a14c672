"""What a film at fal costs the operator: what fal bills, by the prices that the operator has written down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from oxreel.engines.fal.exchange import Exchange, NeverLeft, NoAnswer
from oxreel.errors import FilmingFailed
from oxreel.settings import Settings

#: Endpoints that one question to fal may name.
_MOST_NAMES = 50


@dataclass(frozen=True)
class Published:
    """A price as fal tells it."""

    endpoint: str
    dollars: Decimal
    #: What is counted: "seconds".
    unit: str


def per_second(settings: Settings, endpoint: str, *, audio: bool) -> int | None:
    """Micro-dollars of a second, None where the operator has written down none."""
    with_audio = settings.fal_prices.get(f"{endpoint}+audio") if audio else None
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

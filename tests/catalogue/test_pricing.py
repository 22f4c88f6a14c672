"""Prices: the published ones, the operator's, and what a request comes to."""

from decimal import Decimal

import pytest

from oxreel.catalogue import Catalogue, check, check_prices, price, quote
from oxreel.settings import Settings

CATALOGUE = Catalogue()
PUBLISHED = {
    "kling-video-o3-pro-image-to-video": 224_000,
    "kling-video-o3-pro-reference-to-video": 224_000,
    "kling-video-v2-6-pro-text-to-video": 70_000,
    "kling-video-v2-6-pro-image-to-video": 70_000,
    "kling-video-o3-pro-video-to-video-edit": 336_000,
    "kling-video-v3-pro-motion-control": 168_000,
}


def test_published_prices_are_those_of_the_documents_and_the_rest_is_marked() -> None:
    prices = {model.id: price(model, Settings()) for model in CATALOGUE.all()}
    assert {name: one.per_second for name, one in prices.items() if one.published} == PUBLISHED
    unpublished = [one for one in prices.values() if not one.published]
    assert [one.per_second for one in unpublished] == [224_000] * 10


def test_sound_costs_nothing_more() -> None:
    model = CATALOGUE.find("kling-video-o3-pro-reference-to-video")
    silent, loud = (check(model, {"prompt": "a", "generate_audio": audio}) for audio in (False, True))
    assert quote(model, loud, None, Settings()) == quote(model, silent, None, Settings()) == 1_120_000


def test_the_operators_price_replaces_any_other_and_is_not_called_published() -> None:
    settings = Settings(prices={"kling-video-o3-pro-image-to-video": Decimal("0.1")}, unpublished_price=Decimal("0.3"))
    own = price(CATALOGUE.find("kling-video-o3-pro-image-to-video"), settings)
    assert (own.per_second, own.published) == (100_000, False)
    assert price(CATALOGUE.find("kling-video-o3-omni"), settings).per_second == 300_000


def test_a_source_video_is_held_for_at_its_longest_and_charged_for_at_its_own_length() -> None:
    model = CATALOGUE.find("kling-video-o3-pro-video-to-video-edit")
    params = check(model, {"prompt": "a", "input_video": "https://example.com/v.mp4"})
    assert quote(model, params, None, Settings()) == 15 * 336_000
    assert quote(model, params, params.seconds(5.042), Settings()) == 5 * 336_000


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (Settings(prices={"kling-video-o9": Decimal(1)}), "kling-video-o9"),
        (Settings(prices={"kling-video-o3-omni": Decimal(-1)}), "negative"),
        (Settings(prices={"kling-video-o3-omni": Decimal("0.0000001")}), "millionth"),
    ],
)
def test_prices_that_cannot_be_charged_are_refused_at_the_start(settings: Settings, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_prices(CATALOGUE.all(), settings)
    check_prices(CATALOGUE.all(), Settings())

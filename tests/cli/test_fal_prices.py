"""`oxreel fal-prices`, against a server that speaks as fal does."""

import json

import pytest
from typer.testing import CliRunner

from oxreel.cli.main import app
from support.fal import FakeFal

NAME = "fal-ai/kling-video/o3/pro/text-to-video"


@pytest.mark.parametrize(("own", "code"), [("0.224", 0), ("0.3", 1)])
def test_the_operators_prices_stand_beside_those_of_fal(monkeypatch: pytest.MonkeyPatch, own: str, code: int) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with FakeFal() as fal:
        fal.prices = {NAME: 0.224}
        for name, value in {**fal.variables, "OXREEL_FAL_PRICES": json.dumps({NAME: float(own)})}.items():
            monkeypatch.setenv(name, value)
        shown = CliRunner().invoke(app, ["fal-prices"])
    assert shown.exit_code == code, shown.output
    [line] = [line for line in shown.output.splitlines() if NAME in line]
    assert f"{own} per second" in line
    assert "0.224 per second" in line
    assert line.rstrip().endswith("differs") == bool(code)


def test_a_price_with_sound_is_shown_and_one_of_an_endpoint_that_is_not_there_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with FakeFal() as fal:
        fal.prices = {NAME: 0.224}
        for name, value in {**fal.variables, "OXREEL_FAL_PRICES": json.dumps({f"{NAME}+audio": 0.28})}.items():
            monkeypatch.setenv(name, value)
        shown = CliRunner().invoke(app, ["fal-prices"])
        monkeypatch.setenv("OXREEL_FAL_PRICES", json.dumps({f"{NAME}s": 0.28}))
        refused = CliRunner().invoke(app, ["fal-prices"])
    assert shown.exit_code == 0, shown.output
    [line] = [line for line in shown.output.splitlines() if f"{NAME}+audio" in line]
    assert "0.28 per second" in line
    assert refused.exit_code != 0
    assert f"OXREEL_FAL_PRICES names '{NAME}s'" in refused.output


def test_without_a_key_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OXREEL_FAL_KEY", raising=False)
    shown = CliRunner().invoke(app, ["fal-prices"])
    assert shown.exit_code != 0
    assert "OXREEL_FAL_KEY" in shown.output

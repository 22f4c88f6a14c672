"""Routes: which engine films what, and which settings the hub does not start with."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from engines.still import STILL
from oxreel.bootstrap import open_hub
from oxreel.catalogue import Catalogue
from oxreel.engines import registry
from oxreel.engines.registry import Registry
from oxreel.engines.route import Route
from oxreel.errors import WrongSetting
from oxreel.generations.routes import Routes
from oxreel.settings import Settings

OMNI, TEXT, EDIT = "kling-video-o3-omni", "kling-video-o3-pro-text-to-video", "kling-video-o1-video-to-video-edit"


def routes_of(**settings: Any) -> Routes:
    """The routes of a hub that has a second engine."""
    chosen = Settings(**settings)
    return Routes(chosen, Catalogue(), Registry(chosen))


@pytest.fixture(autouse=True)
def _second_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BUILT_IN, "still", STILL)


def test_the_closest_route_counts() -> None:
    routes = routes_of(
        engine="animatic",
        routes={OMNI: "still", f"{OMNI}/4k": "animatic", "*/4k": "still:small", "*": "animatic"},
    )
    omni, text, large = map(Catalogue().find, (OMNI, TEXT, "kling-video-o3-4k-text-to-video"))
    assert routes.by_tier(omni) == {"720p": "still", "1080p": "still", "4k": "animatic"}
    assert routes.by_tier(text) == {"1080p": "animatic"}
    assert routes.route(large, "4k") == Route("still", "small")


def test_without_routes_the_hubs_engine_films() -> None:
    routes = routes_of(engine="still", routes={OMNI: "animatic"})
    assert routes.by_tier(Catalogue().find(TEXT)) == {"1080p": "still"}


def test_parameters_that_cannot_be_read_take_the_route_of_the_model() -> None:
    routes = routes_of(routes={f"{OMNI}/4k": "still", f"{TEXT}/1080p": "still"})
    omni, text = map(Catalogue().find, (OMNI, TEXT))
    assert routes.route(omni, omni.tier_of(None)).engine == "animatic"
    # A model of one tier has it whatever was sent.
    assert routes.route(text, text.tier_of(None)).engine == "still"


def test_a_named_engine_calls_the_model_as_the_closest_route_to_it_says() -> None:
    routes = routes_of(routes={TEXT: "animatic", "*": "still:small"})
    text = Catalogue().find(TEXT)
    assert routes.route(text, "1080p") == Route("animatic")
    assert routes.route(text, "1080p", "still") == Route("still", "small")
    assert routes.route(text, "1080p", "fal") == Route("fal")


def test_engines_that_routes_name_are_offered_and_those_that_can_film_a_model_are_known() -> None:
    routes = routes_of(routes={TEXT: "still:small"})
    assert routes.engines(Catalogue().find(TEXT)) == ["animatic", "still"]
    assert routes.engines(Catalogue().find(EDIT)) == ["animatic"]


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ({"kling-video-o9": "animatic"}, "no model 'kling-video-o9'"),
        ({f"{OMNI}/8k": "animatic"}, f"'{OMNI}/8k' names no tier of that model; there is 720p, 1080p, 4k"),
        ({f"{TEXT}/4k": "animatic"}, "there is 1080p"),
        ({"*/8k": "animatic"}, "names no tier of any model"),
        ({"*": "film"}, "no engine 'film'"),
        ({"*": "animatic:better"}, "knows no 'better'"),
        ({TEXT: "still:large"}, f"still cannot film '{TEXT}'. There is no 'large' here."),
        ({EDIT: "still"}, f"still cannot film '{EDIT}'. This engine changes no videos."),
    ],
)
def test_a_hub_does_not_start_with_a_route_that_leads_nowhere(
    tmp_path: Path, routes: dict[str, str], words: str
) -> None:
    with pytest.raises(WrongSetting, match=r"^OXREEL_ROUTES: ") as refused:
        open_hub(Settings(data_dir=tmp_path / "data", routes=routes))
    assert words in str(refused.value)
    assert not (tmp_path / "data").exists()


def test_a_route_for_all_may_be_one_that_some_models_cannot_take() -> None:
    routes_of(routes={"*": "still", EDIT: "animatic", f"{OMNI}/720p": "still"}).check()


def test_the_routes_of_the_documents_are_taken() -> None:
    page = (Path(__file__).parents[2] / "docs" / "engines.md").read_text(encoding="utf-8")
    [written] = re.findall(r"```json\n(\{.*?\})\n```", page.partition("## Routes")[2].partition("\n## ")[0], re.DOTALL)
    routes = routes_of(routes=json.loads(written))
    routes.check()
    assert routes.by_tier(Catalogue().find(OMNI)) == {"720p": "diffusers", "1080p": "fal", "4k": "fal"}

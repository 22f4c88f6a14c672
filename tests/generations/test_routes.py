"""Routes: which engine films what, and which settings the hub does not start with."""

from pathlib import Path
from typing import Any

import pytest

from oxreel.bootstrap import open_hub
from oxreel.catalogue import Catalogue
from oxreel.engines import registry
from oxreel.engines.animatic import AnimaticEngine
from oxreel.engines.registry import Entry, Registry
from oxreel.engines.route import Route
from oxreel.errors import InvalidParams, WrongSetting
from oxreel.generations.routes import Routes
from oxreel.settings import Settings
from oxreel.storyboard import Storyboard

OMNI, TEXT, EDIT = "kling-video-o3-omni", "kling-video-o3-pro-text-to-video", "kling-video-o1-video-to-video-edit"


class Silent(AnimaticEngine):
    """An engine that knows one model by a name of its own and changes no videos."""

    name = "silent"

    def check(self, storyboard: Storyboard) -> None:
        if storyboard.route not in ("", "small"):
            raise InvalidParams(f"There is no '{storyboard.route}' here.")
        if storyboard.video is not None:
            raise InvalidParams("This engine changes no videos.")


def routes_of(**settings: Any) -> Routes:
    """The routes of a hub that has a second engine."""
    chosen = Settings(**settings)
    return Routes(chosen, Catalogue(), Registry(chosen))


@pytest.fixture(autouse=True)
def _second_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BUILT_IN, "silent", Entry(lambda _: Silent(), "gpu", "device"))


def test_the_closest_route_counts() -> None:
    routes = routes_of(
        engine="animatic",
        routes={OMNI: "silent", f"{OMNI}/4k": "animatic", "*/4k": "silent:small", "*": "animatic"},
    )
    omni, text, large = map(Catalogue().find, (OMNI, TEXT, "kling-video-o3-4k-text-to-video"))
    assert routes.by_tier(omni) == {"720p": "silent", "1080p": "silent", "4k": "animatic"}
    assert routes.by_tier(text) == {"1080p": "animatic"}
    assert routes.route(large, "4k") == Route("silent", "small")


def test_without_routes_the_hubs_engine_films() -> None:
    routes = routes_of(engine="silent", routes={OMNI: "animatic"})
    assert routes.by_tier(Catalogue().find(TEXT)) == {"1080p": "silent"}


def test_parameters_that_cannot_be_read_take_the_route_of_the_model() -> None:
    routes = routes_of(routes={f"{OMNI}/4k": "silent", f"{TEXT}/1080p": "silent"})
    omni, text = map(Catalogue().find, (OMNI, TEXT))
    assert routes.route(omni, omni.tier_of(None)).engine == "animatic"
    # A model of one tier has it whatever was sent.
    assert routes.route(text, text.tier_of(None)).engine == "silent"


def test_a_named_engine_calls_the_model_as_the_closest_route_to_it_says() -> None:
    routes = routes_of(routes={TEXT: "animatic", "*": "silent:small"})
    text = Catalogue().find(TEXT)
    assert routes.route(text, "1080p") == Route("animatic")
    assert routes.route(text, "1080p", "silent") == Route("silent", "small")
    assert routes.route(text, "1080p", "fal") == Route("fal")


def test_engines_that_routes_name_are_offered_and_those_that_can_film_a_model_are_known() -> None:
    routes = routes_of(routes={TEXT: "silent:small"})
    assert routes.engines(Catalogue().find(TEXT)) == ["animatic", "silent"]
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
        ({TEXT: "silent:large"}, f"silent cannot film '{TEXT}'. There is no 'large' here."),
        ({EDIT: "silent"}, f"silent cannot film '{EDIT}'. This engine changes no videos."),
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
    routes_of(routes={"*": "silent", EDIT: "animatic", f"{OMNI}/720p": "silent"}).check()

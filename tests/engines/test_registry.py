import pytest

from oxreel.engines.registry import Registry
from oxreel.errors import InvalidParams
from oxreel.settings import Settings


def test_an_engine_is_made_once_and_answers_by_its_name() -> None:
    registry = Registry()
    assert registry.get("animatic") is registry.get("animatic")
    assert registry.get("animatic").name == "animatic"


def test_an_engine_that_is_not_there_is_refused_naming_those_that_are() -> None:
    for ask in (Registry(Settings()).check, Registry(Settings()).get):
        with pytest.raises(InvalidParams, match="no engine 'diffusers' on this hub; it has animatic"):
            ask("diffusers")


def test_a_hub_offers_the_animatic_and_what_its_settings_name() -> None:
    assert Registry(Settings()).names == ["animatic"]
    assert Registry(Settings(engines=("fal",))).names == ["animatic", "fal"]
    assert Registry(Settings(engine="diffusers")).names == ["animatic", "diffusers"]
    assert Registry(Settings(engines=("fal",))).place("fal") == "worker"

"""Routes: which engine films a request that names none, as the settings say by model and tier."""

from functools import cached_property

from oxreel.catalogue import Catalogue, Model, Parameters, check, examples
from oxreel.engines.registry import BUILT_IN, Registry
from oxreel.engines.route import Route
from oxreel.errors import InvalidParams, WrongSetting
from oxreel.generations.draft import draft
from oxreel.settings import Settings

#: Stands for every model in a key of OXREEL_ROUTES.
_ANY = "*"


class Routes:
    """Where the models of a hub are filmed."""

    def __init__(self, settings: Settings, catalogue: Catalogue, engines: Registry) -> None:
        self._catalogue, self._engines = catalogue, engines
        self._chosen = {key: Route.read(text) for key, text in settings.routes.items()}
        self._default = Route(settings.engine)

    def route(self, model: Model, tier: str | None, engine: str | None = None) -> Route:
        """The route of a request to that model and tier, of `engine` alone where one is given.

        The closest that the settings name counts: model and tier, model, any model of that tier, any model.
        """
        keys = [model.id, _ANY] if tier is None else [f"{model.id}/{tier}", model.id, f"{_ANY}/{tier}", _ANY]
        found = (self._chosen[key] for key in keys if key in self._chosen)
        fallback = self._default if engine is None else Route(engine)
        return next((route for route in found if engine in (None, route.engine)), fallback)

    def by_tier(self, model: Model) -> dict[str, str]:
        """The engine that films a model, by its tiers."""
        return {tier: self.route(model, tier).engine for tier in model.tiers}

    def engines(self, model: Model) -> list[str]:
        """The engines of this hub that can film a model."""
        return self._able[model.id]

    def check(self) -> None:
        """Nothing where all routes lead somewhere. Raises WrongSetting."""
        for key, route in self._chosen.items():
            models, tier = self._meant(key)
            if route.engine not in self._engines.names:
                there_are = ", ".join(sorted(BUILT_IN))
                raise WrongSetting(
                    f"OXREEL_ROUTES: there is no engine '{route.engine}' ('{key}'); OxReel has {there_are}."
                )
            refusals = [self._refusal(model, tier, route) for model in models]
            if all(refusals):
                raise WrongSetting(f"OXREEL_ROUTES: {route.engine} cannot film '{key}'. {refusals[0]}")

    def _meant(self, key: str) -> tuple[list[Model], str | None]:
        """The models that a key of the setting means, and its tier. Raises WrongSetting."""
        name, parted, tier = key.partition("/")
        models = [model for model in self._catalogue.all() if name in (_ANY, model.id)]
        if not models:
            raise WrongSetting(
                f"OXREEL_ROUTES: there is no model '{name}'; `oxreel models` lists all, * stands for any."
            )
        if not parted:
            return models, None
        tiers = list(dict.fromkeys(tier for model in models for tier in model.tiers))
        if tier not in tiers:
            whose = "any model" if name == _ANY else "that model"
            raise WrongSetting(f"OXREEL_ROUTES: '{key}' names no tier of {whose}; there is {', '.join(tiers)}.")
        return [model for model in models if tier in model.tiers], tier

    @cached_property
    def _able(self) -> dict[str, list[str]]:
        # Settings do not change while a hub runs, so that each engine is asked once.
        return {
            model.id: [name for name in self._engines.names if self._films(model, name)]
            for model in self._catalogue.all()
        }

    def _films(self, model: Model, engine: str) -> bool:
        return any(not self._refusal(model, tier, self.route(model, tier, engine)) for tier in model.tiers)

    def _refusal(self, model: Model, tier: str | None, route: Route) -> str:
        """Why an engine can film none of the documents' examples of a model; empty where it can."""
        engine, refusal = self._engines.get(route.engine), ""
        for parameters in _samples(model, tier):
            try:
                engine.check(draft(model, parameters, route=route.name))
            except InvalidParams as error:
                refusal = refusal or error.message
            else:
                return ""
        return refusal


def _samples(model: Model, tier: str | None) -> list[Parameters]:
    """The documents' examples of a model, of that tier."""
    field = model.parameters.tier_field
    chosen = {field: tier} if field and tier else {}
    return [check(model, {**body, **chosen}) for body in examples(model).values()]

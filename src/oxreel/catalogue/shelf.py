"""The shelf: every model there is, found by name or by words."""

import importlib
import pkgutil
import re
from collections.abc import Iterable

from oxreel.catalogue import kling
from oxreel.catalogue.model import Model
from oxreel.errors import InvalidParams, NotFound

_LONGEST_NAME = 100


def discovered() -> list[Model]:
    """The MODEL of every module of the family packages."""
    modules = (
        importlib.import_module(f"{kling.__name__}.{found.name}") for found in pkgutil.iter_modules(kling.__path__)
    )
    return [module.MODEL for module in modules if hasattr(module, "MODEL")]


class Catalogue:
    """What can be generated."""

    def __init__(self, models: Iterable[Model] | None = None) -> None:
        entries = discovered() if models is None else models
        # Featured first, then by name: an order that stays when models are added.
        self._models = {model.id: model for model in sorted(entries, key=lambda one: (not one.featured, one.id))}

    def find(self, model_id: str) -> Model:
        """The model of that id. Raises NotFound, and InvalidParams where it is no text at all."""
        if not isinstance(model_id, str):
            raise InvalidParams("model: Input should be a valid string")
        if model := self._models.get(model_id):
            return model
        name = model_id[:_LONGEST_NAME].encode(errors="replace").decode()
        raise NotFound(f"Model not found: {name}")

    def all(self) -> list[Model]:
        """Every model, the featured ones first."""
        return list(self._models.values())

    def featured(self) -> list[Model]:
        """The models that the documents are about."""
        return [model for model in self.all() if model.featured]

    def search(self, text: str) -> list[Model]:
        """The models that have every word of the text, those that have them in their name first."""
        words = re.findall(r"\w+", text.lower())
        if not words:
            return self.all() if not text.strip() else []
        ranked = [(_rank(model, words), model) for model in self.all()]
        return [model for rank, model in sorted(ranked, key=lambda entry: entry[0]) if rank < _NOT_FOUND]


_NOT_FOUND = 3


def _rank(model: Model, words: list[str]) -> int:
    """0 the very name, 1 all words in the name, 2 all words somewhere."""
    names = [re.findall(r"\w+", name.lower()) for name in (model.id, model.display_name)]
    if words in names:
        return 0
    if any(all(any(part.startswith(word) for part in name) for word in words) for name in names):
        return 1
    everything = f"{model.id} {model.display_name} {model.summary} {model.description} {model.developer}".lower()
    return 2 if all(word in everything for word in words) else _NOT_FOUND

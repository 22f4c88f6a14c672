"""The lexicons: what words and Chinese characters say, read from their data files once."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from oxreel.engines.animatic.direction.phrases import English, Meaning, Phrases, read_chinese

#: Facets whose phrases are nouns, known in the plural as well.
_NOUNS = ("things", "places")


@dataclass(frozen=True)
class Lexicon:
    """Both languages together: their tokens cannot be mistaken for each other's."""

    #: What a prompt may ask for. A token belongs to one of these phrases only.
    main: Phrases
    #: What turns, strengthens, counts, joins and negates it. A token may belong to several.
    modifiers: Phrases
    #: What a negative prompt may say besides.
    avoid: Phrases
    #: Kinds of things that act by themselves.
    alive: frozenset[str]
    #: Words that a camera says, and a subject says too.
    unsure: frozenset[str]
    #: Things' plurals that are verbs after a subject, and actions that are nouns after an article.
    verbs: frozenset[str]
    nouns: frozenset[str]
    #: Words that are never told as having had no effect.
    stop: frozenset[str]
    plurals: frozenset[str]
    #: Traditional characters and what the lexicon writes for them.
    simplified: Mapping[str, str]
    #: Every kind of thing.
    things: tuple[str, ...]


@cache
def lexicon() -> Lexicon:
    """The lexicon that comes with the engine."""
    english, chinese = _data("english.json"), _data("chinese.json")
    reader = English(english["sets"], english["forms"])
    trees = {name: Phrases() for name in ("main", "modifiers", "avoid")}
    for name, tree in trees.items():
        for facet, kind, phrase in _phrases(english[name]):
            steps, opening = reader.read(phrase, plural=facet in _NOUNS)
            tree.add(steps, _meaning(facet, kind), opening)
        for facet, kind, phrase in _phrases(chinese[name]):
            steps, opening = read_chinese(phrase)
            tree.add(steps, _meaning(facet, kind), opening)
    return Lexicon(
        **trees,
        alive=frozenset(english["alive"].split()),
        unsure=frozenset(english["unsure"].split()),
        verbs=frozenset(english["verbs"].split()),
        nouns=frozenset(english["nouns"].split()),
        stop=frozenset(f"{english['stop']} {chinese['stop']}".split()),
        plurals=frozenset(reader.plurals),
        simplified=dict(zip(chinese["traditional"], chinese["simplified"], strict=True)),
        things=tuple(english["main"]["things"]),
    )


def _data(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return loaded


def _phrases(section: dict[str, dict[str, str | list[str]]]) -> Iterator[tuple[str, str, str]]:
    """(facet, key, phrase) of a section."""
    for facet, kinds in section.items():
        for key, written in kinds.items():
            for phrase in (written if isinstance(written, str) else ", ".join(written)).split(","):
                if phrase.strip():
                    yield facet, key, phrase.strip()


def _meaning(facet: str, key: str) -> Meaning:
    """What a key of the data says: "pan +1 left right", "snow 1.5", "dusk night"."""
    kinds, *rest = key.split(" ")
    if facet == "turning":
        return Meaning(facet, (kinds, *rest))
    value = float(rest[0]) if rest else 1.0
    return Meaning(facet, tuple(kinds.split("|")), value, tuple(rest[1:]) if len(rest) == 3 else ())

"""Direction: what the words of a prompt ask of the camera."""

import json
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from oxreel.engines.animatic.plan import FAST, GENTLE_PUSH, HOLD, SLOW, USUAL, Camera, Move


@dataclass(frozen=True)
class _Heard:
    """A phrase of the lexicon found in a prompt."""

    start: int
    end: int
    axis: str
    sign: int
    pace: float


def direction_of(prompt: str, negative_prompt: str = "") -> Camera:
    """The camera: what the prompt says, less what the negative prompt forbids; else a gentle push."""
    forbidden = _forbidden(negative_prompt)
    heard = [phrase for phrase in _heard(prompt) if phrase.axis not in forbidden]
    handheld = max((phrase.pace for phrase in heard if phrase.axis == "handheld"), default=0.0)
    phases: list[list[Move]] = []
    last_end = 0
    for phrase in heard:
        if phrase.axis == "handheld":
            continue
        if not phases or _says_then(prompt[last_end : phrase.start]):
            phases.append([])
        last_end = phrase.end
        if all(move.axis != phrase.axis for move in phases[-1]):
            phases[-1].append(Move(phrase.axis, phrase.sign, phrase.pace))  # type: ignore[arg-type]
    if phases:
        return Camera(tuple(_without_idle_hold(moves) for moves in phases), handheld)
    still = bool(handheld) or "zoom" in forbidden
    return replace(HOLD if still else GENTLE_PUSH, handheld=handheld)


def _without_idle_hold(moves: list[Move]) -> tuple[Move, ...]:
    """A phase that both moves and stays put moves."""
    moving = tuple(move for move in moves if move.axis != "hold")
    return moving or tuple(moves)


def _heard(prompt: str) -> list[_Heard]:
    """Every camera phrase of the prompt in order, overlapping ones once, those that are negated left out."""
    found: list[_Heard] = []
    for entry, pattern in _phrases():
        for match in pattern.finditer(prompt):
            before, after = _around(prompt, match.start(), match.end())
            unless = entry.get("unless")
            if unless and re.search(unless, before, re.IGNORECASE):
                continue
            if _words("not").search(" ".join(before.split()[-3:])):
                continue
            sign = _toward(entry, before, match.group(), after)
            if "back" in match.groupdict() and match.group("back") is not None:
                sign = -entry["sign"]
            pace = _pace(" ".join(before.split()[-4:]) + " " + match.group() + " " + " ".join(after.split()[:4]))
            found.append(_Heard(match.start(), match.end(), entry["axis"], sign, pace))
    found.sort(key=lambda phrase: (phrase.start, phrase.start - phrase.end))
    kept: list[_Heard] = []
    for phrase in found:
        if not kept or phrase.start >= kept[-1].end:
            kept.append(phrase)
    return kept


def _around(prompt: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a phrase in its own clause."""
    before = re.split(r"[,.;:!?\n，。；！？]", prompt[:start])[-1]
    after = re.split(r"[,.;:!?\n，。；！？]", prompt[end:])[0]
    return before, after


def _toward(entry: dict[str, Any], before: str, phrase: str, after: str) -> int:
    """The sign of a phrase: of the direction word within it or soon after it, else shortly before, else the usual."""
    sign: int = entry["sign"]
    if "toward" not in entry:
        return sign
    minus, plus = entry["toward"]
    later = f"{phrase} {' '.join(after.split()[:6])}"
    if re.search(r"\bfrom (the )?\w+ to ", later):
        later = later.split(" to ", 1)[1]
    earlier = " ".join(before.split()[-3:])
    for text, nearest in ((later, 0), (earlier, -1)):
        hits = sorted(
            (match.start(), way) for word, way in ((minus, -1), (plus, 1)) for match in _ways(word).finditer(text)
        )
        if hits:
            return hits[nearest][1]
    return sign


def _pace(text: str) -> float:
    text = _words("not_pace").sub(" ", text)
    if _words("slow").search(text):
        return SLOW
    return FAST if _words("fast").search(text) else USUAL


def _says_then(between: str) -> bool:
    return bool(_words("then").search(between))


def _forbidden(negative_prompt: str) -> set[str]:
    """Axes that a negative prompt rules out."""
    avoid: dict[str, str] = _lexicon()["avoid"]
    found = {axis for axis, phrase in avoid.items() if re.search(rf"\b(?:{phrase})\b", negative_prompt, re.IGNORECASE)}
    return set(avoid) if "*" in found else found


@cache
def _lexicon() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("lexicon.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _phrases() -> list[tuple[dict[str, Any], re.Pattern[str]]]:
    return [
        (entry, re.compile(rf"{edge}(?:{phrase}){edge}", re.IGNORECASE))
        for section, edge in (("moves", r"\b"), ("cjk", ""))
        for entry in _lexicon()[section]
        for phrase in entry["phrases"]
    ]


@cache
def _words(name: str) -> re.Pattern[str]:
    """Any of the lexicon's words of that name, whole words where the script has such."""
    words = sorted(_lexicon()[name], key=len, reverse=True)
    whole = [rf"\b{word}\b" if word.isascii() or "’" in word else word for word in words]
    return re.compile("|".join(whole), re.IGNORECASE)


@cache
def _ways(word: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b{re.escape(way)}\b" for way in _lexicon()["toward"][word]), re.IGNORECASE)

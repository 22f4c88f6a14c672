"""Tokens: a prompt as words and Chinese characters, with the clause and the sentence that each stands in."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

#: Chinese characters, and Japanese kana, which have no spaces between words either.
_HAN = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(
    r"(?<![0-9A-Za-z_.])@(?P<mention>(?:Image|Element|Video)[0-9]+)(?![0-9A-Za-z_])"
    rf"|(?P<han>[{_HAN}])"
    rf"|(?P<word>(?:(?![{_HAN}])[^\W_])+(?:['’](?:(?![{_HAN}])[^\W_])+)*)"
    r"|(?P<arrow>→|->|=>|➔|➡)"
    r"|(?P<and>&)"
    r"|(?P<end>[!?\n。！？]|\.(?![0-9A-Za-z])|…)"
    r"|(?P<clause>[,;:，；：、()（）\[\]|/—–]|\s-+\s)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"'s$")
#: Shows whether a text is Chinese.
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")

Kind = Literal["word", "han", "mention", "quote"]


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a Chinese character, a mentioned reference ("@") or a quotation that was set aside."""

    #: As the lexicons write it: lower case, without a possessive, simplified; the mark is "@" or '"'.
    text: str
    kind: Kind
    #: Where it stands in the prompt.
    start: int
    end: int
    clause: int
    sentence: int
    #: The character that parts it from the token before it, where there is one.
    parted: str = ""


def tokens_of(text: str, set_aside: Sequence[tuple[int, int]], simplified: Mapping[str, str]) -> list[Token]:
    """The tokens of a text; each span of `set_aside` (sorted) is one token."""
    found: list[Token] = []
    position = clause = sentence = 0
    parted = ""
    for start, end in [*set_aside, (len(text), len(text))]:
        for match in _TOKEN.finditer(text, position, start):
            kind = match.lastgroup or ""
            if kind in ("end", "clause"):
                clause += 1
                sentence += kind == "end"
                parted = match.group().strip()[:1] or "-"
                # Between two adverbs a comma parts nothing: "slowly, steadily moves in".
                if parted == "," and found and found[-1].text.endswith("ly") and _adverb_follows(text, match.end()):
                    clause -= 1
                continue
            found.append(Token(*_read(match, simplified), match.start(), match.end(), clause, sentence, parted))
            parted = ""
        if start < len(text) and end > start:
            found.append(Token('"', "quote", start, end, clause, sentence, parted))
            parted = ""
        position = end
    return found


def normal(word: str) -> str:
    """A word as tokens spell it."""
    return _POSSESSIVE.sub("", unicodedata.normalize("NFKC", word).lower().replace("’", "'"))


def _read(match: re.Match[str], simplified: Mapping[str, str]) -> tuple[str, Kind]:
    match match.lastgroup:
        case "mention":
            return "@", "mention"
        case "han":
            return simplified.get(match.group(), match.group()), "han"
        case "arrow":
            return "arrow", "word"
        case "and":
            return "and", "word"
        case _:
            return normal(match.group()), "word"


_ADVERB = re.compile(r"\s*[A-Za-z]{1,20}ly\b")


def _adverb_follows(text: str, position: int) -> bool:
    return _ADVERB.match(text, position) is not None

"""Three characters in a row: what prompts are looked up by, in any language and at any place in a word.

Each is one number of three code points, so that those which begin alike lie side by side in an index.
"""

from collections.abc import Iterable

#: Bits of a code point.
_BITS = 21
#: Of one word, and of one search: more would tell little more.
_MOST_OF_WORD, _MOST = 5, 15
#: Behind each text: so any two characters begin something of three.
_END = "\0\0"
#: From here on one character is a word.
_FIRST_CJK = "\u2e80"


def fold(text: str) -> str:
    """The same for any two texts that a database may take for the same but for their case."""
    # Lower case of the Turkish letters differs from database to database.
    return text.casefold().replace("\u0307", "").replace("\u0131", "i")


def pieces(text: str) -> set[str]:
    """All of a text, as characters."""
    whole = fold(text) + _END
    return {whole[start : start + 3] for start in range(len(whole) - 2)}


def number(three: str) -> int:
    """A gram as the database has it."""
    first, second, third = map(ord, three)
    return (first << 2 * _BITS) | (second << _BITS) | third


def wanted(words: Iterable[str]) -> list[tuple[int, int]]:
    """Ranges, with both ends, of which each text that holds all words has something of each.

    Not all that could be told: of a long word some, of very short ones nothing. [] where nothing can be told.
    """
    found: list[tuple[int, int]] = []
    for word in sorted({fold(one) for one in words}, key=len, reverse=True):
        found.extend(_of_word(word))
    return list(dict.fromkeys(found))[:_MOST]


def _of_word(word: str) -> list[tuple[int, int]]:
    if len(word) >= 3:
        last = len(word) - 3
        starts = {last * index // (_MOST_OF_WORD - 1) for index in range(_MOST_OF_WORD)}
        return [(number(word[start : start + 3]),) * 2 for start in sorted(starts)]
    if len(word) == 2 or word >= _FIRST_CJK:
        first = number(word.ljust(3, "\0"))
        return [(first, first + (1 << _BITS * (3 - len(word))) - 1)]
    return []

"""The text of a line as the synthesizer gets it: plain words, nothing that it could take for an instruction."""

import re
import unicodedata

from oxreel.engines.animatic.plan import Language, Line

#: Most characters of one line: more than anybody says in the longest shot.
_LONGEST = 400
#: Phoneme input of eSpeak, tags of SSML, entities: taken out whole.
_MARKUP = re.compile(r"\[\[.*?(?:\]\]|$)|<[^<>]*>|&#?\w{1,32};", re.DOTALL)
#: What may be spoken besides letters, marks, digits and spaces.
_PUNCTUATION = frozenset(".,;:!?'\"-()%&+=/$€£¥@#…—–’‘“”。，、；：！？《》（）「」·")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
#: What the names of letters begin with that the voices know.
_KNOWN = ("LATIN", "CJK", "FULLWIDTH LATIN", "MODIFIER", "FEMININE", "MASCULINE")
_PAUSE = re.compile(r"[.,;:!?…—。，、；：！？]+(?=.*\w)")

#: Words a minute at an ordinary pace, and what a line of them takes in seconds: for each letter or character, for each
#: pause within, for its ends (fitted to fourteen lines of eSpeak NG 1.52, within 0.4 s).
WORDS_A_MINUTE: dict[Language, int] = {"en": 168, "zh": 200}
_SECONDS: dict[Language, tuple[float, float, float]] = {"en": (0.060, 0.40, 0.16), "zh": (0.205, 0.09, 0.13)}


def plain(text: str) -> str:
    """The words of a line and their punctuation in one row, "" where nothing can be spoken."""
    text = _MARKUP.sub(" ", unicodedata.normalize("NFC", text[: 4 * _LONGEST]))
    kept = "".join(one if one in _PUNCTUATION or unicodedata.category(one)[0] in "LMN" else " " for one in text)
    words = " ".join(kept.split())
    if len(words) > _LONGEST:
        words = words[: _LONGEST + 1].rsplit(" ", 1)[0][:_LONGEST]
    return words if any(one.isalnum() for one in words) else ""


def language_of(line: Line) -> Language:
    """The language a line is spoken in: Mandarin wherever it has Chinese characters, which English voices spell out."""
    return "zh" if _HAN.search(line.text) else "en"


def in_another_script(line: Line) -> bool:
    """Whether it has letters that are neither Latin nor Chinese: no voice here was made for them."""
    return any(not unicodedata.name(one, "").startswith(_KNOWN) for one in plain(line.text) if one.isalpha())


def pronounced(line: Line) -> str:
    """The line for the synthesizer: as it is written, or in pinyin with tone numbers."""
    words = plain(line.text)
    if not words or language_of(line) == "en":
        return words
    # Loads half a second of dictionaries, for Mandarin only.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    # The synthesizer's own dictionary of characters knows fewer words: it reads 长大 with the wrong 长.
    syllables = lazy_pinyin(words, style=Style.TONE3, neutral_tone_with_five=True, tone_sandhi=True)
    return " ".join(" ".join(syllables).split())


def seconds_of(line: Line) -> float:
    """About how long the line takes at an ordinary pace; 0 where nothing can be spoken."""
    words = plain(line.text)
    if not words:
        return 0.0
    letter, pause, ends = _SECONDS[language_of(line)]
    return letter * sum(one.isalnum() for one in words) + pause * len(_PAUSE.findall(words)) + ends

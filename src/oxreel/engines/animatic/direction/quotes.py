"""Quotations: which of them are spoken, by whom, and which are words to be shown."""

import re
from dataclasses import dataclass, replace
from typing import Literal, cast

from oxreel.engines.animatic.direction.heard import Heard, Mark, between, hear
from oxreel.engines.animatic.direction.lexicon import Lexicon
from oxreel.engines.animatic.direction.subjects import Subject, subjects_of
from oxreel.engines.animatic.direction.tokens import HAN, tokens_of
from oxreel.engines.animatic.plan import Line, Words

#: Each way to quote. A single quotation mark opens outside a word only, and is no apostrophe.
_QUOTE = re.compile(
    r'"([^"]*)"|“([^“”]*)[”"]|„([^„“”]*)[“”]|«([^«»]*)»|「([^「」]*)」|『([^『』]*)』|《([^《》]*)》'
    r"|(?<!\w)‘([^‘’\n]{1,160}(?:’\w[^‘’\n]{0,160}){0,4})’(?!\w)|(?<!\w)'([^'\n]{2,160}(?:'\w[^'\n]{0,160}){0,4})'(?!\w)"
)
_SENTENCE_ENDS = re.compile(r"[.!?。！？…~～]\s*$")
#: Words within which a cue tells what a quotation is: before it and after it.
_BEFORE, _AFTER = 10, 5

Shown = Literal["title", "caption", "sign"]


@dataclass(frozen=True)
class Said:
    """What the quotations of a prompt are, and where those stand that are no ordinary words of it."""

    words: tuple[Words, ...] = ()
    lines: tuple[Line, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


def quotations(text: str, lexicon: Lexicon) -> tuple[Said, Heard]:
    """The quotations of a prompt, and the prompt as it is heard without them."""
    quoted = [
        (match.start(), match.end(), next(filter(None, match.groups()), "").strip()) for match in _QUOTE.finditer(text)
    ]
    quoted = [one for one in quoted if one[2]]
    spans = [(start, end) for start, end, _ in quoted]
    heard = hear(text, tokens_of(text, spans, lexicon.simplified), lexicon)
    subjects = subjects_of(heard, lexicon)
    words: list[Words] = []
    lines: list[Line] = []
    claimed: list[tuple[int, int]] = []
    places = [index for index, token in enumerate(heard.tokens) if token.kind == "quote"]
    before: Words | Line | None = None
    for number, (at, (start, end, said)) in enumerate(zip(places, quoted, strict=True)):
        bound = places[number - 1] if number else -1
        before = _read(heard, at, bound, said, before, subjects, lexicon)
        if before is not None:
            claimed.append((start, end))
            words += [before] if isinstance(before, Words) else []
            lines += [before] if isinstance(before, Line) else []
    if len(claimed) < len(quoted):
        # The others are words of the prompt like any: "golden hour" light.
        fresh = hear(text, tokens_of(text, claimed, lexicon.simplified), lexicon)
        fresh.used.update(_same_tokens(heard, fresh))
        heard = fresh
    return Said(tuple(words), tuple(lines), tuple(claimed)), heard


def _same_tokens(heard: Heard, fresh: Heard) -> list[int]:
    used = {heard.tokens[index].start for index in heard.used}
    return [index for index, token in enumerate(fresh.tokens) if token.start in used]


def _read(
    heard: Heard,
    at: int,
    bound: int,
    said: str,
    previous: Words | Line | None,
    subjects: list[Subject],
    lexicon: Lexicon,
) -> Words | Line | None:
    """What one quotation is; `bound` is the quotation before it."""
    end = heard.within(at, heard.width(min(at + 1, len(heard.tokens) - 1), _AFTER), sentence=True)
    after = _cues(heard, at + 1, end)
    start = max(bound + 1, heard.within(at, -heard.width(max(at - 1, 0), _BEFORE), sentence=True))
    before = _cues(heard, start, at - 1)
    if before and after and after[0].facet == "speech" and after[0].first - at <= 4 < at - before[-1].last:
        # The poster hangs there, "Look at that," she says.
        before = []
    if before:
        heard.use(*before)
        shown = [mark for mark in before if mark.facet == "shown"]
        if _is_spoken(before[-1], shown, at, subjects):
            return _line(heard, at, before[-1], said, subjects, bound, lexicon)
        return Words(said, _kind(shown))
    if heard.text[: heard.tokens[at].start].rstrip().endswith((":", "：")) and at - 1 > bound:
        return _line(heard, at, None, said, subjects, bound, lexicon)
    if previous is not None and at - bound <= 2:
        return Words(said, previous.kind) if isinstance(previous, Words) else replace(previous, text=said)
    if after:
        heard.use(after[0])
        spoken = after[0].facet == "speech"
        return (
            _line(heard, at, after[0], said, subjects, at, lexicon)
            if spoken
            else Words(said, cast(Shown, after[0].kind))
        )
    sentence = _SENTENCE_ENDS.search(said) and (len(said.split()) > 1 or HAN.search(said))
    return _line(heard, at, None, said, subjects, bound, lexicon) if sentence else None


def _cues(heard: Heard, first: int, last: int) -> list[Mark]:
    """Words by which a quotation is known as spoken or shown, in order."""
    return sorted([*heard.marked("speech", first, last), *heard.marked("shown", first, last)], key=lambda one: one.last)


def _is_spoken(cue: Mark, shown: list[Mark], at: int, subjects: list[Subject]) -> bool:
    """Whether the last cue before a quotation makes it a line; "a sign that says" does not, unless someone is named."""
    if cue.facet != "speech":
        return False
    return not shown or _somebody(subjects, shown[-1].last, cue.first) or at - 1 - shown[-1].last > 4


def _somebody(subjects: list[Subject], first: int, last: int) -> bool:
    return any(
        one.pronoun or one.kind in ("@", "woman", "man", "child", "person")
        for one in between(subjects, first + 1, last)
    )


def _kind(shown: list[Mark]) -> Shown:
    """A sign or a caption where one is named, else a title."""
    special = [mark.kind for mark in shown if mark.kind != "title"]
    return cast(Shown, special[-1] if special else "title")


def _line(
    heard: Heard, at: int, cue: Mark | None, said: str, subjects: list[Subject], bound: int, lexicon: Lexicon
) -> Line:
    """A spoken line: who says it stands before its verb, or after it where the verb follows the line."""
    sentence = heard.tokens[at].sentence
    if cue is not None and cue.first > at:
        low, high = at + 1, heard.within(cue.last, 4)
    else:
        low, high = max(bound + 1, 0), (cue.first if cue is not None else at) - 1
    mine = [
        one
        for one in between(subjects, low, high)
        if (one.pronoun or one.kind in ("@", "woman", "man", "child", "person", "robot"))
    ]
    near = [one for one in mine if heard.tokens[one.first].sentence == sentence] or mine
    name = _name(heard, low, high, cue, lexicon)
    speaker, voice = name, ""
    if near and not name:
        one = near[-1] if cue is None or cue.first < at else near[0]
        speaker = one.name or one.kind
        voice = one.kind if one.kind in ("woman", "man", "child") else ""
        heard.used.update(range(one.first, one.last + 1))
    if not voice:
        genders = [mark for mark in heard.marked("gender", low, high) if heard.tokens[mark.first].sentence == sentence]
        voice = genders[-1].kind if genders else ""
    return Line(said, speaker, _language(said), voice)


def _name(heard: Heard, low: int, high: int, cue: Mark | None, lexicon: Lexicon) -> str:
    """A name in capitals right before the verb or the colon: Anna says, ANNA:."""
    at = high
    if cue is not None and low > high:
        return ""
    while at >= low and heard.tokens[at].text.endswith("ly"):
        at -= 1
    if cue is not None and cue.first <= low:
        return ""
    names: list[str] = []
    while at >= low and len(names) < 2:
        token = heard.tokens[at]
        written = heard.text[token.start : token.end]
        owner = heard.owner.get(at)
        noun = owner.of("things") if owner is not None else None
        someone = heard.marked("who", at, at) or (noun is not None and noun.kind in lexicon.alive)
        if token.kind != "word" or not written[:1].isupper() or someone:
            break
        if owner is not None:
            # BOB and Rose neither float nor grow.
            owner.meanings = ()
        names.insert(0, written)
        heard.used.add(at)
        at -= 1
    return " ".join(names)


def _language(said: str) -> Literal["en", "zh"]:
    return "zh" if HAN.search(said) else "en"

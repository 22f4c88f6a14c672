"""What the synthesizer is given to read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oxreel.engines.animatic.plan import Line
from oxreel.engines.animatic.sound.spoken_text import language_of, plain, pronounced, seconds_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello,  there!\n", "Hello, there!"),
        ("[[h@l'oU]] world", "world"),
        ("before [[unclosed phonemes", "before"),
        ("<speak><break time='3s'/>Hi</speak>", "Hi"),
        ("fish &amp; chips &#x41;", "fish chips"),
        ("a\x01\x02+5sb\x00c\x1b[0m", "a +5sb c 0m"),
        ("I <3 you", "I 3 you"),
        ("It’s 50% — really? 😀★", "It’s 50% — really?"),
        ("你好，世界！", "你好，世界！"),
        ("Privet, мир", "Privet, мир"),
    ],
)
def test_only_words_and_their_punctuation_are_left(text: str, words: str) -> None:
    assert plain(text) == words


@pytest.mark.parametrize("text", ["", "   ", "...", "😀😀", "[[h]]", "<b></b>", "\x01\x02", "—?!"])
def test_where_nothing_can_be_spoken_nothing_is(text: str) -> None:
    assert plain(text) == pronounced(Line(text)) == ""
    assert seconds_of(Line(text)) == 0


@settings(deadline=None)  # the first Chinese text loads dictionaries
@given(st.text(max_size=2_000))
def test_no_text_brings_markup_or_control_characters_to_the_synthesizer(text: str) -> None:
    words = pronounced(Line(text))
    assert not set(words) & set("<>[]{}|\\^`~_\x00\x01\n\t")
    assert all(one.isprintable() for one in words)
    assert len(words) <= 4_000
    assert seconds_of(Line(text)) >= 0


def test_a_long_speech_ends_at_a_word() -> None:
    words = plain("nevertheless " * 100)
    assert 380 < len(words) <= 400
    assert words.endswith("nevertheless")


def test_mandarin_is_given_in_pinyin_with_its_tones() -> None:
    assert pronounced(Line("长大了", language="zh")) == "zhang3 da4 le5"
    assert pronounced(Line("你好！", language="zh")) == "ni2 hao3 ！"
    assert pronounced(Line("看 iPhone 吧", language="zh")) == "kan4 iPhone ba5"


def test_chinese_characters_are_never_given_to_an_english_voice() -> None:
    assert language_of(Line("你好 Anna", language="en")) == "zh"
    assert language_of(Line("Hello", language="zh")) == "en"

"""Whole prompts, those of the documents among them: what is understood, and what has no effect."""

import pytest

from engines.prompts import Example, examples, planned
from oxreel.engines.animatic.direction import describe

ENGLISH, CHINESE = examples("prompts-english.txt"), examples("prompts-chinese.txt")


@pytest.mark.parametrize("example", [*ENGLISH, *CHINESE], ids=str)
def test_a_prompt_is_understood_whole(example: Example) -> None:
    plan = planned(example.prompt, example.negative, sound=example.sound, picture=example.picture)
    assert describe(plan) == example.chips
    assert plan.without_effect == example.without_effect


def test_there_are_many_examples_in_both_languages() -> None:
    assert len(ENGLISH) >= 100
    assert len(CHINESE) >= 50

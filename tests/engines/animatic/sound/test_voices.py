"""Who speaks with which voice."""

from hypothesis import given
from hypothesis import strategies as st

from oxreel.engines.animatic.plan import Line, ShotPlan
from oxreel.engines.animatic.sound.voices import cast, speaker_of


def said_by(*speakers: tuple[str, str]) -> list[ShotPlan]:
    return [ShotPlan(lines=(Line("Hello.", speaker, voice=voice),)) for speaker, voice in speakers]


def test_a_speaker_keeps_one_voice_in_every_shot_however_the_name_is_written() -> None:
    voices = cast(said_by(("Anna", "woman"), ("Ben", "man"), (" anna ", "")))
    assert list(voices) == ["anna", "ben"]


def test_a_name_has_the_same_voice_in_another_film() -> None:
    assert cast(said_by(("Anna", "woman"), ("Ben", "man")))["ben"] == cast(said_by(("Ben", "man")))["ben"]


def test_women_men_and_children_have_voices_of_their_own() -> None:
    voices = cast(said_by(("", "woman"), ("", "man"), ("", "child"), ("", "")))
    assert len(set(voices.values())) == 4
    assert voices["(man)"].variant[0] != "f"
    assert voices["(child)"].pitch > voices["(woman)"].pitch + 10


def test_a_crowd_of_more_speakers_than_there_are_voices_shares_them() -> None:
    for kind in ("", "woman", "man", "child"):
        names = [f"speaker {number}" for number in range(200)]
        assert list(cast(said_by(*((name, kind) for name in names)))) == names


@given(st.lists(st.tuples(st.text(max_size=8), st.sampled_from(["", "woman", "man", "child"])), max_size=20))
def test_no_two_speakers_sound_alike(speakers: list[tuple[str, str]]) -> None:
    plans = said_by(*speakers)
    voices = cast(plans)
    assert set(voices) == {speaker_of(line) for plan in plans for line in plan.lines}
    assert len(set(voices.values())) == len(voices)
    assert all(0 <= voice.pitch <= 120 for voice in voices.values())

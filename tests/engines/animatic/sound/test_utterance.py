"""Lines spoken by voices."""

import json
import subprocess
import sys
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest

from oxreel.engines.animatic.plan import Line
from oxreel.engines.animatic.sound import voice_process
from oxreel.engines.animatic.sound.utterance import spoken
from oxreel.engines.animatic.sound.voices import VOICES, Voice
from oxreel.media.environment import chosen_environment
from oxreel.media.join import SOUND_RATE

MAN, WOMAN = VOICES["man"][0], VOICES["woman"][0]
HELLO = Line("We have to leave before the storm gets here.")


def pitch(words: np.ndarray) -> float:
    """The median pitch of the voiced parts in Hz."""
    found = []
    for first in range(0, words.size - 4_096, 2_048):
        piece = words[first : first + 4_096]
        if np.sqrt(np.mean(piece**2)) < 0.3 * np.sqrt(np.mean(words**2)):
            continue
        echo = np.fft.irfft(np.abs(np.fft.rfft(piece - piece.mean(), 8_192)) ** 2)
        lag = 110 + int(np.argmax(echo[110:800]))
        if echo[lag] > 0.5 * echo[0]:
            found.append(SOUND_RATE / lag)
    return float(np.median(found))


@pytest.mark.parametrize("voice", [voice for kind in VOICES.values() for voice in kind])
@pytest.mark.parametrize("line", [HELLO, Line("我们终于到家了。", language="zh")])
def test_every_voice_speaks_both_languages_without_clipping(voice: Voice, line: Line) -> None:
    words = spoken(line, voice)
    assert 1 < words.size / SOUND_RATE < 4
    assert 0.02 < np.sqrt(np.mean(words**2)) < 0.3
    assert np.mean(np.abs(words) > 0.999) < 1e-3


def test_men_women_and_children_differ_in_pitch() -> None:
    man, woman, child = (pitch(spoken(HELLO, VOICES[kind][0])) for kind in ("man", "woman", "child"))
    assert man < 140 < woman < child


def test_another_voice_is_another_sound_and_the_same_one_the_same() -> None:
    assert np.array_equal(spoken(HELLO, WOMAN), spoken(HELLO, WOMAN))
    assert not np.array_equal(spoken(HELLO, WOMAN), spoken(HELLO, VOICES["woman"][1]))


def test_mandarin_tones_are_heard() -> None:
    """妈 is high and level, 马 is low: their pitch tells them apart."""
    high, low = (spoken(Line(one, language="zh"), MAN) for one in ("妈", "马"))
    assert pitch(high) > 1.2 * pitch(low)


def test_a_faster_pace_takes_less_time() -> None:
    usual, fast = spoken(HELLO, MAN), spoken(HELLO, MAN, 1.5)
    assert fast.size / usual.size == pytest.approx(1 / 1.5, abs=0.06)


def test_it_has_the_bandwidth_of_the_synthesizer_and_no_images_above_it() -> None:
    spectrum = np.abs(np.fft.rfft(spoken(HELLO, MAN))) ** 2
    rates = np.fft.rfftfreq(2 * spectrum.size - 2, 1 / SOUND_RATE)
    assert spectrum[rates > 11_500].sum() < 1e-4 * spectrum.sum()


def test_nothing_is_spoken_of_a_line_without_words() -> None:
    assert spoken(Line("[[h@l'oU]] <break time='5s'/>"), MAN).size == 0


def test_markup_is_not_obeyed() -> None:
    plain, marked = spoken(Line("Hello there"), MAN), spoken(Line("Hello <break time='5s'/> there"), MAN)
    assert abs(marked.size - plain.size) < 0.3 * SOUND_RATE


def test_a_voice_that_fails_leaves_silence_and_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('no data')\n")
    assert spoken(HELLO, MAN, program=broken).size == 0
    (record,) = caplog.records
    assert record.getMessage() == "line_not_spoken"
    said = str(record.__dict__["fields"])
    assert "no data" in said
    assert "storm" not in said, "what users write is not logged"


def process(**changes: object) -> subprocess.CompletedProcess[bytes]:
    task = {
        "library": espeakng_loader.get_library_path(),
        "data": espeakng_loader.get_data_path(),
        "voice": "en-us+m3",
        "rate": 168,
        "pitch": 50,
        "range": 50,
        "text": "Hello.",
    }
    return subprocess.run(
        [sys.executable, "-I", "-S", voice_process.__file__],
        input=json.dumps({**task, **changes}).encode(),
        capture_output=True,
        check=False,
        env=chosen_environment({"PATH": "/usr/bin"}),
    )


def test_the_process_speaks_with_hardly_any_environment_and_from_a_deep_folder(tmp_path: Path) -> None:
    """The library keeps only 160 bytes of the path to its data."""
    deep = tmp_path / ("a" * 100) / ("b" * 100)
    deep.mkdir(parents=True)
    (deep / "espeak-ng-data").symlink_to(espeakng_loader.get_data_path())
    head, _, samples = process(data=str(deep / "espeak-ng-data")).stdout.partition(b"\n")
    assert json.loads(head) == {"rate": 22_050}
    assert len(samples) > 22_050 // 3


def test_the_process_ends_a_line_that_never_ends() -> None:
    done = process(text="never " * 2_000)
    _, _, samples = done.stdout.partition(b"\n")
    assert len(samples) / 2 / 22_050 < 62


@pytest.mark.parametrize("changes", [{"voice": "nobody"}, {"data": "/"}, {"library": "/nothing.so"}, {"rate": "fast"}])
def test_the_process_says_why_it_cannot_speak(changes: dict[str, str]) -> None:
    done = process(**changes)
    assert done.returncode != 0
    assert not done.stdout
    assert done.stderr


def test_a_process_that_hangs_is_ended(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    hanging = tmp_path / "hanging.py"
    hanging.write_text("import time\ntime.sleep(60)\n")
    assert spoken(HELLO, MAN, program=hanging, seconds=0.5).size == 0
    assert "TimeoutExpired" in str(caplog.records[0].__dict__["fields"])

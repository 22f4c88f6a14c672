"""The `oxreel` command as a whole: help, settings, errors and exit codes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from oxreel.cli.main import app
from oxreel.settings import Settings

COMMAND = [sys.executable, "-m", "oxreel"]


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("OXREEL_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def oxreel(*arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env=variables)


def test_every_setting_is_listed_with_meaning_and_default() -> None:
    shown = oxreel("settings").output
    blocks = dict(re.findall(r"^(OXREEL_\w+)\n((?:    .*\n)+)", shown, re.MULTILINE))
    assert list(blocks) == [f"OXREEL_{name.upper()}" for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} has no description"
        block = blocks[f"OXREEL_{name.upper()}"]
        assert field.description in block
        assert "default: " in block
        assert "now:" not in block


def test_a_changed_setting_shows_its_value_and_a_secret_does_not() -> None:
    shown = oxreel(
        "settings",
        OXREEL_PORT="9000",
        OXREEL_API_KEY="very-secret",
        OXREEL_DATABASE_URL="postgresql://me:pass-word@db/oxreel",
        OXREEL_HOST_ALIASES="a.example,b.example",
    ).output
    assert "now:     9000" in shown
    assert "now:     a.example,b.example" in shown
    assert "now:     (set, not shown)" in shown
    assert "postgresql://me:***@db/oxreel" in shown
    assert "very-secret" not in shown
    assert "pass-word" not in shown


def test_a_wrong_setting_is_named_and_the_list_still_shown() -> None:
    result = oxreel("settings", OXREEL_PORT="99999")
    assert result.exit_code == 2
    assert "OXREEL_PORT: Input should be less than or equal to 65535" in result.stderr
    assert "OXREEL_URL_HOURS" in result.stdout


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("OXREEL_PRICES", "cheap", """'cheap' is not JSON (Expecting value: line 1 column 1 (char 0)); it must be a \
JSON object such as {"kling-video-o1-image-to-video": 0.112}. `oxreel"""),
        ("OXREEL_ENGINE_QUEUES", "{bad", '; it must be a JSON object such as {"animatic": "gpu"}. `oxreel'),
        ("OXREEL_MODEL_FILM_SLOTS", "[1]", "'[1]' is not an object; it must be a JSON object such as {"),
    ],
)  # fmt: skip
def test_a_setting_that_is_no_json_is_one_sentence_with_what_is_wanted(variable: str, value: str, said: str) -> None:
    result = oxreel("settings", **{variable: value})
    assert result.exit_code == 2
    assert result.stderr.startswith(f"oxreel: {variable}: ")
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_what_is_wrong_within_json_is_named() -> None:
    result = oxreel("settings", OXREEL_PRICES='{"kling-video-o1-image-to-video": "cheap"}')
    assert "OXREEL_PRICES at 'kling-video-o1-image-to-video': Input should be a valid decimal" in result.stderr


def test_an_empty_variable_of_json_is_as_none() -> None:
    """As a compose file gives it where nobody set one."""
    result = oxreel("settings", OXREEL_PRICES="")
    assert result.exit_code == 0, result.output


def test_workers_cannot_count_as_dead_after_a_late_sign_of_life() -> None:
    result = oxreel("settings", OXREEL_HEARTBEAT_SECONDS="5")
    assert result.exit_code == 2
    assert "OXREEL_DEAD_AFTER_SECONDS: 10 is too short for a sign of life every 5 s" in result.stderr
    assert "at least 3 times that, 15." in result.stderr
    assert oxreel("settings", OXREEL_HEARTBEAT_SECONDS="5", OXREEL_DEAD_AFTER_SECONDS="15").exit_code == 0


def test_a_variable_that_is_no_setting_is_told_with_the_one_that_was_meant() -> None:
    told = oxreel(
        "settings",
        OXREEL_DATABSE_URL="x",
        OXREEL_COLOUR="x",
        OXREEL_URL="x",
        OXREEL_TEST_X="x",
        OXREEL_SERVICE_HOST="x",
    )
    assert told.exit_code == 0
    assert told.stderr.splitlines() == [
        "oxreel: OXREEL_COLOUR is not a setting.",
        "oxreel: OXREEL_DATABSE_URL is not a setting; did you mean OXREEL_DATABASE_URL?",
    ]


def test_without_a_hub_a_command_says_so_in_one_line_and_exits_with_3() -> None:
    done = subprocess.run(
        [*COMMAND, "models", "--base-url", "http://127.0.0.1:9", "--api-key", "k"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "oxreel: No hub answers at http://127.0.0.1:9. Is it running, and is the address right?"
    ]


def test_debug_shows_where_an_error_comes_from() -> None:
    done = subprocess.run(
        [*COMMAND, "--debug", "models", "--base-url", "http://127.0.0.1:9", "--api-key", "k"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Traceback" in done.stderr


def test_the_key_of_this_machine_never_goes_to_another_host(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "api-key").write_text("secret\n")
    result = oxreel("models", "--base-url", "http://hub.example")
    assert result.exit_code == 2
    assert "needs a key" in result.stderr


def test_without_any_key_the_command_says_where_it_looked() -> None:
    result = oxreel("models", "--base-url", "http://127.0.0.1:9")
    assert result.exit_code == 2
    assert "data/api-key" in result.stderr


@pytest.mark.parametrize("address", ["hub.example", "ftp://hub.example", "http://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    result = oxreel("models", "--base-url", address, "--api-key", "k")
    assert result.exit_code == 2
    assert f"'{address}' is no address of a hub" in result.stderr


def test_help_and_version_need_no_heavy_import() -> None:
    heavy = "import sys; bad = {'numba', 'av', 'cv2', 'dbos', 'sqlalchemy', 'fastapi', 'pydantic'} & set(sys.modules)"
    program = f"import oxreel.cli.main; {heavy}; print(sorted(bad))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert re.fullmatch(r"OxReel \d+\.\d+\.\d+\n", oxreel("--version").output)
    for command in ("run", "serve", "worker", "generate", "models", "settings"):
        assert oxreel(command, "--help").exit_code == 0

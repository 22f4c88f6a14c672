"""`oxreel serve` for an operator: the first key, and the end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from oxreel.settings import Settings
from support.hub import free_port


def serve(folder: Path, port: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "oxreel", "serve", "--port", str(port), "--data-dir", str(folder / "data")],
        env={name: text for name, text in os.environ.items() if not name.startswith("OXREEL_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_a_drawn_key_is_printed_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    port = free_port()
    with serve(tmp_path, port) as first:
        assert first.stdout is not None
        said = first.stdout.readline() + first.stdout.readline()
        file = tmp_path / "data" / "api-key"
        key = file.read_text().strip()
        assert f"'local': {key}\n" in said
        assert str(file) in said
        assert file.stat().st_mode & 0o777 == 0o600
        transport = httpx.HTTPTransport(retries=8)
        with httpx.Client(transport=transport, headers={"Authorization": f"Bearer {key}"}) as client:
            assert client.get(f"http://127.0.0.1:{port}/api/account", timeout=60).json()["user"]["name"] == "local"
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=60) in (0, -signal.SIGTERM)
    with serve(tmp_path, port) as second:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
            assert client.get(f"http://127.0.0.1:{port}/api/health", timeout=60).status_code == 200
        second.send_signal(signal.SIGTERM)
        rest, _ = second.communicate(timeout=60)
    assert key not in rest


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("OXREEL_ENGINE", "bogus", "there is no engine 'bogus'; this hub has animatic"),
        ("OXREEL_LOG_LEVEL", "foo", "'debug', 'info', 'warning' or 'error', not 'foo'"),
        ("OXREEL_DATABASE_URL", "mysql://me:secret@db/x", "'mysql://' must be sqlite:///FILE or postgresql://"),
        ("OXREEL_STORAGE_URL", "s3x://b", "'s3x://b' must be s3://BUCKET/PREFIX"),
        ("OXREEL_PRICES", '{"gone": 1}', "names the model 'gone'"),
        ("OXREEL_PRICES", '{"kling-video-o1-image-to-video": -1}', "-1 is negative"),
        (
            "OXREEL_INITIAL_CREDITS",
            "0.0000001",
            "0.0000001 is finer than a millionth of a dollar; six decimals are the most",
        ),
        (
            "OXREEL_UNPUBLISHED_PRICE",
            "0.0000001",
            "0.0000001 is finer than a millionth of a dollar; six decimals are the most",
        ),
    ],
)
def test_a_setting_that_cannot_work_is_one_sentence_before_anything_is_made(
    tmp_path: Path, variable: str, value: str, said: str
) -> None:
    clean = {name: text for name, text in os.environ.items() if not name.startswith("OXREEL_")}
    done = subprocess.run(
        [sys.executable, "-m", "oxreel", "serve", "--port", str(free_port()), "--data-dir", str(tmp_path / "data")],
        env={**clean, variable: value}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"oxreel: {variable}")
    assert said in line
    assert "secret" not in line
    assert not (tmp_path / "data").exists()


def test_a_log_level_is_read_in_any_case() -> None:
    assert Settings(log_level="WARNING").log_level == "warning"

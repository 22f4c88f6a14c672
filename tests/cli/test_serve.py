"""`oxreel serve` for an operator: the first key, and the end."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

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

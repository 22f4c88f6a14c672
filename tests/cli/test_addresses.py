"""Where the hub listens, and where a program on this machine finds it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from oxreel.cli.hub_settings import local_url
from oxreel.cli.serve import another_port, check_address
from oxreel.cli.trouble import Fault
from oxreel.settings import Settings


def test_a_taken_port_is_a_sentence_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            Fault, match=rf"Port {port} on 127.0.0.1 is taken .* --port {port + 1 if port < 65535 else 8000}"
        ):
            check_address("127.0.0.1", port, another_port(port))
    check_address("127.0.0.1", port, "")


def test_a_worker_whose_port_is_taken_is_told_of_its_own_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "oxreel", "worker", "--data-dir", str(tmp_path / "data")],
            env={**os.environ, "OXREEL_WORKER_PORT": str(port)},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"choose another port: OXREEL_WORKER_PORT={port + 1 if port < 65535 else 8000}." in done.stderr
    assert "--port" not in done.stderr


def test_a_host_that_this_machine_is_not_is_a_sentence() -> None:
    with pytest.raises(Fault, match=r"'no-such-host\.invalid'"):
        check_address("no-such-host.invalid", 8000, "")
    with pytest.raises(Fault, match=r"cannot listen on 192\.0\.2\.1"):
        check_address("192.0.2.1", 8000, "")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("hub.local", "http://hub.local:8000"),
    ],
)
def test_a_program_on_this_machine_finds_the_hub(host: str, url: str) -> None:
    assert local_url(Settings(host=host)) == url

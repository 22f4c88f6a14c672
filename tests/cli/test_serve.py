"""`oxreel serve` for an operator: the first key, and the end."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from oxreel.bootstrap import open_hub
from oxreel.settings import Settings
from support.hub import RunningHub, free_port


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
    (tmp_path / "data").mkdir(mode=0o755)
    with serve(tmp_path, port) as first:
        assert first.stdout is not None
        said = first.stdout.readline() + first.stdout.readline()
        file = tmp_path / "data" / "api-key"
        key = file.read_text().strip()
        assert f"'local': {key}\n" in said
        assert str(file) in said
        for one in (file, *file.parent.glob("oxreel.sqlite*")):
            assert one.stat().st_mode & 0o777 == 0o600, one
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
        ("OXREEL_ENGINE", "bogus", "there is no engine 'bogus'; OxReel has animatic"),
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
        ("OXREEL_ENGINE_QUEUES", '{"imax": "gpu"}', "there is no engine 'imax'; this hub has animatic"),
        ("OXREEL_ENGINE_QUEUES", '{"animatic": "my queue"}', "String should match pattern"),
        ("OXREEL_QUEUES", "cpu,gqu", "there is no queue 'gqu'; there are cpu, gpu, hosted, and those"),
        ("OXREEL_MODEL_FILM_SLOTS", '{"kling-9": 1}', "there is no model 'kling-9'; `oxreel models` lists all"),
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


def test_a_hub_says_that_it_serves_once_it_does_and_warns_of_a_short_key(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub(OXREEL_API_KEY="short")
    assert hub.client.get("/api/account").status_code == 200
    said = hub.log.read_text()
    assert "api_key_is_short characters=5" in said
    assert f"hub_serving host=127.0.0.1 port={hub.port} " in said
    with (hub.settings.data_dir / "busy.log").open("w+") as log:
        # Past the command's own look at the port: another program takes it a moment later.
        given = f"port={hub.port}, data_dir={str(hub.settings.data_dir.parent / 'other')!r}"
        program = f"from oxreel.server import Settings, serve; serve(Settings({given}))"
        subprocess.run([sys.executable, "-c", program], stderr=log, timeout=60, check=False)
        log.seek(0)
        assert "hub_serving" not in log.read()


def test_a_hub_tells_what_is_no_setting_and_that_it_ends(start_hub: Callable[..., RunningHub]) -> None:
    hub = start_hub(OXREEL_WORKER_PROT="9000")
    hub.end()
    said = hub.log.read_text()
    assert "setting_unknown problem=OXREEL_WORKER_PROT is not a setting; did you mean OXREEL_WORKER_PORT?" in said
    assert said.index("hub_stopping") < said.index("worker_stopped") < said.index("hub_stopped")


def test_a_queue_of_the_operator_s_own_can_be_worked_for(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, engine_queues={"animatic": "render-farm"}, queues="render-farm,gpu")
    open_hub(settings).close()


def test_a_log_level_is_read_in_any_case() -> None:
    assert Settings(log_level="WARNING").log_level == "warning"

"""`oxreel generate` and `oxreel models` against a running hub."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest
from PIL import Image

from support.hub import RunningHub, free_port

IMAGE_MODEL = "kling-video-o3-pro-image-to-video"
TEXT_MODEL = "kling-video-o3-pro-text-to-video"
REFERENCE_MODEL = "kling-video-o3-pro-reference-to-video"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.new("RGB", (640, 360), (30, 90, 160)).save(tmp_path / "lake.png")
    Image.new("RGB", (360, 640), (160, 90, 30)).save(tmp_path / "tower.png")
    return tmp_path


def command(hub: RunningHub, *arguments: str) -> list[str]:
    where = ["--base-url", hub.url, "--api-key", hub.key]
    return [sys.executable, "-m", "oxreel", arguments[0], *where, *arguments[1:]]


def oxreel(hub: RunningHub, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(hub, *arguments), cwd=folder, capture_output=True, text=True, check=False)


def newest(hub: RunningHub) -> dict[str, object]:
    row: dict[str, object] = hub.client.get("/api/ai/generations?page_size=1").json()["generations"][0]
    return row


def test_local_pictures_become_a_file(hub: RunningHub, folder: Path) -> None:
    done = oxreel(
        hub, folder, "generate", "--model", IMAGE_MODEL, "--prompt", "pan right", "--image", "lake.png",
        "--tail", "tower.png", "--duration", "3", "--seed", "5", "--preview", "-o", "films/out.mp4",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "films/out.mp4\n"
    assert "Filmed by animatic" in done.stderr
    with av.open(str(folder / "films/out.mp4")) as video:
        assert video.streams.video[0].width > video.streams.video[0].height
        assert sum(1 for _ in video.decode(video=0)) == 73
    row = newest(hub)
    assert (row["seed"], row["preview"], row["duration"]) == (5, True, 3)
    assert str(row["input_image"]).startswith(f"{hub.url}/api/repos/local/uploads/file/main/")


def test_any_parameter_can_be_given_and_files_count_wherever_an_address_is_wanted(
    hub: RunningHub, folder: Path
) -> None:
    (folder / "more.json").write_text('{"elements": [{"frontal_image_url": "tower.png"}], "aspect_ratio": "1:1"}')
    done = oxreel(
        hub, folder, "generate", "-m", REFERENCE_MODEL, "-p", "@Element1 by @Image1", "-i", "lake.png", "--preview",
        "--params", "more.json", "--param", "aspect_ratio=9:16", "--param", "duration=3",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    row = newest(hub)
    assert (row["aspect_ratio"], row["duration"]) == ("9:16", 3)
    assert isinstance(row["input_image"], list)
    assert "tower.png" in str(row["elements"])
    assert (folder / done.stdout.strip()).stat().st_size > 0


@pytest.mark.parametrize(
    ("arguments", "sentence", "exit_code"),
    [
        (["-m", "no-such-model", "-p", "x"], "Model not found: no-such-model", 1),
        (["-m", TEXT_MODEL, "-p", "x", "-i", "lake.png"], f"{TEXT_MODEL} takes no picture", 2),
        (["-m", IMAGE_MODEL, "-p", "x", "-i", "lake.png", "-i", "lake.png"], "takes one picture, and 2 were given", 2),
        (["-m", IMAGE_MODEL, "-p", "x", "-i", "sea.png"], "'sea.png' is neither a URL nor a file", 2),
        (["-m", IMAGE_MODEL, "-p", "x", "--preview"], "Field required", 1),
        (["-m", TEXT_MODEL, "--param", "prompt"], "NAME=VALUE", 2),
        (["-m", TEXT_MODEL, "--params", "no.json"], "no.json cannot be read", 2),
        (["-m", TEXT_MODEL, "--params", "lake.png"], "lake.png is not JSON", 2),
    ],
)
def test_what_is_wrong_is_one_line(
    hub: RunningHub, folder: Path, arguments: list[str], sentence: str, exit_code: int
) -> None:
    done = oxreel(hub, folder, "generate", *arguments)
    assert done.returncode == exit_code, done.stderr
    assert done.stdout == ""
    assert sentence in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_ctrl_c_cancels_the_generation(hub: RunningHub, folder: Path) -> None:
    arguments = command(hub, "generate", "-m", TEXT_MODEL, "-p", "a very long walk", "-d", "15", "--preview")
    with subprocess.Popen(arguments, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline()  # it says that it is in the queue
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Cancelled; nothing was charged." in said
    row = hub.wait_for(str(newest(hub)["generation_id"]))
    assert (row["prompt"], row["status"]) == ("a very long walk", "cancelled")
    assert not list(folder.glob("*.mp4*"))


def test_the_models_are_listed_with_their_price(hub: RunningHub, folder: Path) -> None:
    done = oxreel(hub, folder, "models", "motion")
    assert done.returncode == 0
    [line] = done.stdout.splitlines()
    assert line.split()[:2] == ["kling-video-v3-pro-motion-control", "$0.168/s"]
    assert "no such thing" in oxreel(hub, folder, "models", "no such thing").stdout


def test_the_key_of_a_hub_on_this_machine_is_found(hub: RunningHub, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "oxreel", "models", "--base-url", hub.url],
        env={**os.environ, "OXREEL_DATA_DIR": str(hub.settings.data_dir)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_first_run_films_a_sample_and_the_second_one_finds_it(hub: RunningHub, tmp_path: Path) -> None:
    port = free_port()
    arguments = [sys.executable, "-m", "oxreel", "run", "--port", str(port), "--data-dir", str(tmp_path / "data")]
    for expected in ("filmed by the animatic engine", "filmed on an earlier run"):
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = ""
            end = time.monotonic() + 180
            while "Ctrl-C stops the hub." not in said and time.monotonic() < end and process.poll() is None:
                said += process.stdout.readline()
            process.send_signal(signal.SIGINT)
            _, trouble = process.communicate(timeout=60)
        assert expected in said, trouble
        assert "Traceback" not in trouble
    sample = tmp_path / "data" / "first-sample.mp4"
    assert str(sample) in said
    key = (tmp_path / "data" / "api-key").read_text().strip()
    assert f'-H "Authorization: Bearer {key}"' in said
    assert f"http://127.0.0.1:{port}/ai/workbench" in said
    with av.open(str(sample)) as video:
        assert sum(1 for _ in video.decode(video=0)) == 121


def test_a_taken_port_stops_the_run_with_a_sentence(hub: RunningHub, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "oxreel", "run", "--port", str(hub.port), "--data-dir", str(tmp_path / "data")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"Port {hub.port} on 127.0.0.1 is taken" in done.stderr
    assert not (tmp_path / "data").exists()

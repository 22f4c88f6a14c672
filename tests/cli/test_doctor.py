"""`oxreel doctor`: what it finds on machines that lack something, and that it tells no secret."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from oxreel.cli.doctor.finding import Finding, examined
from oxreel.cli.main import app
from oxreel.db import Database
from oxreel.migrations import migrate
from support.hub import free_port
from support.video_server import FakeVideoServer

SECRET = "a-secret-of-the-tests"


def doctor(folder: Path, **variables: str) -> tuple[int, dict[str, Any]]:
    """Exit code, and what was told as JSON."""
    done = run(folder, "--json", **variables)
    return done.exit_code, json.loads(done.stdout)


def run(folder: Path, *arguments: str, **variables: str) -> Result:
    given = {
        "OXREEL_PORT": str(free_port()),
        "OXREEL_DIFFUSERS_WEIGHTS": str(folder / "weights"),
        "PATH": str(folder / "no-programs"),
        "OXREEL_DATABASE_URL": "",
        **variables,
    }
    return CliRunner(env=given).invoke(app, ["doctor", *arguments, "--data-dir", str(folder / "data")])


def of(told: dict[str, Any], area: str, level: str = "") -> str:
    return " ".join(
        f"{one['says']} {one['advice']}"
        for one in told["findings"]
        if one["area"] == area and level in ("", one["level"])
    )


def nvidia_smi(folder: Path, *lines: str) -> str:
    """A PATH with a driver that lists these GPUs."""
    program = folder / "driver" / "nvidia-smi"
    program.parent.mkdir()
    listed = "\n".join(lines)
    program.write_text(f"#!/bin/sh\ncat <<END\n{listed}\nEND\n")
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


def test_a_plain_machine_can_film_animatics_and_says_what_others_need(tmp_path: Path) -> None:
    code, told = doctor(tmp_path)
    assert (code, told["ok"]) == (0, True)
    assert "H.264 and AAC can be written" in of(told, "codecs", "good")
    assert "No NVIDIA GPU" in of(told, "gpu", "note")
    assert "OXREEL_FAL_KEY" in of(told, "engines", "note")
    assert "no hub" in of(told, "database", "note")
    shown = run(tmp_path)
    assert shown.exit_code == 0
    assert "Nothing keeps this machine" in shown.output
    assert not (tmp_path / "data").exists()


def test_it_works_without_torch_and_names_what_is_missing(tmp_path: Path) -> None:
    without = "import sys; sys.modules.update(dict.fromkeys(['torch', 'diffusers']))"
    program = f"{without}; from oxreel.cli.main import main; main()"
    variables = {"OXREEL_PORT": str(free_port()), "OXREEL_DIFFUSERS_WEIGHTS": str(tmp_path), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", program, "doctor", "--json", "--data-dir", str(tmp_path / "data")],
        capture_output=True, text=True, check=False, env=variables,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = of(json.loads(done.stdout), "engines", "note")
    assert "torch, diffusers are not installed" in said
    assert "pip install 'oxreel[gpu]'" in said


def test_gpus_are_told_with_memory_and_driver_and_a_torch_that_does_not_see_them_is_trouble(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs the gpu extra")
    path = nvidia_smi(tmp_path, "0, NVIDIA H200, 143771, 143000, 580.65.06", "1, Odd, [N/A], [N/A], 580.65.06")
    code, told = doctor(tmp_path, PATH=path, CUDA_VISIBLE_DEVICES="")
    assert code == 1
    assert "GPU 0: NVIDIA H200, 151 GB of which 150 GB are free, driver 580.65.06." in of(told, "gpu", "good")
    assert "sees 0 of 1 GPUs" in of(told, "gpu", "trouble")
    [facts] = [one["facts"]["gpu"] for one in told["findings"] if "gpu" in one["facts"]]
    assert facts["memory_bytes"] == 143771 << 20


def test_weights_that_are_wanted_and_not_there_are_trouble_with_the_way_to_get_them(tmp_path: Path) -> None:
    path = nvidia_smi(tmp_path, "0, NVIDIA RTX 4090, 16376, 16000, 580.65.06")
    code, told = doctor(tmp_path, PATH=path, OXREEL_ENGINES="diffusers", CUDA_VISIBLE_DEVICES="")
    assert code == 1
    said = of(told, "weights", "trouble")
    assert "No weights lie in" in said
    assert "oxreel models download Wan2." in said
    # An API machine needs none.
    _, told = doctor(tmp_path, OXREEL_ENGINES="diffusers", OXREEL_SERVE_WORKER="false")
    assert "No weights lie in" in of(told, "weights", "note")


def test_what_an_engine_lacks_is_trouble_where_its_queue_is_filmed_alone(tmp_path: Path) -> None:
    code, told = doctor(tmp_path, OXREEL_ENGINES="fal", OXREEL_QUEUES="cpu,hosted")
    assert code == 1
    assert "offered without a key" in of(told, "engines", "trouble")
    code, told = doctor(tmp_path, OXREEL_ENGINES="fal", OXREEL_QUEUES="cpu")
    assert code == 0
    assert "fal is not used here" in of(told, "engines", "note")
    queues = {"OXREEL_ENGINE_QUEUES": '{"diffusers": "large"}', "OXREEL_ENGINES": "diffusers"}
    _, told = doctor(tmp_path, **queues, OXREEL_QUEUES="large")
    assert "No weights lie in" in of(told, "weights", "trouble")
    _, told = doctor(tmp_path, **queues, OXREEL_QUEUES="cpu")
    assert "No weights lie in" in of(told, "weights", "note")


def test_weights_that_are_there_are_told_with_how_they_fit(tmp_path: Path) -> None:
    folder = tmp_path / "weights" / "Wan2.2-TI2V-5B"
    (folder / "vae").mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    header = json.dumps({"w": {"dtype": "BF16", "shape": [1000, 1000], "data_offsets": [0, 2_000_000]}}).encode()
    weights = folder / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(len(header).to_bytes(8, "little") + header)
    path = nvidia_smi(tmp_path, "0, NVIDIA H200, 143771, 143000, 580.65.06")
    _, told = doctor(tmp_path, PATH=path, CUDA_VISIBLE_DEVICES="")
    assert "Wan2.2-TI2V-5B is here; on NVIDIA H200 with everything in memory." in of(told, "weights", "good")


def test_no_secret_is_told(tmp_path: Path) -> None:
    secrets = {
        "OXREEL_FAL_KEY": SECRET,
        "OXREEL_HF_TOKEN": SECRET,
        "OXREEL_API_KEY": SECRET,
        "OXREEL_DATABASE_URL": f"postgresql://me:{SECRET}@127.0.0.1:9/oxreel",
        "OXREEL_VIDEO_SERVER_URL": "http://127.0.0.1:9",
        "OXREEL_VIDEO_SERVER_MODEL": "Wan2.2-TI2V-5B",
        "OXREEL_VIDEO_SERVER_KEY": SECRET,
    }
    _, told = doctor(tmp_path, **secrets)
    shown = run(tmp_path, **secrets)
    assert shown.exit_code == 1
    assert SECRET not in shown.output + json.dumps(told)
    assert "A key of fal is set" in of(told, "engines", "good")
    assert "does not answer" in of(told, "database", "trouble")
    assert "does not answer" in of(told, "engines", "trouble")


def test_a_video_server_that_answers_and_one_that_refuses_the_key_are_told(tmp_path: Path) -> None:
    with FakeVideoServer("sglang", key=SECRET) as server:
        _, told = doctor(tmp_path, **server.variables)
        assert f"The video server at {server.url} (sglang, Wan2.2-TI2V-5B) answers." in of(told, "engines", "good")
        code, told = doctor(tmp_path, **{**server.variables, "OXREEL_VIDEO_SERVER_KEY": "another"})
        assert code == 1
        assert "refuses the key" in of(told, "engines", "trouble")


def test_a_database_that_is_there_answers_and_its_clock_is_told(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    url = database_url or f"sqlite:///{tmp_path / 'data' / 'oxreel.sqlite'}"
    database = Database(url)
    migrate(database)
    database.close()
    code, told = doctor(tmp_path, OXREEL_DATABASE_URL=database_url)
    assert code == 0
    assert "answers." in of(told, "database", "good")
    [skew] = [one["facts"]["clock_skew_seconds"] for one in told["findings"] if "clock_skew_seconds" in one["facts"]]
    assert abs(skew) < 2


def test_a_port_that_another_program_has_is_trouble(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, told = doctor(tmp_path, OXREEL_PORT=str(taken.getsockname()[1]))
    assert code == 1
    assert "taken by another program" in of(told, "port", "trouble")


def test_a_store_that_cannot_be_and_a_variable_that_is_no_setting_are_trouble(tmp_path: Path) -> None:
    _, told = doctor(tmp_path, OXREEL_STORAGE_URL="file:///proc/no/such/folder", OXREEL_PORTT="1")
    assert "OXREEL_STORAGE_URL" in of(told, "storage", "trouble")
    assert "OXREEL_PORTT" in of(told, "settings", "trouble")


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("OXREEL_VIDEO_SERVER_MODEL", "Wan2.2-TI2V-5B", "but not OXREEL_VIDEO_SERVER_URL"),
        ("OXREEL_ROUTES", '{"no-such-model": "animatic"}', "there is no model 'no-such-model'"),
        ("OXREEL_ENGINES", "no-such-engine", "there is no engine 'no-such-engine'"),
        ("OXREEL_QUEUES", "no-such-queue", "there is no queue 'no-such-queue'"),
        ("OXREEL_REQUEST_ENGINES", "fal", "there is no engine 'fal'; this hub has"),
        ("OXREEL_DIFFUSERS_OFFER", "no-such-checkpoint", "there is no checkpoint 'no-such-checkpoint'"),
        ("OXREEL_DIFFUSERS_LICENCES", "no-such-licence", "there is no 'no-such-licence' to confirm"),
        ("OXREEL_DIFFUSERS_CHECKPOINTS", '{"mine": {"family": "no-such"}}', "OXREEL_DIFFUSERS_CHECKPOINTS: mine"),
    ],
)
def test_settings_that_no_hub_starts_with_are_trouble(tmp_path: Path, variable: str, text: str, said: str) -> None:
    offered = {"OXREEL_ENGINES": "diffusers", "OXREEL_SERVE_WORKER": "false"} if "DIFFUSERS" in variable else {}
    code, told = doctor(tmp_path, **offered, **{variable: text})
    assert code == 1
    found = of(told, "settings", "trouble")
    assert variable in found
    assert said in found
    assert not (tmp_path / "data").exists()


def test_a_look_that_breaks_or_hangs_keeps_no_other_from_being_told() -> None:
    def breaks() -> Any:
        yield Finding("one", "good", "Before it broke.")
        raise RuntimeError("odd\nthing")

    def hangs() -> Any:
        time.sleep(30)
        yield Finding("one", "good", "Too late.")

    broken = examined("one", breaks, 5)
    assert broken[-1] == Finding("one", "trouble", "The look at it broke: odd thing.")
    assert examined("one", hangs, 0.05)[-1].says == "There was no answer within 0.05 s."

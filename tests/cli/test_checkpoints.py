"""`oxreel models list` and `oxreel models download`, as processes against a hub of weights on loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from oxreel.cli.main import app
from support.weights_hub import WeightsHub

NAME, REPO = "Wan2.2-TI2V-5B", "Wan-AI/Wan2.2-TI2V-5B-Diffusers"
WEIGHTS = "vae/diffusion_pytorch_model.safetensors"
OTHER = "transformer/diffusion_pytorch_model.safetensors"
PARTS = {"vae": ["diffusers", "AutoencoderKLWan"], "transformer": ["diffusers", "WanTransformer3DModel"]}
FILES = {
    "model_index.json": json.dumps(PARTS).encode(),
    "vae/config.json": b"{}",
    WEIGHTS: os.urandom(50_000),
    OTHER: os.urandom(20_000),
}


@pytest.fixture
def hub() -> Iterator[WeightsHub]:
    pytest.importorskip("huggingface_hub", reason="downloads need the gpu extra")
    with WeightsHub(REPO, FILES) as running:
        yield running


def oxreel(hub: WeightsHub | None, folder: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("OXREEL_", "HF_"))}
    variables = {
        **kept,
        "OXREEL_DIFFUSERS_WEIGHTS": str(folder / "weights"),
        "HF_HOME": str(folder / "cache"),
        "HF_ENDPOINT": hub.url if hub else "http://127.0.0.1:9",
        **more,
    }
    command = [sys.executable, "-m", "oxreel", "models", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=variables)


def listed(folder: Path, **more: str) -> Result:
    variables = {"OXREEL_DIFFUSERS_WEIGHTS": str(folder / "weights"), **more}
    return CliRunner().invoke(app, ["models", "list"], env=variables)


def test_a_checkpoint_is_downloaded_listed_and_not_fetched_twice(hub: WeightsHub, tmp_path: Path) -> None:
    assert f"{NAME} " in listed(tmp_path).stdout
    assert "yes" not in listed(tmp_path).stdout
    done = oxreel(hub, tmp_path, "download", NAME.lower(), OXREEL_HF_TOKEN="hf_of_the_tests")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "weights" / NAME
    assert (folder / WEIGHTS).read_bytes() == FILES[WEIGHTS]
    assert str(folder) in done.stderr
    assert "Apache-2.0" in done.stderr
    assert hub.tokens == {"hf_of_the_tests"}
    assert "hf_of_the_tests" not in done.stdout + done.stderr
    [line] = [line for line in listed(tmp_path).stdout.splitlines() if line.startswith(f"{NAME} ")]
    assert line.split()[-1] == "yes"

    before = len(hub.downloads)
    assert oxreel(hub, tmp_path, "download", NAME).returncode == 0
    assert len(hub.downloads) == before


def test_what_was_damaged_on_the_disk_is_fetched_again(hub: WeightsHub, tmp_path: Path) -> None:
    assert oxreel(hub, tmp_path, "download", NAME).returncode == 0
    weights = tmp_path / "weights" / NAME / WEIGHTS
    weights.write_bytes(bytes(50_000))
    hub.downloads.clear()
    done = oxreel(hub, tmp_path, "download", NAME)
    assert done.returncode == 0, done.stderr
    assert "1 of 4 files are damaged" in done.stderr
    assert weights.read_bytes() == FILES[WEIGHTS]
    assert OTHER not in hub.fetched()


def test_what_a_mirror_changed_is_never_installed(hub: WeightsHub, tmp_path: Path) -> None:
    hub.sent[WEIGHTS] = bytes(50_000)
    done = oxreel(hub, tmp_path, "download", NAME, "--to", str(tmp_path / "elsewhere"))
    assert done.returncode == 1
    assert f"was not installed: {WEIGHTS} does not have the size and checksum" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "elsewhere" / NAME).exists()
    assert hub.fetched().count(WEIGHTS) == 2


def test_a_folder_that_was_filled_otherwise_is_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "weights" / NAME
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    done = oxreel(None, tmp_path, "download", NAME)
    assert done.returncode == 0, done.stderr
    assert "left as it is" in done.stderr


def test_a_hub_of_weights_that_does_not_answer_is_named(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub", reason="downloads need the gpu extra")
    done = oxreel(None, tmp_path, "download", NAME)
    assert done.returncode == 1
    assert f"{REPO} at http://127.0.0.1:9) could not be fetched" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_checkpoint_that_nobody_knows_is_refused_naming_those_there_are() -> None:
    refused = CliRunner().invoke(app, ["models", "download", "Wan9"])
    assert refused.exit_code == 2
    assert NAME in refused.output


def test_an_operator_s_own_folder_is_listed_and_not_downloaded(tmp_path: Path) -> None:
    own = json.dumps({"mine": {"family": "wan-i2v", "folder": str(tmp_path)}})
    assert "mine " in listed(tmp_path, OXREEL_DIFFUSERS_CHECKPOINTS=own).stdout
    refused = CliRunner().invoke(app, ["models", "download", "mine"], env={"OXREEL_DIFFUSERS_CHECKPOINTS": own})
    assert refused.exit_code == 2
    assert "folder of your own" in refused.output


def test_a_licence_with_conditions_is_named_and_must_be_accepted(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub", reason="downloads need the gpu extra")
    files = {**FILES, "transformer_full/diffusion_pytorch_model.safetensors": os.urandom(1_000)}
    with WeightsHub("Lightricks/LTX-2.5-Diffusers", files, token="hf_of_the_tests") as hub:
        refused = oxreel(hub, tmp_path, "download", "LTX-2.5", HF_TOKEN="hf_of_the_tests")
        assert refused.returncode == 2
        assert "under the licence LTX-2.x Community License" in refused.stderr
        assert not hub.tokens
        done = oxreel(hub, tmp_path, "download", "LTX-2.5", "--accept-licence", HF_TOKEN="hf_of_the_tests")
        assert done.returncode == 0, done.stderr
        assert "once OXREEL_DIFFUSERS_LICENCES names ltx-2.5" in done.stderr
    assert "(to be confirmed)" in listed(tmp_path).stdout
    assert "to be confirmed" not in listed(tmp_path, OXREEL_DIFFUSERS_LICENCES="ltx-2.5,minimax-h3").stdout


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    refused = CliRunner().invoke(app, ["models", "download", NAME, "--to", str(tmp_path)])
    assert refused.exit_code == 1
    assert "pip install 'oxreel[gpu]'" in refused.output

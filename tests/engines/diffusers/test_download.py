"""Weights come whole from a hub of weights or not at all."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("huggingface_hub", reason="downloads need the gpu extra")

from oxreel.engines.diffusers import download as downloads
from oxreel.engines.diffusers.download import (
    STAMP,
    Download,
    DownloadFailed,
    check_room,
    complete,
    damaged,
    fetch,
    installed,
    plan,
    share,
)  # fmt: skip
from oxreel.engines.diffusers.weights import checkpoints, is_there
from oxreel.settings import Settings
from support.weights_hub import COMMIT, WeightsHub

ONE = checkpoints(Settings())["Wan2.2-TI2V-5B"]
SHARDS = [f"transformer/diffusion_pytorch_model-0000{number}-of-00002.safetensors" for number in (1, 2)]
INDEX = {
    "_class_name": "WanImageToVideoPipeline",
    "_diffusers_version": "0.42.1",
    "boundary_ratio": None,
    "transformer": ["diffusers", "WanTransformer3DModel"],
    "transformer_2": [None, None],
    "vae": ["diffusers", "AutoencoderKLWan"],
    "tokenizer": ["transformers", "T5TokenizerFast"],
}
TAKEN = {
    "model_index.json": json.dumps(INDEX).encode(),
    "README.md": b"# Weights",
    "transformer/config.json": b"{}",
    SHARDS[0]: os.urandom(300_000),
    SHARDS[1]: os.urandom(200_000),
    "vae/diffusion_pytorch_model.safetensors": os.urandom(10_000),
    "tokenizer/spiece.model": os.urandom(500),
}
LEFT = {
    "whole-model-in-one-file.safetensors": b"1",
    "transformer_2/diffusion_pytorch_model.safetensors": b"2",
    "vae/diffusion_pytorch_model.bin": b"pickled",
    "vae/code.py": b"print('run')",
    "assets/demo.mp4": b"film",
    ".gitattributes": b"*",
}


@pytest.fixture
def hub() -> Iterator[WeightsHub]:
    with WeightsHub(ONE.repo, {**TAKEN, **LEFT}) as running:
        yield running


@pytest.fixture(autouse=True)
def _room_is_not_the_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_RESERVE", 0)


def gathered(hub: WeightsHub, target: Path) -> Download:
    found = plan(ONE, target, endpoint=hub.url)
    fetch(ONE, found, endpoint=hub.url)
    return found


def test_what_loading_reads_comes_and_nothing_that_could_run(hub: WeightsHub, tmp_path: Path) -> None:
    target = tmp_path / ONE.name
    found = gathered(hub, target)
    assert not target.exists()
    assert not damaged(found)
    complete(found)
    assert is_there(target)
    came = {file.relative_to(target).as_posix(): file.read_bytes() for file in target.rglob("*") if file.is_file()}
    stamp = json.loads(came.pop(STAMP))
    assert came == TAKEN
    assert (stamp["repo"], stamp["commit"], len(stamp["files"])) == (ONE.repo, COMMIT, len(TAKEN))
    assert list(tmp_path.iterdir()) == [target]
    again = installed(target)
    assert again is not None
    assert not damaged(again)


def test_a_connection_that_breaks_goes_on_where_it_broke(
    hub: WeightsHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1 << 14)
    hub.cuts[SHARDS[0]] = 131_072
    found = gathered(hub, tmp_path / ONE.name)
    assert not damaged(found)
    ranges = [asked for path, asked in hub.downloads if path == SHARDS[0]]
    assert ranges[0] == ""
    assert ranges[1].startswith("bytes=")
    assert ranges[1] != "bytes=0-"


def test_a_download_that_failed_fetches_only_what_is_missing(hub: WeightsHub, tmp_path: Path) -> None:
    hub.broken.add(SHARDS[1])
    with pytest.raises(DownloadFailed, match=r"could not be fetched: .* Run this again to go on"):
        gathered(hub, tmp_path / ONE.name)
    assert not is_there(tmp_path / ONE.name)
    hub.broken.clear()
    hub.downloads.clear()
    found = plan(ONE, tmp_path / ONE.name, endpoint=hub.url)
    assert found.missing() < found.size
    fetch(ONE, found, endpoint=hub.url)
    assert SHARDS[1] in hub.fetched()
    assert SHARDS[0] not in hub.fetched()
    assert not damaged(found)


def test_a_file_of_the_right_size_with_other_bytes_is_found_and_fetched_again(hub: WeightsHub, tmp_path: Path) -> None:
    hub.sent[SHARDS[0]] = bytes(300_000)
    found = gathered(hub, tmp_path / ONE.name)
    assert [file.path for file in damaged(found)] == [SHARDS[0]]
    assert not (found.gathered_in / SHARDS[0]).exists()
    hub.sent.clear()
    fetch(ONE, found, endpoint=hub.url)
    assert not damaged(found)


def test_a_small_file_with_other_bytes_is_found_too(hub: WeightsHub, tmp_path: Path) -> None:
    found = gathered(hub, tmp_path / ONE.name)
    (found.gathered_in / "transformer/config.json").write_bytes(b"[]")
    assert [file.path for file in damaged(found)] == ["transformer/config.json"]


def test_a_disk_without_room_is_refused_before_anything_large_comes(
    hub: WeightsHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = shutil.disk_usage(tmp_path).free
    monkeypatch.setattr(downloads, "_RESERVE", free)
    found = plan(ONE, tmp_path / ONE.name, endpoint=hub.url)
    with pytest.raises(DownloadFailed, match=r"0\.0 GB are to be fetched and .* GB to stay free"):
        check_room(found)
    assert hub.fetched() == ["model_index.json"]


def test_gated_weights_need_a_token_which_is_named(tmp_path: Path) -> None:
    with WeightsHub(ONE.repo, TAKEN, token="hf_of_the_tests") as hub:
        with pytest.raises(DownloadFailed, match=r"accepted its terms .* OXREEL_HF_TOKEN"):
            plan(ONE, tmp_path / ONE.name, endpoint=hub.url, token="hf_another")
        found = plan(ONE, tmp_path / ONE.name, endpoint=hub.url, token="hf_of_the_tests")
        fetch(ONE, found, endpoint=hub.url, token="hf_of_the_tests")
        assert not damaged(found)


def test_a_repository_that_is_not_there_is_named(tmp_path: Path) -> None:
    with WeightsHub("somebody/else", TAKEN) as hub, pytest.raises(DownloadFailed, match=f"{ONE.repo}.* is not there"):
        plan(ONE, tmp_path / ONE.name, endpoint=hub.url)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"model_index.json": TAKEN["model_index.json"], "vae/model.bin": b"pickled"}, "no weights as safetensors"),
        ({"vae/config.json": b"{}"}, "none of model_index.json"),
        ({"model_index.json": b"<html>", SHARDS[0]: b"1"}, "not JSON"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, files: dict[str, bytes], reason: str) -> None:
    with WeightsHub(ONE.repo, files) as hub, pytest.raises(DownloadFailed, match=f"cannot be used: .*{reason}"):
        plan(ONE, tmp_path / ONE.name, endpoint=hub.url)


def test_a_folder_that_is_in_the_way_is_not_written_over(hub: WeightsHub, tmp_path: Path) -> None:
    found = gathered(hub, tmp_path / ONE.name)
    (tmp_path / ONE.name).mkdir()
    (tmp_path / ONE.name / "mine.txt").write_text("mine")
    with pytest.raises(DownloadFailed, match="in the way"):
        complete(found)
    assert (tmp_path / ONE.name / "mine.txt").read_text() == "mine"


def test_two_checkpoints_of_one_repository_share_what_both_read_and_leave_the_rest(tmp_path: Path) -> None:
    first, second = (checkpoints(Settings())[name] for name in ("LTX-2.5", "LTX-2.5-distilled"))
    files = {
        "model_index.json": json.dumps({"transformer": ["diffusers", "LTX2VideoTransformer3DModel"]}).encode(),
        **{
            f"{part}/diffusion_pytorch_model.safetensors": os.urandom(5_000)
            for part in ("text_encoder", "transformer", "transformer_full", "latent_upsampler", "for_other_programs")
        },
    }
    with WeightsHub(first.repo, files) as hub:
        parts = []
        for one in (first, second):
            found = plan(one, tmp_path / one.name, endpoint=hub.url)
            share(found, [tmp_path / other.name for other in (first, second)])
            fetch(one, found, endpoint=hub.url)
            assert not damaged(found)
            complete(found)
            parts.append({file.parent.name for file in (tmp_path / one.name).glob("*/*.safetensors")})
        assert parts == [{"text_encoder", "transformer_full"}, {"text_encoder", "transformer", "latent_upsampler"}]
        assert hub.fetched().count("text_encoder/diffusion_pytorch_model.safetensors") == 1

import asyncio
import os
from pathlib import Path

import pytest

from oxreel.generations.devices import Devices, owned_gpus


def test_a_worker_owns_the_gpus_that_it_is_told() -> None:
    assert owned_gpus({"CUDA_VISIBLE_DEVICES": "2, GPU-8932f937"}) == ["2", "GPU-8932f937"]
    assert owned_gpus({"CUDA_VISIBLE_DEVICES": ""}) == []
    assert owned_gpus({"CUDA_VISIBLE_DEVICES": "-1"}) == []


def test_a_worker_that_is_told_nothing_owns_all_that_the_driver_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert owned_gpus({}) == []
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H200 (UUID: GPU-1)'\necho 'GPU 1: NVIDIA H200 (UUID: GPU-2)'\n")
    tool.chmod(0o755)
    assert owned_gpus({}) == ["0", "1"]
    tool.write_text("#!/bin/sh\necho 'no driver' >&2; exit 9\n")
    assert owned_gpus({}) == []
    assert os.environ["PATH"] == str(tmp_path)


def test_a_gpu_is_lent_to_one_at_a_time() -> None:
    async def lend() -> None:
        devices = Devices(["0", "1"], stall_seconds=60)
        first, second = await devices.take(), await devices.take()
        assert (first.name, second.name) == ("0", "1")
        waiting = asyncio.create_task(devices.take())
        await asyncio.sleep(0)
        assert not waiting.done()
        devices.give_back(first)
        assert await waiting is first

    asyncio.run(lend())


def test_a_machine_that_tells_of_no_gpu_films_one_at_a_time_on_what_it_has() -> None:
    async def lend() -> None:
        devices = Devices([], stall_seconds=60)
        assert devices.count == 1
        assert (await devices.take()).name is None

    asyncio.run(lend())

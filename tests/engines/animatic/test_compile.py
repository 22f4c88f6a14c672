"""The cache of compiled loops: filled at set-up, and never needed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import oxreel

FILM = (
    "import numpy as np\n"
    "from oxreel.engines.animatic import kernels\n"
    "one, out = np.full((64, 64), 40, np.uint8), np.empty((64, 64), np.uint8)\n"
    "kernels.mix(one, one, 2048, out)\n"
    "assert out[5, 5] == 40\n"
)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], env={**os.environ, **environment}, check=True, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that was filled at set-up."""
    folder = tmp_path_factory.mktemp("cache")
    run("-m", "oxreel.engines.animatic.compile", NUMBA_CACHE_DIR=str(folder))
    return folder


def test_compiling_fills_the_cache_that_films_use(cache: Path) -> None:
    """All of it: what compiled anew would take seconds of every start."""
    filled = {path: path.stat().st_mtime_ns for path in cache.rglob("*.nb?")}
    assert len([path for path in filled if path.name.startswith("kernels.") and path.suffix == ".nbc"]) == 3
    run("-m", "oxreel.engines.animatic.compile", NUMBA_CACHE_DIR=str(cache))
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*.nb?")} == filled


def test_a_damaged_cache_is_not_needed(cache: Path, tmp_path: Path) -> None:
    """Another process may be writing it, or an older release may have."""
    damaged = tmp_path / "cache"
    shutil.copytree(cache, damaged)
    for path in damaged.rglob("kernels.*"):
        path.write_bytes(b"half written")
    run("-c", FILM, NUMBA_CACHE_DIR=str(damaged))


def test_no_writable_place_for_the_cache_is_needed(tmp_path: Path) -> None:
    """As in a container whose file system cannot be written: the folders of the cache are files here."""
    package = tmp_path / "site" / "oxreel"
    shutil.copytree(Path(oxreel.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "engines" / "animatic" / "__pycache__").write_text("a file where the cache would be")
    (tmp_path / "home").write_text("a file where the user's cache would be")
    home = str(tmp_path / "home")
    run("-c", FILM, PYTHONPATH=str(tmp_path / "site"), HOME=home, XDG_CACHE_HOME=home, PYTHONDONTWRITEBYTECODE="1")

"""What is delivered: the lock files, the wheel, the client's independence, the environment's script."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import oxreel

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-gpu.txt")


def locked(name: str) -> dict[str, tuple[str, list[str]]]:
    """Version and hashes of every package in a lock file."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    found = {}
    for line in filter(str.strip, text.splitlines()):
        match = re.fullmatch(r"([a-z0-9.-]+)==(\S+)(?: ; [^-]*?)?((?:\s+--hash=sha256:[0-9a-f]{64})+)\s*", line)
        assert match, f"{name}: {line}"
        found[match[1]] = (match[2], match[3].split())
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_names_versions_and_hashes_and_no_place(name: str) -> None:
    assert len(locked(name)) > 20
    assert not re.search(r"://|^-|\bindex|@ ", (ROOT / name).read_text(), re.MULTILINE)


def test_the_lock_holds_what_the_project_asks_for() -> None:
    dependencies = PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]
    for name, wanted in (
        (LOCKS[0], dependencies),
        (LOCKS[1], dependencies + EXTRAS["dev"]),
        # The build of torch is each machine's own.
        (LOCKS[2], [wanted for wanted in EXTRAS["gpu"] if not wanted.startswith("torch==")]),
    ):
        found = locked(name)
        for requirement in map(Requirement, wanted):
            version, _ = found[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), f"{name}: {requirement} but {version}; run `make lock`"


def test_tests_run_with_the_versions_that_users_run() -> None:
    users, developers, filming = map(locked, LOCKS)
    assert {name: developers[name] for name in users} == users
    assert not users.keys() & filming.keys()
    for name in developers.keys() & filming.keys():
        assert developers[name] == filming[name]


@pytest.mark.parametrize(
    "package", ["av", "numba", "numpy", "opencv-python-headless", "psycopg-binary", "pydantic-core"]
)
def test_packages_with_compiled_parts_are_locked_for_more_than_one_machine(package: str) -> None:
    _, hashes = locked(LOCKS[0])[package]
    assert len(hashes) >= 8


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [wheel] = tmp_path.glob("*.whl")
    wanted = {
        str(file.relative_to(source / "src"))
        for package in ("oxreel", "oxreel_client")
        for file in (source / "src" / package).rglob("*")
        if file.is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        assert wanted <= set(archive.namelist())
        names = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        assert "oxreel = oxreel.cli.main:main" in archive.read(names[0]).decode()


def test_the_installed_version_is_the_projects() -> None:
    assert PROJECT["project"]["version"] == oxreel.__version__


def test_the_client_needs_nothing_but_httpx() -> None:
    allowed = sys.stdlib_module_names | {"httpx", "oxreel_client"}
    for file in (ROOT / "src/oxreel_client").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert {name.partition(".")[0] for name in names} <= allowed, file.name


@pytest.mark.parametrize(
    ("python", "sentence"),
    [
        ("no-such-python", "There is no 'no-such-python' here. Install Python 3.11 or newer"),
        ("old-python", "OxReel needs Python 3.11 or newer; 'old-python' is Python 3.9.2."),
        ("bare-python", "This Python can make no virtual environment. On Debian or Ubuntu: sudo apt-get install"),
    ],
)
def test_a_python_that_will_not_do_is_a_sentence(tmp_path: Path, python: str, sentence: str) -> None:
    programs = {
        "old-python": '[ "$1" = -V ] && echo Python 3.9.2\nexit 1',
        "bare-python": f'[ "$1" = -m ] && exit 1\nexec {sys.executable} "$@"',
    }
    for name, program in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{program}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        [ROOT / "scripts/make-venv", python, tmp_path / "venv"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert sentence in done.stderr
    assert not (tmp_path / "venv").exists()

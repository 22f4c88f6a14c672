"""Processes of one hub that start at once: one makes what is missing, the others find it."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from oxreel.bootstrap import open_hub
from oxreel.db import Database, api_keys, assets, ledger_entries, namespaces, repositories
from oxreel.settings import Settings

_PROCESSES = 4
#: Ready to go first, so that all go at once.
_START = """
import sys
from oxreel.bootstrap import open_hub
from oxreel.settings import Settings
settings = Settings(data_dir=sys.argv[1], database_url=sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
hub = open_hub(settings)
print(hub.signer.sign("/path", 1))
hub.close()
"""


@pytest.mark.parametrize("state", ["empty", "without the samples"])
def test_hubs_that_start_at_once_agree_on_what_they_make(database_url: str, tmp_path: Path, state: str) -> None:
    folder, database = tmp_path / "data", Database(database_url)
    if state == "without the samples":
        # As after an upgrade that brings new ones: nothing else is left that would keep the processes apart.
        open_hub(Settings(data_dir=folder, database_url=database_url)).close()
        with database.transaction() as tx:
            tx.execute(sa.delete(assets))
            tx.execute(sa.delete(repositories))
            tx.execute(sa.delete(namespaces).where(namespaces.c.kind == "organization"))
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", _START, str(folder), database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(_PROCESSES)
    ]
    for process in starting:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in starting:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120) for process in starting]
    assert [process.returncode for process in starting] == [0] * _PROCESSES, "\n".join(error for _, error in said)
    assert len({signature for signature, _ in said}) == 1
    with database.snapshot() as tx:
        assert sorted(tx.execute(sa.select(namespaces.c.name)).scalars()) == ["elau", "local", "ox"]
        for table in (api_keys, ledger_entries):
            assert tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 1
    database.close()
    assert (folder / "api-key").read_text().startswith("oxr_")

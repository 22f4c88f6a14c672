"""What a backup holds, and what cannot be saved or restored."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from oxreel.bootstrap import open_hub
from oxreel.db import assets
from oxreel.errors import Conflict, InvalidParams, NotFound
from oxreel.operation.backup import DATABASE, MANIFEST, OBJECTS, backup
from oxreel.operation.restore import restore
from oxreel.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of a hub that was started once, and has a key."""
    made = Settings(data_dir=tmp_path / "data", database_url="", storage_url="")
    open_hub(made).close()
    return made


def elsewhere(settings: Settings) -> Settings:
    return settings.model_copy(update={"data_dir": settings.data_dir.parent / "restored"})


def test_a_backup_holds_all_and_says_what(settings: Settings, tmp_path: Path) -> None:
    saved = backup(settings, tmp_path / "saved")
    assert saved.rows["namespaces"] >= 3
    assert saved.rows["assets"] == saved.objects > 0
    assert sorted(path.name for path in (tmp_path / "saved").iterdir()) == [
        "api-key", "manifest.json", "objects", "oxreel.sqlite",
    ]  # fmt: skip
    held = restore(elsewhere(settings), tmp_path / "saved")
    assert held == saved
    there = elsewhere(settings)
    assert there.key_file.read_text() == settings.key_file.read_text()
    assert there.key_file.stat().st_mode & 0o077 == 0
    hub, before = open_hub(there), open_hub(settings)
    with hub.database.snapshot() as tx, before.database.snapshot() as other:
        keys = sa.select(assets.c.object_key).order_by(assets.c.id)
        assert list(tx.execute(keys)) == list(other.execute(keys))
        for key in tx.execute(keys).scalars():
            assert hub.objects.read(key) == before.objects.read(key)
    hub.close()
    before.close()


def test_what_is_written_while_objects_are_copied_is_whole_or_not_there(settings: Settings, tmp_path: Path) -> None:
    store = settings.data_dir / "objects"
    (store / "assets").mkdir(exist_ok=True)
    (store / "assets" / "half#1").write_bytes(b"ha")
    saved = backup(settings, tmp_path / "saved")
    assert not any("#" in path.name for path in (tmp_path / "saved" / OBJECTS).rglob("*"))
    assert saved.objects == sum(path.is_file() for path in (tmp_path / "saved" / OBJECTS).rglob("*"))


def test_a_hub_of_an_older_release_is_saved_with_the_tables_that_it_has(settings: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(settings.data_dir / "oxreel.sqlite")) as older:
        older.execute("DROP TABLE tallies")
        older.execute("UPDATE alembic_version SET version_num = '0005'")
        older.commit()
    saved = backup(settings, tmp_path / "saved")
    assert "tallies" not in saved.rows
    assert saved.rows["namespaces"] >= 3
    assert restore(elsewhere(settings), tmp_path / "saved") == saved


def test_a_backup_goes_to_a_folder_of_its_own(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="is not empty"):
        backup(settings, settings.data_dir)
    with pytest.raises(NotFound, match="no hub's database"):
        backup(elsewhere(settings), tmp_path / "saved")
    assert not (tmp_path / "saved").exists()
    with pytest.raises(InvalidParams, match="pg_dump"):
        backup(settings.model_copy(update={"database_url": "postgresql://db/oxreel"}), tmp_path / "saved")


def test_a_hub_is_never_restored_over_another(settings: Settings, tmp_path: Path) -> None:
    backup(settings, tmp_path / "saved")
    with pytest.raises(Conflict, match="is not empty"):
        restore(settings, tmp_path / "saved")


@pytest.mark.parametrize("harm", ["database", "object", "manifest", "version"])
def test_a_backup_that_was_changed_is_refused_and_leaves_nothing(harm: str, settings: Settings, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    made = backup(settings, saved)
    match harm:
        case "database":
            with (saved / DATABASE).open("ab") as file:
                file.write(b"x")
        case "object":
            next(path for path in (saved / OBJECTS).rglob("*") if path.is_file()).unlink()
        case "manifest":
            (saved / MANIFEST).write_text("{")
        case "version":
            text = (saved / MANIFEST).read_text()
            (saved / MANIFEST).write_text(text.replace(f'"schema": "{made.schema}"', '"schema": "9999"'))
    with pytest.raises(InvalidParams, match=r"changed since|not what was saved|no backup|newer"):
        restore(elsewhere(settings), saved)
    assert not elsewhere(settings).data_dir.exists()

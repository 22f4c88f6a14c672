from pathlib import Path

import pytest

from oxreel.bootstrap import open_hub
from oxreel.errors import WrongSetting
from oxreel.settings import Settings


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", database_url="postgresql://me:secret-word@127.0.0.1:1/films")
    with pytest.raises(WrongSetting, match=r"^OXREEL_DATABASE_URL: the database 'films' at 127\.0\.0\.1:1 ") as raised:
        open_hub(settings)
    assert "secret-word" not in str(raised.value)


def test_a_worker_that_is_the_first_to_come_leaves_the_first_key_to_the_hub(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    worker = Settings(data_dir=tmp_path / "worker", database_url=url)
    open_hub(worker, first_user=False).close()
    hub = Settings(data_dir=tmp_path / "hub", database_url=url)
    open_hub(hub).close()
    assert not worker.key_file.exists()
    assert hub.key_file.read_text().startswith("oxr_")

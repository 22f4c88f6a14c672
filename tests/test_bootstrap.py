import re
from decimal import Decimal
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


@pytest.mark.parametrize(
    ("name", "dollars", "why"),
    [
        ("fal-ai/kling-video/o3/pro/text-to-vide", "0.2", "which is none of fal's endpoints"),
        ("fal-ai/kling-video/o3/pro/text-to-video+sound", "0.2", "which is none of fal's endpoints"),
        ("fal-ai/kling-video/o3/pro/text-to-video", "0.00000021", "finer than a millionth"),
    ],
)
def test_a_price_of_fals_that_would_never_count_keeps_the_hub_from_starting(
    tmp_path: Path, name: str, dollars: str, why: str
) -> None:
    with pytest.raises(WrongSetting, match=f"OXREEL_FAL_PRICES .*{re.escape(name)}.*{why}"):
        open_hub(Settings(data_dir=tmp_path / "data", fal_prices={name: Decimal(dollars)}))


def test_prices_of_an_endpoint_without_and_with_sound_are_fine(tmp_path: Path) -> None:
    name = "fal-ai/kling-video/o3/standard/text-to-video"
    open_hub(Settings(data_dir=tmp_path / "data", fal_prices={name: Decimal(1), f"{name}+audio": Decimal(2)})).close()


def test_a_worker_that_is_the_first_to_come_leaves_the_first_key_to_the_hub(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    worker = Settings(data_dir=tmp_path / "worker", database_url=url)
    open_hub(worker, first_user=False).close()
    hub = Settings(data_dir=tmp_path / "hub", database_url=url)
    open_hub(hub).close()
    assert not worker.key_file.exists()
    assert hub.key_file.read_text().startswith("oxr_")

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from oxreel import db
from oxreel.assets import NewAsset, find_asset, find_repository, put_asset
from oxreel.db import Database
from oxreel.media.image import open_picture
from oxreel.media.limits import Limits
from oxreel.media.probe import probe
from oxreel.samples import SAMPLES, Sample, install_samples
from oxreel.storage import Objects

PICTURES = [sample for sample in SAMPLES if sample.content_type == "image/png"]
[VIDEO] = [sample for sample in SAMPLES if sample.content_type == "video/mp4"]


@pytest.mark.parametrize("sample", PICTURES, ids=lambda sample: sample.file)
def test_a_sample_is_a_picture_of_the_size_that_its_name_says(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "sample").write_bytes(sample.read())
    facts = open_picture(tmp_path / "sample", tmp_path / "out", "input_image", Limits())
    assert (facts.width, facts.height) == (sample.width, sample.height)
    assert f"{sample.width}" in sample.file
    assert f"{sample.height}" in sample.file


def test_the_sample_video_is_one_that_every_video_model_takes(tmp_path: Path) -> None:
    (tmp_path / "sample.mp4").write_bytes(VIDEO.read())
    facts = probe(tmp_path / "sample.mp4")
    assert (facts.width, facts.height, facts.frames) == (VIDEO.width, VIDEO.height, 121)
    assert float(facts.seconds) == VIDEO.seconds


def test_the_samples_are_small_enough_to_travel_with_the_package() -> None:
    assert sum(len(sample.read()) for sample in SAMPLES) < 2_000_000


def test_the_samples_are_those_that_the_documents_name() -> None:
    assert {f"{sample.namespace}/{sample.repository}/file/main/{sample.path}" for sample in SAMPLES} == {
        "elau/assets/file/main/bloxy/bloxy_cropped_512x512.png",
        "ox/Oxen-AI-Assets/file/main/images/ox_zoom_out_1926_1076.png",
        "ox/Oxen-AI-Assets/file/main/images/winter_summer_ox.mp4",
    }


def test_installing_puts_them_where_anyone_can_read_them(database: Database) -> None:
    objects = Objects.open("memory:///")
    with database.transaction() as tx:
        install_samples(tx, objects)
    with database.snapshot() as tx:
        for sample in SAMPLES:
            repository = find_repository(tx, sample.namespace, sample.repository, readable=())
            asset = find_asset(tx, repository.id, sample.path)
            assert objects.read(asset.object_key) == sample.read()
            assert (asset.width, asset.height, asset.seconds) == (sample.width, sample.height, sample.seconds)
            assert asset.content_type == sample.content_type
        kinds = tx.execute(sa.select(db.namespaces.c.kind)).scalars().all()
    assert kinds == ["organization", "organization"]


def test_installing_again_changes_nothing_and_mends_what_is_missing(database: Database) -> None:
    objects = Objects.open("memory:///")

    def rows() -> list[tuple[object, ...]]:
        with database.transaction() as tx:
            install_samples(tx, objects)
        with database.snapshot() as tx:
            return [tuple(row) for row in tx.execute(sa.select(db.assets).order_by(db.assets.c.id))]

    first = rows()
    assert rows() == first
    lost, *_ = objects.keys("samples")
    objects.delete(lost)
    assert rows() == first
    assert objects.exists(lost)


def test_an_older_versions_sample_is_replaced_and_somebodys_own_file_is_not(database: Database) -> None:
    objects = Objects.open("memory:///")
    with database.transaction() as tx:
        install_samples(tx, objects)
        for sample, key in zip(PICTURES, ("samples/0000/old.png", "assets/aa/mine"), strict=True):
            repository = find_repository(tx, sample.namespace, sample.repository, readable=())
            put_asset(tx, repository.id, NewAsset(sample.path, 1, "image/png", "00", key))
        install_samples(tx, objects)
        keys = list(tx.execute(sa.select(db.assets.c.object_key).order_by(db.assets.c.id)).scalars())
    assert keys[0].endswith(SAMPLES[0].file)
    assert keys[1] == "assets/aa/mine"


@pytest.mark.skipif("OXREEL_TEST_DRAWING" not in os.environ, reason="draws for a quarter of a minute")
def test_the_kept_drawings_are_what_the_script_draws(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "oxreel.samples.drawing", str(tmp_path)], check=True)
    for sample in PICTURES:
        drawn = np.asarray(Image.open(tmp_path / sample.file), np.int16)
        kept = np.asarray(Image.open(io.BytesIO(sample.read())), np.int16)
        assert np.abs(drawn - kept).mean() < 1

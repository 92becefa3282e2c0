"""The loader of cheques, on two small images as a folder and as published. No network is needed."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet.datasets import cheques
from tests.data_files import no_network

TRAINING, TEST = "a_car_000168_png.rf.0a.jpg", "a_car_000169_png.rf.0b.jpg"
BOXES = [[2, 3, 8, 20], [12, 4, 9, 21]]


def image(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((30, 60, 3), shade, np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()


def published(address: str) -> bytes:
    """The published archive: boxes in any order, all below a folder of the archive's name."""
    annotations = {
        "images": [{"id": 0, "file_name": TEST}, {"id": 1, "file_name": TRAINING}],
        "annotations": [
            {"image_id": 1, "category_id": 7, "bbox": BOXES[1]},
            {"image_id": 0, "category_id": 5, "bbox": BOXES[0]},
            {"image_id": 1, "category_id": 4, "bbox": BOXES[0]},
        ],
    }
    inside = "Labeled_ORAND-CAR-A-main/ORAND-CAR-2014-coco"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{inside}/annotations/instances_train2017.json", json.dumps(annotations))
        for name, shade in ((TRAINING, 10), (TEST, 200)):
            archive.writestr(f"{inside}/images/train2017/{name}", image(shade))
    return buffer.getvalue()


def folder(root: Path) -> Path:
    """Put the set in a data folder; returns the path of its table."""
    images = root / "cheque_strings" / "images"
    images.mkdir(parents=True)
    for name, shade in ((TRAINING, 10), (TEST, 200)):
        (images / name).write_bytes(image(shade))
    table = root / "cheque_strings" / "labels.csv"
    table.write_text(
        f'file,label,boxes_xywh\n{TEST},5,"{json.dumps(BOXES[:1])}"\n{TRAINING},47,"{json.dumps(BOXES)}"\n'
    )
    return table


@pytest.fixture
def accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the small set the one that is wanted."""
    root = tmp_path / "right"
    folder(root)
    amount = cheques.Amount(root / "cheque_strings" / "images" / TRAINING, "47", np.array(BOXES))
    monkeypatch.setattr(cheques, "CHECKSUM", cheques._checksum([amount]))


def test_half_of_the_cheques_are_for_training() -> None:
    assert len(cheques.TRAINING_NUMBERS) == 200
    assert cheques.is_for_training(TRAINING)
    assert not cheques.is_for_training(TEST)


@pytest.mark.usefixtures("accepted")
def test_only_the_training_part_is_loaded(tmp_path: Path) -> None:
    folder(tmp_path)
    found = cheques.load(tmp_path, fetch=no_network)
    (amount,) = found.amounts
    assert (amount.image.name, amount.number, amount.boxes.tolist()) == (TRAINING, "47", BOXES)
    assert found.source.count == 1
    assert found.source.checksums == {"cheque_strings": cheques.CHECKSUM}


@pytest.mark.usefixtures("accepted")
def test_a_fetched_set_is_loaded_like_a_local_one_and_kept_whole(tmp_path: Path) -> None:
    found = cheques.load(tmp_path, fetch=published)
    assert [amount.number for amount in found.amounts] == ["47"]
    assert (tmp_path / "cheque_strings" / "images" / TEST).read_bytes() == image(200)
    assert cheques.load(tmp_path, fetch=no_network).source == found.source


def test_another_version_is_an_error(tmp_path: Path) -> None:
    folder(tmp_path)
    with pytest.raises(
        OSError, match=r"cheque_strings is broken: wanted sha256:58a4.*, got sha256:.*delete it"
    ):
        cheques.load(tmp_path, fetch=no_network)


@pytest.mark.parametrize(
    "damage", ["no columns\n1\n", f"file,label,boxes_xywh\n{TRAINING},47,[[1\n", "missing image"]
)
def test_a_broken_folder_is_an_error(tmp_path: Path, damage: str) -> None:
    table = folder(tmp_path)
    if damage == "missing image":
        (table.parent / "images" / TRAINING).unlink()
    else:
        table.write_text(damage)
    with pytest.raises(OSError, match="is broken: wanted a table with file, label and boxes_xywh"):
        cheques.load(tmp_path, fetch=no_network)


@pytest.mark.parametrize("fetch", [no_network, lambda address: b"no archive", lambda address: b""])
def test_a_set_that_cannot_be_fetched_says_what_to_put_where(tmp_path: Path, fetch: object) -> None:
    with pytest.raises(FileNotFoundError, match=r"could not be fetched .*Put labels.csv and images there"):
        cheques.load(tmp_path, fetch=fetch)
    assert not list(tmp_path.rglob("*.csv"))

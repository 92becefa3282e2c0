"""The cheques' loader on two small pictures of our own, as a folder and as they are published. No network."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet.datasets import cheques

LEARNT, OTHER = "a_car_000168_png.rf.0a.jpg", "a_car_000169_png.rf.0b.jpg"
BOXES = [[2, 3, 8, 20], [12, 4, 9, 21]]


def picture(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((30, 60, 3), shade, np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()


def nobody_answers(address: str) -> bytes:
    raise OSError("no route to host")


def published(address: str) -> bytes:
    """The archive: boxes in any order, all below a folder of the archive's name."""
    annotations = {
        "images": [{"id": 0, "file_name": OTHER}, {"id": 1, "file_name": LEARNT}],
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
        for name, shade in ((LEARNT, 10), (OTHER, 200)):
            archive.writestr(f"{inside}/images/train2017/{name}", picture(shade))
    return buffer.getvalue()


def folder(root: Path) -> Path:
    """The form that lies in the data folder."""
    images = root / "cheque_strings" / "images"
    images.mkdir(parents=True)
    for name, shade in ((LEARNT, 10), (OTHER, 200)):
        (images / name).write_bytes(picture(shade))
    table = root / "cheque_strings" / "labels.csv"
    table.write_text(
        f'file,label,boxes_xywh\n{OTHER},5,"{json.dumps(BOXES[:1])}"\n{LEARNT},47,"{json.dumps(BOXES)}"\n'
    )
    return table


@pytest.fixture
def accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checksum is that of the small pictures."""
    root = tmp_path / "right"
    folder(root)
    amount = cheques.Amount(root / "cheque_strings" / "images" / LEARNT, "47", np.array(BOXES))
    monkeypatch.setattr(cheques, "CHECKSUM", cheques._checksum([amount]))


def test_half_of_the_cheques_are_learnt_from() -> None:
    assert len(cheques.LEARNT) == 200
    assert cheques.is_learnt(LEARNT)
    assert not cheques.is_learnt(OTHER)


@pytest.mark.usefixtures("accepted")
def test_only_those_are_loaded_that_are_learnt_from(tmp_path: Path) -> None:
    folder(tmp_path)
    found = cheques.load(tmp_path, fetch=nobody_answers)
    (amount,) = found.amounts
    assert (amount.picture.name, amount.number, amount.boxes.tolist()) == (LEARNT, "47", BOXES)
    assert found.source.count == 1
    assert found.source.checksums == {"cheque_strings": cheques.CHECKSUM}


@pytest.mark.usefixtures("accepted")
def test_what_is_published_becomes_the_same_and_is_kept(tmp_path: Path) -> None:
    found = cheques.load(tmp_path, fetch=published)
    assert [amount.number for amount in found.amounts] == ["47"]
    assert (tmp_path / "cheque_strings" / "images" / OTHER).read_bytes() == picture(200)  # to measure by
    assert cheques.load(tmp_path, fetch=nobody_answers).source == found.source


def test_another_version_is_said(tmp_path: Path) -> None:
    folder(tmp_path)
    with pytest.raises(
        OSError, match=r"cheque_strings is broken: wanted sha256:58a4.*, got sha256:.*delete it"
    ):
        cheques.load(tmp_path, fetch=nobody_answers)


@pytest.mark.parametrize(
    "damage", ["no columns\n1\n", f"file,label,boxes_xywh\n{LEARNT},47,[[1\n", "picture"]
)
def test_a_broken_folder_is_said(tmp_path: Path, damage: str) -> None:
    table = folder(tmp_path)
    if damage == "picture":
        (table.parent / "images" / LEARNT).unlink()
    else:
        table.write_text(damage)
    with pytest.raises(OSError, match="is broken: wanted a table with file, label and boxes_xywh"):
        cheques.load(tmp_path, fetch=nobody_answers)


@pytest.mark.parametrize("fetch", [nobody_answers, lambda address: b"no archive", lambda address: b""])
def test_what_cannot_be_fetched_says_what_to_put_where(tmp_path: Path, fetch: object) -> None:
    with pytest.raises(FileNotFoundError, match=r"could not be fetched .*Put labels.csv and images there"):
        cheques.load(tmp_path, fetch=fetch)
    assert not list(tmp_path.rglob("*.csv"))

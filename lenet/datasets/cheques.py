"""Amounts on bank cheques: real pens on patterned paper, with a box round each digit.

The images are cut from Chilean cheques (ORAND-CAR-A, ICFHR 2014); people drew the boxes. Of `cheque_strings`
the 200 images named here are for training, the others for the test; of `cheque_strings_more`, which has no
image of the former, all 408 are for training. Their form in the data folder:

    root/cheque_strings/labels.csv   file, label, boxes_xywh: the amount, and the boxes of its digits in JSON
    root/cheque_strings/images/*.jpg
    root/cheque_strings_more/…       the same; has no address
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from lenet.datasets.sources import REMEDY, Fetch, Source, download, sha256
from lenet.files import store

_REPOSITORY = "github.com/Fzkuji/Labeled_ORAND-CAR-A"
ADDRESS = (
    "https://codeload.github.com/Fzkuji/Labeled_ORAND-CAR-A/zip/7b500aa8fcd25014d0c342fe758277a0a53266c9"
)
_ANNOTATIONS = "ORAND-CAR-2014-coco/annotations/instances_train2017.json"
_IMAGES = "ORAND-CAR-2014-coco/images/train2017"

_TRAINING = """
168 180 182 185 196 198 216 230 234 242 243 246 259 271 277 284 289 291 295 299 305 307 309 314 321
331 338 351 354 364 365 371 376 379 389 391 394 403 411 417 431 433 441 443 453 461 473 474 476 487
488 492 505 508 512 522 532 537 541 544 549 556 561 562 572 573 574 575 580 581 586 591 594 597 617
621 622 623 625 631 632 633 637 644 648 651 653 654 656 662 667 669 676 679 681 683 697 711 718 719
724 731 733 739 750 762 768 775 778 781 790 806 825 828 839 840 851 855 858 859 860 863 868 872 873
879 883 886 887 889 900 903 904 908 922 923 924 926 928 930 935 942 946 947 960 961 962 964 966 972
977 981 983 985 1000 1003 1005 1009 1011 1013 1015 1016 1019 1021 1023 1037 1040 1052 1054 1074 1078
1081 1085 1088 1101 1102 1108 1109 1110 1112 1115 1118 1127 1130 1138 1139 1142 1145 1152 1153 1167
1169 1176 1177 1178 1184 1186 1212 1220 1227
"""

TRAINING_NUMBERS = frozenset(int(number) for number in _TRAINING.split())
"""The numbers in the names of the 200 training images: every second row of the published table.

The other 200 are for the test (docs/experiments.md).
"""

CHECKSUM = "sha256:58a450551086fafd92462c7fbed5c3395ef9faf37fcac77ff3b15b856368160c"
"""Of the labels and images for training; see `_checksum`."""

CHECKSUM_MORE = "sha256:9ddf9cecf10e7df71a203d02916eb9cef0abf60dfab21b1d0663750debc5c82e"
"""Of the labels and images of `cheque_strings_more`."""


@dataclass(frozen=True)
class Amount:
    """An amount on a cheque.

    Attributes:
        image: its file, about 150 × 50 pixels.
        number: its digits, "15700".
        boxes: int64 (digits, 4): left, top, width, height in pixels, from left to right; they may overlap.
    """

    image: Path
    number: str
    boxes: np.ndarray


@dataclass(frozen=True)
class Cheques:
    """Amounts, and where they come from."""

    amounts: list[Amount]
    source: Source


def load(root: Path, *, fetch: Fetch = download) -> Cheques:
    """Load the amounts for training; fetch the set where `root` lacks it.

    Args:
        root: the data folder; the files lie in `root/cheque_strings`.
        fetch: downloads an address.

    Raises:
        FileNotFoundError: the set is missing and cannot be fetched.
        OSError: it is broken or another version.
    """
    folder = Path(root) / "cheque_strings"
    if not (folder / "labels.csv").exists():
        _fetch(folder, fetch)
    return _read(folder, is_for_training, "training part", CHECKSUM, REMEDY)


def load_more(root: Path) -> Cheques:
    """Load further amounts for training, from `root/cheque_strings_more`.

    Raises:
        FileNotFoundError: the set is missing.
        OSError: it is broken or another version.
    """
    folder = Path(root) / "cheque_strings_more"
    if not (folder / "labels.csv").exists():
        raise FileNotFoundError(
            f"More cheques are not in {folder}. Put the ready-made labels.csv and images there, "
            f"cut from {_REPOSITORY}"
        )
    return _read(folder, lambda file: True, "further images", CHECKSUM_MORE, "; put an intact copy there")


def _read(folder: Path, choose: Callable[[str], bool], part: str, checksum: str, remedy: str) -> Cheques:
    """Read the amounts of a folder whose file's name is chosen, and check their checksum."""
    table = folder / "labels.csv"
    try:
        every = csv.DictReader(io.StringIO(table.read_text("utf-8")))
        rows = sorted((row for row in every if choose(row["file"])), key=lambda row: row["file"])
        amounts = [
            Amount(folder / "images" / row["file"], row["label"], np.array(json.loads(row["boxes_xywh"])))
            for row in rows
        ]
        got = _checksum(amounts)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise OSError(
            f"{table} is broken: wanted a table with file, label and boxes_xywh, "
            f"got {type(error).__name__}: {error}{remedy}"
        ) from error
    if got != checksum:
        raise OSError(f"{folder} is broken: wanted {checksum}, got {got}{remedy}")
    source = Source(
        name=f"ORAND-CAR-A, amounts with boxes, {part}",
        count=len(amounts),
        checksums={folder.name: got},
        licence="MIT (the boxes)",
        citation="Diem et al., ICFHR 2014 Competition on Handwritten Digit String Recognition in Challenging "
        "Datasets, doi 10.1109/ICFHR.2014.136; boxes: Labeled_ORAND-CAR-A, 2021",
    )
    return Cheques(amounts, source)


def is_for_training(file: str) -> bool:
    """Tell whether an image, "a_car_000242_png.rf.….jpg", is for training."""
    return int(file.split("_")[2]) in TRAINING_NUMBERS


def _checksum(amounts: list[Amount]) -> str:
    """Compute the checksum of the amounts' file names, digits, boxes and images."""
    content = b""
    for amount in amounts:
        row = [amount.image.name, amount.number, amount.boxes.tolist()]
        content += json.dumps(row).encode() + amount.image.read_bytes()
    return sha256(content)


def _fetch(folder: Path, fetch: Fetch) -> None:
    """Store the published images in a folder, then the table, which marks the set as complete."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(fetch(ADDRESS)))
        inside = {name.partition("/")[2]: name for name in archive.namelist()}  # without the archive's folder
        rows = _table(json.loads(archive.read(inside[_ANNOTATIONS])))
        images = {row[0]: archive.read(inside[f"{_IMAGES}/{row[0]}"]) for row in rows}
    except (OSError, KeyError, ValueError, zlib.error, zipfile.BadZipFile) as error:
        raise FileNotFoundError(
            f"The cheques are not in {folder} and could not be fetched ({ADDRESS}: {error}). "
            "Put labels.csv and images there"
        ) from error
    for name, content in images.items():
        store(folder / "images" / PurePosixPath(name).name, content)
    table = io.StringIO()
    csv.writer(table).writerows([("file", "label", "boxes_xywh"), *rows])
    store(folder / "labels.csv", table.getvalue().encode())


def _table(annotations: dict[str, Any]) -> list[tuple[str, str, str]]:
    """List file, amount and boxes in JSON of each image, from annotations as in COCO (Lin et al. 2014)."""
    boxes: dict[int, list[tuple[list[int], int]]] = {}
    for digit in annotations["annotations"]:
        boxes.setdefault(digit["image_id"], []).append((digit["bbox"], digit["category_id"]))
    rows = []
    for image in annotations["images"]:
        digits = sorted(boxes.get(image["id"], []))
        number = "".join(str(digit) for _, digit in digits)
        rows.append((image["file_name"], number, json.dumps([box for box, _ in digits])))
    return rows

"""BHMSDS: digits and signs on photographed sheets, by a few Polish hands (Blachowski 2019).

Read from sheets of cells that hold 28 × 28 pixels, dark ink on white, 50 cells a line:

    root/bhmsds/{0, …, 9, dot, minus, plus, slash, w, x, y, z}.png
    root/bhmsds/labels.csv      sheet, index: the file of a sheet, and a cell of it; label
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lenet.datasets.sources import Source, sha256

REPOSITORY = "github.com/wblachowski/bhmsds"
"""Where the images come from."""

_SIDE = 28
"""Side of a cell, in pixels."""

_REMEDY = "; put an intact copy there"


@dataclass(frozen=True)
class Symbols:
    """Images of digits and signs.

    Attributes:
        images: uint8 (N, 28, 28), 0 = paper, 255 = ink; not in MNIST's form.
        labels: str (N,), "0" to "9", "dot", "minus", "plus", "slash", "w", "x", "y" or "z".
        source: where they come from.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.str_]
    source: Source


def load(root: Path) -> Symbols:
    """Load all images.

    Args:
        root: the data folder; the files lie in `root/bhmsds`.

    Raises:
        FileNotFoundError: the set is missing.
        OSError: a file is broken.
    """
    table = Path(root) / "bhmsds" / "labels.csv"
    if not table.exists():
        raise FileNotFoundError(
            f"BHMSDS is not in {table.parent}. Put labels.csv and the sheets there, made of the images of "
            f"{REPOSITORY}"
        )
    content = table.read_bytes()
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        contents = {
            name: (table.parent / name).read_bytes() for name in sorted({row["sheet"] for row in rows})
        }
        sheets = {name: _cells(name, sheet) for name, sheet in contents.items()}
        images = np.stack([sheets[row["sheet"]][int(row["index"])] for row in rows])
        labels = np.array([row["label"] for row in rows])
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise OSError(
            f"{table} is broken: wanted a table with sheet, index and label, and the sheets beside it, "
            f"got {type(error).__name__}: {error}{_REMEDY}"
        ) from error
    checksums = {name: sha256(file) for name, file in {table.name: content, **contents}.items()}
    return Symbols(
        images, labels, Source("BHMSDS", len(labels), checksums, "MIT", f"Blachowski, {REPOSITORY}, 2019")
    )


def _cells(name: str, content: bytes) -> NDArray[np.uint8]:
    """The cells of a sheet, line by line: uint8 (N, 28, 28), 255 = ink."""
    sheet = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if content else None
    if sheet is None or sheet.shape[0] % _SIDE or sheet.shape[1] % _SIDE:
        raise ValueError(f"{name}: wanted an image of cells of {_SIDE} × {_SIDE} pixels")
    height, width = (side // _SIDE for side in sheet.shape)
    cells = sheet.reshape(height, _SIDE, width, _SIDE).swapaxes(1, 2).reshape(-1, _SIDE, _SIDE)
    return 255 - cells.astype(np.uint8)

"""The loader of BHMSDS, on a sheet of six cells."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet.datasets import bhmsds
from tests.data_files import put

TABLE = b"sheet,index,label\nplus.png,1,plus\nplus.png,4,plus\n"


def _sheet(shape: tuple[int, int] = (56, 84)) -> bytes:
    """White paper; cell 4, the second of the second line, is black at its top left."""
    pixels = np.full(shape, 255, np.uint8)
    pixels[28:30, 28:31] = 0
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def test_cells_are_counted_line_by_line_and_become_ink(tmp_path: Path) -> None:
    put(tmp_path / "bhmsds" / "labels.csv", TABLE)
    put(tmp_path / "bhmsds" / "plus.png", _sheet())
    symbols = bhmsds.load(tmp_path)
    assert symbols.labels.tolist() == ["plus", "plus"]
    assert not symbols.images[0].any()
    assert np.argwhere(symbols.images[1] == 255).max(axis=0).tolist() == [1, 2]
    assert symbols.source.count == 2
    assert sorted(symbols.source.checksums) == ["labels.csv", "plus.png"]


def test_a_missing_set_says_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"BHMSDS is not in .*Put labels\.csv and the sheets there"):
        bhmsds.load(tmp_path)


@pytest.mark.parametrize("sheet", [b"", b"no image", _sheet((50, 84)), _sheet((28, 28 * 4))])
def test_a_broken_sheet_is_named(tmp_path: Path, sheet: bytes) -> None:
    put(tmp_path / "bhmsds" / "labels.csv", TABLE)
    put(tmp_path / "bhmsds" / "plus.png", sheet)
    with pytest.raises(OSError, match=r"is broken: wanted .*; put an intact copy there"):
        bhmsds.load(tmp_path)

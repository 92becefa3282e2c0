"""The loader of MathNote's drawings, on a small file in the form of the real ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from lenet.datasets import mathnote
from tests.data_files import put

ROW = {"label": "slash", "donor": "mathnote", "strokes": [[[9, 0], [1.5, 8]]]}


def test_drawings_are_loaded_with_the_labels_of_the_set(tmp_path: Path) -> None:
    put(tmp_path / "mathnote" / "symbols.jsonl.gz", gzip.compress(json.dumps(ROW).encode()))
    symbols, source = mathnote.load(tmp_path, "symbols")
    assert [symbol.label for symbol in symbols] == ["slash"]
    assert symbols[0].strokes[0].tolist() == [[9, 0], [1.5, 8]]
    assert (source.count, list(source.checksums)) == (1, ["symbols.jsonl.gz"])


def test_a_missing_set_says_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"MathNote's digits are not in .*Put digits\.jsonl\.gz there"
    ):
        mathnote.load(tmp_path, "digits")


@pytest.mark.parametrize("row", [{"label": 7, "strokes": []}, {"label": "7"}, 1])
def test_a_broken_set_is_named(tmp_path: Path, row: object) -> None:
    put(tmp_path / "mathnote" / "digits.jsonl.gz", gzip.compress(json.dumps(row).encode()))
    with pytest.raises(OSError, match=r"is broken: wanted .*; put an intact copy there"):
        mathnote.load(tmp_path, "digits")

"""The loader of PenDigits, on small files in the forms of the real ones. No network is needed."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lenet.datasets import pendigits
from lenet.datasets.sources import sha256
from tests.data_files import TWO_DRAWINGS, no_network, put

# `compress` (ncompress 5.0) made this of ONE_STROKE.
ONE_STROKE = b'.SEGMENT DIGIT 0 ? "1"\n.COMMENT 1 7 1\n.PEN_DOWN\n 5 10\n 5 20\n.PEN_UP\n.DT 100\n'
ONE_STROKE_Z = bytes.fromhex(
    "1f9d902ea61439d2a488132a208824399204210c103f4088882142818b214f9a143c082206881b1d2d4231f885c8"
    "932b4e1480a8d111864a96325cba18e9e44b15281689208c01c325"
)


@pytest.fixture
def small_pendigits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make TWO_DRAWINGS the training text that is wanted, and ONE_STROKE the test text."""
    monkeypatch.setitem(pendigits.CHECKSUMS, "pendigits-orig.tra", sha256(TWO_DRAWINGS.encode()))
    monkeypatch.setitem(pendigits.CHECKSUMS, "pendigits-orig.tes", sha256(ONE_STROKE))


@pytest.mark.usefixtures("small_pendigits")
def test_strokes_labels_writers_and_source_are_loaded(tmp_path: Path):
    put(tmp_path / "pendigits" / "pendigits-orig.tra", TWO_DRAWINGS.encode())
    drawings = pendigits.load(tmp_path, train=True, fetch=no_network)
    assert drawings.labels.tolist() == [7, 4]
    assert drawings.labels.dtype == np.int64
    assert drawings.writers.tolist() == ["26", "3"]
    assert [len(strokes) for strokes in drawings.strokes] == [1, 2]
    assert drawings.source.count == 2
    assert drawings.source.checksums == {"pendigits-orig.tra": sha256(TWO_DRAWINGS.encode())}
    assert drawings.source.licence == "CC BY 4.0"


@pytest.mark.usefixtures("small_pendigits")
def test_a_compressed_file_is_unpacked(tmp_path: Path):
    pytest.importorskip("unlzw3", reason="unpacking .Z takes the package unlzw3, of the extra train")
    put(tmp_path / "pendigits" / "pendigits-orig.tes.Z", ONE_STROKE_Z)
    drawings = pendigits.load(tmp_path, train=False, fetch=no_network)
    assert drawings.strokes[0][0].tolist() == [[5, -10], [5, -20]]
    assert (tmp_path / "pendigits" / "pendigits-orig.tes").read_bytes() == ONE_STROKE


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "answers",
    [
        {"zip": zipped("pendigits-orig.tes.Z", ONE_STROKE_Z)},
        {".Z": ONE_STROKE_Z},
        {"zip": b"<html>moved</html>", ".Z": ONE_STROKE_Z},
        {"zip": zipped("other", b""), ".Z": ONE_STROKE_Z},
        {"zip": zipped("pendigits-orig.tes.Z", ONE_STROKE_Z[:-9]), ".Z": ONE_STROKE_Z},
    ],
    ids=["zip", "old address", "zip is a page", "zip lacks it", "zip has it broken"],
)
@pytest.mark.usefixtures("small_pendigits")
def test_the_set_is_fetched_once_from_whichever_address_has_it(tmp_path: Path, answers: dict[str, bytes]):
    pytest.importorskip("unlzw3", reason="unpacking .Z takes the package unlzw3, of the extra train")
    asked = []

    def fetch(address: str) -> bytes:
        asked.append(address)
        for ending, content in answers.items():
            if address.endswith(ending):
                return content
        return no_network(address)

    assert pendigits.load(tmp_path, train=False, fetch=fetch).labels.tolist() == [1]
    assert asked[-1].endswith(("digits.zip", "/pendigits-orig.tes.Z"))
    assert [path.name for path in (tmp_path / "pendigits").iterdir()] == ["pendigits-orig.tes"]
    assert pendigits.load(tmp_path, train=False, fetch=no_network).labels.tolist() == [1]


def test_a_compressed_file_without_the_package_for_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put(tmp_path / "pendigits" / "pendigits-orig.tes.Z", ONE_STROKE_Z)
    monkeypatch.setitem(sys.modules, "unlzw3", None)  # which makes its import fail
    with pytest.raises(FileNotFoundError, match=r"pip install unlzw3, or unpack the file with gzip -d"):
        pendigits.load(tmp_path, train=False, fetch=no_network)


def test_a_set_that_cannot_be_fetched_says_what_was_tried_and_where_to_put_it(tmp_path: Path):
    with pytest.raises(FileNotFoundError) as error:
        pendigits.load(tmp_path, train=True, fetch=no_network)
    message = str(error.value)
    assert str(tmp_path / "pendigits") in message
    assert message.count("no route to host") == 2
    assert "Put pendigits-orig.tra or pendigits-orig.tra.Z there" in message
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("small_pendigits")
@pytest.mark.parametrize("name", ["pendigits-orig.tes", "pendigits-orig.tes.Z"])
def test_a_broken_file_is_named_with_a_remedy(tmp_path: Path, name: str):
    if name.endswith(".Z"):
        pytest.importorskip("unlzw3", reason="unpacking .Z takes the package unlzw3, of the extra train")
    path = put(tmp_path / "pendigits" / name, (ONE_STROKE_Z if name.endswith(".Z") else ONE_STROKE)[:-10])
    with pytest.raises(OSError, match=r"wanted .*, got .*; delete it and it will be fetched anew") as error:
        pendigits.load(tmp_path, train=False, fetch=no_network)
    assert str(error.value).startswith(f"{path} is broken")
    assert "\n" not in str(error.value)

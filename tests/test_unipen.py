"""The loader of UNIPEN and the cuts from its archive, on small files in the forms of the real ones."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lenet.datasets import unipen
from lenet.datasets.sources import Drawings, Source, sha256
from tests.data_files import no_network, put

# As in the archive: one file says which components are which digit, another has the ink.
INK_OF_A_SIX = ".COORD X Y\n.PEN_DOWN\n3 9\n1 1\n.PEN_UP\n"
SIX = '.INCLUDE {donor}/data/ink.dat\n.SEGMENT CHARACTER 0 ? "6"\n.SEGMENT CHARACTER 0 ? "x"\n'


def unipen_archive(donors: frozenset[str] = unipen.Y_UP | unipen.Y_DOWN, **extra: str) -> bytes:
    files = {f"data/1a/{donor}/{donor}00/six.dat": SIX.format(donor=donor) for donor in donors}
    files |= {f"include/{donor}/data/ink.dat": INK_OF_A_SIX for donor in donors}
    # To be ignored: another category, and a donor whose direction of y is unknown.
    files |= {"data/1b/aga/one.dat": SIX.format(donor="aga"), "data/1a/zzz/one.dat": SIX.format(donor="zzz")}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for path, text in (files | extra).items():
            member = tarfile.TarInfo(f"CDROM/train_r01_v07/{path}")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


def unipen_file(root: Path) -> Path:
    return root / "unipen" / "digits.jsonl.gz"


def test_a_cut_is_loaded_line_by_line(tmp_path: Path):
    row = {"label": "3", "donor": "aga", "strokes": [[[1, 2], [3.5, 4]], [[5, 6]]], "more": "is left alone"}
    content = gzip.compress((json.dumps(row) + "\n").encode() * 2)
    put(unipen_file(tmp_path), content)
    drawings = unipen.load(tmp_path, fetch=no_network)
    assert drawings.labels.tolist() == [3, 3]
    assert drawings.labels.dtype == np.int64
    assert drawings.writers.tolist() == ["aga", "aga"]
    assert [stroke.tolist() for stroke in drawings.strokes[1]] == row["strokes"]
    assert drawings.strokes[0][0].dtype == np.float64
    assert drawings.source.count == 2
    assert drawings.source.checksums == {"digits.jsonl.gz": sha256(content)}


def test_the_archive_is_cut_once_with_y_downward(tmp_path: Path):
    asked = []

    def fetch(address: str) -> bytes:
        asked.append(address)
        return unipen_archive()

    drawings = unipen.load(tmp_path, fetch=fetch)
    assert drawings.writers.tolist() == sorted(unipen.Y_UP | unipen.Y_DOWN)
    assert set(drawings.labels.tolist()) == {6}
    for writer, (stroke,) in zip(drawings.writers, drawings.strokes, strict=True):
        assert stroke.tolist() == ([[3, 9], [1, 1]] if writer == "imp" else [[3, -9], [1, -1]])
    again = unipen.load(tmp_path, fetch=no_network)
    assert again.source == drawings.source
    assert len(asked) == 1


def test_the_same_archive_gives_the_same_cut_at_any_time():
    cut = unipen.cut(unipen_archive())
    assert cut == unipen.cut(unipen_archive())
    assert cut[4:8] == bytes(4)  # where gzip has the time


def test_letters_are_cut_from_both_their_categories_and_thinned_evenly(tmp_path: Path):
    rows = {"1b": "A", "1c": "a"}
    segments = {
        f"data/{category}/{donor}/letter{number:02}.dat": SIX.format(donor=donor).replace(
            '"6"', f'"{letter}"'
        )
        for category, letter in rows.items()
        for donor in unipen.Y_UP | unipen.Y_DOWN
        for number in range(20)
    }
    archive = unipen_archive(**segments)
    letters = unipen.load(tmp_path, unipen.LETTERS, fetch=lambda address: archive)
    drawn = Counter(map(chr, letters.labels.tolist()))
    assert drawn == {"A": 120, "a": 120, "x": 120}
    assert min(Counter(letters.writers.tolist()).values()) >= 25
    assert (tmp_path / "unipen" / "letters.jsonl.gz").is_file()


def test_an_archive_in_the_data_folder_is_used(tmp_path: Path):
    put(tmp_path / "unipen" / unipen.ARCHIVE, unipen_archive())
    assert unipen.load(tmp_path, fetch=no_network).source.count == 13


@pytest.mark.parametrize(
    ("label", "strokes"),
    [(7, [[[0, 0]]]), ("7", [[1, 2]]), ("7", [[]])],
    ids=["a number for a label", "a point for a stroke", "a stroke without points"],
)
def test_a_line_of_the_wrong_form_is_an_error(tmp_path: Path, label: object, strokes: object):
    row = {"label": label, "donor": "aga", "strokes": strokes}
    path = put(tmp_path / "unipen" / unipen.DIGITS.file, gzip.compress(json.dumps(row).encode()))
    with pytest.raises(OSError, match=r"is broken: wanted gzipped lines of JSON .*, got .*Error: ") as error:
        unipen.load(tmp_path, fetch=no_network)
    assert str(error.value).startswith(str(path))


def test_a_set_that_cannot_be_fetched_says_what_was_tried_and_where_to_put_it(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"zenodo.*no route to host.*Put .*\.tgz there"):
        unipen.load(tmp_path, fetch=no_network)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "answer", [b"<html>", unipen_archive()[:-50], b""], ids=["a page", "cut short", "empty"]
)
def test_a_broken_archive_is_an_error_and_leaves_nothing(tmp_path: Path, answer: bytes):
    with pytest.raises(OSError, match=r"is broken: wanted a gzipped tar file, got \d+ bytes"):
        unipen.load(tmp_path, fetch=lambda address: answer)
    assert not list(tmp_path.iterdir())


def test_an_archive_that_lacks_a_donor_is_an_error():
    with pytest.raises(OSError, match=r"wanted digits of 13 donors, got none of imp; is it release"):
        unipen.cut(unipen_archive(unipen.Y_UP))


def test_one_unreadable_file_of_an_archive_is_a_warning_and_many_are_an_error():
    bad = '.SEGMENT CHARACTER 99 ? "1"\n'
    with pytest.warns(
        UserWarning, match=r"1 of 14 files cannot be read; the first is 1a/aga/bad\.dat: wanted a range"
    ):
        cut = unipen.cut(unipen_archive(**{"data/1a/aga/bad.dat": bad}))
    assert len(gzip.decompress(cut).splitlines()) == 13
    with pytest.raises(OSError, match="2 of 15 files cannot be read"):
        unipen.cut(unipen_archive(**{"data/1a/aga/bad.dat": bad, "data/1a/val/bad.dat": bad}))


GOOD_LINES = gzip.compress(b'{"label": "1", "donor": "aga", "strokes": [[[1, 2]]]}\n' * 99)


@pytest.mark.parametrize(
    "content",
    [
        GOOD_LINES[:-20],
        b"",
        b"no gzip",
        gzip.compress(b"no json\n"),
        gzip.compress(b'{"label": "1"}\n'),
        gzip.compress(b"1\n"),
    ],
    ids=["cut short", "empty", "no gzip", "no JSON", "no strokes", "no object"],
)
def test_a_broken_file_is_named_with_a_remedy(tmp_path: Path, content: bytes):
    path = put(unipen_file(tmp_path), content)
    with pytest.raises(OSError, match=r"wanted .*, got .*; delete it and it will be fetched anew") as error:
        unipen.load(tmp_path, fetch=no_network)
    assert str(error.value).startswith(f"{path} is broken")


def test_letters_like_digits_are_told_from_the_others() -> None:
    labels = np.array([ord(letter) for letter in "EOlk"])
    letters = Drawings([[]] * 4, labels, np.array(["aga"] * 4), Source("letters", 4, {}, "", ""))
    assert unipen.unlike_digits(letters).tolist() == [True, False, False, True]

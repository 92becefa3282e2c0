"""UNIPEN: isolated digits and letters from 13 institutions, many tablets and countries (Guyon et al. 1994).

They are read from a cut of UNIPEN's archive, `root/unipen/digits.jsonl.gz` or `letters.jsonl.gz`, with a
line of JSON for each character: `label` ("1"), `donor` ("aga"), `strokes` ([[[x, y], …], …], y downward).
Where the cut is missing it is made from the archive, once.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import warnings
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from lenet.datasets import unipen_format
from lenet.datasets.sources import REMEDY, Drawings, Fetch, Source, Stroke, download, one_line, sha256
from lenet.files import store

ARCHIVE = "unipen-CDROM-train_r01_v07.tgz"
ADDRESS = f"https://zenodo.org/api/records/1195803/files/{ARCHIVE}/content"

Y_UP = frozenset(("aga", "apa", "apb", "app", "art", "ced", "gmd", "ibm", "lou", "syn", "uqb", "val"))
Y_DOWN = frozenset(("imp",))
"""The donors whose direction of y is known. Others are left out: upside down, a 6 is a 9."""

TEST_DONORS = ("apb", "ced", "imp", "uqb")
"""Donors whose letters are kept for the test: every third of the thirteen, by name."""

BENCHMARK_DONORS = ("ced", "imp", "uqb")
"""Donors whose digits no network learns from: benchmarks make difficult pictures of them."""

LETTERS_LIKE_DIGITS = frozenset("aBbCcDdGgIiJjLlnOoPpQqSsTtUuVvYyZz")
"""Letters that many people write as others write a digit."""


LICENCE = "CC BY 4.0"
CITATION = (
    "Guyon, Schomaker, Plamondon, Liberman, Janet, UNIPEN project of on-line data exchange and "
    "recognizer benchmarks, 1994; release train_r01_v07, doi 10.5281/zenodo.1195803"
)


Row = TypeVar("Row")


class Subset(NamedTuple):
    """A cut of UNIPEN's archive.

    Attributes:
        contents: what it holds, for messages.
        file: its name in `root/unipen`.
        categories: the archive's categories, as a regular expression.
        labels: the labels taken from them, as a regular expression.
        limit: maximum number of characters of each label; None takes all.
    """

    contents: str
    file: str
    categories: str
    labels: str
    limit: int | None


DIGITS = Subset("digits", "digits.jsonl.gz", "1a", r"\d", None)
# The archive has ten times as many letters as digits, hence the limit.
LETTERS = Subset("letters", "letters.jsonl.gz", "1[bc]", "[A-Za-z]", 120)


def load(root: Path, subset: Subset = DIGITS, *, fetch: Fetch = download) -> Drawings:
    """Load a subset of UNIPEN; where `root` lacks it, cut it from the archive.

    Args:
        root: the data folder; the files lie in `root/unipen`.
        subset: DIGITS or LETTERS.
        fetch: downloads an address; used where `root` has neither the cut nor the archive.

    Raises:
        FileNotFoundError: the set is missing and cannot be fetched.
        OSError: its file is broken or another version.
    """
    path = Path(root) / "unipen" / subset.file
    if not path.exists():
        store(path, cut(_archive(path.with_name(ARCHIVE), fetch), subset))
    rows, source = read_cut(path, f"isolated {subset.contents}", "label, donor and strokes", _character)
    strokes, labels, writers = zip(*rows, strict=True)
    return Drawings(list(strokes), np.array(labels, np.int64), np.array(writers), source)


def read_cut(
    path: Path, contents: str, keys: str, take: Callable[[dict[str, Any]], Row], remedy: str = REMEDY
) -> tuple[list[Row], Source]:
    """Read a cut of the archive, gzipped lines of JSON.

    Args:
        path: of the file.
        contents: what it holds, for the name of the source.
        keys: what a line must have, for the error.
        take: makes a drawing of a line; may raise ValueError, KeyError, TypeError or AttributeError.
        remedy: ends the error.

    Raises:
        FileNotFoundError: there is no such file.
        OSError: it is broken.
    """
    content = path.read_bytes()
    try:
        rows = [take(json.loads(line)) for line in gzip.decompress(content).splitlines()]
        if not rows:
            raise ValueError("nothing")
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise OSError(
            f"{path} is broken: wanted gzipped lines of JSON with {keys}, "
            f"got {type(error).__name__}: {one_line(error)}{remedy}"
        ) from error
    return rows, Source(f"UNIPEN, {contents}", len(rows), {path.name: sha256(content)}, LICENCE, CITATION)


def strokes_of(row: dict[str, Any]) -> list[Stroke]:
    """The strokes of a line of a cut, each float64 (points, 2); ValueError or KeyError if it has none."""
    return [_stroke(points) for points in row["strokes"]]


def unlike_digits(letters: Drawings) -> np.ndarray:
    """Tell which letters hardly anybody takes for a digit: bool (N,), False for LETTERS_LIKE_DIGITS."""
    return ~np.isin(letters.labels, [ord(letter) for letter in LETTERS_LIKE_DIGITS])


def _character(row: dict[str, Any]) -> tuple[list[Stroke], int, str]:
    """Strokes, label and donor of a line."""
    return strokes_of(row), _label(row["label"]), row["donor"]


def _stroke(points: object) -> Stroke:
    """Points from JSON as float64 (points, 2)."""
    stroke = np.array(points, dtype=np.float64)
    if stroke.ndim != 2 or stroke.shape[1] != 2:
        raise ValueError(f"a stroke of shape {stroke.shape}")
    return stroke


def _label(text: str) -> int:
    """The value of a digit, the code point of a letter."""
    return int(text) if text.isdigit() else ord(text)


def _archive(path: Path, fetch: Fetch) -> bytes:
    if path.exists():
        return path.read_bytes()
    try:
        return fetch(ADDRESS)
    except OSError as error:
        raise FileNotFoundError(
            f"UNIPEN is not in {path.parent} and could not be fetched "
            f"({ADDRESS}: {one_line(error)}). Put {path.name} there"
        ) from error


# Name, size (156 MB), address and layout of the archive come from public code that uses it. The code below
# has been tested on small archives of that layout, never on the real one. No checksum of it was found: gzip's
# own detects a broken file, and all donors must be present. A cut made by other code has 8,126 digits; if
# yours has far fewer or more, compare the two before you train.
def cut(archive: bytes, subset: Subset = DIGITS) -> bytes:
    """Cut isolated characters of the known donors from UNIPEN's archive.

    Args:
        archive: a gzipped tar file. `…/data/<category>/<donor>/…` are texts that say which strokes are which
            character, and include the ink by its path below `…/include/`.
        subset: which characters.

    Returns:
        The gzipped lines of JSON that `load` reads, ordered by donor and file.

    Raises:
        OSError: it is not that archive.
    """
    try:
        texts, include = _texts(archive, subset.categories)
    except (OSError, tarfile.TarError, EOFError, zlib.error) as error:
        raise OSError(
            f"{ARCHIVE} is broken: wanted a gzipped tar file, got {len(archive)} bytes that cannot be "
            f"unpacked ({one_line(error)}){REMEDY}"
        ) from error
    if missing := (Y_UP | Y_DOWN) - {_donor(path) for path in texts}:
        raise OSError(
            f"{ARCHIVE}: wanted {subset.contents} of {len(Y_UP | Y_DOWN)} donors, "
            f"got none of {', '.join(sorted(missing))}; is it release train_r01_v07?"
        )
    lines: list[tuple[str, str]] = []
    failures = []
    for path, text in sorted(texts.items()):
        donor = _donor(path)
        try:
            characters = list(unipen_format.parse(text, include, subset.labels, y_up=donor in Y_UP))
        except ValueError as error:
            failures.append(f"{path}: {one_line(error)}")
        else:
            lines += ((character.label, _json_line(character, donor)) for character in characters)
    _report(failures, len(texts))
    # Without a time stamp the same cut has the same checksum.
    return gzip.compress("".join(_thinned(lines, subset.limit)).encode(), mtime=0)


def _texts(archive: bytes, categories: str) -> tuple[dict[str, str], dict[str, str]]:
    """Read the texts of some categories, by category/donor/…, and all that they may include, by donor/…."""
    donors = "|".join(Y_UP | Y_DOWN)
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


def _donor(path: str) -> str:
    return path.split("/")[1]


def _json_line(character: unipen_format.Character, donor: str) -> str:
    # Tablets count in whole units, and 126 is shorter than 126.0.
    strokes = [[[int(v) if v == int(v) else v for v in xy] for xy in s.tolist()] for s in character.strokes]
    row = {"label": character.label, "donor": donor, "strokes": strokes}
    return json.dumps(row, separators=(",", ":")) + "\n"


def _report(failures: list[str], files: int) -> None:
    """Warn of unreadable files; raise OSError where they are so many that the parser must be wrong."""
    if not failures:
        return
    summary = f"{ARCHIVE}: {len(failures)} of {files} files cannot be read; the first is {failures[0]}"
    if 10 * len(failures) > files:
        raise OSError(summary)
    warnings.warn(summary, stacklevel=3)


def _thinned(lines: list[tuple[str, str]], limit: int | None) -> list[str]:
    """Keep at most `limit` of the lines, (label, line), of each label, evenly spaced over the list."""
    total = Counter(label for label, _ in lines)
    seen: Counter[str] = Counter()
    kept = []
    for label, line in lines:
        number, count = seen[label], total[label]
        seen[label] += 1
        wanted = min(limit or count, count)
        if (number + 1) * wanted // count > number * wanted // count:
            kept.append(line)
    return kept

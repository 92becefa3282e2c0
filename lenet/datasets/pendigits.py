"""PenDigits: digits that 44 people wrote on a tablet (Alpaydin, Alimoglu 1998), as UNIPEN text."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np

from lenet.datasets import unipen_format
from lenet.datasets.sources import REMEDY, Drawings, Fetch, Source, download, one_line, verify
from lenet.files import store

CHECKSUMS = {
    "pendigits-orig.tra": "sha256:a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4",
    "pendigits-orig.tes": "sha256:ddb1c19e277a56c7ffe682cc024d6ab73696f9adcc1643ef9ed5aa753007e081",
}
"""Of the two files, unpacked."""

ADDRESSES = (
    "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip",
    "https://archive.ics.uci.edu/ml/machine-learning-databases/pendigits/{name}.Z",
)
"""UCI moved its files from the second address to the first; both are tried."""


def load(root: Path, train: bool, *, fetch: Fetch = download) -> Drawings:
    """Load PenDigits; fetch it where `root` lacks it.

    Args:
        root: the data folder; the files lie in `root/pendigits`.
        train: whether to load the 7,494 drawings of the 30 training writers or the 3,498 of 14 others.
        fetch: downloads an address.

    Returns:
        The drawings, nearly all of one or two strokes.

    Raises:
        FileNotFoundError: the set is missing and cannot be fetched.
        OSError: its file is broken or another version.
    """
    name = "pendigits-orig.tra" if train else "pendigits-orig.tes"
    path = Path(root) / "pendigits" / name
    if not path.exists():
        store(path, _unpacked(path, fetch))
    content = path.read_bytes()
    verify(path, content, CHECKSUMS[name], remedy=REMEDY)
    characters = list(unipen_format.parse(content.decode("latin-1")))
    source = Source(
        name=f"PenDigits, {'training' if train else 'test'} writers",
        count=len(characters),
        checksums={name: CHECKSUMS[name]},
        licence="CC BY 4.0",
        citation="Alpaydin, Alimoglu, Pen-Based Recognition of Handwritten Digits, UCI Machine Learning "
        "Repository, 1998, doi 10.24432/C5MG6K",
    )
    return Drawings(
        strokes=[character.strokes for character in characters],
        labels=np.array([int(character.label) for character in characters], dtype=np.int64),
        # ".COMMENT 8 12  224": the digit, its writer, and its number among that writer's digits.
        writers=np.array([character.comment.split()[1] for character in characters]),
        source=source,
    )


def _unpacked(path: Path, fetch: Fetch) -> bytes:
    """Get the content that belongs at `path` from the compressed file beside it, or else from UCI."""
    wanted = CHECKSUMS[path.name]
    compressed = Path(f"{path}.Z")
    if compressed.exists():
        return _uncompress(compressed, compressed.read_bytes(), wanted, remedy=REMEDY)
    failures = []
    for template in ADDRESSES:
        address = template.format(name=path.name)
        try:
            content = fetch(address)
            if address.endswith(".zip"):
                content = zipfile.ZipFile(io.BytesIO(content)).read(compressed.name)
            return _uncompress(compressed.name, content, wanted)
        except (OSError, KeyError, zipfile.BadZipFile, zlib.error) as error:
            failures.append(f"{address}: {one_line(error)}")
    raise FileNotFoundError(
        f"PenDigits is not in {path} and could not be fetched ({'; '.join(failures)}). "
        f"Put {path.name} or {compressed.name} there"
    )


def _uncompress(name: str | Path, content: bytes, wanted: str, remedy: str = "") -> bytes:
    """Undo UNIX's `compress`, for which Python's library has no module, and verify the result."""
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
            f"unpacked ({one_line(error)}){remedy}"
        ) from error
    verify(name, text, wanted, remedy)
    return text

"""What the data sets share: the form in which they are loaded, their sources, download and checksums.

Each loader looks in the folder `root` first and then at the set's public addresses. It stores what it fetched
in `root`, whole or not at all, and checks it:

    root/MNIST/raw/*-ubyte                   torchvision's layout
    root/pendigits/pendigits-orig.{tra,tes}  or the same compressed, .Z
    root/unipen/{digits,letters}.jsonl.gz    or the archive they are cut from, unipen-CDROM-train_r01_v07.tgz
    root/unipen/{numbers,lines,signs,words,more_digits}.jsonl.gz    has no address
    root/cheque_strings/{labels.csv,images}
    root/cheque_strings_more/{labels.csv,images}                    has no address
    root/mathnote/{digits,symbols}.jsonl.gz                         has no address
    root/bhmsds/{labels.csv,*.png}                                  has no address
"""

from __future__ import annotations

import hashlib
import http.client
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float64]
"""The points of a stroke: (points, 2), x and y."""

Fetch = Callable[[str], bytes]
"""Returns the content of a public address, or raises OSError; see `download`."""

REMEDY = "; delete it and it will be fetched anew"
"""End of the message about a broken file in the data folder."""


@dataclass(frozen=True)
class Source:
    """What was loaded, for the record beside the weights.

    Attributes:
        name: the set and its part, such as "MNIST, training part".
        count: number of examples.
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
        source: where they come from.
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
        strokes: N drawings, each a list of strokes, float64 (points, 2): x, and y growing downward, in
            the unit of the tablet, which differs within a set.
        labels: int64 (N,), 0 to 9; Unicode code points for letters.
        writers: str (N,): who drew it; for UNIPEN the institution that donated it.
        source: where they come from.
    """

    strokes: list[list[Stroke]]
    labels: NDArray[np.int64]
    writers: NDArray[np.str_]
    source: Source


def download(address: str) -> bytes:
    """Download the whole content of an address.

    Raises:
        OSError: there is no answer, or it breaks off.
    """
    request = urllib.request.Request(address, headers={"User-Agent": "lenet"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            content: bytes = response.read()  # a single read notices an answer shorter than announced
    except http.client.HTTPException as error:
        raise OSError(f"the answer broke off: {error!r}") from error
    return content


def sha256(content: bytes) -> str:
    """Compute the checksum "sha256:…" of a content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def verify(name: str | Path, content: bytes, wanted: str, remedy: str = "") -> None:
    """Check a content against its checksum.

    Args:
        name: of the file, for the message.
        content: of the file.
        wanted: "algorithm:digest", where hashlib knows the algorithm.
        remedy: end of the message.

    Raises:
        OSError: the checksum differs.
    """
    algorithm = wanted.split(":")[0]
    got = f"{algorithm}:{hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()}"
    if got != wanted:
        raise OSError(f"{name} is broken: wanted {wanted}, got {got}{remedy}")


def one_line(error: BaseException) -> str:
    """Return an error's message without line breaks, or the name of its type where it has no message."""
    return " ".join(str(error).split()) or type(error).__name__

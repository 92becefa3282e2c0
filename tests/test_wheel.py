"""The wheel carries everything: weights, page, scripts and styles, and works without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PROGRAM = """
import lenet, pathlib
assert pathlib.Path(lenet.__file__).is_relative_to(pathlib.Path.cwd()), lenet.__file__
from lenet import Reader
from lenet.ui import build
reader = Reader.load()
print(reader.read_strokes([[[10, 10], [60, 12], [30, 80]], [[20, 45], [55, 44]]]).text)
build(reader)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_every_file_of_the_package_and_the_weights_are_in_it(unpacked: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "lenet"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.split():
        assert (unpacked / name).is_file(), name
    for name in ("lenet5.safetensors", "lenet5.json", "lenet5.onnx", "lenet5.hand.safetensors"):
        assert (unpacked / "lenet" / "weights" / name).read_bytes() == (ROOT / "weights" / name).read_bytes()


def test_it_reads_and_builds_the_page_without_the_checkout(unpacked: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=unpacked,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "7"

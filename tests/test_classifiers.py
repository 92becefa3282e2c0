"""Classifiers: PyTorch and ONNX Runtime give the same probabilities, over the alphabet of the record."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lenet.learning.recipes import RECIPES
from lenet.network import checkpoint, classifiers, export
from lenet.network.model import LeNet
from lenet.network.record import Record, load_record, shipped_weights
from lenet.reading.reader import Reader

RECORD = Record.load(shipped_weights())


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A copy of the shipped weights, with their record and their ONNX file."""
    for suffix in (".safetensors", ".json", ".onnx"):
        shutil.copy(shipped_weights().with_suffix(suffix), tmp_path)
    return tmp_path / shipped_weights().name


def test_the_shipped_onnx_file_answers_as_the_shipped_weights(mnist_images: np.ndarray) -> None:
    one, other = (
        classifiers.load(shipped_weights(), RECORD, name)(mnist_images) for name in ("torch", "onnx")
    )
    assert one.shape == other.shape == (len(mnist_images), len(RECORD.alphabet))
    assert one.dtype == other.dtype == np.float32
    np.testing.assert_allclose(one, other, atol=1e-5)
    np.testing.assert_allclose(other.sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("backend", classifiers.BACKENDS)
def test_a_temperature_softens_the_answers(backend: classifiers.Backend, mnist_images: np.ndarray) -> None:
    plain, soft = (
        classifiers.load(shipped_weights(), replace(RECORD, temperature=t), backend)(mnist_images[:50])
        for t in (1.0, 2.0)
    )
    assert (soft.max(axis=1) < plain.max(axis=1)).mean() > 0.9
    expected = plain**0.5 / (plain**0.5).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(soft, expected, atol=1e-4)


@pytest.mark.parametrize("backend", classifiers.BACKENDS)
def test_no_images_have_no_answers(backend: classifiers.Backend) -> None:
    classify = classifiers.load(shipped_weights(), RECORD, backend)
    assert classify(np.empty((0, 28, 28), np.float32)).shape == (0, len(RECORD.alphabet))


def test_a_network_that_refuses_nothing_gives_none_no_probability(mnist_images: np.ndarray) -> None:
    classic = LeNet(RECIPES["relu-sgd"].config.architecture).eval()
    answers = classifiers.of_network(classic, Record(classic.architecture.alphabet))(mnist_images[:5])
    assert answers.shape == (5, 11)
    assert (answers[:, -1] == 0).all()


def test_an_onnx_file_of_other_weights_is_refused(weights: Path) -> None:
    checkpoint.save(LeNet().eval(), load_record(weights), weights)
    with pytest.raises(
        ValueError, match=r"wanted the export of lenet5.safetensors beside it, got one of other"
    ):
        Reader.load(weights, backend="onnx")


def test_an_onnx_file_that_is_none_is_refused(weights: Path) -> None:
    weights.with_suffix(".onnx").write_bytes(b"no ONNX")
    with pytest.raises(
        ValueError, match=r"lenet5.onnx: wanted a LeNet as ONNX, got something else \(.*export"
    ):
        Reader.load(weights, backend="onnx")


def test_a_missing_onnx_file_says_how_to_make_it(weights: Path) -> None:
    weights.with_suffix(".onnx").unlink()
    with pytest.raises(FileNotFoundError, match=r"no such file; run `python -m lenet export .* --weights"):
        Reader.load(weights, backend="onnx")


def test_reading_by_onnx_needs_no_file_of_pytorch(weights: Path) -> None:
    weights.unlink()
    assert Reader.load(weights, backend="onnx").read_strokes([[[10, 10], [60, 12], [30, 80]]]).text == "7"


def test_answers_over_another_alphabet_are_refused() -> None:
    letters = Record(("a", "b", "c", "none"))
    with pytest.raises(ValueError, match=r"classify: wanted probabilities of shape \(1, 4\), got \(1, 20\)"):
        Reader(classifiers.load(shipped_weights(), RECORD), letters).read_strokes([[[0, 0], [0, 9]]])


@pytest.mark.parametrize("answer", [np.nan, -0.1, 20.0])
def test_answers_that_are_no_probabilities_are_refused(answer: float) -> None:
    def classify(images: np.ndarray) -> np.ndarray:
        return np.full((len(images), len(RECORD.alphabet)), answer)

    with pytest.raises(ValueError, match=r"classify: wanted probabilities in \[0, 1\], got"):
        Reader(classify, RECORD).read_strokes([[[0, 0], [0, 9]]])


def test_the_onnx_file_itself_may_be_named(weights: Path) -> None:
    onnx = weights.with_suffix(".onnx")
    assert Reader.load(onnx, backend="onnx").read_strokes([[[10, 10], [60, 12], [30, 80]]]).text == "7"


def test_a_network_that_refuses_nothing_is_exported_over_the_alphabet(
    tmp_path: Path, mnist_images: np.ndarray
) -> None:
    path = tmp_path / "classic.safetensors"
    classic = LeNet(RECIPES["relu-sgd"].config.architecture).eval()
    record = Record(classic.architecture.alphabet)
    checkpoint.save(classic, record.to_json(), path)
    export.write(classic, mnist_images[:5], path.with_suffix(".onnx"), classifiers.checksum(path))
    one, other = (classifiers.load(path, record, name)(mnist_images[:9]) for name in classifiers.BACKENDS)
    np.testing.assert_allclose(one, other, atol=1e-5)
    assert (other[:, -1] == 0).all()


def test_another_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="backend: wanted one of torch, onnx, got tensorflow"):
        classifiers.load(shipped_weights(), RECORD, "tensorflow")  # type: ignore[arg-type]


def test_reading_by_onnx_loads_no_torch() -> None:
    program = (
        "import sys\n"
        "from lenet import Reader\n"
        "reading = Reader.load(backend='onnx').read_strokes([[[10, 10], [60, 12], [30, 80]]])\n"
        "assert reading.text == '7' and 'torch' not in sys.modules and 'safetensors' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_torch_the_remedy_is_told() -> None:
    program = (
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "from lenet.__main__ import main\n"
        "sys.exit(main(['read', 'photo.png']))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "torch and safetensors: wanted for the backend torch, not installed" in run.stderr
    assert "take the backend onnx" in run.stderr

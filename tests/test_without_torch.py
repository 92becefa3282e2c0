"""Reading by ONNX needs no torch: shown in an environment of the packages of requirements-onnx.txt alone."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from pathlib import Path

import cv2
import pytest
from writing import inked, written

from lenet.reading.reader import Reader

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of that environment, in which the project is installed too."""
    folder = tmp_path_factory.mktemp("without_torch")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*install, "-r", "requirements-onnx.txt"], cwd=ROOT, check=True)
    subprocess.run([*install, "."], cwd=ROOT, check=True)
    return python


def _run(python: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the interpreter outside of the checkout, without the caller's settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run([python, *arguments], cwd=folder, env=clean, capture_output=True, text=True)


@pytest.mark.slow
def test_the_command_line_reads_by_onnx_where_there_is_no_torch(
    python: Path, tmp_path: Path, reader: Reader
) -> None:
    assert "No module named 'torch'" in _run(python, "-c", "import torch", folder=tmp_path).stderr
    path = tmp_path / "number.png"
    cv2.imwrite(str(path), 255 - 255 * cv2.copyMakeBorder(inked(written("2048")), 20, 20, 20, 20, 0))
    result = _run(python, "-m", "lenet", "read", "--backend", "onnx", "--json", str(path), folder=tmp_path)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert (answer["status"], answer["text"]) == ("ok", "2048")
    confidences = [piece["confidence"] for piece in answer["digits"]]
    by_torch = [piece.confidence for piece in reader.read_image(path).digits]
    assert confidences == pytest.approx(by_torch, abs=1e-3)


@pytest.mark.slow
def test_torch_is_named_where_it_is_wanted_and_missing(python: Path, tmp_path: Path) -> None:
    result = _run(python, "-m", "lenet", "read", str(tmp_path / "number.png"), folder=tmp_path)
    assert result.returncode != 0
    assert "torch" in result.stderr

"""Export to ONNX: the file answers as PyTorch does, for any number of images, or is not kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from lenet.network import checkpoint, export
from lenet.network.classifiers import WEIGHTS_CHECKSUM
from lenet.network.model import LeNet, predict
from lenet.network.record import shipped_weights


def test_the_file_answers_as_pytorch_does(mnist_images: np.ndarray, tmp_path: Path) -> None:
    network = checkpoint.load(shipped_weights())
    path = tmp_path / "new" / "lenet5.onnx"
    assert export.write(network, mnist_images[:50], path, "1234") <= export.MAX_DIFFERENCE
    assert [file.name for file in path.parent.iterdir()] == ["lenet5.onnx"]  # the weights are in it
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert session.get_modelmeta().custom_metadata_map == {WEIGHTS_CHECKSUM: "1234"}
    for count in (1, 2, 77):
        images = mnist_images[-count:]
        (logits,) = session.run(["logits"], {"images": images})
        expected = network.architecture.complete(predict(network, torch.from_numpy(images)))
        assert logits == pytest.approx(expected.numpy(), abs=1e-4)


def test_the_file_tells_nothing_of_the_machine_that_made_it(mnist_images: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "lenet5.onnx"
    export.write(LeNet().eval(), mnist_images[:5], path, "")
    assert str(Path(export.__file__).parents[2]).encode() not in path.read_bytes()


class Random(LeNet):
    """Never answers twice the same."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, 10)."""
        return torch.rand_like(images[:, 0, :10])


class NotANumber(LeNet):
    """Answers with NaN."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, 10)."""
        return images[:, 0, :10] * torch.nan


@pytest.mark.parametrize("network", [Random(), NotANumber()])
def test_a_file_that_answers_otherwise_is_not_written(
    network: LeNet, mnist_images: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "network.onnx"
    path.write_bytes(b"the file before")
    with pytest.raises(ValueError, match=r"wanted logits within 0.0001 of PyTorch's, got .* not written"):
        export.write(network.eval(), mnist_images[:5], path, "")
    assert path.read_bytes() == b"the file before"
    assert list(tmp_path.iterdir()) == [path]

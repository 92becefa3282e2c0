"""ONNX: the file answers as PyTorch does, for any number of images, or is not kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from lenet.network import checkpoint, export
from lenet.network.model import predict


def test_the_file_answers_as_pytorch_does(mnist_images: np.ndarray, tmp_path: Path) -> None:
    network = checkpoint.load(checkpoint.shipped_weights())
    path = tmp_path / "new" / "lenet5.onnx"
    assert export.write(network, mnist_images[:50], path) <= export.MOST_DIFFERENCE
    assert [file.name for file in path.parent.iterdir()] == ["lenet5.onnx"]  # the weights are in it
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for count in (1, 2, 77):
        images = mnist_images[-count:]
        (logits,) = session.run(["logits"], {"images": images})
        assert logits == pytest.approx(predict(network, torch.from_numpy(images)).numpy(), abs=1e-4)


class Random(nn.Module):
    """Never answers twice the same."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, 10)."""
        return torch.rand_like(images[:, 0, :10])


class NotANumber(nn.Module):
    """Answers with what is no number."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, 10)."""
        return images[:, 0, :10] * torch.nan


@pytest.mark.parametrize("network", [Random(), NotANumber()])
def test_a_file_that_answers_otherwise_is_not_written(
    network: nn.Module, mnist_images: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "network.onnx"
    path.write_bytes(b"the file before")
    with pytest.raises(ValueError, match=r"wanted logits within 0.0001 of PyTorch's, got .* not written"):
        export.write(network.eval(), mnist_images[:5], path)
    assert path.read_bytes() == b"the file before"
    assert list(tmp_path.iterdir()) == [path]

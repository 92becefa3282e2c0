"""A network as an ONNX file, for reading without PyTorch, and the check that its logits are PyTorch's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lenet import extras
from lenet.files import store
from lenet.network.classifiers import WEIGHTS_CHECKSUM
from lenet.network.model import LeNet, predict

if TYPE_CHECKING:
    from onnx import ModelProto

MAX_DIFFERENCE = 1e-4
"""Maximum difference between a logit of the file and PyTorch's: about three times the rounding error seen on
1,000 digits of MNIST, and far below what changes a reading."""


def write(network: LeNet, images: np.ndarray, path: Path, weights_checksum: str) -> float:
    """Write a network as ONNX, after its logits were compared with PyTorch's.

    The file takes `images`, float32 (N, 28, 28) in [0, 1], 1 = ink, any N, and gives `logits`, float32
    (N, K), of all classes that the network knows. Softmax makes them probabilities.

    Args:
        network: in evaluation mode, on the CPU.
        images: float32 (N, 28, 28) in [0, 1], 1 = ink: the digits to compare on.
        path: of the file, `….onnx`, written whole or not at all.
        weights_checksum: SHA-256 of the network's weights on disk, kept in the file, so that a file of
            other weights is noticed when it is loaded.

    Returns:
        The largest difference between two logits.

    Raises:
        ImportError: the packages of the extra `onnx` are not installed.
        OSError: the file cannot be written.
        ValueError: a logit differs by more than `MAX_DIFFERENCE`.
    """
    extras.need("onnx", "onnxscript", "onnxruntime")
    complete = _Complete(network).eval()
    model = _exported(complete)
    model.metadata_props.add(key=WEIGHTS_CHECKSUM, value=weights_checksum)
    content = model.SerializeToString()
    difference = _difference(complete, images, content)
    if not difference <= MAX_DIFFERENCE:  # NaN fails every comparison, so it is refused too
        raise ValueError(
            f"{path}: wanted logits within {MAX_DIFFERENCE:g} of PyTorch's, got {difference:.2g} on "
            f"{len(images):,} digits; not written, try another version of torch or onnxscript"
        )
    store(path, content)
    return difference


_NEVER = -1e9
"""Logit of a class that the network cannot answer with: its probability is 0."""


class _Complete(nn.Module):
    """A network with the logits of all classes, also that of "none", the last."""

    def __init__(self, network: LeNet) -> None:
        super().__init__()
        self._network = network

    def forward(self, images: Tensor) -> Tensor:
        """Compute the logits (N, K) of images (N, 28, 28)."""
        architecture = self._network.architecture
        logits = architecture.complete(self._network(images))
        return logits if architecture.no_digit else F.pad(logits, (0, 1), value=_NEVER)


def _exported(network: nn.Module) -> ModelProto:
    program = torch.onnx.export(
        network,
        (torch.zeros(2, 28, 28),),
        input_names=["images"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("N")},),
        dynamo=True,
        verbose=False,
    )
    assert program is not None  # it is only with dynamo=False
    model = program.model_proto
    # The exporter notes at each node and value which lines of which files on this machine it comes from.
    for noted in (model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer):
        noted.ClearField("metadata_props")
        noted.ClearField("doc_string")
    return model


def _difference(network: nn.Module, images: np.ndarray, content: bytes) -> float:
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (logits,) = session.run(["logits"], {"images": images})
    return float(np.abs(logits - predict(network, torch.from_numpy(images)).numpy()).max())

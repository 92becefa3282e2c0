"""A network as an ONNX file, for programs without PyTorch, and the check that it answers as PyTorch does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from lenet import extras
from lenet.files import store
from lenet.network.model import predict

MOST_DIFFERENCE = 1e-4
"""Between logits of the file and of PyTorch: three times what rounding does, and far below what shows."""


def write(network: nn.Module, images: np.ndarray, path: Path) -> float:
    """Write a network as ONNX and compare its answers with PyTorch's; there is a file only if they agree.

    The file takes `images`, float32 (N, 28, 28) in [0, 1], 1 = ink, any N, and gives `logits`,
    float32 (N, 10). With a 0 put behind them for what is no digit, softmax makes them probabilities.

    Args:
        network: a LeNet, in evaluation mode, on the CPU.
        images: float32 (N, 28, 28) in [0, 1], 1 = ink: the digits to compare on.
        path: of the file, `….onnx`, written whole or not at all.

    Returns:
        The greatest difference between two logits.

    Raises:
        ImportError: the packages of the extra `onnx` are not installed.
        OSError: the file cannot be written.
        ValueError: a logit differs by more than `MOST_DIFFERENCE`.
    """
    extras.need("onnx", "onnxscript", "onnxruntime")
    content = _exported(network)
    difference = _difference(network, images, content)
    if not difference <= MOST_DIFFERENCE:  # so put, not-a-number is refused too
        raise ValueError(
            f"{path}: wanted logits within {MOST_DIFFERENCE:g} of PyTorch's, got {difference:.2g} on "
            f"{len(images):,} digits; not written, try another version of torch or onnxscript"
        )
    store(path, content)
    return difference


def _exported(network: nn.Module) -> bytes:
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
    return program.model_proto.SerializeToString()


def _difference(network: nn.Module, images: np.ndarray, content: bytes) -> float:
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (logits,) = session.run(["logits"], {"images": images})
    return float(np.abs(logits - predict(network, torch.from_numpy(images)).numpy()).max())

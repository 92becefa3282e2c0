"""The panel that shows the inside of the network: all layers, computed in the browser as the pen moves.

Closed it is a line on the page. All that it needs is fetched when it is first opened: its script, its style,
its template and the weights.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

from lenet.network.record import shipped_weights

_LAYERS = (("c1",), ("c3",), ("c5",), ("f6",), ("output", "signs"))
"""The layers that have weights, in the order of the scripts; digits and signs are outputs of one layer there."""


def weights(path: Path | None = None) -> bytes:
    """The weights as `networkOf` of scripts/lenet.js takes them; read without PyTorch.

    Args:
        path: of the weights, `….safetensors`; the shipped ones by default.

    Returns:
        float32, little-endian: of each layer the weights, output by output, then the biases.

    Raises:
        FileNotFoundError: there is no such file.
    """
    tensors = _tensors((path or shipped_weights()).read_bytes())
    return b"".join(
        np.concatenate([tensors[f"{name}.{kind}"].ravel() for name in layer]).astype("<f4").tobytes()
        for layer in _LAYERS
        for kind in ("weight", "bias")
    )


def _tensors(file: bytes) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file: the length of a header, the header as JSON, the numbers."""
    (length,) = struct.unpack_from("<Q", file)
    header = json.loads(file[8 : 8 + length])
    header.pop("__metadata__", None)
    numbers = memoryview(file)[8 + length :]
    return {
        name: np.frombuffer(numbers[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in header.items()
    }

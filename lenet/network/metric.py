"""The metric of the features of f6, in which the last layer is held where it learns a hand; without PyTorch.

It lies beside the weights, `….hand.safetensors` beside `….safetensors`, and its header says to which weights
it belongs. `lenet.learning.hand` measures it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors import numpy as safetensors

from lenet.files import store
from lenet.network.classifiers import WEIGHTS_CHECKSUM, checksum

_NAME = "metric"
"""Of the matrix in the file."""


def path_beside(weights: Path) -> Path:
    """The path of the metric of weights at `weights`, `….safetensors`."""
    return weights.with_suffix(".hand.safetensors")


def save(metric: np.ndarray, weights: Path) -> None:
    """Write the metric beside the weights that it belongs to.

    Args:
        metric: float (F + 1, F + 1).
        weights: path of the weights, which are there.

    Raises:
        OSError: as for `files.store`.
    """
    header = {WEIGHTS_CHECKSUM: checksum(weights)}
    store(path_beside(weights), safetensors.save({_NAME: metric.astype(np.float32)}, header))


def load(weights: Path) -> np.ndarray:
    """Read the metric beside the weights.

    Args:
        weights: path of the weights, `….safetensors`.

    Returns:
        float32 (F + 1, F + 1), the mean of f fᵀ over the training data; f are the F outputs of f6 and a 1.

    Raises:
        FileNotFoundError: there is no metric, or there are no weights.
        ValueError: the file is no metric, or that of other weights.
    """
    path = path_beside(weights)
    for needed in (weights, path):
        if not needed.is_file():
            raise FileNotFoundError(f"{needed}: no such file; {_REMEDY}")
    try:
        with safe_open(path, framework="np") as file:
            measured_from = (file.metadata() or {}).get(WEIGHTS_CHECKSUM)
            metric: np.ndarray = file.get_tensor(_NAME)
    except SafetensorError as error:
        raise ValueError(
            f"{path}: wanted the metric of {weights.name}, got something else ({error}); {_REMEDY}"
        ) from error
    if measured_from != checksum(weights):
        raise ValueError(
            f"{path}: wanted the metric of {weights.name} beside it, got one of other weights; {_REMEDY}"
        )
    return metric


_REMEDY = "run `python -m benchmarks.hands --measure WEIGHTS` to measure it"

"""How a network learnt: moments of its training, with its weights in 8 bits and how well it read then.

Read and written without PyTorch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from lenet.files import store

LAYERS = (("c1",), ("c3",), ("c5",), ("f6",), ("output", "signs"))
"""The layers that have weights, in the order of the scripts: digits and signs are outputs of one layer."""

MOST = 127
"""The largest weight of an output, as an integer of 8 bits; its opposite is the smallest."""


@dataclass(frozen=True)
class Timeline:
    """Moments of a training, in their order.

    Attributes:
        steps: int64 (M,), steps of the training done then; the last is the end.
        losses: float64 (M,), mean cross-entropy on held-out digits, in nats.
        right: int64 (M,), how many of the held-out digits were read right.
        answers: int64 (M, K), how often each symbol of the alphabet was the likeliest on them.
        weights: int8 (M, W), the weights, layer by layer, output by output, in units of `scales`.
        scales: float32 (M, O), of each output, in the order of the biases.
        biases: float32 (M, O), layer by layer.
    """

    steps: np.ndarray
    losses: np.ndarray
    right: np.ndarray
    answers: np.ndarray
    weights: np.ndarray
    scales: np.ndarray
    biases: np.ndarray

    def save(self, path: Path) -> None:
        """Write it as a safetensors file.

        Raises:
            OSError: as for `files.store`.
        """
        store(path, save({name: np.ascontiguousarray(values) for name, values in asdict(self).items()}))

    @classmethod
    def load(cls, path: Path) -> Timeline:
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it is no timeline.
        """
        try:
            return cls(**load_file(path))
        except (SafetensorError, TypeError) as error:
            raise ValueError(
                f"{path}: wanted a timeline, got something else ({error}); make it by "
                "`python -m benchmarks.timeline pack FOLDER`"
            ) from error


def path_beside(weights: Path) -> Path:
    """The path of the timeline of the training that gave these weights."""
    return weights.with_suffix(".timeline.safetensors")


def in_order(tensors: Mapping[str, np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """The weights of a LeNet as the page's scripts take them.

    Args:
        tensors: as the file of the weights has them, by name.

    Returns:
        For each layer float (O, I), the weights of each output, and float (O,), the biases.
    """
    parts = [[(tensors[f"{name}.weight"], tensors[f"{name}.bias"]) for name in layer] for layer in LAYERS]
    return [
        (
            np.concatenate([weights.reshape(len(biases), -1) for weights, biases in layer]),
            np.concatenate([biases for _, biases in layer]),
        )
        for layer in parts
    ]


def quantised(tensors: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Round weights to 8 bits, each output by a scale of its own; biases stay as they are.

    Args:
        tensors: as for `in_order`.

    Returns:
        `weights`, `scales` and `biases` of one moment of a `Timeline`.
    """
    layers = in_order(tensors)
    scales = [np.abs(weights).max(1).astype(np.float32) / MOST for weights, _ in layers]
    rounded = [
        np.rint(weights / np.where(scale > 0, scale, 1)[:, None]).astype(np.int8).ravel()
        for (weights, _), scale in zip(layers, scales, strict=True)
    ]
    biases = [biases.astype(np.float32) for _, biases in layers]
    return np.concatenate(rounded), np.concatenate(scales), np.concatenate(biases)


def restored(
    weights: np.ndarray, scales: np.ndarray, biases: np.ndarray, like: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """The tensors that `quantised` rounded.

    Args:
        weights: of one moment, as are the next two.
        scales: of its outputs.
        biases: of its outputs.
        like: tensors of such a network, for their names and shapes; what has no part in a timeline is taken.

    Returns:
        float32, by name.
    """
    found = dict(like)
    weight = output = 0
    for name in (name for layer in LAYERS for name in layer):
        shape = like[f"{name}.weight"].shape
        size = int(np.prod(shape))
        scale = scales[output : output + shape[0]].reshape(-1, *[1] * (len(shape) - 1))
        found[f"{name}.weight"] = weights[weight : weight + size].reshape(shape).astype(np.float32) * scale
        found[f"{name}.bias"] = biases[output : output + shape[0]]
        weight, output = weight + size, output + shape[0]
    return found

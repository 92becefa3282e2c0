"""Makes the timeline of a training from the weights that `history.History` kept of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file
from torch.nn import functional as F

from lenet.datasets import mnist
from lenet.learning import measuring
from lenet.learning.parts import last_of_each
from lenet.network import checkpoint
from lenet.network.model import LeNet, predict
from lenet.network.record import Record, load_record
from lenet.network.timeline import Timeline, quantised, restored

_STEP = re.compile(r"step_(\d+)\.safetensors")


def held_out(root: Path, weights: Path) -> tuple[np.ndarray, np.ndarray]:
    """The part of MNIST's training digits that the training held out.

    Args:
        root: folder of the data sets.
        weights: the weights, whose record tells which share it was.

    Returns:
        float32 (N, 28, 28) in [0, 1], 1 = ink, and the labels, int64 (N,).

    Raises:
        OSError: MNIST cannot be had.
    """
    digits = mnist.load(root, train=True)
    share = load_record(weights)["config"]["data"]["validation_share"]
    held = last_of_each(np.zeros(len(digits.labels)), share)
    return digits.pixels[held], digits.labels[held]


def timeline(folder: Path, weights: Path, images: np.ndarray, labels: np.ndarray) -> Timeline:
    """Round the weights of each moment to 8 bits, and measure these networks.

    Args:
        folder: of the weights on the way, `step_000123.safetensors`, as `train.py --snapshots` keeps them.
        weights: those that the training gave, for the last moment.
        images: float32 (N, 28, 28), held-out digits.
        labels: int64 (N,).

    Raises:
        FileNotFoundError: there are no such files.
        ValueError: a file is not one of this network.
    """
    files = {int(found[1]): path for path in folder.glob("*") if (found := _STEP.fullmatch(path.name))}
    if not files:
        raise FileNotFoundError(
            f"{folder}: wanted files step_000123.safetensors, got none; "
            "make them by `train.py --snapshots 30`"
        )
    steps = sorted(files)
    files[steps[-1]] = weights
    network, end = checkpoint.load(weights), load_file(weights)
    moments = []
    for step in steps:
        packed = quantised(
            {name: values.astype(np.float32) for name, values in load_file(files[step]).items()}
        )
        load_into(network, restored(*packed, end))
        moments.append((*_measured(network, images, labels), *packed))
    return Timeline(np.array(steps), *(np.stack(parts) for parts in zip(*moments, strict=True)))


def load_into(network: LeNet, tensors: Mapping[str, np.ndarray]) -> None:
    """Give a network other weights.

    Args:
        network: of the same architecture.
        tensors: float, by name.
    """
    network.load_state_dict({name: torch.from_numpy(np.array(part)) for name, part in tensors.items()})


@torch.no_grad()
def _measured(
    network: LeNet, images: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Loss, digits read right, and how often each symbol is the likeliest, as `Timeline` has them."""
    logits, wanted = predict(network, torch.from_numpy(images)), torch.from_numpy(labels)
    score = measuring.evaluate(network, Record(), torch.from_numpy(images), wanted)
    all_logits = network.architecture.complete(logits)
    loss = F.cross_entropy(all_logits, wanted)
    answers = torch.bincount(all_logits.argmax(1), minlength=all_logits.shape[1])
    return np.array(float(loss)), np.array(score.correct), answers.numpy()

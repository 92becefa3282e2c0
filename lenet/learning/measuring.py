"""Accuracy of a network, on held-out data and on the published test sets."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lenet.datasets import mnist, pendigits, unipen
from lenet.learning.epochs import Score
from lenet.network.model import Architecture, LeNet, predict, with_no_digit
from lenet.network.record import NO_DIGIT, Record
from lenet.synthesis.drawings import to_image
from lenet.synthesis.samples import Samples


def validate(
    network: nn.Module, architecture: Architecture, validation: dict[str, Samples]
) -> tuple[dict[str, Score], float]:
    """Measure a network while it learns, which is not calibrated yet.

    Args:
        network: in evaluation mode, on the device of the data.
        architecture: of the network.
        validation: the held-out sets by name.

    Returns:
        The score on each set, and the mean cross-entropy over all of them.
    """
    scores, losses = {}, []
    for name, part in validation.items():
        logits = predict(network, part.plain())
        scores[name] = _score(logits, part.labels, Record())
        losses.append(F.cross_entropy(architecture.complete(logits), part.labels, reduction="none"))
    return scores, float(torch.cat(losses).mean())


def evaluate(network: nn.Module, record: Record, images: Tensor, labels: Tensor) -> Score:
    """Count the images that are read as their labels say.

    A digit or sign is read right if it is the most probable symbol but "none", refused or not; what is
    neither is to be refused.

    Args:
        network: in evaluation mode.
        record: of the network.
        images: float (N, 28, 28) in [0, 1], 1 = ink.
        labels: int64 (N,), indices into the alphabet.
    """
    return _score(predict(network, images), labels, record)


def _score(logits: Tensor, labels: Tensor, record: Record) -> Score:
    right = torch.where(labels == NO_DIGIT, refused(logits, record), logits.argmax(1) == labels)
    return Score(int(right.sum()), len(labels))


def refused(logits: Tensor, record: Record) -> Tensor:
    """Tell which images are refused: those whose probability to be no digit is above the threshold.

    A sign is no digit: alone it is refused.

    Args:
        logits: float (N, L) of the digits, then of the signs if there are any; that of "none" is fixed at 0.
        record: of the network, with its temperature and thresholds.

    Returns:
        bool (N,).
    """
    scaled = logits / record.temperature
    digits = torch.logsumexp(scaled[:, : len(record.digits)], 1)
    others = torch.logsumexp(with_no_digit(scaled)[:, len(record.digits) :], 1)
    threshold = record.refusal.search
    # others / (others + digits) > threshold, without overflow.
    return digits - others < math.log(1 / threshold - 1)


@dataclass(frozen=True)
class Predictions:
    """What a network predicts for labelled digits.

    Attributes:
        images: float32 (N, 28, 28) in [0, 1], 1 = ink.
        labels: int64 (N,), 0 to 9.
        probabilities: float32 (N, 10), of the ten digits, which add up to 1: the images are digits, so the
            probability of "none" is left out.
    """

    images: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def digits(self) -> np.ndarray:
        """Int64 (N,): the most probable digit of each."""
        return self.probabilities.argmax(1)

    @property
    def confidences(self) -> np.ndarray:
        """Float32 (N,) in [0, 1]: the probability of that digit."""
        return self.probabilities.max(1)

    @property
    def right(self) -> np.ndarray:
        """Bool (N,): where that digit is the label."""
        return self.digits == self.labels


def predictions(network: nn.Module, record: Record, images: np.ndarray, labels: np.ndarray) -> Predictions:
    """Let a network predict digits.

    Args:
        network: in evaluation mode, on the CPU.
        record: of the network, with the temperature.
        images: float32 (N, 28, 28) in [0, 1], 1 = ink.
        labels: int64 (N,), 0 to 9.

    Raises:
        ValueError: there are not as many labels as images, or none.
    """
    if not 0 < len(images) == len(labels):
        raise ValueError(f"labels: wanted as many as images, got {len(labels)} for {len(images)} images")
    logits = predict(network, torch.from_numpy(images))[:, : len(record.digits)] / record.temperature
    return Predictions(images, labels, torch.softmax(logits, 1).numpy())


def test(network: LeNet, record: Record, root: Path) -> dict[str, Score]:
    """Measure a network on MNIST's test set, PenDigits' 14 test writers, and letters of unseen writers.

    The letters are of donors whose letters are not trained on (`unipen.TEST_DONORS`); their digits may be.

    Args:
        network: in evaluation mode, on the CPU.
        record: of the network.
        root: folder of the data sets; what is missing there is downloaded to it.

    Returns:
        The score on each set.

    Raises:
        OSError: MNIST cannot be had; sets of strokes that cannot be had are left out with a warning.
        ValueError: a file is broken.
    """
    digits = mnist.load(root, train=False)
    images = torch.from_numpy(digits.pixels)
    scores = {"MNIST test": evaluate(network, record, images, torch.from_numpy(digits.labels))}
    sets = {"PenDigits test": _pendigits_test}
    if network.architecture.no_digit:
        sets["letters refused"] = _letters_test
    for name, load in sets.items():
        try:
            strokes, labels = load(root)
        except OSError as error:
            warnings.warn(f"{name} is left out: {error}", stacklevel=2)
        else:
            images = torch.from_numpy(np.stack([to_image(drawing) for drawing in strokes]))
            scores[name] = evaluate(network, record, images, torch.from_numpy(labels))
    return scores


def _pendigits_test(root: Path) -> tuple[Sequence[list[np.ndarray]], np.ndarray]:
    drawings = pendigits.load(root, train=False)
    return drawings.strokes, drawings.labels


def _letters_test(root: Path) -> tuple[Sequence[list[np.ndarray]], np.ndarray]:
    letters = unipen.load(root, unipen.LETTERS)
    chosen = np.flatnonzero(unipen.unlike_digits(letters) & np.isin(letters.writers, unipen.TEST_DONORS))
    return [letters.strokes[index] for index in chosen], np.full(len(chosen), NO_DIGIT)

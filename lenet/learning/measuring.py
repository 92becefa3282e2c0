"""What a network has learnt, measured: accuracy, refusal, calibration."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lenet.datasets import mnist, pendigits, unipen
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Score
from lenet.network.model import NO_DIGIT, Architecture, LeNet, predict
from lenet.synthesis.drawings import to_image
from lenet.synthesis.samples import Samples


def validated(
    network: nn.Module, validation: dict[str, Samples], config: TrainConfig
) -> tuple[dict[str, Score], float]:
    """The score on each held-out set, and the mean cross-entropy over all of them."""
    scores, losses = {}, []
    for name, part in validation.items():
        logits = predict(network, part.plain())
        scores[name] = _score(logits, part.labels)
        losses.append(F.cross_entropy(config.architecture.complete(logits), part.labels, reduction="none"))
    return scores, float(torch.cat(losses).mean())


def evaluate(network: nn.Module, images: Tensor, labels: Tensor) -> Score:
    """Count the images (N, 28, 28), float in [0, 1], that are read as their label (N,) says.

    Of a digit that is its most probable digit, refused or not; what is no digit is to be refused.
    """
    return _score(predict(network, images), labels)


def _score(logits: Tensor, labels: Tensor) -> Score:
    right = torch.where(labels == NO_DIGIT, refused(logits), logits.argmax(1) == labels)
    return Score(int(right.sum()), len(labels))


def refused(logits: Tensor) -> Tensor:
    """Which of the logits (N, 10) say "no digit": bool (N,), true where that is likelier than all digits."""
    return torch.logsumexp(logits, 1) < 0


def calibrated(network: LeNet, validation: Iterable[Samples]) -> LeNet:
    """Scale the logits so that a confidence of 0.9 is right nine times in ten.

    Temperature scaling (Guo, Pleiss, Sun, Weinberger 2017); the temperature goes into the
    weights of the last layer, so softmax gives calibrated probabilities by itself.
    """
    factor = calibration(network, network.architecture, validation)
    with torch.no_grad():
        network.output.weight.mul_(factor)
        network.output.bias.mul_(factor)
    return network


def calibration(network: nn.Module, architecture: Architecture, validation: Iterable[Samples]) -> float:
    """By what the logits are to be multiplied for the least cross-entropy on what is held out."""
    parts = [(predict(network, part.plain()), part.labels) for part in validation]
    logits, labels = (torch.cat(tensors).clone() for tensors in zip(*parts, strict=True))
    steps = torch.linspace(-1.5, 1.5, 301)
    complete = architecture.complete
    losses = torch.stack([F.cross_entropy(complete(logits * step.exp()), labels) for step in steps])
    return float(steps[losses.argmin()].exp())


def test(network: LeNet, root: Path) -> dict[str, Score]:
    """Measure a network by itself on MNIST's test set, PenDigits' 14 unseen writers, and unseen letters.

    The letters are of donors of whom none was learnt from (`unipen.TEST_DONORS`); their digits may have been.

    Args:
        network: in evaluation mode.
        root: folder of the data sets; what is missing there is downloaded to it.

    Raises:
        OSError, ValueError: MNIST cannot be had, or a file is broken; strokes that
            cannot be had are left out with a warning.
    """
    digits = mnist.load(root, train=False)
    images = torch.from_numpy(digits.pixels)
    scores = {"MNIST test": evaluate(network, images, torch.from_numpy(digits.labels))}
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
            scores[name] = evaluate(network, images, torch.from_numpy(labels))
    return scores


def _pendigits_test(root: Path) -> tuple[Sequence[list[np.ndarray]], np.ndarray]:
    drawings = pendigits.load(root, train=False)
    return drawings.strokes, drawings.labels


def _letters_test(root: Path) -> tuple[Sequence[list[np.ndarray]], np.ndarray]:
    """Letters of donors not trained on."""
    letters = unipen.load(root, unipen.LETTERS)
    rows = np.flatnonzero(unipen.unlike_digits(letters) & np.isin(letters.writers, unipen.TEST_DONORS))
    return [letters.strokes[row] for row in rows], np.full(len(rows), NO_DIGIT)

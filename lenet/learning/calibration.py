"""Calibration: the temperature that calibrates confidences, and how well calibrated they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from lenet.network.model import Architecture, predict
from lenet.synthesis.samples import Samples

_LOG_SCALES = torch.linspace(-1.5, 1.5, 301)
"""Logarithms of the factors that are tried: from 0.22 to 4.5, 1 % apart. Set by hand."""


def inverse_temperature(
    network: nn.Module, architecture: Architecture, validation: Iterable[Samples]
) -> float:
    """Fit the factor by which logits are multiplied so that a confidence of 0.9 is right nine times in ten.

    Temperature scaling (Guo, Pleiss, Sun, Weinberger: "On Calibration of Modern Neural Networks", ICML
    2017): the factor with the least cross-entropy on the held-out data.

    Args:
        network: in evaluation mode, on the device of the data.
        architecture: of the network.
        validation: the held-out sets.
    """
    parts = [(predict(network, part.plain()), part.labels) for part in validation]
    logits, labels = (torch.cat(tensors).clone() for tensors in zip(*parts, strict=True))
    losses = [F.cross_entropy(architecture.complete(logits * scale.exp()), labels) for scale in _LOG_SCALES]
    return float(_LOG_SCALES[torch.stack(losses).argmin()].exp())


_BINS = 15
"""Number of bins of equal width over the confidences, as in Guo et al. 2017."""


@dataclass(frozen=True)
class Reliability:
    """Confidence beside accuracy, in the bins of equal width that hold a prediction.

    Attributes:
        counts: int64 (B,), predictions a bin.
        confidences: float64 (B,) in [0, 1], their mean confidence.
        accuracies: float64 (B,) in [0, 1], the share of them that is right.
    """

    counts: np.ndarray
    confidences: np.ndarray
    accuracies: np.ndarray

    @property
    def error(self) -> float:
        """The expected calibration error: mean distance of the two over all predictions, in [0, 1]."""
        return float(np.average(np.abs(self.confidences - self.accuracies), weights=self.counts))

    @property
    def standard_errors(self) -> np.ndarray:
        """Float64 (B,): of the accuracies, if the confidences are true (binomial)."""
        return np.sqrt(self.confidences * (1 - self.confidences) / self.counts)


def reliability(confidences: np.ndarray, right: np.ndarray) -> Reliability:
    """Compare confidence with accuracy, in 15 bins.

    Args:
        confidences: float (N,) in [0, 1], of each prediction.
        right: bool (N,), whether it is right.
    """
    bins = np.minimum((confidences * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    held = counts > 0
    sums = (np.bincount(bins, values, _BINS)[held] for values in (confidences, right))
    mean_confidences, accuracies = (total / counts[held] for total in sums)
    return Reliability(counts[held], mean_confidences, accuracies)

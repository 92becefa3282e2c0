"""What the epochs of a training came to, and which of them counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lenet.learning.config import TrainConfig


@dataclass(frozen=True)
class Score:
    """How many of a set were read right."""

    correct: int
    total: int

    @property
    def accuracy(self) -> float:
        """Share read right, in per cent."""
        return 100 * self.correct / self.total

    @property
    def standard_error(self) -> float:
        """Of the accuracy, binomial, in per cent."""
        share = self.correct / self.total
        return 100 * math.sqrt(share * (1 - share) / self.total)

    def __str__(self) -> str:
        return f"{self.accuracy:.2f} % ± {self.standard_error:.2f} ({self.correct:,} of {self.total:,})"


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training data came to.

    Attributes:
        number: from 1.
        loss: mean over the steps of what was learnt from, on the distorted training images.
        validation: the score on each held-out set, by the averaged weights.
        validation_loss: mean cross-entropy over all that is held out, by the same weights.
        seconds: the time it took.
    """

    number: int
    loss: float
    validation: dict[str, Score]
    validation_loss: float
    seconds: float

    @property
    def held_out(self) -> Score:
        """The score on all held-out sets together."""
        scores = self.validation.values()
        return Score(sum(score.correct for score in scores), sum(score.total for score in scores))


def finished(epochs: Sequence[Epoch], config: TrainConfig) -> bool:
    """Whether a training is at its end: all epochs are done, or its patience is."""
    if len(epochs) == config.epochs:
        return True
    if not (config.patience and epochs):
        return False
    with_loss = config.patience_with == "loss"
    best = max(epochs, key=lambda epoch: -epoch.loss if with_loss else epoch.held_out.correct)
    return len(epochs) - best.number >= config.patience


def kept(epochs: Sequence[Epoch], config: TrainConfig) -> Epoch:
    """The epoch whose network is saved: the first of the best ones, or the last."""
    return max(epochs, key=lambda epoch: epoch.held_out.correct) if config.keep_best else epochs[-1]

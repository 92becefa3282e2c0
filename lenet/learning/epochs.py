"""The figures of each epoch of a training, when it ends, and which epoch is saved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lenet.learning.config import ScheduleConfig


@dataclass(frozen=True)
class Score:
    """How many images of a set were read right.

    Attributes:
        correct: of them.
        total: of the set.
    """

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
    """The figures of one pass over the training data.

    Attributes:
        number: from 1.
        loss: mean training loss of the steps, on distorted images.
        validation: the score of the averaged weights on each held-out set.
        validation_loss: their mean cross-entropy over all held-out sets.
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


def finished(epochs: Sequence[Epoch], schedule: ScheduleConfig) -> bool:
    """Whether a training is at its end: after all epochs, or when its patience runs out."""
    if len(epochs) == schedule.epochs:
        return True
    if not (schedule.patience and epochs):
        return False
    with_loss = schedule.patience_with == "loss"
    best = max(epochs, key=lambda epoch: -epoch.loss if with_loss else epoch.held_out.correct)
    return len(epochs) - best.number >= schedule.patience


def kept_epoch(epochs: Sequence[Epoch], schedule: ScheduleConfig) -> Epoch:
    """The epoch whose network is saved: the first of the best ones, or the last."""
    return max(epochs, key=lambda epoch: epoch.held_out.correct) if schedule.keep_best else epochs[-1]

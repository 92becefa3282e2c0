"""What one set adds to the data of a training, and which of its examples are held out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import numpy as np

from lenet.datasets.sources import Source
from lenet.learning.config import TrainConfig
from lenet.synthesis import rows, samples
from lenet.synthesis.drawings import Drawing
from lenet.synthesis.samples import Samples

SEED = 0
"""Of all examples that are made, so that trainings with other seeds learn from the same data."""


class Part(NamedTuple):
    """What one set or one kind of made examples adds to a `TrainingData`."""

    training: list[Samples]
    validation: dict[str, Samples]
    sources: list[Source]
    rows: Sequence[rows.Row] = ()


def of_drawings(
    strokes: Sequence[Drawing], labels: np.ndarray, variants: int, config: TrainConfig, pool: Executor
) -> Samples:
    """Make samples of drawings, with a config's shares of lost strokes and interpolated copies."""
    lost, interpolated = config.data.strokes_lost, config.data.interpolated
    return samples.of_drawings(strokes, labels, variants, lost, SEED, pool, interpolated)


def last_of_each(groups: np.ndarray, share: float) -> np.ndarray:
    """Bool (N,): the last examples of each group, for neighbours are often by one writer.

    Args:
        groups: (N,), the group of each example.
        share: of each group, in [0, 1].
    """
    held = np.zeros(len(groups), bool)
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        held[members[len(members) - math.ceil(share * len(members)) :]] = True
    return held


def last_writers(writers: np.ndarray, share: float) -> np.ndarray:
    """Bool (N,): the drawings of the last writers, so that validation is on unseen handwriting."""
    names = np.unique(writers)
    return np.isin(writers, names[len(names) - math.ceil(share * len(names)) :])

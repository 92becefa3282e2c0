"""Learning from visitors' corrections: the shipped network goes on with what was kept, and with all the rest.

It starts from the weights that the page serves and takes few and small steps, so that it stays what it is
elsewhere. A part of the corrections is held out by session, which stands for a visitor.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lenet.datasets import corrections
from lenet.datasets.corrections import SIDE, Correction
from lenet.datasets.sources import Source
from lenet.learning import measuring
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Score
from lenet.learning.loop import Trained
from lenet.learning.parts import last_writers, of_drawings
from lenet.learning.training_data import TrainingData
from lenet.network import checkpoint
from lenet.network.classifiers import checksum
from lenet.network.model import LeNet
from lenet.network.record import ALPHABET, Record, shipped_weights
from lenet.synthesis import samples
from lenet.synthesis.drawings import to_image
from lenet.synthesis.samples import Samples

HELD_OUT = 0.2
"""Share of the sessions that is held out; chosen."""

_SHARE = 0.02
"""Share of an epoch that corrections are at most, where there are few; chosen."""

_MOST_REPEATS = 40
"""Times that a correction is shown in an epoch at most; chosen."""

_VARIANTS = 12
"""Distorted images made of each drawing, as many as the shipped recipe makes of each."""

_SAME = 0.02
"""Maximum mean difference of two pictures of the same ink, in [0, 1]; chosen. Where strokes draw another
picture than the one that was given, the picture counts."""

MAX_LOSS = 0.1
"""Points of accuracy that a test set may lose; of a set with fewer than 1,000 images, one image."""


def gentle(config: TrainConfig) -> TrainConfig:
    """The config by which a network goes on: an epoch of small steps on as many examples.

    Of each example fewer variants are made, as fewer are seen. Batch normalisation and expansion are for the
    way from random weights.
    """
    return config.changed(
        batch_norm=False,
        expansion=0,
        data={"drawing_variants": 3, "made_variants": 1, "rows": 0, "number_rows": 0},
        optimiser={"averaging": 0.99},
        schedule={"epochs": 1, "learning_rate": 3e-4},
    )


@dataclass(frozen=True)
class Lesson:
    """What is to be learnt from corrections.

    Attributes:
        network: to go on from.
        record: of it.
        training: corrections to learn from.
        held_out: those of other sessions; none where all are of one.
        source: of all of them.
    """

    network: LeNet
    record: Record
    training: Samples
    held_out: Samples
    source: Source

    def added_to(self, data: TrainingData) -> TrainingData:
        """All data, with corrections."""
        wanted = _SHARE * len(data.training) / len(self.training)
        repeats = min(max(round(wanted), 1), _MOST_REPEATS)
        held = {"corrections": self.held_out} if len(self.held_out) else {}
        return dataclasses.replace(
            data,
            training=samples.concatenate([data.training, *[self.training] * repeats]),
            validation=data.validation | held,
            sources=[*data.sources, self.source],
        )

    def completed(self, trained: Trained) -> Trained:
        """The network after it, with the thresholds and the model of confidence of the one before."""
        record = dataclasses.replace(self.record, temperature=trained.record.temperature)
        return Trained(trained.network, record)

    def check(self, trained: Trained, after: dict[str, Score], root: Path) -> None:
        """Print what was won and lost.

        Args:
            trained: the network after it, with its record.
            after: its score on each test set.
            root: folder of the data sets.

        Raises:
            ValueError: a test set lost too much; says which.
        """
        before = measuring.test(self.network, self.record, root)
        if len(self.held_out):
            name = "corrections held out"
            before = {name: self._score(self.network, self.record), **before}
            after = {name: self._score(*trained), **after}
        lost = []
        for name, score in after.items():
            print(f"{name}: {before[name]} before, {score} after")
            if name != "corrections held out" and loses(before[name], score):
                lost.append(f"{name} {before[name].accuracy:.2f} to {score.accuracy:.2f} %")
        if lost:
            raise ValueError(
                f"corrections: wanted no test set to lose more than {MAX_LOSS} points, got "
                f"{', '.join(lost)}; nothing is saved. Review the corrections again, or take another seed"
            )

    def _score(self, network: LeNet, record: Record) -> Score:
        return measuring.evaluate(network, record, self.held_out.plain(), self.held_out.labels)


def loses(before: Score, after: Score) -> bool:
    """Whether a test set loses more than it may."""
    return before.correct - after.correct > max(MAX_LOSS / 100 * before.total, 1)


def load(folder: Path, config: TrainConfig, pool: Executor) -> Lesson:
    """Load what the owner kept of the corrections in a folder, and the shipped network.

    Args:
        folder: in which the page keeps them.
        config: of the training.
        pool: renders them.

    Raises:
        OSError: the folder, or the network, cannot be read.
        ValueError: nothing is kept.
    """
    kept, source = corrections.kept(folder)
    kept = [one for one in kept if one.label in ALPHABET]
    if not kept:
        raise ValueError(
            f"{folder}: wanted corrections that were kept, got none; "
            f"review them with `python -m lenet corrections {folder}`"
        )
    sessions = np.array([one.session for one in kept])
    several = len(np.unique(sessions)) > 1
    held = last_writers(sessions, HELD_OUT) if several else np.zeros(len(kept), bool)
    weights = shipped_weights()
    before = {f"{weights.name} before": f"sha256:{checksum(weights)}"}
    return Lesson(
        checkpoint.load(weights),
        Record.load(weights),
        _samples([one for one, is_held in zip(kept, held, strict=True) if not is_held], config, pool),
        _samples([one for one, is_held in zip(kept, held, strict=True) if is_held], config, pool, variants=0),
        dataclasses.replace(source, checksums=source.checksums | before),
    )


def _samples(
    kept: Sequence[Correction], config: TrainConfig, pool: Executor, variants: int = _VARIANTS
) -> Samples:
    """Corrections as samples: drawings as drawings are, pictures as they are."""
    drawn = [_is_drawn(one) for one in kept]
    drawings = [one for one, is_drawn in zip(kept, drawn, strict=True) if is_drawn]
    pictures = [one for one, is_drawn in zip(kept, drawn, strict=True) if not is_drawn]
    images = np.array([one.image for one in pictures], np.uint8).reshape(-1, SIDE, SIDE)
    strokes = [one.strokes for one in drawings]
    return samples.concatenate(
        [
            of_drawings(strokes, _labels(drawings), variants, config, pool),
            samples.of_images(images, _labels(pictures)),
        ]
    )


def _labels(kept: Sequence[Correction]) -> np.ndarray:
    return np.array([ALPHABET.index(one.label) for one in kept], np.int64)


def _is_drawn(one: Correction) -> bool:
    """Whether its strokes draw its picture."""
    if not one.strokes:
        return False
    return float(np.abs(to_image(one.strokes) - one.image / 255).mean()) <= _SAME

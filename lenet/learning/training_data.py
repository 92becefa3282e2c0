"""Training data: the sets are loaded, examples are made of them, and a part of each is held out."""

from __future__ import annotations

import dataclasses
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from lenet.datasets import cheques, mnist, pendigits, unipen
from lenet.datasets.sources import Drawings, Source
from lenet.ink import photo
from lenet.learning.config import TrainConfig
from lenet.network.record import NO_DIGIT
from lenet.synthesis import negatives, rows, samples, scribbles
from lenet.synthesis.degradation import degraded_digits
from lenet.synthesis.samples import Samples, SharedImages


@dataclass(frozen=True)
class TrainingData:
    """The data of one training.

    Attributes:
        training: images to learn from; a sample that is listed twice is shown twice an epoch.
        validation: held-out images, by the name of their set.
        sources: the sets they are from, with counts and checksums.
        rows: whole rows of digits to learn from, on the CPU.
    """

    training: Samples
    validation: dict[str, Samples]
    sources: list[Source]
    rows: Sequence[rows.Row] = ()

    def to(self, device: torch.device) -> TrainingData:
        """The same data on a device."""
        validation = {name: part.to(device) for name, part in self.validation.items()}
        return TrainingData(self.training.to(device), validation, self.sources, self.rows)


_SEED = 0
"""Of all examples that are made, so that trainings with other seeds learn from the same data."""


def prepare(root: Path, config: TrainConfig, pool: Executor) -> TrainingData:
    """Load the training parts of all sets, hold out the validation data, and make the examples.

    Args:
        root: folder of the data sets; what is missing there is downloaded to it.
        config: of the training; its seed makes no difference.
        pool: makes the examples, several at a time; see `lenet.synthesis.workers`.

    Raises:
        OSError: MNIST cannot be had; other sets that cannot be had are left out with a warning.
        ValueError: a file is broken.
    """
    parts = [_mnist(root, config), *_stroke_sets(root, config, pool)]
    if config.architecture.no_digit:
        parts += _negatives(root, config, [one for part in parts for one in part.training], pool)
    return TrainingData(
        samples.concatenate([one for part in parts for one in part.training]),
        {name: held for part in parts for name, held in part.validation.items()},
        [source for part in parts for source in part.sources],
        [row for part in parts for row in part.rows],
    )


class _Part(NamedTuple):
    """What one set or one kind of made examples adds to a `TrainingData`."""

    training: list[Samples]
    validation: dict[str, Samples]
    sources: list[Source]
    rows: Sequence[rows.Row] = ()


def _mnist(root: Path, config: TrainConfig) -> _Part:
    digits = mnist.load(root, train=True)
    held = last_of_each(np.zeros(len(digits.labels)), config.data.validation_share)
    images = samples.of_images(digits.images, digits.labels)
    return _Part([images.subset(~held)], {"MNIST": images.subset(held)}, [digits.source])


def _stroke_sets(root: Path, config: TrainConfig, pool: Executor) -> Iterator[_Part]:
    """The digits of each set of strokes that can be had."""
    if config.data.drawing_repeats == 0:
        return
    sets = {
        "PenDigits": (partial(pendigits.load, root, train=True), _last_writers),
        "UNIPEN": (partial(unipen.load, root), last_of_each),
    }
    for name, (load, hold_out) in sets.items():
        try:
            drawings = load()
        except OSError as error:
            warnings.warn(f"Training without {name}: {error}", stacklevel=3)
            continue
        held = hold_out(drawings.writers, config.data.validation_share)
        drawn = _drawn(drawings, ~held, config.data.drawing_variants, config, pool)
        training = [drawn] * config.data.drawing_repeats
        yield _Part(training, {name: _drawn(drawings, held, 0, config, pool)}, [drawings.source])


def _drawn(
    drawings: Drawings, chosen: np.ndarray, variants: int, config: TrainConfig, pool: Executor
) -> Samples:
    """The drawings where `chosen`, bool (N,), is true; none is interpolated with one where it is not."""
    strokes = [drawings.strokes[index] for index in np.flatnonzero(chosen)]
    labels = drawings.labels[chosen]
    return samples.of_drawings(
        strokes, labels, variants, config.data.strokes_lost, _SEED, pool, config.data.interpolated
    )


def _negatives(root: Path, config: TrainConfig, digits: list[Samples], pool: Executor) -> Iterator[_Part]:
    """Non-digits, and digits that look as they do on a page that is cut into pieces."""
    random = np.random.default_rng(_SEED)
    yield _scribbles(config, random, pool)
    yield _from_digits(digits, config, random, pool)
    sets = {
        "cheques": (_cheques, config.data.cheque_repeats),
        "UNIPEN's letters": (_letters, config.data.letter_repeats),
    }
    for name, (load, repeats) in sets.items():
        if repeats == 0:
            continue
        try:
            yield load(root, config, pool)
        except OSError as error:
            warnings.warn(f"Training without {name}: {error}", stacklevel=3)


def _scribbles(config: TrainConfig, random: np.random.Generator, pool: Executor) -> _Part:
    drawings = scribbles.make(config.data.scribbles, random)
    drawn = samples.of_drawings(drawings, np.full(len(drawings), NO_DIGIT), 1, 0, _SEED, pool)
    return _Part([drawn], {}, [])


def _letters(root: Path, config: TrainConfig, pool: Executor) -> _Part:
    letters = unipen.load(root, unipen.LETTERS)
    known = unipen.unlike_digits(letters) & ~np.isin(letters.writers, unipen.TEST_DONORS)
    chosen = [letters.strokes[index] for index in np.flatnonzero(known)]
    labels = np.full(len(chosen), NO_DIGIT)
    drawn = samples.of_drawings(chosen, labels, config.data.drawing_variants, 0, _SEED, pool)
    held = last_of_each(letters.writers[known], config.data.validation_share)
    source = dataclasses.replace(letters.source, count=len(chosen))
    training = drawn.subset(~held)
    images, none = _first_images([training])
    single = rows.make(images, none, config.data.rows // _OTHER_ROWS, _SEED, pool)
    return _Part([training] * config.data.letter_repeats, {"letters": drawn.subset(held)}, [source], single)


def _cheques(root: Path, config: TrainConfig, pool: Executor) -> _Part:
    """The digits of cheques, cut as a page is cut, and the pieces that are non-digits."""
    loaded = cheques.load(root)
    read = [(amount, photo.page(amount.image)) for amount in loaded.amounts]
    groups = [group for amount, page in read for group in _groups(amount, page)]
    whole = [rows.as_row(page.ink, amount.number) for amount, page in read]
    lines = [row for row in whole if row is not None]
    repeats = config.data.rows // _OTHER_ROWS // max(len(lines), 1)
    return _Part(
        [samples.of_shared_images(groups)] * config.data.cheque_repeats, {}, [loaded.source], lines * repeats
    )


def _groups(amount: cheques.Amount, page: photo.Page) -> Iterator[SharedImages]:
    """The images of each digit of an amount, and its non-digits, twice as often."""
    digits = np.array([int(digit) for digit in amount.number], np.int64)
    pieces = negatives.of_page(page.ink, np.round(amount.boxes / page.scale), digits)
    for label in sorted({label for _, label in pieces}):
        images = np.stack([image for image, of in pieces if of == label])
        count = 2 * len(digits) if label == NO_DIGIT else int((digits == label).sum())
        yield SharedImages(np.round(images * 255).astype(np.uint8), label, count)


_OTHER_ROWS = 10
"""Rows of digits for each row that is a single letter, and for each that is the amount of a cheque: these
are a sixth of all rows (docs/experiments.md)."""

_VARIANTS = 4
"""Images made for each example that is made of digits; an epoch shows one of them at random."""


def _from_digits(
    digits: list[Samples], config: TrainConfig, random: np.random.Generator, pool: Executor
) -> _Part:
    """Degraded digits, pieces of touching digits, turned digits, and rows."""
    images, labels = _first_images(digits)
    pieces, found = negatives.cuts(images, labels, config.data.cuts * _VARIANTS, _SEED, pool)
    degraded = degraded_digits(images, labels, config.data.degraded * _VARIANTS, _SEED, pool)
    turned = negatives.turned(images, labels, config.data.turned * _VARIANTS, random)
    training = [
        samples.of_groups(*degraded, _VARIANTS),
        samples.of_groups(pieces, found, _VARIANTS),
        samples.of_groups(turned, np.full(len(turned), NO_DIGIT), _VARIANTS),
    ]
    return _Part(training, {}, [], rows.make(images, labels, config.data.rows, _SEED, pool))


def _first_images(parts: Iterable[Samples]) -> tuple[np.ndarray, np.ndarray]:
    """The first, undistorted image of each sample, uint8 (N, 28, 28), and labels (N,)."""
    plain = [(part.images[part.first].numpy(), part.labels.numpy()) for part in parts]
    images, labels = (np.concatenate(arrays) for arrays in zip(*plain, strict=True))
    return images, labels


def _last_writers(writers: np.ndarray, share: float) -> np.ndarray:
    """Bool (N,): the drawings of the last writers, so that validation is on unseen handwriting."""
    names = np.unique(writers)
    return np.isin(writers, names[len(names) - math.ceil(share * len(names)) :])


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

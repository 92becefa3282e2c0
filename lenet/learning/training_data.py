"""The data of a training: loaded, drawn, and split into what is learnt from and what is held out."""

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
from lenet.network.model import NO_DIGIT
from lenet.synthesis import negatives, rows, samples, scribbles
from lenet.synthesis.degradation import degraded_digits
from lenet.synthesis.samples import Samples, SharedImages


@dataclass(frozen=True)
class TrainingData:
    """The data of one training: what is learnt from, what is held out, and where it came from.

    Attributes:
        training: what is learnt from one by one.
        validation: what is held out, by name.
        sources: where all of it is from.
        rows: what is learnt from in whole rows, on the CPU.
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
"""Of how the data are drawn and cut, whatever the seed of the training: several learn from the same."""


def prepare(root: Path, config: TrainConfig, pool: Executor) -> TrainingData:
    """Load the training parts of all sets, draw the strokes, hold the validation out.

    Args:
        root: folder of the data sets; what is missing there is downloaded to it.
        config: number of drawings, share to hold out; its seed makes no difference.
        pool: makes the examples, several at a time; see `workers`.

    Raises:
        OSError, ValueError: MNIST cannot be had, or a file is broken. A set of
            strokes that cannot be had is left out with a warning.
    """
    parts = [_mnist(root, config), *_stroke_sets(root, config, pool)]
    if config.architecture.no_digit:
        parts += _no_digits(root, config, [one for part in parts for one in part.training], pool)
    return TrainingData(
        samples.concatenate([one for part in parts for one in part.training]),
        {name: held for part in parts for name, held in part.validation.items()},
        [source for part in parts for source in part.sources],
        [row for part in parts for row in part.rows],
    )


class _Part(NamedTuple):
    """What one kind of examples adds to a `TrainingData`; samples listed twice are shown twice an epoch."""

    training: list[Samples]
    validation: dict[str, Samples]
    sources: list[Source]
    rows: Sequence[rows.Row] = ()


def _mnist(root: Path, config: TrainConfig) -> _Part:
    digits = mnist.load(root, train=True)
    held = last_rows(np.zeros(len(digits.labels)), config.validation_share)
    images = samples.of_images(digits.images, digits.labels)
    return _Part([images.subset(~held)], {"MNIST": images.subset(held)}, [digits.source])


def _stroke_sets(root: Path, config: TrainConfig, pool: Executor) -> Iterator[_Part]:
    """The digits of each set of strokes that can be had."""
    if config.drawing_repeats == 0:
        return
    sets = {
        "PenDigits": (partial(pendigits.load, root, train=True), _last_writers),
        "UNIPEN": (partial(unipen.load, root), last_rows),
    }
    for name, (load, hold_out) in sets.items():
        try:
            drawings = load()
        except OSError as error:
            warnings.warn(f"Training without {name}: {error}", stacklevel=3)
            continue
        held = hold_out(drawings.writers, config.validation_share)
        drawn = _drawn(drawings, ~held, config.drawing_variants, config, pool)
        training = [drawn] * config.drawing_repeats
        yield _Part(training, {name: _drawn(drawings, held, 0, config, pool)}, [drawings.source])


def _drawn(
    drawings: Drawings, chosen: np.ndarray, variants: int, config: TrainConfig, pool: Executor
) -> Samples:
    """The drawings where `chosen`, bool (N,), is true; what is held out is no part of the others' blends."""
    strokes = [drawings.strokes[row] for row in np.flatnonzero(chosen)]
    labels = drawings.labels[chosen]
    return samples.of_drawings(strokes, labels, variants, config.strokes_lost, _SEED, pool, config.blended)


def _no_digits(root: Path, config: TrainConfig, digits: list[Samples], pool: Executor) -> Iterator[_Part]:
    """Examples of what is no digit, and of digits cut apart from others or given back by a photo."""
    random = np.random.default_rng(_SEED)
    yield _scribbles(config, random, pool)
    yield _of_digits(digits, config, random, pool)
    sets = {
        "cheques": (_cheques, config.cheque_repeats),
        "UNIPEN's letters": (_letters, config.letter_repeats),
    }
    for name, (load, repeats) in sets.items():
        if repeats == 0:
            continue
        try:
            yield load(root, config, pool)
        except OSError as error:
            warnings.warn(f"Training without {name}: {error}", stacklevel=3)


def _scribbles(config: TrainConfig, random: np.random.Generator, pool: Executor) -> _Part:
    drawings = scribbles.make(config.scribbles, random)
    drawn = samples.of_drawings(drawings, np.full(len(drawings), NO_DIGIT), 1, 0, _SEED, pool)
    return _Part([drawn], {}, [])


def _letters(root: Path, config: TrainConfig, pool: Executor) -> _Part:
    letters = unipen.load(root, unipen.LETTERS)
    known = unipen.unlike_digits(letters) & ~np.isin(letters.writers, unipen.TEST_DONORS)
    chosen = [letters.strokes[row] for row in np.flatnonzero(known)]
    labels = np.full(len(chosen), NO_DIGIT)
    drawn = samples.of_drawings(chosen, labels, config.drawing_variants, 0, _SEED, pool)
    held = last_rows(letters.writers[known], config.validation_share)
    source = dataclasses.replace(letters.source, count=len(chosen))
    learnt = drawn.subset(~held)
    images, none = _first_images([learnt])
    alone = rows.make(images, none, config.rows // _OTHER_ROWS, _SEED, pool)
    return _Part([learnt] * config.letter_repeats, {"letters": drawn.subset(held)}, [source], alone)


def _cheques(root: Path, config: TrainConfig, pool: Executor) -> _Part:
    """The digits of cheques, cut as a page is cut, and the pieces that are none."""
    loaded = cheques.load(root)
    read = [(amount, photo.page(amount.image)) for amount in loaded.amounts]
    groups = [group for amount, page in read for group in _groups(amount, page)]
    whole = [rows.as_row(page.ink, amount.number) for amount, page in read]
    lines = [row for row in whole if row is not None]
    repeats = config.rows // _OTHER_ROWS // max(len(lines), 1)
    training = [samples.of_shared_images(groups)] * config.cheque_repeats
    return _Part(training, {}, [loaded.source], lines * repeats)


def _groups(amount: cheques.Amount, page: photo.Page) -> Iterator[SharedImages]:
    """The images of each digit of an amount, and of what is none, twice as often."""
    digits = np.array([int(digit) for digit in amount.number], np.int64)
    pieces = negatives.of_page(page.ink, np.round(amount.boxes / page.scale), digits)
    for label in sorted({label for _, label in pieces}):
        images = np.stack([image for image, of in pieces if of == label])
        count = 2 * len(digits) if label == NO_DIGIT else int((digits == label).sum())
        yield SharedImages(np.round(images * 255).astype(np.uint8), label, count)


_OTHER_ROWS = 10
"""For so many rows of digits there is a letter that stands alone, and the amount of a cheque."""

_VARIANTS = 4
"""How many images there are for each example that is made of digits; each epoch shows another."""


def _of_digits(
    digits: list[Samples], config: TrainConfig, random: np.random.Generator, pool: Executor
) -> _Part:
    """Rough digits, pieces of digits that touch, and digits on their side or upside down."""
    images, labels = _first_images(digits)
    pieces, found = negatives.cuts(images, labels, config.cuts * _VARIANTS, _SEED, pool)
    rough = degraded_digits(images, labels, config.rough * _VARIANTS, _SEED, pool)
    turned = negatives.turned(images, labels, config.turned * _VARIANTS, random)
    training = [
        samples.of_groups(*rough, _VARIANTS),
        samples.of_groups(pieces, found, _VARIANTS),
        samples.of_groups(turned, np.full(len(turned), NO_DIGIT), _VARIANTS),
    ]
    return _Part(training, {}, [], rows.make(images, labels, config.rows, _SEED, pool))


def _first_images(parts: Iterable[Samples]) -> tuple[np.ndarray, np.ndarray]:
    """The images as they are, not distorted, uint8 (N, 28, 28), and labels (N,)."""
    plain = [(part.images[part.first].numpy(), part.labels.numpy()) for part in parts]
    images, labels = (np.concatenate(arrays) for arrays in zip(*plain, strict=True))
    return images, labels


def _last_writers(writers: np.ndarray, share: float) -> np.ndarray:
    """Bool (N,): the drawings of the last writers, so that validation asks about unseen hands."""
    names = np.unique(writers)
    return np.isin(writers, names[len(names) - math.ceil(share * len(names)) :])


def last_rows(groups: np.ndarray, share: float) -> np.ndarray:
    """Bool (N,): the last rows of each group; neighbouring rows are often one writer."""
    held = np.zeros(len(groups), bool)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        held[rows[len(rows) - math.ceil(share * len(rows)) :]] = True
    return held

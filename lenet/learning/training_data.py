"""Training data: the sets are loaded, examples are made of them, and a part of each is held out."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch

from lenet.datasets import cheques, mathnote, mnist, pendigits, unipen, unipen_texts
from lenet.datasets.sources import Drawings, Source
from lenet.ink import photo
from lenet.learning import sign_data
from lenet.learning.config import TrainConfig
from lenet.learning.parts import SEED, Part, last_of_each, last_writers, of_drawings
from lenet.network.record import ALPHABET, DIGITS, NO_DIGIT
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
        signs = list(_loaded(_sign_sets(root, config, pool)))
        digits = [one for part in parts for one in part.training]
        parts += signs + list(_made(config, digits, [one for part in signs for one in part.training], pool))
        parts += _loaded(_negative_sets(root, config, pool))
    return TrainingData(
        samples.concatenate([one for part in parts for one in part.training]),
        {name: held for part in parts for name, held in part.validation.items()},
        [source for part in parts for source in part.sources],
        [row for part in parts for row in part.rows],
    )


_Load = Callable[[], Part]


def _loaded(sets: dict[str, _Load]) -> Iterator[Part]:
    """What each of the sets that can be had adds, by name."""
    for name, load in sets.items():
        try:
            yield load()
        except OSError as error:
            warnings.warn(f"Training without {name}: {error}", stacklevel=4)


def _mnist(root: Path, config: TrainConfig) -> Part:
    digits = mnist.load(root, train=True)
    held = last_of_each(np.zeros(len(digits.labels)), config.data.validation_share)
    images = samples.of_images(digits.images, digits.labels)
    return Part([images.subset(~held)], {"MNIST": images.subset(held)}, [digits.source])


def _stroke_sets(root: Path, config: TrainConfig, pool: Executor) -> Iterator[Part]:
    """The digits of each further set that can be had."""
    if config.data.drawing_repeats == 0:
        return iter(())

    def drawn(name: str, load: Callable[[], Drawings], hold_out: _HoldOut, repeats: int) -> _Load:
        return lambda: _drawn(name, load(), hold_out, repeats, config, pool)

    repeats = config.data.drawing_repeats
    sets = {
        "PenDigits": drawn("PenDigits", partial(pendigits.load, root, train=True), last_writers, repeats),
        "UNIPEN": drawn("UNIPEN", partial(_unipen_digits, root), last_of_each, repeats),
        "more of UNIPEN's digits": drawn("UNIPEN more", partial(_more_digits, root), last_writers, repeats),
        "MathNote's digits": drawn("MathNote", partial(_mathnote_digits, root), last_of_each, 1),
    }
    if config.data.sheet_repeats:
        sets["BHMSDS's digits"] = partial(sign_data.of_bhmsds, root, config, digits=True)
    return _loaded(sets)


_HoldOut = Callable[[np.ndarray, float], np.ndarray]
"""From the writers (N,) and a share to bool (N,), what is held out."""


def _drawn(
    name: str, drawings: Drawings, hold_out: _HoldOut, repeats: int, config: TrainConfig, pool: Executor
) -> Part:
    """The drawings of a set; none to learn from is interpolated with one that is held out."""
    held = hold_out(drawings.writers, config.data.validation_share)

    def chosen(those: np.ndarray, variants: int) -> Samples:
        strokes = [drawings.strokes[index] for index in np.flatnonzero(those)]
        return of_drawings(strokes, drawings.labels[those], variants, config, pool)

    training = [chosen(~held, config.data.drawing_variants)] * repeats
    return Part(training, {name: chosen(held, 0)}, [drawings.source])


def _unipen_digits(root: Path) -> Drawings:
    """The digits of all donors but those that benchmarks draw difficult pictures from."""
    return _subset(digits := unipen.load(root), ~np.isin(digits.writers, unipen.BENCHMARK_DONORS))


def _subset(drawings: Drawings, chosen: np.ndarray) -> Drawings:
    """The drawings where `chosen`, bool (N,), is true."""
    return Drawings(
        [drawings.strokes[index] for index in np.flatnonzero(chosen)],
        drawings.labels[chosen],
        drawings.writers[chosen],
        dataclasses.replace(drawings.source, count=int(chosen.sum())),
    )


def _more_digits(root: Path) -> Drawings:
    """UNIPEN's digits that name their writers, by persons for training."""
    texts, source = unipen_texts.load(root, "more_digits")
    every = [text for text in texts if text.label in DIGITS and text.person not in unipen_texts.HELD_OUT]
    return Drawings(
        [text.strokes for text in every],
        np.array([int(text.label) for text in every], np.int64),
        np.array([text.person for text in every]),
        dataclasses.replace(source, count=len(every)),
    )


def _mathnote_digits(root: Path) -> Drawings:
    symbols, source = mathnote.load(root, "digits")
    labels = np.array([int(symbol.label) for symbol in symbols], np.int64)
    return Drawings([symbol.strokes for symbol in symbols], labels, labels.astype(str), source)


def _sign_sets(root: Path, config: TrainConfig, pool: Executor) -> dict[str, _Load]:
    sets: dict[str, _Load] = {"made signs": partial(sign_data.made, config, pool)}
    if config.data.sign_repeats:
        sets["UNIPEN's signs"] = partial(sign_data.of_unipen, root, config, pool)
        sets["MathNote's signs"] = partial(sign_data.of_mathnote, root, config, pool)
    if config.data.sheet_repeats:
        sets["BHMSDS's signs"] = partial(sign_data.of_bhmsds, root, config, digits=False)
    return sets


def _negative_sets(root: Path, config: TrainConfig, pool: Executor) -> dict[str, _Load]:
    """Sets of which pieces or all drawings are non-digits, and pen numbers."""
    sets: dict[str, _Load] = {}
    if config.data.cheque_repeats:
        sets["cheques"] = lambda: _cheques(cheques.load(root), config)
        sets["more cheques"] = lambda: _cheques(cheques.load_more(root), config)
    if config.data.letter_repeats:
        sets["UNIPEN's letters"] = partial(_letters, root, config, pool)
    if config.data.number_rows:
        sets["UNIPEN's numbers"] = partial(_numbers, root, config)
    return sets


def _scribbles(config: TrainConfig, random: np.random.Generator, pool: Executor) -> Part:
    drawings = scribbles.make(config.data.scribbles, random)
    drawn = samples.of_drawings(drawings, np.full(len(drawings), NO_DIGIT), 1, 0, SEED, pool)
    return Part([drawn], {}, [])


def _letters(root: Path, config: TrainConfig, pool: Executor) -> Part:
    letters = unipen.load(root, unipen.LETTERS)
    known = unipen.unlike_digits(letters) & ~np.isin(letters.writers, unipen.TEST_DONORS)
    chosen = [letters.strokes[index] for index in np.flatnonzero(known)]
    is_times = np.isin(letters.labels[known], [ord(letter) for letter in "xX"])
    labels = np.where(is_times, ALPHABET.index("x"), NO_DIGIT)
    drawn = samples.of_drawings(chosen, labels, config.data.drawing_variants, 0, SEED, pool)
    held = last_of_each(letters.writers[known], config.data.validation_share)
    source = dataclasses.replace(letters.source, count=len(chosen))
    training = drawn.subset(~held)
    images, none = _first_images([training])
    single = rows.make(images, none, config.data.rows // _OTHER_ROWS, SEED, pool)
    return Part([training] * config.data.letter_repeats, {"letters": drawn.subset(held)}, [source], single)


def _numbers(root: Path, config: TrainConfig) -> Part:
    """Whole numbers of UNIPEN as rows, by persons for training who are not kept for confidence."""
    texts, source = unipen_texts.load(root, "numbers")
    apart = unipen_texts.HELD_OUT
    chosen = [
        text for text in texts if text.person not in apart and not unipen_texts.is_for_confidence(text.person)
    ]
    random = np.random.default_rng(SEED)
    made = [
        rows.of_drawing(text.strokes, text.label, random)
        for text in chosen
        for _ in range(config.data.number_rows)
    ]
    source = dataclasses.replace(source, count=len(chosen))
    return Part([], {}, [source], [row for row in made if row is not None])


def _cheques(loaded: cheques.Cheques, config: TrainConfig) -> Part:
    """The digits of cheques, cut as a page is cut, and the pieces that are non-digits."""
    read = [(amount, photo.page(amount.image)) for amount in loaded.amounts]
    groups = [group for amount, page in read for group in _groups(amount, page)]
    whole = [rows.as_row(page.ink, amount.number) for amount, page in read]
    lines = [row for row in whole if row is not None]
    repeats = config.data.rows // _OTHER_ROWS // max(len(lines), 1)
    return Part(
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


def _made(config: TrainConfig, digits: list[Samples], signs: list[Samples], pool: Executor) -> Iterator[Part]:
    """Scribbles; degraded digits and signs, pieces of touching digits, turned digits, and rows."""
    random, variants = np.random.default_rng(SEED), config.data.made_variants
    yield _scribbles(config, random, pool)
    images, labels = _first_images(digits)
    pieces, found = negatives.cuts(images, labels, config.data.cuts * variants, SEED, pool)
    degraded = degraded_digits(images, labels, config.data.degraded * variants, SEED, pool)
    turned = negatives.turned(images, labels, config.data.turned * variants, random)
    sign_images, sign_labels = _first_images(signs)
    shown = sign_labels != NO_DIGIT
    sign_images, sign_labels = sign_images[shown], sign_labels[shown]
    degraded_signs = degraded_digits(
        sign_images, sign_labels, config.data.degraded_signs * variants, SEED, pool
    )
    training = [
        samples.of_groups(*degraded, variants),
        samples.of_groups(*degraded_signs, variants),
        samples.of_groups(pieces, found, variants),
        samples.of_groups(turned, np.full(len(turned), NO_DIGIT), variants),
    ]
    both = np.concatenate([images, sign_images]), np.concatenate([labels, sign_labels])
    yield Part(training, {}, [], rows.make(*both, config.data.rows, SEED, pool))


def _first_images(parts: Iterable[Samples]) -> tuple[np.ndarray, np.ndarray]:
    """The first, undistorted image of each sample, uint8 (N, 28, 28), and labels (N,)."""
    plain = [(part.images[part.first].numpy(), part.labels.numpy()) for part in parts]
    images, labels = (np.concatenate(arrays) for arrays in zip(*plain, strict=True))
    return images, labels

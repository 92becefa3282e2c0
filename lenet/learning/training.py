"""Teaching a LeNet, and measuring what it has learnt."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lenet.datasets import cheques, data
from lenet.ink import photo
from lenet.learning import machine, snapshot
from lenet.learning.config import TrainConfig as TrainConfig
from lenet.learning.epochs import Epoch as Epoch
from lenet.learning.epochs import Score as Score
from lenet.learning.epochs import finished, kept
from lenet.learning.learner import Learner
from lenet.learning.teacher import Teacher
from lenet.network.model import NO_DIGIT, Architecture, LeNet, predict
from lenet.synthesis import counterexamples, rows, samples
from lenet.synthesis.augmentation import warp
from lenet.synthesis.samples import Samples

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Course:
    """The data of one training: what is learnt from, what is held out, and where it came from.

    Attributes:
        training: what is learnt from one by one.
        validation: what is held out, by name.
        sources: where all of it is from.
        rows: what is learnt from in whole rows, on the CPU.
    """

    training: Samples
    validation: dict[str, Samples]
    sources: list[data.Source]
    rows: Sequence[rows.Row] = ()

    def to(self, device: torch.device) -> Course:
        """The same data on a device."""
        validation = {name: part.to(device) for name, part in self.validation.items()}
        return Course(self.training.to(device), validation, self.sources, self.rows)


_SEED = 0
"""Of how the data are drawn and cut, whatever the seed of the training: several learn from the same."""


def prepare(root: Path, config: TrainConfig) -> Course:
    """Load the training parts of all sets, draw the strokes, hold the validation out.

    Args:
        root: folder of the data sets; what is missing there is downloaded to it.
        config: number of drawings, share to hold out; its seed makes no difference.

    Raises:
        OSError, ValueError: MNIST cannot be had, or a file is broken. A set of
            strokes that cannot be had is left out with a warning.
    """
    parts = [_mnist(root, config), *_stroke_sets(root, config)]
    if config.architecture.no_digit:
        parts += _no_digits(root, config, [one for part in parts for one in part.training])
    return Course(
        samples.concatenate([one for part in parts for one in part.training]),
        {name: held for part in parts for name, held in part.validation.items()},
        [source for part in parts for source in part.sources],
        [row for part in parts for row in part.rows],
    )


class _Part(NamedTuple):
    """What one kind of examples adds to a `Course`; samples listed twice are shown twice an epoch."""

    training: list[Samples]
    validation: dict[str, Samples]
    sources: list[data.Source]
    rows: Sequence[rows.Row] = ()


def _mnist(root: Path, config: TrainConfig) -> _Part:
    mnist = data.load_mnist(root, train=True)
    held = last_rows(np.zeros(len(mnist.labels)), config.validation_share)
    images = samples.of_images(mnist.images, mnist.labels)
    return _Part([images.subset(~held)], {"MNIST": images.subset(held)}, [mnist.source])


def _stroke_sets(root: Path, config: TrainConfig) -> Iterator[_Part]:
    """The digits of each set of strokes that can be had."""
    if config.drawing_repeats == 0:
        return
    sets = {
        "PenDigits": (partial(data.load_pendigits, root, train=True), _last_writers),
        "UNIPEN": (partial(data.load_unipen, root), last_rows),
    }
    for name, (load, hold_out) in sets.items():
        try:
            drawings = load()
        except OSError as error:
            warnings.warn(f"Training without {name}: {error}", stacklevel=3)
            continue
        held = hold_out(drawings.writers, config.validation_share)
        drawn = _drawn(drawings, ~held, config.drawing_variants, config)
        training = [drawn] * config.drawing_repeats
        yield _Part(training, {name: _drawn(drawings, held, 0, config)}, [drawings.source])


def _drawn(drawings: data.Drawings, chosen: np.ndarray, variants: int, config: TrainConfig) -> Samples:
    """The drawings where `chosen`, bool (N,), is true; what is held out is no part of the others' blends."""
    strokes = [drawings.strokes[row] for row in np.flatnonzero(chosen)]
    labels = drawings.labels[chosen]
    return samples.of_drawings(strokes, labels, variants, config.strokes_lost, _SEED, config.blended)


def _no_digits(root: Path, config: TrainConfig, digits: list[Samples]) -> Iterator[_Part]:
    """Examples of what is no digit, and of digits cut apart from others or given back by a photo."""
    random = np.random.default_rng(_SEED)
    yield _scribbles(config, random)
    yield _of_digits(digits, config, random)
    sets = {
        "cheques": (_cheques, config.cheque_repeats),
        "UNIPEN's letters": (_letters, config.letter_repeats),
    }
    for name, (load, repeats) in sets.items():
        if repeats == 0:
            continue
        try:
            yield load(root, config)
        except OSError as error:
            warnings.warn(f"Training without {name}: {error}", stacklevel=3)


def _scribbles(config: TrainConfig, random: np.random.Generator) -> _Part:
    drawings = counterexamples.scribbles(config.scribbles, random)
    drawn = samples.of_drawings(drawings, np.full(len(drawings), NO_DIGIT), 1, 0, _SEED)
    return _Part([drawn], {}, [])


def _letters(root: Path, config: TrainConfig) -> _Part:
    letters = data.load_unipen(root, data.UNIPEN_LETTERS)
    known = unlike_digits(letters) & ~np.isin(letters.writers, TEST_DONORS)
    chosen = [letters.strokes[row] for row in np.flatnonzero(known)]
    labels = np.full(len(chosen), NO_DIGIT)
    drawn = samples.of_drawings(chosen, labels, config.drawing_variants, 0, _SEED)
    held = last_rows(letters.writers[known], config.validation_share)
    source = dataclasses.replace(letters.source, count=len(chosen))
    learnt = drawn.subset(~held)
    images, none = _first_images([learnt])
    alone = rows.made_of(images, none, config.rows // _OTHER_ROWS, _SEED)
    return _Part([learnt] * config.letter_repeats, {"letters": drawn.subset(held)}, [source], alone)


def _cheques(root: Path, config: TrainConfig) -> _Part:
    """The digits of cheques, cut as a page is cut, and the pieces that are none."""
    loaded = cheques.load(root)
    read = [(amount, photo.page(amount.picture)) for amount in loaded.amounts]
    lots = [lot for amount, page in read for lot in _lots(amount, page)]
    whole = [rows.as_row(page.ink, amount.number) for amount, page in read]
    lines = [row for row in whole if row is not None]
    repeats = config.rows // _OTHER_ROWS // max(len(lines), 1)
    return _Part([samples.of_lots(lots)] * config.cheque_repeats, {}, [loaded.source], lines * repeats)


def _lots(amount: cheques.Amount, page: photo.Page) -> Iterator[tuple[np.ndarray, int, int]]:
    """For `samples.of_lots`: the images of each digit of an amount, and of what is none, twice as often."""
    digits = np.array([int(digit) for digit in amount.number], np.int64)
    pieces = counterexamples.of_page(page.ink, np.round(amount.boxes / page.scale), digits)
    for label in sorted({label for _, label in pieces}):
        images = np.stack([image for image, of in pieces if of == label])
        count = 2 * len(digits) if label == NO_DIGIT else int((digits == label).sum())
        yield np.round(images * 255).astype(np.uint8), label, count


_OTHER_ROWS = 10
"""For so many rows of digits there is a letter that stands alone, and the amount of a cheque."""

_VARIANTS = 4
"""How many images there are for each example that is made of digits; each epoch shows another."""


def _of_digits(digits: list[Samples], config: TrainConfig, random: np.random.Generator) -> _Part:
    """Rough digits, pieces of digits that touch, and digits on their side or upside down."""
    images, labels = _first_images(digits)
    pieces, found = counterexamples.cuts(images, labels, config.cuts * _VARIANTS, _SEED)
    rough = samples.rough(images, labels, config.rough * _VARIANTS, _SEED)
    turned = counterexamples.turned(images, labels, config.turned * _VARIANTS, random)
    training = [
        samples.of_groups(*rough, _VARIANTS),
        samples.of_groups(pieces, found, _VARIANTS),
        samples.of_groups(turned, np.full(len(turned), NO_DIGIT), _VARIANTS),
    ]
    return _Part(training, {}, [], rows.made_of(images, labels, config.rows, _SEED))


def _first_images(parts: Iterable[Samples]) -> tuple[np.ndarray, np.ndarray]:
    """The images as they are, not distorted, uint8 (N, 28, 28), and labels (N,)."""
    plain = [(part.images[part.first].numpy(), part.labels.numpy()) for part in parts]
    images, labels = (np.concatenate(arrays) for arrays in zip(*plain, strict=True))
    return images, labels


TEST_DONORS = ("apb", "ced", "imp", "uqb")
"""Donors of UNIPEN whose letters are not trained on: every third of the thirteen."""


def unlike_digits(letters: data.Drawings) -> np.ndarray:
    """Bool (N,): the letters that nobody takes for a digit."""
    alike = [ord(letter) for letter in data.LETTERS_LIKE_DIGITS]
    return ~np.isin(letters.labels, alike)


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


OnEpoch = Callable[[Epoch], None]
OnStep = Callable[[], object]


def fit(
    course: Course,
    config: TrainConfig,
    on_epoch: OnEpoch = lambda epoch: None,
    on_step: OnStep = lambda: None,
    teacher: Teacher | None = None,
    device: torch.device = CPU,
    state: Path | None = None,
) -> LeNet:
    """Train a LeNet.

    Ctrl-C ends the training at once, with what was learnt so far.

    Args:
        course: the data.
        config: how.
        on_epoch: called after each epoch.
        on_step: called after each batch.
        teacher: from `fit_teacher`, in evaluation mode, where `config` has one.
        device: where to compute.
        state: a file in which the state of the training is kept after each epoch; if there is one, the
            training goes on from it, to the same weights as if it had not been interrupted.

    Returns:
        The network of the last epoch or the best, averaged, batch normalisation folded in, calibrated on
        the validation data, in evaluation mode, on the CPU.

    Raises:
        OSError: the state cannot be written.
        ValueError: the state is not one of this training, or the teacher is missing.
    """
    if config.teacher is not None and teacher is None:
        raise ValueError("teacher: wanted the one of the config, got none; train it with `fit_teacher`")
    torch.manual_seed(config.seed)
    # Channels last in memory, and the optimiser's step fused: two thirds of the time on a CPU.
    network = LeNet(config.architecture, config.batch_norm, config.expansion)
    network = network.to(device).to(memory_format=torch.channels_last)
    teacher = copy.deepcopy(teacher).to(device) if teacher is not None else None
    learner = Learner(network, config, steps_per_epoch(course, config), teacher)
    _learn(learner, course, config, on_epoch, on_step, device, state)
    return _calibrated(learner.result().folded(), course.validation.values())


def fit_teacher(
    course: Course,
    config: TrainConfig,
    on_epoch: OnEpoch = lambda epoch: None,
    on_step: OnStep = lambda: None,
    device: torch.device = CPU,
    state: Path | None = None,
) -> Teacher:
    """Train a teacher as `config.teacher` says; arguments and errors as for `fit`.

    Returns:
        The averaged network, in evaluation mode, on the CPU.
    """
    if config.teacher is None:
        raise ValueError("config: wanted one with a teacher, got one without; leave the teacher out")
    torch.manual_seed(config.teacher.seed)
    learner = Learner(Teacher().to(device), config.teacher, steps_per_epoch(course, config.teacher))
    _learn(learner, course, config.teacher, on_epoch, on_step, device, state)
    return learner.result().cpu()


def _learn(
    learner: Learner[Any],
    course: Course,
    config: TrainConfig,
    on_epoch: OnEpoch,
    on_step: OnStep,
    device: torch.device,
    state: Path | None,
) -> None:
    """All epochs, or as many as there are before Ctrl-C."""
    generator = torch.Generator(device).manual_seed(config.seed)
    identity = snapshot.identity(config, len(course.training))
    epochs: list[Epoch] = []
    if state and machine.is_everywhere(state, device):
        epochs = snapshot.resume(state, learner, generator, identity)
    course = course.to(device)
    with contextlib.suppress(KeyboardInterrupt):
        while not machine.agree(finished(epochs, config), device):
            epochs.append(_epoch(learner, course, config, generator, len(epochs) + 1, on_step))
            if config.keep_best and kept(epochs, config) is epochs[-1]:
                learner.keep()
            if state and machine.rank() == 0:
                snapshot.keep(state, learner, generator, epochs, identity)
            on_epoch(epochs[-1])


def _epoch(
    learner: Learner[Any],
    course: Course,
    config: TrainConfig,
    generator: torch.Generator,
    number: int,
    on_step: OnStep,
) -> Epoch:
    start = time.perf_counter()
    losses = []
    steps = _batches(course.training, config, generator)
    readings = _readings(learner, course, config, generator, number)
    for (images, labels), of_rows in zip(steps, readings, strict=True):
        losses.append(learner.step(images, labels, of_rows))
        on_step()
    loss = torch.stack(losses).mean()
    machine.average([loss])
    validation, validation_loss = _validated(learner.learnt(), course.validation, config)
    return Epoch(number, float(loss), validation, validation_loss, time.perf_counter() - start)


def steps_per_epoch(course: Course, config: TrainConfig) -> int:
    """Full batches an epoch; the few samples left over come in with another shuffle."""
    return len(course.training) // config.batch_size


def _batches(
    training: Samples, config: TrainConfig, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Distorted images (B, 28, 28) and labels (B,), all samples in a new order.

    Each of several processes gets its share of every batch.
    """
    rank, size = machine.rank(), machine.size()
    if config.batch_size % size:
        raise ValueError(
            f"processes: wanted a number that divides the batch of {config.batch_size} evenly, got {size}; "
            "start more or fewer"
        )
    order = torch.randperm(len(training), generator=generator, device=generator.device)
    for start in range(0, len(order) - config.batch_size + 1, config.batch_size):
        index = order[start : start + config.batch_size]
        images = training.pick(index, generator)
        if config.warp is not None:
            images = warp(images, config.warp, generator)
        yield images[rank::size], training.labels[index][rank::size]


_ROWS_FROM = 0.8
"""Share of the epochs after which rows are learnt from: a network that reads badly is asked too much."""


def _readings(
    learner: Learner[Any], course: Course, config: TrainConfig, generator: torch.Generator, number: int
) -> Iterator[list[rows.Reading]]:
    """For each step of an epoch some rows as the network reads them by then, this process' share."""
    steps = steps_per_epoch(course, config)
    if not (config.rows and course.rows) or number <= math.ceil(_ROWS_FROM * config.epochs):
        yield from [[]] * steps
        return
    network = learner.learnt()
    factor = _calibration(network, config.architecture, course.validation.values())
    size = (steps, config.row_batch)
    chosen = torch.randint(len(course.rows), size, generator=generator, device=generator.device)
    for share in chosen[:, machine.rank() :: machine.size()].tolist():
        yield [rows.read(course.rows[index], network, factor) for index in share]


def _validated(
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


def _calibrated(network: LeNet, validation: Iterable[Samples]) -> LeNet:
    """Scale the logits so that a confidence of 0.9 is right nine times in ten.

    Temperature scaling (Guo, Pleiss, Sun, Weinberger 2017); the temperature goes into the
    weights of the last layer, so softmax gives calibrated probabilities by itself.
    """
    factor = _calibration(network, network.architecture, validation)
    with torch.no_grad():
        network.output.weight.mul_(factor)
        network.output.bias.mul_(factor)
    return network


def _calibration(network: nn.Module, architecture: Architecture, validation: Iterable[Samples]) -> float:
    """By what the logits are to be multiplied for the least cross-entropy on what is held out."""
    parts = [(predict(network, part.plain()), part.labels) for part in validation]
    logits, labels = (torch.cat(tensors).clone() for tensors in zip(*parts, strict=True))
    steps = torch.linspace(-1.5, 1.5, 301)
    complete = architecture.complete
    losses = torch.stack([F.cross_entropy(complete(logits * step.exp()), labels) for step in steps])
    return float(steps[losses.argmin()].exp())


def test(network: LeNet, root: Path) -> dict[str, Score]:
    """Measure a network by itself on MNIST's test set, PenDigits' 14 unseen writers, and unseen letters.

    The letters are of donors of whom none was learnt from (`TEST_DONORS`); their digits may have been.

    Args:
        network: in evaluation mode.
        root: folder of the data sets; what is missing there is downloaded to it.

    Raises:
        OSError, ValueError: MNIST cannot be had, or a file is broken; strokes that
            cannot be had are left out with a warning.
    """
    mnist = data.load_mnist(root, train=False)
    images = torch.from_numpy(mnist.pixels)
    scores = {"MNIST test": evaluate(network, images, torch.from_numpy(mnist.labels))}
    sets = {"PenDigits test": _pendigits_test}
    if network.architecture.no_digit:
        sets["letters refused"] = _letters_test
    for name, load in sets.items():
        try:
            strokes, labels = load(root)
        except OSError as error:
            warnings.warn(f"{name} is left out: {error}", stacklevel=2)
        else:
            images = torch.from_numpy(np.stack([samples.drawing_form(drawing) for drawing in strokes]))
            scores[name] = evaluate(network, images, torch.from_numpy(labels))
    return scores


def _pendigits_test(root: Path) -> tuple[Sequence[list[np.ndarray]], np.ndarray]:
    drawings = data.load_pendigits(root, train=False)
    return drawings.strokes, drawings.labels


def _letters_test(root: Path) -> tuple[Sequence[list[np.ndarray]], np.ndarray]:
    """Letters of donors not trained on."""
    letters = data.load_unipen(root, data.UNIPEN_LETTERS)
    rows = np.flatnonzero(unlike_digits(letters) & np.isin(letters.writers, TEST_DONORS))
    return [letters.strokes[row] for row in rows], np.full(len(rows), NO_DIGIT)

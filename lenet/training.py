"""Teaching a LeNet, and measuring what it has learnt."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lenet import counterexamples, data, samples
from lenet.augmentation import Warp, warp
from lenet.model import NO_DIGIT, LeNet, predict, with_no_digit
from lenet.samples import Samples
from lenet.teacher import Teacher


@dataclass(frozen=True)
class TrainConfig:
    """All that decides how a network is trained.

    Attributes:
        epochs: passes over the training data.
        batch_size: images a step.
        learning_rate: the highest, of a one-cycle schedule (Smith, Topin 2018) with AdamW.
        weight_decay: AdamW's.
        label_smoothing: share of the target that is spread over all ten digits; a mislabelled
            digit then pulls less (Szegedy et al. 2016).
        averaging: share of the running average of the weights that is kept at each
            step; the average is what is saved (Polyak, Juditsky 1992).
        warp: distortion of the images, anew in every epoch.
        drawing_variants: how often each drawing of the stroke sets is drawn.
        drawing_repeats: how often each of them is shown an epoch.
        strokes_lost: share of the drawings of several strokes that are shown without the last.
        letter_repeats: how often each letter is shown an epoch, as what is no digit.
        scribbles: how many scribbles and signs, which are no digits either, are shown an epoch.
        cuts: how many pieces of digits that touch are shown an epoch; see `counterexamples.cuts`.
        turned: how many digits that lie on their side or head, which are none, an epoch.
        validation_share: part of every training set that is held out.
        teacher: how the larger network is trained from whose answers this one learns (Hinton,
            Vinyals, Dean 2015), on the same data; None learns from labels alone.
        teacher_share: weight of the teacher's answers; the labels have the rest.
        temperature: by which logits are divided before they are compared with the teacher's.
        seed: of all randomness; the same seed gives the same weights on the same machine.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    label_smoothing: float
    averaging: float
    warp: Warp
    drawing_variants: int
    drawing_repeats: int
    strokes_lost: float
    letter_repeats: int
    scribbles: int
    cuts: int
    turned: int
    validation_share: float
    teacher: TrainConfig | None = None
    teacher_share: float = 0.0
    temperature: float = 1.0
    seed: int = 0


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
        loss: mean cross-entropy over the distorted training images, labels smoothed.
        validation: the score on each held-out set, by the averaged weights.
        seconds: the time it took.
    """

    number: int
    loss: float
    validation: dict[str, Score]
    seconds: float


@dataclass(frozen=True)
class Course:
    """The data of one training: what is learnt from, what is held out, and where it came from."""

    training: Samples
    validation: dict[str, Samples]
    sources: list[data.Source]


def prepare(root: Path, config: TrainConfig) -> Course:
    """Load the training parts of all sets, draw the strokes, hold the validation out.

    Args:
        root: folder of the data sets; what is missing there is downloaded to it.
        config: number of drawings, share to hold out, seed.

    Raises:
        OSError, ValueError: MNIST cannot be had, or a file is broken. A set of
            strokes that cannot be had is left out with a warning.
    """
    mnist = data.load_mnist(root, train=True)
    held = _last_rows(np.zeros(len(mnist.labels)), config.validation_share)
    images = samples.of_images(mnist.images, mnist.labels)
    training, validation = [images.subset(~held)], {"MNIST": images.subset(held)}
    sources = [mnist.source]
    for name, drawings, held in _stroke_sets(root, config.validation_share):
        drawn = samples.of_drawings(
            drawings.strokes, drawings.labels, config.drawing_variants, config.strokes_lost, config.seed
        )
        training += [drawn.subset(~held)] * config.drawing_repeats
        validation[name] = drawn.subset(held)
        sources.append(drawings.source)
    no_digits = _no_digits(root, config, training)
    return Course(
        samples.concatenate(training + no_digits.training),
        validation | no_digits.validation,
        sources + no_digits.sources,
    )


class _NoDigits(NamedTuple):
    training: list[Samples]
    validation: dict[str, Samples]
    sources: list[data.Source]


def _no_digits(root: Path, config: TrainConfig, digits: list[Samples]) -> _NoDigits:
    """Examples of what is no digit, and of digits that were cut apart from others."""
    random = np.random.default_rng(config.seed)
    scribbles = counterexamples.scribbles(config.scribbles, random)
    drawn = samples.of_drawings(scribbles, np.full(len(scribbles), NO_DIGIT), 1, 0, config.seed)
    found = _NoDigits([drawn, *_of_digits(digits, config, random)], {}, [])
    try:
        letters = data.load_unipen(root, data.UNIPEN_LETTERS)
    except OSError as error:
        warnings.warn(f"UNIPEN's letters are left out of training: {error}", stacklevel=3)
        return found
    known = _unlike_digits(letters) & ~np.isin(letters.writers, TEST_DONORS)
    chosen = [letters.strokes[row] for row in np.flatnonzero(known)]
    labels = np.full(len(chosen), NO_DIGIT)
    drawn = samples.of_drawings(chosen, labels, config.drawing_variants, 0, config.seed)
    held = _last_rows(letters.writers[known], config.validation_share)
    found.training.extend([drawn.subset(~held)] * config.letter_repeats)
    found.validation["letters"] = drawn.subset(held)
    found.sources.append(dataclasses.replace(letters.source, count=len(chosen)))
    return found


_VARIANTS = 4
"""How many images there are for each counterexample that is made of digits; each epoch shows another."""


def _of_digits(digits: list[Samples], config: TrainConfig, random: np.random.Generator) -> list[Samples]:
    """Pieces of digits that touch, and digits that lie."""
    plain = [(part.images[part.first].numpy(), part.labels.numpy()) for part in digits]
    images, labels = (np.concatenate(arrays) for arrays in zip(*plain, strict=True))
    pieces, found = counterexamples.cuts(images, labels, config.cuts * _VARIANTS, config.seed)
    lying = counterexamples.turned(images, labels, config.turned * _VARIANTS, random)
    return [
        samples.of_groups(pieces, found, _VARIANTS),
        samples.of_groups(lying, np.full(len(lying), NO_DIGIT), _VARIANTS),
    ]


TEST_DONORS = ("apb", "ced", "imp", "uqb")
"""Donors of UNIPEN whose letters are not trained on: every third of the thirteen."""


def _unlike_digits(letters: data.Drawings) -> np.ndarray:
    """Bool (N,): the letters that nobody takes for a digit."""
    alike = [ord(letter) for letter in data.LETTERS_LIKE_DIGITS]
    return ~np.isin(letters.labels, alike)


def _stroke_sets(root: Path, share: float) -> Iterator[tuple[str, data.Drawings, np.ndarray]]:
    """The name of each set of strokes that can be had, the set, and which of its drawings to hold out."""
    sets = {
        "PenDigits": (partial(data.load_pendigits, root, train=True), _last_writers),
        "UNIPEN": (partial(data.load_unipen, root), _last_rows),
    }
    for name, (load, hold_out) in sets.items():
        try:
            drawings = load()
        except OSError as error:
            warnings.warn(f"{name} is left out of training: {error}", stacklevel=2)
        else:
            yield name, drawings, hold_out(drawings.writers, share)


def _last_writers(writers: np.ndarray, share: float) -> np.ndarray:
    """Bool (N,): the drawings of the last writers, so that validation asks about unseen hands."""
    names = np.unique(writers)
    return np.isin(writers, names[len(names) - math.ceil(share * len(names)) :])


def _last_rows(groups: np.ndarray, share: float) -> np.ndarray:
    """Bool (N,): the last rows of each group; neighbouring rows are often one writer."""
    held = np.zeros(len(groups), bool)
    for group in np.unique(groups):
        rows = np.flatnonzero(groups == group)
        held[rows[len(rows) - math.ceil(share * len(rows)) :]] = True
    return held


OnEpoch = Callable[["Epoch"], None]
OnStep = Callable[[], object]


def fit(
    course: Course,
    config: TrainConfig,
    on_epoch: OnEpoch = lambda epoch: None,
    on_step: OnStep = lambda: None,
    teacher: Teacher | None = None,
) -> LeNet:
    """Train a LeNet.

    Ctrl-C ends the training at once, with what was learnt so far.

    Args:
        course: the data.
        config: how.
        on_epoch: called after each epoch.
        on_step: called after each batch.
        teacher: from `fit_teacher`, in evaluation mode, where `config` has one.

    Returns:
        The averaged network, batch normalisation folded in, calibrated on the
        validation data, in evaluation mode, on the CPU.
    """
    torch.manual_seed(config.seed)
    learner: _Learner[LeNet] = _Learner(LeNet(batch_norm=True), course, config, teacher)
    _learn(learner, course, config, on_epoch, on_step)
    return _calibrated(learner.average.folded(), list(course.validation.values()))


def fit_teacher(
    course: Course,
    config: TrainConfig,
    on_epoch: OnEpoch = lambda epoch: None,
    on_step: OnStep = lambda: None,
) -> Teacher:
    """Train a teacher as `config.teacher` says; arguments as for `fit`.

    Returns:
        The averaged network, in evaluation mode.
    """
    if config.teacher is None:
        raise ValueError("config: wanted one with a teacher, got one without; leave the teacher out")
    torch.manual_seed(config.teacher.seed)
    learner: _Learner[Teacher] = _Learner(Teacher(), course, config.teacher)
    _learn(learner, course, config.teacher, on_epoch, on_step)
    return learner.average


def _learn(
    learner: _Learner[Any], course: Course, config: TrainConfig, on_epoch: OnEpoch, on_step: OnStep
) -> None:
    """All epochs, or as many as there are before Ctrl-C."""
    generator = torch.Generator().manual_seed(config.seed)
    with contextlib.suppress(KeyboardInterrupt):
        for number in range(1, config.epochs + 1):
            start = time.perf_counter()
            losses = []
            for images, labels in _batches(course.training, config, generator):
                losses.append(learner.step(images, labels))
                on_step()
            scores = {
                name: evaluate(learner.average, part.plain(), part.labels)
                for name, part in course.validation.items()
            }
            on_epoch(Epoch(number, float(torch.stack(losses).mean()), scores, time.perf_counter() - start))


_Network = TypeVar("_Network", LeNet, Teacher)


class _Learner(Generic[_Network]):
    """A network while it learns, and the running average of its weights."""

    def __init__(
        self, network: _Network, course: Course, config: TrainConfig, teacher: Teacher | None = None
    ) -> None:
        self.network: _Network = network
        self.average: _Network = copy.deepcopy(self.network).requires_grad_(False).eval()
        self._config = config
        self._teacher = teacher
        self._optimiser = torch.optim.AdamW(
            self.network.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser,
            config.learning_rate,
            total_steps=config.epochs * steps_per_epoch(course, config),
            pct_start=0.1,
            cycle_momentum=False,
            final_div_factor=1000,
        )

    def step(self, images: Tensor, labels: Tensor) -> Tensor:
        """Learn from one batch; returns its loss."""
        logits = with_no_digit(self.network(images))
        loss = F.cross_entropy(logits, labels, label_smoothing=self._config.label_smoothing)
        if self._teacher is not None:
            distance = _distance(logits, _answers(self._teacher, images), self._config.temperature)
            loss = torch.lerp(loss, distance, self._config.teacher_share)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        self._schedule.step()
        self._follow()
        return loss.detach()

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the running average of weights and of batch statistics a step towards the network."""
        steps = self._schedule.last_epoch
        kept = min(self._config.averaging, steps / (steps + 9))  # at first the average follows faster
        pairs = zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True)
        for old, new in pairs:
            if old.is_floating_point():
                old.lerp_(new, 1 - kept)


@torch.no_grad()
def _answers(teacher: Teacher, images: Tensor) -> Tensor:
    """Logits (N, 11)."""
    return with_no_digit(teacher(images))


def _distance(logits: Tensor, wanted: Tensor, temperature: float) -> Tensor:
    """The divergence (Kullback, Leibler) of softened probabilities from those wanted, of logits (N, 11)."""
    ours, theirs = (F.log_softmax(answer / temperature, 1) for answer in (logits, wanted))
    # The gradients shrink with the square of the temperature.
    return temperature**2 * F.kl_div(ours, theirs, reduction="batchmean", log_target=True)


def steps_per_epoch(course: Course, config: TrainConfig) -> int:
    """Full batches an epoch; the few samples left over come in with another shuffle."""
    return len(course.training) // config.batch_size


def _batches(
    training: Samples, config: TrainConfig, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Distorted images (B, 28, 28) and labels (B,), all samples in a new order."""
    order = torch.randperm(len(training), generator=generator)
    for start in range(0, len(order) - config.batch_size + 1, config.batch_size):
        index = order[start : start + config.batch_size]
        images = training.pick(index, generator)
        yield warp(images, config.warp, generator), training.labels[index]


def evaluate(network: nn.Module, images: Tensor, labels: Tensor) -> Score:
    """Count the images (N, 28, 28), float in [0, 1], that are read as their label (N,) says.

    Of a digit that is its most probable digit, refused or not; what is no digit is to be refused.
    """
    logits = predict(network, images)
    right = torch.where(labels == NO_DIGIT, refused(logits), logits.argmax(1) == labels)
    return Score(int(right.sum()), len(labels))


def refused(logits: Tensor) -> Tensor:
    """Which of the logits (N, 10) say "no digit": bool (N,), true where that is likelier than all digits."""
    return torch.logsumexp(logits, 1) < 0


def _calibrated(network: LeNet, validation: Sequence[Samples]) -> LeNet:
    """Scale the logits so that a confidence of 0.9 is right nine times in ten.

    Temperature scaling (Guo, Pleiss, Sun, Weinberger 2017); the temperature goes into the
    weights of the last layer, so softmax gives calibrated probabilities by itself.
    """
    logits = torch.cat([predict(network, part.plain()) for part in validation]).clone()
    labels = torch.cat([part.labels for part in validation])
    steps = torch.linspace(-1.5, 1.5, 301)
    losses = torch.stack([F.cross_entropy(with_no_digit(logits * step.exp()), labels) for step in steps])
    factor = float(steps[losses.argmin()].exp())
    with torch.no_grad():
        network.output.weight.mul_(factor)
        network.output.bias.mul_(factor)
    return network


def test(network: LeNet, root: Path) -> dict[str, Score]:
    """Measure a network on MNIST's test set, PenDigits' 14 unseen writers, and letters of unseen donors.

    Args:
        network: in evaluation mode.
        root: folder of the data sets; what is missing there is downloaded to it.

    Raises:
        OSError, ValueError: MNIST cannot be had, or a file is broken; strokes that
            cannot be had are left out with a warning.
    """
    mnist = data.load_mnist(root, train=False)
    images = torch.from_numpy(mnist.images).float() / 255
    scores = {"MNIST test": evaluate(network, images, torch.from_numpy(mnist.labels))}
    for name, load in {"PenDigits test": _pendigits_test, "letters refused": _letters_test}.items():
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
    rows = np.flatnonzero(_unlike_digits(letters) & np.isin(letters.writers, TEST_DONORS))
    return [letters.strokes[row] for row in rows], np.full(len(rows), NO_DIGIT)

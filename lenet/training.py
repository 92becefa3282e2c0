"""Teaching a LeNet, and measuring what it has learnt."""

from __future__ import annotations

import contextlib
import copy
import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lenet import data, samples
from lenet.augmentation import Warp, warp
from lenet.model import LeNet
from lenet.samples import Samples


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
        validation_share: part of every training set that is held out.
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
    validation_share: float
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
        drawn = samples.of_drawings(drawings.strokes, drawings.labels, config.drawing_variants, config.seed)
        training += [drawn.subset(~held)] * config.drawing_repeats
        validation[name] = drawn.subset(held)
        sources.append(drawings.source)
    return Course(samples.concatenate(training), validation, sources)


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


def fit(
    course: Course,
    config: TrainConfig,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    on_step: Callable[[], object] = lambda: None,
) -> LeNet:
    """Train a LeNet.

    Ctrl-C ends the training at once, with what was learnt so far.

    Args:
        course: the data.
        config: how.
        on_epoch: called after each epoch.
        on_step: called after each batch.

    Returns:
        The averaged network, batch normalisation folded in, calibrated on the
        validation data, in evaluation mode, on the CPU.
    """
    learner = _Learner(config, config.epochs * steps_per_epoch(course, config))
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
    return _calibrated(learner.average.folded(), list(course.validation.values()))


class _Learner:
    """A network while it learns, and the running average of its weights."""

    def __init__(self, config: TrainConfig, steps: int) -> None:
        torch.manual_seed(config.seed)
        self.network = LeNet(batch_norm=True)
        self.average = copy.deepcopy(self.network).requires_grad_(False).eval()
        self._kept = config.averaging
        self._label_smoothing = config.label_smoothing
        self._optimiser = torch.optim.AdamW(
            self.network.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser,
            config.learning_rate,
            total_steps=steps,
            pct_start=0.1,
            cycle_momentum=False,
            final_div_factor=1000,
        )

    def step(self, images: Tensor, labels: Tensor) -> Tensor:
        """Learn from one batch; returns its loss."""
        loss = F.cross_entropy(self.network(images), labels, label_smoothing=self._label_smoothing)
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
        kept = min(self._kept, steps / (steps + 9))  # at first the average follows faster
        pairs = zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True)
        for old, new in pairs:
            if old.is_floating_point():
                old.lerp_(new, 1 - kept)


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


def evaluate(network: LeNet, images: Tensor, labels: Tensor) -> Score:
    """Count the images (N, 28, 28), float in [0, 1], whose most probable digit is their label (N,)."""
    return Score(int((predict(network, images).argmax(1) == labels).sum()), len(labels))


@torch.inference_mode()
def predict(network: LeNet, images: Tensor) -> Tensor:
    """Logits (N, 10) of images (N, 28, 28), in batches, so that any number fits into memory."""
    if len(images) == 0:
        return torch.empty(0, 10)
    return torch.cat([network(batch) for batch in torch.split(images, 1000)])


def _calibrated(network: LeNet, validation: Sequence[Samples]) -> LeNet:
    """Scale the logits so that a confidence of 0.9 is right nine times in ten.

    Temperature scaling (Guo, Pleiss, Sun, Weinberger 2017); the temperature goes into the
    weights of the last layer, so softmax gives calibrated probabilities by itself.
    """
    logits = torch.cat([predict(network, part.plain()) for part in validation]).clone()
    labels = torch.cat([part.labels for part in validation])
    steps = torch.linspace(-1.5, 1.5, 301)
    losses = torch.stack([F.cross_entropy(logits * step.exp(), labels) for step in steps])
    factor = float(steps[losses.argmin()].exp())
    with torch.no_grad():
        network.output.weight.mul_(factor)
        network.output.bias.mul_(factor)
    return network


def test(network: LeNet, root: Path) -> dict[str, Score]:
    """Measure a network on the published test sets: MNIST's, and PenDigits' 14 unseen writers.

    Args:
        network: in evaluation mode.
        root: folder of the data sets; what is missing there is downloaded to it.

    Raises:
        OSError, ValueError: MNIST cannot be had, or a file is broken; PenDigits that
            cannot be had is left out with a warning.
    """
    mnist = data.load_mnist(root, train=False)
    images = torch.from_numpy(mnist.images).float() / 255
    scores = {"MNIST test": evaluate(network, images, torch.from_numpy(mnist.labels))}
    try:
        pendigits = data.load_pendigits(root, train=False)
    except OSError as error:
        warnings.warn(f"PenDigits is left out of the test: {error}", stacklevel=2)
    else:
        images = torch.from_numpy(np.stack([samples.drawing_form(strokes) for strokes in pendigits.strokes]))
        scores["PenDigits test"] = evaluate(network, images, torch.from_numpy(pendigits.labels))
    return scores

"""The training loop."""

from __future__ import annotations

import contextlib
import copy
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lenet.learning import processes, row_loss, snapshot
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Epoch, finished, kept
from lenet.learning.learner import Learner
from lenet.learning.measuring import calibrated, calibration, validated
from lenet.learning.teacher import Teacher
from lenet.learning.training_data import TrainingData
from lenet.network.model import LeNet
from lenet.synthesis.augmentation import warp
from lenet.synthesis.samples import Samples

CPU = torch.device("cpu")

OnEpoch = Callable[[Epoch], None]
OnStep = Callable[[], object]


def fit(
    course: TrainingData,
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
    return calibrated(learner.result().folded(), course.validation.values())


def fit_teacher(
    course: TrainingData,
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
    course: TrainingData,
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
    if state and processes.is_everywhere(state, device):
        epochs = snapshot.resume(state, learner, generator, identity)
    course = course.to(device)
    with contextlib.suppress(KeyboardInterrupt):
        while not processes.agree(finished(epochs, config), device):
            epochs.append(_epoch(learner, course, config, generator, len(epochs) + 1, on_step))
            if config.keep_best and kept(epochs, config) is epochs[-1]:
                learner.keep()
            if state and processes.rank() == 0:
                snapshot.keep(state, learner, generator, epochs, identity)
            on_epoch(epochs[-1])


def _epoch(
    learner: Learner[Any],
    course: TrainingData,
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
    processes.average([loss])
    validation, validation_loss = validated(learner.learnt(), course.validation, config)
    return Epoch(number, float(loss), validation, validation_loss, time.perf_counter() - start)


def steps_per_epoch(course: TrainingData, config: TrainConfig) -> int:
    """Full batches an epoch; the few samples left over come in with another shuffle."""
    return len(course.training) // config.batch_size


def _batches(
    training: Samples, config: TrainConfig, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Distorted images (B, 28, 28) and labels (B,), all samples in a new order.

    Each of several processes gets its share of every batch.
    """
    rank, size = processes.rank(), processes.size()
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
    learner: Learner[Any], course: TrainingData, config: TrainConfig, generator: torch.Generator, number: int
) -> Iterator[list[row_loss.RowLattice]]:
    """For each step of an epoch some rows as the network reads them by then, this process' share."""
    steps = steps_per_epoch(course, config)
    if not (config.rows and course.rows) or number <= math.ceil(_ROWS_FROM * config.epochs):
        yield from [[]] * steps
        return
    network = learner.learnt()
    factor = calibration(network, config.architecture, course.validation.values())
    size = (steps, config.row_batch)
    chosen = torch.randint(len(course.rows), size, generator=generator, device=generator.device)
    for share in chosen[:, processes.rank() :: processes.size()].tolist():
        yield [row_loss.read(course.rows[index], network, factor) for index in share]

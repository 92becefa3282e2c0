"""The training loop: epochs of steps, each followed by validation and a snapshot; calibration at the end."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from lenet.learning import processes, row_loss, snapshot
from lenet.learning.calibration import inverse_temperature
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Epoch, finished, kept_epoch
from lenet.learning.history import History
from lenet.learning.learner import Learner
from lenet.learning.measuring import validate
from lenet.learning.training_data import TrainingData
from lenet.network.model import LeNet
from lenet.network.record import Record
from lenet.synthesis.augmentation import warp
from lenet.synthesis.samples import Samples

CPU = torch.device("cpu")

OnEpoch = Callable[[Epoch], None]
OnStep = Callable[[], object]


class Trained(NamedTuple):
    """What a training ends with.

    Attributes:
        network: of the last epoch or the best, averaged, with batch normalisation folded in, in evaluation
            mode, on the CPU.
        record: what its outputs mean, with the temperature of its calibration on the held-out data.
    """

    network: LeNet
    record: Record


def fit(
    data: TrainingData,
    config: TrainConfig,
    on_epoch: OnEpoch = lambda epoch: None,
    on_step: OnStep = lambda: None,
    device: torch.device = CPU,
    snapshot_path: Path | None = None,
    history: History | None = None,
    start: LeNet | None = None,
) -> Trained:
    """Train a LeNet.

    Ctrl-C ends the training at once, with what was learnt so far.

    Args:
        data: what is learnt from and what is held out.
        config: all settings.
        on_epoch: called with the figures of each epoch after it.
        on_step: called after each step.
        device: where to compute.
        snapshot_path: a file to which the state of the training is written after each epoch; if there is one,
            the training is resumed from it, to the same weights as if it had not been interrupted.
        history: keeps the weights of some steps.
        start: a network to go on from, as it is saved: of the same architecture, for a config without batch
            normalisation and expansion.

    Raises:
        OSError: the snapshot cannot be written.
        ValueError: the snapshot is not one of this training.
    """
    torch.manual_seed(config.seed)
    # Channels last in memory, and the optimiser's step fused: two thirds of the time on a CPU.
    network = LeNet(config.architecture, config.batch_norm, config.expansion)
    if start is not None:
        network.load_state_dict(start.state_dict())
    network = network.to(device).to(memory_format=torch.channels_last)
    learner = Learner(network, config, steps_per_epoch(data, config))

    def after_step() -> None:
        on_step()
        if history:
            history.keep(learner)

    _run_epochs(learner, data, config, on_epoch, after_step, device, snapshot_path)
    folded = learner.result().folded()
    scale = inverse_temperature(folded, folded.architecture, data.validation.values())
    return Trained(folded, Record(config.architecture.alphabet, temperature=1 / scale))


def _run_epochs(
    learner: Learner,
    data: TrainingData,
    config: TrainConfig,
    on_epoch: OnEpoch,
    on_step: OnStep,
    device: torch.device,
    snapshot_path: Path | None,
) -> None:
    """All epochs, or as many as there are before Ctrl-C."""
    generator = torch.Generator(device).manual_seed(config.seed)
    identity = snapshot.identity(config, len(data.training))
    epochs: list[Epoch] = []
    if snapshot_path and processes.is_on_every_machine(snapshot_path, device):
        epochs = snapshot.load(snapshot_path, learner, generator, identity)
    data = data.to(device)
    with contextlib.suppress(KeyboardInterrupt):
        while not processes.broadcast(finished(epochs, config.schedule), device):
            epochs.append(_epoch(learner, data, config, generator, len(epochs) + 1, on_step))
            if config.schedule.keep_best and kept_epoch(epochs, config.schedule) is epochs[-1]:
                learner.keep_as_best()
            if snapshot_path and processes.is_main_process():
                snapshot.save(snapshot_path, learner, generator, epochs, identity)
            on_epoch(epochs[-1])


def _epoch(
    learner: Learner,
    data: TrainingData,
    config: TrainConfig,
    generator: torch.Generator,
    number: int,
    on_step: OnStep,
) -> Epoch:
    start = time.perf_counter()
    losses = []
    batches = _batches(data.training, config, generator)
    row_lattices = _row_lattices(learner, data, config, generator, number)
    for (images, labels), rows_of_step in zip(batches, row_lattices, strict=True):
        losses.append(learner.step(images, labels, rows_of_step))
        on_step()
    loss = torch.stack(losses).mean()
    processes.average([loss])
    validation, validation_loss = validate(learner.evaluated(), config.architecture, data.validation)
    return Epoch(number, float(loss), validation, validation_loss, time.perf_counter() - start)


def steps_per_epoch(data: TrainingData, config: TrainConfig) -> int:
    """Full batches an epoch; the few samples left over come in with another shuffle."""
    return len(data.training) // config.optimiser.batch_size


def _batches(
    training: Samples, config: TrainConfig, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Distorted images (B, 28, 28) and labels (B,), all samples in a new order.

    Each of several processes gets its share of every batch.
    """
    size, rank, world_size = config.optimiser.batch_size, processes.rank(), processes.world_size()
    if size % world_size:
        raise ValueError(
            f"processes: wanted a number that divides the batch of {size} evenly, got {world_size}; "
            "start more or fewer"
        )
    order = torch.randperm(len(training), generator=generator, device=generator.device)
    for start in range(0, len(order) - size + 1, size):
        index = order[start : start + size]
        images = training.pick(index, generator)
        if config.data.warp is not None:
            images = warp(images, config.data.warp, generator)
        yield images[rank::world_size], training.labels[index][rank::world_size]


_ROWS_FROM = 0.8
"""Fraction of the epochs before the network learns from rows, which it reads too badly until then. Set by
hand."""


def _row_lattices(
    learner: Learner, data: TrainingData, config: TrainConfig, generator: torch.Generator, number: int
) -> Iterator[list[row_loss.RowLattice]]:
    """For each step of an epoch this process's share of its rows, as the search divides them by then."""
    steps = steps_per_epoch(data, config)
    if not (config.data.rows and data.rows) or number <= math.ceil(_ROWS_FROM * config.schedule.epochs):
        yield from [[]] * steps
        return
    network = learner.evaluated()
    scale = inverse_temperature(network, config.architecture, data.validation.values())
    shape = (steps, config.data.row_batch)
    chosen = torch.randint(len(data.rows), shape, generator=generator, device=generator.device)
    for share in chosen[:, processes.rank() :: processes.world_size()].tolist():
        yield [row_loss.read(data.rows[index], network, scale) for index in share]

"""A network while it learns: its optimiser, its learning rate, and the average of its weights."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet.learning import processes, row_loss
from lenet.learning.config import TrainConfig
from lenet.learning.row_loss import RowLattice
from lenet.learning.teacher import Teacher
from lenet.network.model import LeNet

Network = TypeVar("Network", LeNet, Teacher)


def learning_rate(config: TrainConfig, step: int, steps_per_epoch: int) -> float:
    """The learning rate of a step, from 0, by the schedule of `config`.

    It depends on nothing else, so a training that goes on after a kill need not remember it.
    """
    highest, total = config.learning_rate, config.epochs * steps_per_epoch
    if config.schedule == "step":
        return highest * 0.1 ** (step // steps_per_epoch // config.step_epochs)
    if config.schedule == "cosine":
        return _cosine(highest, 0, step / total)
    if config.schedule == "one-cycle":
        return _one_cycle(highest, step, total)
    return highest


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2 * (math.cos(math.pi * share) + 1)


def _one_cycle(highest: float, step: int, total: int) -> float:
    """Up from a 25th in the first tenth of the steps, then down to a 25,000th."""
    peak, last, lowest = 0.1 * total - 1, total - 1, highest / 25
    if step <= peak:
        return _cosine(lowest, highest, step / peak if peak else 1)
    start = max(peak, 0)
    return _cosine(highest, lowest / 1000, (step - start) / max(last - start, 1))


_OPTIMISERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


class Learner(Generic[Network]):
    """A network while it learns.

    Args:
        network: untrained, on the device where it is to learn.
        config: how.
        steps_per_epoch: batches an epoch.
        teacher: on the same device, in evaluation mode, where `config` has one.
    """

    def __init__(
        self, network: Network, config: TrainConfig, steps_per_epoch: int, teacher: Teacher | None = None
    ) -> None:
        self.network: Network = network
        self._average: Network = copy.deepcopy(network).requires_grad_(False).eval()
        self._best: dict[str, Tensor] = {}
        self._steps = 0
        self._steps_per_epoch = steps_per_epoch
        self._config = config
        self._teacher = teacher
        options = {"momentum": config.momentum} if config.optimiser == "sgd" else {}
        self._optimiser = _OPTIMISERS[config.optimiser](
            network.parameters(),
            lr=config.learning_rate,
            weight_decay=config.weight_decay,
            fused=True,
            **options,
        )

    def step(self, images: Tensor, labels: Tensor, readings: Sequence[RowLattice] = ()) -> Tensor:
        """Learn from one batch, images (B, 28, 28) and labels (B,), and from rows; returns its loss."""
        loss = self._loss(images, labels, readings)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        processes.average(weight.grad for weight in self.network.parameters() if weight.grad is not None)
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate(self._config, self._steps, self._steps_per_epoch)
        self._optimiser.step()
        self._steps += 1
        if self._config.averaging:
            self._follow()
        return loss.detach()

    def _loss(self, images: Tensor, labels: Tensor, readings: Sequence[RowLattice]) -> Tensor:
        complete = self._config.architecture.complete
        # All at once: the statistics of a batch are to be those of all that is shown.
        pieces: list[Tensor] = [torch.from_numpy(of.lattice.images).to(images) for of in readings]
        answers = complete(self.network(torch.cat([images, *pieces])))
        logits, *of_rows = torch.split(answers, [len(images), *map(len, pieces)])
        loss = F.cross_entropy(logits, labels, label_smoothing=self._config.label_smoothing)
        if readings:
            lost = [row_loss.loss(logits, reading) for logits, reading in zip(of_rows, readings, strict=True)]
            # A step's rows are shared out, but the gradients are averaged over all processes.
            weight = self._config.row_weight * processes.size() / self._config.row_batch
            loss = loss + weight * torch.stack(lost).sum()
        if self._teacher is None:
            return loss
        with torch.no_grad():
            answers = complete(self._teacher(images))
        distance = _distance(logits, answers, self._config.temperature)
        return torch.lerp(loss, distance, self._config.teacher_share)

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the running average of weights and of batch statistics a step towards the network."""
        # At first the average follows faster.
        kept = min(self._config.averaging, self._steps / (self._steps + 9))
        pairs = zip(self._average.state_dict().values(), self.network.state_dict().values(), strict=True)
        for old, new in pairs:
            if old.is_floating_point():
                old.lerp_(new, 1 - kept)

    def learnt(self) -> Network:
        """The network so far, in evaluation mode: averaged, where weights are averaged."""
        # Processes see different shares of a batch, so their batch statistics differ.
        processes.average([*_batch_statistics(self.network), *_batch_statistics(self._average)])
        if not self._config.averaging:
            self._average.load_state_dict(self.network.state_dict())
        return self._average

    def keep(self) -> None:
        """Remember what `learnt` returned last as the best."""
        self._best = {name: value.clone() for name, value in self._average.state_dict().items()}

    def result(self) -> Network:
        """The network to save: the best, where one was kept, or else the last, in evaluation mode."""
        network = self.learnt()
        if self._best:
            network.load_state_dict(self._best)
        return network

    def state(self) -> dict[str, Tensor]:
        """All that changes while it learns, but for the random numbers, by name."""
        return dict(self._named())

    def _named(self) -> Iterator[tuple[str, Tensor]]:
        parts = {
            "network": self.network.state_dict(),
            "average": self._average.state_dict(),
            "best": self._best,
        }
        for part, tensors in parts.items():
            yield from ((f"{part}.{name}", value) for name, value in tensors.items())
        for number, values in self._optimiser.state_dict()["state"].items():
            for name, value in values.items():
                if value is not None:  # as without momentum
                    yield f"optimiser.{number}.{name}", value

    def restore(self, state: dict[str, Tensor], epochs: int) -> None:
        """Go on from what `state` returned after so many epochs."""
        self._steps = epochs * self._steps_per_epoch
        self.network.load_state_dict(_part(state, "network"))
        self._average.load_state_dict(_part(state, "average"))
        self._best = _part(state, "best")
        parameters = list(self.network.parameters())
        values: dict[int, dict[str, Tensor]] = {number: {} for number in range(len(parameters))}
        for name, value in _part(state, "optimiser").items():
            number, key = name.split(".")
            values[int(number)][key] = _laid_out_as(parameters[int(number)], value)
        groups = self._optimiser.state_dict()["param_groups"]
        self._optimiser.load_state_dict({"state": values, "param_groups": groups})


def _laid_out_as(parameter: Tensor, value: Tensor) -> Tensor:
    """The value in the memory layout that the optimiser gave it, without which sums may round otherwise."""
    return torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value


def _batch_statistics(network: LeNet | Teacher) -> Iterator[Tensor]:
    """The running mean and variance of each batch normalisation."""
    return (buffer for name, buffer in network.named_buffers() if ".running_" in name)


def _part(state: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """The tensors whose names begin with `name` and a dot, by what follows."""
    start = f"{name}."
    return {key.removeprefix(start): value for key, value in state.items() if key.startswith(start)}


def _distance(logits: Tensor, wanted: Tensor, temperature: float) -> Tensor:
    """The divergence (Kullback, Leibler) of softened probabilities from those wanted, of logits (N, 11)."""
    ours, theirs = (F.log_softmax(answer / temperature, 1) for answer in (logits, wanted))
    # The gradients shrink with the square of the temperature.
    return temperature**2 * F.kl_div(ours, theirs, reduction="batchmean", log_target=True)

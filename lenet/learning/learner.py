"""A network while it learns: its optimiser, its learning rate, and the moving average of its weights."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from lenet.learning import processes, row_loss
from lenet.learning.config import ScheduleConfig, TrainConfig
from lenet.learning.row_loss import RowLattice
from lenet.network.model import LeNet
from lenet.network.record import DIGITS, NO_DIGIT


def learning_rate(schedule: ScheduleConfig, step: int, steps_per_epoch: int) -> float:
    """The learning rate of a step, from 0.

    It depends on nothing else, so a training that is resumed need not remember it.
    """
    highest, total = schedule.learning_rate, schedule.epochs * steps_per_epoch
    if schedule.name == "step":
        return highest * 0.1 ** (step // steps_per_epoch // schedule.step_epochs)
    if schedule.name == "cosine":
        return _cosine(highest, 0, step / total)
    if schedule.name == "one-cycle":
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


class Learner:
    """A network while it learns.

    Args:
        network: untrained, on the device where it is to learn.
        config: of the training.
        steps_per_epoch: batches an epoch.

    Attributes:
        network: as it is; `evaluated` gives the one to use.
        steps: number of steps done.
    """

    def __init__(self, network: LeNet, config: TrainConfig, steps_per_epoch: int) -> None:
        self.network = network
        self._average = copy.deepcopy(network).requires_grad_(False).eval()
        self._best: dict[str, Tensor] = {}
        self.steps = 0
        self._steps_per_epoch = steps_per_epoch
        self._config = config
        options = {"momentum": config.optimiser.momentum} if config.optimiser.name == "sgd" else {}
        self._optimiser = _OPTIMISERS[config.optimiser.name](
            network.parameters(),
            lr=config.schedule.learning_rate,
            weight_decay=config.optimiser.weight_decay,
            fused=True,
            **options,
        )

    def step(self, images: Tensor, labels: Tensor, row_lattices: Sequence[RowLattice] = ()) -> Tensor:
        """Change the weights once.

        Args:
            images: float (B, 28, 28) in [0, 1].
            labels: int64 (B,).
            row_lattices: rows of digits and signs, as the search divides them with this network.

        Returns:
            The loss, a scalar.
        """
        loss = self._loss(images, labels, row_lattices)
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        processes.average(weight.grad for weight in self.network.parameters() if weight.grad is not None)
        for group in self._optimiser.param_groups:
            group["lr"] = learning_rate(self._config.schedule, self.steps, self._steps_per_epoch)
        self._optimiser.step()
        self.steps += 1
        if self._config.optimiser.averaging:
            self._update_average()
        return loss.detach()

    def _loss(self, images: Tensor, labels: Tensor, row_lattices: Sequence[RowLattice]) -> Tensor:
        optimiser = self._config.optimiser
        # One forward pass for all: batch normalisation should see the statistics of all that is shown.
        pieces = [torch.from_numpy(row.lattice.images).to(images) for row in row_lattices]
        answers = self._config.architecture.complete(self.network(torch.cat([images, *pieces])))
        logits, *of_rows = torch.split(answers, [len(images), *map(len, pieces)])
        prior = logits.new_zeros(logits.shape[1])
        prior[len(DIGITS) : NO_DIGIT] = optimiser.sign_prior
        loss = F.cross_entropy(logits + prior, labels, label_smoothing=optimiser.label_smoothing)
        if not row_lattices:
            return loss
        row_losses = [row_loss.loss(logits, row) for logits, row in zip(of_rows, row_lattices, strict=True)]
        # The rows of a step are shared out, but the gradients are averaged over all processes.
        weight = optimiser.row_weight * processes.world_size() / self._config.data.row_batch
        return loss + weight * torch.stack(row_losses).sum()

    @torch.no_grad()
    def _update_average(self) -> None:
        """Update the moving average of weights and batch statistics."""
        # The decay grows from 0.1 at the first step, so the random initial weights are soon forgotten.
        decay = min(self._config.optimiser.averaging, self.steps / (self.steps + 9))
        pairs = zip(self._average.state_dict().values(), self.network.state_dict().values(), strict=True)
        for old, new in pairs:
            if old.is_floating_point():
                old.lerp_(new, 1 - decay)

    def evaluated(self) -> LeNet:
        """The network so far, in evaluation mode: averaged, where weights are averaged."""
        # Processes see different shares of a batch, so their batch statistics differ.
        processes.average([*_batch_statistics(self.network), *_batch_statistics(self._average)])
        if not self._config.optimiser.averaging:
            self._average.load_state_dict(self.network.state_dict())
        return self._average

    def keep_as_best(self) -> None:
        """Keep a copy of what `evaluated` returned last, for `result`."""
        self._best = {name: value.clone() for name, value in self._average.state_dict().items()}

    def result(self) -> LeNet:
        """The network to save, in evaluation mode: the best, where one was kept, or else the last."""
        network = self.evaluated()
        if self._best:
            network.load_state_dict(self._best)
        return network

    def state_dict(self) -> dict[str, Tensor]:
        """All that changes while it learns, by name, but for the random numbers and the number of steps."""
        return dict(self._named_tensors())

    def _named_tensors(self) -> Iterator[tuple[str, Tensor]]:
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

    def load_state_dict(self, state: dict[str, Tensor], epochs: int) -> None:
        """Restore what `state_dict` returned after so many epochs."""
        self.steps = epochs * self._steps_per_epoch
        self.network.load_state_dict(_part(state, "network"))
        self._average.load_state_dict(_part(state, "average"))
        self._best = _part(state, "best")
        parameters = list(self.network.parameters())
        values: dict[int, dict[str, Tensor]] = {number: {} for number in range(len(parameters))}
        for name, value in _part(state, "optimiser").items():
            number, key = name.split(".")
            values[int(number)][key] = _with_layout_of(parameters[int(number)], value)
        groups = self._optimiser.state_dict()["param_groups"]
        self._optimiser.load_state_dict({"state": values, "param_groups": groups})


def _with_layout_of(parameter: Tensor, value: Tensor) -> Tensor:
    """The value in the memory layout that the optimiser gave it; in another, sums may round differently."""
    return torch.empty_like(parameter).copy_(value) if value.shape == parameter.shape else value


def _batch_statistics(network: LeNet) -> Iterator[Tensor]:
    """The running mean and variance of each batch normalisation."""
    return (buffer for name, buffer in network.named_buffers() if ".running_" in name)


def _part(state: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """The tensors whose names begin with `name` and a dot, by what follows."""
    start = f"{name}."
    return {key.removeprefix(start): value for key, value in state.items() if key.startswith(start)}

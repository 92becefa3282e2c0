"""The learner: its schedules are PyTorch's, and averaging is what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from lenet.learning import processes
from lenet.learning.config import TrainConfig
from lenet.learning.learner import Learner, learning_rate
from lenet.learning.recipes import RECIPES
from lenet.learning.row_loss import RowLattice, loss
from lenet.network.model import LeNet
from lenet.network.record import ALPHABET
from lenet.reading.segmentation import Lattice

EPOCHS, STEPS = 12, 7
PLAIN = RECIPES["relu-sgd"].config.changed(
    schedule={"epochs": EPOCHS, "learning_rate": 0.3, "step_epochs": 5}
)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"schedule": {"name": "onecycle"}},
            "name: wanted one of constant, step, cosine, one-cycle, got onecycle",
        ),
        ({"optimiser": {"name": "muon"}}, "name: wanted one of sgd, adam, adamw, got muon"),
        ({"schedule": {"patience_with": "accuracy"}}, "patience_with: wanted one of"),
        ({"schedule": {"name": "step", "step_epochs": 0}}, "step_epochs: wanted at least 1"),
    ],
)
def test_a_config_that_means_nothing_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PLAIN.changed(**wrong)


def _pytorchs(schedule: str, optimiser: torch.optim.Optimizer) -> Any:
    total = EPOCHS * STEPS
    if schedule == "constant":
        return lr_scheduler.ConstantLR(optimiser, factor=1)
    if schedule == "step":
        return lr_scheduler.StepLR(optimiser, step_size=5 * STEPS)
    if schedule == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimiser, total)
    return lr_scheduler.OneCycleLR(
        optimiser, 0.3, total_steps=total, pct_start=0.1, cycle_momentum=False, final_div_factor=1000
    )


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "one-cycle"])
def test_schedules_are_those_of_pytorch(schedule: Any) -> None:
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3)
    theirs = _pytorchs(schedule, optimiser)
    config = PLAIN.changed(schedule={"name": schedule})
    for step in range(EPOCHS * STEPS):
        wanted = optimiser.param_groups[0]["lr"]
        assert learning_rate(config.schedule, step, STEPS) == pytest.approx(wanted, rel=1e-9)
        optimiser.step()
        theirs.step()


@pytest.mark.parametrize("total", [1, 2, 5, 10, 20])
def test_short_one_cycles_have_a_rate_for_every_step(total: int) -> None:
    config = PLAIN.changed(schedule={"epochs": 1, "name": "one-cycle"})
    rates = [learning_rate(config.schedule, step, total) for step in range(total)]
    assert all(0 < rate <= 0.3 for rate in rates)


def _after(config: TrainConfig, steps: int) -> Learner:
    torch.manual_seed(0)
    learner = Learner(LeNet(config.architecture), config, STEPS)
    for _ in range(steps):
        learner.step(torch.rand(8, 28, 28), torch.randint(10, (8,)))
    return learner


@pytest.mark.parametrize("world_size", [1, 2, 4])
def test_rows_count_as_much_in_any_number_of_processes(
    world_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = RECIPES["lenet5"].config.changed(data={"row_batch": 2}, optimiser={"row_weight": 0.1})
    learner = _after(config, 0)
    rng = np.random.default_rng(0)
    lattices = [
        Lattice(
            rng.random((1, 28, 28), np.float32),
            np.array([[0, 1]]),
            np.zeros((1, len(ALPHABET) + 1), np.float32),
            1,
        )
        for _ in range(2)
    ]
    readings = [RowLattice(lattice, "3", 1.0) for lattice in lattices]
    images, labels = torch.rand(8, 28, 28), torch.randint(10, (8,))
    monkeypatch.setattr(processes, "world_size", lambda: world_size)
    without = learner._loss(images, labels, [])
    shares = [learner._loss(images, labels, readings[rank::world_size]) for rank in range(world_size)]
    answers = learner.network(torch.from_numpy(np.concatenate([one.images for one in lattices])))
    answers = config.architecture.complete(answers)
    expected = [loss(answer[None], reading) for answer, reading in zip(answers, readings, strict=True)]
    added = torch.stack(shares).mean() - without
    assert added.item() == pytest.approx(0.1 * torch.stack(expected).mean().item(), rel=1e-3)


def test_without_averaging_the_network_itself_is_evaluated() -> None:
    learner = _after(PLAIN, 3)
    assert torch.equal(learner.evaluated().c1.weight, learner.network.c1.weight)


def test_with_averaging_the_evaluated_network_lags_behind() -> None:
    start, learner = _after(PLAIN, 0), _after(PLAIN.changed(optimiser={"averaging": 0.999}), 3)
    averaged, now, first = (n.c1.weight for n in (learner.evaluated(), learner.network, start.network))
    assert 0 < (averaged - first).norm() < (now - first).norm()


def test_the_best_network_is_the_result() -> None:
    learner = _after(PLAIN, 1)
    best = learner.evaluated().c1.weight.clone()
    learner.keep_as_best()
    learner.step(torch.rand(8, 28, 28), torch.randint(10, (8,)))
    assert not torch.equal(learner.evaluated().c1.weight, best)
    assert torch.equal(learner.result().c1.weight, best)


def test_signs_are_likelier_in_the_loss_than_in_what_the_network_says() -> None:
    images, labels = torch.zeros(2, 28, 28), torch.full((2,), ALPHABET.index("/"))
    losses = []
    for prior in (0.0, 2.0):
        config = RECIPES["lenet5"].config.changed(optimiser={"sign_prior": prior})
        losses.append(float(_after(config, 0).step(images, labels)))
    assert losses[1] < losses[0]

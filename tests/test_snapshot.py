"""A training that was stopped goes on to the very weights it would have had."""

from __future__ import annotations

import dataclasses
import errno
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from lenet.learning import loop, snapshot
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Epoch
from lenet.learning.recipes import DEFAULT, RECIPES
from lenet.learning.training_data import TrainingData
from lenet.synthesis.augmentation import Warp
from lenet.synthesis.samples import of_images

SHORT = {"epochs": 3, "batch_size": 25}
AVERAGED = dataclasses.replace(DEFAULT, **SHORT, teacher=None, averaging=0.9, warp=Warp())
CONFIGS = {
    "averaged": AVERAGED,
    "products": dataclasses.replace(AVERAGED, expansion=2),
    "best": dataclasses.replace(RECIPES["tanh-1998"].config, **SHORT),
    "momentum": dataclasses.replace(RECIPES["relu-early-stop"].config, **SHORT),
    "no momentum": dataclasses.replace(RECIPES["relu-sgd"].config, **SHORT, momentum=0.0),
}


@pytest.fixture(scope="module")
def course(mnist: tuple[np.ndarray, np.ndarray]) -> TrainingData:
    part = of_images(np.round(mnist[0] * 255).astype(np.uint8), mnist[1])
    return TrainingData(part, {"the same": part}, [])


def _interrupt(epoch: Epoch) -> None:
    raise KeyboardInterrupt


def _same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(*pair) for pair in pairs)


@pytest.mark.parametrize("name", CONFIGS)
def test_a_stopped_training_goes_on_to_the_same_weights(
    course: TrainingData, tmp_path: Path, name: str
) -> None:
    config, state = CONFIGS[name], tmp_path / "state.safetensors"
    loop.fit(course, config, _interrupt, state=state)
    assert [epoch.number for epoch in snapshot.epochs_done(state)] == [1]
    torch.rand(3)  # numbers drawn in between change nothing
    epochs: list[Epoch] = []
    resumed = loop.fit(course, config, epochs.append, state=state)
    assert [epoch.number for epoch in epochs] == [2, 3]
    assert _same(resumed, loop.fit(course, config))


def test_a_teacher_goes_on_to_the_same_weights(course: TrainingData, tmp_path: Path) -> None:
    """It has dropout, whose random numbers must go on too, and another layout in memory."""
    config = dataclasses.replace(AVERAGED, teacher=dataclasses.replace(AVERAGED, epochs=2))
    state = tmp_path / "state.safetensors"
    loop.fit_teacher(course, config, _interrupt, state=state)
    resumed = loop.fit_teacher(course, config, state=state)
    assert _same(resumed, loop.fit_teacher(course, config))


def test_a_finished_training_is_not_trained_again(course: TrainingData, tmp_path: Path) -> None:
    state = tmp_path / "state.safetensors"
    first = loop.fit(course, AVERAGED, state=state)
    assert _same(first, loop.fit(course, AVERAGED, on_step=pytest.fail, state=state))


def _left(course: TrainingData, config: TrainConfig, tmp_path: Path) -> Path:
    state = tmp_path / "state.safetensors"
    loop.fit(course, config, _interrupt, state=state)
    return state


def test_the_state_of_another_training_is_refused(course: TrainingData, tmp_path: Path) -> None:
    state = _left(course, AVERAGED, tmp_path)
    other = dataclasses.replace(AVERAGED, seed=8)
    with pytest.raises(ValueError, match=r"with other config \(seed 0, not 8\); delete it to start anew"):
        loop.fit(course, other, state=state)
    fewer = TrainingData(course.training.subset(np.arange(200) < 100), course.validation, [])
    with pytest.raises(ValueError, match=r"with other samples \(200, not 100\)"):
        loop.fit(fewer, AVERAGED, state=state)


def test_a_file_that_is_no_state_is_refused(course: TrainingData, tmp_path: Path) -> None:
    state = tmp_path / "state.safetensors"
    state.write_bytes(b"junk")
    with pytest.raises(ValueError, match="wanted the state of a training, got something else"):
        loop.fit(course, AVERAGED, state=state)


def test_a_full_disk_leaves_the_state_of_the_epoch_before(
    course: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    state = _left(course, AVERAGED, tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        loop.fit(course, AVERAGED, state=state)
    assert len(snapshot.epochs_done(state)) == 1

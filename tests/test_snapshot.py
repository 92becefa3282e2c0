"""A training that is resumed from its snapshot ends with the very weights it would have had."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save

from lenet.learning import loop, snapshot
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Epoch
from lenet.learning.recipes import RECIPES
from lenet.learning.training_data import TrainingData
from lenet.synthesis.samples import of_images


def _short(recipe: str, **optimiser: float) -> TrainConfig:
    config = RECIPES[recipe].config
    return config.changed(
        expansion=min(config.expansion, 2),
        optimiser={"batch_size": 50, **optimiser},
        schedule={"epochs": 3},
    )


AVERAGED = _short("lenet5", averaging=0.9)
CONFIGS = {
    "averaged": AVERAGED,
    "without factors": AVERAGED.changed(expansion=0),
    "best": _short("tanh-1998"),
    "momentum": _short("relu-early-stop"),
    "no momentum": _short("relu-sgd", momentum=0.0),
}


@pytest.fixture(scope="module")
def digits(mnist: tuple[np.ndarray, np.ndarray]) -> TrainingData:
    part = of_images(np.round(mnist[0] * 255).astype(np.uint8), mnist[1])
    return TrainingData(part, {"the same": part}, [])


def _interrupt(epoch: Epoch) -> None:
    raise KeyboardInterrupt


def _same(one: loop.Trained, other: loop.Trained) -> bool:
    pairs = zip(one.network.state_dict().values(), other.network.state_dict().values(), strict=True)
    return all(torch.equal(*pair) for pair in pairs) and one.record == other.record


@pytest.mark.parametrize("name", CONFIGS)
def test_a_stopped_training_goes_on_to_the_same_weights(
    digits: TrainingData, tmp_path: Path, name: str
) -> None:
    config, path = CONFIGS[name], tmp_path / "state.safetensors"
    loop.fit(digits, config, _interrupt, snapshot_path=path)
    assert [epoch.number for epoch in snapshot.epochs_done(path)] == [1]
    torch.rand(3)  # numbers drawn in between change nothing
    epochs: list[Epoch] = []
    resumed = loop.fit(digits, config, epochs.append, snapshot_path=path)
    assert [epoch.number for epoch in epochs] == [2, 3]
    assert _same(resumed, loop.fit(digits, config))


def test_a_finished_training_is_not_trained_again(digits: TrainingData, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    first = loop.fit(digits, AVERAGED, snapshot_path=path)
    assert _same(first, loop.fit(digits, AVERAGED, on_step=pytest.fail, snapshot_path=path))


def _left(digits: TrainingData, config: TrainConfig, tmp_path: Path) -> Path:
    path = tmp_path / "state.safetensors"
    loop.fit(digits, config, _interrupt, snapshot_path=path)
    return path


def test_the_state_of_another_training_is_refused(digits: TrainingData, tmp_path: Path) -> None:
    path = _left(digits, AVERAGED, tmp_path)
    other = AVERAGED.changed(seed=8)
    with pytest.raises(ValueError, match=r"with other config \(seed 0, not 8\); delete it to start anew"):
        loop.fit(digits, other, snapshot_path=path)
    longer = AVERAGED.changed(schedule={"epochs": 4})
    with pytest.raises(ValueError, match=r"with other config \(schedule\.epochs 3, not 4\)"):
        loop.fit(digits, longer, snapshot_path=path)
    fewer = TrainingData(digits.training.subset(np.arange(200) < 100), digits.validation, [])
    with pytest.raises(ValueError, match=r"with other samples \(200, not 100\)"):
        loop.fit(fewer, AVERAGED, snapshot_path=path)


def test_a_file_that_is_no_state_is_refused(digits: TrainingData, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    path.write_bytes(b"junk")
    with pytest.raises(ValueError, match="wanted the state of a training, got something else"):
        loop.fit(digits, AVERAGED, snapshot_path=path)


def test_a_state_that_lacks_an_entry_is_refused(digits: TrainingData, tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    path.write_bytes(save({"weight": torch.zeros(1)}, {"facts": "{}"}))
    with pytest.raises(ValueError, match="wanted the state of this training, got one with other config"):
        loop.fit(digits, AVERAGED, snapshot_path=path)


def test_a_full_disk_leaves_the_state_of_the_epoch_before(
    digits: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = _left(digits, AVERAGED, tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        loop.fit(digits, AVERAGED, snapshot_path=path)
    assert len(snapshot.epochs_done(path)) == 1

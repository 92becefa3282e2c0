"""Networks kept on the way: at the steps asked for, as they would be saved there."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file

from lenet.learning.history import History
from lenet.learning.learner import Learner
from lenet.learning.recipes import DEFAULT
from lenet.network.model import LeNet


def test_weights_are_kept_evenly_in_the_logarithm_of_the_step(tmp_path: Path) -> None:
    config = DEFAULT.changed(expansion=2, optimiser={"averaging": 0.5})
    learner = Learner(LeNet(batch_norm=True, expansion=2), config, 16)
    history = History(tmp_path / "kept", 5, 16)
    generator = torch.Generator().manual_seed(0)
    for _ in range(16):
        learner.step(torch.rand(8, 28, 28, generator=generator), torch.arange(8))
        history.keep(learner)
    files = sorted((tmp_path / "kept").iterdir())
    assert [file.stem for file in files] == [f"step_{step:06}" for step in (1, 2, 4, 8, 16)]
    assert all(file.stat().st_size <= 250_000 for file in files)
    last = LeNet()
    last.load_state_dict(load_file(files[-1]))
    images = torch.rand(8, 28, 28, generator=generator)
    torch.testing.assert_close(last.eval()(images), learner.result().folded()(images), atol=0.02, rtol=0.02)


def test_none_are_kept_where_none_are_asked_for(tmp_path: Path) -> None:
    learner = Learner(LeNet(batch_norm=True), DEFAULT.changed(expansion=0), 1)
    learner.step(torch.rand(8, 28, 28), torch.arange(8))
    History(tmp_path / "kept", 0, 1).keep(learner)
    assert not (tmp_path / "kept").exists()

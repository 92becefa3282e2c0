"""train.py as a process: killed at any moment it loses nothing, and several learn what one learns."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from lenet.learning.recipes import RECIPES
from lenet.network import checkpoint
from lenet.network.model import LeNet

ROOT = Path(__file__).parent.parent
KILLS = 10
"""How often a training is killed."""


def _command(output: Path, *words: str) -> list[str]:
    return ["-m", "tests.tiny_training", "--device", "cpu", "--output", str(output), *words]


def _start(arguments: list[str]) -> subprocess.Popen[str]:
    # One thread: with several, sums may come out in another order.
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _run(arguments: list[str]) -> float:
    """Run to the end; returns the seconds from the first line of output on."""
    process = _start(arguments)
    assert process.stdout is not None
    first = process.stdout.readline()
    start = time.perf_counter()
    printed = first + process.communicate()[0]
    assert process.returncode == 0, printed
    return time.perf_counter() - start


def _kill(arguments: list[str], seconds: float) -> bool:
    """Kill a training that long after its first line; false where it had ended by then."""
    process = _start(arguments)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The weights of a training of a teacher and its pupil, and the seconds it took."""
    path = tmp_path_factory.mktemp("undisturbed") / "lenet5.safetensors"
    return path, _run(_command(path))


@pytest.mark.slow
def test_a_training_that_is_killed_again_and_again_ends_with_the_same_weights(
    tmp_path: Path, undisturbed: tuple[Path, float]
) -> None:
    wanted, seconds = undisturbed
    path = tmp_path / "lenet5.safetensors"
    moments = random.Random(os.getpid())
    kills = [_kill(_command(path, "--resume"), moments.uniform(0, 0.7 * seconds)) for _ in range(KILLS)]
    assert any(kills)
    _run(_command(path, "--resume"))
    for name in ("lenet5.safetensors", "teacher.safetensors"):
        assert path.with_name(name).read_bytes() == wanted.with_name(name).read_bytes()
    assert checkpoint.load_record(path)["epochs"] == checkpoint.load_record(wanted)["epochs"]


TWO = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]


def _losses(path: Path) -> torch.Tensor:
    return torch.tensor([epoch["loss"] for epoch in checkpoint.load_record(path)["epochs"]])


def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    """But for rounding, which is small beside what they learn."""
    paths = {name: tmp_path / f"{name}.safetensors" for name in ("one", "two")}
    words = ("--recipe", "relu-sgd")
    _run(_command(paths["one"], *words, "--epochs", "5"))
    _run([*TWO, *_command(paths["two"], *words, "--epochs", "5")])
    one, two = (checkpoint.load(paths[name]).c3.weight for name in ("one", "two"))
    torch.manual_seed(0)
    start = LeNet(RECIPES["relu-sgd"].config.architecture).c3.weight
    assert (one - two).norm() < 1e-3 * (one - start).norm()
    torch.testing.assert_close(_losses(paths["one"]), _losses(paths["two"]), atol=1e-4, rtol=0)
    assert "2 × cpu" in checkpoint.load_record(paths["two"])["machine"]


def test_with_batch_normalisation_too_but_for_noise(tmp_path: Path, undisturbed: tuple[Path, float]) -> None:
    """Each process normalises its half of a batch, here ten images."""
    path = tmp_path / "lenet5.safetensors"
    _run([*TWO, *_command(path)])
    one, two = _losses(undisturbed[0]), _losses(path)
    torch.testing.assert_close(one, two, atol=0, rtol=0.3)
    assert two[-1] < 0.8 * two[0]

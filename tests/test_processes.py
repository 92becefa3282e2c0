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

from lenet import checkpoint

ROOT = Path(__file__).parent.parent
KILLS = int(os.environ.get("KILLS", "3"))
"""How often a training is killed; `KILLS=10 pytest tests/test_processes.py` is more thorough."""


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
    one, two = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    words = ("--recipe", "padded-adam", "--epochs", "4")
    _run(_command(one, *words))
    _run([*TWO, *_command(two, *words)])
    networks = [checkpoint.load(path) for path in (one, two)]
    for ours, theirs in zip(*(network.parameters() for network in networks), strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(_losses(one), _losses(two), atol=1e-4, rtol=0)
    assert "2 × cpu" in checkpoint.load_record(two)["machine"]


def test_with_batch_normalisation_too_but_for_noise(tmp_path: Path, undisturbed: tuple[Path, float]) -> None:
    """Each process normalises its half of a batch."""
    path = tmp_path / "lenet5.safetensors"
    _run([*TWO, *_command(path)])
    one, two = _losses(undisturbed[0]), _losses(path)
    torch.testing.assert_close(one, two, atol=0, rtol=0.1)
    assert two[-1] < 0.8 * two[0]


def test_processes_that_do_not_divide_a_batch_are_refused(tmp_path: Path) -> None:
    three = [*TWO[:-1], "--nproc-per-node=3"]
    process = _start([*three, *_command(tmp_path / "weights.safetensors", "--recipe", "padded-adam")])
    printed = process.communicate()[0]
    assert process.returncode != 0
    assert "processes: wanted a number that divides the batch of 64 evenly, got 3" in printed

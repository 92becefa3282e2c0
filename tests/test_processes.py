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

from lenet.learning import processes, snapshot
from lenet.learning.recipes import RECIPES
from lenet.network import checkpoint
from lenet.network.model import LeNet
from lenet.network.record import load_record
from tests import tiny_training

ROOT = Path(__file__).parent.parent
KILLS = int(os.environ.get("KILLS", "10"))
"""How often the slow test kills a training."""


def _words(output: Path, *words: str) -> list[str]:
    return ["--device", "cpu", "--output", str(output), *words]


def _train_here(*words: str) -> float:
    """Train to the end in this process, which saves the seconds of its start; returns the seconds it took."""
    threads = torch.get_num_threads()
    start = time.perf_counter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["train.py", *words])
        torch.set_num_threads(1)  # with several, sums may come out in another order
        assert tiny_training.main() == 0
        torch.set_num_threads(threads)
    return time.perf_counter() - start


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """The weights of a training that nobody disturbs, and the seconds it took."""
    path = tmp_path_factory.mktemp("undisturbed") / "lenet5.safetensors"
    return path, _train_here(*_words(path))


def _assert_same(path: Path, wanted: Path) -> None:
    assert path.read_bytes() == wanted.read_bytes()
    for entry in ("epochs", "calibration"):
        assert load_record(path)[entry] == load_record(wanted)[entry]


KILLED = """
import itertools, os, signal
from lenet.learning.learner import Learner
from tests import tiny_training

step, steps = Learner.step, itertools.count()

def kill_in_the_third_epoch(*arguments):
    if next(steps) == 10:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(*arguments)

Learner.step = kill_in_the_third_epoch
tiny_training.main()
"""


def test_a_training_that_is_killed_is_resumed_to_the_same_weights(
    tmp_path: Path, undisturbed: tuple[Path, float]
) -> None:
    path = tmp_path / "lenet5.safetensors"
    process = _start("-c", KILLED, *_words(path))
    printed, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL, printed
    assert len(snapshot.epochs_done(snapshot.path_beside(path))) == 2
    _train_here(*_words(path, "--resume"))
    _assert_same(path, undisturbed[0])


def _kill(seconds: float, *words: str) -> bool:
    """Kill a training that long after its first line; false where it had ended by then."""
    process = _start("-m", "tests.tiny_training", *words)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_a_training_that_is_killed_again_and_again_is_resumed_to_the_same_weights(
    tmp_path: Path, undisturbed: tuple[Path, float]
) -> None:
    wanted, seconds = undisturbed
    path = tmp_path / "lenet5.safetensors"
    moments = random.Random(os.getpid())
    kills = [_kill(moments.uniform(0, 0.7 * seconds), *_words(path, "--resume")) for _ in range(KILLS)]
    assert any(kills)
    _train_here(*_words(path, "--resume"))
    _assert_same(path, wanted)


def _train_in_two_processes(*words: str) -> None:
    launcher = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
    process = _start(*launcher, "-m", "tests.tiny_training", *words)
    printed, _ = process.communicate()
    assert process.returncode == 0, printed


def _losses(path: Path) -> torch.Tensor:
    return torch.tensor([epoch["loss"] for epoch in load_record(path)["epochs"]])


@pytest.mark.slow
def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    """But for rounding, which is small beside what they learn."""
    paths = {name: tmp_path / f"{name}.safetensors" for name in ("one", "two")}
    words = ("--recipe", "relu-sgd", "--epochs", "5")
    _train_here(*_words(paths["one"], *words))
    _train_in_two_processes(*_words(paths["two"], *words))
    one, two = (checkpoint.load(paths[name]).c3.weight for name in ("one", "two"))
    torch.manual_seed(0)
    start = LeNet(RECIPES["relu-sgd"].config.architecture).c3.weight
    assert (one - two).norm() < 1e-3 * (one - start).norm()
    torch.testing.assert_close(_losses(paths["one"]), _losses(paths["two"]), atol=1e-4, rtol=0)
    assert "2 × cpu" in load_record(paths["two"])["machine"]


@pytest.mark.slow
def test_two_processes_with_batch_normalisation_differ_by_noise_alone(
    tmp_path: Path, undisturbed: tuple[Path, float]
) -> None:
    """Each process normalises its half of a batch, here twenty images."""
    path = tmp_path / "lenet5.safetensors"
    _train_in_two_processes(*_words(path))
    one, two = _losses(undisturbed[0]), _losses(path)
    torch.testing.assert_close(one, two, atol=0, rtol=0.3)
    assert two[-2] < 0.8 * two[0]  # rows add to the loss of the last epoch


def test_a_main_process_that_fails_does_not_leave_the_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[str] = []
    monkeypatch.setattr(processes, "world_size", lambda: 2)
    monkeypatch.setattr(processes.dist, "barrier", lambda: reached.append("barrier"))
    with pytest.raises(OSError, match="no data"), processes.main_process_first():
        raise OSError("no data")
    assert reached == ["barrier"]

"""train.py: the command line, the record, and an end that loses nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import train
from lenet.datasets import mnist
from lenet.learning import loop, measuring, pictures, processes, training_data
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Epoch, Score
from lenet.learning.recipes import RECIPES, Recipe
from lenet.learning.record import TrainingRecord
from lenet.learning.training_data import TrainingData
from lenet.network import checkpoint
from lenet.network.record import load_record
from tests.tiny_training import SOURCE, make_tiny


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training on 200 digits that needs no files."""
    make_tiny(monkeypatch)


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["train.py", *words])
    return train.main()


def _stopped(*arguments: object) -> object:
    """Ctrl-C in the place of whatever is called so."""
    raise KeyboardInterrupt


@pytest.mark.usefixtures("tiny")
def test_weights_and_record_are_written_and_pictures_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn: list[tuple[Any, ...]] = []
    monkeypatch.setattr(pictures, "write", lambda *arguments: drawn.append(arguments))
    path = tmp_path / "lenet5.safetensors"
    assert _run(monkeypatch, "--epochs", "2", "--seed", "3", "--output", str(path)) == 0
    assert checkpoint.load(path)
    entries = load_record(path)
    record = TrainingRecord.from_json(entries, path)
    assert record.test["MNIST test"].accuracy == 90
    assert record.data == [SOURCE]
    assert record.seed == 3
    assert len(record.epochs) == 2
    assert record.outputs.temperature != 1
    printed = capsys.readouterr().out
    assert sum(line.startswith("epoch ") for line in printed.splitlines()) == 2
    assert "MNIST test: 90.00 %" in printed
    ((folder, network, drawn_entries, images, labels),) = drawn
    assert (folder, drawn_entries) == (tmp_path / "lenet5", entries)
    assert torch.equal(network.c1.weight, checkpoint.load(path).c1.weight)
    assert len(images) == len(labels) == 50


@pytest.mark.usefixtures("tiny")
def test_a_tracker_is_told_of_every_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int | str] = []

    class Tracker:
        def __init__(self, config: TrainConfig) -> None:
            told.append(f"{config.schedule.epochs} epochs")

        def on_epoch(self, epoch: Epoch) -> None:
            told.append(epoch.number)

        def close(self) -> None:
            told.append("closed")

    monkeypatch.setattr(train, "Tracker", Tracker)
    assert _run(monkeypatch, "--epochs", "2", "--track", "--output", str(tmp_path / "l.safetensors")) == 0
    assert told == ["2 epochs", 1, 2, "closed"]


@pytest.mark.usefixtures("tiny")
def test_ctrl_c_ends_with_what_was_learnt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(
        data: TrainingData, config: TrainConfig, on_epoch: Callable[[Epoch], None], *others: Any
    ) -> loop.Trained:
        return fit(data, config, _raising_after_one(on_epoch), *others)

    fit = loop.fit
    monkeypatch.setattr(loop, "fit", interrupted)
    path = tmp_path / "lenet5.safetensors"
    assert _run(monkeypatch, "--epochs", "6", "--output", str(path)) == 0
    assert len(load_record(path)["epochs"]) == 1
    assert "Stopped after 1 of 6 epochs; what was learnt is kept." in capsys.readouterr().out


@pytest.mark.usefixtures("tiny")
def test_ctrl_c_before_the_first_epoch_leaves_an_earlier_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out.safetensors"
    words = ("--recipe", "relu-sgd", "--epochs", "1", "--output", str(path))
    assert _run(monkeypatch, *words) == 0
    earlier = path.read_bytes(), path.with_suffix(".json").read_bytes()
    monkeypatch.setattr(loop, "_epoch", _stopped)
    assert _run(monkeypatch, *words) == 0
    assert (path.read_bytes(), path.with_suffix(".json").read_bytes()) == earlier
    assert "Stopped after 0 of 1 epochs; nothing was saved." in capsys.readouterr().out


def _raising_after_one(on_epoch: Callable[[Epoch], None]) -> Callable[[Epoch], None]:
    def report(epoch: Epoch) -> None:
        on_epoch(epoch)
        raise KeyboardInterrupt

    return report


def test_missing_data_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(*arguments: object) -> TrainingData:
        raise FileNotFoundError("data/MNIST: put it there")

    monkeypatch.setattr(training_data, "prepare", missing)
    assert _run(monkeypatch) == 1
    assert capsys.readouterr().err == "train.py: data/MNIST: put it there\n"


@pytest.mark.usefixtures("tiny")
def test_the_recipes_are_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(monkeypatch, "--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["name", *RECIPES]
    assert any(line.startswith("relu-sgd") and "98.34 %" in line for line in lines)


@pytest.mark.usefixtures("tiny")
def test_several_seeds_give_their_mean_and_spread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = iter([Score(7, 10), Score(9, 10), Score(8, 10)])
    monkeypatch.setattr(measuring, "test", lambda *arguments: {"MNIST test": next(scores)})
    path = tmp_path / "out.safetensors"
    words = ("--recipe", "padded-adam", "--epochs", "1", "--seed", "4", "--seeds", "3", "--output", str(path))
    assert _run(monkeypatch, *words) == 0
    record = load_record(path)
    assert record["seeds"]["MNIST test"] == {
        "mean": 80,
        "standard_deviation": 10,
        "accuracies": {"4": 70, "5": 90, "6": 80},
    }
    runs = [load_record(tmp_path / f"out-seed{seed}.safetensors") for seed in (4, 5, 6)]
    best = max(runs, key=lambda run: run["kept_epoch"]["held_out"])
    assert record == {**best, "seeds": record["seeds"]}
    held_out = record["seeds"]["MNIST held out"]["accuracies"]
    assert (
        held_out[str(record["config"]["seed"])] == record["kept_epoch"]["held_out"] == max(held_out.values())
    )
    assert "MNIST test: 80.00 % ± 10.00 over 3 seeds" in capsys.readouterr().out
    seed = best["config"]["seed"]
    assert path.read_bytes() == (tmp_path / f"out-seed{seed}.safetensors").read_bytes()


@pytest.mark.usefixtures("tiny")
def test_a_seed_that_was_stopped_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    learn = loop._epoch

    def stopped(learner: object, data: object, config: TrainConfig, *others: object) -> Epoch:
        if config.seed == 1:
            raise KeyboardInterrupt
        return learn(learner, data, config, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "_epoch", stopped)
    path = tmp_path / "out.safetensors"
    words = ("--recipe", "padded-adam", "--epochs", "1", "--seeds", "3", "--output", str(path))
    assert _run(monkeypatch, *words) == 0
    assert "Seed 1 was stopped" in capsys.readouterr().out
    assert list(load_record(path)["seeds"]["MNIST test"]["accuracies"]) == ["0"]


@pytest.mark.usefixtures("tiny")
def test_a_seed_is_the_same_alone_and_among_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("--recipe", "relu-sgd", "--epochs", "1")
    several, alone = tmp_path / "several.safetensors", tmp_path / "alone.safetensors"
    assert _run(monkeypatch, *words, "--seeds", "2", "--output", str(several)) == 0
    assert _run(monkeypatch, *words, "--seed", "1", "--output", str(alone)) == 0
    assert (tmp_path / "several-seed1.safetensors").read_bytes() == alone.read_bytes()


@pytest.mark.usefixtures("tiny")
def test_seeds_share_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare, asked = training_data.prepare, []
    monkeypatch.setattr(training_data, "prepare", lambda *wanted: asked.append(wanted) or prepare(*wanted))
    words = ("--recipe", "relu-sgd", "--epochs", "1", "--seeds", "2")
    assert _run(monkeypatch, *words, "--output", str(tmp_path / "out.safetensors")) == 0
    assert len(asked) == 1


@pytest.mark.usefixtures("tiny")
def test_early_stopping_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = RECIPES["relu-early-stop"].config.changed(
        schedule={"learning_rate": 0.0, "patience_with": "validation"}
    )
    monkeypatch.setitem(RECIPES, "relu-early-stop", Recipe("at rest", config))
    path = tmp_path / "out.safetensors"
    assert _run(monkeypatch, "--recipe", "relu-early-stop", "--output", str(path)) == 0
    assert "Ended after 3 epochs: the last 2 were no better." in capsys.readouterr().out
    assert len(load_record(path)["epochs"]) == 3


@pytest.mark.usefixtures("tiny")
def test_a_run_that_is_not_resumed_starts_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--recipe", "relu-sgd", "--epochs", "1", "--output", str(tmp_path / "out.safetensors"))
    said = {
        ("--resume",): ("Nothing is kept in", "Going on after epoch 1."),
        (): ("Starting anew: what is kept in", "Starting anew: what is kept in"),
    }
    for extra, sentences in said.items():
        for sentence in sentences:
            assert _run(monkeypatch, *words, *extra) == 0
            assert sentence in capsys.readouterr().out


@pytest.mark.usefixtures("tiny")
def test_the_state_of_another_run_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--recipe", "relu-sgd", "--epochs", "1", "--output", str(tmp_path / "out.safetensors"))
    assert _run(monkeypatch, *words) == 0
    assert _run(monkeypatch, *words, "--seed", "2", "--resume") == 1
    error = capsys.readouterr().err
    assert "got one with other config (seed 0, not 2); delete it to start anew" in error
    assert error.count("\n") == 1


def _never(*arguments: object) -> None:
    raise AssertionError("this comes too early")


def test_what_stands_in_the_way_is_told_before_the_data_are_prepared(
    tiny: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out.safetensors"
    words = ("--recipe", "relu-sgd", "--epochs", "1", "--output")
    assert _run(monkeypatch, *words, str(output)) == 0
    monkeypatch.setattr(training_data, "prepare", _never)
    assert _run(monkeypatch, *words, str(output / "below.safetensors")) == 1
    assert f"{output}: wanted a folder to write to, got: File exists" in capsys.readouterr().err
    assert _run(monkeypatch, *words, str(output), "--resume", "--seed", "2") == 1
    assert "got one with other config (seed 0, not 2)" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--epochs=abc", "--epochs=0", "--seed=-1", f"--seed={2**64}"])
def test_a_number_out_of_range_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        _run(monkeypatch, option)
    assert "wanted a whole number from" in capsys.readouterr().err


def test_a_device_that_is_not_there_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: None)
    assert _run(monkeypatch, "--device", "cuda") == 1
    assert (
        capsys.readouterr().err
        == "train.py: device: wanted cpu, which this machine has, got cuda; choose that\n"
    )


@pytest.mark.parametrize("output", ["weights", "v1.2", "folder.safetensors"])
def test_an_output_that_is_no_file_of_weights_is_refused_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    (tmp_path / "folder.safetensors").mkdir()
    with pytest.raises(SystemExit):
        _run(monkeypatch, "--output", str(tmp_path / output))
    assert "wanted a file ….safetensors, got " in capsys.readouterr().err


@pytest.mark.usefixtures("tiny")
def test_a_state_on_some_machines_only_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(processes, "broadcast", lambda flag, device: True)  # the main process has it
    assert _run(monkeypatch, "--recipe", "relu-sgd", "--output", str(tmp_path / "out.safetensors")) == 1
    assert "out.state.safetensors: wanted it on all machines or on none" in capsys.readouterr().err


@pytest.mark.usefixtures("tiny")
def test_a_device_without_room_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fit(*arguments: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(loop, "fit", fit)
    assert _run(monkeypatch, "--recipe", "relu-sgd", "--output", str(tmp_path / "out.safetensors")) == 1
    assert capsys.readouterr().err == "train.py: CUDA out of memory\n"


def test_a_broken_data_file_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in mnist.CHECKSUMS:
        (raw / name).write_bytes(b"half a file")
    assert _run(monkeypatch, "--data", str(tmp_path), "--recipe", "relu-sgd") == 1
    error = capsys.readouterr().err
    assert "train-images-idx3-ubyte" in error
    assert error.count("\n") == 1

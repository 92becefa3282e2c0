"""train.py: the command line, the record, and an end that loses nothing."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import train
from lenet import checkpoint, data, samples, tracking, training
from lenet.teacher import Teacher


@pytest.fixture
def course(mnist: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    """A training on 200 digits that needs no files."""
    pixels = np.tile(np.round(mnist[0] * 255).astype(np.uint8), (3, 1, 1))
    part = samples.of_images(pixels, np.tile(mnist[1], 3))
    source = data.Source("MNIST", 600, {"images": "md5:0"}, "licence", "citation")
    monkeypatch.setattr(
        training, "prepare", lambda root, config: training.Course(part, {"MNIST": part}, [source])
    )
    monkeypatch.setattr(training, "test", lambda network, root: {"MNIST test": training.Score(9, 10)})
    monkeypatch.setattr(
        data, "load_mnist", lambda root, train: data.Images(pixels[:50], mnist[1][:50], source)
    )
    assert train.DEFAULT.teacher is not None
    teacher = dataclasses.replace(train.DEFAULT.teacher, epochs=1)
    monkeypatch.setattr(train, "DEFAULT", dataclasses.replace(train.DEFAULT, teacher=teacher))


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["train.py", *words])
    return train.main()


@pytest.mark.usefixtures("course")
def test_weights_and_record_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lenet5.safetensors"
    assert _run(monkeypatch, "--epochs", "2", "--seed", "3", "--output", str(path)) == 0
    assert checkpoint.load(path)
    record = checkpoint.load_record(path)
    assert record["test"]["MNIST test"]["accuracy"] == 90
    assert record["data"][0]["checksums"] == {"images": "md5:0"}
    assert record["config"]["seed"] == 3
    assert len(record["epochs"]) == 2
    printed = capsys.readouterr().out
    assert [line for line in printed.splitlines() if line.startswith("epoch ")] != []
    assert "MNIST test: 90.00 %" in printed
    assert (tmp_path / "lenet5" / "curves.png").is_file()
    assert checkpoint.load_record(tmp_path / "lenet5" / "record") == record


@pytest.mark.usefixtures("course")
def test_a_teacher_is_kept_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lenet5.safetensors"
    assert _run(monkeypatch, "--epochs", "1", "--output", str(path)) == 0
    first = path.read_bytes()
    assert "Training the teacher" in capsys.readouterr().out
    assert _run(monkeypatch, "--epochs", "1", "--output", str(path)) == 0
    assert f"Learning from {tmp_path / 'teacher.safetensors'}" in capsys.readouterr().out
    assert path.read_bytes() == first


@pytest.mark.usefixtures("course")
def test_a_tracker_is_told_of_every_epoch_of_the_student(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int | str] = []

    class Tracker:
        def __init__(self, config: training.TrainConfig) -> None:
            told.append(f"{config.epochs} epochs")

        def on_epoch(self, epoch: training.Epoch) -> None:
            told.append(epoch.number)

        def close(self) -> None:
            told.append("closed")

    monkeypatch.setattr(tracking, "Tracker", Tracker)
    assert _run(monkeypatch, "--epochs", "2", "--track", "--output", str(tmp_path / "l.safetensors")) == 0
    assert told == ["2 epochs", 1, 2, "closed"]


@pytest.mark.usefixtures("course")
def test_ctrl_c_ends_with_what_was_learnt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(
        course: training.Course,
        config: training.TrainConfig,
        on_epoch: Callable[[training.Epoch], None],
        on_step: Callable[[], object],
        teacher: Teacher | None,
    ) -> training.LeNet:
        return fit(course, config, _raising_after_one(on_epoch), on_step, teacher)

    fit = training.fit
    monkeypatch.setattr(training, "fit", interrupted)
    path = tmp_path / "lenet5.safetensors"
    assert _run(monkeypatch, "--epochs", "6", "--output", str(path)) == 0
    assert len(checkpoint.load_record(path)["epochs"]) == 1
    assert "Stopped after 1 of 6 epochs; what was learnt is kept." in capsys.readouterr().out


def _raising_after_one(on_epoch: Callable[[training.Epoch], None]) -> Callable[[training.Epoch], None]:
    def report(epoch: training.Epoch) -> None:
        on_epoch(epoch)
        raise KeyboardInterrupt

    return report


def test_missing_data_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(root: Path, config: training.TrainConfig) -> training.Course:
        raise FileNotFoundError("data/MNIST: put it there")

    monkeypatch.setattr(training, "prepare", missing)
    assert _run(monkeypatch) == 1
    assert capsys.readouterr().err == "train.py: data/MNIST: put it there\n"


def test_no_epochs_are_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        _run(monkeypatch, "--epochs", "0")
    assert "wanted at least 1, got 0" in capsys.readouterr().err

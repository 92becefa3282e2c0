"""Train LeNet-5 and save it with its record: `python train.py`."""

from __future__ import annotations

import argparse
import dataclasses
import platform
import sys
import time
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from lenet import checkpoint, data, evidence, extras, tracking, training
from lenet.recipes import DEFAULT
from lenet.teacher import Teacher


def main() -> int:
    """Read the command line, train, test once, save; returns the exit status."""
    options = _options()
    config = dataclasses.replace(DEFAULT, epochs=options.epochs, seed=options.seed)
    try:
        extras.need("train", "matplotlib")
        tracker = tracking.Tracker(config) if options.track else None
        _train(config, options.data, options.output, tracker)
    except (OSError, ValueError, ImportError) as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train LeNet-5 on MNIST and pen strokes.")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("data"),
        help="folder of the data sets; what is missing is downloaded there (default: data)",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("runs/lenet5.safetensors"),
        help="the weights to write; record and pictures go beside them (default: runs/lenet5.safetensors)",
    )
    parser.add_argument(
        "--epochs",
        type=_positive,
        default=DEFAULT.epochs,
        help=f"passes over the training data (default: {DEFAULT.epochs})",
    )
    parser.add_argument(
        "--seed", type=int, default=DEFAULT.seed, help=f"of all randomness (default: {DEFAULT.seed})"
    )
    parser.add_argument(
        "--track", action="store_true", help="follow the epochs with trackio; shown by `trackio show`"
    )
    return parser.parse_args()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"wanted at least 1, got {number}")
    return number


def _train(config: training.TrainConfig, root: Path, output: Path, tracker: tracking.Tracker | None) -> None:
    start = time.perf_counter()
    print("Preparing the data …", flush=True)
    course = training.prepare(root, config)
    teacher = _teacher(config, course, output.with_name("teacher.safetensors")) if config.teacher else None
    with _Progress(course, config, tracker) as progress:
        network = training.fit(course, config, progress.report, progress.step, teacher)
    scores = training.test(network, root)
    for name, score in scores.items():
        print(f"{name}: {score}")
    record = _record(config, course, progress.epochs, scores, time.perf_counter() - start)
    checkpoint.save(network, record, output)
    digits = data.load_mnist(root, train=False)
    evidence.write(output.with_suffix(""), network, record, digits.pixels, digits.labels)
    print(f"Saved {output}, {output.with_suffix('.json').name} and pictures in {output.with_suffix('')}/")


def _teacher(config: training.TrainConfig, course: training.Course, path: Path) -> Teacher:
    """The teacher that was kept at `path`, or a new one, which is then kept there."""
    if path.is_file():
        print(f"Learning from {path}; delete it to train another.")
        return checkpoint.load_teacher(path)
    assert config.teacher is not None
    print("Training the teacher …", flush=True)
    with _Progress(course, config.teacher) as progress:
        teacher = training.fit_teacher(course, config, progress.report, progress.step)
    checkpoint.save(teacher, {"epochs": [_course_of(epoch) for epoch in progress.epochs]}, path)
    return teacher


class _Progress:
    """A progress bar, and a line for each epoch, which the tracker is told of too."""

    def __init__(
        self,
        course: training.Course,
        config: training.TrainConfig,
        tracker: tracking.Tracker | None = None,
    ) -> None:
        self.epochs: list[training.Epoch] = []
        self._tracker = tracker
        self._wanted = config.epochs
        steps = config.epochs * training.steps_per_epoch(course, config)
        self._bar = tqdm(total=steps, unit="batch", disable=None)

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()
        if self._tracker:
            self._tracker.close()
        if len(self.epochs) < self._wanted:
            print(f"Stopped after {len(self.epochs)} of {self._wanted} epochs; what was learnt is kept.")

    def step(self) -> None:
        self._bar.update()

    def report(self, epoch: training.Epoch) -> None:
        self.epochs.append(epoch)
        scores = ", ".join(f"{name} {score.accuracy:.2f} %" for name, score in epoch.validation.items())
        line = f"epoch {epoch.number}: loss {epoch.loss:.4f}, {epoch.seconds:.1f} s, held out: {scores}"
        self._bar.write(line)
        if self._tracker:
            self._tracker.on_epoch(epoch)


def _record(
    config: training.TrainConfig,
    course: training.Course,
    epochs: list[training.Epoch],
    scores: dict[str, training.Score],
    seconds: float,
) -> dict[str, Any]:
    """All that someone needs to know how these weights came about."""
    return {
        "network": "LeNet-5, 61,706 parameters",
        "test": {name: _figures(score) for name, score in scores.items()},
        "data": [dataclasses.asdict(source) for source in course.sources],
        "config": dataclasses.asdict(config),
        "epochs": [_course_of(epoch) for epoch in epochs],
        "minutes": round(seconds / 60, 1),
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}",
    }


def _figures(score: training.Score) -> dict[str, float]:
    rounded = {"accuracy": round(score.accuracy, 3), "standard_error": round(score.standard_error, 3)}
    return {**rounded, **dataclasses.asdict(score)}


def _course_of(epoch: training.Epoch) -> dict[str, float]:
    held_out = {name: round(score.accuracy, 3) for name, score in epoch.validation.items()}
    return {"loss": round(epoch.loss, 5), **held_out}


if __name__ == "__main__":
    sys.exit(main())

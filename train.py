"""Train a LeNet and save it with its record: `python train.py`; in several processes `torchrun train.py`."""

from __future__ import annotations

import argparse
import dataclasses
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from tqdm import tqdm

from lenet import extras
from lenet.datasets import mnist
from lenet.files import need_folder
from lenet.learning import loop, measuring, pictures, processes, snapshot, tracking, training_data
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Epoch, Score, finished, kept
from lenet.learning.recipes import RECIPES
from lenet.learning.teacher import Teacher
from lenet.learning.training_data import TrainingData
from lenet.network import checkpoint
from lenet.network.model import LeNet
from lenet.synthesis import workers


def main() -> int:
    """Read the command line, train, test once, save; returns the exit status."""
    options = _options()
    if options.list:
        _print_recipes()
        return 0
    try:
        extras.need("train", "matplotlib")
        if options.track:
            extras.need("track", "trackio")
        device = processes.choose_device(options.device)
        with processes.processes(device):
            _run(_config(options), options, device)
    except (OSError, ValueError, ImportError, torch.OutOfMemoryError) as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train LeNet-5 on MNIST and pen strokes.")
    default = next(iter(RECIPES))
    parser.add_argument(
        "--recipe", choices=RECIPES, default=default, help=f"how to train (default: {default}); see --list"
    )
    parser.add_argument("--list", action="store_true", help="print the recipes and end")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("data"),
        help="folder of the data sets; what is missing is downloaded there (default: data)",
    )
    parser.add_argument(
        "--output",
        type=_weights,
        help="the weights to write, ….safetensors; record and pictures go beside them "
        "(default: runs/RECIPE.safetensors)",
    )
    parser.add_argument(
        "--epochs", type=_positive, help="passes over the training data (default: the recipe's)"
    )
    parser.add_argument("--seed", type=_seed, default=0, help="of all randomness (default: 0)")
    parser.add_argument(
        "--seeds",
        type=_positive,
        default=1,
        help="train so many, from --seed on; the best by what is held out is written to the output, "
        "the mean and standard deviation of all to its record (default: 1)",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on after the last epoch of a run that was stopped"
    )
    parser.add_argument(
        "--device", choices=("cpu", "cuda", "mps"), help="where to compute (default: the best there is)"
    )
    parser.add_argument(
        "--track", action="store_true", help="follow the epochs with trackio; shown by `trackio show`"
    )
    return parser.parse_args()


def _weights(text: str) -> Path:
    path = Path(text)
    if path.suffix != ".safetensors" or path.is_dir():
        raise argparse.ArgumentTypeError(f"wanted a file ….safetensors, got {text}")
    return path


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"wanted a whole number from 1 on, got {text}")
    return int(text)


_LARGEST_SEED = 2**32 - 1


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) > _LARGEST_SEED:
        raise argparse.ArgumentTypeError(f"wanted a whole number from 0 to {_LARGEST_SEED}, got {text}")
    return int(text)


def _config(options: argparse.Namespace) -> TrainConfig:
    config = RECIPES[options.recipe].config
    return dataclasses.replace(config, epochs=options.epochs or config.epochs, seed=options.seed)


def _print_recipes() -> None:
    print(f"{'name':16} {'reported':>8}  what it is")
    for name, recipe in RECIPES.items():
        reported = f"{recipe.reported:.2f} %" if recipe.reported else ""
        print(f"{name:16} {reported:>8}  {recipe.about}")


def _run(config: TrainConfig, options: argparse.Namespace, device: torch.device) -> None:
    """Train one seed or several, and write the result to the output."""
    output = options.output or Path(f"runs/{options.recipe}.safetensors")
    runs = _runs(config, options.seeds, output)
    for path, of_seed in runs.items():  # before the data are prepared, which may take minutes
        need_folder(path.parent)
        if options.resume:
            snapshot.check(_state(path), of_seed)
    prepared = _prepare(config, options.data)
    if options.seeds == 1:
        _train(config, options, prepared, output, device)
        return
    paths = []
    for path, of_seed in runs.items():
        _say(f"Seed {of_seed.seed}:")
        if not _train(of_seed, options, prepared, path, device):
            _say(f"Seed {of_seed.seed} was stopped and is left out; --resume goes on with it.")
            break
        paths.append(path)
    if paths and processes.rank() == 0:
        _save_best(paths, output, options.data)


def _runs(config: TrainConfig, seeds: int, output: Path) -> dict[Path, TrainConfig]:
    """What is to be trained, by where it is to be written."""
    if seeds == 1:
        return {output: config}
    return {
        output.with_stem(f"{output.stem}-seed{seed}"): dataclasses.replace(config, seed=seed)
        for seed in range(config.seed, config.seed + seeds)
    }


def _state(path: Path) -> Path:
    """Where the state of the training of the weights at `path` is kept."""
    return path.with_suffix(".state.safetensors")


class _Prepared(NamedTuple):
    """The data, from which every seed learns, and the seconds that it took to prepare them."""

    course: TrainingData
    seconds: float


def _prepare(config: TrainConfig, root: Path) -> _Prepared:
    _say("Preparing the data …")
    start = time.perf_counter()
    with processes.first_alone(), workers.process_pool() as pool:
        course = training_data.prepare(root, config, pool)
    return _Prepared(course, time.perf_counter() - start)


def _train(
    config: TrainConfig,
    options: argparse.Namespace,
    prepared: _Prepared,
    path: Path,
    device: torch.device,
) -> bool:
    """Train a network, test it and save it at `path`; false where Ctrl-C stopped it.

    Where that was before the first epoch's end nothing is saved: `path` may hold an earlier result.
    """
    start = time.perf_counter() - prepared.seconds
    course, state = prepared.course, _state(path)
    with processes.first_alone():
        _begin(state, options.resume)
    teacher = _teacher(config, options, course, path, device) if config.teacher else None
    tracker = tracking.Tracker(config) if options.track and processes.rank() == 0 else None
    with _Progress(course, config, state, tracker) as progress:
        network = loop.fit(course, config, progress.report, progress.step, teacher, device, state)
    if progress.epochs and processes.rank() == 0:
        scores = measuring.test(network, options.data)
        for name, score in scores.items():
            print(f"{name}: {score}")
        seconds = progress.seconds_before + time.perf_counter() - start
        record = _record(network, options.recipe, config, course, progress.epochs, scores, seconds, device)
        _save(network, record, path, options.data)
    return finished(progress.epochs, config)


def _begin(state: Path, resume: bool) -> None:
    """Forget what an earlier run has kept, unless that is to go on."""
    if resume and not state.is_file():
        _say(f"Nothing is kept in {state}: starting anew.")
    elif state.is_file() and not resume:
        _say(f"Starting anew: what is kept in {state} is deleted; --resume would have gone on with it.")
        state.unlink()


def _teacher(
    config: TrainConfig,
    options: argparse.Namespace,
    course: TrainingData,
    output: Path,
    device: torch.device,
) -> Teacher:
    """The teacher that was kept beside the output, or a new one, which is then kept there."""
    path = output.with_name("teacher.safetensors")
    if processes.is_everywhere(path, device):
        if checkpoint.load_record(path).get("config") != dataclasses.asdict(config.teacher):
            raise ValueError(
                f"{path}: wanted a teacher trained as the recipe says, got one trained otherwise; "
                "delete it to train another"
            )
        _say(f"Learning from {path}; delete it to train another.")
        return checkpoint.load_teacher(path)
    assert config.teacher is not None
    state = _state(path)
    _say("Training the teacher …")
    with processes.first_alone():
        _begin(state, options.resume)
    with _Progress(course, config.teacher, state) as progress:
        teacher = loop.fit_teacher(course, config, progress.report, progress.step, device, state)
    if not finished(progress.epochs, config.teacher):
        raise ValueError("teacher: wanted one that has learnt to the end, got one stopped; use --resume")
    if processes.rank() == 0:
        record = {
            "config": dataclasses.asdict(config.teacher),
            "epochs": [_course_of(epoch) for epoch in progress.epochs],
        }
        checkpoint.save(teacher, record, path)
    return teacher


def _save(network: LeNet, record: dict[str, Any], path: Path, root: Path) -> None:
    """Write the weights, their record beside them, and the pictures of both."""
    checkpoint.save(network, record, path)
    digits = mnist.load(root, train=False)
    pictures.write(path.with_suffix(""), network, record, digits.pixels, digits.labels)
    print(f"Saved {path}, {path.with_suffix('.json').name} and pictures in {path.with_suffix('')}/")


def _say(words: str) -> None:
    """Print a line, once for all processes."""
    if processes.rank() == 0:
        print(words, flush=True)


class _Progress:
    """A progress bar with rate and time left, and a line for each epoch, which the tracker is told of too.

    Attributes:
        epochs: that are done, with those of an earlier run whose state is kept.
        seconds_before: that the earlier run took for them.
    """

    def __init__(
        self,
        course: TrainingData,
        config: TrainConfig,
        state: Path,
        tracker: tracking.Tracker | None = None,
    ) -> None:
        self._tracker = tracker
        self.epochs: list[Epoch] = snapshot.epochs_done(state)
        self.seconds_before = sum(epoch.seconds for epoch in self.epochs)
        self._config = config
        steps = loop.steps_per_epoch(course, config)
        if self.epochs:
            _say(f"Going on after epoch {len(self.epochs)}.")
        self._bar = tqdm(
            total=config.epochs * steps,
            initial=len(self.epochs) * steps,
            unit="batch",
            disable=True if processes.rank() > 0 else None,  # None: only on a terminal
        )

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, error: type[BaseException] | None, *others: object) -> None:
        self._bar.close()
        if self._tracker:
            self._tracker.close()
        if error is not None:
            return
        done, wanted = len(self.epochs), self._config.epochs
        if not finished(self.epochs, self._config):
            kept = "what was learnt is kept" if done else "nothing was saved"
            _say(f"Stopped after {done} of {wanted} epochs; {kept}.")
        elif done < wanted:
            _say(f"Ended after {done} epochs: the last {self._config.patience} were no better.")

    def step(self) -> None:
        self._bar.update()

    def report(self, epoch: Epoch) -> None:
        self.epochs.append(epoch)
        scores = ", ".join(f"{name} {score.accuracy:.2f} %" for name, score in epoch.validation.items())
        if processes.rank() == 0:
            line = f"epoch {epoch.number}: loss {epoch.loss:.4f}, {epoch.seconds:.1f} s, held out: {scores}"
            self._bar.write(line)
        if self._tracker:
            self._tracker.on_epoch(epoch)


def _record(
    network: LeNet,
    recipe: str,
    config: TrainConfig,
    course: TrainingData,
    epochs: Sequence[Epoch],
    scores: dict[str, Score],
    seconds: float,
    device: torch.device,
) -> dict[str, Any]:
    """All that someone needs to know how these weights came about."""
    return {
        "network": f"LeNet-5, {sum(weight.numel() for weight in network.parameters()):,} parameters",
        "recipe": recipe,
        "test": {name: _figures(score) for name, score in scores.items()},
        "data": [dataclasses.asdict(source) for source in course.sources],
        "config": dataclasses.asdict(config),
        "epochs": [_course_of(epoch) for epoch in epochs],
        "kept_epoch": _kept(epochs, config),
        "minutes": round(seconds / 60, 1),
        "machine": f"{platform.machine()}, {processes.size()} × {device.type}, "
        f"{torch.get_num_threads()} threads, torch {torch.__version__}",
    }


def _figures(score: Score) -> dict[str, float]:
    rounded = {"accuracy": round(score.accuracy, 3), "standard_error": round(score.standard_error, 3)}
    return {**rounded, **dataclasses.asdict(score)}


def _course_of(epoch: Epoch) -> dict[str, float]:
    held_out = {name: round(score.accuracy, 3) for name, score in epoch.validation.items()}
    return {"loss": round(epoch.loss, 5), "validation_loss": round(epoch.validation_loss, 5), **held_out}


def _kept(epochs: Sequence[Epoch], config: TrainConfig) -> dict[str, float]:
    """Which epoch's network was saved, and its accuracy on all that is held out."""
    epoch = kept(epochs, config)
    return {"number": epoch.number, "held_out": round(epoch.held_out.accuracy, 3)}


def _save_best(paths: Sequence[Path], output: Path, root: Path) -> None:
    """Write the network that does best on what is held out, and the spread of all in its record."""
    records = {path: checkpoint.load_record(path) for path in paths}
    best = max(paths, key=lambda path: records[path]["kept_epoch"]["held_out"])
    spread = _spread(list(records.values()))
    for name, figures in spread.items():
        print(
            f"{name}: {figures['mean']:.2f} % ± {figures['standard_deviation']:.2f} over {len(paths)} seeds"
        )
    print(f"The best of them by what is held out is {best.name}.")
    _save(checkpoint.load(best), {**records[best], "seeds": spread}, output, root)


def _spread(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Mean and standard deviation of each of `_accuracies`, and those of each seed."""
    by_seed = {str(record["config"]["seed"]): _accuracies(record) for record in records}
    spread = {}
    for name in _accuracies(records[0]):
        accuracies = {seed: found[name] for seed, found in by_seed.items()}
        values = list(accuracies.values())
        spread[name] = {
            "mean": round(statistics.mean(values), 3),
            "standard_deviation": round(statistics.stdev(values), 3) if len(values) > 1 else 0.0,
            "accuracies": accuracies,
        }
    return spread


def _accuracies(record: dict[str, Any]) -> dict[str, float]:
    """The accuracy on each test set, and on each set of which a part was held out."""
    tests = {name: score["accuracy"] for name, score in record["test"].items()}
    epoch = record["epochs"][record["kept_epoch"]["number"] - 1]
    return tests | {f"{name} held out": share for name, share in epoch.items() if not name.endswith("loss")}


if __name__ == "__main__":
    sys.exit(main())

"""Train a LeNet and save it with its record: `python train.py`; in several processes `torchrun train.py`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import torch

from lenet import extras
from lenet.files import need_folder
from lenet.learning import hand, loop, measuring, processes, record, seeds, snapshot, training_data
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import finished
from lenet.learning.history import History
from lenet.learning.progress import Progress, begin, say
from lenet.learning.recipes import DEFAULT_RECIPE, RECIPES, print_recipes
from lenet.learning.tracking import Tracker
from lenet.learning.training_data import TrainingData
from lenet.network import checkpoint
from lenet.synthesis import workers


def main() -> int:
    """Read the command line, train, test once, save; returns the exit status."""
    options = _options()
    if options.list:
        print_recipes()
        return 0
    try:
        extras.need("train", "matplotlib", "tqdm")
        if options.track:
            extras.need("track", "trackio")
        device = processes.choose_device(options.device)
        with processes.process_group(device):
            _run(options, device)
    except (OSError, ValueError, ImportError, torch.OutOfMemoryError) as error:
        print(f"train.py: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train LeNet-5 on MNIST and pen strokes.")
    add = parser.add_argument
    add("--recipe", choices=RECIPES, default=DEFAULT_RECIPE, help=f"default: {DEFAULT_RECIPE}; see --list")
    add("--list", action="store_true", help="print the recipes and end")
    data_help = "folder of the data sets; what is missing is downloaded there (default: data)"
    add("--data", type=Path, default=Path("data"), help=data_help)
    add("--snapshots", type=_positive, default=0, help="keep so many networks on the way (default: none)")
    output_help = (
        "the weights to write, ….safetensors; record and pictures go beside them "
        "(default: runs/RECIPE.safetensors)"
    )
    add("--output", type=_weights, help=output_help)
    add("--epochs", type=_positive, help="passes over the training data (default: the recipe's)")
    add("--seed", type=_seed, default=0, help="of all randomness (default: 0)")
    seeds_help = "train so many, from --seed on; keep the best by what is held out (default: 1)"
    add("--seeds", type=_positive, default=1, help=seeds_help)
    add("--resume", action="store_true", help="go on after the last epoch of a run that was stopped")
    add("--device", choices=("cpu", "cuda", "mps"), help="where to compute (default: the best there is)")
    add("--track", action="store_true", help="follow the epochs with trackio; shown by `trackio show`")
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


def _seed(text: str) -> int:
    largest = 2**32 - 1  # that every generator of random numbers takes
    if not text.isdecimal() or int(text) > largest:
        raise argparse.ArgumentTypeError(f"wanted a whole number from 0 to {largest}, got {text}")
    return int(text)


def _run(options: argparse.Namespace, device: torch.device) -> None:
    """Train one seed or several, and write the result to the output."""
    config = RECIPES[options.recipe].config.changed(seed=options.seed)
    if options.epochs:
        config = config.changed(schedule={"epochs": options.epochs})
    output = options.output or Path(f"runs/{options.recipe}.safetensors")
    runs = seeds.runs(config, options.seeds, output)
    for path, of_seed in runs.items():  # before the data are prepared, which may take minutes
        need_folder(path.parent)
        if options.resume:
            snapshot.check(snapshot.path_beside(path), of_seed)
    say("Preparing the data …")
    start = time.perf_counter()
    with processes.main_process_first(), workers.process_pool() as pool:
        prepared = training_data.prepare(options.data, config, pool)
    seconds = time.perf_counter() - start
    if len(runs) == 1:
        _train(config, options, prepared, seconds, output, device)
        return
    paths = []
    for path, of_seed in runs.items():
        say(f"Seed {of_seed.seed}:")
        if not _train(of_seed, options, prepared, seconds, path, device):
            say(f"Seed {of_seed.seed} was stopped and is left out; --resume goes on with it.")
            break
        paths.append(path)
    if paths and processes.is_main_process():
        best, best_record = seeds.best(paths)
        record.save(checkpoint.load(best), best_record, output, options.data)
        hand.save_metric(checkpoint.load(best), prepared.training, output)


def _train(
    config: TrainConfig,
    options: argparse.Namespace,
    prepared: TrainingData,
    preparation_seconds: float,
    path: Path,
    device: torch.device,
) -> bool:
    """Train, test and, if an epoch was completed, save a network at `path`; false where Ctrl-C stopped it."""
    start = time.perf_counter() - preparation_seconds
    state_path = snapshot.path_beside(path)
    with processes.main_process_first():
        begin(state_path, options.resume)
    tracker = Tracker(config) if options.track and processes.is_main_process() else None
    steps = loop.steps_per_epoch(prepared, config)
    with Progress(config, steps, state_path, tracker) as progress:
        kept = History(path.with_suffix(".snapshots"), options.snapshots, steps * config.schedule.epochs)
        trained = loop.fit(prepared, config, progress.on_epoch, progress.on_step, device, state_path, kept)
    if progress.epochs and processes.is_main_process():
        scores = measuring.test(*trained, options.data)
        for name, score in scores.items():
            print(f"{name}: {score}")
        seconds = progress.seconds_before + time.perf_counter() - start
        of_training = record.of_training(
            trained, options.recipe, config, prepared.sources, progress.epochs, scores, seconds, device
        )
        record.save(trained.network, of_training, path, options.data)
        hand.save_metric(trained.network, prepared.training, path)
    return finished(progress.epochs, config.schedule)


if __name__ == "__main__":
    sys.exit(main())

"""Train a LeNet and save it with its record: `python train.py`; in several processes `torchrun train.py`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import torch

from lenet import extras
from lenet.files import need_folder
from lenet.learning import (
    command_line,
    corrections,
    loop,
    measuring,
    processes,
    record,
    seeds,
    snapshot,
    training_data,
)
from lenet.learning.config import TrainConfig
from lenet.learning.corrections import Lesson
from lenet.learning.epochs import finished
from lenet.learning.history import History
from lenet.learning.progress import Progress, begin, say
from lenet.learning.recipes import RECIPES, print_recipes
from lenet.learning.tracking import Tracker
from lenet.learning.training_data import TrainingData
from lenet.network import checkpoint
from lenet.synthesis import workers


def main() -> int:
    """Read the command line, train, test once, save; returns the exit status."""
    options = command_line.parse()
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


def _run(options: argparse.Namespace, device: torch.device) -> None:
    """Train one seed or several, and write the result to the output."""
    config = RECIPES[options.recipe].config.changed(seed=options.seed)
    if options.corrections:
        config = corrections.gentle(config)
    if options.epochs:
        config = config.changed(schedule={"epochs": options.epochs})
    runs = seeds.runs(config, options.seeds, options.output)
    for path, of_seed in runs.items():  # before the data are prepared, which may take minutes
        need_folder(path.parent)
        if options.resume:
            snapshot.check(snapshot.path_beside(path), of_seed)
    say("Preparing the data …")
    start = time.perf_counter()
    with processes.main_process_first(), workers.process_pool() as pool:
        lesson = corrections.load(options.corrections, config, pool) if options.corrections else None
        prepared = training_data.prepare(options.data, config, pool)
    if lesson:
        prepared = lesson.added_to(prepared)
    seconds = time.perf_counter() - start
    if len(runs) == 1:
        _train(config, options, prepared, lesson, seconds, options.output, device)
        return
    paths = []
    for path, of_seed in runs.items():
        say(f"Seed {of_seed.seed}:")
        if not _train(of_seed, options, prepared, lesson, seconds, path, device):
            say(f"Seed {of_seed.seed} was stopped and is left out; --resume goes on with it.")
            break
        paths.append(path)
    if paths and processes.is_main_process():
        best, best_record = seeds.best(paths)
        record.save(checkpoint.load(best), best_record, options.output, options.data, prepared.training)


def _train(
    config: TrainConfig,
    options: argparse.Namespace,
    prepared: TrainingData,
    lesson: Lesson | None,
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
        on_epoch, on_step, before = progress.on_epoch, progress.on_step, lesson and lesson.network
        trained = loop.fit(prepared, config, on_epoch, on_step, device, state_path, kept, before)
    if progress.epochs and processes.is_main_process():
        trained = lesson.completed(trained) if lesson else trained
        scores = measuring.test(*trained, options.data)
        if lesson:
            lesson.check(trained, scores, options.data)
        for name, score in scores.items() if not lesson else ():
            print(f"{name}: {score}")
        seconds = progress.seconds_before + time.perf_counter() - start
        of_training = record.of_training(
            trained, options.recipe, config, prepared.sources, progress.epochs, scores, seconds, device
        )
        record.save(trained.network, of_training, path, options.data, prepared.training)
    return finished(progress.epochs, config.schedule)


if __name__ == "__main__":
    sys.exit(main())

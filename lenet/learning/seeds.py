"""Training with several seeds: where each is written, the best of them, and the spread of all."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Sequence
from pathlib import Path

from lenet.learning.config import TrainConfig
from lenet.learning.record import Spread, TrainingRecord
from lenet.network.record import load_record


def runs(config: TrainConfig, count: int, output: Path) -> dict[Path, TrainConfig]:
    """List the trainings of so many seeds, from that of `config` on, by the path of their weights."""
    if count == 1:
        return {output: config}
    return {
        output.with_stem(f"{output.stem}-seed{seed}"): config.changed(seed=seed)
        for seed in range(config.seed, config.seed + count)
    }


def best(paths: Sequence[Path]) -> tuple[Path, TrainingRecord]:
    """Choose the training that does best on the held-out data, and print the spread over all.

    Args:
        paths: of the weights of at least one training, with their records beside them.

    Returns:
        Path of the weights, and their record with the spread.
    """
    records = {path: TrainingRecord.from_json(load_record(path), path.with_suffix(".json")) for path in paths}
    found = max(paths, key=lambda path: records[path].kept_epoch.held_out)
    spreads = spread(list(records.values()))
    for name, figures in spreads.items():
        print(f"{name}: {figures.mean:.2f} % ± {figures.standard_deviation:.2f} over {len(paths)} seeds")
    print(f"The best of them by what is held out is {found.name}.")
    return found, dataclasses.replace(records[found], seeds=spreads)


def spread(records: Sequence[TrainingRecord]) -> dict[str, Spread]:
    """Mean and standard deviation of each accuracy over the seeds of at least one training."""
    found = {}
    for name in records[0].accuracies():
        accuracies = {str(record.seed): record.accuracies()[name] for record in records}
        values = list(accuracies.values())
        deviation = statistics.stdev(values) if len(values) > 1 else 0.0
        found[name] = Spread(round(statistics.mean(values), 3), round(deviation, 3), accuracies)
    return found

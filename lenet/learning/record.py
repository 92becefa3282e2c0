"""The record of a training: how the weights beside it came about."""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch

from lenet.datasets import mnist
from lenet.datasets.sources import Source
from lenet.learning import hand, pictures, processes
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Epoch, Score, kept_epoch
from lenet.learning.loop import Trained
from lenet.network import checkpoint
from lenet.network.model import LeNet
from lenet.network.record import Record
from lenet.synthesis.samples import Samples


class KeptEpoch(NamedTuple):
    """The epoch whose network was saved.

    Attributes:
        number: from 1.
        held_out: accuracy on all held-out sets together, in per cent.
    """

    number: int
    held_out: float


class Spread(NamedTuple):
    """An accuracy over several seeds, in per cent.

    Attributes:
        mean: over the seeds.
        standard_deviation: over the seeds; 0 where there is one.
        accuracies: by seed.
    """

    mean: float
    standard_deviation: float
    accuracies: dict[str, float]


@dataclass(frozen=True)
class TrainingRecord:
    """How weights came about; stored as JSON beside them, and read by `lenet.network.record` too.

    Attributes:
        network: name and size of the network.
        outputs: what the outputs mean, with thresholds and temperature.
        recipe: its name.
        test: the score on each test set.
        data: the training sets, with counts and checksums.
        config: all settings, as `dataclasses.asdict` of a `TrainConfig`.
        epochs: of each epoch the `loss`, the `validation_loss`, and by the names of the held-out sets the
            accuracy in per cent.
        kept_epoch: the one whose network was saved.
        minutes: of preparation, training and test together.
        machine: on which it was trained.
        seeds: the accuracy on each test set and held-out set over the seeds, where there were several.
    """

    network: str
    outputs: Record
    recipe: str
    test: dict[str, Score]
    data: list[Source]
    config: dict[str, Any]
    epochs: list[dict[str, float]]
    kept_epoch: KeptEpoch
    minutes: float
    machine: str
    seeds: dict[str, Spread] | None = None

    @property
    def seed(self) -> int:
        """Of this training."""
        seed: int = self.config["seed"]
        return seed

    def accuracies(self) -> dict[str, float]:
        """The accuracy in per cent on each test set, and on the held-out part of each training set."""
        tests = {name: round(score.accuracy, 3) for name, score in self.test.items()}
        epoch = self.epochs[self.kept_epoch.number - 1]
        return tests | {
            f"{name} held out": value for name, value in epoch.items() if not name.endswith("loss")
        }

    def to_json(self) -> dict[str, Any]:
        """The record as `json.dumps` can write it; without seeds where there was one."""
        entries: dict[str, Any] = {
            "network": self.network,
            "recipe": self.recipe,
            **self.outputs.to_json(),
            "test": {name: _figures(score) for name, score in self.test.items()},
            "data": [dataclasses.asdict(source) for source in self.data],
            "config": self.config,
            "epochs": self.epochs,
            "kept_epoch": self.kept_epoch._asdict(),
            "minutes": self.minutes,
            "machine": self.machine,
        }
        if self.seeds is not None:
            entries["seeds"] = {name: spread._asdict() for name, spread in self.seeds.items()}
        return entries

    @classmethod
    def from_json(cls, entries: dict[str, Any], path: Path) -> TrainingRecord:
        """Take a record from what `to_json` returned.

        Args:
            entries: of the record.
            path: of the record, to be named in errors.

        Raises:
            ValueError: an entry is missing or invalid.
        """
        outputs = Record.from_json(entries, path)
        try:
            seeds = entries.get("seeds")
            return cls(
                outputs=outputs,
                test={
                    name: Score(score["correct"], score["total"]) for name, score in entries["test"].items()
                },
                data=[Source(**source) for source in entries["data"]],
                kept_epoch=KeptEpoch(**entries["kept_epoch"]),
                seeds=seeds and {name: Spread(**spread) for name, spread in seeds.items()},
                **{name: entries[name] for name in _SAME_IN_JSON},
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path}: wanted the record of a training, got {error!r}; train again, or copy it anew"
            ) from error


_SAME_IN_JSON = ("network", "recipe", "config", "epochs", "minutes", "machine")
"""The fields of a record that stand in its JSON unchanged."""


def _figures(score: Score) -> dict[str, float]:
    rounded = {"accuracy": round(score.accuracy, 3), "standard_error": round(score.standard_error, 3)}
    return rounded | dataclasses.asdict(score)


def of_training(
    trained: Trained,
    recipe: str,
    config: TrainConfig,
    sources: list[Source],
    epochs: Sequence[Epoch],
    test: dict[str, Score],
    seconds: float,
    device: torch.device,
) -> TrainingRecord:
    """Record a training that has just ended on this machine.

    Args:
        trained: its result.
        recipe: name of the recipe.
        config: all settings.
        sources: of the data.
        epochs: all that were done, at least one.
        test: the score on each test set.
        seconds: of preparation, training and test together.
        device: where it was computed.
    """
    kept = kept_epoch(epochs, config.schedule)
    parameters = sum(weight.numel() for weight in trained.network.parameters())
    return TrainingRecord(
        network=f"LeNet-5, {parameters:,} parameters",
        outputs=trained.record,
        recipe=recipe,
        test=test,
        data=sources,
        config=dataclasses.asdict(config),
        epochs=[_epoch_figures(epoch) for epoch in epochs],
        kept_epoch=KeptEpoch(kept.number, round(kept.held_out.accuracy, 3)),
        minutes=round(seconds / 60, 1),
        machine=f"{platform.machine()}, {processes.world_size()} × {device.type}, "
        f"{torch.get_num_threads()} threads, torch {torch.__version__}",
    )


def _epoch_figures(epoch: Epoch) -> dict[str, float]:
    held_out = {name: round(score.accuracy, 3) for name, score in epoch.validation.items()}
    return {"loss": round(epoch.loss, 5), "validation_loss": round(epoch.validation_loss, 5), **held_out}


def save(network: LeNet, record: TrainingRecord, path: Path, root: Path, training: Samples) -> None:
    """Write the weights, beside them their record and the metric of a hand, and in a folder the pictures.

    Args:
        network: folded, in evaluation mode, on the CPU.
        record: of its training.
        path: of the weights, `….safetensors`.
        root: folder of the data sets: the pictures show MNIST's test digits.
        training: what it learnt from; the metric is measured over it.

    Raises:
        OSError: as for `files.store`, or MNIST cannot be had.
    """
    entries = record.to_json()
    checkpoint.save(network, entries, path)
    hand.save_metric(network, training, path)
    digits = mnist.load(root, train=False)
    pictures.write(path.with_suffix(""), network, entries, digits.pixels, digits.labels)
    print(f"Saved {path}, {path.with_suffix('.json').name} and pictures in {path.with_suffix('')}/")

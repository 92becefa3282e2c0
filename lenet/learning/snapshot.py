"""The state of a training on disk, from which it is resumed after a kill.

One safetensors file holds the tensors and, as JSON in its header, everything else; being one
file, it is there whole or not at all.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors import torch as safetensors
from torch import Tensor

from lenet.files import store
from lenet.learning import processes
from lenet.learning.config import TrainConfig
from lenet.learning.epochs import Epoch, Score
from lenet.learning.learner import Learner


def path_beside(weights: Path) -> Path:
    """The path of the snapshot of the training that writes these weights."""
    return weights.with_suffix(".state.safetensors")


def identity(config: TrainConfig, samples: int) -> dict[str, Any]:
    """What must be the same for a training to be resumed, as JSON has it.

    Args:
        config: of the training.
        samples: number of samples that it learns from.
    """
    return _as_json(
        {"config": dataclasses.asdict(config), "samples": samples, "processes": processes.world_size()}
    )


def _as_json(facts: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain


def check(path: Path, config: TrainConfig) -> None:
    """Check that a training by `config` can be resumed from the snapshot at `path`, if there is one.

    Raises:
        ValueError: the file is not the state of such a training; says what differs.
    """
    if path.is_file():
        _compare(path, _read(path)[1], _as_json({"config": dataclasses.asdict(config)}))


def save(
    path: Path,
    learner: Learner,
    generator: torch.Generator,
    epochs: Sequence[Epoch],
    identity: dict[str, Any],
) -> None:
    """Write all that the next epochs depend on.

    Args:
        path: of the file, `….safetensors`.
        learner: between two epochs.
        generator: of the order of the samples and of their distortion.
        epochs: those that are done.
        identity: from `identity`.

    Raises:
        OSError: as for `files.store`.
    """
    tensors = learner.state_dict() | {"random.batches": generator.get_state()}
    contiguous = {name: value.contiguous() for name, value in tensors.items()}
    facts = identity | {"epochs": [dataclasses.asdict(epoch) for epoch in epochs]}
    store(path, safetensors.save(contiguous, {"facts": json.dumps(facts)}))


def load(path: Path, learner: Learner, generator: torch.Generator, identity: dict[str, Any]) -> list[Epoch]:
    """Restore learner and generator as they were when `save` wrote them.

    Returns:
        The epochs that are done.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not the state of this training; says what differs.
    """
    tensors, facts = _read(path)
    _compare(path, facts, identity)
    generator.set_state(tensors.pop("random.batches"))
    epochs = _epochs(facts)
    learner.load_state_dict(tensors, len(epochs))
    return epochs


def _compare(path: Path, facts: dict[str, Any], identity: dict[str, Any]) -> None:
    for name, wanted in identity.items():
        if facts.get(name) != wanted:
            raise ValueError(
                f"{path}: wanted the state of this training, got one with other {name} "
                f"({_difference(facts.get(name), wanted)}); delete it to start anew"
            )


def epochs_done(path: Path) -> list[Epoch]:
    """The epochs in the snapshot at `path`; none where there is no such file.

    Raises:
        ValueError: the file is not the state of a training.
    """
    return _epochs(_read(path)[1]) if path.is_file() else []


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors, on the CPU, and the facts."""
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
            return tensors, json.loads(file.metadata()["facts"])
    except (SafetensorError, LookupError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(
            f"{path}: wanted the state of a training, got something else ({error}); delete it to start anew"
        ) from error


def _epochs(facts: dict[str, Any]) -> list[Epoch]:
    def scores(epoch: dict[str, Any]) -> dict[str, Score]:
        return {name: Score(**score) for name, score in epoch["validation"].items()}

    return [Epoch(**{**epoch, "validation": scores(epoch)}) for epoch in facts["epochs"]]


def _difference(got: Any, wanted: Any, name: str = "") -> str:
    """In words; of dictionaries, only the entries that differ, with the names of those they are in."""
    if not (isinstance(got, dict) and isinstance(wanted, dict)):
        return f"{name} {got}, not {wanted}".lstrip()
    keys = [key for key in {**got, **wanted} if got.get(key) != wanted.get(key)]
    return ", ".join(_difference(got.get(key), wanted.get(key), f"{name}.{key}".lstrip(".")) for key in keys)

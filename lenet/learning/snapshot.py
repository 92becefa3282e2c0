"""The state of a training on disk, so that after a kill it goes on where it was.

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


def identity(config: TrainConfig, samples: int) -> dict[str, Any]:
    """What must be the same for a training to go on, as JSON has it.

    Args:
        config: of the training.
        samples: how many it learns from.
    """
    return _plain({"config": dataclasses.asdict(config), "samples": samples, "processes": processes.size()})


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return plain


def check(path: Path, config: TrainConfig) -> None:
    """Check that a training by `config` can go on with what is kept at `path`, if anything is.

    Raises:
        ValueError: the file is not the state of such a training; says what differs.
    """
    if path.is_file():
        _compare(path, _load(path)[1], _plain({"config": dataclasses.asdict(config)}))


def keep(
    path: Path,
    learner: Learner[Any],
    generator: torch.Generator,
    epochs: Sequence[Epoch],
    identity: dict[str, Any],
) -> None:
    """Write all that the next epochs depend on.

    Args:
        path: of the file, `….safetensors`.
        learner: between two epochs.
        generator: of the order of the batches and of what is random in them.
        epochs: those that are done.
        identity: from `identity`.

    Raises:
        OSError: as for `files.store`.
    """
    tensors = learner.state() | {
        "random.batches": generator.get_state(),
        "random.network": _random(generator.device).get_rng_state(),  # dropout's
    }
    contiguous = {name: value.contiguous() for name, value in tensors.items()}
    facts = identity | {"epochs": [dataclasses.asdict(epoch) for epoch in epochs]}
    store(path, safetensors.save(contiguous, {"facts": json.dumps(facts)}))


def resume(
    path: Path, learner: Learner[Any], generator: torch.Generator, identity: dict[str, Any]
) -> list[Epoch]:
    """Restore what `keep` wrote.

    Returns:
        The epochs that are done.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not the state of this training; says what differs.
    """
    tensors, facts = _load(path)
    _compare(path, facts, identity)
    generator.set_state(tensors.pop("random.batches"))
    _random(generator.device).set_rng_state(tensors.pop("random.network"))
    epochs = _epochs(facts)
    learner.restore(tensors, len(epochs))
    return epochs


def _compare(path: Path, facts: dict[str, Any], identity: dict[str, Any]) -> None:
    for name, wanted in identity.items():
        if facts[name] != wanted:
            raise ValueError(
                f"{path}: wanted the state of this training, got one with other {name} "
                f"({_difference(facts[name], wanted)}); delete it to start anew"
            )


def epochs_done(path: Path) -> list[Epoch]:
    """The epochs of the training whose state is kept at `path`; none where there is no such file.

    Raises:
        ValueError: the file is not the state of a training.
    """
    return _epochs(_load(path)[1]) if path.is_file() else []


def _load(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
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


def _random(device: torch.device) -> Any:
    """The module that keeps the random numbers of a device."""
    return torch if device.type == "cpu" else torch.get_device_module(device)


def _difference(got: Any, wanted: Any) -> str:
    """In words; of dictionaries, only the entries that differ."""
    if not (isinstance(got, dict) and isinstance(wanted, dict)):
        return f"{got}, not {wanted}"
    keys = [key for key in {**got, **wanted} if got.get(key) != wanted.get(key)]
    return ", ".join(f"{key} {got.get(key)}, not {wanted.get(key)}" for key in keys)

"""Weights on disk: a safetensors file, and beside it the record of their training."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors import torch as safetensors

from lenet.files import store
from lenet.network.model import Architecture, LeNet


def save(network: LeNet, record: dict[str, Any], path: Path) -> None:
    """Write a network and its record, each file whole or not at all.

    Args:
        network: folded, that is without batch normalisation.
        record: what `json.dumps` can write.
        path: of the weights, `….safetensors`, in whose header the architecture stands; the record goes to
            `….json` beside it.

    Raises:
        OSError: as for `files.store`.
    """
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    weights = {name: value.contiguous() for name, value in network.state_dict().items()}
    header = {"architecture": json.dumps(dataclasses.asdict(network.architecture))}
    store(path, safetensors.save(weights, header))
    store(path.with_suffix(".json"), text.encode())


def load(path: Path) -> LeNet:
    """Read a network, in evaluation mode, on the CPU.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is not a safetensors file with the weights of a LeNet, or one is not finite.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such weights; run `python train.py` to make them")
    try:
        network = LeNet(_architecture(path))
        network.load_state_dict(safetensors.load_file(path))
        for name, values in network.state_dict().items():
            if not values.isfinite().all():
                raise ValueError(f"{name} has numbers that are not finite")
    except (SafetensorError, RuntimeError, ValueError, TypeError) as error:  # RecursionError among them
        what, *_ = str(error).splitlines()  # torch goes on with a list of all that is missing
        raise ValueError(
            f"{path}: wanted the weights of a LeNet, got something else ({what}); "
            "run `python train.py` to make them"
        ) from error
    return network.eval()


def _architecture(path: Path) -> Architecture:
    """The architecture that the header names; the shipped one where it names none."""
    with safe_open(path, framework="pt") as file:
        header = file.metadata() or {}
    settings = json.loads(header.get("architecture", "{}"))
    if not isinstance(settings, dict):
        raise ValueError(f"architecture: wanted an object, got {type(settings).__name__}")
    if "rim" in settings:  # its name in weights of version 0.1.0
        settings["border"] = settings.pop("rim")
    settings.setdefault("signs", False)  # which weights up to version 0.2.0 do not know
    return Architecture(**settings)

"""Weights on disk: a safetensors file, and beside it the record of how they came about."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from lenet.model import LeNet
from lenet.teacher import Teacher


def shipped_weights() -> Path:
    """Path of the weights that come with the project, in a checkout or installed."""
    here = Path(__file__).parent
    installed, checkout = here / "weights", here.parent / "weights"
    return (installed if installed.is_dir() else checkout) / "lenet5.safetensors"


def save(network: LeNet | Teacher, record: dict[str, Any], path: Path) -> None:
    """Write a network and its record, each file whole or not at all.

    Args:
        network: a LeNet folded, that is without batch normalisation, or a teacher.
        record: what `json.dumps` can write.
        path: of the weights, `….safetensors`; the record goes to `….json` beside it.
    """
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        save_file({name: value.contiguous() for name, value in network.state_dict().items()}, temporary)
    with replacing(path.with_suffix(".json")) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file beside `path` that takes its place at the end, or vanishes on an error."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(descriptor)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def load(path: Path) -> LeNet:
    """Read a network, in evaluation mode, on the CPU.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no safetensors file, or not one of this network.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such weights; run `python train.py` to make them")
    return _loaded(LeNet(), "LeNet-5", path)


def load_teacher(path: Path) -> Teacher:
    """Read a teacher, as `load` reads a network."""
    return _loaded(Teacher(), "teacher", path)


_Network = TypeVar("_Network", LeNet, Teacher)


def _loaded(network: _Network, name: str, path: Path) -> _Network:
    try:
        network.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError) as error:
        raise ValueError(
            f"{path}: wanted the weights of a {name}, got something else ({error}); "
            "run `python train.py` to make them"
        ) from error
    return network.eval()


def load_record(path: Path) -> dict[str, Any]:
    """Read the record beside the weights at `path`.

    Raises:
        FileNotFoundError: there is none.
    """
    beside = path.with_suffix(".json")
    if not beside.is_file():
        raise FileNotFoundError(
            f"{beside}: no such record; it is written with the weights, put it beside them"
        )
    return json.loads(beside.read_text(encoding="utf-8"))

"""The device of a training, and its processes where there are several.

`torchrun train.py` starts several processes, on one machine or more. Each draws the same batches from the
same random numbers and learns from its share of each; the gradients are averaged (data parallelism). So
the weights are the same in all processes after every step, and near those of a single process.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor
from torch import distributed as dist


def choose_device(name: str | None = None) -> torch.device:
    """The accelerator of this machine (CUDA, MPS), or the CPU where there is none.

    Args:
        name: "cpu", "cuda" or "mps", to choose otherwise.

    Raises:
        ValueError: this machine has no such device.
    """
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    found = accelerator.type if accelerator is not None else "cpu"
    if name not in (None, found, "cpu"):
        had = " or ".join(sorted({found, "cpu"}))
        raise ValueError(f"device: wanted {had}, which this machine has, got {name}; choose that")
    kind = name or found
    return torch.device(kind, int(os.environ.get("LOCAL_RANK", 0))) if kind == "cuda" else torch.device(kind)


@contextmanager
def process_group(device: torch.device) -> Iterator[None]:
    """Join the other processes of `torchrun`, where it started this one."""
    if not dist.is_torchelastic_launched():
        yield
        return
    if device.type == "cuda":
        dist.init_process_group("nccl", device_id=device)
    else:
        dist.init_process_group("gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def world_size() -> int:
    """Number of processes that learn together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """Number of this process, from 0."""
    return dist.get_rank() if dist.is_initialized() else 0


def is_main_process() -> bool:
    """Whether this process is the one that prints and saves."""
    return rank() == 0


@contextmanager
def main_process_first() -> Iterator[None]:
    """Let the main process run the body before the others, which then find what it downloaded."""
    if not is_main_process():
        dist.barrier()
    try:
        yield
    finally:  # the others must not wait for a main process that failed
        if is_main_process() and world_size() > 1:
            dist.barrier()


def average(tensors: Iterable[Tensor]) -> None:
    """Replace each tensor, of a floating-point type, by its mean over all processes, in place."""
    tensors = list(tensors)
    if world_size() == 1 or not tensors:
        return
    together = torch.cat([tensor.flatten() for tensor in tensors])  # one message for all is quicker
    dist.all_reduce(together)
    means = torch.split(together / world_size(), [tensor.numel() for tensor in tensors])
    for tensor, mean in zip(tensors, means, strict=True):
        tensor.copy_(mean.view_as(tensor))


def broadcast(flag: bool, device: torch.device) -> bool:
    """The main process's flag, for all: others may differ where machines round differently."""
    if world_size() == 1:
        return flag
    shared = torch.tensor(float(flag), device=device)
    dist.broadcast(shared, src=0)
    return bool(shared)


def is_on_every_machine(path: Path, device: torch.device) -> bool:
    """Whether a file is there that all processes must find, or none.

    Raises:
        ValueError: it is on the machine of the main process and not on this one, or vice versa.
    """
    is_there = path.is_file()
    if broadcast(is_there, device) != is_there:
        raise ValueError(
            f"{path}: wanted it on all machines or on none, got it on some; use a folder that they share"
        )
    return is_there

"""Where a training runs: on which device, and in how many processes.

`torchrun train.py` starts several processes, on one machine or more. Each makes the same batches
with the same random numbers and learns from its share of each; their gradients are averaged. So
the weights are the same in all of them after every step, and near those of a single process.
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
def processes(device: torch.device) -> Iterator[None]:
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


def size() -> int:
    """How many processes learn together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """Which of them this one is, from 0; the first prints and saves."""
    return dist.get_rank() if dist.is_initialized() else 0


@contextmanager
def first_alone() -> Iterator[None]:
    """Let the first process run what is inside before the others, which then find what it downloaded."""
    if rank() > 0:
        dist.barrier()
    yield
    if rank() == 0 and size() > 1:
        dist.barrier()


def average(tensors: Iterable[Tensor]) -> None:
    """Replace each tensor, of a floating-point type, by its mean over all processes, in place."""
    tensors = list(tensors)
    if size() == 1 or not tensors:
        return
    together = torch.cat([tensor.flatten() for tensor in tensors])  # one message for all is quicker
    dist.all_reduce(together)
    means = torch.split(together / size(), [tensor.numel() for tensor in tensors])
    for tensor, mean in zip(tensors, means, strict=True):
        tensor.copy_(mean.view_as(tensor))


def is_everywhere(path: Path, device: torch.device) -> bool:
    """Whether a file is there that all processes must find, or none.

    Raises:
        ValueError: it is on the first machine and not on this one, or the other way round.
    """
    is_there = path.is_file()
    if agree(is_there, device) != is_there:
        raise ValueError(
            f"{path}: wanted it on all machines or on none, got it on some; use a folder that they share"
        )
    return is_there


def agree(answer: bool, device: torch.device) -> bool:
    """The answer of the first process; others may come to another where machines round differently."""
    if size() == 1:
        return answer
    flag = torch.tensor(float(answer), device=device)
    dist.broadcast(flag, src=0)
    return bool(flag)

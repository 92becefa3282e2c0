"""Examples made in chunks of a fixed size, so that they do not depend on the number of processes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import TypeVar

import numpy as np

from lenet.ink.preprocessing import SIDE

CHUNK_SIZE = 500
"""Number of images per call of a pool; another size gives other examples for the same seed."""

LabelledImages = list[tuple[np.ndarray, int]]
"""Images, float32 (28, 28) in [0, 1], each with its label."""

Chunk = TypeVar("Chunk")
Make = Callable[[np.ndarray, np.ndarray, np.random.Generator], Chunk]
"""From N images and labels at least N examples; a function of a module, or other processes cannot find it."""


def make_chunks(
    images: np.ndarray, labels: np.ndarray, make: Make[Chunk], count: int, seed: int, pool: Executor
) -> list[Chunk]:
    """Make examples of random images in as many chunks as at least `count` examples need.

    Args:
        images: uint8 (N, 28, 28), 255 = ink, in MNIST's form.
        labels: int64 (N,).
        make: makes a chunk.
        count: number of examples.
        seed: of the randomness.
        pool: makes the chunks.
    """
    random = np.random.default_rng(seed)
    chosen = [random.integers(len(images), size=CHUNK_SIZE) for _ in range(0, count, CHUNK_SIZE)]
    arrays = ([array[index] for index in chosen] for array in (images, labels))
    return list(pool.map(make, *arrays, random.spawn(len(chosen))))


def make_images(
    images: np.ndarray, labels: np.ndarray, make: Make[LabelledImages], count: int, seed: int, pool: Executor
) -> tuple[np.ndarray, np.ndarray]:
    """Make images of random others; arguments as for `make_chunks`.

    Returns:
        uint8 (count, 28, 28), 255 = ink, and int64 (count,).
    """
    nothing = (np.empty((0, SIDE, SIDE), np.uint8), np.empty(0, np.int64))
    chunks = make_chunks(images, labels, partial(_stack, make), count, seed, pool)
    made, answers = (np.concatenate(arrays)[:count] for arrays in zip(nothing, *chunks, strict=True))
    return made, answers


def _stack(
    make: Make[LabelledImages], images: np.ndarray, labels: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Make a chunk as arrays: uint8 (M, 28, 28) and int64 (M,)."""
    made, answers = zip(*make(images, labels, random), strict=True)
    return np.round(np.stack(made) * 255).astype(np.uint8), np.array(answers, np.int64)

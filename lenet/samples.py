"""What the network is shown while it learns: images of MNIST, and drawings in MNIST's form.

A drawing is drawn several times over, each time with another pen and a little
distorted, before it goes through `to_mnist`: every variant is what the page would
make of somebody's pen strokes.
"""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import torch
from torch import Tensor

from lenet.augmentation import warp_strokes
from lenet.preprocessing import SIDE, to_mnist
from lenet.strokes import PEN, draw

PENS = (1.5, 4.0)
"""Breadth of the pens for distorted drawings, in pixels of MNIST: 4 to 97 % of its digits."""


@dataclass(frozen=True)
class Samples:
    """Labelled images in MNIST's form, of which several may show the same sample.

    Attributes:
        images: uint8 (M, 28, 28), 255 = ink.
        first: int64 (N,), index of each sample's first image.
        variants: int64 (N,), how many images a sample has, one after the other.
        labels: int64 (N,), 0 to 9 or `NO_DIGIT`.
    """

    images: Tensor
    first: Tensor
    variants: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def plain(self) -> Tensor:
        """The first image of each sample, not distorted: float32 (N, 28, 28) in [0, 1]."""
        return self.images[self.first].float() / 255

    def subset(self, chosen: np.ndarray) -> Samples:
        """The samples where `chosen`, bool (N,), is true; the images are shared."""
        mask = torch.from_numpy(chosen)
        return Samples(self.images, self.first[mask], self.variants[mask], self.labels[mask])

    def to(self, device: torch.device) -> Samples:
        """The same samples on a device."""
        return Samples(*(getattr(self, field.name).to(device) for field in dataclasses.fields(self)))

    def pick(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """A random image of each sample of `index` (B,): float32 (B, 28, 28) in [0, 1].

        `index` and `generator` are on the device of the samples.
        """
        variants = self.variants[index]
        chosen = (torch.rand(len(index), generator=generator, device=index.device) * variants).long()
        return self.images[self.first[index] + chosen].float() / 255


def of_images(images: np.ndarray, labels: np.ndarray) -> Samples:
    """Samples of one image each, from uint8 (N, 28, 28) and labels (N,)."""
    return _of_variants(images[:, None], labels)


def of_groups(images: np.ndarray, labels: np.ndarray, size: int) -> Samples:
    """Samples of `size` images each, of which one is shown an epoch, from uint8 (N, 28, 28) and labels (N,).

    What is left over of a label is left out.
    """
    chosen = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    groups = np.concatenate([rows[: len(rows) // size * size].reshape(-1, size) for rows in chosen])
    return _of_variants(images[groups], labels[groups[:, 0]])


def of_drawings(
    strokes: Sequence[list[np.ndarray]], labels: np.ndarray, variants: int, lost: float, seed: int
) -> Samples:
    """Samples of 1 + `variants` images each: the drawing itself, then distorted copies.

    Args:
        strokes: N drawings.
        labels: int64 (N,).
        variants: how many copies.
        lost: share of the copies whose last stroke is lost, where there are several.
        seed: of the randomness.
    """
    paint = partial(_painted, variants=variants, lost=lost, seed=seed)
    with processes() as pool:
        images = list(pool.map(paint, enumerate(strokes), chunksize=64))
    return _of_variants(np.stack(images) if images else np.empty((0, 1, SIDE, SIDE), np.uint8), labels)


def processes() -> ProcessPoolExecutor:
    """As many processes as there are cores, in each of which OpenCV has one thread."""
    # Forked, a process would inherit the locks of OpenCV's and torch's threads, but not the threads.
    fresh = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(os.cpu_count(), fresh, cv2.setNumThreads, (1,))


def concatenate(parts: Sequence[Samples]) -> Samples:
    """All samples of all parts."""
    offsets = np.cumsum([0] + [len(part.images) for part in parts])
    return Samples(
        images=torch.cat([part.images for part in parts]),
        first=torch.cat([part.first + int(offset) for part, offset in zip(parts, offsets, strict=False)]),
        variants=torch.cat([part.variants for part in parts]),
        labels=torch.cat([part.labels for part in parts]),
    )


def _of_variants(images: np.ndarray, labels: np.ndarray) -> Samples:
    """From uint8 (N, V, 28, 28) and labels (N,)."""
    count, variants = images.shape[:2]
    return Samples(
        images=torch.from_numpy(np.ascontiguousarray(images)).flatten(0, 1),
        first=torch.arange(count) * variants,
        variants=torch.full((count,), variants),
        labels=torch.from_numpy(labels.astype(np.int64)),
    )


def _painted(numbered: tuple[int, list[np.ndarray]], variants: int, lost: float, seed: int) -> np.ndarray:
    """One drawing as uint8 (1 + variants, 28, 28); the same for the same number and seed."""
    number, strokes = numbered
    random = np.random.default_rng((seed, number))
    images = [drawing_form(strokes)]
    for _ in range(variants):
        images.append(drawing_form(warp_strokes(strokes, lost, random), pen=random.uniform(*PENS)))
    return np.round(np.stack(images) * 255).astype(np.uint8)


def drawing_form(strokes: Sequence[np.ndarray], pen: float = PEN) -> np.ndarray:
    """A drawing in MNIST's form: float32 (28, 28) in [0, 1].

    Raises:
        ValueError: there are no points.
    """
    image = to_mnist(draw(strokes, pen))
    if image is None:
        raise ValueError("strokes: wanted a drawing, got one without points; leave it out")
    return image

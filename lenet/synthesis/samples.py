"""Samples: labelled images as tensors, of which several may show the same example."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from lenet.ink.preprocessing import SIDE
from lenet.synthesis.drawings import Drawing, render_copies
from lenet.synthesis.interpolation import interpolate


@dataclass(frozen=True)
class Samples:
    """Labelled images in MNIST's form, of which several may show the same sample.

    Attributes:
        images: uint8 (M, 28, 28), 255 = ink.
        first: int64 (N,), index of each sample's first image.
        variants: int64 (N,), number of images of a sample, one after the other.
        labels: int64 (N,), 0 to 9 or `NO_DIGIT`.
    """

    images: Tensor
    first: Tensor
    variants: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def plain(self) -> Tensor:
        """The first image of each sample, not distorted: float32 (N, 28, 28) in [0, 1], 1 = ink."""
        return self.images[self.first].float() / 255

    def subset(self, chosen: np.ndarray) -> Samples:
        """The samples where `chosen`, bool (N,), is true; the images are shared."""
        mask = torch.from_numpy(chosen)
        return Samples(self.images, self.first[mask], self.variants[mask], self.labels[mask])

    def to(self, device: torch.device) -> Samples:
        """The same samples on a device."""
        return Samples(*(getattr(self, field.name).to(device) for field in dataclasses.fields(self)))

    def pick(self, index: Tensor, generator: torch.Generator) -> Tensor:
        """A random image of each sample of `index` (B,): float32 (B, 28, 28) in [0, 1], 1 = ink.

        `index` and `generator` are on the device of the samples.
        """
        variants = self.variants[index]
        chosen = (torch.rand(len(index), generator=generator, device=index.device) * variants).long()
        return self.images[self.first[index] + chosen].float() / 255


def of_images(images: np.ndarray, labels: np.ndarray) -> Samples:
    """Make samples of one image each, from uint8 (N, 28, 28) and labels (N,)."""
    return _of_variants(images[:, None], labels)


def of_groups(images: np.ndarray, labels: np.ndarray, size: int) -> Samples:
    """Make samples of `size` images each of the same label, of which an epoch shows one.

    Args:
        images: uint8 (N, 28, 28).
        labels: (N,).
        size: number of images of a sample; what is left over of a label is dropped.
    """
    chosen = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    full = [index[: len(index) // size * size].reshape(-1, size) for index in chosen]
    groups = np.concatenate([np.empty((0, size), int), *full])
    return _of_variants(images[groups], labels[groups[:, 0]])


class SharedImages(NamedTuple):
    """Images that several samples draw from.

    Attributes:
        images: uint8 (V, 28, 28).
        label: of all of them.
        samples: number of samples.
    """

    images: np.ndarray
    label: int
    samples: int


def of_shared_images(groups: Sequence[SharedImages]) -> Samples:
    """Make the samples of each group, which draw from the same images."""
    first = np.cumsum([0] + [len(group.images) for group in groups])[:-1]
    columns = [(start, len(group.images), group.label) for start, group in zip(first, groups, strict=True)]
    counts = [group.samples for group in groups]
    repeated = np.repeat(np.array(columns, np.int64).reshape(-1, 3), counts, axis=0)
    empty = np.empty((0, SIDE, SIDE), np.uint8)
    images = np.concatenate([empty, *(group.images for group in groups)])
    return Samples(torch.from_numpy(images), *torch.from_numpy(repeated.T.copy()))


def of_drawings(
    strokes: Sequence[Drawing],
    labels: np.ndarray,
    variants: int,
    lost: float,
    seed: int,
    pool: Executor,
    interpolated: float = 0.0,
) -> Samples:
    """Make samples of 1 + `variants` images each: the drawing itself, then warped copies.

    Args:
        strokes: N drawings.
        labels: int64 (N,).
        variants: number of copies.
        lost: probability with which a copy loses the last of several strokes.
        seed: of the randomness.
        pool: renders them.
        interpolated: share of the copies that are interpolated with another drawing; see `interpolation`.
    """
    copies = interpolate(strokes, labels, variants, interpolated, np.random.default_rng(seed))
    seeds = [(seed, number) for number in range(len(strokes))]
    render = partial(render_copies, lost=lost)
    images = list(pool.map(render, strokes, copies, seeds, chunksize=64))
    return _of_variants(np.stack(images) if images else np.empty((0, 1, SIDE, SIDE), np.uint8), labels)


def concatenate(parts: Sequence[Samples]) -> Samples:
    """Make all samples of all parts one."""
    offsets = np.cumsum([0] + [len(part.images) for part in parts])
    return Samples(
        images=torch.cat([part.images for part in parts]),
        first=torch.cat([part.first + int(offset) for part, offset in zip(parts, offsets, strict=False)]),
        variants=torch.cat([part.variants for part in parts]),
        labels=torch.cat([part.labels for part in parts]),
    )


def _of_variants(images: np.ndarray, labels: np.ndarray) -> Samples:
    """Make samples of V images each, from uint8 (N, V, 28, 28) and labels (N,)."""
    count, variants = images.shape[:2]
    return Samples(
        images=torch.from_numpy(np.ascontiguousarray(images)).flatten(0, 1),
        first=torch.arange(count) * variants,
        variants=torch.full((count,), variants),
        labels=torch.from_numpy(labels.astype(np.int64)),
    )

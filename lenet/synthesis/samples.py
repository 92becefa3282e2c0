"""What the network is shown while it learns: images of MNIST, and drawings in MNIST's form.

A drawing is drawn several times over, each time with another pen and a little
distorted, before it goes through `to_mnist`: every variant is what the page would
make of somebody's pen strokes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import cv2
import numpy as np
import torch
from torch import Tensor

from lenet.ink.preprocessing import SIDE, ink_box, thickened, to_mnist
from lenet.ink.strokes import PEN, draw
from lenet.synthesis.augmentation import cut_off, lined, roughened, warp_strokes
from lenet.synthesis.interpolation import blends

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
    full = [rows[: len(rows) // size * size].reshape(-1, size) for rows in chosen]
    groups = np.concatenate([np.empty((0, size), int), *full])
    return _of_variants(images[groups], labels[groups[:, 0]])


def of_lots(lots: Sequence[tuple[np.ndarray, int, int]]) -> Samples:
    """Samples that draw from the same images: of each lot uint8 (V, 28, 28), label, and how many samples."""
    first = np.cumsum([0] + [len(images) for images, _, _ in lots])[:-1]
    columns = [(start, len(images), label) for start, (images, label, _) in zip(first, lots, strict=True)]
    rows = np.repeat(np.array(columns, np.int64).reshape(-1, 3), [count for *_, count in lots], axis=0)
    empty = np.empty((0, SIDE, SIDE), np.uint8)
    images = np.concatenate([empty, *(images for images, _, _ in lots)])
    return Samples(torch.from_numpy(images), *torch.from_numpy(rows.T.copy()))


def of_drawings(
    strokes: Sequence[list[np.ndarray]],
    labels: np.ndarray,
    variants: int,
    lost: float,
    seed: int,
    pool: Executor,
    blended: float = 0.0,
) -> Samples:
    """Samples of 1 + `variants` images each: the drawing itself, then distorted copies.

    Args:
        strokes: N drawings.
        labels: int64 (N,).
        variants: how many copies.
        lost: share of the copies whose last stroke is lost, where there are several.
        seed: of the randomness.
        pool: makes them, several at a time.
        blended: share of the copies that are blends with another drawing; see `interpolation.blends`.
    """
    copies = blends(strokes, labels, variants, blended, np.random.default_rng(seed))
    paint = partial(_painted, lost=lost, seed=seed)
    images = list(pool.map(paint, enumerate(zip(strokes, copies, strict=True)), chunksize=64))
    return _of_variants(np.stack(images) if images else np.empty((0, 1, SIDE, SIDE), np.uint8), labels)


CHUNK = 500
"""How many things are made at a time."""

Labelled = list[tuple[np.ndarray, int]]
"""Images, float32 (28, 28) in [0, 1], each with its label."""

Make = Callable[[np.ndarray, np.ndarray, np.random.Generator], Labelled]
"""From images and labels, as for `made_of`, at least `CHUNK` new ones."""


def made_of(
    images: np.ndarray, labels: np.ndarray, make: Make, count: int, seed: int, pool: Executor
) -> tuple[np.ndarray, np.ndarray]:
    """Make images of random others, several chunks at a time.

    Args:
        images: uint8 (N, 28, 28), 255 = ink, in the form of MNIST.
        labels: int64 (N,), 0 to 9.
        make: how; a function of a module, for other processes must find it.
        count: how many.
        seed: of the randomness.
        pool: makes them, several chunks at a time.

    Returns:
        uint8 (count, 28, 28) and int64 (count,).
    """
    chunks = in_chunks(images, labels, partial(_chunk, make), count, seed, pool)
    made, answers = (np.concatenate(arrays)[:count] for arrays in zip(_NOTHING_MADE, *chunks, strict=True))
    return made, answers


_NOTHING_MADE = (np.empty((0, SIDE, SIDE), np.uint8), np.empty(0, np.int64))


def _chunk(
    make: Make, images: np.ndarray, labels: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Some of the images that `made_of` makes, uint8 (M, 28, 28), and their labels."""
    made, answers = zip(*make(images, labels, random), strict=True)
    return np.round(np.stack(made) * 255).astype(np.uint8), np.array(answers, np.int64)


Chunk = TypeVar("Chunk")


def in_chunks(
    images: np.ndarray,
    labels: np.ndarray,
    make: Callable[[np.ndarray, np.ndarray, np.random.Generator], Chunk],
    count: int,
    seed: int,
    pool: Executor,
) -> list[Chunk]:
    """Make things of random images and their labels, `CHUNK` of them or more a call.

    Arguments as for `made_of`; there are as many chunks as at least `count` things need.
    """
    random = np.random.default_rng(seed)
    rows = [random.integers(len(images), size=CHUNK) for _ in range(0, count, CHUNK)]
    of = ([array[row] for row in rows] for array in (images, labels))
    return list(pool.map(make, *of, random.spawn(len(rows))))


_LINED = 0.2
"""Share of the rough digits with a rest of a ruled line on them."""

_AT_RIM = 0.3
"""Share of the rough digits of which the picture's rim cuts a bit off."""


def rough(
    images: np.ndarray, labels: np.ndarray, count: int, seed: int, pool: Executor
) -> tuple[np.ndarray, np.ndarray]:
    """Random digits as photos give them back; arguments and result as for `made_of`."""
    return made_of(images, labels, _rough_share, count, seed, pool)


def _rough_share(images: np.ndarray, labels: np.ndarray, random: np.random.Generator) -> Labelled:
    """As `rough`, for a share of the digits."""
    found: Labelled = []
    for image, label in zip(images, labels, strict=True):
        digit = np.pad(enlarged(image, random), LARGE)
        seen = roughened(lined(digit, random) if random.random() < _LINED else digit, random)
        if random.random() < _AT_RIM:
            seen = cut_off(seen, random)
        form = to_mnist(thickened(seen))
        assert form is not None  # something is always left
        found.append((form, int(label)))
    return found


LARGE = 3
"""How many times as large as in MNIST digits are on a photo, about."""


def enlarged(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The digit of an image, uint8 (28, 28), in its box as a photo has it: larger, sharp; float32 (h, w)."""
    box = ink_box(image)
    if box is None:
        raise without_ink()
    left, top, width, height = box
    digit = np.pad(image[top : top + height, left : left + width].astype(np.float32) / 255, 1)
    scale = LARGE * random.uniform(0.88, 1.12)
    large = cv2.resize(digit, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.clip(3 * large - 1, 0, 1)


def without_ink() -> ValueError:
    """The error for an image of a digit that shows nothing."""
    return ValueError("images: wanted digits, got one without ink; leave it out")


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


_Drawing = list[np.ndarray]


def _painted(numbered: tuple[int, tuple[_Drawing, list[_Drawing]]], lost: float, seed: int) -> np.ndarray:
    """A drawing and distorted copies, uint8 (1 + copies, 28, 28); the same for the same number and seed."""
    number, (drawing, copies) = numbered
    random = np.random.default_rng((seed, number))
    images = [drawing_form(drawing)]
    for copy in copies:
        images.append(drawing_form(warp_strokes(copy, lost, random), pen=random.uniform(*PENS)))
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

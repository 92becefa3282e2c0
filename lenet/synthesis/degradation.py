"""Digits as photos reproduce them: coarse, blurred, uneven, noisy, with residues of ruled lines, cut off.

The ranges of the random amounts were set by hand; only their joint effect was measured (docs/experiments.md).
"""

from __future__ import annotations

from concurrent.futures import Executor

import cv2
import numpy as np

from lenet.ink.blobs import blobs
from lenet.ink.preprocessing import ink_box, thickened, to_mnist
from lenet.synthesis.chunks import LabelledImages, make_images

PHOTO_SCALE = 3
"""Size of a digit on a photo as a multiple of its size in MNIST: about 60 pixels for 20."""

_WITH_LINE = 0.2
"""Share of the degraded digits with a residue of a ruled line."""

_CROPPED = 0.3
"""Share of the degraded digits that the border of the image crops."""


def degraded_digits(
    images: np.ndarray, labels: np.ndarray, count: int, seed: int, pool: Executor
) -> tuple[np.ndarray, np.ndarray]:
    """Degrade random digits; arguments and result as for `chunks.make_images`."""
    return make_images(images, labels, _degrade_each, count, seed, pool)


def _degrade_each(images: np.ndarray, labels: np.ndarray, random: np.random.Generator) -> LabelledImages:
    found: LabelledImages = []
    for image, label in zip(images, labels, strict=True):
        digit = np.pad(upscale(image, random), PHOTO_SCALE)
        ink = degrade(add_ruled_line(digit, random) if random.random() < _WITH_LINE else digit, random)
        if random.random() < _CROPPED:
            ink = crop_side(ink, random)
        form = to_mnist(thickened(ink))
        assert form is not None  # neither degrading nor cropping removes all ink
        found.append((form, int(label)))
    return found


def upscale(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Enlarge a digit to about its size on a photo, with sharp edges.

    Args:
        image: uint8 (28, 28), 255 = ink.
        random: source of randomness, for the size.

    Returns:
        float32 (height, width) in [0, 1]: the box of the ink, PHOTO_SCALE times as large ± 12 %.

    Raises:
        ValueError: the image has no ink.
    """
    box = ink_box(image)
    if box is None:
        raise without_ink()
    left, top, width, height = box
    digit = np.pad(image[top : top + height, left : left + width].astype(np.float32) / 255, 1)
    scale = PHOTO_SCALE * random.uniform(0.88, 1.12)
    large = cv2.resize(digit, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.clip(3 * large - 1, 0, 1)


def without_ink() -> ValueError:
    """Make the error for an image of a digit that has no ink."""
    return ValueError("images: wanted digits, got one without ink; leave it out")


def degrade(ink: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Degrade ink as a photo and its threshold do: resolution, blur, uneven strokes, noise.

    Args:
        ink: float32 (height, width) in [0, 1], 1 = ink; a digit about 60 pixels high looks as if it had been
            photographed at 18 to 60.
        random: source of randomness.

    Returns:
        A new array like `ink`; thin strokes may be broken.
    """
    height, width = ink.shape
    resolution = random.uniform(0.3, 1)
    small: np.ndarray = cv2.resize(ink, None, fx=resolution, fy=resolution, interpolation=cv2.INTER_AREA)
    blurred = _blurred(small, random.uniform(0.35, 1.2))
    patches = _blurred(random.standard_normal(small.shape), random.uniform(1, 4))
    uneven = blurred * np.clip(1 - random.uniform(0, 0.3) * np.abs(patches) / patches.std(), 0.2, 1)
    noisy = uneven + random.normal(0, random.uniform(0, 0.1), small.shape)
    photo = cv2.resize(noisy, (width, height), interpolation=cv2.INTER_LINEAR)
    threshold = random.uniform(0.25, 0.5) * photo.max()
    graded = np.clip((photo - threshold) * random.uniform(2.5, 8) + 0.3, 0, 1)
    return np.where(_large_blobs(photo >= threshold), graded, 0).astype(np.float32)


def _blurred(image: np.ndarray, deviation: float) -> np.ndarray:
    return cv2.GaussianBlur(image.astype(np.float32), (0, 0), deviation)


def _large_blobs(mask: np.ndarray) -> np.ndarray:
    """Keep the connected components of a mask, bool (h, w), with at least 2 % of it; others are specks."""
    labels, stats = blobs(mask.view(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] >= 0.02 * mask.sum()
    large[0] = False  # the paper
    return large[labels]


def add_ruled_line(ink: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw a piece of a thin level line across the foot of a digit or, in a quarter of the cases, its head.

    It stands for a ruled line that was taken for a stroke.

    Args:
        ink: float32 (height, width) in [0, 1], 1 = ink; a digit about 60 pixels high.
        random: source of randomness.

    Returns:
        A new array with a margin, in which the line may go on beside the digit.
    """
    height, width = ink.shape
    margin = round(0.3 * max(height, width))
    canvas = np.pad(ink, margin)
    at_foot = random.random() < 0.75
    y = margin + height * (random.uniform(0.75, 0.97) if at_foot else random.uniform(0.02, 0.15))
    slope = random.normal(0, 0.03) * width
    left, right = sorted(random.uniform(0, canvas.shape[1], 2))
    ends = np.array([[left, y - slope], [right, y + slope]]).round().astype(np.int32)
    line = np.zeros_like(canvas)
    cv2.polylines(line, [ends], False, random.uniform(0.6, 1), int(random.integers(1, 5)))
    return np.maximum(canvas, line)


def crop_side(ink: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Crop up to three tenths of an array at a random side, as the border of an image crops a digit.

    Args:
        ink: (height, width).
        random: source of randomness.

    Returns:
        A view of the rest.
    """
    quarters = int(random.integers(4))
    turned = np.rot90(ink, quarters)
    return np.rot90(turned[round(random.uniform(0, 0.3) * len(turned)) :], -quarters)

"""Ink -> MNIST form: the network's input, in training and in use.

MNIST's digits were "size normalized to fit in a 20x20 pixel box while preserving their
aspect ratio" and "centered in a 28x28 image by computing the center of mass of the pixels"
(LeCun, Cortes, Burges). Measured over all 70,000 images, the centre of mass lies at
(14.0, 14.0), counted from 0, and digits are moved by whole pixels. So `to_mnist` leaves
MNIST's own digits unchanged, bit for bit.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from lenet.errors import InputError

SIDE = 28
"""Side of an MNIST image, in pixels (LeCun, Cortes, Burges)."""

BOX = 20
"""Longer side of the digit in an MNIST image, in pixels (LeCun, Cortes, Burges)."""

CENTRE = 14
"""Row and column of the centre of mass, in pixels from 0; measured over all 70,000 images of MNIST."""

MIN_STROKE_WIDTH = 1.6
"""Stroke width, in MNIST pixels, up to which strokes are thickened: by `stroke_width` 5 % of MNIST's
training images are thinner."""

_MAX_RADIUS = 8
"""Maximum radius of a dilation, in pixels: its time grows with the fourth power of the size of the ink. Of
specks joined over half a page one took 15 ms, and a page of 1,500 specks minutes. Chosen: what is larger than
some 200 pixels and thin is reduced first."""

_INK_THRESHOLD = 0.5
"""Ink from which a pixel counts as part of a stroke when its width is measured: half of full ink."""


class Steps(NamedTuple):
    """How the ink of one digit came to MNIST form; each step follows from the one before.

    Attributes:
        found: float32 (height, width) in [0, 1], 1 = full ink, with the digit anywhere in it.
        thick: float32 in [0, 1], the same as `thickened` returns it; `found` itself where it was left alone.
        box: (left, top, width, height) of the ink in `thick`, in its pixels.
        scaled: float32, at most (20, 20), in [0, 1]: the ink in the box, its longer side 20 pixels.
        corner: (left, top) of `scaled` in the image, in pixels.
        image: float32 (28, 28) in [0, 1], in MNIST form.
    """

    found: np.ndarray
    thick: np.ndarray
    box: tuple[int, int, int, int]
    scaled: np.ndarray
    corner: tuple[int, int]
    image: np.ndarray


def checked_ink(ink: np.ndarray) -> np.ndarray:
    """Check that an array is ink.

    Returns:
        The array as float32 (height, width).

    Raises:
        InputError: it is not an array of real numbers, is not two-dimensional, or holds NaN, infinity or
            values outside [0, 1].
    """
    try:
        ink = np.asarray(ink)
    except ValueError as error:  # rows of different lengths
        raise InputError(f"ink: wanted an array (height, width), got none: {error}") from error
    if ink.ndim != 2 or ink.dtype.kind not in "buif":
        raise InputError(
            f"ink: wanted an array (height, width) of numbers, got shape {ink.shape} of {ink.dtype}; "
            "pass one grey image"
        )
    ink = ink.astype(np.float32, copy=False)
    # NaN fails every comparison, so it fails this one too.
    if ink.size and not (ink.min() >= 0 and ink.max() <= 1):
        raise InputError(
            f"ink: wanted values in [0, 1], got {ink.min()} to {ink.max()}; divide 8-bit pixels by 255"
        )
    return ink


def ink_box(ink: np.ndarray) -> tuple[int, int, int, int] | None:
    """Find the bounding box of the ink.

    Args:
        ink: float (height, width), 0 = paper, above 0 = ink.

    Returns:
        (left, top, width, height) in pixels, or None if there is no ink.
    """
    left, top, width, height = cv2.boundingRect((ink > 0).view(np.uint8))
    return (left, top, width, height) if width else None


def to_mnist(ink: np.ndarray) -> np.ndarray | None:
    """Convert the ink of one digit to MNIST form.

    Args:
        ink: float32 (height, width) in [0, 1], 1 = full ink, 0 = paper, of any size, with the digit
            anywhere in it.

    Returns:
        float32 (28, 28) in [0, 1]: the bounding box of the ink, scaled to a longer side of 20 pixels
        and moved by whole pixels so that its centre of mass lies at (14, 14), or as near as the image
        allows without cutting off ink. None if there is no ink.

    Raises:
        InputError: as for `checked_ink`.
    """
    steps = steps_to_mnist(ink)
    return steps.image if steps else None


def steps_to_mnist(ink: np.ndarray, found: np.ndarray | None = None) -> Steps | None:
    """Convert the ink of one digit to MNIST form as `to_mnist` does, and return each step.

    Args:
        ink: as for `to_mnist`.
        found: the ink before it was thickened; None where it was not.

    Returns:
        The steps, or None if there is no ink.

    Raises:
        InputError: as for `checked_ink`.
    """
    ink = checked_ink(ink)
    box = ink_box(ink)
    if box is None:
        return None
    left, top, width, height = box
    scaled = _scaled_to_box(ink[top : top + height, left : left + width])
    corner = _offset(scaled.sum(axis=0)), _offset(scaled.sum(axis=1))
    return Steps(ink if found is None else found, ink, box, scaled, corner, placed(scaled, corner))


def thickened(ink: np.ndarray) -> np.ndarray:
    """Thicken strokes that scaling to 20 pixels would leave thin and grey.

    Args:
        ink: float32 (height, width) in [0, 1] of one digit, anywhere in it.

    Returns:
        float32 in [0, 1]: the ink itself if its strokes are at least `MIN_STROKE_WIDTH` wide once scaled;
        else its bounding box, dilated, and larger on each side by the radius of the dilation; reduced where
        that radius would exceed `_MAX_RADIUS`.
    """
    box = ink_box(ink)
    if box is None:
        return ink
    left, top, width, height = box
    digit = ink[top : top + height, left : left + width]
    radius = round((MIN_STROKE_WIDTH / BOX * max(width, height) - stroke_width(digit)) / 2)
    if radius < 1:
        return ink
    if radius > _MAX_RADIUS:
        return thickened(_pooled(digit, math.ceil(radius / _MAX_RADIUS)))
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.dilate(cv2.copyMakeBorder(digit, *(radius,) * 4, cv2.BORDER_CONSTANT), brush)


def _pooled(ink: np.ndarray, factor: int) -> np.ndarray:
    """Reduce ink, float32 (h, w), to the maxima of squares of `factor` pixels, so that thin strokes stay."""
    square = np.ones((factor, factor), np.uint8)
    return cv2.dilate(ink, square, anchor=(0, 0))[::factor, ::factor]


def stroke_width(ink: np.ndarray) -> float:
    """Measure the mean stroke width of ink, float32 (height, width), in pixels."""
    mask = (ink > _INK_THRESHOLD).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    # The contour runs along both sides of a stroke, so area = width × contour length / 2.
    length = sum(cv2.arcLength(contour, True) for contour in contours)
    return 2 * float(mask.sum()) / max(length, 1)


def _scaled_to_box(ink: np.ndarray) -> np.ndarray:
    """Scale ink (h, w) to a longer side of 20 pixels, keeping its aspect ratio."""
    height, width = ink.shape
    longer = max(height, width)
    if longer == BOX:
        return ink
    size = (max(1, round(width * BOX / longer)), max(1, round(height * BOX / longer)))
    # Area averaging is right for shrinking only; for enlarging it merely repeats pixels.
    scaled = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if longer > BOX else cv2.INTER_LINEAR)
    return np.minimum(scaled, 1)  # rounding may lift the average of full ink above 1


def placed(ink: np.ndarray, corner: tuple[int, int]) -> np.ndarray:
    """Place ink on an empty image.

    Args:
        ink: float32, at most (20, 20).
        corner: (left, top) of it, in pixels.

    Returns:
        float32 (28, 28).
    """
    left, top = corner
    height, width = ink.shape
    image = np.zeros((SIDE, SIDE), np.float32)
    image[top : top + height, left : left + width] = ink
    return image


def centre_of_mass(ink: np.ndarray) -> tuple[float, float]:
    """Return the (column, row) of the centre of mass of ink, float32 (h, w), in pixels from 0."""
    return _centre(ink.sum(axis=0)), _centre(ink.sum(axis=1))


def _offset(profile: np.ndarray) -> int:
    """Return the first of the 28 rows (columns) of the box, given its ink per row (column), float (n,)."""
    return min(max(round(CENTRE - _centre(profile)), 0), SIDE - profile.size)


def _centre(profile: np.ndarray) -> float:
    """Return the centre of mass of the ink per row (column), float (n,), in pixels from 0."""
    return float(profile @ np.arange(profile.size)) / float(profile.sum())

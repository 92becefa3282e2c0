"""Ink -> the form of MNIST: what the network is fed, at work as in training.

MNIST's digits were "size normalized to fit in a 20x20 pixel box while
preserving their aspect ratio" and "centered in a 28x28 image by computing the
center of mass of the pixels" (LeCun, Cortes, Burges). Measured over all 70,000
images, that centre lies at (14.0, 14.0), counted from 0, and moves by whole
pixels; so a digit of MNIST passes through `to_mnist` unchanged, bit for bit.
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet.errors import InputError

SIDE = 28
BOX = 20
CENTRE = 14

THINNEST_PEN = 1.6
"""Breadth in pixels of MNIST below which strokes are broadened: 5 % of its digits are thinner."""


def checked_ink(ink: np.ndarray) -> np.ndarray:
    """Check that an array is ink.

    Returns:
        The array as float32.

    Raises:
        InputError: it is no array of real numbers, not two-dimensional, or holds NaN, infinity or
            values outside [0, 1].
    """
    try:
        ink = np.asarray(ink)
    except ValueError as error:  # rows of unlike length
        raise InputError(f"ink: wanted an array (height, width), got none: {error}") from error
    if ink.ndim != 2 or ink.dtype.kind not in "buif":
        raise InputError(
            f"ink: wanted an array (height, width) of numbers, got shape {ink.shape} of {ink.dtype}; "
            "pass one grey image"
        )
    ink = ink.astype(np.float32, copy=False)
    # A NaN fails every comparison, so it fails this one too.
    if ink.size and not (ink.min() >= 0 and ink.max() <= 1):
        raise InputError(
            f"ink: wanted values in [0, 1], got {ink.min()} to {ink.max()}; divide 8-bit pixels by 255"
        )
    return ink


def ink_box(ink: np.ndarray) -> tuple[int, int, int, int] | None:
    """Find the smallest box that holds all the ink.

    Args:
        ink: float (height, width), 0 = paper, above 0 = ink.

    Returns:
        (left, top, width, height) in pixels, or None where there is no ink.
    """
    left, top, width, height = cv2.boundingRect((ink > 0).view(np.uint8))
    return (left, top, width, height) if width else None


def to_mnist(ink: np.ndarray) -> np.ndarray | None:
    """Bring one digit into the form of MNIST.

    Args:
        ink: float32 (height, width) in [0, 1], 1 = full ink, 0 = paper, of any
            size, with the digit anywhere in it.

    Returns:
        float32 (28, 28) in [0, 1]: the box of the ink scaled so that its longer
        side is 20 pixels, and moved by whole pixels so that its centre of mass
        comes to (14, 14), as near as the frame allows without losing ink; None
        where there is no ink.

    Raises:
        InputError: `ink` is not two-dimensional, or holds NaN, infinity or
            values outside [0, 1].
    """
    ink = checked_ink(ink)
    box = ink_box(ink)
    if box is None:
        return None
    left, top, width, height = box
    return _centred(_fitted(ink[top : top + height, left : left + width]))


def broadened(ink: np.ndarray) -> np.ndarray:
    """Broaden the strokes of a pen so thin that shrinking to 20 px would leave it grey.

    Args:
        ink: float32 (height, width) in [0, 1] of one digit, anywhere in it.

    Returns:
        float32 in [0, 1]: the given ink where its strokes are as broad as MNIST's, else
        the box of the ink with broader strokes, larger by what they grow on each side.
    """
    box = ink_box(ink)
    if box is None:
        return ink
    left, top, width, height = box
    digit = ink[top : top + height, left : left + width]
    reach = round((THINNEST_PEN / BOX * max(width, height) - stroke_width(digit)) / 2)
    if reach < 1:
        return ink
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(cv2.copyMakeBorder(digit, reach, reach, reach, reach, cv2.BORDER_CONSTANT), brush)


def stroke_width(ink: np.ndarray) -> float:
    """Measure how broad the strokes of ink, float32 (height, width), are on the average, in pixels."""
    mask = (ink > 0.5).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    # A stroke's outline runs along it twice: its area is its breadth times half of that.
    outline = sum(cv2.arcLength(contour, True) for contour in contours)
    return 2 * float(mask.sum()) / max(outline, 1)


def _fitted(ink: np.ndarray) -> np.ndarray:
    """Scale to a longer side of 20 px, keeping the aspect; shape (h, w), max(h, w) = 20."""
    height, width = ink.shape
    longer = max(height, width)
    if longer == BOX:
        return ink
    size = (max(1, round(width * BOX / longer)), max(1, round(height * BOX / longer)))
    # Area averaging is what shrinking means; enlarging, it would only repeat pixels.
    scaled = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if longer > BOX else cv2.INTER_LINEAR)
    return np.minimum(scaled, 1)  # of full ink the average may come out a rounding error above it


def _centred(ink: np.ndarray) -> np.ndarray:
    """Place (h, w), at most 20×20, on 28×28 with its centre of mass at (14, 14)."""
    image = np.zeros((SIDE, SIDE), np.float32)
    height, width = ink.shape
    top, left = _offset(ink.sum(axis=1)), _offset(ink.sum(axis=0))
    image[top : top + height, left : left + width] = ink
    return image


def _offset(profile: np.ndarray) -> int:
    """Where an axis of the box begins on the 28 pixels, given its ink per row or column."""
    centre = float(profile @ np.arange(profile.size)) / float(profile.sum())
    return min(max(round(CENTRE - centre), 0), SIDE - profile.size)

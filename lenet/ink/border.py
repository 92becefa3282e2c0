"""What runs along the image's border: the edge of a sheet, a part of a form's frame, digits of the next line.

A digit that only reaches the border stands in a row with others of its height, and stays.

A constant called tuned was tuned on rendered pages and training photos; `benchmarks/ablation.py` measures
what it is worth.
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet.ink.blobs import blobs, keep_blobs

_ZONE = 0.18
"""Width of the border zone, as a fraction of the image's shorter side. Tuned."""

_SPAN = 0.85
"""Fraction of the image's width (height) from which a blob's position in all border zones counts. Tuned."""

_AREA = 0.9
"""Fraction of a blob's area that lies in the border zones of the sides that it touches, from which the blob
is removed. Tuned."""

# Digits that reach the upper or lower border. Tuned on made sheets with bowed rules.

_MIN_WIDTH = 0.35
"""Minimum width of such a digit, relative to its height: less may be the bar of a table."""

_ALIKE = 1.5
"""Maximum ratio of its height to that of its neighbour in the row."""

_OVERLAP = 0.7
"""Minimum height that both share, relative to the taller one's."""

_NEAR = 1.5
"""Maximum gap between both, in heights of the digit."""


def without_border(mask: np.ndarray) -> np.ndarray:
    """Remove what runs along the image's border.

    Args:
        mask: uint8 (height, width), 1 = ink.

    Returns:
        The mask without it, uint8 (height, width); the argument itself where that would be all of it or none.
    """
    labels, stats = blobs(mask)
    height, width = mask.shape
    zone = int(_ZONE * min(mask.shape))
    left, top, wide, high = stats[:, :4].T
    # A blob in a corner may reach far in from the only side that it touches: a stroke that is cut off.
    large = (wide > _SPAN * width) | (high > _SPAN * height)
    nowhere = np.zeros(len(stats), bool)
    at_rows = (top == 0) | large, nowhere, (top + high == height) | large
    at_columns = (left == 0) | large, nowhere, (left + wide == width) | large
    area_in_zones = np.zeros(len(stats))
    for rows, touches_row in zip(_zones(height, zone), at_rows, strict=True):
        for columns, touches_column in zip(_zones(width, zone), at_columns, strict=True):
            place, touches = np.s_[rows, columns], touches_row | touches_column
            if touches.any():
                inside = np.bincount(labels[place][mask[place] > 0], minlength=len(stats))
                area_in_zones += inside * touches
    is_border = area_in_zones > _AREA * np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    is_border &= ~_reaching_digits(stats, is_border, mask.shape)
    is_all_or_none = is_border[1:].all() or not is_border.any()
    return mask if is_all_or_none else keep_blobs(mask, labels, ~is_border)


def _zones(side: int, zone: int) -> tuple[slice, slice, slice]:
    """Divide a side of the image, in pixels, into border zone, middle and border zone."""
    return slice(0, zone), slice(zone, side - zone), slice(side - zone, side)


def _reaching_digits(stats: np.ndarray, is_border: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return which blobs at the border are digits that reach it, bool (1 + blobs,).

    Args:
        stats: of the blobs, int32 (1 + blobs, 5).
        is_border: which of them lie at the border, bool (1 + blobs,).
        shape: of the image.
    """
    left, top, wide, high = stats[:, :4].T
    right, bottom = left + wide, top + high
    at_one_end = (top == 0) ^ (bottom == shape[0])
    may_be = is_border & at_one_end & (left > 0) & (right < shape[1]) & (wide >= _MIN_WIDTH * high)
    inside = np.flatnonzero(~is_border[1:]) + 1
    found = np.zeros(len(stats), bool)
    for label in np.flatnonzero(may_be).tolist():
        taller = np.maximum(high[inside], high[label])
        shared = np.minimum(bottom[inside], bottom[label]) - np.maximum(top[inside], top[label])
        gaps = np.maximum(left[inside], left[label]) - np.minimum(right[inside], right[label])
        in_row = (shared >= _OVERLAP * taller) & (taller <= _ALIKE * np.minimum(high[inside], high[label]))
        found[label] = (in_row & (gaps <= _NEAR * high[label])).any()
    return found

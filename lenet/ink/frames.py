"""Thick printed frames around digits: rectangles whose ring is full and whose inside holds ink.

Thin frames are found as lines (`line_removal`). The sides of thick ones are too short for that, as long and
as thick as a written 1.

A constant called tuned was tuned on made pictures of printed boxes (`python -m benchmarks.hard_kinds`).
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet.ink.blobs import blobs

_MIN_SIDE = 16
"""Minimum shorter side of a frame, in pixels. Chosen: smaller digits are not read."""

_RECTANGULARITY = 0.93
"""Minimum area within a frame's outline, relative to its bounding rectangle, which may be rotated. Tuned; an
ellipse has π/4 = 0.79."""

_MIN_RING = 0.85
"""Minimum fraction of a frame's ring that is ink. Tuned."""

_RING_END = 0.6
"""Fraction of ink at a distance from the outline below which the ring has ended. Tuned."""

_MAX_RING = 0.2
"""Maximum width of the ring, relative to the frame's shorter side. Tuned."""

_MIN_HEIGHT = 1 / 3
"""Minimum height of the ink in a frame, relative to the frame's, for it to count as filled. Not tuned."""

_SOFT_EDGE = 2
"""Width beyond the ring that is removed, in pixels. Tuned."""


def without_frames(mask: np.ndarray) -> np.ndarray:
    """Remove frames, unless all are empty.

    Args:
        mask: uint8 (height, width), 1 = ink or print.

    Returns:
        The mask without them, uint8 (height, width); the argument itself where there are none.
    """
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    rest, is_filled = mask, False
    for outline in contours:
        if not _is_rectangle(outline):
            continue
        left, top, width, height = cv2.boundingRect(outline)
        place = np.s_[top : top + height, left : left + width]
        inside = _inside(mask[place], outline - (left, top))
        if inside is None:
            continue
        kept = mask[place] & inside
        is_filled |= _has_ink(kept)
        rest = rest.copy() if rest is mask else rest
        around = cv2.drawContours(np.ones_like(kept), [outline - (left, top)], 0, 0, cv2.FILLED)
        rest[place] &= inside | around
    return rest if is_filled else mask


def _is_rectangle(outline: np.ndarray) -> bool:
    _, sides, _ = cv2.minAreaRect(outline)
    # A contour runs through the middle of the outermost pixels.
    area = cv2.contourArea(outline)
    return min(sides) >= _MIN_SIDE and area >= _RECTANGULARITY * sides[0] * sides[1]


def _inside(mask: np.ndarray, outline: np.ndarray) -> np.ndarray | None:
    """Return what lies within a frame's ring, uint8 of the mask's shape, 1 = inside; None without a ring."""
    region = cv2.drawContours(np.zeros_like(mask), [outline], 0, 1, cv2.FILLED)
    depth = cv2.distanceTransform(np.pad(region, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    levels = np.ceil(depth[region > 0]).astype(int)  # from 1
    ink = np.bincount(levels, mask[region > 0]) / np.maximum(np.bincount(levels), 1)
    thin = np.flatnonzero(ink[1:] < _RING_END)
    if not thin.size:
        return None
    width = int(thin[0])
    if not 0 < width <= _MAX_RING * min(mask.shape) or ink[1 : width + 1].mean() < _MIN_RING:
        return None
    return (depth > width + _SOFT_EDGE).astype(np.uint8)


def _has_ink(inside: np.ndarray) -> bool:
    """Return whether something as high as a digit is left in a frame, uint8 (h, w)."""
    stats = blobs(inside)[1][1:]
    return bool(stats[:, cv2.CC_STAT_HEIGHT].max(initial=0) >= _MIN_HEIGHT * len(inside))

"""Axis-aligned boxes: the one form of a position, in pixels of an image or in the unit of strokes."""

from __future__ import annotations

from collections.abc import Sequence

Box = tuple[float, float, float, float]
"""Left, top, width, height; y grows downward."""

_MIN_WIDTH = 1e-9
"""Width, in the unit of the boxes, that replaces a width of zero in a division. Any tiny number will do."""


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that contains all of one or more boxes."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    bottom = max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top


def horizontal_overlap(one: Box, other: Box) -> float:
    """Return the length of the common x range of two boxes over the width of the narrower, in [0, 1]."""
    shared = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    return min(max(shared / max(min(one[2], other[2]), _MIN_WIDTH), 0.0), 1.0)

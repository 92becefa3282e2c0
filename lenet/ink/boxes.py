"""Boxes: the one form in which places are given, in pixels of a picture or in the unit of strokes."""

from __future__ import annotations

from collections.abc import Sequence

Box = tuple[float, float, float, float]
"""Left, top, width, height; y grows downward."""


def around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all boxes, of which there is at least one."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    bottom = max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top


def horizontal_overlap(one: Box, other: Box) -> float:
    """Return the share of the narrower box's width that lies above, below or in the other, in [0, 1]."""
    shared = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    return min(max(shared / max(min(one[2], other[2]), 1e-9), 0.0), 1.0)

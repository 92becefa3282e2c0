"""Removal of rings that a pen drew round a number, whether they touch its digits or not.

The constants are chosen, and checked on cheques, photos and MNIST: no digit of theirs is taken for a ring.
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet.ink.blobs import Found, blobs, keep_blobs, replace_blobs
from lenet.ink.preprocessing import stroke_width

_MIN_SIDE = 24
"""Minimum width and height of a ring, in pixels."""

_MAX_ASPECT = 2.2
"""Maximum ratio of its longer side to its shorter."""

_MAX_AREA = 0.5
"""Maximum area of its ink, as a fraction of its bounding box's."""

_MIN_DIAMETER = 11
"""Minimum mean diameter, in stroke widths: digits are smaller."""

_MIN_COVER = 0.85
"""Minimum fraction of the fitted ellipse that is ink; a ring may be open."""

_MIN_JOINED_DIAMETER = 18
"""The same of a ring that is joined to its digits."""

_MIN_JOINED_COVER = 0.9
"""The same of its ellipse, within half of the stroke width."""

_MIN_SOLIDITY = 0.9
"""Minimum area within its outline, relative to that of the outline's convex hull."""

_TOLERANCE = 0.05
"""Distance from the ellipse up to which ink belongs to the ring, as a fraction of its mean diameter, beyond
half of the stroke width."""

_MIN_CONTENT = 0.25
"""Minimum height of the ink inside, as a fraction of the ring's: less is a dot in a zero."""

_MAX_CENTRE_OFFSET = 0.17
"""Maximum distance of the middle of all ink inside from the ring's, as a fraction of its mean diameter."""

_MAX_OFFSET = 0.3
"""Maximum distance of the middle of ink that is joined to a ring from the ring's, as a fraction of its mean
diameter: ink beside it is the curl of a zero."""

_MIN_HULL = 5
"""Number of points that OpenCV needs to fit an ellipse."""

_MAX_DIAMETER = 1.5
"""Maximum mean diameter of the ellipse relative to the longer side of the blob: more is a bad fit."""

_POINTS = 90
"""Number of points at which an ellipse is compared with the ink."""


def without_rings(mask: np.ndarray, found: Found) -> tuple[np.ndarray, bool]:
    """Remove the rings round numbers.

    Args:
        mask: uint8 (height, width), 1 = ink.
        found: its blobs, as from `blobs.blobs`.

    Returns:
        The mask without them, uint8 (height, width), and whether there were any.
    """
    return replace_blobs(mask, found, _may_be_rings, _content)


def _may_be_rings(stats: np.ndarray) -> np.ndarray:
    """Return which blobs may be rings by their size, bool (blobs,), given OpenCV's statistics."""
    sides = stats[:, 2:4]
    may_be: np.ndarray = sides.min(axis=1) >= _MIN_SIDE
    may_be &= sides.max(axis=1) <= _MAX_ASPECT * sides.min(axis=1)
    may_be &= stats[:, cv2.CC_STAT_AREA] <= _MAX_AREA * sides.prod(axis=1)
    return may_be


def _content(blob: np.ndarray, ink: np.ndarray) -> np.ndarray | None:
    """Return the ink within a ring, or None if the blob is no ring round anything.

    Args:
        blob: uint8 (h, w), 1 = the blob.
        ink: uint8 (h, w), 1 = the ink of its bounding box.
    """
    hull = _hull(blob)
    if len(hull) < _MIN_HULL:
        return None
    centre, (width, height), angle = cv2.fitEllipse(hull)
    diameter, stroke = (width + height) / 2, stroke_width(blob)
    if not _MIN_DIAMETER * stroke <= diameter <= _MAX_DIAMETER * max(blob.shape):
        return None
    ring = (centre, (max(width - stroke, 1), max(height - stroke, 1)), angle)
    reach = max(1, round(stroke / 2 + _TOLERANCE * diameter))
    if _cover(blob, ring, reach) < _MIN_COVER:
        return None
    hole = cv2.ellipse(np.zeros_like(blob), ring, 1, cv2.FILLED)
    content = hole & ink & ~blob & 1
    is_sure = diameter >= _MIN_JOINED_DIAMETER * stroke and _solidity(blob, hull) >= _MIN_SOLIDITY
    if is_sure and _cover(blob, ring, max(1, round(stroke / 2))) >= _MIN_JOINED_COVER:
        cv2.ellipse(hole, ring, 0, 2 * reach + 1)
        content |= _joined_content(blob, hole, np.array(centre), diameter)
    left, top, length, tall = cv2.boundingRect(content)
    offset = np.hypot(left + length / 2 - centre[0], top + tall / 2 - centre[1])
    is_inside = max(length, tall) <= diameter and offset <= _MAX_CENTRE_OFFSET * diameter
    return content if is_inside and tall >= _MIN_CONTENT * diameter else None


def _hull(blob: np.ndarray) -> np.ndarray:
    """Return the convex hull of a blob, uint8 (h, w), as OpenCV's points, int32 (n, 1, 2)."""
    contours, _ = cv2.findContours(blob, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull: np.ndarray = cv2.convexHull(max(contours, key=len))
    return hull


def _cover(blob: np.ndarray, ring: cv2.typing.RotatedRect, reach: int) -> float:
    """Return the fraction of an ellipse's points that have ink of a blob, uint8 (h, w), within reach."""
    (x, y), (width, height), angle = ring
    turns = np.linspace(0, 2 * np.pi, _POINTS, endpoint=False)
    along, beside = width / 2 * np.cos(turns), height / 2 * np.sin(turns)
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    thick = cv2.dilate(np.pad(blob, reach), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    columns = np.clip(np.round(x + along * cos - beside * sin) + reach, 0, thick.shape[1] - 1).astype(int)
    rows = np.clip(np.round(y + along * sin + beside * cos) + reach, 0, thick.shape[0] - 1).astype(int)
    return float(thick[rows, columns].mean())


def _joined_content(blob: np.ndarray, hole: np.ndarray, centre: np.ndarray, diameter: float) -> np.ndarray:
    """Return the parts of a ring's own ink that are digits: large, in the middle, joined to it in one place.

    Args:
        blob: the ring, uint8 (h, w).
        hole: where it is not, within it, uint8 (h, w), 1 = hole.
        centre: column and row of its middle, float (2,).
        diameter: its mean diameter, in pixels.
    """
    inside = blob & hole
    labels, stats = blobs(inside)
    keep = stats[:, 3] >= _MIN_CONTENT * diameter
    keep[0] = False
    middle = stats[:, :2] + stats[:, 2:4] / 2
    keep &= np.hypot(*(middle - centre).T) <= _MAX_OFFSET * diameter
    for label in np.flatnonzero(keep).tolist():
        grown = cv2.dilate((labels == label).view(np.uint8), np.ones((3, 3), np.uint8))
        keep[label] = len(blobs(grown & blob & ~hole & 1)[1]) <= 2  # the paper, and one place
    return keep_blobs(inside, labels, keep)


def _solidity(blob: np.ndarray, hull: np.ndarray) -> float:
    """Return the area within the outline of a blob, uint8 (h, w), relative to that of its convex hull."""
    contours, _ = cv2.findContours(blob, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(map(cv2.contourArea, contours)) / max(cv2.contourArea(hull), 1)

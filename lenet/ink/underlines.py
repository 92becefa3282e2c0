"""Removal of lines that a pen drew under a number.

Such a line runs from the left end of a blob to its right end and stands out on both sides of the digits. The
base of 2 does not stand out on both sides.

The constants are chosen, and checked on the photos of the benchmark. The public ones also hold for the lines
that strike a number out.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from lenet.ink.blobs import Found, blobs, blobs_with_seeds, replace_blobs
from lenet.ink.preprocessing import stroke_width

MIN_HEIGHT = 10
"""Minimum height of a blob, in pixels, in which a line is searched."""

END_WIDTH = 1.8
"""Maximum width of a line's ends, in stroke widths."""

MAX_SLOPE = 0.35
"""Maximum slope of a line, in rows per column."""

MIN_COVER = 0.98
"""Minimum fraction of a line's columns that have ink."""

_BEND = 0.75
"""Maximum distance of a line's ink from the straight line between its ends, in stroke widths."""

_STANDS_OUT = 0.06
"""Minimum length by which a line stands out of the digits on each side, as a fraction of their height."""

_UNDERLINE_SEVERAL = 1.0
"""Width between the ends that stand out, relative to the height of the blob, from which a line under it is an
underline of several digits: a wide 2 has a base."""

_UNDERLINE_WIDTHS = 1
"""Minimum length by which an underline stands out, in stroke widths."""

_APART_WIDTHS = 0.6
"""The same where digits that stand on the line are apart above it. Tuned on made underlined numbers."""

_TALL = 0.5
"""Minimum height of such a digit above the line, as a fraction of the blob's. Chosen."""

MIN_STROKES = 5
"""Minimum height of a blob in which a line is searched, in stroke widths: less is a dash."""

_MERGED = 1.4
"""Width of an underline, relative to its own, from which a stroke of a digit runs into it."""

_MIN_MERGED = 0.7
"""Minimum length on which it does so, in stroke widths: less is the line's ragged edge."""

_MEETS = 2
"""Distance above an underline, in pixels, up to which a digit meets it. Chosen."""

_MIN_BOTTOM = 2.5
"""Minimum distance of the columns in which a digit meets an underline, in its widths, for the bottom of a
loop or bend that lies on it. Tuned on made underlined numbers."""

_MAX_BELOW = 0.2
"""Maximum height of the ink below an underline: a stem may cross it."""


def without_underlines(mask: np.ndarray, found: Found) -> tuple[np.ndarray, bool]:
    """Remove underlines.

    Args:
        mask: uint8 (height, width), 1 = ink.
        found: its blobs, as from `blobs.blobs`.

    Returns:
        The mask without them, uint8 (height, width); and whether there were any.
    """
    return replace_blobs(mask, found, lambda stats: stats[:, 3] >= MIN_HEIGHT, _without_underline)


def _without_underline(blob: np.ndarray, ink: np.ndarray) -> np.ndarray | None:
    """Return the ink of a blob, uint8 (h, w), without an underline; None if it has none."""
    line = _end_to_end(blob)
    if line is None or not _underlines(line, blob):
        return None
    return blobs_with_seeds(blob & ~_band(blob, line) & 1, _apart(line, blob.shape))


class _Line(NamedTuple):
    """A line from the left end of a blob to its right end.

    Attributes:
        rows: of its middle in each column, float (w,).
        width: in pixels.
        stands_out: how far, in pixels, at the end where it does so less.
        inner: width between the ends that stand out, in pixels.
    """

    rows: np.ndarray
    width: float
    stands_out: int
    inner: int


def _end_to_end(blob: np.ndarray) -> _Line | None:
    """Find a thin, nearly straight and level line that stands out at both ends of a blob, uint8 (h, w)."""
    height, width = blob.shape
    first = blob.argmax(axis=0)
    last = height - 1 - blob[::-1].argmax(axis=0)
    stroke = stroke_width(blob)
    is_free = last - first + 1 <= END_WIDTH * stroke
    free = np.flatnonzero(is_free)
    if is_free.all() or not len(free):
        return None
    inner = np.flatnonzero(~is_free)
    ends = int(inner[0]), width - 1 - int(inner[-1])
    if min(ends) < _STANDS_OUT * height or height < MIN_STROKES * stroke:
        return None
    columns = np.r_[: ends[0], width - ends[1] : width]
    middles = (first + last)[columns] / 2
    slope, start = np.polyfit(columns, middles, 1)
    rows = start + slope * np.arange(width)
    bend = _BEND * stroke
    if abs(slope) > MAX_SLOPE or np.abs(rows[columns] - middles).max() > bend:
        return None
    return _Line(rows, stroke, min(ends), width - sum(ends)) if _cover(blob, rows) >= MIN_COVER else None


def _cover(blob: np.ndarray, rows: np.ndarray) -> float:
    """Return the fraction of the columns of a blob, uint8 (h, w), that have ink at a line's rows."""
    near = np.clip(np.round(rows).astype(int), 0, len(blob) - 1)
    thick = cv2.dilate(blob, np.ones((3, 1), np.uint8))
    return float(thick[near, np.arange(blob.shape[1])].mean())


def _underlines(line: _Line, blob: np.ndarray) -> bool:
    """Return whether a line runs below several digits of a blob, uint8 (h, w); of one it may be the base."""
    height = len(blob)
    if height - line.rows.mean() - line.width / 2 > _MAX_BELOW * height:
        return False
    if line.inner >= _UNDERLINE_SEVERAL * height and line.stands_out >= _UNDERLINE_WIDTHS * line.width:
        return True
    is_long = line.stands_out >= _APART_WIDTHS * line.width
    return is_long and _stands_under_several(line, blob)


def _stands_under_several(line: _Line, blob: np.ndarray) -> bool:
    """Return whether a line joins digits of a blob, uint8 (h, w), that do not touch above it."""
    above = (blob > 0) & _apart(line, blob.shape)
    _, stats = blobs(above.view(np.uint8))
    return int(np.count_nonzero(stats[1:, cv2.CC_STAT_HEIGHT] >= _TALL * len(blob))) > 1


def _band(blob: np.ndarray, line: _Line) -> np.ndarray:
    """Return the ink of an underline, uint8 (h, w), without that of strokes that run into it."""
    distance = np.abs(np.arange(len(blob))[:, None] - line.rows)
    near = (distance <= line.width) & (blob > 0)
    wide = (near.sum(axis=0) > _MERGED * line.width)[None].view(np.uint8)
    run = np.ones((1, max(1, round(_MIN_MERGED * line.width))), np.uint8)
    is_free = (cv2.morphologyEx(wide, cv2.MORPH_OPEN, run)[0] == 0) & ~_bottoms(line, blob)
    return (near & is_free).view(np.uint8)


def _bottoms(line: _Line, blob: np.ndarray) -> np.ndarray:
    """Return the columns of an underline, bool (w,), that may be the bottom of a digit that meets it."""
    above = ((blob > 0) & _apart(line, blob.shape)).view(np.uint8)
    meets = above * (np.arange(len(blob))[:, None] >= line.rows - line.width - _MEETS)
    labels, stats = blobs(above)
    found = np.zeros(blob.shape[1], bool)
    for label in (1 + np.flatnonzero(stats[1:, cv2.CC_STAT_HEIGHT] >= _TALL * len(blob))).tolist():
        columns = np.flatnonzero((meets * (labels == label)).any(axis=0))
        if columns.size and np.ptp(columns) > _MIN_BOTTOM * line.width:
            found[columns[0] : columns[-1] + 1] = True
    return found


def _apart(line: _Line, shape: tuple[int, ...]) -> np.ndarray:
    """Return where in a blob of that shape ink is no part of an underline, bool (h, w): well above it."""
    rows: np.ndarray = np.arange(shape[0])[:, None] < line.rows - line.width
    return rows

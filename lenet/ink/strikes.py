"""Removal of numbers that a pen struck out.

A strike is a straight, nearly level line from the left end of a blob to its right end, across its middle. It
stands out at both ends of the strokes that it crosses, unlike the bar of a 4 or of a 7. Above and below it
there is more than one stroke: a + and a crossed 7 have a stem only. A single 1, 4, 6, 7 or 9 that is struck
out is left as it is, for a digit with a bar of its own looks the same. Two 4s that are joined by their bars
are taken for a struck number: 12 of 400 made of MNIST's digits.

A constant called tuned was tuned on made pictures (`python -m benchmarks.hard_kinds`) and checked on digits
of MNIST: of 6,000, two 5s are taken for struck ones.
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet.ink.blobs import Found, replace_blobs
from lenet.ink.preprocessing import stroke_width
from lenet.ink.underlines import END_WIDTH, MAX_SLOPE, MIN_COVER, MIN_HEIGHT

_MIN_STROKES = 6.5
"""Minimum height of a blob, in stroke widths: the bends of a thick 5 look like a strike across it. Tuned:
made struck numbers have 6.8 and more."""

_MIN_BESIDE = 0.22
"""Minimum height of the ink above and below a strike, as a fraction of the blob's. Chosen."""

_NEAR = 1.7
"""Distance from the middle of a strike, in stroke widths, up to which ink meets it. Tuned."""

_STANDS_OUT = 0.04
"""Minimum length by which a strike stands out on each side, as a fraction of the blob's height. Tuned."""

_STANDS_OUT_WIDTHS = 0.4
"""The same in stroke widths. Tuned."""

_STANDS_OUT_BOTH = 0.12
"""Minimum sum of both, as a fraction of the blob's height. Tuned."""

_FAR = 0.2
"""Distance from a strike, as a fraction of the blob's height, from which its ink is that of a number. Tuned:
the bars of some 7s end in a hook."""

_SEVERAL_STROKES = 2.2
"""Length of a row from its first ink to its last, in stroke widths, from which it is more than one stroke.
Tuned."""


def without_struck(mask: np.ndarray, found: Found) -> tuple[np.ndarray, bool]:
    """Remove numbers that are struck out.

    Args:
        mask: uint8 (height, width), 1 = ink.
        found: its blobs, as from `blobs.blobs`.

    Returns:
        The mask without them, uint8 (height, width); the argument itself where there are none; and whether
        there were any.
    """
    height, width = mask.shape

    def may_be(stats: np.ndarray) -> np.ndarray:
        left, top, wide, tall, _ = stats.T
        # At the border it may be the edge of a sheet.
        inside = (np.minimum(left, top) > 0) & (left + wide < width) & (top + tall < height)
        return inside & (tall >= MIN_HEIGHT)

    def remains(blob: np.ndarray, _: np.ndarray) -> np.ndarray | None:
        return np.zeros_like(blob) if _is_struck(blob) else None

    return replace_blobs(mask, found, may_be, remains)


def _is_struck(blob: np.ndarray) -> bool:
    """Return whether a blob, uint8 (h, w), is a number that is struck out."""
    height, width = blob.shape
    stroke = stroke_width(blob)
    rows = _end_to_end(blob, stroke) if height >= _MIN_STROKES * stroke else None
    if rows is None:
        return False
    distance = np.where(blob > 0, np.arange(height)[:, None] - rows, 0)
    meets = (np.abs(distance) > stroke) & (np.abs(distance) < _NEAR * stroke)
    columns = np.flatnonzero(meets.any(axis=0))
    if not columns.size:
        return False
    ends = int(columns[0]), width - 1 - int(columns[-1])
    if min(ends) < max(_STANDS_OUT * height, _STANDS_OUT_WIDTHS * stroke):
        return False
    far, several = max(_FAR * height, stroke), _SEVERAL_STROKES * stroke
    return (
        sum(ends) >= _STANDS_OUT_BOTH * height
        and _longest_row(distance < -far) >= several
        and _longest_row(distance > far) >= several
    )


def _end_to_end(blob: np.ndarray, stroke: float) -> np.ndarray | None:
    """Find the line across the middle of a blob, uint8 (h, w), that has the most ink under it.

    Returns:
        The row of its middle in each column, float (w,); None if there is no line from end to end.
    """
    height, width = blob.shape
    inset = int(stroke / 2)
    length = width - 1 - 2 * inset
    if length < stroke:
        return None
    columns = np.arange(width)
    thick = cv2.dilate(blob, np.ones((3, 1), np.uint8))
    best, best_cover = None, MIN_COVER
    for first in _thin_runs(blob[:, inset], stroke):
        for last in _thin_runs(blob[:, inset + length], stroke):
            rows = first + (last - first) * (columns - inset) / length
            middle = rows.mean()
            is_across = min(middle, height - middle) - stroke / 2 >= _MIN_BESIDE * height
            if not is_across or abs(last - first) > MAX_SLOPE * length:
                continue
            near = np.clip(np.round(rows).astype(int), 0, height - 1)
            cover = float(thick[near, columns][inset : inset + length + 1].mean())
            if cover >= best_cover:
                best, best_cover = rows, cover
    return best


def _thin_runs(column: np.ndarray, stroke: float) -> list[float]:
    """Return the middles of the runs of ink in a column, uint8 (h,), that a strike's end may have."""
    runs = np.flatnonzero(np.diff(column, prepend=0, append=0)).reshape(-1, 2)
    return [(start + end - 1) / 2 for start, end in runs.tolist() if end - start <= END_WIDTH * stroke]


def _longest_row(ink: np.ndarray) -> int:
    """Return the longest distance from the first to the last ink of a row, in pixels, of a bool (h, w)."""
    rows = ink[ink.any(axis=1)]
    if not rows.size:
        return 0
    return int((rows.shape[1] - rows[:, ::-1].argmax(axis=1) - rows.argmax(axis=1)).max())

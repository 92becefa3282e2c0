"""The bars of combs and tables: upright lines that join the level lines above and below a row of numbers.

A bar is as straight and thick as a written 1. It differs in that it ends at printed lines or the border of
the image at both ends, and stands taller than the rest of the ink.

A constant called tuned was tuned on made pictures of forms and tables (`python -m benchmarks.hard_kinds`).
Lengths are in pixels.
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet.ink.blobs import blobs, blobs_with_seeds, weighted_quantile
from lenet.ink.line_detection import PrintedLine, straight_lines
from lenet.ink.preprocessing import stroke_width

_REACH = 6
"""Distance from a bar's end, beyond the bar's width, up to which a printed line is searched. Tuned."""

_AT_BORDER = 3
"""Distance from a bar's end up to which the image's border cuts it off. Tuned: noughts and 1s that stand on a
rule may lie near the upper border."""

_MIN_ASPECT = 6
"""Minimum length of a bar relative to its mean width. Tuned."""

_MIN_BARS = 2
"""Minimum number of bars. Tuned: one alone is the stem of a 4 or 9 in a photographed Sudoku cell."""

_MAX_WIDTH = 1.8
"""Maximum mean width of a bar relative to the level lines. Tuned: pens write thicker ones on cheques."""

_EQUAL = 0.9
"""Minimum length of a bar relative to the longest. Tuned."""

_TALLER = 1.05
"""Minimum length of the longest bar, relative to the median height, weighted by area, of other ink. Tuned."""

_WIDE_RUN = 2.0
"""Length of a level run, in widths of a bar, from which it is a stroke that crosses the bar. Tuned."""


def without_bars(mask: np.ndarray, printed: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """Remove the bars between printed level lines.

    Args:
        mask: the ink without the lines, uint8 (height, width), 1 = ink.
        printed: the printed lines that were removed from it, uint8 (height, width), 1 = line.
        contrast: how much darker than the paper each pixel is, uint8 (height, width).

    Returns:
        The mask without bars, uint8 (height, width).
    """
    thickest = _MAX_WIDTH * stroke_width(printed)
    upright = straight_lines(np.ascontiguousarray(mask.T), contrast.T, False)
    joining = [line for line in upright if line.mean_width <= thickest and _joins_lines(line, printed)]
    longest = max((line.length for line in joining), default=0)
    bars = [line for line in joining if line.length >= _EQUAL * longest]
    if len(bars) < _MIN_BARS:
        return mask
    bands = np.zeros_like(mask)
    for bar in bars:
        _draw(bands, bar)
    rest = _without_bands(mask, bands, max(bar.width for bar in bars))
    _, stats = blobs(rest)
    if len(stats) == 1:
        return mask
    height = weighted_quantile(stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_AREA], 0.5)
    if longest < _TALLER * height:
        return mask
    return rest


def _joins_lines(line: PrintedLine, printed: np.ndarray) -> bool:
    """Return whether both ends of an upright line, rows and columns exchanged, meet the border or a line."""
    if line.mean_width * _MIN_ASPECT > line.length:
        return False
    reach = round(line.width) + _REACH
    for row, column in ((line.left, round(line.start)), (line.right, round(line.end))):
        if _AT_BORDER < row < len(printed) - _AT_BORDER:
            near = printed[max(row - reach, 0) : row + reach, max(column - reach, 0) : column + reach]
            if not near.any():
                return False
    return True


def _draw(bands: np.ndarray, bar: PrintedLine) -> None:
    """Draw the band of a bar and its soft edges into uint8 (h, w), 1 = band."""
    width = round(bar.mean_width) + _REACH
    cv2.line(bands, (round(bar.start), bar.left - _REACH), (round(bar.end), bar.right + _REACH), 1, width)


def _without_bands(mask: np.ndarray, bands: np.ndarray, width: float) -> np.ndarray:
    """Remove what lies in bands but for strokes that cross them."""
    run = np.ones((1, int(_WIDE_RUN * width) + 1), np.uint8)
    crossing = cv2.morphologyEx(mask, cv2.MORPH_OPEN, run)
    return blobs_with_seeds(mask & (crossing | (bands == 0)), bands == 0)

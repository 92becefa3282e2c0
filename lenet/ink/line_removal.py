"""Removal of printed lines from a mask of ink: rules, grids, and frames of forms.

A line is removed if it crosses the page, belongs to a row of others that do, is part of a frame, or has
numbers standing on it. Strokes that cross it keep their ink.

A constant called tuned was tuned on rendered pages and training photos; `benchmarks/ablation.py` measures
what it is worth.
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet.ink.blobs import blobs, blobs_with_seeds, weighted_quantile
from lenet.ink.bowed_lines import Curve, bowed_lines
from lenet.ink.dotted_lines import without_dotted_lines
from lenet.ink.line_detection import PrintedLine, hidden_lines, straight_lines

# Lines that cross the page.

_BORDER_TOLERANCE = 2
"""Distance to the left or right border, in pixels, up to which a line touches it. Tuned."""

_EDGE_OFFSET = 0.5
"""Distance of a line's middle from the image's, as a fraction of half its height, from which a line from
border to border may be the edge of a sheet. Tuned."""

_HAIRLINE_LENGTH = 0.9
"""Minimum length of a hairline across the page, as a fraction of the image's width. Tuned."""

_HAIRLINE_ASPECT = 40
"""Minimum length of such a hairline relative to its mean width. Tuned."""

_CORNER_ASPECT = 25
"""Minimum length of a line that cuts off a corner of the page, relative to its mean width. Tuned."""

_MIN_CORNER_LENGTH = 160
"""Minimum length, in pixels, of a line that cuts off a corner: on scraps of paper strokes do. Tuned."""

# Lines of frames and below numbers. Tuned on 26 kinds of rendered pages, two of each: 99.99 % of the strokes
# are found with them and 95.9 % without, and 99.8 % of the ink is strokes, without them 87.6 %
# (docs/experiments.md, "Photos").

_FRAME_ASPECT = 12
"""Minimum length of such a line relative to its mean width."""

_MIN_SIDE = 0.6
"""Minimum length and distance of a frame's lines, as a fraction of its extent: connected strokes make it
larger."""

_LONG_LINE = 3
"""Length from which a level line is no stroke, in sizes of a typical digit."""

_SEARCH_COLUMNS = 9
"""Columns at the left end of a line in which its blob is looked up. Not tuned."""

_SEARCH_ROWS = 2
"""Rows above and below a line, beyond its width, in which its blob is looked up. Not tuned."""

# Bowed lines.

_MIN_BOWED = 2
"""Minimum number of bowed lines near the horizontal: a single one may be a stroke. Chosen."""

# What is removed.

_BAND_WIDTH = 1.3
"""Width of the band that is removed, relative to the line's. Tuned."""

_BAND_EDGE = 4
"""The same in addition, and the length added to each end, in pixels: lines have soft edges. Tuned."""

_STROKE_CONTRAST = 1.7
"""Contrast from which a pixel in a band belongs to a stroke along it, relative to the lines' median.
Tuned."""

_MIN_CROSSING = 5
"""Minimum length of a stroke, in pixels, at right angles to the line that it crosses; less is the line's
ragged edge. Tuned."""


def remove_lines(mask: np.ndarray, contrast: np.ndarray, is_noisy: bool) -> tuple[np.ndarray, bool]:
    """Remove printed lines near the horizontal and the vertical.

    Args:
        mask: uint8 (height, width), 1 = ink or line.
        contrast: how much darker than the paper each pixel is, uint8 (height, width).
        is_noisy: whether noise interrupts faint lines.

    Returns:
        The mask without them, uint8 (height, width), and whether there were any.
    """
    mask, was_dotted = (mask, False) if is_noisy else without_dotted_lines(mask)
    transposed = cv2.transpose(mask)  # many times as fast as NumPy's
    level = straight_lines(mask, contrast, is_noisy)
    upright = straight_lines(transposed, contrast.T, is_noisy)
    level_beside, upright_beside = _beside_digits(mask, level, upright)
    level = _across_page(level, mask) + level_beside
    upright = _across_page(upright, transposed) + upright_beside
    # Noise breaks lines into dots, and a curve through the pieces of a straight line bends.
    curves = [] if is_noisy else bowed_lines(mask)
    is_bowed = len(curves) >= _MIN_BOWED
    if not (level or upright or is_bowed):
        return mask, was_dotted
    across, along = _bands(level, mask), _bands(upright, transposed)
    if is_bowed:
        across |= _bowed_bands(curves, mask)
        along |= _bowed_bands(bowed_lines(transposed), transposed)
    if not (across.any() or along.any()):
        return mask, was_dotted
    bands = across | along.T
    crossing = _crossing(mask, across) & ~along.T | (_crossing(transposed, along) & ~across.T).T
    # Only its contrast, if anything, tells a stroke along a line from it.
    line_contrast = float(np.median(contrast[(bands & mask) > 0]))
    strokes = (contrast > _STROKE_CONTRAST * line_contrast) & bands
    # Blobs that do not leave the bands are the residue of a line.
    return blobs_with_seeds(mask & ~bands & 1 | crossing & 1 | strokes, bands == 0), True


def _bands(lines: list[PrintedLine], mask: np.ndarray) -> np.ndarray:
    """Draw bands over lines and their soft edges: uint8 of the mask's shape, 1 = band."""
    band = np.zeros_like(mask)
    for line in lines:
        left, right = line.left - _BAND_EDGE, line.right + _BAND_EDGE
        width = int(_BAND_WIDTH * line.width) + _BAND_EDGE
        cv2.line(band, (left, round(line.start)), (right, round(line.end)), 1, width)
    return band


def _bowed_bands(curves: list[Curve], mask: np.ndarray) -> np.ndarray:
    """Draw bands over bowed lines as `_bands` does over straight ones."""
    band = np.zeros_like(mask)
    for curve in curves:
        (first, second), (before, last) = curve.points[:2], curve.points[-2:]
        path = np.vstack(
            [
                first + _BAND_EDGE * (first - second) / abs(first - second)[0],
                curve.points,
                last + _BAND_EDGE * (last - before) / abs(last - before)[0],
            ]
        )
        width = int(_BAND_WIDTH * curve.width) + _BAND_EDGE
        cv2.polylines(band, [np.round(path).astype(np.int32)], False, 1, width)
    return band


def _across_page(lines: list[PrintedLine], mask: np.ndarray) -> list[PrintedLine]:
    """Select the lines that cross the page, and add the hidden ones of ruled or squared paper."""
    crossing = [line for line in lines if _crosses_page(line, mask.shape)]
    return crossing + hidden_lines(crossing, mask)


def _crosses_page(line: PrintedLine, shape: tuple[int, ...]) -> bool:
    """Return whether a line is an edge of the sheet, a hairline across the page, or cuts off a corner."""
    height, width = shape
    at_left, at_right = line.left <= _BORDER_TOLERANCE, line.right >= width - _BORDER_TOLERANCE
    top, bottom = sorted((line.start, line.end))
    is_edge = at_left and at_right and abs(top + bottom - height) >= _EDGE_OFFSET * height
    is_hairline = (
        line.length >= _HAIRLINE_LENGTH * width and line.mean_width <= line.length / _HAIRLINE_ASPECT
    )
    at_end = top - line.mean_width / 2 <= 1 or bottom + line.mean_width / 2 >= height - 2
    cuts_corner = (at_left or at_right) and at_end and line.mean_width <= line.length / _CORNER_ASPECT
    return is_edge or is_hairline or (cuts_corner and line.length >= _MIN_CORNER_LENGTH)


def _beside_digits(
    mask: np.ndarray, level: list[PrintedLine], upright: list[PrintedLine]
) -> tuple[list[PrintedLine], list[PrintedLine]]:
    """Select the lines, level and upright, of frames such as a form's, and those that numbers stand on."""
    level, upright = (
        [line for line in lines if line.mean_width <= line.length / _FRAME_ASPECT]
        for lines in (level, upright)
    )
    if not level:
        return [], []
    labels, stats = blobs(mask)
    across = _by_blob(level, labels, stats)
    along = _by_blob(upright, labels.T, stats[:, [1, 0, 3, 2]])
    frames = [
        blob
        for blob in across.keys() & along.keys()
        if _enclose(across[blob], stats[blob, 3]) and _enclose(along[blob], stats[blob, 2])
    ]
    extents = stats[:, 2:4].max(axis=1)
    extents[list(across)] = stats[list(across), 3]  # a row of digits on a line is as high as its digits
    size = weighted_quantile(extents[1:], stats[1:, 4], 0.5)
    level_ones = [
        line
        for blob, lines in across.items()
        for line in lines
        if blob in frames or line.length >= _LONG_LINE * size
    ]
    return level_ones, [line for blob in frames for line in along[blob]]


def _by_blob(lines: list[PrintedLine], labels: np.ndarray, stats: np.ndarray) -> dict[int, list[PrintedLine]]:
    """Group the lines that run along most of a blob by the label of the blob."""
    found: dict[int, list[PrintedLine]] = {}
    for line in lines:
        reach = int(line.width) + _SEARCH_ROWS
        top, left = int(line.start) - reach, line.left
        near = labels[max(top, 0) : top + 2 * reach + 1, left : left + _SEARCH_COLUMNS]
        blob = int(near.max(initial=0))
        if line.length >= _MIN_SIDE * stats[blob, 2]:
            found.setdefault(blob, []).append(line)
    return found


def _enclose(lines: list[PrintedLine], extent: int) -> bool:
    """Return whether lines are as far apart as opposite sides of a frame of that extent, in pixels."""
    rows = [(line.start + line.end) / 2 for line in lines]
    return max(rows) - min(rows) >= _MIN_SIDE * extent


def _crossing(mask: np.ndarray, band: np.ndarray) -> np.ndarray:
    """Return the ink of strokes that cross level bands, within these; all uint8 (h, w)."""
    outside = mask & ~band & 1
    strokes: np.ndarray = cv2.morphologyEx(outside, cv2.MORPH_OPEN, np.ones((_MIN_CROSSING, 1), np.uint8))
    border: np.ndarray = cv2.dilate(band, np.ones((3, 1), np.uint8))
    thickness = 1 + cv2.distanceTransform(np.pad(band, ((1, 1), (0, 0))), cv2.DIST_L1, 3).max()
    grown: np.ndarray = cv2.dilate(strokes & border, np.ones((4 * int(thickness) + 1, 1), np.uint8))
    return grown & band & mask

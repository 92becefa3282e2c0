"""Detection of thin straight lines near the horizontal in a binary mask: rules, grids, frames, strokes.

A constant called tuned was tuned on rendered pages and training photos; `benchmarks/ablation.py` measures
what it is worth.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import cv2
import numpy as np

from lenet.ink.blobs import blobs, bounding_window

# The common slope of the lines.

_SLOPES = (0, *np.arange(-14, -2) / 100, *np.arange(3, 15) / 100)
"""Candidate slopes, in rows per column: up to 8°. Smaller ones than 0.03 need no correction."""

_MIN_SLOPE_GAIN = 1.2
"""Minimum energy of the row profile at a slope, relative to that at slope 0, to accept it. Tuned."""

_SLOPE_POINTS = 4000
"""Maximum number of pixels from which the slope is estimated. Chosen for speed."""

_SLOPE_STEP = 4
"""Every so many columns are searched for them. Chosen for speed."""

# Candidates: runs of pixels along a row.

_COARSE_WIDTH = 800
"""Width of the mask, in pixels, from which every other column is left out. Chosen for speed."""

_MIN_RUN = 4
"""Minimum length of a run, in pixels, on the narrowest images. Tuned."""

_RUN = 0.15
"""Minimum length of a run, as a fraction of the image's width, up to `_MAX_RUN`. Tuned."""

_MAX_RUN = 60
"""Length of a run, in pixels, that is enough on an image of any width. Tuned."""

_GAP_WINDOW = 15
"""Length, in pixels, of the window along a row in which a line is searched that noise interrupts. Tuned: of
600 pages of faint pencil on noisy paper 564 are read with 15 and 560 with 11. With 21, filled to 0.4, or 31
one page more is read, and 4 or 10 fewer of 700 other pages (docs/experiments.md, "Photos")."""

_GAP_FILL = 0.5
"""Fraction of that window that is ink, from which its middle belongs to a run. Tuned: of the same 600 pages
564 are read with 0.5 and 553 with 0.6."""

_MARGINS = (4, 80)
"""Rows and columns that are searched around all ink: more than the filters for runs and gaps reach."""

_MIN_ASPECT = 6
"""Minimum length of a line relative to its width. Tuned."""

_MAX_RISE = 0.06
"""Maximum height of a line's bounding box beyond its width, as a fraction of its length. Tuned."""

_RISE_TOLERANCE = 2
"""The same in addition, in pixels. Tuned."""

# Parts of a candidate that are a line.

_PRESENT = 0.3
"""Fraction of the `_GAP_WINDOW` in which a candidate has ink, from which it counts as present. Tuned."""

_MIN_COVER = 0.85
"""Fraction of a candidate's length on which it is present, from which it is one line. Below, as at the feet
of a row of digits, it is split. Tuned."""

_RESIDUAL_PERCENTILE = 80
"""Percentile of the distances to the fitted line, in percent, that must not exceed the tolerance. Tuned."""

_RESIDUAL = 1
"""Tolerance of the distance to the fitted line, in pixels. Tuned."""

_RESIDUAL_PER_WIDTH = 0.25
"""The same in addition, as a fraction of the line's width. Tuned."""

_FADED = 0.4
"""Contrast up to which a line has ended, as a fraction of its median contrast. Tuned."""

# Missing lines between others at even distances, which strokes run along or shadows hide. Tuned: of 600 pages
# of faint pencil on noisy ruled or squared paper 564 are read with them and 522 without
# (docs/experiments.md, "Photos").

_MIN_GRID_LINES = 3
"""Minimum number of lines needed to infer the spacing."""

_MIN_GRID_LENGTH = 0.5
"""Minimum length of such lines, as a fraction of the image's width."""

_GRID_TOLERANCE = 0.1
"""Maximum distance of a line to its place in the grid, as a fraction of the spacing."""

_MIN_SPACING = 10
"""Minimum spacing of the lines, in pixels."""

_MIN_HIDDEN_COVER = 0.35
"""Minimum fraction of a missing line's place that is ink."""

_OFFSETS = sorted(itertools.product(range(-6, 7, 2), repeat=2), key=lambda ends: np.abs(ends).sum())
"""Offsets of a missing line's two ends from its place, in pixels, at which it is searched, nearest first."""

_MIN_ON_PAGE = 0.15
"""Minimum fraction of a missing line that lies on the page."""


class PrintedLine(NamedTuple):
    """A thin straight line near the horizontal.

    Attributes:
        left, right: its first column and the one after its last.
        start, end: its rows at these columns.
        width: its median width, as printed, in pixels.
        mean_width: its mean width, with what is connected to it, in pixels.
    """

    left: int
    right: int
    start: float
    end: float
    width: float
    mean_width: float

    @property
    def length(self) -> int:
        """Its horizontal length, in pixels."""
        return self.right - self.left

    def extended(self, width: int) -> tuple[float, float]:
        """Return the rows at which the line would enter and leave a page of that width."""
        slope = (self.end - self.start) / self.length
        return self.start - slope * self.left, self.end + slope * (width - self.right)


def straight_lines(mask: np.ndarray, contrast: np.ndarray, is_noisy: bool) -> list[PrintedLine]:
    """Find the thin straight lines near the horizontal, printed or not.

    If most of them are sloped, columns are shifted until they are level.

    Args:
        mask: uint8 (height, width), 1 = ink or line.
        contrast: how much darker than the paper each pixel is, uint8 (height, width).
        is_noisy: whether noise interrupts faint lines.
    """
    window = _window(mask)
    slope = _slope(mask[window], window[1].start)
    step = 1 if mask.shape[1] < _COARSE_WIDTH else 2
    run = min(max(_MIN_RUN, int(_RUN * step * mask[:, ::step].shape[1])), _MAX_RUN) // step
    if slope == 0:
        place = window[1].start // step, window[0].start
        return _level_lines(mask[window][:, ::step], contrast[window][:, ::step], is_noisy, step, run, place)
    mask, contrast = mask[:, ::step], contrast[:, ::step]
    height, width = mask.shape
    added = math.ceil(abs(slope) * step * width)  # rows, so that nothing is shifted out
    above = added if slope > 0 else 0
    matrix = np.array([[1, 0, 0], [-slope * step, 1, above]], np.float32)
    mask, contrast = (
        cv2.warpAffine(np.ascontiguousarray(layer), matrix, (width, height + added), flags=cv2.INTER_NEAREST)
        for layer in (mask, contrast)
    )
    return [
        line._replace(
            start=line.start - above + slope * line.left,
            end=line.end - above + slope * line.right,
        )
        for line in _level_lines(mask, contrast, is_noisy, step, run, (0, 0))
    ]


def _window(mask: np.ndarray) -> tuple[slice, slice]:
    """Return the rows and columns of a mask, uint8 (h, w), in which lines can be found: around its ink."""
    # At multiples of `_SLOPE_STEP`, so that the same columns are left out wherever the ink lies.
    rows, columns = (
        slice(max(0, side.start - margin) // _SLOPE_STEP * _SLOPE_STEP, side.stop + margin)
        for side, margin in zip(bounding_window(mask), _MARGINS, strict=True)
    )
    return rows, columns


def _slope(mask: np.ndarray, left: int) -> float:
    """Estimate the slope of most lines in rows per column; 0 if it is small.

    At the right slope the row profile has the highest energy, the sum of squares: lines fill rows.

    Args:
        mask: uint8 (h, w), 1 = ink or line.
        left: the place of its first column in the image.
    """
    found = cv2.findNonZero(np.ascontiguousarray(mask[:, ::_SLOPE_STEP]))  # many times as fast as NumPy's
    if found is None:
        return 0.0
    columns, rows = found.reshape(-1, 2)[:: max(1, len(found) // _SLOPE_POINTS)].T
    columns = left + _SLOPE_STEP * columns
    levelled = (rows - np.outer(_SLOPES, columns)).round().astype(int)
    energies = [float((np.bincount(rows - rows.min()) ** 2).sum()) for rows in levelled]
    best = int(np.argmax(energies))
    return float(_SLOPES[best]) if energies[best] > _MIN_SLOPE_GAIN * energies[0] else 0.0


def _level_lines(
    mask: np.ndarray, contrast: np.ndarray, is_noisy: bool, step: int, run: int, place: tuple[int, int]
) -> list[PrintedLine]:
    """Find lines as `straight_lines` does, with slopes up to some 2°.

    Args:
        mask: uint8 (h, w), 1 = ink or line.
        contrast: how much darker than the paper each pixel is, uint8 (h, w).
        is_noisy: whether noise interrupts faint lines.
        step: pixels of the image per column.
        run: minimum length of a run, in columns.
        place: column and row at which the mask lies.
    """
    mask = np.ascontiguousarray(mask)
    # A slightly sloped line is a stair of level runs with gaps. Thickened, the runs overlap.
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    thick = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
    window = (_GAP_WINDOW // step, 1)
    if is_noisy:
        thick = np.where(cv2.blur(255 * thick, window) > 255 * _GAP_FILL, np.uint8(1), thick)
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)) & mask
    if not runs.any():
        return []
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((3, run), np.uint8))
    labels, stats = blobs(joined)
    lines = []
    for index, (left, top, columns, height, area) in enumerate(stats[1:].tolist(), start=1):
        length, width = step * columns, area / columns
        if width > length / _MIN_ASPECT or height > width + _MAX_RISE * length + _RISE_TOLERANCE:
            continue
        box = np.s_[top : top + height, left : left + columns]
        line = runs[box].astype(bool) & (labels[box] == index)
        present = cv2.blur(line.any(axis=0)[None].astype(np.float32), window)[0] > _PRESENT
        for part in _parts(present, run):
            lines += _fitted(
                line[:, part], contrast[box][:, part], place[0] + left + part.start, place[1] + top, step
            )
    return lines


def _parts(present: np.ndarray, min_length: int) -> list[slice]:
    """Return all of a candidate's columns, bool (n,), if nearly all are present; else the runs that are."""
    if present.mean() >= _MIN_COVER:
        return [slice(0, present.size)]
    changes = np.flatnonzero(np.diff(present, prepend=False, append=False))
    starts, ends = changes.reshape(-1, 2).T.tolist()
    return [slice(start, end) for start, end in zip(starts, ends, strict=True) if end - start >= min_length]


def _fitted(candidate: np.ndarray, contrast: np.ndarray, left: int, top: int, step: int) -> list[PrintedLine]:
    """Fit a straight line to a candidate, bool (h, w), at (left, top); return none if it does not fit."""
    thickness = candidate.sum(axis=0)
    columns = np.flatnonzero(thickness)
    if len(columns) < 2:  # the candidate is the closing of runs, and may have no pixels of its own
        return []
    rows = (np.arange(len(candidate))[:, None] * candidate).sum(axis=0)[columns] / thickness[columns]
    slope, start = np.polyfit(columns, rows, 1)
    width = float(np.median(thickness[columns]))
    residual = np.percentile(np.abs(rows - start - slope * columns), _RESIDUAL_PERCENTILE)
    if residual > _RESIDUAL + _RESIDUAL_PER_WIDTH * width:
        return []
    # A line that fades is a stroke from there on.
    strength = np.where(candidate, contrast, 0).max(axis=0)
    strong = np.flatnonzero(strength > _FADED * np.median(strength[columns]))
    first, last = int(strong[0]), int(strong[-1]) + 1
    ends = (top + start + slope * first, top + start + slope * last)
    mean_width = float(thickness.mean())
    return [PrintedLine(step * (left + first), step * (left + last), *ends, width, mean_width)]


def hidden_lines(lines: list[PrintedLine], mask: np.ndarray) -> list[PrintedLine]:
    """Find lines that are missing between or beside others at even distances.

    In perspective the distances change steadily, which a parabola models.

    Args:
        lines: those found.
        mask: uint8 (height, width), 1 = ink or line.
    """
    height, width = mask.shape
    found = (line.extended(width) for line in lines if line.length >= _MIN_GRID_LENGTH * width)
    ends = np.array(sorted(found))  # (n, 2)
    if len(ends) < _MIN_GRID_LINES:
        return []
    steps = np.diff(ends.mean(axis=1))
    spacing = float(np.median(steps))
    if spacing < _MIN_SPACING:
        return []
    numbers = np.concatenate([[0], np.cumsum(np.round(steps / spacing))])
    powers = np.arange(3 if len(ends) > _MIN_GRID_LINES + 1 else 2)
    factors, *_ = np.linalg.lstsq(numbers[:, None] ** powers, ends, rcond=None)
    if np.abs(numbers[:, None] ** powers @ factors - ends).max() > _GRID_TOLERANCE * spacing:
        return []
    reach = int(height / spacing) + 1
    missing = np.setdiff1d(np.arange(-reach, numbers[-1] + reach + 1), numbers)
    places = missing[:, None] ** powers @ factors
    on_page = (places.max(axis=1) > 0) & (places.min(axis=1) < height)
    thick = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    line_width = float(np.median([line.width for line in lines]))
    hidden = []
    for start, end in places[on_page]:
        nearby = [(start + left, end + right) for left, right in _OFFSETS]
        covers = [_cover(thick, *place) for place in nearby]
        best = int(np.argmax(covers))
        if covers[best] > _MIN_HIDDEN_COVER:
            hidden.append(PrintedLine(0, width, *nearby[best], line_width, line_width))
    return hidden


def _cover(mask: np.ndarray, start: float, end: float) -> float:
    """Return the fraction of a line across a mask, uint8 (h, w), that is ink; 0 if it is mostly off it."""
    columns = np.arange(0, mask.shape[1], 2)
    rows = np.round(np.linspace(start, end, len(columns))).astype(int)
    inside = (rows >= 0) & (rows < len(mask))
    return float(mask[rows[inside], columns[inside]].mean()) if inside.mean() > _MIN_ON_PAGE else 0.0

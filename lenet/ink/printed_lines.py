"""Lines printed on paper: rules, squares, forms, found by being straight, and taken from the ink.

A line is taken away where it crosses the page, stands in a row of others that do, frames a digit or carries
a number. Strokes that cross it keep their ink.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import cv2
import numpy as np

from lenet.ink.blobs import blobs, holding, weighted_quantile

_LEAST_COVER = 0.85
"""Part of its length on which a line is there: the feet of a row of digits are not a line."""

_FALLS = (0, *np.arange(-14, -2) / 100, *np.arange(3, 15) / 100)
"""Rows a column by which the lines of a page may fall: up to 8°."""

_FALL_GAIN = 1.2
"""So many times as unevenly the ink must lie on the rows where that is made up for."""

_FALL_POINTS, _FALL_STEP = 4000, 4
"""Pixels that tell it, of every so many columns."""

_BROKEN, _MOSTLY, _SEEN = 15, 0.5, 0.3
"""Noise breaks faint lines. Side of a window along them, in pixels; the part of it that is ink on a line; and
the part of it in which a line is found, at least, where it is there."""

_FEWEST_LINES = 3
"""Of so many lines across the page it is told how far apart they stand, and which are missing."""

_EVEN = 0.1
"""Part of the distance of two lines by which they may depart from where they should be."""

_LEAST_SPACING = 10
"""Pixels between two lines, at least."""

_HIDDEN = 0.35
"""Part of the place of a missing line that is ink, at least, if there is one."""

_OFF_PLACE = sorted(itertools.product(range(-6, 7, 2), repeat=2), key=lambda ends: np.abs(ends).sum())
"""How far from its place its two ends may be, in pixels, nearest first."""

_LEAST_ON_PAGE = 0.15
"""Part of such a line that is on the page, at least."""

_LEAST_CORNER = 160
"""Length in pixels from which a line may run from one rim to the next: on scraps of paper, strokes do."""

_LEAST_SIDE = 0.6
"""Part of a frame's extent along which each of its lines runs: strokes that meet it make it larger."""

_LONG = 3
"""Length, in sizes of a typical digit, from which a level line is no stroke."""

_FADED = 0.4
"""Part of a line's contrast below which it has ended."""


def without_lines(mask: np.ndarray, contrast: np.ndarray, is_grainy: bool) -> tuple[np.ndarray, bool]:
    """Take printed lines away, nearly level or upright.

    Args:
        mask: where there is ink or a line, uint8 (height, width), 1 = yes.
        contrast: how much darker than the paper each pixel is, uint8 (height, width).
        is_grainy: whether the paper's grain breaks faint lines.

    Returns:
        The mask without them, uint8 (height, width), and whether there were any.
    """
    turned = np.ascontiguousarray(mask.T)
    level = _straight_lines(mask, contrast, is_grainy)
    upright = _straight_lines(turned, contrast.T, is_grainy)
    level_beside, upright_beside = _beside_digits(mask, level, upright)
    across = _bands(_across_page(level, mask) + level_beside, mask)
    along = _bands(_across_page(upright, turned) + upright_beside, turned)
    if not (across.any() or along.any()):
        return mask, False
    bands = across | along.T
    crossing = _crossing(mask, across) & ~along.T | (_crossing(turned, along) & ~across.T).T
    # A stroke along a line is told from it only by being darker, if it is.
    line = float(np.median(contrast[(bands & mask) > 0]))
    darker = (contrast > 1.7 * line) & bands
    # What does not reach out of the bands is a rest of a line.
    return holding(mask & ~bands & 1 | crossing & 1 | darker, bands == 0), True


class _Line(NamedTuple):
    """A thin straight line, nearly level.

    Attributes:
        left, right: its first column and the one after its last.
        start, end: the rows at which it is there.
        breadth: in pixels, on the whole as printed.
        bulk: the same with what hangs on to it.
    """

    left: int
    right: int
    start: float
    end: float
    breadth: float
    bulk: float

    @property
    def length(self) -> int:
        return self.right - self.left

    def ends(self, width: int) -> tuple[float, float]:
        """The rows at which it would begin and end on a page of that width."""
        slope = (self.end - self.start) / self.length
        return self.start - slope * self.left, self.end + slope * (width - self.right)


def _straight_lines(mask: np.ndarray, contrast: np.ndarray, is_grainy: bool) -> list[_Line]:
    """The thin straight lines near the horizontal in a mask uint8 (h, w), printed or not.

    Where most of them fall or rise, columns are shifted until they do not.
    """
    fall = _fall(mask)
    step = 1 if mask.shape[1] < 800 else 2  # along a long line every other pixel tells enough
    mask, contrast = mask[:, ::step], contrast[:, ::step]
    if fall == 0:
        return _level_lines(mask, contrast, is_grainy, step)
    height, width = mask.shape
    added = math.ceil(abs(fall) * step * width)  # rows, so that nothing is shifted out
    above = added if fall > 0 else 0
    matrix = np.array([[1, 0, 0], [-fall * step, 1, above]], np.float32)
    mask, contrast = (
        cv2.warpAffine(np.ascontiguousarray(layer), matrix, (width, height + added), flags=cv2.INTER_NEAREST)
        for layer in (mask, contrast)
    )
    return [
        line._replace(
            start=line.start - above + fall * line.left,
            end=line.end - above + fall * line.right,
        )
        for line in _level_lines(mask, contrast, is_grainy, step)
    ]


def _fall(mask: np.ndarray) -> float:
    """By how many rows a column the lines of a mask, uint8 (h, w), fall; 0 where that is next to nothing."""
    seen = np.ascontiguousarray(mask[:, ::_FALL_STEP])
    found = cv2.findNonZero(seen)  # many times as quick as NumPy's
    if found is None:
        return 0.0
    columns, rows = found.reshape(-1, 2)[:: max(1, len(found) // _FALL_POINTS)].T
    columns = _FALL_STEP * columns
    shifted = (rows - np.outer(_FALLS, columns)).round().astype(int)
    evenness = [float((np.bincount(way - way.min()) ** 2).sum()) for way in shifted]
    best = int(np.argmax(evenness))
    return float(_FALLS[best]) if evenness[best] > _FALL_GAIN * evenness[0] else 0.0


def _level_lines(mask: np.ndarray, contrast: np.ndarray, is_grainy: bool, step: int) -> list[_Line]:
    """As `_straight_lines`, of lines that fall or rise by no more than some 2°, of every `step`th column."""
    seen = np.ascontiguousarray(mask)
    run = min(max(4, int(0.15 * step * mask.shape[1])), 60) // step
    # A line that is not quite level is a stair of level runs with gaps; made broader, they overlap.
    broader = cv2.dilate(seen, np.ones((3, 1), np.uint8))
    broader = cv2.morphologyEx(broader, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
    window = (_BROKEN // step, 1)
    if is_grainy:
        broader = np.where(cv2.blur(255 * broader, window) > 255 * _MOSTLY, np.uint8(1), broader)
    runs = cv2.morphologyEx(broader, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)) & seen
    if not runs.any():
        return []
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((3, run), np.uint8))
    labels, stats = blobs(joined)
    lines = []
    for index, (left, top, wide, high, area) in enumerate(stats[1:].tolist(), start=1):
        if not _is_thin(step * wide, high, area / wide):
            continue
        place = np.s_[top : top + high, left : left + wide]
        line = runs[place].astype(bool) & (labels[place] == index)
        there = cv2.blur(line.any(axis=0)[None].astype(np.float32), window)[0] > _SEEN
        for part in _parts(there, run):
            lines += _fitted(line[:, part], contrast[place][:, part], left + part.start, top, step)
    return lines


def _is_thin(wide: int, high: int, breadth: float) -> bool:
    return breadth <= wide / 6 and high <= breadth + 0.06 * wide + 2


def _parts(there: np.ndarray, least: int) -> list[slice]:
    """All of a line, bool (n,), if it is there nearly throughout, else its parts, as of a row of boxes."""
    if there.mean() >= _LEAST_COVER:
        return [slice(0, there.size)]
    starts, ends = (np.flatnonzero(np.diff(there, prepend=False, append=False)).reshape(-1, 2).T).tolist()
    return [slice(start, end) for start, end in zip(starts, ends, strict=True) if end - start >= least]


def _fitted(line: np.ndarray, contrast: np.ndarray, left: int, top: int, step: int) -> list[_Line]:
    """The straight line that a candidate, bool (h, w) at (left, top), is throughout; none if it is not."""
    thickness = line.sum(axis=0)
    columns = np.flatnonzero(thickness)
    if len(columns) < 2:  # all of it lies just outside
        return []
    rows = (np.arange(len(line))[:, None] * line).sum(axis=0)[columns] / thickness[columns]
    slope, start = np.polyfit(columns, rows, 1)
    breadth = float(np.median(thickness[columns]))
    if np.percentile(np.abs(rows - start - slope * columns), 80) > 1 + 0.25 * breadth:
        return []
    # What fades out is a stroke, and where it does it is no part of the line.
    strength = np.where(line, contrast, 0).max(axis=0)
    strong = np.flatnonzero(strength > _FADED * np.median(strength[columns]))
    first, last = int(strong[0]), int(strong[-1]) + 1
    rows_at = (top + start + slope * first, top + start + slope * last)
    return [_Line(step * (left + first), step * (left + last), *rows_at, breadth, float(thickness.mean()))]


def _bands(lines: list[_Line], mask: np.ndarray) -> np.ndarray:
    """Bands over the lines, with their soft edges: uint8 of the mask's shape, 1 = line."""
    band = np.zeros_like(mask)
    for line in lines:
        ends = (line.left - 4, round(line.start)), (line.right + 4, round(line.end))
        cv2.line(band, *ends, 1, int(1.3 * line.breadth) + 4)
    return band


def _across_page(lines: list[_Line], mask: np.ndarray) -> list[_Line]:
    """The lines that cross the page, and on ruled or squared paper those that strokes or shadows hide."""
    crossing = [line for line in lines if _crosses_page(line, mask.shape)]
    return crossing + _hidden(crossing, mask)


def _hidden(lines: list[_Line], mask: np.ndarray) -> list[_Line]:
    """Lines that are missing between others and beside them, where these stand at even distances.

    In perspective the distances grow steadily, which a parabola follows.
    """
    height, width = mask.shape
    ends = np.array(sorted(line.ends(width) for line in lines if line.length >= 0.5 * width))  # (n, 2)
    if len(ends) < _FEWEST_LINES:
        return []
    steps = np.diff(ends.mean(axis=1))
    spacing = float(np.median(steps))
    if spacing < _LEAST_SPACING:
        return []
    numbers = np.concatenate([[0], np.cumsum(np.round(steps / spacing))])
    powers = np.arange(3 if len(ends) > _FEWEST_LINES + 1 else 2)
    factors, *_ = np.linalg.lstsq(numbers[:, None] ** powers, ends, rcond=None)
    if np.abs(numbers[:, None] ** powers @ factors - ends).max() > _EVEN * spacing:
        return []
    reach = int(height / spacing) + 1
    missing = np.setdiff1d(np.arange(-reach, numbers[-1] + reach + 1), numbers)
    places = missing[:, None] ** powers @ factors
    on_page = (places.max(axis=1) > 0) & (places.min(axis=1) < height)
    broad = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    breadth = float(np.median([line.breadth for line in lines]))
    found = (_nearest_line(broad, *place) for place in places[on_page])
    return [_Line(0, width, *place, breadth, breadth) for place, cover in found if cover > _HIDDEN]


def _nearest_line(mask: np.ndarray, start: float, end: float) -> tuple[tuple[float, float], float]:
    """The line near a place across a mask, uint8 (h, w), with the most ink, and which part of it is ink."""
    places = [(start + one, end + other) for one, other in _OFF_PLACE]
    covers = [_cover(mask, *place) for place in places]
    best = int(np.argmax(covers))
    return places[best], covers[best]


def _cover(mask: np.ndarray, start: float, end: float) -> float:
    """Which part of a line across a mask, uint8 (h, w), is ink; 0 of one that is hardly on it."""
    columns = np.arange(0, mask.shape[1], 2)
    rows = np.round(np.linspace(start, end, len(columns))).astype(int)
    inside = (rows >= 0) & (rows < len(mask))
    return float(mask[rows[inside], columns[inside]].mean()) if inside.mean() > _LEAST_ON_PAGE else 0.0


def _crosses_page(line: _Line, shape: tuple[int, ...]) -> bool:
    """Whether a line runs along a rim, is a hairline across the page, or cuts a corner off."""
    height, width = shape
    at_left, at_right = line.left <= 2, line.right >= width - 2
    top, bottom = sorted((line.start, line.end))
    near_rim = abs(top + bottom - height) >= 0.5 * height
    from_rim_to_rim = at_left and at_right
    hairline = line.length >= 0.9 * width and line.bulk <= line.length / 40
    at_end = top - line.bulk / 2 <= 1 or bottom + line.bulk / 2 >= height - 2
    cut_corner = (at_left or at_right) and at_end and line.bulk <= line.length / 25
    return (near_rim and from_rim_to_rim) or hairline or (cut_corner and line.length >= _LEAST_CORNER)


def _beside_digits(
    mask: np.ndarray, level: list[_Line], upright: list[_Line]
) -> tuple[list[_Line], list[_Line]]:
    """The lines, level and upright, of frames such as a form's boxes, and those that numbers stand on."""
    level, upright = ([line for line in lines if line.bulk <= line.length / 12] for lines in (level, upright))
    if not level:
        return [], []
    labels, stats = blobs(mask)
    across = _by_piece(level, labels, stats)
    along = _by_piece(upright, labels.T, stats[:, [1, 0, 3, 2]])
    frames = [
        piece
        for piece in across.keys() & along.keys()
        if _enclose(across[piece], stats[piece, 3]) and _enclose(along[piece], stats[piece, 2])
    ]
    extents = stats[:, 2:4].max(axis=1)
    extents[list(across)] = stats[list(across), 3]  # a row that stands on a line is as high as its digits
    size = weighted_quantile(extents[1:], stats[1:, 4], 0.5)
    level_ones = [
        line
        for piece, lines in across.items()
        for line in lines
        if piece in frames or line.length >= _LONG * size
    ]
    return level_ones, [line for piece in frames for line in along[piece]]


def _by_piece(lines: list[_Line], labels: np.ndarray, stats: np.ndarray) -> dict[int, list[_Line]]:
    """For each piece of ink the lines that run along most of it."""
    found: dict[int, list[_Line]] = {}
    for line in lines:
        reach = int(line.breadth) + 2
        top, left = int(line.start) - reach, line.left
        near = labels[max(top, 0) : top + 2 * reach + 1, left : left + 9]
        piece = int(near.max(initial=0))
        if line.length >= _LEAST_SIDE * stats[piece, 2]:
            found.setdefault(piece, []).append(line)
    return found


def _enclose(lines: list[_Line], extent: int) -> bool:
    """Whether lines lie as far apart as the sides of a frame of that extent."""
    rows = [(line.start + line.end) / 2 for line in lines]
    return max(rows) - min(rows) >= _LEAST_SIDE * extent


def _crossing(mask: np.ndarray, band: np.ndarray) -> np.ndarray:
    """The ink within the bands that belongs to strokes which meet them from outside; uint8 (h, w)."""
    outside = mask & ~band & 1
    # Only what goes on for some pixels is a stroke, not the fringe of the line.
    strokes: np.ndarray = cv2.morphologyEx(outside, cv2.MORPH_OPEN, np.ones((5, 1), np.uint8))
    fringe: np.ndarray = cv2.dilate(band, np.ones((3, 1), np.uint8))
    thickness = 1 + cv2.distanceTransform(np.pad(band, ((1, 1), (0, 0))), cv2.DIST_L1, 3).max()
    grown: np.ndarray = cv2.dilate(strokes & fringe, np.ones((4 * int(thickness) + 1, 1), np.uint8))
    return grown & band & mask

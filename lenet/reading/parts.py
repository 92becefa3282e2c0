"""What is put together to digits: blobs of ink, the parts that blobs are cut into, and pen strokes.

A blob that may be several digits is cut along seams, ways from top to bottom that cross little
ink, as LeCun et al. 1998 (section V) do it. A pen stroke is never cut.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import cv2
import numpy as np

from lenet.ink import strokes
from lenet.ink.blobs import blobs, blobs_with_seeds
from lenet.ink.boxes import Box
from lenet.ink.preprocessing import BOX, ink_box, stroke_width, thickened, to_mnist

CUT = 0.7
"""Cost of cutting a part, in nats; see `segmentation`."""

_CUT_INK = 0.35
"""Cost of each breadth of a stroke that is cut through, in nats."""

_SEAMS = 14.0
"""Number of seams that are tried, for a blob as wide as its line is high."""

_MOST_CROSSED = 4.5
"""A seam crosses at most so many breadths of a stroke."""

_LEAST_SHARE = 0.04
"""Share of a blob's ink that lies between two seams, at least."""

_SHARED = 0.5
"""Where two digits touch they share a stroke: both get so many breadths of it beyond the seam."""

_MORE_SHARED = 1.0
"""The same where they lie over one another, which is tried as well."""

_HOLE = 0.1
"""Cost of each pixel of a seam within a loop, which belongs to one digit; a pixel of ink costs 1."""

_PACE = 0.03
"""Cost of each pixel of a seam anywhere."""

_SIDEWAYS = 0.1
"""Cost of each step of a seam to the side: straight is better."""

_ASIDE = np.array([0, -1, 1])
"""Where a seam may come from, less its own column."""

_LEAST_AREA = 4
"""Blobs of fewer pixels are specks."""

MOST_BLOBS = 2000
"""Of more blobs the largest are taken: nobody writes so much on a page, but a texture looks like it."""


class Part(ABC):
    """Ink that is not divided further: a blob, a part of one, or a pen stroke."""

    box: Box

    @abstractmethod
    def image(self) -> np.ndarray:
        """The part in MNIST's form: float32 (28, 28)."""

    @abstractmethod
    def joined(self, others: Sequence[Any]) -> Part:
        """This part and others of its kind as one."""

    @abstractmethod
    def touches(self, other: Any, height: float) -> bool:
        """Whether this part and another of its kind touch; `height` is the line's."""

    def generous(self) -> Part:
        """The part with more of its neighbours' ink, if it was cut off from them; else itself."""
        return self

    @abstractmethod
    def cut(self, height: float) -> list[tuple[Part, float]]:
        """Divide the part from left to right.

        Args:
            height: of the line.

        Returns:
            Parts, and what it costs to cut each off from the one before it.
        """


# Ink ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InkPart(Part):
    """Ink of a photo.

    Attributes:
        box: its box, in pixels.
        ink: float32 (height, width) in [0, 1], in the box.
        wider: the part with more of its neighbours' ink, where it was cut off from them.
    """

    box: Box
    ink: np.ndarray
    wider: InkPart | None = None

    def image(self) -> np.ndarray:
        """The part in MNIST's form: float32 (28, 28)."""
        image = to_mnist(thickened(self.ink))
        if image is None:
            raise ValueError("ink: wanted a part with ink in it, got none; leave it out")
        return image

    def joined(self, others: Sequence[Any]) -> InkPart:
        """This part and others on one sheet."""
        return _sheet_of([self, *others])

    def generous(self) -> InkPart:
        """The part with more of its neighbours' ink, if it was cut off from them; else itself."""
        return self.wider or self

    def touches(self, other: Any, height: float) -> bool:
        """Blobs do not touch, or they would be one."""
        return False

    def cut(self, height: float) -> list[tuple[Part, float]]:
        """Divide the part along seams with little ink."""
        breadth = stroke_width(self.ink)
        seams = _seams(self.ink, height, _MOST_CROSSED * breadth)
        edges = [np.zeros(len(self.ink), int), *(seam.columns for seam in seams)]
        edges.append(np.full(len(self.ink), self.ink.shape[1]))
        costs = [0.0, *(CUT + _CUT_INK * seam.crossed / breadth for seam in seams)]
        parts: list[tuple[Part, float]] = []
        for (left, right), cost in zip(itertools.pairwise(edges), costs, strict=True):
            part, wider = (
                self._between(left, right, round(share * breadth)) for share in (_SHARED, _MORE_SHARED)
            )
            if part:
                parts.append((replace(part, wider=wider), cost))
        return parts

    def _between(self, left: np.ndarray, right: np.ndarray, beyond: int) -> InkPart | None:
        """What lies between two columns a row, int (h,), and hangs on to it so many pixels beyond them."""
        columns = np.arange(self.ink.shape[1])
        own = (columns >= left[:, None]) & (columns < right[:, None])
        near = (columns >= left[:, None] - beyond) & (columns < right[:, None] + beyond)
        return _trimmed(_reached(np.where(near, self.ink, 0), own), *self.box[:2])


def parts_of_ink(ink: np.ndarray) -> list[InkPart]:
    """The connected blobs of ink, float32 (height, width) in [0, 1], without specks; at most `MOST_BLOBS`."""
    labels, stats = blobs((ink > 0).view(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]  # without the paper, which is blob 0
    largest = 1 + np.argsort(-areas, kind="stable")[:MOST_BLOBS]
    parts = []
    for label in sorted(largest[stats[largest, cv2.CC_STAT_AREA] >= _LEAST_AREA].tolist()):
        left, top, width, height, _ = stats[label].tolist()
        place = np.s_[top : top + height, left : left + width]
        blob = np.where(labels[place] == label, ink[place], 0)
        parts.append(InkPart((left, top, width, height), blob))
    return parts


def _reached(ink: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Ink, float32 (h, w), without the blobs that have none where `own`, bool (h, w), is true."""
    return np.where(blobs_with_seeds((ink > 0).view(np.uint8), own) > 0, ink, 0)


def _sheet_of(parts: Sequence[InkPart]) -> InkPart:
    boxes = np.array([part.box for part in parts], int)
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    sheet = np.zeros((bottom - top, right - left), np.float32)
    for part, (x, y, width, height) in zip(parts, boxes, strict=True):
        place = sheet[y - top : y - top + height, x - left : x - left + width]
        np.maximum(place, part.ink, out=place)
    return InkPart((int(left), int(top), int(right - left), int(bottom - top)), sheet)


def _trimmed(ink: np.ndarray, left: float, top: float) -> InkPart | None:
    """A part of the ink's box, where there is any ink; left and top say where `ink` lies."""
    box = ink_box(ink)
    if box is None:
        return None
    x, y, width, height = box
    return InkPart((left + x, top + y, width, height), ink[y : y + height, x : x + width])


class _Seam(NamedTuple):
    """A way from top to bottom.

    Attributes:
        columns: its column in each row, int (h,).
        crossed: what it costs: the ink it crosses, in pixels, and a little for its way.
        share: how much of all ink lies left of it, 0 to 1.
    """

    columns: np.ndarray
    crossed: float
    share: float


def _seams(ink: np.ndarray, height: float, most_crossed: float) -> list[_Seam]:
    """Ways through little ink, float32 (h, w), from left to right; `height` is the line's.

    Of the cheapest ways through each pixel those are taken, cheapest first, that divide the
    ink unlike the others.
    """
    cost = ink + _HOLE * _holes(ink) + _PACE
    left = np.cumsum(ink, axis=1) - ink
    above, below = _ways(cost, left), _ways(cost[::-1], left[::-1])
    total = above.cost + below.cost[::-1] - cost
    share = (above.left + below.left[::-1] - left) / ink.sum()
    total[(share < _LEAST_SHARE) | (share > 1 - _LEAST_SHARE)] = np.inf
    chosen: list[_Seam] = []
    while len(chosen) < _SEAMS * ink.shape[1] / height:
        row, column = np.unravel_index(total.argmin(), total.shape)
        crossed = float(total[row, column])
        if crossed > most_crossed:
            break
        way = np.concatenate([above.to(row, column), below.to(len(ink) - 1 - row, column)[-2::-1]])
        chosen.append(_Seam(way, crossed, float(share[row, column])))
        total[np.abs(share - share[row, column]) < _LEAST_SHARE] = np.inf
    chosen.sort(key=lambda seam: seam.share)
    for before, after in itertools.pairwise(chosen):
        np.maximum(after.columns, before.columns, out=after.columns)  # seams may meet, but not cross
    return chosen


class _Ways(NamedTuple):
    """The cheapest ways from the first row to each pixel.

    Attributes:
        cost: what each costs, float (h, w).
        left: the ink left of it, float (h, w).
        step: from which column of the row above it comes, less its own, int (h, w).
    """

    cost: np.ndarray
    left: np.ndarray
    step: np.ndarray

    def to(self, row: int, column: int) -> np.ndarray:
        """The columns of the way to a pixel, from the first row on: int (row + 1,)."""
        columns = [column]
        for above in range(row, 0, -1):
            columns.append(columns[-1] + int(self.step[above, columns[-1]]))
        return np.array(columns[::-1])


def _ways(cost: np.ndarray, left: np.ndarray) -> _Ways:
    """The cheapest ways, given what each pixel costs and the ink left of it in its row, float (h, w)."""
    height, width = cost.shape
    total = np.full((height, width + 2), np.inf)  # with a column at either side through which no way leads
    total[0, 1:-1] = cost[0]
    passed, step = left.astype(np.float64), np.zeros(cost.shape, int)
    options, columns = np.empty((3, width)), np.arange(width)
    for row in range(1, height):
        before = total[row - 1]
        options[:] = before[1:-1], before[:-2] + _SIDEWAYS, before[2:] + _SIDEWAYS
        best = options.argmin(axis=0)
        step[row] = _ASIDE[best]
        total[row, 1:-1] = options[best, columns] + cost[row]
        passed[row] += passed[row - 1, columns + step[row]]
    return _Ways(total[:, 1:-1], passed, step)


def _holes(ink: np.ndarray) -> np.ndarray:
    """Paper that ink, float32 (h, w), encloses: bool (h, w)."""
    paper = np.pad((ink == 0).astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(paper, connectivity=4)
    enclosed: np.ndarray = (paper > 0) & (labels != labels[0, 0])
    return enclosed[1:-1, 1:-1]


# Strokes ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StrokePart(Part):
    """Strokes of the pad, each float64 (points, 2), and their box, in their unit."""

    box: Box
    strokes: tuple[np.ndarray, ...]

    def image(self) -> np.ndarray:
        """The part in MNIST's form: float32 (28, 28)."""
        image = to_mnist(strokes.draw(self.strokes))
        if image is None:
            raise ValueError("strokes: wanted a part with points in it, got none; leave it out")
        return image

    def joined(self, others: Sequence[Any]) -> StrokePart:
        """This part and others as one."""
        return _part_of_strokes([stroke for part in (self, *others) for stroke in part.strokes])

    def touches(self, other: Any, height: float) -> bool:
        """Whether the strokes touch, drawn with the pen that a digit of this height is drawn with."""
        pen = strokes.PEN / BOX * height
        left, top = np.maximum(self.box[:2], other.box[:2]) - pen
        right, bottom = np.minimum(_corner(self.box), _corner(other.box)) + pen
        if right <= left or bottom <= top:
            return False
        scale = min(_RASTER / height, _LARGEST_RASTER / max(right - left, bottom - top))
        shape = (int((bottom - top) * scale) + 1, int((right - left) * scale) + 1)
        ours, theirs = (_inked(part.strokes, (left, top), scale, shape, pen) for part in (self, other))
        return bool((ours & theirs).any())

    def cut(self, height: float) -> list[tuple[Part, float]]:
        """The part itself: a stroke is one go of the pen."""
        return [(self, 0.0)]


def parts_of_strokes(drawing: Sequence[np.ndarray]) -> list[StrokePart]:
    """Each stroke of a drawing, float64 (points, 2), as a part."""
    return [_part_of_strokes([stroke]) for stroke in drawing]


_RASTER, _LARGEST_RASTER = 64, 1000
"""Pixels a line's height in which strokes are drawn to see whether they touch, and at most along a side."""


def _corner(box: Box) -> np.ndarray:
    """Right and bottom."""
    return np.array([box[0] + box[2], box[1] + box[3]])


def _inked(
    drawing: Sequence[np.ndarray],
    corner: tuple[float, float],
    scale: float,
    shape: tuple[int, int],
    pen: float,
) -> np.ndarray:
    """The part of strokes that lies right of and below a corner: uint8 `shape`, 1 = ink."""
    sheet = np.zeros(shape, np.uint8)
    # Points far outside only have to stay outside, and within OpenCV's whole numbers.
    curves = [np.clip((stroke - corner) * scale, -1e6, 1e6).astype(np.int32) for stroke in drawing]
    # A line from a point to itself is a dot as broad as the pen.
    curves = [np.concatenate([curve, curve[-1:]]) for curve in curves]
    cv2.polylines(sheet, curves, False, 1, max(1, round(pen * scale)))
    return sheet


def _part_of_strokes(drawing: list[np.ndarray]) -> StrokePart:
    box = strokes.box(drawing)
    if box is None:
        raise ValueError("strokes: wanted a part with points in it, got none; leave it out")
    return StrokePart(box, tuple(drawing))

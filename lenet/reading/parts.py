"""The parts that digits are composed of: blobs of ink, what blobs are cut into, and pen strokes.

A blob that may be several digits is cut along `seams`. A pen stroke is never cut.

`MAX_CROSSED`, `SHARED` and `MORE_SHARED` were tuned on numbers by PenDigits' training writers
(docs/experiments.md, "Seams").
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from lenet.ink import strokes
from lenet.ink.blobs import blobs, blobs_with_seeds
from lenet.ink.boxes import Box
from lenet.ink.preprocessing import BOX, Steps, ink_box, steps_to_mnist, stroke_width, thickened
from lenet.reading.seams import find_seams

MAX_CROSSED = 4.5
"""Maximum cost of a seam, in stroke widths of ink."""

SHARED = 0.5
"""Ink beyond a seam that both sides keep, in stroke widths: where two digits touch, they share a stroke."""

MORE_SHARED = 1.0
"""The same for the wider variant of a part, which is queried too, as digits may overlap."""

MIN_AREA = 4
"""Minimum area of a blob, in pixels; smaller ones are specks."""

MAX_BLOBS = 2000
"""Maximum number of blobs of a page that are read, the largest ones: a bound on time, for textures."""

TOUCH_RESOLUTION = 64
"""Pixels per height of the line at which two strokes are drawn to test whether they touch."""

MAX_TOUCH_SIDE = 1000
"""Maximum side of that drawing, in pixels: a bound on time and memory."""


class Part(ABC):
    """A unit of ink: a blob, a part that was cut from one, a pen stroke, or several of a kind joined."""

    box: Box

    def image(self) -> np.ndarray:
        """Return the part in MNIST form: float32 (28, 28) in [0, 1]."""
        return self.steps().image

    @abstractmethod
    def steps(self) -> Steps:
        """Return how the part comes to MNIST form."""

    @abstractmethod
    def joined(self, others: Sequence[Any]) -> Part:
        """Return this part and others of its kind as one."""

    @abstractmethod
    def touches(self, other: Any, height: float) -> bool:
        """Return whether this part and another of its kind touch; `height` is their line's."""

    def generous(self) -> Part:
        """Return the part with more of its neighbours' ink where it was cut off from them, else itself."""
        return self

    @abstractmethod
    def cut(self, height: float) -> list[tuple[Part, float]]:
        """Divide the part from left to right.

        Args:
            height: of the line.

        Returns:
            The parts, and with each the cost of the seam between it and the one before it, in stroke widths
            of ink; 0 for the first.
        """


# Ink ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InkPart(Part):
    """Ink of an image.

    Attributes:
        box: in pixels.
        ink: float32 (height, width) in [0, 1], of the box.
        wider: the part with more of its neighbours' ink, where it was cut off from them.
    """

    box: Box
    ink: np.ndarray
    wider: InkPart | None = None

    def steps(self) -> Steps:
        """Return how the ink comes to MNIST form."""
        steps = steps_to_mnist(thickened(self.ink), self.ink)
        if steps is None:
            raise ValueError("ink: wanted a part with ink in it, got none; leave it out")
        return steps

    def joined(self, others: Sequence[Any]) -> InkPart:
        """Return this part and others as one."""
        return _merged([self, *others])

    def generous(self) -> InkPart:
        """Return the part with more of its neighbours' ink where it was cut off from them, else itself."""
        return self.wider or self

    def touches(self, other: Any, height: float) -> bool:
        """Return False: blobs that touched would be one."""
        return False

    def cut(self, height: float) -> list[tuple[Part, float]]:
        """Cut the part along seams."""
        stroke = stroke_width(self.ink)
        seams = find_seams(self.ink, height, MAX_CROSSED * stroke)
        edges = [np.zeros(len(self.ink), int), *(seam.columns for seam in seams)]
        edges.append(np.full(len(self.ink), self.ink.shape[1]))
        costs = [0.0, *(seam.cost / stroke for seam in seams)]
        parts: list[tuple[Part, float]] = []
        for (left, right), cost in zip(itertools.pairwise(edges), costs, strict=True):
            part, wider = (
                self._between(left, right, round(share * stroke)) for share in (SHARED, MORE_SHARED)
            )
            if part:
                parts.append((replace(part, wider=wider), cost))
        return parts

    def _between(self, left: np.ndarray, right: np.ndarray, beyond: int) -> InkPart | None:
        """The ink between two seams, int (h,), and what is connected to it within `beyond` pixels of them."""
        columns = np.arange(self.ink.shape[1])
        own = (columns >= left[:, None]) & (columns < right[:, None])
        near = (columns >= left[:, None] - beyond) & (columns < right[:, None] + beyond)
        reachable = np.where(near, self.ink, 0)
        connected = blobs_with_seeds((reachable > 0).view(np.uint8), own) > 0
        return _trimmed(np.where(connected, reachable, 0), *self.box[:2])


def parts_of_ink(ink: np.ndarray) -> list[InkPart]:
    """Return the blobs of ink, float32 (height, width) in [0, 1], without specks; at most `MAX_BLOBS`."""
    labels, stats = blobs((ink > 0).view(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]  # without the paper, which is blob 0
    largest = 1 + np.argsort(-areas, kind="stable")[:MAX_BLOBS]
    parts = []
    for label in sorted(largest[stats[largest, cv2.CC_STAT_AREA] >= MIN_AREA].tolist()):
        left, top, width, height, _ = stats[label].tolist()
        place = np.s_[top : top + height, left : left + width]
        blob = np.where(labels[place] == label, ink[place], 0)
        parts.append(InkPart((left, top, width, height), blob))
    return parts


def _merged(parts: Sequence[InkPart]) -> InkPart:
    boxes = np.array([part.box for part in parts], int)
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    canvas = np.zeros((bottom - top, right - left), np.float32)
    for part, (x, y, width, height) in zip(parts, boxes, strict=True):
        place = canvas[y - top : y - top + height, x - left : x - left + width]
        np.maximum(place, part.ink, out=place)
    return InkPart((int(left), int(top), int(right - left), int(bottom - top)), canvas)


def _trimmed(ink: np.ndarray, left: float, top: float) -> InkPart | None:
    """A part of the ink, or None where there is none; left and top say where `ink` lies."""
    box = ink_box(ink)
    if box is None:
        return None
    x, y, width, height = box
    return InkPart((left + x, top + y, width, height), ink[y : y + height, x : x + width])


# Strokes ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StrokePart(Part):
    """Pen strokes, each float64 (points, 2), and their box, in their unit."""

    box: Box
    strokes: tuple[np.ndarray, ...]

    def steps(self) -> Steps:
        """Return how the strokes, drawn with the pen of `strokes.draw`, come to MNIST form."""
        steps = steps_to_mnist(strokes.drawn(list(self.strokes)))
        if steps is None:
            raise ValueError("strokes: wanted a part with points in it, got none; leave it out")
        return steps

    def joined(self, others: Sequence[Any]) -> StrokePart:
        """Return this part and others as one."""
        return _part_of_strokes([stroke for part in (self, *others) for stroke in part.strokes])

    def touches(self, other: Any, height: float) -> bool:
        """Return whether the strokes touch, drawn with the pen of a digit of this height."""
        pen = strokes.PEN / BOX * height
        left, top = np.maximum(self.box[:2], other.box[:2]) - pen
        right, bottom = np.minimum(_bottom_right(self.box), _bottom_right(other.box)) + pen
        if right <= left or bottom <= top:
            return False
        scale = min(TOUCH_RESOLUTION / height, MAX_TOUCH_SIDE / max(right - left, bottom - top))
        shape = (int((bottom - top) * scale) + 1, int((right - left) * scale) + 1)
        ours, theirs = (_inked(part.strokes, (left, top), scale, shape, pen) for part in (self, other))
        return bool((ours & theirs).any())

    def cut(self, height: float) -> list[tuple[Part, float]]:
        """Return the part itself: a stroke is never cut."""
        return [(self, 0.0)]


def parts_of_strokes(drawing: Sequence[np.ndarray]) -> list[StrokePart]:
    """Return each stroke of a drawing, float64 (points, 2), as a part."""
    return [_part_of_strokes([stroke]) for stroke in drawing]


def _bottom_right(box: Box) -> np.ndarray:
    return np.array([box[0] + box[2], box[1] + box[3]])


def _inked(
    drawing: Sequence[np.ndarray],
    corner: tuple[float, float],
    scale: float,
    shape: tuple[int, int],
    pen: float,
) -> np.ndarray:
    """Strokes drawn on a canvas whose top left is `corner`: uint8 `shape`, 1 = ink."""
    canvas = np.zeros(shape, np.uint8)
    # Points far outside only have to stay outside, and within OpenCV's whole numbers.
    curves = [np.clip((stroke - corner) * scale, -1e6, 1e6).astype(np.int32) for stroke in drawing]
    # A line from a point to itself is a dot as wide as the pen.
    curves = [np.concatenate([curve, curve[-1:]]) for curve in curves]
    cv2.polylines(canvas, curves, False, 1, max(1, round(pen * scale)))
    return canvas


def _part_of_strokes(drawing: list[np.ndarray]) -> StrokePart:
    box = strokes.box(drawing)
    if box is None:
        raise ValueError("strokes: wanted a part with points in it, got none; leave it out")
    return StrokePart(box, tuple(drawing))

"""What is no digit: scribbles, signs, and what a cut between digits leaves over.

A network that has seen digits only calls everything a digit. The pieces made here teach
it to refuse: halves of digits and two digits at once, as they come about where touching
digits are cut; digits that lie on their side; and what people draw to see what happens.
Letters come from `data`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from lenet.model import NO_DIGIT
from lenet.preprocessing import BOX, SIDE, ink_box, to_mnist

MOST_LOST = 0.08
"""A digit that lost up to this part of its breadth, or has as much of a neighbour's, is still that digit."""

_RIGHT_IS_A_DIGIT = frozenset((3, 4, 7, 8, 9))
"""Digits whose right half may be an upright stroke, which is a 1, or a 3."""


# Cuts ---------------------------------------------------------------------------------------------


def cuts(
    images: np.ndarray, labels: np.ndarray, count: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Set random digits side by side, often touching, and cut a window out of each pair.

    Args:
        images: uint8 (N, 28, 28), 255 = ink, in the form of MNIST.
        labels: int64 (N,), 0 to 9.
        count: how many windows.
        random: source of the randomness.

    Returns:
        uint8 (count, 28, 28) in the form of MNIST, and int64 (count,) labels: the digit
        where nearly all of one and nearly nothing of the other is seen, else `NO_DIGIT`.
    """
    found = _windows(images, labels, random)
    pairs = [next(found) for _ in range(count)]
    windows = np.array([window for window, _ in pairs], np.uint8).reshape(-1, SIDE, SIDE)
    return windows, np.array([label for _, label in pairs], np.int64)


def _windows(
    images: np.ndarray, labels: np.ndarray, random: np.random.Generator
) -> Iterator[tuple[np.ndarray, int]]:
    """Windows without end; those that may be read one way or the other are left out."""
    while True:
        left, right = (int(number) for number in random.integers(len(images), size=2))
        pair = _Pair.of(_cropped(images[left]), _cropped(images[right]), random)
        start, end = pair.window(random)
        label = pair.label(start, end, int(labels[left]), int(labels[right]))
        window = to_mnist(pair.sheet[:, start:end])
        if label is not None and window is not None:
            yield np.round(window * 255).astype(np.uint8), label


def _cropped(image: np.ndarray) -> np.ndarray:
    box = ink_box(image)
    if box is None:
        raise _without_ink()
    left, top, width, height = box
    return image[top : top + height, left : left + width].astype(np.float32) / 255


class _Pair(NamedTuple):
    """Two digits side by side.

    Attributes:
        sheet: float32 (h, w) in [0, 1], 1 = ink.
        left, right: float32 (w,), the ink of each digit in each column.
    """

    sheet: np.ndarray
    left: np.ndarray
    right: np.ndarray

    @classmethod
    def of(cls, left: np.ndarray, right: np.ndarray, random: np.random.Generator) -> _Pair:
        """Set two digits on one sheet: touching or close, at slightly unlike heights."""
        start = max(left.shape[1] + round(random.uniform(-3.5, 5)), 1)
        shape = (BOX + 4, max(start + right.shape[1], left.shape[1]))
        sheets = [_placed(left, 0, shape, random), _placed(right, start, shape, random)]
        return cls(np.maximum(*sheets), *(sheet.sum(axis=0) for sheet in sheets))

    def window(self, random: np.random.Generator) -> tuple[int, int]:
        """First column of a window and the one after it: at the ends, between the digits or through one."""
        end = self.sheet.shape[1]
        left_end, right_start = np.flatnonzero(self.left)[-1] + 1, np.flatnonzero(self.right)[0]
        between = round((left_end + right_start) / 2 + random.normal(0, 0.7))
        through_left = round(left_end * random.uniform(0.2, 0.8))
        through_right = round(right_start + (end - right_start) * random.uniform(0.2, 0.8))
        windows = [(0, end), (0, between), (between, end), (0, through_right), (through_left, end)]
        windows += [(0, through_left), (through_right, end), (0, end)]
        return windows[int(random.integers(len(windows)))]

    def label(self, start: int, end: int, left: int, right: int) -> int | None:
        """What columns start to end show: one of the two digits, no digit, or None for hard to say."""
        seen_left, seen_right = (float(ink[start:end].sum() / ink.sum()) for ink in (self.left, self.right))
        less, more = sorted((seen_left, seen_right))
        if less <= MOST_LOST and more >= 1 - MOST_LOST:
            return left if seen_left > seen_right else right
        if less >= 0.3:
            return NO_DIGIT
        if less > MOST_LOST or not 0.25 <= more <= 0.5:
            return None
        digit = left if seen_left > seen_right else right
        box = ink_box(self.sheet[:, start:end])
        return NO_DIGIT if box and _is_unlike_any(digit, box, is_right=start > 0) else None


def _placed(
    digit: np.ndarray, column: int, shape: tuple[int, int], random: np.random.Generator
) -> np.ndarray:
    sheet = np.zeros(shape, np.float32)
    row = (BOX - digit.shape[0]) // 2 + int(random.integers(5))
    sheet[row : row + digit.shape[0], column : column + digit.shape[1]] = digit
    return sheet


def _is_unlike_any(digit: int, box: tuple[int, int, int, int], is_right: bool) -> bool:
    """Whether half of a digit is no digit itself: too broad for a 1, too high for a loop or a serif."""
    _, _, width, height = box
    return (
        width >= 0.4 * height
        and height >= 0.7 * BOX
        and digit != 1
        and not (is_right and digit in _RIGHT_IS_A_DIGIT)
    )


# Digits that lie --------------------------------------------------------------------------------

_NO_DIGIT_ON_SIDE = (1, 2, 3, 4, 5, 6, 7, 8, 9)
_NO_DIGIT_ON_HEAD = (3, 4, 7)


def turned(images: np.ndarray, labels: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Turn random digits on their side or head, where that leaves no digit.

    They teach the network to tell a page that lies on its side.

    Args:
        images: uint8 (N, 28, 28), 255 = ink, in the form of MNIST.
        labels: int64 (N,), 0 to 9.
        count: how many.
        random: source of the randomness.

    Returns:
        uint8 (count, 28, 28) in the form of MNIST, none of them a digit.
    """
    on_side, on_head = (np.flatnonzero(np.isin(labels, of)) for of in (_NO_DIGIT_ON_SIDE, _NO_DIGIT_ON_HEAD))
    found = []
    for _ in range(count):
        quarters = int(random.integers(1, 4))
        image = images[random.choice(on_head if quarters == 2 else on_side)]
        lying = to_mnist(np.rot90(image, quarters).astype(np.float32) / 255)
        if lying is None:
            raise _without_ink()
        found.append(np.round(lying * 255).astype(np.uint8))
    return np.array(found, np.uint8).reshape(-1, SIDE, SIDE)


def _without_ink() -> ValueError:
    return ValueError("images: wanted digits, got one without ink; leave it out")


# Scribbles ----------------------------------------------------------------------------------------

Drawing = list[np.ndarray]


def scribbles(count: int, random: np.random.Generator) -> list[Drawing]:
    """Draw what is no digit: dots, dashes, signs, shapes, zigzags and scribbles.

    Returns:
        Drawings, each a list of strokes, float64 (points, 2) with y downward, about
        1 × 1 in size. An upright stroke is not among them, for it is a 1, nor is a ring.
    """
    kinds: tuple[Callable[[np.random.Generator], Drawing], ...] = (
        _tangle,
        _tangle,
        _tangle,
        _zigzag,
        _wave,
        _spiral,
        _dash,
        _dot,
        _equals,
        _plus,
        _cross,
        _hash,
        _star,
        _arrow,
        _triangle,
        _rectangle,
        _percent,
        _dots,
    )
    return [_by_hand(kinds[int(random.integers(len(kinds)))](random), random) for _ in range(count)]


def _by_hand(drawing: Drawing, random: np.random.Generator) -> Drawing:
    """The same with more points, and as unsteady as a hand."""
    return [_trembling(stroke, random) for stroke in drawing]


def _trembling(stroke: np.ndarray, random: np.random.Generator) -> np.ndarray:
    places = np.linspace(0, len(stroke) - 1, 4 * len(stroke))
    points = np.stack([np.interp(places, np.arange(len(stroke)), axis) for axis in stroke.T], axis=1)
    return points + random.normal(0, 0.006, points.shape)


def _line(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, np.float64)


def _tangle(random: np.random.Generator) -> Drawing:
    """A curve through many random places, smooth enough to be of one go."""
    turns = int(random.integers(8, 20))
    knots = random.uniform(0, 1, (turns, 2)) * (random.uniform(0.5, 2), 1)
    places = np.linspace(0, turns - 1, 5 * turns)
    path = np.stack([np.interp(places, np.arange(turns), axis) for axis in knots.T], axis=1)
    smooth = np.ones(5) / 5
    return [np.stack([np.convolve(axis, smooth, "valid") for axis in path.T], axis=1)]


def _zigzag(random: np.random.Generator) -> Drawing:
    turns = int(random.integers(5, 12))
    x = np.linspace(0, random.uniform(0.6, 2), turns) + random.normal(0, 0.03, turns)
    y = np.arange(turns) % 2 * random.uniform(0.3, 1) + random.normal(0, 0.05, turns)
    return [np.stack([x, y] if random.random() < 0.6 else [y, x], axis=1)]


def _wave(random: np.random.Generator) -> Drawing:
    t = np.linspace(0, random.uniform(1.5, 4), 40)
    loops = random.uniform(-0.1, 0.3)
    return [np.stack([t / 3 + loops * np.sin(4 * np.pi * t), 0.3 * np.cos(2 * np.pi * t)], axis=1)]


def _spiral(random: np.random.Generator) -> Drawing:
    t = np.linspace(0.1, random.uniform(2.5, 4.5), 60)
    angle = 2 * np.pi * (random.choice((-1, 1)) * t + random.random())
    return [np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1) / 6]


def _dash(random: np.random.Generator) -> Drawing:
    slope, bend = random.uniform(-0.45, 0.45), random.uniform(-0.15, 0.15)
    return [_line((0, 0), (0.5, slope / 2 + bend), (1, slope))]


def _dot(random: np.random.Generator) -> Drawing:
    return (
        [random.normal(0, 0.4, (int(random.integers(1, 4)), 2))] if random.random() < 0.5 else [_blob(random)]
    )


def _blob(random: np.random.Generator) -> np.ndarray:
    """A small patch, filled by going to and fro."""
    t = np.linspace(0, 1, 90)
    return np.stack([np.cos(41 * t) * np.sin(np.pi * t), t * 2 - 1], axis=1) * random.uniform(0.7, 1.3, 2)


def _dots(random: np.random.Generator) -> Drawing:
    upright = random.random() < 0.5
    size = random.uniform(0.02, 0.08)
    places = [(0, place) if upright else (place, 0) for place in range(int(random.integers(2, 4)))]
    return [random.normal(0, size, (6, 2)) + np.array(place) / 2 for place in places]


def _equals(random: np.random.Generator) -> Drawing:
    apart = random.uniform(0.25, 0.6)
    return [_line((0, 0), (1, 0)), _line((0, apart), (1, apart))]


def _plus(random: np.random.Generator) -> Drawing:
    return [_line((0.5, 0), (0.5, 1)), _line((0, 0.5), (1, 0.5))]


def _cross(random: np.random.Generator) -> Drawing:
    return [_line((0, 0), (1, 1)), _line((1, 0), (0, 1))]


def _hash(random: np.random.Generator) -> Drawing:
    upright = [_line((x + 0.1, 0), (x, 1)) for x in (0.3, 0.7)]
    return upright + [_line((0, y), (1, y)) for y in (0.35, 0.65)]


def _star(random: np.random.Generator) -> Drawing:
    points = 5 if random.random() < 0.5 else 6
    if points == 6:
        angles = np.pi * (np.arange(3) + random.random()) / 3
        return [np.array([[-np.cos(a), -np.sin(a)], [np.cos(a), np.sin(a)]]) for a in angles]
    angles = 2 * np.pi * (2 * np.arange(6) / 5 - 0.25)
    return [np.stack([np.cos(angles), np.sin(angles)], axis=1)]


def _arrow(random: np.random.Generator) -> Drawing:
    arrow = [_line((0, 0.5), (1, 0.5)), _line((0.7, 0.2), (1, 0.5), (0.7, 0.8))]
    turn = random.integers(4)
    quarter = np.array([[0, 1], [-1, 0]])
    return [stroke @ np.linalg.matrix_power(quarter, int(turn)) for stroke in arrow]


def _triangle(random: np.random.Generator) -> Drawing:
    top = random.uniform(0.3, 0.7)
    corners = _line((top, 0), (1, 1), (0, 1), (top, 0))
    return [corners * (random.uniform(0.8, 1.5), 1)]


def _rectangle(random: np.random.Generator) -> Drawing:
    corners = _line((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return [corners * (random.uniform(0.8, 2), 1)]


def _percent(random: np.random.Generator) -> Drawing:
    angle = np.linspace(0, 2 * np.pi, 16)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) * 0.18
    return [ring + _line((0.2, 0.25)), _line((0.95, 0), (0.1, 1)), ring + _line((0.85, 0.75))]

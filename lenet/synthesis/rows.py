"""Rows: ink of known text that stands in one line, made of single digits or taken from a page."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

import cv2
import numpy as np

from lenet.network.record import ALPHABET, NO_DIGIT, SIGNS
from lenet.reading.parts import parts_of_ink
from lenet.reading.reading_order import lines_of
from lenet.synthesis.chunks import make_chunks
from lenet.synthesis.degradation import PHOTO_SCALE, degrade, upscale


class Row(NamedTuple):
    """Ink that stands in one line.

    Attributes:
        pixels: uint8 (height, width), 255 = ink.
        text: its digits and signs, as far as the alphabet has them, or "" for a negative.
    """

    pixels: np.ndarray
    text: str

    @property
    def ink(self) -> np.ndarray:
        """Float32 (height, width) in [0, 1], 1 = ink."""
        return self.pixels.astype(np.float32) / 255


def as_row(ink: np.ndarray, text: str) -> Row | None:
    """Make a row of ink, float32 (height, width) in [0, 1]; None where it does not stand in one line."""
    row = Row(np.round(ink * 255).astype(np.uint8), text)
    return row if len(lines_of(parts_of_ink(row.ink))) == 1 else None


_SIGN_SIZES = {"/": 1.1, "+": 0.6, "=": 0.5, "(": 1.15, ")": 1.15, "x": 0.6}
"""Longer side of a sign relative to a digit's, as people write them; 1 for others. Set by hand."""

_SIGN_SPREAD = 0.2
"""Maximum deviation from these sizes to either side, in logarithms. Set by hand."""

_NUMBER_HEIGHT = (45, 75)
"""Range of the height of a drawn number, in pixels; a digit is about 60 pixels high, as made ones are."""

_NUMBER_PENS = (3, 10)
"""Range of the pen's width for it, in pixels: 1 to 3 of MNIST's."""

_MAX_WIDTH = 1200
"""Maximum width of a drawn number, in pixels; longer ones are drawn lower. A bound on time."""


def of_drawing(strokes: Sequence[np.ndarray], label: str, random: np.random.Generator) -> Row | None:
    """Draw a number that was written with a pen, with a pen and a slant of random strength.

    Args:
        strokes: each float64 (points, 2), x and y downward, in any unit.
        label: what is written; what the alphabet does not have is left out of the row's text.
        random: source of randomness.

    Returns:
        The row; None where its ink does not stand in one line.
    """
    slant = np.array([[1, 0], [random.uniform(-0.25, 0.25), 1]])
    slanted = [stroke @ slant for stroke in strokes]
    points = np.concatenate(slanted)
    low, extent = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-9)
    scale = min(random.uniform(*_NUMBER_HEIGHT) / extent[1], _MAX_WIDTH / extent[0])
    pen = int(random.integers(*_NUMBER_PENS))
    width, height = np.ceil(extent * scale).astype(int) + 2 * pen
    canvas = np.zeros((height, width), np.uint8)
    fixed = [np.round(((stroke - low) * scale + pen) * 16).astype(np.int32) for stroke in slanted]
    cv2.polylines(canvas, fixed, False, 255, pen, cv2.LINE_AA, shift=4)
    ink = canvas.astype(np.float32) / 255
    return as_row(degrade(ink, random) if random.random() < _DEGRADED else ink, spelt(label))


def spelt(label: str) -> str:
    """What a network can read of a label: its digits and signs, in their order."""
    return "".join(symbol for symbol in label if symbol in ALPHABET)


_LENGTHS = {1: 0.1, 2: 0.3, 3: 0.3, 4: 0.2, 5: 0.1}
"""Probability of each number of digits in a row. Set by hand."""

_APART = 0.45
"""Share of neighbours in a row that do not touch: about half, as on paper.

Networks that learnt from rows where all touch read fewer photographed numbers (docs/experiments.md).
"""

_DEGRADED = 0.5
"""Share of rows that are degraded as by a photo. Set by hand."""


def make(images: np.ndarray, labels: np.ndarray, count: int, seed: int, pool: Executor) -> list[Row]:
    """Set random digits and signs side by side, some of them touching; a negative stands alone.

    Args:
        images: uint8 (N, 28, 28), 255 = ink, in MNIST's form.
        labels: int64 (N,), indices into the alphabet.
        count: number of rows.
        seed: of the randomness.
        pool: makes them in chunks.
    """
    chunks = make_chunks(images, labels, _make_chunk, count, seed, pool)
    return [row for chunk in chunks for row in chunk][:count]


def _make_chunk(images: np.ndarray, labels: np.ndarray, random: np.random.Generator) -> list[Row]:
    """Make as many rows as there are images."""
    rows: list[Row] = []
    while len(rows) < len(images):
        length = random.choice(list(_LENGTHS), p=list(_LENGTHS.values()))
        chosen = random.integers(len(images), size=length)
        if (labels[chosen] == NO_DIGIT).any():
            chosen = chosen[:1]
        digits = [_sized(images[index], ALPHABET[labels[index]], random) for index in chosen]
        ink = side_by_side(digits, _APART, False, random)[0].max(axis=0)
        if random.random() < _DEGRADED:
            ink = degrade(ink, random)
        row = as_row(ink, "".join(ALPHABET[label] for label in labels[chosen] if label != NO_DIGIT))
        if row is not None:
            rows.append(row)
    return rows


def _sized(image: np.ndarray, symbol: str, random: np.random.Generator) -> np.ndarray:
    """Enlarge a symbol to its size in a row."""
    large = upscale(image, random)
    if symbol not in SIGNS:
        return large
    size = _SIGN_SIZES.get(symbol, 1) * np.exp(random.uniform(-_SIGN_SPREAD, _SIGN_SPREAD))
    return cv2.resize(large, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)


_JITTER = 4 * PHOTO_SCALE
"""Range of the vertical position of a digit in its row, in pixels. Set by hand."""


def side_by_side(
    digits: list[np.ndarray], apart: float, joined: bool, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Set digits in a row.

    Args:
        digits: float32 (h, w) in [0, 1], as from `degradation.upscale`.
        apart: share of neighbours with a gap between them; others touch, nearly touch or overlap.
        joined: whether a stroke joins those with a gap, as in quick handwriting.
        random: source of randomness.

    Returns:
        Each digit on a canvas of its own, float32 (N, H, W), and the strokes that join some of them, (H, W).
    """
    height = max(len(digit) for digit in digits) + _JITTER
    canvases: list[np.ndarray] = []
    after_gap: list[int] = []
    for index, digit in enumerate(digits):
        top = (height - len(digit)) // 2 + int(random.integers(-_JITTER // 2, _JITTER // 2 + 1))
        canvas = np.pad(digit, ((top, height - len(digit) - top), (0, 0)))
        if canvases:
            overlap = random.uniform(-1, 0.12 * height)
            if random.random() < apart:
                overlap = -random.uniform(0, 0.4 * height)
                after_gap.append(index)
            left = max(round(_touching_offset(canvases[-1], canvas) - overlap), 0)
            canvas = np.pad(canvas, ((0, 0), (left, 0)))
        canvases.append(canvas)
    width = max(canvas.shape[1] for canvas in canvases)
    row = np.stack([np.pad(canvas, ((0, 0), (0, width - canvas.shape[1]))) for canvas in canvases])
    joins = np.zeros(row.shape[1:], np.float32)
    for right in after_gap if joined else ():
        _draw_join(joins, row[right - 1], row[right], random)
    return row, joins


def _draw_join(canvas: np.ndarray, left: np.ndarray, right: np.ndarray, random: np.random.Generator) -> None:
    """Draw a bent stroke from one digit to the next, all float32 (H, W); none where it would be too steep."""
    x, y = _point_on_left(left[:, ::-1], random)
    start, end = np.array([left.shape[1] - 1 - x, y]), np.array(_point_on_left(right, random))
    if abs(start[1] - end[1]) > 0.35 * len(canvas):
        return
    control = (start + end) / 2 + (0, random.uniform(-0.1, 0.2) * len(canvas))
    t = np.linspace(0, 1, 12)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    width = int(random.integers(3, 8))
    cv2.polylines(canvas, [curve.round().astype(np.int32)], False, 1.0, width)


def _point_on_left(digit: np.ndarray, random: np.random.Generator) -> tuple[int, int]:
    """Choose a point (x, y) of the left outline of ink (H, W), most often near its top or bottom."""
    rows = np.flatnonzero(digit.any(axis=1))
    row = rows[int(random.beta(0.7, 0.7) * len(rows))]
    return int((digit[row] > 0).argmax()), int(row)


def _touching_offset(left: np.ndarray, right: np.ndarray) -> int:
    """Compute by how many columns to move `right` so that it just touches `left` where they are nearest."""
    both = left.any(axis=1) & right.any(axis=1)
    ends = left.shape[1] - np.argmax(left[:, ::-1] > 0, axis=1)
    return int((ends - np.argmax(right > 0, axis=1))[both].max(initial=0))

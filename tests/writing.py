"""Numbers written with the page's own examples, for tests: `written("12 34")` and its ink."""

from __future__ import annotations

import numpy as np

from benchmarks.pages import Number, render
from lenet.ui import examples

Drawing = list[np.ndarray]

DRAWINGS = examples.load()


def digit(label: int) -> Drawing:
    """One digit, 1 high."""
    drawing = next(example.strokes for example in DRAWINGS if example.label == label)
    strokes = [np.asarray(stroke, np.float64) for stroke in drawing]
    points = np.concatenate(strokes)
    return [(stroke - points.min(axis=0)) / np.ptp(points[:, 1]) for stroke in strokes]


def written(text: str, gap: float = 0.25, size: float = 100) -> Drawing:
    """Digits side by side, a space between numbers, a line below the other; lines 1.8 digits apart."""
    drawing: Drawing = []
    for row, line in enumerate(text.split("\n")):
        right = 0.0
        for character in line:
            if character == " ":
                right += 1.3
                continue
            one = moved(digit(int(character)), right, 1.8 * row)
            drawing += one
            right = max(float(stroke[:, 0].max()) for stroke in one) + gap
    return [stroke * size for stroke in drawing]


def moved(drawing: Drawing, right: float, down: float) -> Drawing:
    """The same elsewhere."""
    return [stroke + np.array([right, down]) for stroke in drawing]


def inked(drawing: Drawing, height: float = 40) -> np.ndarray:
    """Ink of a drawing whose digits are 100 high, at `height` pixels a digit."""
    strokes = [stroke / 100 for stroke in drawing]
    return render(Number(strokes, "", False), height, 0.12)

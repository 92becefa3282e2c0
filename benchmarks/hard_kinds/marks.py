"""Signs, digits of an unusual form, and characters set side by side; lengths in heights of a digit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.hard_kinds.hands import Hand
from benchmarks.pages import Drawing

Random = np.random.Generator

SPACE = 1.0
"""Width of a space between words."""


def write(
    text: str,
    hand: Hand,
    random: Random,
    pen: float,
    gap: tuple[float, float] = (0.08, 0.3),
    own: dict[str, Drawing] | None = None,
) -> Drawing:
    """Write a line of text, its digits about from y = 0 to y = 1, its left end at x = 0.

    Args:
        text: digits, letters, signs and spaces.
        hand: draws the digits and letters.
        random: source of the randomness.
        pen: stroke width.
        gap: least and greatest distance between the ink of two characters.
        own: drawings that stand for a character instead.
    """
    written: Drawing = []
    right = 0.0
    lean = random.normal(0, 0.04)
    mean = random.uniform(*gap)
    for character in text:
        if character == " ":
            right += SPACE * random.uniform(0.8, 1.2)
            continue
        drawing = (own or {}).get(character) or _character(character, hand, random)
        left = float(np.concatenate(drawing)[:, 0].min())
        distance = 0.0 if not written else pen + np.clip(mean * random.uniform(0.6, 1.4), *gap)
        written += moved(drawing, right + distance - left, 0)
        right = max(float(stroke[:, 0].max()) for stroke in written)
    slope = np.array([[1, random.normal(0, 0.012)], [-lean, 1]])
    return [stroke @ slope for stroke in written]


def moved(drawing: Drawing, right: float, down: float) -> Drawing:
    """The same drawing elsewhere."""
    return [stroke + np.array([right, down]) for stroke in drawing]


def scaled(drawing: Drawing, size: float) -> Drawing:
    """The same drawing larger or smaller, about (0, 0)."""
    return [stroke * size for stroke in drawing]


def reach(drawing: Drawing) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a drawing."""
    points = np.concatenate(drawing)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _character(character: str, hand: Hand, random: Random) -> Drawing:
    """One character, with the bit of size and height in which two of one hand differ."""
    if character in SIGNS:
        return [unsteady(stroke, random) for stroke in SIGNS[character](random)]
    size, rise = random.uniform(0.92, 1.08), random.normal(0, 0.02)
    if character == "x":
        size *= 0.6
        rise -= 0.12
    return [(stroke - (0, 1)) * size + (0, 1 + rise) for stroke in hand.draw(character, random)]


def unsteady(stroke: np.ndarray, random: Random, amount: float = 0.012) -> np.ndarray:
    """A stroke drawn by no ruler: (points, 2) with slight bends and one or two steps in between."""
    steps = np.linspace(0, len(stroke) - 1, max(2, 8 * (len(stroke) - 1)))
    index = np.arange(len(stroke))
    fine = np.stack([np.interp(steps, index, stroke[:, axis]) for axis in (0, 1)], axis=1)
    t = np.linspace(0, 1, len(fine))[:, None]
    frequency, phase = random.uniform(0.3, 1.5, 2), random.uniform(0, 6, 2)
    return fine + amount * np.sin(2 * np.pi * frequency * t + phase)


def line(*points: tuple[float, float]) -> np.ndarray:
    """Points as a stroke, float64 (points, 2)."""
    return np.array(points, float)


def ellipse(width: float, height: float, random: Random, overshoot: float = 0.05) -> np.ndarray:
    """A round stroke about (0, 0) that begins near the top and overlaps its beginning a little."""
    start = random.uniform(-0.5, 0.5) - np.pi / 2
    angle = start - np.linspace(0, 2 * np.pi * (1 + overshoot), 60)
    drift = 1 + random.uniform(-0.03, 0.03) * np.linspace(0, 1, 60)
    return np.stack([width / 2 * drift * np.cos(angle), height / 2 * drift * np.sin(angle)], axis=1)


# Signs --------------------------------------------------------------------------------------------


def _dot(random: Random) -> Drawing:
    return [line((0, 0.98), (random.uniform(0, 0.02), 1.0))]


def _comma(random: Random) -> Drawing:
    lean, length = random.uniform(0.02, 0.12), random.uniform(0.15, 0.28)
    return [line((lean, 0.93), (0, 0.93 + length))]


def _dash(random: Random) -> Drawing:
    width, row, tilt = random.uniform(0.28, 0.55), random.uniform(0.45, 0.6), random.uniform(-0.03, 0.03)
    return [line((0, row + tilt), (width, row - tilt))]


def _slash(random: Random) -> Drawing:
    above, below = random.uniform(0, 0.15), random.uniform(0, 0.2)
    return [line((random.uniform(0.25, 0.55), -above), (0, 1 + below))]


def _plus(random: Random) -> Drawing:
    size, row, tilt = random.uniform(0.4, 0.65), random.uniform(0.48, 0.6), random.uniform(-0.03, 0.03)
    across = line((0, row + tilt), (size, row - tilt))
    middle = size * random.uniform(0.42, 0.58)
    half = size * random.uniform(0.42, 0.55)
    return [across, line((middle + tilt, row - half), (middle - tilt, row + half))]


def _bracket(random: Random) -> Drawing:
    bulge, above, below = random.uniform(0.1, 0.25), random.uniform(0, 0.18), random.uniform(0, 0.18)
    angle = np.linspace(-1, 1, 20)
    return [np.stack([bulge * angle**2, 0.5 - above + (0.5 + (above + below) / 2) * (angle + above)], axis=1)]


def _closing(random: Random) -> Drawing:
    return [stroke * (-1, 1) for stroke in _bracket(random)]


SIGNS: dict[str, Callable[[Random], Drawing]] = {
    ".": _dot,
    ",": _comma,
    "-": _dash,
    "/": _slash,
    "+": _plus,
    "(": _bracket,
    ")": _closing,
}


# Digits of an unusual form ------------------------------------------------------------------------


def based_one(random: Random) -> Drawing:
    """A 1 with a flag over a separate base line."""
    top, width = random.uniform(0.2, 0.35), random.uniform(0.4, 0.6)
    stem = line((0.3 - top * random.uniform(0.6, 1.0), top), (0.3, 0), (0.3, 0.97))
    base = line((0.3 - width / 2, 1 + random.uniform(-0.02, 0.02)), (0.3 + width / 2, 1.0))
    return [unsteady(stem, random), unsteady(base, random)]


def open_four(random: Random) -> Drawing:
    """A 4 in two strokes that is open at the top."""
    row, wide = random.uniform(0.5, 0.65), random.uniform(0.42, 0.55)
    angle = line((random.uniform(0, 0.12), 0), (0, row), (wide + 0.1, row + random.uniform(-0.05, 0.05)))
    stem = line((wide + random.uniform(0, 0.06), random.uniform(0, 0.15)), (wide - 0.05, 1))
    return [unsteady(angle, random), unsteady(stem, random)]


def slashed_zero(random: Random) -> Drawing:
    """A 0 with a stroke through it."""
    width = random.uniform(0.5, 0.7)
    reach = random.uniform(0.36, 0.5)
    bar = line((width * reach, -0.85 * reach), (-width * reach, 0.85 * reach))
    return moved([ellipse(width, 1, random), unsteady(bar, random)], width / 2, 0.5)


def crossed_seven(random: Random) -> Drawing:
    """A 7 with a bar through its stem."""
    width, foot = random.uniform(0.5, 0.7), random.uniform(0.1, 0.3)
    seven = line((0, random.uniform(0, 0.06)), (width, 0), (foot, 1))
    row, half = random.uniform(0.42, 0.58), random.uniform(0.16, 0.26)
    middle = width + (foot - width) * row
    tilt = random.uniform(-0.04, 0.04)
    return [
        unsteady(seven, random),
        unsteady(line((middle - half, row + tilt), (middle + half, row - tilt)), random),
    ]

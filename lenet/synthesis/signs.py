"""Signs as pen drawings, in several ways of writing each; their shapes were set by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lenet.synthesis.drawings import Drawing
from lenet.synthesis.scribbles import add_tremor, line


def make(sign: str, count: int, random: np.random.Generator) -> list[Drawing]:
    """Draw a sign.

    Args:
        sign: one of `record.SIGNS`.
        count: number of drawings.
        random: source of randomness.

    Returns:
        Drawings about 1 × 1 in size.
    """
    return [[add_tremor(stroke, random) for stroke in _MAKERS[sign](random)] for _ in range(count)]


def _shaken(random: np.random.Generator, *points: tuple[float, float], amount: float = 0.05) -> np.ndarray:
    """A line through points, each moved at random."""
    stroke = line(*points)
    return stroke + random.normal(0, amount, stroke.shape)


def _bent(
    random: np.random.Generator, start: tuple[float, float], end: tuple[float, float], bend: float
) -> np.ndarray:
    """An arc from start to end, float64 (10, 2), that leaves their chord by `bend` of its length."""
    first, last = _shaken(random, start, end, amount=0.03)
    t = np.linspace(0, 1, 10)[:, None]
    normal = np.array([last[1] - first[1], first[0] - last[0]])
    return first + t * (last - first) + 4 * bend * t * (1 - t) * normal


def _slash(random: np.random.Generator) -> Drawing:
    """Leans by 25 to 50 degrees: a 1 seldom leans so far."""
    lean = np.tan(np.deg2rad(random.uniform(25, 50)))
    return [_bent(random, (lean, 0), (0, 1), random.normal(0, 0.03))]


def _plus(random: np.random.Generator) -> Drawing:
    high = random.uniform(0.7, 1.3)
    x, y = random.uniform(0.35, 0.65, 2)
    upright = _bent(random, (x, 0), (x + random.normal(0, 0.05), high), random.normal(0, 0.03))
    level = _bent(random, (0, y * high), (1, y * high + random.normal(0, 0.08)), random.normal(0, 0.03))
    if random.random() < 0.15:  # in one stroke: down, and back to the left end of the bar
        return [np.concatenate([upright, level])]
    return [upright, level]


def _equals(random: np.random.Generator) -> Drawing:
    apart = random.uniform(0.2, 0.65)
    slope = random.normal(0, 0.08)
    lines = [
        _bent(random, (0, y), (1, y + slope + random.normal(0, 0.04)), random.normal(0, 0.04))
        for y in (0, apart)
    ]
    lines[1] = (lines[1] - (0, apart)) * (random.uniform(0.75, 1.25), 1) + (0, apart)
    return lines


def _left_bracket(random: np.random.Generator) -> Drawing:
    """Bowed by at least a seventh of its height, so that it is no 1."""
    lean = random.normal(0.05, 0.08)
    return [_bent(random, (lean, 0), (0, 1), -random.uniform(0.15, 0.3))]


def _right_bracket(random: np.random.Generator) -> Drawing:
    return [stroke * (-1, 1) for stroke in _left_bracket(random)]


def _dollar(random: np.random.Generator) -> Drawing:
    """An S with a bar or two, that cross it or stand out above and below only."""
    t = np.linspace(0, 1, 24)
    width = random.uniform(0.3, 0.5)
    angle = np.pi * (0.15 + 1.25 * np.where(t < 0.5, 2 * t, 2 - 2 * t))
    centre = np.where(t < 0.5, 0.27, 0.73)
    upper = np.stack([width * np.cos(angle), centre - 0.25 * np.sin(angle)], axis=1)
    lower = np.stack([-width * np.cos(angle), centre + 0.25 * np.sin(angle)], axis=1)
    curve = np.where((t < 0.5)[:, None], upper, lower)
    strokes = [curve + random.normal(0, 0.02, curve.shape)]
    lean, over = random.normal(0.05, 0.08), random.uniform(0.05, 0.25)
    for x in (0.0,) if random.random() < 0.7 else (-0.09, 0.09):
        if random.random() < 0.2:
            strokes.append(_shaken(random, (x + lean, -over), (x + lean, 0.05), amount=0.02))
            strokes.append(_shaken(random, (x - lean, 0.95), (x - lean, 1 + over), amount=0.02))
        else:
            strokes.append(_shaken(random, (x + lean, -over), (x - lean, 1 + over), amount=0.02))
    return strokes


def _hash(random: np.random.Generator) -> Drawing:
    lean, apart = random.uniform(0, 0.2), random.uniform(0.2, 0.4)
    upright = [
        _shaken(random, (x + lean, 0), (x, 1), amount=0.04) for x in (0.5 - apart / 2, 0.5 + apart / 2)
    ]
    level = [_shaken(random, (0, y), (1.1, y), amount=0.04) for y in (0.5 - apart / 2, 0.5 + apart / 2)]
    return upright + level


def _percent(random: np.random.Generator) -> Drawing:
    left, right = _ring(random, 0.2, 0.25), _ring(random, 0.85, 0.75)
    slash = _bent(random, (0.95, 0), (0.1, 1), random.normal(0, 0.04))
    if random.random() < 0.15:  # the first ring and the slash in one stroke
        return [np.concatenate([left, slash]), right]
    return [left, slash, right]


def _ring(random: np.random.Generator, x: float, y: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi * random.uniform(0.9, 1.1), 16) + random.uniform(0, 2 * np.pi)
    return line((x, y)) + np.stack([np.cos(angle), np.sin(angle)], axis=1) * random.uniform(0.1, 0.24, 2)


def _times(random: np.random.Generator) -> Drawing:
    """Two strokes that cross, straight or bent, or an x of two bows back to back."""
    if random.random() < 0.15:
        apart, bend = random.uniform(0, 0.08), random.uniform(0.2, 0.4)
        first = _bent(random, (0, 0), (0, 1), bend)
        second = _bent(random, (2 * bend + apart, 0), (2 * bend + apart, 1), -bend)
        return [first, second]
    bends = random.normal(0, 0.06, 2)
    wide = random.uniform(0.7, 1.2)
    return [_bent(random, (0, 0), (wide, 1), bends[0]), _bent(random, (wide, 0), (0, 1), bends[1])]


_MAKERS: dict[str, Callable[[np.random.Generator], Drawing]] = {
    "/": _slash,
    "+": _plus,
    "=": _equals,
    "(": _left_bracket,
    ")": _right_bracket,
    "$": _dollar,
    "#": _hash,
    "%": _percent,
    "x": _times,
}

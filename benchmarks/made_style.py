"""A style that the shipped network confuses, by many hands: open 4, 1 with a base, 7 with a hook."""

from __future__ import annotations

import numpy as np

Drawing = list[np.ndarray]
"""Strokes, each float64 (points, 2), y downward, about 1 high."""

LABELS = (1, 4, 7)
"""What it writes, in turns."""


def drawings(count: int, seed: int) -> list[tuple[Drawing, int]]:
    """So many drawings with their labels; each has a shape of its own."""
    random = np.random.default_rng(seed)
    writes = {1: _one, 4: _four, 7: _seven}
    return [(_bent(writes[label](random), random), label) for label in (LABELS[n % 3] for n in range(count))]


def _one(random: np.random.Generator) -> Drawing:
    """A long flag that rises to the top, a stem, and a wide base as a second stroke."""
    top = np.array([random.uniform(0, 0.3), 0.0])
    tip = np.add(top, (-random.uniform(0.5, 0.8), random.uniform(0.35, 0.75)))
    half = random.uniform(0.35, 0.65)
    flag = _arc(tip, top, random.normal(-0.15, 0.1))
    stem = _arc(top, (0, 1), random.normal(0, 0.05))
    left, right = -half * random.uniform(0.6, 1.1), half * random.uniform(0.6, 1.2)
    base = _arc((left, random.normal(1, 0.03)), (right, random.normal(1, 0.03)), random.normal(0, 0.06))
    return [np.concatenate([flag, stem]), base]


def _four(random: np.random.Generator) -> Drawing:
    """Open at the top and rounded: a bow, and a stem that hardly leaves it."""
    width, height = random.uniform(0.4, 0.75), random.uniform(0.6, 0.85)
    start, corner = (random.normal(0.1, 0.1), 0), (random.normal(-0.02, 0.04), height)
    end = (width + random.uniform(0, 0.25), height + random.normal(0, 0.05))
    bow = [_arc(start, corner, random.normal(0.15, 0.1)), _arc(corner, end, random.normal(0.15, 0.1))]
    across = width * random.uniform(0.7, 1)
    top = (across + random.normal(0.05, 0.05), random.uniform(-0.05, 0.25))
    foot = (across + random.normal(-0.08, 0.06), random.uniform(0.95, 1.1))
    return [np.concatenate(bow), _arc(top, foot, random.normal(0, 0.05))]


def _seven(random: np.random.Generator) -> Drawing:
    """One stroke: a hook down at the left of the bar, and one to the right at the foot."""
    width = random.uniform(0.5, 0.8)
    tip, corner = (0, random.uniform(0.1, 0.35)), (random.normal(0, 0.04), random.normal(0, 0.03))
    right = (width, random.normal(0, 0.05))
    foot = (width * random.uniform(0.1, 0.6), 1)
    end = (foot[0] + random.uniform(0.3, 0.65), 1 - random.uniform(0.05, 0.22))
    bows = random.normal((0, 0.08, -0.05, -0.15), (0.1, 0.1, 0.08, 0.08))
    points = (tip, corner, right, foot, end)
    return [np.concatenate([_arc(*pair, bow) for *pair, bow in zip(points, points[1:], bows, strict=False)])]


def _arc(start: tuple[float, float], end: tuple[float, float], bow: float) -> np.ndarray:
    """Twelve points from `start` to `end`, bent aside by `bow` of their distance."""
    t = np.linspace(0, 1, 12)[:, None]
    along = np.subtract(end, start)
    return start + t * along + 4 * t * (1 - t) * bow * np.array([-along[1], along[0]])


def _bent(drawing: Drawing, random: np.random.Generator) -> Drawing:
    """The drawing on a plane that three random waves bend a little."""
    wave, phase = random.normal(0, 3, (3, 2)), random.uniform(0, 2 * np.pi, 3)
    drift = random.normal(0, 0.015, (3, 2))
    return [stroke + np.sin(stroke @ wave.T + phase) @ drift for stroke in drawing]

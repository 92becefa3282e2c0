"""Scribbles: negatives as pen drawings, what people draw to see what happens."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lenet.synthesis.drawings import Drawing


def make(count: int, random: np.random.Generator) -> list[Drawing]:
    """Make dots, dashes, shapes, zigzags and scribbles.

    Their shapes were set by hand. An upright stroke is not among them, for it is a 1, nor is a ring.

    Args:
        count: number of drawings.
        random: source of randomness.

    Returns:
        Drawings about 1 × 1 in size.
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
        _star,
        _arrow,
        _triangle,
        _rectangle,
        _dots,
    )
    drawings = (kinds[int(random.integers(len(kinds)))](random) for _ in range(count))
    return [[add_tremor(stroke, random) for stroke in drawing] for drawing in drawings]


def add_tremor(stroke: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Resample a stroke to four times as many points, and move each as an unsteady hand does."""
    places = np.linspace(0, len(stroke) - 1, 4 * len(stroke))
    points = np.stack([np.interp(places, np.arange(len(stroke)), axis) for axis in stroke.T], axis=1)
    return points + random.normal(0, 0.006, points.shape)


def line(*points: tuple[float, float]) -> np.ndarray:
    """Make a stroke of points (x, y): float64 (points, 2)."""
    return np.array(points, np.float64)


def _tangle(random: np.random.Generator) -> Drawing:
    """A smooth curve through many random places."""
    turns = int(random.integers(8, 40))
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
    return [line((0, 0), (0.5, slope / 2 + bend), (1, slope))]


def _dot(random: np.random.Generator) -> Drawing:
    return (
        [random.normal(0, 0.4, (int(random.integers(1, 7)), 2))] if random.random() < 0.5 else [_blob(random)]
    )


def _blob(random: np.random.Generator) -> np.ndarray:
    """A small patch, filled by moving the pen back and forth."""
    t = np.linspace(0, 1, 90)
    return np.stack([np.cos(41 * t) * np.sin(np.pi * t), t * 2 - 1], axis=1) * random.uniform(0.7, 1.3, 2)


def _dots(random: np.random.Generator) -> Drawing:
    upright = random.random() < 0.5
    size = random.uniform(0.02, 0.08)
    places = [(0, place) if upright else (place, 0) for place in range(int(random.integers(2, 4)))]
    return [random.normal(0, size, (6, 2)) + np.array(place) / 2 for place in places]


def _star(random: np.random.Generator) -> Drawing:
    points = 5 if random.random() < 0.5 else 6
    if points == 6:
        angles = np.pi * (np.arange(3) + random.random()) / 3
        return [np.array([[-np.cos(a), -np.sin(a)], [np.cos(a), np.sin(a)]]) for a in angles]
    angles = 2 * np.pi * (2 * np.arange(6) / 5 - 0.25)
    return [np.stack([np.cos(angles), np.sin(angles)], axis=1)]


def _arrow(random: np.random.Generator) -> Drawing:
    arrow = [line((0, 0.5), (1, 0.5)), line((0.7, 0.2), (1, 0.5), (0.7, 0.8))]
    turn = random.integers(4)
    quarter = np.array([[0, 1], [-1, 0]])
    return [stroke @ np.linalg.matrix_power(quarter, int(turn)) for stroke in arrow]


def _triangle(random: np.random.Generator) -> Drawing:
    top = random.uniform(0.3, 0.7)
    corners = line((top, 0), (1, 1), (0, 1), (top, 0))
    return [corners * (random.uniform(0.8, 1.5), 1)]


def _rectangle(random: np.random.Generator) -> Drawing:
    corners = line((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return [corners * (random.uniform(0.8, 2), 1)]

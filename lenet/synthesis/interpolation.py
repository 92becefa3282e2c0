"""Drawings by hands that nobody has: between two drawings of a digit, and beyond them.

Thirty writers do not show all the ways in which a 7 is drawn. Two drawings of it that are alike, stroke
for stroke, are two points of a space, and the straight line through them passes other likely drawings.
It is what SMOTE does with rows of numbers (Chawla, Bowyer, Hall, Kegelmeyer: "SMOTE: Synthetic Minority
Over-sampling Technique", Journal of Artificial Intelligence Research 16, 2002).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_POINTS = 32
"""Each stroke becomes so many points, at equal distances along it."""

_SHARES = (-0.4, 0.6)
"""How far a blend goes from a drawing to another; below 0 away from it. Beyond a half it is another's."""

_ALIKE = 0.25
"""Drawings farther apart than this, the root mean square over their points in sizes, are drawn otherwise."""

_NEAREST = 1 / 3
"""Of the drawings of a digit with as many strokes, so large a part is alike."""

_FEWEST = 5
"""Of few drawings so many are."""


def blends(
    strokes: Sequence[list[np.ndarray]],
    labels: np.ndarray,
    count: int,
    share: float,
    random: np.random.Generator,
) -> list[list[list[np.ndarray]]]:
    """Blend drawings with others of the same label, as many strokes and about the same shape.

    Args:
        strokes: N drawings, each a list of arrays (points, 2), in any unit.
        labels: int64 (N,).
        count: how many of each drawing.
        share: part of them that are blends; the others are the drawing itself, as is what has nothing alike.
        random: source of the randomness.

    Returns:
        N lists of `count` drawings. A blend is in a unit of its own.
    """
    found = [[drawing] * count for drawing in strokes]
    if share == 0:
        return found
    kinds = [(int(label), len(drawing)) for label, drawing in zip(labels, strokes, strict=True)]
    for kind in sorted(set(kinds)):
        rows = [row for row, of in enumerate(kinds) if of == kind]
        shapes = np.stack([_shape(strokes[row]) for row in rows])
        for row, shape, others in zip(rows, shapes, _alike(shapes), strict=True):
            for copy in np.flatnonzero(random.random(count) < share) if len(others) else ():
                other = shapes[random.choice(others)]
                found[row][copy] = list(shape + random.uniform(*_SHARES) * (other - shape))
    return found


def _alike(shapes: np.ndarray) -> list[np.ndarray]:
    """For each of the shapes (N, strokes, points, 2) the indices of those that are like it."""
    flat = shapes.reshape(len(shapes), -1)
    squares = (flat**2).sum(axis=1)
    squared = np.maximum(squares[:, None] + squares - 2 * flat @ flat.T, 0)
    apart = np.sqrt(squared / (flat.shape[1] / 2))
    np.fill_diagonal(apart, np.inf)
    most = max(round(_NEAREST * len(shapes)), _FEWEST)
    nearest = np.argsort(apart, axis=1)[:, :most]
    return [order[row[order] < _ALIKE] for order, row in zip(nearest, apart, strict=True)]


def _shape(strokes: list[np.ndarray]) -> np.ndarray:
    """A drawing as (strokes, points, 2), its longer side 1, its box centred at 0."""
    points = np.stack([_resampled(stroke) for stroke in strokes])
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    return (points - (low + high) / 2) / (float(np.max(high - low)) or 1.0)


def _resampled(stroke: np.ndarray) -> np.ndarray:
    """Points (`_POINTS`, 2) at equal distances along a stroke (points, 2)."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0, along[-1], _POINTS)
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=1)

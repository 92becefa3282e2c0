"""Interpolated writers: drawings between two drawings of a digit, and a little beyond one of them.

Thirty writers do not show all the forms of a 7. Two drawings with the same strokes, alike in shape, are two
points of a space, and the straight line through them passes other likely drawings. SMOTE does the same with
feature vectors (Chawla, Bowyer, Hall, Kegelmeyer: "SMOTE: Synthetic Minority Over-sampling Technique",
Journal of Artificial Intelligence Research 16, 2002). The constants were set by hand; docs/experiments.md
has their joint effect.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lenet.synthesis.drawings import Drawing

_POINTS = 32
"""Number of points, equally spaced, to which each stroke is resampled."""

_POSITIONS = (-0.4, 0.6)
"""Range of the position on the line from a drawing, 0, to another, 1."""

_MAX_DISTANCE = 0.25
"""Maximum distance of two drawings that are alike: root mean square over their points, in sizes."""

_NEIGHBOURS = 1 / 3
"""Share of the drawings of the same digit and number of strokes, the nearest, that may be alike."""

_MIN_NEIGHBOURS = 5
"""Minimum number of drawings, the nearest, that may be alike, however small that share is."""


def interpolate(
    strokes: Sequence[Drawing],
    labels: np.ndarray,
    count: int,
    share: float,
    random: np.random.Generator,
) -> list[list[Drawing]]:
    """Interpolate drawings with others of the same label, number of strokes and about the same shape.

    Args:
        strokes: N drawings.
        labels: int64 (N,).
        count: number of copies of each drawing.
        share: share of the copies that are interpolated. The others are the drawing itself, as are all copies
            of a drawing that no other is like.
        random: source of randomness.

    Returns:
        N lists of `count` drawings; interpolated ones in units of their longer side.
    """
    copies = [[drawing] * count for drawing in strokes]
    if share == 0:
        return copies
    kinds = [(int(label), len(drawing)) for label, drawing in zip(labels, strokes, strict=True)]
    for kind in sorted(set(kinds)):
        members = [index for index, other in enumerate(kinds) if other == kind]
        shapes = np.stack([_shape(strokes[index]) for index in members])
        for index, shape, neighbours in zip(members, shapes, _neighbours(shapes), strict=True):
            for copy in np.flatnonzero(random.random(count) < share) if len(neighbours) else ():
                other = shapes[random.choice(neighbours)]
                copies[index][copy] = list(shape + random.uniform(*_POSITIONS) * (other - shape))
    return copies


def _neighbours(shapes: np.ndarray) -> list[np.ndarray]:
    """Find, for each of the shapes (N, strokes, points, 2), the indices of those that are like it."""
    flat = shapes.reshape(len(shapes), -1)
    squares = (flat**2).sum(axis=1)
    squared = np.maximum(squares[:, None] + squares - 2 * flat @ flat.T, 0)
    distances = np.sqrt(squared / (flat.shape[1] / 2))
    np.fill_diagonal(distances, np.inf)
    count = max(round(_NEIGHBOURS * len(shapes)), _MIN_NEIGHBOURS)
    nearest = np.argsort(distances, axis=1)[:, :count]
    return [order[row[order] < _MAX_DISTANCE] for order, row in zip(nearest, distances, strict=True)]


def _shape(drawing: Drawing) -> np.ndarray:
    """Normalise a drawing to (strokes, points, 2): its longer side 1, its box centred at 0."""
    points = np.stack([_resample(stroke) for stroke in drawing])
    low, high = points.min(axis=(0, 1)), points.max(axis=(0, 1))
    return (points - (low + high) / 2) / (float(np.max(high - low)) or 1.0)


def _resample(stroke: np.ndarray) -> np.ndarray:
    """Resample a stroke (points, 2) to `_POINTS` equally spaced points."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0, along[-1], _POINTS)
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=1)

"""A hand made by code whose 1, 4 and 7 the shipped network confuses, though a person reads them.

Its 4 is open, and its stem hardly leaves the bar; its 1 stands on a base, with a long low flag; its 7 has a
hook at its beginning and turns to the right at its foot, so that it is nearly a 2.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lenet.synthesis.drawings import Drawing
from lenet.synthesis.scribbles import add_tremor, line

_UNSTEADY = 0.03
"""Standard deviation by which the points of a stroke lie elsewhere each time, in heights; chosen."""


def drawings(count: int, seed: int) -> list[tuple[int, Drawing]]:
    """Draw so many of each of 1, 4 and 7, in random order: digit and strokes, about 1 × 1 in size."""
    random = np.random.default_rng(seed)
    made = [
        (digit, [_shaken(stroke, random) for stroke in strokes()])
        for digit, strokes in _STROKES.items()
        for _ in range(count)
    ]
    return [made[index] for index in random.permutation(len(made))]


def _shaken(stroke: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return add_tremor(stroke + random.normal(0, _UNSTEADY, stroke.shape), random)


def _one() -> Drawing:
    return [line((-0.1, 0.8), (0.5, 0), (0.5, 1)), line((-0.15, 1), (1.15, 1))]


def _four() -> Drawing:
    return [line((0.1, 0), (0, 0.92), (0.85, 0.9)), line((0.6, 0.4), (0.57, 1))]


def _seven() -> Drawing:
    return [line((0.05, 0.25), (0.08, 0.03), (0.8, 0), (0.3, 0.9), (0.35, 1), (0.6, 0.93))]


_STROKES: dict[int, Callable[[], Drawing]] = {1: _one, 4: _four, 7: _seven}

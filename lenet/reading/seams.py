"""Seams: paths from the top of a blob to its bottom through little ink, along which touching digits are cut.

LeCun et al. 1998, section V, cut where the ink's outline suggests it; here the cheapest vertical path through
each pixel is found by dynamic programming, as in seam carving (Avidan, Shamir 2007), and the cheapest
that divide the ink differently are taken.

The constants were tuned on touching digits by PenDigits' training writers (docs/experiments.md, "Seams").
Costs are in pixels of ink: crossing a pixel of full ink costs 1.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import cv2
import numpy as np

SEAMS_PER_HEIGHT = 14.0
"""Maximum number of seams of a blob, per height of its line in its width."""

MIN_SHARE = 0.04
"""Minimum fraction of a blob's ink between two seams."""

HOLE_COST = 0.1
"""Additional cost of a pixel of a seam within a loop, which belongs to one digit."""

STEP_COST = 0.03
"""Additional cost of every pixel of a seam: a short one is better."""

SIDEWAYS_COST = 0.1
"""Additional cost of a sideways step of a seam: a straight one is better."""

_STEPS = np.array([0, -1, 1])
"""Offsets of the columns in the row above from which a seam may come."""


class Seam(NamedTuple):
    """A path from top to bottom.

    Attributes:
        columns: its column in each row, int (h,).
        cost: the ink it crosses, and a little for its length and its sideways steps, in pixels of ink.
        share: of all ink that lies left of it, in [0, 1].
    """

    columns: np.ndarray
    cost: float
    share: float


def find_seams(ink: np.ndarray, height: float, max_cost: float) -> list[Seam]:
    """Find paths through little ink, from left to right.

    Of the cheapest paths through each pixel those are taken, cheapest first, that divide the ink
    differently from the others.

    Args:
        ink: float32 (h, w) in [0, 1], of one blob.
        height: of its line, in pixels.
        max_cost: maximum cost of a seam.
    """
    pixel_costs = ink + HOLE_COST * _holes(ink) + STEP_COST
    left = np.cumsum(ink, axis=1) - ink
    above, below = _cheapest_paths(pixel_costs, left), _cheapest_paths(pixel_costs[::-1], left[::-1])
    total = above.cost + below.cost[::-1] - pixel_costs
    share = (above.left + below.left[::-1] - left) / ink.sum()
    total[(share < MIN_SHARE) | (share > 1 - MIN_SHARE)] = np.inf
    chosen: list[Seam] = []
    while len(chosen) < SEAMS_PER_HEIGHT * ink.shape[1] / height:
        row, column = np.unravel_index(total.argmin(), total.shape)
        cost = float(total[row, column])
        if cost > max_cost:
            break
        path = np.concatenate([above.to(row, column), below.to(len(ink) - 1 - row, column)[-2::-1]])
        chosen.append(Seam(path, cost, float(share[row, column])))
        total[np.abs(share - share[row, column]) < MIN_SHARE] = np.inf
    chosen.sort(key=lambda seam: seam.share)
    for before, after in itertools.pairwise(chosen):
        np.maximum(after.columns, before.columns, out=after.columns)  # seams may meet, but not cross
    return chosen


class _CheapestPaths(NamedTuple):
    """The cheapest path from the first row to each pixel.

    Attributes:
        cost: of each, float (h, w).
        left: ink left of it, float (h, w).
        step: offset of the column in the row above that it comes from, int (h, w).
    """

    cost: np.ndarray
    left: np.ndarray
    step: np.ndarray

    def to(self, row: int, column: int) -> np.ndarray:
        """Return the columns of the path to a pixel, from the first row on: int (row + 1,)."""
        columns = [column]
        for above in range(row, 0, -1):
            columns.append(columns[-1] + int(self.step[above, columns[-1]]))
        return np.array(columns[::-1])


def _cheapest_paths(pixel_costs: np.ndarray, left: np.ndarray) -> _CheapestPaths:
    """The cheapest paths, given the cost of each pixel and the ink left of it in its row, float (h, w)."""
    height, width = pixel_costs.shape
    total = np.full((height, width + 2), np.inf)  # with a column on either side that no path may enter
    total[0, 1:-1] = pixel_costs[0]
    passed, step = left.astype(np.float64), np.zeros(pixel_costs.shape, int)
    options, columns = np.empty((3, width)), np.arange(width)
    for row in range(1, height):
        before = total[row - 1]
        options[:] = before[1:-1], before[:-2] + SIDEWAYS_COST, before[2:] + SIDEWAYS_COST
        best = options.argmin(axis=0)
        step[row] = _STEPS[best]
        total[row, 1:-1] = options[best, columns] + pixel_costs[row]
        passed[row] += passed[row - 1, columns + step[row]]
    return _CheapestPaths(total[:, 1:-1], passed, step)


def _holes(ink: np.ndarray) -> np.ndarray:
    """Paper that ink, float32 (h, w), encloses: bool (h, w)."""
    paper = np.pad((ink == 0).astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(paper, connectivity=4)
    enclosed: np.ndarray = (paper > 0) & (labels != labels[0, 0])
    return enclosed[1:-1, 1:-1]

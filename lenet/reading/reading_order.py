"""Which parts of a page stand in one line, and in which order lines and parts are read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lenet.ink.boxes import around
from lenet.ink.strokes import MAX_COORDINATE
from lenet.reading.parts import Part

SMALL = 0.4
"""Parts lower than this share of their line are marks, or belong to a digit nearby."""

_DIRT = 0.15
"""Parts apart from all lines are lines of smaller digits; below this share of the others they are dirt."""


def lines_of(parts: Sequence[Part]) -> list[tuple[list[Part], float]]:
    """Parts that stand in one line and its height, lines from top to bottom, parts from left to right."""
    if not parts:
        return []
    stacks = _stacks(np.array([part.box for part in parts], np.float64))
    boxes = np.array([around([parts[index].box for index in stack]) for stack in stacks])
    rows = _rows(boxes)
    members = [[parts[index] for stack in row for index in stacks[stack]] for row in rows]
    ordered = [sorted(row, key=lambda part: part.box[0] + part.box[2] / 2) for row in members]
    return [(line, _typical_height(boxes[row])) for line, row in zip(ordered, rows, strict=True)]


def _rows(boxes: np.ndarray) -> list[list[int]]:
    """Which of the boxes (n, 4) stand in one line, lines from top to bottom; dirt is left out."""
    height = _typical_height(boxes)
    is_large = _sizes(boxes) >= SMALL * height
    large = np.flatnonzero(is_large)
    chains = _chains(boxes[large], height)
    slope = _slope(boxes[large], chains, height)
    level = boxes[:, 1] + boxes[:, 3] / 2 - slope * (boxes[:, 0] + boxes[:, 2] / 2)
    rows = _merged_by_level([large[chain] for chain in chains], level, height)
    apart = _add_small(rows, np.flatnonzero(~is_large), boxes, level, height)
    if len(apart):
        smaller = [apart[row].tolist() for row in _rows(boxes[apart])]
        rows += [row for row in smaller if len(row) > 1 and _typical_height(boxes[row]) > _DIRT * height]
        rows.sort(key=lambda row: float(level[row].mean()))
    return rows


def _stacks(boxes: np.ndarray) -> list[np.ndarray]:
    """Groups of boxes (n, 4), as indices: what stands on top of one another, as in an 8 of two rings."""
    left, top, width, tall = boxes.T
    right, bottom = left + width, top + tall
    shared = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    apart = np.maximum.outer(top, top) - np.minimum.outer(bottom, bottom)
    touching = (shared >= 0.5 * np.minimum.outer(width, width)) & (apart <= 0.05 * np.add.outer(tall, tall))
    return _groups(touching | np.eye(len(boxes), dtype=bool))


def _typical_height(boxes: np.ndarray) -> float:
    """The height of most of the boxes (n, 4) that are not small, for dots and dashes may be many."""
    sizes = _sizes(boxes)
    typical = float(np.median(sizes[sizes >= SMALL * np.quantile(sizes, 0.9)]))
    return max(typical, 0.05 * float(sizes.max()))  # a stroke among a great many dots


def _sizes(boxes: np.ndarray) -> np.ndarray:
    """The heights of boxes (n, 4), above 0; of a dash, which has hardly any, a part of its breadth."""
    return np.maximum(np.maximum(boxes[:, 3], 0.25 * boxes[:, 2]), 1 / MAX_COORDINATE)


def _chains(boxes: np.ndarray, height: float) -> list[np.ndarray]:
    """Groups of boxes (n, 4), as indices: neighbours that lie at one level."""
    left, top, width, tall = boxes.T
    right, bottom = left + width, top + tall
    gap = np.maximum.outer(left, left) - np.minimum.outer(right, right)
    overlap = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    beside = (gap <= 2.5 * height) & (overlap >= 0.4 * np.minimum.outer(tall, tall))
    return _groups(beside)


def _groups(linked: np.ndarray) -> list[np.ndarray]:
    """Connected groups of a graph given as bool (n, n), in which each is linked with itself."""
    first, before = linked.argmax(axis=1), np.empty(0)
    while not np.array_equal(first, before):
        before = first
        first = np.where(linked, first, len(linked)).min(axis=1)  # the lowest that a neighbour knows
        first = first[first]
    return [np.flatnonzero(first == lowest) for lowest in np.unique(first)]


def _slope(boxes: np.ndarray, chains: list[np.ndarray], height: float) -> float:
    """How much the lines fall per step to the right, told by the longest chain."""
    x, y = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3] / 2
    longest = max(chains, key=lambda chain: float(np.ptp(x[chain])))
    if len(longest) < 3 or np.ptp(x[longest]) < 2.5 * height:
        return 0.0
    return float(np.polyfit(x[longest], y[longest], 1)[0])


def _merged_by_level(chains: list[np.ndarray], level: np.ndarray, height: float) -> list[list[int]]:
    """Chains at one level are one line; lines come from top to bottom."""
    rows: list[list[int]] = []
    for chain in sorted(chains, key=lambda chain: float(level[chain].mean())):
        if rows and level[chain].mean() - level[rows[-1]].mean() < 0.5 * height:
            rows[-1].extend(chain.tolist())
        else:
            rows.append(chain.tolist())
    return rows


def _add_small(
    rows: list[list[int]], small: np.ndarray, boxes: np.ndarray, level: np.ndarray, height: float
) -> np.ndarray:
    """Put small parts into the line that they lie in; returns those that lie apart from all lines."""
    apart = []
    levels = np.array([level[row].mean() for row in rows])
    for index in small:
        distance = np.abs(levels - level[index])
        if distance.min() <= 0.9 * height:
            rows[int(distance.argmin())].append(int(index))
        else:
            apart.append(index)
    return np.array(apart, int)

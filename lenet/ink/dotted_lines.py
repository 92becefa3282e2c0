"""Removal of dotted and dashed lines that numbers stand on: rows of equal dots at even distances.

Dots that touch a digit stay; they are too small to matter.

The constants are chosen, and checked on the photos of the benchmark.
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet.ink.blobs import blobs, keep_blobs, weighted_quantile

_MAX_HEIGHT = 0.22
"""Maximum height of a dot, relative to the typical extent of the ink."""

_MAX_WIDTH = 0.5
"""Maximum width of a dash, relative to the same."""

_MIN_DOTS = 6
"""Minimum number of dots on a line that do not touch a digit."""

_MAX_DOTS = 400
"""Maximum number of dots on a page: more are noise or a texture. A bound on time."""

_MAX_GAP = 4
"""Maximum distance of two neighbours, relative to the typical extent: digits may hide what is between."""

_LEVEL = 0.6
"""Maximum difference of the levels of two neighbours, in heights of a dot."""

_ALIKE = 1.6
"""Maximum ratio of the areas of a dot and the median dot of its line."""

_MIN_ALIKE = 0.9
"""Minimum fraction of the dots that keep to that: those of a broken faint line do not."""

_OFF_PITCH = 0.2
"""Maximum distance of a gap between two dots from a multiple of the shortest, as a fraction of it."""

_MIN_EVEN = 0.75
"""Minimum fraction of the gaps that keep to that."""

_MIN_PITCH = 1.4
"""Minimum distance of two neighbours' middles, in their widths: less is a faint line that is broken."""

_SHORTEST = 0.3
"""Quantile of the gaps that is taken for the shortest."""


def without_dotted_lines(mask: np.ndarray) -> tuple[np.ndarray, bool]:
    """Remove rows of dots or dashes.

    Args:
        mask: uint8 (height, width), 1 = ink or line.

    Returns:
        The mask without them, uint8 (height, width), and whether there were any.
    """
    labels, stats = blobs(mask)
    if len(stats) <= _MIN_DOTS:
        return mask, False
    sides, areas = stats[:, 2:4], stats[:, cv2.CC_STAT_AREA].astype(float)
    typical = weighted_quantile(sides[1:].max(axis=1), areas[1:], 0.5)
    is_dot = (sides[:, 1] <= _MAX_HEIGHT * typical) & (sides[:, 0] <= _MAX_WIDTH * typical)
    is_dot[0] = False
    dots = np.flatnonzero(is_dot)
    if not _MIN_DOTS <= len(dots) <= _MAX_DOTS:
        return mask, False
    middles = stats[dots, :2] + sides[dots] / 2
    keep = np.ones(len(stats), bool)
    for chain in _chains(middles, np.median(sides[dots, 1]), _MAX_GAP * typical):
        least = _MIN_PITCH * float(np.median(sides[dots[chain], 0]))
        if _is_dotted_line(middles[chain, 0], areas[dots[chain]], least):
            keep[dots[chain]] = False
    return (mask, False) if keep.all() else (keep_blobs(mask, labels, keep), True)


def _chains(middles: np.ndarray, height: float, reach: float) -> list[np.ndarray]:
    """Follow dots at one level from left to right.

    Args:
        middles: of the dots, float (n, 2), column and row.
        height: of a dot.
        reach: maximum distance of two neighbours.

    Returns:
        The indices of each chain's dots.
    """
    chains: list[list[int]] = []
    for index in np.argsort(middles[:, 0], kind="stable").tolist():
        column, row = middles[index]
        for chain in chains:
            last_column, last_row = middles[chain[-1]]
            if column - last_column <= reach and abs(row - last_row) <= _LEVEL * height:
                chain.append(index)
                break
        else:
            chains.append([index])
    return [np.array(chain) for chain in chains if len(chain) >= _MIN_DOTS]


def _is_dotted_line(columns: np.ndarray, areas: np.ndarray, least: float) -> bool:
    """Return whether dots at one level are alike and at even distances.

    Args:
        columns: of their middles, float (n,).
        areas: float (n,).
        least: minimum distance of two neighbours.
    """
    median = np.median(areas)
    alike = np.maximum(areas / median, median / areas) <= _ALIKE
    gaps = np.diff(columns)
    pitch = float(np.quantile(gaps, _SHORTEST))
    if pitch < least or alike.mean() < _MIN_ALIKE:
        return False
    steps = gaps / pitch
    return bool((np.abs(steps - np.round(steps)) <= _OFF_PITCH).mean() >= _MIN_EVEN)

"""Detection of ruled lines on paper that is not flat: long, thin curves near the horizontal.

The constants are chosen, and checked on the photos of the benchmark.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from lenet.ink.blobs import blobs

_STEP = 4
"""Every so many columns are searched. Chosen for speed."""

_MIN_RUN = 12
"""Minimum length of the level runs of which a curve is made, in pixels."""

_GAP = 20
"""Maximum gap between two of them, in pixels."""

_MIN_LENGTH = 0.5
"""Minimum length of a curve, as a fraction of the image's width."""

_MIN_ASPECT = 40
"""Minimum length of a curve relative to its width."""

_MAX_RISE = 0.25
"""Maximum height of a curve, as a fraction of its length."""

_MIN_BOW = 3
"""Minimum distance of a curve from a straight line, in pixels: less is found as straight."""

_DEGREE = 4
"""Degree of the polynomial fitted to a curve."""

_MAX_RESIDUAL = 0.5
"""Distance to the polynomial up to which a column belongs to the curve, in widths, beyond one pixel."""

_MIN_FITTING = 0.8
"""Minimum fraction of the curve's columns that do."""

_MAX_THICK = 1.5
"""Maximum thickness of a column to which it is fitted, in widths: strokes run into the others."""

_MIN_CLEAN = 0.5
"""Minimum fraction of such columns."""

_PASSES = 4
"""Number of times the polynomial is fitted; columns far from the one before weigh less."""


class Curve(NamedTuple):
    """A bowed line near the horizontal.

    Attributes:
        points: of its middle, float (n, 2), column and row.
        width: in pixels.
    """

    points: np.ndarray
    width: float


def bowed_lines(mask: np.ndarray) -> list[Curve]:
    """Find the bowed lines near the horizontal in a mask, uint8 (height, width), 1 = ink or line."""
    coarse = np.ascontiguousarray(mask[:, ::_STEP])
    thick = cv2.dilate(coarse, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, _MIN_RUN // _STEP), np.uint8)) & coarse
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((3, _GAP // _STEP), np.uint8))
    labels, stats = blobs(joined)
    lengths = _STEP * stats[:, 2]
    is_long = lengths >= _MIN_LENGTH * mask.shape[1]
    is_long &= (stats[:, 3] <= _MAX_RISE * lengths) & (_MIN_ASPECT * stats[:, 4] <= lengths * stats[:, 2])
    is_long[0] = False
    curves = []
    for label in np.flatnonzero(is_long).tolist():
        left, top, columns, height, _ = stats[label].tolist()
        place = np.s_[top : top + height, left : left + columns]
        fit = _fitted((labels[place] == label) & (runs[place] > 0))
        if fit is not None:
            rows, width = fit
            curves.append(Curve(np.stack([_STEP * (left + np.arange(columns)), top + rows], axis=1), width))
    return curves


def _fitted(runs: np.ndarray) -> tuple[np.ndarray, float] | None:
    """Fit a curve to level runs.

    Args:
        runs: bool (h, w).

    Returns:
        The rows of its middle, float (w,), and its width in pixels; None if no bowed curve fits.
    """
    thickness = runs.sum(axis=0)
    width = float(np.median(thickness[thickness > 0]))
    columns = np.flatnonzero((thickness > 0) & (thickness <= _MAX_THICK * width))
    if len(columns) < _MIN_CLEAN * runs.shape[1]:
        return None
    rows = (np.arange(len(runs))[:, None] * runs).sum(axis=0)[columns] / thickness[columns]
    places = np.linspace(-1, 1, runs.shape[1])
    weights = np.ones(len(columns))
    for _ in range(_PASSES):
        fit = np.polyval(np.polyfit(places[columns], rows, _DEGREE, w=weights), places)
        distances = np.abs(rows - fit[columns])
        weights = 1 / (1 + distances)  # strokes along the line weigh little
    if (distances <= 1 + _MAX_RESIDUAL * width).mean() < _MIN_FITTING:
        return None
    straight = np.polyval(np.polyfit(places, fit, 1), places)
    return (fit, width) if np.abs(fit - straight).max() >= _MIN_BOW else None

"""Boxes and rules printed in a colour of their own are taken out of a page before its ink is sought.

Print is told from handwriting by its hue and its form: most of it lies on level and upright runs. Each pixel
is a mixture of paper, print and pen (linear unmixing, Keshava and Mustard 2002), so only the print's share is
subtracted, and a stroke that crosses a box keeps its ink.

A constant called tuned was tuned on made pictures of coloured boxes (`python -m benchmarks.hard_kinds`).
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from lenet.ink.background import MIN_CONTRAST
from lenet.ink.preprocessing import stroke_width

MIN_CHROMA = 18
"""Distance from the paper in CIELAB's a and b, in 8-bit units, from which a pixel is coloured. Tuned."""

_MIN_COLOURED = 0.01
"""Minimum fraction of coloured pixels. Chosen for speed."""

_HUE_BINS = 36
"""Number of bins of the histogram of hues. Not tuned."""

_HUE_RANGE = 0.5
"""Maximum difference of a pixel's hue from that of the print, in radians. Tuned."""

_RUN = 5
"""Minimum length of a level or upright run of print, in stroke widths. Tuned."""

_MIN_STRAIGHT = 0.8
"""Minimum fraction of the print that lies on such runs. Tuned."""

_MIN_EACH_WAY = 0.25
"""Minimum fraction that lies on level runs, and on upright ones. Tuned."""

_MIN_PEN = 0.05
"""Minimum area of ink of other hues, relative to the print's. Tuned."""

_MAX_COSINE = 0.95
"""Maximum cosine of the angle in RGB between the differences of print and pen from the paper. Tuned."""

_MAX_SHARE = 1.5
"""Maximum share of print that is subtracted, where 1 is the print's median. Tuned."""


class _Print(NamedTuple):
    """What is printed: its difference from the paper, float32 (3,), and the weights that give its share."""

    difference: np.ndarray
    weights: np.ndarray


def without_coloured_print(colours: np.ndarray, small: np.ndarray) -> np.ndarray:
    """Subtract boxes that are printed in another colour than the handwriting's.

    Args:
        colours: uint8 (height, width, 3), RGB.
        small: the same, reduced, uint8 (h, w, 3).

    Returns:
        uint8 (height, width, 3); the argument itself where there is no such print.
    """
    paper = np.median(small[::2, ::2].reshape(-1, 3), axis=0).astype(np.float32)
    found = _print(small, paper)
    if found is None:
        return colours
    constant = np.float32(-found.weights @ paper)
    share = cv2.transform(colours.astype(np.float32), np.append(found.weights, constant)[None])
    return _subtracted(colours, np.clip(share, 0, _MAX_SHARE), found.difference)


def _subtracted(colours: np.ndarray, share: np.ndarray, difference: np.ndarray) -> np.ndarray:
    """Subtract a share, float32 (h, w), of a difference, float32 (3,), from colours, uint8 (h, w, 3)."""
    layers = [
        cv2.subtract(layer, step, dtype=cv2.CV_8U)
        for layer, step in zip(cv2.split(colours), (share * level for level in difference), strict=True)
    ]
    return cv2.merge(layers)


def _print(small: np.ndarray, paper: np.ndarray) -> _Print | None:
    """Find coloured print on a reduced image, uint8 (h, w, 3), of a paper, float32 (3,)."""
    _, a, b = (
        layer - np.float32(np.median(layer[::2, ::2]))
        for layer in cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2LAB))
    )
    chroma, hue = cv2.cartToPolar(a, b)
    coloured = chroma > MIN_CHROMA
    if np.count_nonzero(coloured) < _MIN_COLOURED * coloured.size:
        return None
    counts, edges = np.histogram(hue[coloured], _HUE_BINS, (0, 2 * np.pi), weights=chroma[coloured])
    differences = small.astype(np.float32) - paper
    strong = np.abs(differences).max(axis=2) > 2 * MIN_CONTRAST
    for peak in _peaks(counts):
        away = np.abs(np.angle(np.exp(1j * (hue - (edges[peak] + edges[peak + 1]) / 2))))
        mask = coloured & (away < _HUE_RANGE)
        pen = strong & ~cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
        if _is_straight(mask.astype(np.uint8)) and np.count_nonzero(pen) > _MIN_PEN * np.count_nonzero(mask):
            return _unmixed(differences[mask], differences[pen])
    return None


def _peaks(counts: np.ndarray) -> list[int]:
    """Return the two highest bins of a circular histogram that are higher than their neighbours."""
    smooth = counts + np.roll(counts, 1) + np.roll(counts, -1)
    is_peak = (smooth >= np.roll(smooth, 1)) & (smooth > np.roll(smooth, -1))
    return sorted(np.flatnonzero(is_peak).tolist(), key=lambda index: -smooth[index])[:2]


def _is_straight(mask: np.ndarray) -> bool:
    """Return whether most of a mask, uint8 (h, w), lies on long level and upright runs."""
    area = np.count_nonzero(mask)
    if area == 0:
        return False
    level, upright = straight_runs(mask)
    return bool(
        np.count_nonzero(cv2.bitwise_or(level, upright)) > _MIN_STRAIGHT * area
        and min(np.count_nonzero(level), np.count_nonzero(upright)) > _MIN_EACH_WAY * area
    )


def straight_runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the long level runs and the long upright runs of a mask, all uint8 (h, w)."""
    run = int(_RUN * stroke_width(mask)) + 1
    level = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    return level, cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((run, 1), np.uint8))


def _unmixed(print_differences: np.ndarray, pen_differences: np.ndarray) -> _Print | None:
    """Fit the weights that are 1 for print and 0 for pen; None if their colours are too alike.

    Args:
        print_differences: differences of the print's pixels from the paper, float32 (n, 3).
        pen_differences: those of the pen's.
    """
    printed, pen = (full_difference(pixels) for pixels in (print_differences, pen_differences))
    cosine = printed @ pen / (np.linalg.norm(printed) * np.linalg.norm(pen))
    if cosine > _MAX_COSINE:
        return None
    weights = np.linalg.pinv(np.stack([printed, pen], axis=1))[0]
    return _Print(printed, weights.astype(np.float32))


def full_difference(differences: np.ndarray) -> np.ndarray:
    """Return the median of the larger half of differences, float32 (n, 3): without soft edges."""
    sizes = np.abs(differences).sum(axis=1)
    return np.median(differences[sizes >= np.median(sizes)], axis=0)

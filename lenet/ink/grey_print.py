"""Dense grey print, such as the combs of a form in a narrow strip, is taken away from writing in colour.

Where print covers much of an image, the local median is no longer the paper's colour, and lines that touch
each other and the digits are no longer found. There, only what is near the pen's colour is kept. It keeps the
brightness of the image, as JPEG stores colour at half the resolution.

A constant called tuned was tuned on made pictures of combs (`python -m benchmarks.hard_kinds`).
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet.ink.background import MIN_CONTRAST
from lenet.ink.colour import MIN_CHROMA, full_difference, straight_runs

_PAPER_QUANTILE = 0.85
"""Quantile of each channel that is the paper's. Chosen: print and pen cover half of such an image."""

_MIN_PRINT = 0.1
"""Minimum fraction of the image that is print. Tuned: combs 0.23 to 0.42; rules on a page, which are found as
lines, up to 0.05."""

_MIN_PEN = 0.01
"""Minimum fraction of the image that is the pen's. Chosen."""

_MIN_STRAIGHT = 0.74
"""Minimum fraction of the print that lies on long level or upright runs. Tuned."""

_MIN_ONE_HUE = 0.8
"""Minimum length of the mean of the pen's hues, as vectors of length 1. Chosen; blue pens have 0.99."""

_MAX_COSINE = 0.99
"""Maximum cosine of the angle in RGB between the differences of print and pen from the paper. Tuned."""

_NO_PEN, _ALL_PEN = 0.2, 0.5
"""Share of the pen in a pixel up to which it is paper, and from which it keeps its colour. Tuned."""


def without_grey_print(colours: np.ndarray, small: np.ndarray) -> np.ndarray:
    """Replace dense grey print by paper where the handwriting has a colour.

    Args:
        colours: uint8 (height, width, 3), RGB, dark on light.
        small: the same, reduced, uint8 (h, w, 3).

    Returns:
        uint8 (height, width, 3); the argument itself where there is no such print.
    """
    paper = np.quantile(small[::2, ::2].reshape(-1, 3), _PAPER_QUANTILE, axis=0).astype(np.float32)
    weights = _pen_weights(small, paper)
    if weights is None:
        return colours
    share = cv2.transform(colours.astype(np.float32), np.append(weights, -weights @ paper)[None])
    kept = np.clip((share - _NO_PEN) / (_ALL_PEN - _NO_PEN), 0, 1)[..., None]
    return np.round(paper + kept * (colours - paper)).astype(np.uint8)


def _pen_weights(small: np.ndarray, paper: np.ndarray) -> np.ndarray | None:
    """Fit the weights, float32 (3,), that are 1 for a difference of the pen's from the paper, 0 for print's.

    Args:
        small: the reduced image, uint8 (h, w, 3).
        paper: its paper, float32 (3,).

    Returns:
        None unless straight grey print covers much of the image and the pen has one colour of its own.
    """
    lab, of_paper = (
        cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32)
        for image in (small, paper[None, None].astype(np.uint8))
    )
    _, a, b = cv2.split(lab - of_paper)
    chroma, hue = cv2.cartToPolar(a, b)
    pen = chroma > MIN_CHROMA
    if np.count_nonzero(pen) < _MIN_PEN * pen.size or abs(np.exp(1j * hue[pen]).mean()) < _MIN_ONE_HUE:
        return None
    differences = small - paper
    near_pen = cv2.dilate(pen.view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    printed = (np.abs(differences).max(axis=2) > 2 * MIN_CONTRAST) & ~near_pen
    area = np.count_nonzero(printed)
    if area < _MIN_PRINT * printed.size:
        return None
    level, upright = straight_runs(printed.view(np.uint8))
    if np.count_nonzero(level | upright) < _MIN_STRAIGHT * area:
        return None
    both = np.stack([full_difference(differences[pen]), full_difference(differences[printed])], axis=1)
    lengths = np.linalg.norm(both, axis=0)
    if both[:, 0] @ both[:, 1] > _MAX_COSINE * lengths.prod():
        return None
    return np.linalg.pinv(both)[0].astype(np.float32)

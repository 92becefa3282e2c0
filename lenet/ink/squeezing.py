"""What a page feeds its network that only squeezes the canvas: neither cropped nor centred; for comparison.

How badly networks read that is in docs/recipes.txt, column "inverted".
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from lenet.errors import InputError
from lenet.ink.preprocessing import SIDE
from lenet.ink.strokes import MAX_COORDINATE

CANVAS = 280
"""Side of a drawn canvas in pixels: ten for each of the 28, as pads have some 300; not tuned."""

_FRACTION_BITS = 4
"""Fractional bits of the fixed-point coordinates passed to OpenCV."""

_FARTHEST = 10 * CANVAS
"""Largest absolute coordinate on the canvas, in pixels: what lies farther out only has to stay outside."""

_MIN_SIDE = 1e-3
"""Minimum side of a canvas, in the unit of the strokes; far above where scales overflow."""

_MAX_TOLD = 20
"""Characters of a number that an error repeats."""

_MIN_BRIGHT = 0.5
"""Mean brightness from which a picture is taken for dark ink on light paper; paper is most of it."""


def canvas(strokes: Sequence[np.ndarray], side: float, pen: float) -> np.ndarray:
    """Draw strokes where they lie on a square canvas, with the pen of the visitor.

    Args:
        strokes: each float64 (points, 2), as from `strokes.parse`.
        side: of the canvas, in the unit of the strokes; its top left is (0, 0).
        pen: width of the pen in that unit.

    Returns:
        float32 (280, 280) in [0, 1], 1 = ink.

    Raises:
        InputError: no canvas has such a side, or no pen such a width.
    """
    # NaN fails every comparison, so it fails these too.
    if not (_MIN_SIDE <= side <= MAX_COORDINATE and 0 < pen <= side):
        raise InputError(
            f"canvas: wanted a side from {_MIN_SIDE} on and a pen up to that side, "
            f"got {str(side)[:_MAX_TOLD]} and {str(pen)[:_MAX_TOLD]}; take both from the pad"
        )
    scale = CANVAS / side
    points = [np.clip(stroke * scale, -_FARTHEST, _FARTHEST) for stroke in strokes]
    fixed = [np.round(line * (1 << _FRACTION_BITS)).astype(np.int32) for line in points]
    raster = np.zeros((CANVAS, CANVAS), np.uint8)
    # A line from a point to itself is a dot as wide as the pen.
    lines = [np.concatenate([line, line[-1:]]) for line in fixed]
    cv2.polylines(raster, lines, False, 255, max(1, round(pen * scale)), cv2.LINE_AA, _FRACTION_BITS)
    return raster.astype(np.float32) / 255


def darkness(picture: np.ndarray) -> np.ndarray:
    """Return what is dark on a picture as ink, or what is light where most of it is dark.

    Args:
        picture: uint8 (height, width, 3), RGB.

    Returns:
        float32 (height, width) in [0, 1]: grey paper is a little ink, too.
    """
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    return 1 - grey if grey.mean() >= _MIN_BRIGHT else grey


def squeezed(ink: np.ndarray) -> np.ndarray:
    """Reduce all of an image of ink, float32 (height, width) in [0, 1], to float32 (28, 28), by area."""
    return np.minimum(cv2.resize(ink, (SIDE, SIDE), interpolation=cv2.INTER_AREA), 1)

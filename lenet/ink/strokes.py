"""Pen strokes -> ink: one pen, one size, whatever was drawn with and on.

Only the shape of a drawing counts. It is scaled to a fixed size first and drawn
with a pen in fixed proportion to it, so the digit comes out of
`preprocessing.to_mnist` as thick as MNIST's, however large the canvas was and
however broad the pen on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from lenet.errors import InputError
from lenet.ink.boxes import Box
from lenet.ink.preprocessing import BOX

MAX_POINTS = 100_000
MAX_STROKES = 1_000
LARGEST = 1e100
"""The largest coordinate: far beyond any canvas, and far from where numbers overflow."""

PEN = 2.4
"""Breadth of the pen in pixels of MNIST, the median of its digits (docs/experiments.md)."""

SCALE = 4
"""Ink pixels a pixel of MNIST."""

# Strokes are drawn bilevel at twice the scale of the ink and averaged down, which
# takes a fifth of the time of OpenCV's anti-aliased lines and leaves 65 grey levels
# a pixel of MNIST. All that follows is in pixels of this finer raster.
_RASTER = 2 * SCALE
_SIZE = BOX * _RASTER
_MARGIN = _RASTER
_GRAIN = _RASTER / 4
_STEP = _RASTER / 2
_FRACTION_BITS = 4


def parse(strokes: object) -> list[np.ndarray]:
    """Check strokes and turn them into arrays.

    Args:
        strokes: a sequence of strokes, each a sequence of [x, y] points, y
            downward, in any unit.

    Returns:
        One float64 array (points, 2) a stroke; strokes without points are left out.

    Raises:
        InputError: wrong nesting, something that is no finite number, more than
            100,000 points or more than 1,000 strokes.
    """
    is_single = isinstance(strokes, (str, bytes)) or (isinstance(strokes, np.ndarray) and strokes.ndim == 0)
    if is_single or not isinstance(strokes, (Sequence, np.ndarray)):
        raise InputError(
            f"strokes: wanted a list of strokes, got {type(strokes).__name__}; "
            "send [[[x, y], …], …], a list of points for each stroke"
        )
    if len(strokes) > MAX_STROKES:
        raise InputError(f"strokes: wanted at most {MAX_STROKES:,} strokes, got {len(strokes):,}; send fewer")
    parsed = list(_parsed(strokes))
    points = sum(map(len, parsed))
    if points > MAX_POINTS:
        raise InputError(
            f"strokes: wanted at most {MAX_POINTS:,} points, got {points:,}; "
            "leave out points that lie close together"
        )
    return parsed


def _parsed(strokes: Sequence[object] | np.ndarray) -> Iterator[np.ndarray]:
    for number, stroke in enumerate(strokes):
        array = _numbers(stroke, number)
        if array.size == 0:
            continue
        if array.ndim != 2 or array.shape[1] != 2:
            raise InputError(
                f"strokes[{number}]: wanted a list of [x, y] points, got shape {array.shape}; "
                "send [[[x, y], …], …], a list of points for each stroke"
            )
        # A NaN fails every comparison, so it fails this one too.
        if not (np.abs(array) <= LARGEST).all():
            raise InputError(
                f"strokes[{number}]: wanted numbers of at most {LARGEST:g}, got NaN, infinity or more; "
                "leave such points out"
            )
        yield array


def _numbers(stroke: object, number: int) -> np.ndarray:
    try:
        array = np.asarray(stroke)
    except ValueError:
        array = np.empty(0, dtype=object)
    # Strings, None and points of unlike length all end in another kind than these.
    if array.dtype.kind not in "iuf":
        raise InputError(
            f"strokes[{number}]: wanted a list of [x, y] points, two numbers each, got {_shortened(stroke)}; "
            "send [[[x, y], …], …], a list of points for each stroke"
        )
    return array.astype(np.float64)


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def box(strokes: Sequence[np.ndarray]) -> Box | None:
    """Find the box of the points.

    Returns:
        (left, top, width, height) in the unit of the strokes, or None where
        there are no points.
    """
    if not strokes:
        return None
    points = np.concatenate(strokes)
    left, top = points.min(axis=0).tolist()
    right, bottom = points.max(axis=0).tolist()
    return left, top, right - left, bottom - top


def draw(strokes: object, pen: float = PEN) -> np.ndarray:
    """Draw strokes as ink.

    Args:
        strokes: as for `parse`.
        pen: breadth of the pen in pixels of MNIST, above 0 and below 20.

    Returns:
        float32 (height, width) in [0, 1], 1 = ink, anti-aliased: the drawing with
        its longer side, pen included, of 20 × 4 pixels, within a margin of 4. A
        drawing without points is an empty sheet; one whose points all coincide
        is a dot of that size.

    Raises:
        InputError: as for `parse`.
    """
    curves = [_smooth(stroke) for stroke in _scaled(parse(strokes), _SIZE)]
    extent = box(curves)
    if extent is None:
        return np.zeros((BOX * SCALE, BOX * SCALE), np.float32)
    # The smoothed curve may swing out beyond its points; its box is the drawing's.
    dot = max(extent[2:]) == 0
    breadth = _odd((BOX if dot else pen) * _RASTER)
    return _inked(_scaled(curves, _SIZE - breadth), breadth)


def _scaled(strokes: list[np.ndarray], size: float) -> list[np.ndarray]:
    """Move the strokes' box to (0, 0) and scale its longer side to `size`; dots stay dots."""
    extent = box(strokes)
    if extent is None:
        return []
    left, top, width, height = extent
    longer = max(width, height)
    factor = size / longer if longer > 1 / LARGEST else 0.0
    return [(stroke - (left, top)) * factor for stroke in strokes]


def _smooth(points: np.ndarray) -> np.ndarray:
    """Lead a curve through the points (n, 2); returns points half a pixel of MNIST apart.

    Centripetal Catmull-Rom splines (Yuksel, Schaefer, Keyser 2011), which pass
    through every point and make neither loops nor cusps between them.
    """
    points = _thinned(points)
    if len(points) < 3:
        return points
    step = np.diff(points, axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    pieces = np.maximum(1, np.ceil(length / _STEP)).astype(int)
    if pieces.max() == 1:
        return points
    knot = np.sqrt(length)[:, None]
    start, end = _tangents(step, knot)
    index = np.repeat(np.arange(len(step)), pieces)
    first = np.cumsum(pieces) - pieces
    t = ((np.arange(len(index)) - first[index]) / pieces[index])[:, None]
    curve = _hermite(points[:-1][index], points[1:][index], start[index], end[index], t)
    return np.concatenate([curve, points[-1:]])


def _thinned(points: np.ndarray) -> np.ndarray:
    """Leave out points within a quarter of a pixel of MNIST along the stroke; keep both ends."""
    step = np.diff(points, axis=0)
    travelled = np.cumsum(np.hypot(step[:, 0], step[:, 1])) // _GRAIN
    kept = np.ones(len(points), bool)
    kept[1:] = np.diff(travelled, prepend=0) > 0
    thinned = np.concatenate([points[kept], points[-1:]])
    # The end may have been kept already, and a pen that trembles comes back to where it was.
    repeated = np.all(thinned[1:] == thinned[:-1], axis=1)
    return thinned[np.concatenate([[True], ~repeated])]


def _tangents(step: np.ndarray, knot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tangents at the start and the end of each segment, scaled to a parameter in [0, 1]."""
    slope = step / knot
    inner = slope[:-1] + slope[1:] - (step[:-1] + step[1:]) / (knot[:-1] + knot[1:])
    # A corner is meant: the sharper the turn, the shorter the tangent, none from 90° on.
    cosine = np.sum(step[:-1] * step[1:], axis=1, keepdims=True) / (knot[:-1] * knot[1:]) ** 2
    inner *= np.clip(cosine, 0, 1)
    start = np.concatenate([slope[:1], inner]) * knot
    end = np.concatenate([inner, slope[-1:]]) * knot
    return start, end


def _hermite(p: np.ndarray, q: np.ndarray, m: np.ndarray, n: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Cubic from p with tangent m to q with tangent n, at t in [0, 1]."""
    return p + t * (m + t * (3 * (q - p) - 2 * m - n + t * (2 * (p - q) + m + n)))


def _odd(breadth: float) -> int:
    """The nearest odd number of pixels: OpenCV's pens are a radius to both sides of a pixel."""
    return 2 * round((breadth - 1) / 2) + 1


def _inked(curves: list[np.ndarray], breadth: int) -> np.ndarray:
    """Draw curves that begin at (0, 0) with a round pen, and average down to ink."""
    radius = breadth // 2
    extent = np.max([curve.max(axis=0) for curve in curves], axis=0)
    width, height = (np.ceil((extent + breadth) / 2).astype(int) + _MARGIN) * 2
    sheet = np.zeros((height, width), np.uint8)
    one = 1 << _FRACTION_BITS
    fixed = [np.round((curve + _MARGIN + radius) * one).astype(np.int32) for curve in curves]
    for curve in fixed:
        if len(curve) == 1:
            cv2.circle(sheet, curve[0].tolist(), radius * one, 255, cv2.FILLED, cv2.LINE_8, _FRACTION_BITS)
    cv2.polylines(sheet, fixed, False, 255, 2 * radius, cv2.LINE_8, _FRACTION_BITS)
    ink = cv2.resize(sheet, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return ink.astype(np.float32) / 255

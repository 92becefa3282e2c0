"""Pen strokes -> ink, drawn with one pen at one size, whatever device the strokes come from.

Only the shape of a drawing counts. It is scaled to a fixed size and drawn with a pen in fixed
proportion to that size. So `preprocessing.to_mnist` gives strokes of MNIST's width, whatever the
size of the canvas and the width of the pen on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from lenet.errors import InputError
from lenet.ink.boxes import Box
from lenet.ink.preprocessing import BOX

MAX_POINTS = 10_000
"""Maximum number of points of a drawing: minutes of writing. A bound on time: so many that go anywhere take
3 s to read, ten times as many 14 s (measured)."""

MAX_STROKES = 1_000
"""Maximum number of strokes of a drawing: a bound on time and memory, far above any page of digits."""

MAX_COORDINATE = 1e100
"""Maximum absolute value of a coordinate: far beyond any canvas, and far below where squares overflow."""

PEN = 2.4
"""Width of the pen, in MNIST pixels. So drawn, strokes measure 2.45 pixels; the median of the first 3,000
training images of MNIST is 2.5 (docs/experiments.md, "Stroke width")."""

SCALE = 4
"""Ink pixels per MNIST pixel; not tuned."""

_SUPERSAMPLING = 2
"""Raster pixels per ink pixel. Strokes are drawn without anti-aliasing and averaged down, which takes a fifth
of the time of OpenCV's anti-aliased lines and leaves 65 grey levels per MNIST pixel."""

_RASTER = _SUPERSAMPLING * SCALE
"""Raster pixels per MNIST pixel. The constants below are in raster pixels."""

_SIZE = BOX * _RASTER
"""Longer side of the drawing, pen included."""

_MARGIN = _RASTER
"""Empty margin around the drawing: one MNIST pixel."""

_MIN_STEP = _RASTER / 4
"""Length of stroke of which one point is kept. A quarter of an MNIST pixel, a tenth of the pen's width; not
tuned."""

_CURVE_STEP = _RASTER / 2
"""Maximum distance of points on a smoothed curve. Half an MNIST pixel, a fifth of the pen's width;
not tuned."""

_FRACTION_BITS = 4
"""Fractional bits of the fixed-point coordinates passed to OpenCV: 1/16 of a raster pixel."""

_MAX_QUOTE = 60
"""Maximum length, in characters, of a faulty value quoted in an error message."""


def parse(strokes: object) -> list[np.ndarray]:
    """Check strokes and convert them to arrays.

    Args:
        strokes: a sequence of strokes, each a sequence of [x, y] points, y downward, in any unit.

    Returns:
        One float64 array (points, 2) per stroke, without strokes that have no points.

    Raises:
        InputError: wrong nesting, a value that is not a finite number, more than `MAX_POINTS` points
            ("strokes.too_many_points") or more than `MAX_STROKES` strokes ("strokes.too_many").
    """
    is_single = isinstance(strokes, (str, bytes)) or (isinstance(strokes, np.ndarray) and strokes.ndim == 0)
    if is_single or not isinstance(strokes, (Sequence, np.ndarray)):
        raise InputError(
            f"strokes: wanted a list of strokes, got {type(strokes).__name__}; "
            "send [[[x, y], …], …], a list of points for each stroke"
        )
    if len(strokes) > MAX_STROKES:
        raise InputError(
            f"strokes: wanted at most {MAX_STROKES:,} strokes, got {len(strokes):,}; send fewer",
            code="strokes.too_many",
            limit=MAX_STROKES,
            got=len(strokes),
        )
    parsed = list(_parsed(strokes))
    points = sum(map(len, parsed))
    if points > MAX_POINTS:
        raise InputError(
            f"strokes: wanted at most {MAX_POINTS:,} points, got {points:,}; "
            "leave out points that lie close together",
            code="strokes.too_many_points",
            limit=MAX_POINTS,
            got=points,
        )
    return parsed


def _parsed(strokes: Sequence[object] | np.ndarray) -> Iterator[np.ndarray]:
    """Yield each stroke that has points as float64 (points, 2)."""
    for number, stroke in enumerate(strokes):
        array = _numbers(stroke, number)
        if array.size == 0:
            continue
        if array.ndim != 2 or array.shape[1] != 2:
            raise InputError(
                f"strokes[{number}]: wanted a list of [x, y] points, got shape {array.shape}; "
                "send [[[x, y], …], …], a list of points for each stroke"
            )
        # NaN fails every comparison, so it fails this one too.
        if not (np.abs(array) <= MAX_COORDINATE).all():
            raise InputError(
                f"strokes[{number}]: wanted numbers of at most {MAX_COORDINATE:g}, "
                "got NaN, infinity or more; leave such points out"
            )
        yield array


def _numbers(stroke: object, number: int) -> np.ndarray:
    """Convert a stroke to float64 of any shape; `number` is its index, for the error message."""
    try:
        array = np.asarray(stroke)
    except ValueError:
        array = np.empty(0, dtype=object)
    # Strings, None and points of different lengths all give another kind of array.
    if array.dtype.kind not in "iuf":
        quoted = repr(stroke)
        if len(quoted) > _MAX_QUOTE:
            quoted = quoted[: _MAX_QUOTE - 3] + "…"
        raise InputError(
            f"strokes[{number}]: wanted a list of [x, y] points, two numbers each, got {quoted}; "
            "send [[[x, y], …], …], a list of points for each stroke"
        )
    return array.astype(np.float64)


def box(strokes: Sequence[np.ndarray]) -> Box | None:
    """Find the bounding box of the points of strokes, each float (points, 2).

    Returns:
        (left, top, width, height) in the unit of the strokes, or None if there are no strokes.
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
        pen: width of the pen in MNIST pixels, above 0 and below 20.

    Returns:
        float32 (height, width) in [0, 1], 1 = ink, anti-aliased: the drawing scaled to a longer side
        of 20 × 4 pixels, pen included, with a margin of 4 pixels. Without points the ink is empty; if
        all points coincide, it is a dot of full size.

    Raises:
        InputError: as for `parse`.
    """
    return drawn(parse(strokes), pen)


def drawn(strokes: list[np.ndarray], pen: float = PEN) -> np.ndarray:
    """Draw strokes that `parse` has returned, as `draw` does."""
    curves = [_smooth(stroke) for stroke in _scaled(strokes, _SIZE)]
    extent = box(curves)
    if extent is None:
        return np.zeros((BOX * SCALE, BOX * SCALE), np.float32)
    width = BOX if max(extent[2:]) == 0 else pen  # without extent it is a dot
    # OpenCV's pens have a whole radius around a pixel, so their width is odd.
    radius = round((width * _RASTER - 1) / 2)
    # Scaled once more, because a curve may leave the box of its points.
    return _rendered(_scaled(curves, _SIZE - (2 * radius + 1)), radius)


def _scaled(strokes: list[np.ndarray], size: float) -> list[np.ndarray]:
    """Move the strokes' bounding box to (0, 0) and scale its longer side to `size`; dots stay dots."""
    extent = box(strokes)
    if extent is None:
        return []
    left, top, width, height = extent
    longer = max(width, height)
    factor = size / longer if longer > 1 / MAX_COORDINATE else 0.0
    return [(stroke - (left, top)) * factor for stroke in strokes]


def _smooth(points: np.ndarray) -> np.ndarray:
    """Interpolate the points (n, 2) of a stroke by a curve; its points are at most `_CURVE_STEP` apart.

    The curve is a centripetal Catmull-Rom spline (Yuksel, Schaefer, Keyser 2011). It passes through
    every point, without loops or cusps between them.
    """
    points = _thinned(points)
    if len(points) < 3:
        return points
    step = points[1:] - points[:-1]
    length = np.hypot(step[:, 0], step[:, 1])
    pieces = np.maximum(1, np.ceil(length / _CURVE_STEP)).astype(int)
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
    """Keep one point of a stroke (n, 2) per `_MIN_STEP` of its length, and both ends."""
    step = points[1:] - points[:-1]
    travelled = np.zeros(len(points))
    travelled[1:] = np.cumsum(np.hypot(step[:, 0], step[:, 1])) // _MIN_STEP
    kept = np.ones(len(points), bool)
    kept[1:] = travelled[1:] > travelled[:-1]
    thinned = np.concatenate([points[kept], points[-1:]])
    # The last point may be there twice, and a trembling pen returns to where it was.
    differs = np.ones(len(thinned), bool)
    differs[1:] = (thinned[1:, 0] != thinned[:-1, 0]) | (thinned[1:, 1] != thinned[:-1, 1])
    return thinned[differs]


def _tangents(step: np.ndarray, knot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the tangents at the start and the end of each segment, for a curve parameter in [0, 1].

    Args:
        step: difference of the segment's end points, float (n, 2).
        knot: its interval in the centripetal parametrization, the square root of its length, float (n, 1).
    """
    slope = step / knot
    inner = slope[:-1] + slope[1:] - (step[:-1] + step[1:]) / (knot[:-1] + knot[1:])
    # Corners are intended: the sharper the turn, the shorter the tangent; from 90° on it is zero.
    product = step[:-1] * step[1:]
    cosine = (product[:, :1] + product[:, 1:]) / (knot[:-1] * knot[1:]) ** 2
    inner *= np.minimum(np.maximum(cosine, 0), 1)
    start = np.concatenate([slope[:1], inner]) * knot
    end = np.concatenate([inner, slope[-1:]]) * knot
    return start, end


def _hermite(p: np.ndarray, q: np.ndarray, m: np.ndarray, n: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Evaluate the cubic Hermite curve from p with tangent m to q with tangent n, at t in [0, 1]."""
    return p + t * (m + t * (3 * (q - p) - 2 * m - n + t * (2 * (p - q) + m + n)))


def _rendered(curves: list[np.ndarray], radius: int) -> np.ndarray:
    """Draw curves that begin at (0, 0) with a round pen on the raster, and average it down to ink."""
    extent = np.max([curve.max(axis=0) for curve in curves], axis=0)
    size = np.ceil((extent + 2 * radius + 1) / _SUPERSAMPLING).astype(int) + _MARGIN
    width, height = size * _SUPERSAMPLING
    canvas = np.zeros((height, width), np.uint8)
    one = 1 << _FRACTION_BITS
    fixed = [np.round((curve + _MARGIN + radius) * one).astype(np.int32) for curve in curves]
    for curve in fixed:
        if len(curve) == 1:
            cv2.circle(canvas, curve[0].tolist(), radius * one, 255, cv2.FILLED, cv2.LINE_8, _FRACTION_BITS)
    cv2.polylines(canvas, fixed, False, 255, 2 * radius, cv2.LINE_8, _FRACTION_BITS)
    ink = cv2.resize(canvas, size.tolist(), interpolation=cv2.INTER_AREA)
    return ink.astype(np.float32) / 255

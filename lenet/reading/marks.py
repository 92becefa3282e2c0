"""Small marks, told by their place: the point, the comma, the dash and the colon.

In MNIST's form, where every piece is 20 pixels long, a point is as large as a 0, and a comma a 1. What tells
them is their size and where they stand beside the digits of their line.

Sizes and places are in heights of the line; a place of 0 is the top of the digits around, 1 their base line.
The constants were tuned on numbers by UNIPEN's persons for training.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lenet.ink.boxes import Box, around

MARKS = (".", ",", "-", ":")
"""What a mark may read."""

POINT_SIZE = 0.3
"""Maximum height and width of a point."""

SHORT_COMMA = 0.4
"""Height of a comma from which it must reach below the base line."""

COMMA_HEIGHT = 0.75
"""Maximum height of a comma that does."""

COMMA_REACH = 1.05
"""Place below which it ends."""

COMMA_WIDTH = 0.35
"""Maximum width of a comma."""

COMMA_FROM = 0.55
"""Place below which a comma begins that is higher than a point."""

DASH_HEIGHT = 0.3
"""Maximum height of a dash."""

DASH_FLATNESS = 0.5
"""Maximum height of a dash, as a fraction of its width."""

LOW = 0.7
"""Place of the centre from which a small mark stands on the base line: a point or a comma."""

DASH_LOW = 0.9
"""Place of the centre from which a flat stroke is an underline, and no dash."""

HIGH = 0.2
"""Place of the centre above which a mark is no dash."""

COLON_SHIFT = 0.35
"""Maximum distance sideways between the two points of a colon."""

APOSTROPHE = 0.3
"""Place of the centre above which a small stroke is an apostrophe."""

TALL_SIGNS = frozenset("/()$")
"""The signs that most people write taller than digits."""

NOT_FIRST = "/)%=x"
"""The signs that hardly ever begin a line; chosen."""

NOT_LAST = "/(+#"
"""The signs that hardly ever end one; chosen."""

NOT_WITH_ONE = "()"
"""The signs that hardly ever stand beside a single other part: a pair encloses something; chosen."""


class LogNormal(NamedTuple):
    """Mean and standard deviation of the natural logarithm of a height."""

    mean: float
    deviation: float


TALL_SIGN_HEIGHT = LogNormal(0.48, 0.25)
DIGIT_HEIGHT = LogNormal(0.0, 0.2)
"""Of 474 such signs and 4,031 digits in numbers by UNIPEN's persons for training."""

MAX_TALL_GAIN = 3.0
"""Maximum gain by height, in nats and before `SearchCosts.tall`: hands are uneven."""

TALL = 0.6
"""Minimum height of the parts of a line that tell where its digits begin and end."""


class Band(NamedTuple):
    """Where the digits of a line begin and end, in the unit of the boxes."""

    top: float
    bottom: float


def band_at(centre: float, boxes: np.ndarray, height: float) -> Band:
    """Find where the digits nearest to a place begin and end.

    Args:
        centre: the place, from the left.
        boxes: float (n, 4), of the other parts of the line.
        height: of the line.
    """
    tall = boxes[boxes[:, 3] >= TALL * height]
    if not len(tall):
        _, top, _, total = around([tuple(box) for box in boxes])
        return Band(top, top + total)
    distance = np.abs(tall[:, 0] + tall[:, 2] / 2 - centre)
    nearest = tall[np.argsort(distance, kind="stable")[:2]]
    top, bottom = nearest[:, 1].mean(), (nearest[:, 1] + nearest[:, 3]).mean()
    return Band(float(top), float(bottom))


def mark_at(boxes: np.ndarray, start: int, end: int, height: float) -> str | None:
    """Tell which mark a span of a line's parts is; see `mark_of`.

    Args:
        boxes: float (n, 4), of all parts of the line.
        start: the first part of the span.
        end: the last + 1.
        height: of the line.
    """
    span = boxes[start:end].tolist()
    if len(span) > 2 or max(box[3] for box in span) > COMMA_HEIGHT * height:
        return None
    left, _, width, _ = span[0]
    # A large comma must not tell itself where the digits of its line stand.
    others = np.concatenate([boxes[:start], boxes[end:]]) if len(span) < len(boxes) else boxes
    return mark_of(span, band_at(left + width / 2, others, height), height)


def mark_of(boxes: Sequence[Box], band: Band, height: float) -> str | None:
    """Tell which mark parts are, by their size and place.

    Args:
        boxes: of the parts, one or two.
        band: of the digits around them.
        height: of the line.

    Returns:
        ".", ",", "-" or ":"; "" for a mark that reads nothing, as an apostrophe; None for no mark.
    """
    if len(boxes) == 2:
        return ":" if _is_colon(boxes, height) else None
    ((_, top, width, tall),) = boxes
    width, tall, top = width / height, tall / height, (top - band.top) / height
    full = max(band.bottom - band.top, height / 2) / height
    centre = (top + tall / 2) / full
    if tall <= DASH_HEIGHT and tall <= DASH_FLATNESS * width and width > POINT_SIZE / 2:
        return "-" if HIGH < centre < DASH_LOW else ""
    if max(width, tall) <= POINT_SIZE:
        if centre < LOW:
            return ""
        return "," if tall > 0.2 and tall > 1.3 * width else "."
    if tall > COMMA_HEIGHT or width > COMMA_WIDTH:
        return None
    if top / full >= COMMA_FROM and (tall <= SHORT_COMMA or (top + tall) / full >= COMMA_REACH):
        return ","
    is_apostrophe = tall <= SHORT_COMMA and width <= tall / 2 and centre < APOSTROPHE
    return "" if is_apostrophe else None


def misplaced(start: int, end: int, count: int) -> str:
    """Return the signs that hardly ever stand at a place.

    Args:
        start: the first part of the span.
        end: the last + 1.
        count: number of parts of the line.
    """
    first, last, others = start == 0, end == count, count - (end - start)
    return NOT_FIRST * first + NOT_LAST * last + NOT_WITH_ONE * (others < 2)


def tall_gain(height: float) -> float:
    """Return how much likelier a height is for a sign of `TALL_SIGNS` than for a digit, in nats.

    Both are log-normal, with a bound of `MAX_TALL_GAIN`. What is lower than most digits is as unlikely for
    such a sign as what is as high.

    Args:
        height: in heights of the line.
    """
    logarithm = math.log(max(height, 1.0))
    of_sign = (logarithm - TALL_SIGN_HEIGHT.mean) / TALL_SIGN_HEIGHT.deviation
    of_digit = (logarithm - DIGIT_HEIGHT.mean) / DIGIT_HEIGHT.deviation
    return min((of_digit**2 - of_sign**2) / 2, MAX_TALL_GAIN)


def _is_colon(boxes: Sequence[Box], height: float) -> bool:
    """Whether two parts are points, one above the other."""
    (left, top, width, tall), (other_left, other_top, other_width, other_tall) = boxes
    sides = (width, tall, other_width, other_tall)
    shift = abs(left + width / 2 - other_left - other_width / 2)
    gap = max(top, other_top) - min(top + tall, other_top + other_tall)
    return max(sides) <= POINT_SIZE * height and shift <= COLON_SHIFT * height and gap > 0

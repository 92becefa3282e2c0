"""Whether a small part may be a digit by its shape, before the network is asked.

The network takes a tick for a 1 and a stain for a 2: in MNIST's form both are as large as digits.
"""

from __future__ import annotations

import math

import numpy as np

from lenet.ink.preprocessing import BOX, stroke_width
from lenet.reading.parts import Part

MAX_BOLDNESS = 0.2
"""Maximum stroke width of a digit, as a fraction of its longer side: dots and stains are bolder. Tuned on
numbers with dots, ticks and stains around them."""

MIN_BEND = 0.45
"""Minimum spread of a digit's ink about its axis, as a standard deviation in stroke widths: a straight stroke
has 0.25 to 0.41, a digit on sheets with digits of different sizes 0.36 (a bare 1) to 2."""


def may_be_digit(part: Part) -> bool:
    """Tell whether the ink of a part is fine and bent enough for a digit; a bare 1 is not."""
    image = part.image()
    stroke = stroke_width(image)
    y, x = np.indices(image.shape)
    spread = np.cov(np.stack([x.ravel(), y.ravel()]), aweights=image.ravel())
    return stroke <= MAX_BOLDNESS * BOX and math.sqrt(np.linalg.eigvalsh(spread)[0]) >= MIN_BEND * stroke

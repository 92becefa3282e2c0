"""An image file or array -> the ink of a page: `decoding` makes colours of it, `paper` finds the ink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lenet.ink import decoding, paper
from lenet.ink.notes import Note


@dataclass(frozen=True)
class Page:
    """The ink of a photographed page.

    Attributes:
        ink: float32 (height, width) in [0, 1], 1 = full ink, exactly 0 = paper. It is upright, smaller
            than a large image and larger than a very small one.
        picture: uint8 (height, width, 3), RGB: the upright image at the size of the ink; see
            `decoding.Picture`. For drawing boxes on.
        scale: pixels of the upright image per pixel of ink: 0.5 to 1 for a very small image, else at
            least 1.
        size: (width, height) of the upright image.
        notes: what was detected or corrected, as codes.
    """

    ink: np.ndarray
    picture: np.ndarray
    scale: float
    size: tuple[int, int]
    notes: tuple[Note, ...]


def page(source: decoding.ImageSource) -> Page:
    """Find the ink on an image of a page, a line or one digit.

    Args:
        source: path of an image file, PIL image, or array (height, width) or (height, width, 1 to 4
            channels) of floats in [0, 1], bools or integers. Integers have 1 bit if all are 0 or 1,
            else the fewest of 8, 10, 12, 14 and 16 bits that hold the largest. Any colours, dark on
            light or light on dark.

    Returns:
        The page. Its strokes are as wide as in the image; see `preprocessing.thickened`.

    Raises:
        InputError: the image cannot be read ("picture.unreadable"), or is empty or has more than
            `decoding.MAX_PIXELS` pixels ("picture.too_large").
        FileNotFoundError: there is no such file.
    """
    picture = decoding.decode(source)
    found, notes = paper.find_ink(picture.colours)
    scale = max(picture.size) / max(found.shape)
    return Page(found, picture.colours, scale, picture.size, picture.notes + notes)

"""The self-test: known drawings, and a picture of one, must be read as they should."""

from __future__ import annotations

from typing import Any, Protocol

import cv2
import numpy as np

from lenet.reading.result import Reading

_DIGITS = {
    "0": [[(5, 0), (2, 2), (1, 6), (2, 10), (5, 12), (8, 10), (9, 6), (8, 2), (5, 0)]],
    "1": [[(4, 0), (4, 12)]],
    "2": [[(1, 3), (2, 1), (5, 0), (8, 1), (8, 4), (1, 12), (9, 12)]],
    "3": [[(1, 1), (5, 0), (8, 2), (7, 5), (4, 6), (8, 7), (9, 10), (5, 12), (1, 11)]],
    "4": [[(3, 0), (1, 7), (9, 7)], [(7, 3), (7, 12)]],
    "5": [[(8, 0), (2, 0), (2, 5), (6, 5), (8, 7), (8, 10), (5, 12), (1, 11)]],
    "6": [[(6, 0), (3, 4), (1, 8), (2, 11), (5, 12), (8, 10), (7, 7), (4, 7), (2, 9)]],
    "7": [[(1, 0), (9, 0), (4, 12)]],
    "8": [[(8, 2), (5, 0), (2, 2), (3, 5), (7, 7), (8, 10), (5, 12), (2, 10), (3, 7), (7, 5), (8, 2)]],
    "9": [[(8, 3), (5, 0), (2, 2), (2, 5), (5, 6), (8, 3), (7, 8), (5, 12)]],
}
"""Plain forms of the digits, as strokes of (x, y), y downward, 12 units high."""

_PITCH = 14
"""Distance from one digit to the next, in the same units."""

DRAWINGS = (*_DIGITS, "2026")
"""What is drawn and read."""

PICTURE = "1998"
"""What is read from a picture."""


class Reads(Protocol):
    """What is tested; `lenet.reading.reader.Reader` is the real one."""

    def read_strokes(self, drawing: Any, /) -> Reading:
        """Read a list of strokes."""
        ...

    def read_image(self, source: Any, /) -> Reading:
        """Read a picture, here an array."""
        ...


def run(reader: Reads) -> int:
    """Read the known inputs.

    Returns:
        How many there are.

    Raises:
        ValueError: one is read as another text, or not surely; names all of them.
    """
    readings = {text: reader.read_strokes(strokes(text)) for text in DRAWINGS}
    readings[PICTURE] = reader.read_image(picture(PICTURE))
    wrong = [
        f"{text} as {reading.text or 'nothing'} ({reading.status})"
        for text, reading in readings.items()
        if (reading.text, reading.status) != (text, "ok")
    ]
    if wrong:
        raise ValueError(
            f"self-test: wanted {len(readings)} known inputs read as they should, got {', '.join(wrong)}; "
            "take the weights and the record of the project, or train again"
        )
    return len(readings)


def strokes(text: str) -> list[list[list[int]]]:
    """Draw digits in plain forms.

    Returns:
        Strokes of [x, y], y downward, in twelfths of the height of a digit.
    """
    return [
        [[x + _PITCH * place, y] for x, y in stroke]
        for place, digit in enumerate(text)
        for stroke in _DIGITS[digit]
    ]


def picture(text: str) -> np.ndarray:
    """Draw the same as dark ink on white paper.

    Returns:
        uint8 (height, width), 255 = white.
    """
    unit, margin, pen = 8, 48, 6  # pixels; chosen, a digit is as high as half of the picture
    width = 2 * margin + unit * _PITCH * len(text)
    paper = np.full((2 * margin + 12 * unit, width), 255, np.uint8)
    lines = [np.array(stroke) * unit + margin for stroke in strokes(text)]
    cv2.polylines(paper, lines, isClosed=False, color=40, thickness=pen, lineType=cv2.LINE_AA)
    return paper

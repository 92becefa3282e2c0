"""What runs along the border goes; a digit of a row that reaches the border stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lenet.ink.border import without_border


def noughts(*tops: int, height: int = 60) -> np.ndarray:
    """Noughts of 40 × `height` pixels side by side, each from a row on: uint8 (500, 500)."""
    mask = np.zeros((500, 500), np.uint8)
    for index, top in enumerate(tops):
        middle = 70 + 90 * index, top + height // 2
        cv2.ellipse(mask, middle, (18, height // 2 - 2), 0, 0, 360, 1, 4)
    return mask


@pytest.mark.parametrize("flip", [False, True])
def test_a_digit_that_reaches_the_border_stays_in_its_row(flip: bool) -> None:
    mask = noughts(4, -1, 7)
    mask = mask[::-1].copy() if flip else mask
    assert np.array_equal(without_border(mask), mask)


def test_the_lower_parts_of_the_line_above_go() -> None:
    line, above = noughts(200, 200, 200), noughts(-30, -32, -31)
    assert np.array_equal(without_border(line | above), line)


def test_a_bar_beside_a_row_goes() -> None:
    line = noughts(4, 6, 5)
    bar = cv2.rectangle(np.zeros_like(line), (310, 0), (315, 60), 1, cv2.FILLED)
    assert np.array_equal(without_border(line | bar), line)


def test_a_sheets_edge_goes() -> None:
    line = noughts(200, 200)
    edge = cv2.line(np.zeros_like(line), (0, 3), (499, 0), 1, 5)
    assert np.array_equal(without_border(line | edge), line)


def test_a_digit_alone_at_the_border_stays() -> None:
    mask = noughts(-2)
    assert without_border(mask) is mask

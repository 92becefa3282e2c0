"""Shape: a digit of any size may be one, a dot, a tick or a blot may not."""

from __future__ import annotations

import numpy as np
import pytest
from writing import Drawing, written

from benchmarks.pages import Number, render
from lenet.reading.parts import InkPart, parts_of_ink
from lenet.reading.shape import may_be_digit


def _part(drawing: Drawing, height: float, pen: float = 0.1) -> InkPart:
    """Ink of a drawing 100 high, at `height` pixels with a pen of so many of them."""
    (part,) = parts_of_ink(render(Number([stroke / 100 for stroke in drawing], "", False), height, pen))
    return part


@pytest.mark.parametrize("height", [30, 60, 120])
@pytest.mark.parametrize("digit", "0234689")
def test_a_digit_may_be_one_at_any_size(digit: str, height: float) -> None:
    assert may_be_digit(_part(written(digit), height))


@pytest.mark.parametrize("degrees", range(0, 180, 15))
@pytest.mark.parametrize("length", [10, 40, 100])
def test_a_dot_or_a_straight_stroke_at_any_angle_is_none(degrees: float, length: float) -> None:
    angle = np.deg2rad(degrees)
    stroke = np.array([[0.0, 0], [length * np.cos(angle), length * np.sin(angle)]])
    assert not may_be_digit(_part([stroke], 60))


def test_a_bent_stroke_as_bold_as_a_blot_is_none() -> None:
    blot = np.array([[0.0, 0], [100, 0], [20, 100], [90, 90]])
    assert may_be_digit(_part([blot], 60))
    assert not may_be_digit(_part([blot], 60, pen=0.5))

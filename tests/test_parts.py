"""Parts: blobs, what is cut from them, and strokes."""

from __future__ import annotations

import numpy as np
import pytest
from writing import inked, written

from lenet.reading.parts import MAX_BLOBS, InkPart, parts_of_ink, parts_of_strokes


def test_a_cut_loses_no_ink() -> None:
    ink = inked(written("00", gap=0.08))
    (part,) = parts_of_ink(ink)
    pieces = part.cut(part.box[3])
    assert len(pieces) > 1
    whole = pieces[0][0].joined([piece for piece, _ in pieces[1:]])
    assert whole.box == part.box
    np.testing.assert_array_equal(whole.ink, part.ink)


def test_what_is_cut_off_may_have_more_of_its_neighbours() -> None:
    ink = inked(written("37", gap=-0.1))
    (whole,) = parts_of_ink(ink)
    assert whole.generous() is whole
    pieces = [piece for piece, _ in whole.cut(whole.box[3])]
    assert len(pieces) > 1
    narrow = [_on_sheet(piece, ink.shape) for piece in pieces]
    wide = [_on_sheet(piece.generous(), ink.shape) for piece in pieces]
    assert all((more >= less).all() for more, less in zip(wide, narrow, strict=True))
    assert np.sum(wide) > 1.1 * np.sum(narrow)


def _on_sheet(part: InkPart, shape: tuple[int, int]) -> np.ndarray:
    sheet = np.zeros(shape, np.float32)
    left, top, width, height = part.box
    sheet[top : top + height, left : left + width] = part.ink
    return sheet


def test_a_cut_costs_more_through_more_ink() -> None:
    def cheapest(bridge: int) -> float:
        blob = np.zeros((40, 80), np.float32)
        blob[:, :30] = blob[:, 50:] = blob[18 : 18 + bridge] = 1
        (part,) = parts_of_ink(blob)
        first, *costs = [cost for _, cost in part.cut(40)]
        assert first == 0
        return min(costs)

    assert 0 < cheapest(4) < cheapest(8) < cheapest(16) < 6


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_strokes_touch_where_the_pen_of_a_digit_would_join_them(unit: float) -> None:
    upright = np.array([[50.0, 0], [50, 100]]) * unit
    for gap, touching in ((5, True), (20, False)):
        dash = np.array([[50.0 + gap, 50], [90, 50]]) * unit
        one, other = parts_of_strokes([upright, dash])
        assert one.touches(other, 100 * unit) is touching


def test_of_a_texture_the_largest_blobs_are_read() -> None:
    ink = np.zeros((300, 500), np.float32)
    ink[::4, ::4] = ink[1::4, ::4] = ink[::4, 1::4] = ink[1::4, 1::4] = 1
    ink[100:120, 200:210] = 1
    parts = parts_of_ink(ink)
    assert len(parts) == MAX_BLOBS
    assert max(part.box[3] for part in parts) > 18

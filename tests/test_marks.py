"""Rings, underlines and strikes are removed, and nothing that belongs to a digit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lenet.ink.marks import without_marks
from lenet.ink.notes import Note, NoteCode

Points = list[tuple[int, int]]

SEVEN: Points = [(0, 0), (40, 0), (15, 80)]
TWO: Points = [(0, 15), (20, 0), (40, 15), (35, 35), (0, 80), (44, 80)]
FOUR: Points = [(25, 0), (0, 50), (45, 50), (33, 50), (33, 25), (30, 80)]
FIVE: Points = [(40, 0), (8, 0), (5, 35), (25, 32), (40, 50), (30, 75), (0, 80)]
ZERO: Points = [(20, 0), (5, 15), (0, 40), (5, 65), (20, 80), (35, 65), (40, 40), (35, 15), (20, 0)]
EIGHT: Points = [(20, 40), (3, 20), (20, 0), (37, 20), (20, 40), (0, 60), (20, 80), (40, 60), (20, 40)]


def drawn(*strokes: Points, at: tuple[int, int] = (60, 60)) -> np.ndarray:
    """Strokes on a mask, uint8 (200, 240), moved by `at`."""
    mask = np.zeros((200, 240), np.uint8)
    for stroke in strokes:
        cv2.polylines(mask, [np.array(stroke) + at], False, 1, 7)
    return mask


def beside(stroke: Points, by: int) -> Points:
    return [(x + by, y) for x, y in stroke]


def ring(width: int, gap: int = 0) -> np.ndarray:
    mask = np.zeros((200, 240), np.uint8)
    return cv2.ellipse(mask, (100, 100), (width, width - 5), 0, gap, 360, 1, 6)


@pytest.mark.parametrize("gap", [0, 35])
@pytest.mark.parametrize("width", [70, 90])
def test_a_ring_round_a_number_is_removed(width: int, gap: int) -> None:
    digit = drawn(SEVEN, at=(80, 60))
    kept, notes = without_marks(digit | ring(width, gap))
    assert np.array_equal(kept, digit)
    assert notes == (Note(NoteCode.RING_REMOVED),)


def test_a_ring_with_nothing_or_a_dot_in_it_stays() -> None:
    empty = ring(70)
    dotted = cv2.circle(empty.copy(), (100, 100), 6, 1, cv2.FILLED)
    for mask in (empty, dotted):
        assert without_marks(mask)[1] == ()


def test_an_underline_that_touches_is_removed() -> None:
    digits = drawn(SEVEN, beside(SEVEN, 60))
    line = drawn([(-25, 82), (125, 80)])
    kept, notes = without_marks(digits | line)
    assert notes == (Note(NoteCode.LINES_REMOVED),)
    beyond = np.s_[:, :80]  # where the line stands out, and the bars of the digits do not
    assert not kept[130:, :65].any()
    assert not kept[130:, 170:].any()
    assert kept[beyond].sum() < (digits | line)[beyond].sum()
    assert (kept[:130] == digits[:130]).all()


@pytest.mark.parametrize("tilt", [-4, 0, 3])
@pytest.mark.parametrize("digits", [(EIGHT, SEVEN), (TWO, ZERO), (FOUR, EIGHT)])
def test_a_struck_number_is_left_out_and_its_neighbour_kept(digits: tuple[Points, ...], tilt: int) -> None:
    strokes = [beside(digit, 60 * index) for index, digit in enumerate(digits)]
    strike = [(-14, 40 + tilt), (60 * len(digits) - 6, 38 - tilt)]
    other = drawn(TWO, at=(190, 60))
    kept, notes = without_marks(drawn(*strokes, strike, at=(20, 60)) | other)
    assert np.array_equal(kept, other)
    assert notes == (Note(NoteCode.STRUCK_OUT),)


@pytest.mark.parametrize("digit", [ZERO, TWO, FIVE, EIGHT])
def test_a_single_digit_struck_out_is_left_out(digit: Points) -> None:
    other = drawn(TWO, at=(170, 60))
    kept, notes = without_marks(drawn(digit, [(-12, 43), (50, 38)]) | other)
    assert np.array_equal(kept, other)
    assert notes == (Note(NoteCode.STRUCK_OUT),)


def test_a_strike_may_end_below_the_corner_of_a_seven() -> None:
    mask = drawn(FOUR, beside(SEVEN, 65), [(-12, 46), (105, 38)])
    kept, notes = without_marks(mask)
    assert not kept.any()
    assert notes == (Note(NoteCode.STRUCK_OUT),)


def test_a_line_that_runs_into_the_border_strikes_nothing_out() -> None:
    mask = drawn(EIGHT, beside(EIGHT, 60), [(-80, 40), (120, 40)])
    assert without_marks(mask)[1] == ()


CROSSED_SEVEN = [SEVEN, [(2, 42), (46, 40)]]
HOOKED_SEVEN = [SEVEN, [(8, 56), (0, 47), (5, 43), (46, 41)]]
LOOSE_FOUR = [[(25, 0), (0, 50)], [(-10, 48), (45, 48)], [(33, 25), (30, 80)]]
PLUS = [[(0, 40), (60, 40)], [(30, 10), (30, 70)]]
ONE_ON_A_BASE = [[(5, 20), (25, 0), (25, 80)], [(5, 80), (45, 80)]]
SLASHED_ZERO = [ZERO, [(-8, 85), (48, -5)]]


@pytest.mark.parametrize(
    "strokes",
    [
        [SEVEN],
        [TWO],
        [FOUR],
        [ZERO],
        [EIGHT],
        CROSSED_SEVEN,
        HOOKED_SEVEN,
        LOOSE_FOUR,
        PLUS,
        ONE_ON_A_BASE,
        SLASHED_ZERO,
    ],
)
@pytest.mark.parametrize("size", [0.4, 1, 2])
def test_digits_and_signs_stay(strokes: list[Points], size: float) -> None:
    mask = cv2.resize(drawn(*strokes), None, fx=size, fy=size, interpolation=cv2.INTER_NEAREST)
    kept, notes = without_marks(mask)
    assert np.array_equal(kept, mask)
    assert notes == ()


def test_no_ink_gives_no_marks() -> None:
    nothing = np.zeros((20, 30), np.uint8)
    kept, notes = without_marks(nothing)
    assert not kept.any()
    assert notes == ()


@pytest.mark.parametrize("over", [8, 12])
def test_a_short_line_that_joins_narrow_digits_is_removed(over: int) -> None:
    """Narrower than it is high, it might be the base of one digit, were the digits not apart above it."""
    digits = drawn(SEVEN, [(55, 0), (55, 80)])
    line = drawn([(-over, 83), (55 + over, 83)])
    kept, notes = without_marks(digits | line)
    assert notes == (Note(NoteCode.LINES_REMOVED),)
    assert len(np.unique(cv2.connectedComponents(kept)[1])) == 3
    assert kept[:135].sum() == digits[:135].sum()


def test_the_bends_of_a_thick_5_are_no_strike() -> None:
    outline = [(26, 0), (17, 1), (14, 3), (9, 4), (6, 7), (3, 13), (3, 16), (6, 19), (15, 18), (17, 20)]
    outline += [(17, 23), (10, 33), (6, 35), (3, 35), (0, 37), (0, 40), (3, 42), (10, 41), (14, 39)]
    outline += [(21, 31), (23, 27), (24, 19), (23, 16), (18, 12), (17, 10), (19, 8), (27, 5), (27, 1)]
    five = cv2.fillPoly(np.zeros((200, 240), np.uint8), [np.add(outline, 60)], 1)
    kept, notes = without_marks(five)
    assert notes == ()
    assert np.array_equal(kept, five)


def test_noughts_that_lie_on_an_underline_stay_closed() -> None:
    kept, notes = without_marks(drawn(ZERO, beside(ZERO, 60), [(-25, 80), (125, 80)]))
    assert notes == (Note(NoteCode.LINES_REMOVED),)
    contours, hierarchy = cv2.findContours(kept, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    assert [bool(parent >= 0) for *_, parent in hierarchy[0]].count(True) == 2
    assert len(contours) == 4

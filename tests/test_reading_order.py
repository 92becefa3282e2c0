"""Reading order: lines from top to bottom, in each the parts from left to right."""

from __future__ import annotations

import numpy as np
import pytest
from writing import Drawing, moved, written

from benchmarks.pages import Number, render
from lenet.reading.parts import parts_of_ink, parts_of_strokes
from lenet.reading.reading_order import Group, lines_of


def _lines(drawing: Drawing) -> list[list[int]]:
    """The numbers of the strokes in each line."""
    numbers = {id(stroke): number for number, stroke in enumerate(drawing)}
    return [
        [numbers[id(part.strokes[0])] for part in parts] for parts, *_ in lines_of(parts_of_strokes(drawing))
    ]


def test_without_parts_there_are_no_lines() -> None:
    assert lines_of([]) == []


@pytest.mark.parametrize("degrees", [-12, 0, 12])
def test_lines_are_read_from_top_to_bottom_on_a_slope_too(degrees: float) -> None:
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    drawing = [stroke @ turn for stroke in written("1 2 0 6\n3 2 9 8")]
    shuffled = [drawing[number] for number in np.random.default_rng(0).permutation(len(drawing))]
    lines = _lines(shuffled)
    assert len(lines) == 2
    assert all(np.diff([shuffled[number][:, 0].mean() for number in line]).min() > 0 for line in lines)
    levels = [np.mean([shuffled[number][:, 1].mean() for number in line]) for line in lines]
    assert levels[0] < levels[1]


def test_the_height_is_that_of_the_digits_however_many_dots_there_are() -> None:
    dots = [np.array([[10.0 * number, 95]]) for number in range(30)]
    (line,) = lines_of(parts_of_strokes(written("26") + dots))
    assert line.height == pytest.approx(100, abs=5)


@pytest.mark.parametrize(("size", "down"), [(20, 150), (39, 150), (20, -60), (39, 600)])
def test_smaller_digits_apart_from_the_others_are_a_line_of_their_own(size: float, down: float) -> None:
    large, small = written("01"), moved(written("2345", size=size), 0, down)
    drawing = [*large, *small]
    first, second = _lines(drawing)
    assert (len(first) == len(large)) == (down > 0)
    assert sorted([*first, *second]) == list(range(len(drawing)))


def test_a_mark_belongs_to_its_line_and_one_far_from_all_to_none() -> None:
    comma, speck = np.array([[120.0, 95], [115, 115]]), np.array([[50.0, 600], [52, 602]])
    drawing = [*written("1 2"), comma, speck]
    (line,) = _lines(drawing)
    assert sorted(line) == list(range(len(drawing) - 1))


LARGE = moved(written("3"), 0, 0) + moved(written("8"), 600, 0)
"""Two digits, 100 high, 500 apart."""

SMALL = {
    "in the row": moved(written("2", size=30), 300, 30),
    "in the row, two": moved(written("2 6", size=30), 270, 30),
    "below": moved(written("2", size=30), 300, 130),
}
"""Digits a third as high in the middle between them, at their level and half a digit below."""


def _sizes(drawing: Drawing, reads_digits: bool) -> list[list[tuple[int, bool]]]:
    """Height and the flag `follows` of each group of each row."""
    rows: list[list[tuple[int, bool]]] = []
    for group in lines_of(parts_of_strokes(drawing), lambda _: reads_digits):
        if not group.follows:
            rows.append([])
        rows[-1].append((round(group.height, -1), group.follows))
    return rows


@pytest.mark.parametrize("place", ["in the row", "in the row, two"])
def test_a_small_number_is_a_group_of_its_row_with_its_own_height_if_it_reads_as_digits(place: str) -> None:
    drawing = LARGE + SMALL[place]
    assert _sizes(drawing, True) == [[(100, False), (30, True), (100, True)]]
    assert _sizes(drawing, False) == [[(100, False)]]


def test_a_small_number_between_rows_is_a_line_if_it_reads_as_digits_and_else_a_speck() -> None:
    drawing = LARGE + SMALL["below"] + moved(LARGE, 0, 290)
    assert _sizes(drawing, True) == [[(100, False)], [(30, False)], [(100, False)]]
    assert _sizes(drawing, False) == [[(100, False)], [(100, False)]]
    heights = [round(group.around) for group in lines_of(parts_of_strokes(drawing), lambda _: True)]
    assert heights == [100, 100, 100]


def _asked(drawing: Drawing) -> list[Group]:
    """Which groups of ink may be numbers of their own."""
    groups: list[Group] = []

    def is_number(group: Group) -> bool:
        groups.append(group)
        return True

    number = Number([stroke / 100 for stroke in drawing], "", False)
    lines_of(parts_of_ink(render(number, 100, 0.05)), is_number)
    return groups


def test_numbers_of_one_size_are_one_line_however_far_apart_they_are() -> None:
    drawing = (
        moved(written("12"), 0, 0) + moved(written("34", size=80), 700, 10) + moved(written("5"), 1400, 0)
    )
    assert _asked(drawing) == []
    assert _sizes(drawing, True) == [[(100, False)]]


@pytest.mark.parametrize("down", [50, 145])
@pytest.mark.parametrize("turn", [0.0, 0.4, 1.57])
def test_straight_strokes_dots_and_blots_are_no_numbers_of_their_own(turn: float, down: float) -> None:
    stroke = np.array([[0.0, 0], [35 * np.cos(turn), 35 * np.sin(turn)]])
    dot = np.array([[0.0, 0], [6, 3]])
    blot = np.array([[x, 30 * (x % 8 > 0)] for x in range(0, 25, 4)], float)
    bent = np.array([[0.0, 0], [20, 0], [5, 35]])
    assert not _asked(LARGE + moved([stroke], 300, down))
    assert not _asked(LARGE + moved([dot], 300, down))
    assert not _asked(LARGE + moved([blot], 300, down))
    assert _asked(LARGE + moved([bent], 300, down))


def test_a_mark_near_its_number_is_no_number_of_its_own() -> None:
    comma = [np.array([[10.0, 85], [14, 95], [2, 118]])]
    assert not _asked(LARGE + moved(comma, 70, 0))
    assert not _asked(LARGE + moved(SMALL["in the row"], -215, 80))
    assert _asked(LARGE + moved(SMALL["in the row"], -190, 80))


def test_dots_and_commas_of_a_pen_stay_in_their_row_however_far_from_its_digits() -> None:
    """Their strokes are bent as those of digits are, and how wide they are is not known."""
    comma = np.array([[8.0, 0], [14, 4], [12, 14], [0, 30]])
    dot = np.array([[0.0, 0], [8, 2], [8, 12], [0, 10]])
    assert _sizes([*LARGE, *moved([comma], 300, 85)], True) == [[(100, False)]]
    assert _sizes([*LARGE, *moved([dot], 300, 50)], True) == [[(100, False)]]
    assert _sizes([*LARGE, *moved([comma], 300, 35)], True) == [[(100, False), (30, True), (100, True)]]


def test_two_rings_alone_are_one_line_and_beside_others_two() -> None:
    """An 8 of two rings that do not touch; a page of two lines that are close."""
    rings = [ring(0, 0), ring(0, 25)]
    assert [len(line.parts) for line in lines_of(parts_of_strokes(rings))] == [2]
    ones = [np.array([[0.0, 0], [0, 20]]), np.array([[0.0, 25], [0, 45]])]
    assert [len(line.parts) for line in lines_of(parts_of_strokes(ones))] == [1, 1]
    others = [ring(40, 0), ring(40, 25)]
    assert [len(line.parts) for line in lines_of(parts_of_strokes(rings + others))] == [2, 2]


def ring(left: float, top: float) -> np.ndarray:
    """A circle of 20 units."""
    angles = np.linspace(0, 2 * np.pi, 30)
    return np.stack([left + 10 + 10 * np.cos(angles), top + 10 + 10 * np.sin(angles)], 1)

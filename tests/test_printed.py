"""Printed boxes, cells and bars are told from ink by colour, form and place."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lenet.ink.colour import without_coloured_print
from lenet.ink.combs import without_bars
from lenet.ink.frames import without_frames
from lenet.ink.grey_print import without_grey_print
from lenet.ink.mask import ink_mask
from lenet.ink.paper import find_ink

PAPER, PEN, ORANGE = (240, 240, 238), (30, 32, 60), (236, 150, 70)


def _boxes(print_colour: tuple[int, int, int], pen: tuple[int, int, int] | None) -> np.ndarray:
    """Three boxes with a 7 in each that crosses the box's top: uint8 (100, 260, 3)."""
    image = np.full((100, 260, 3), PAPER, np.uint8)
    for left in (20, 100, 180):
        cv2.rectangle(image, (left, 20), (left + 55, 80), print_colour, 5)
        if pen:
            corners = np.array([[left + 12, 32], [left + 40, 12], [left + 22, 70]])
            cv2.polylines(image, [corners], False, pen, 5, cv2.LINE_AA)
    return image


def test_coloured_boxes_go_and_strokes_across_them_stay() -> None:
    plain = _boxes(PAPER, PEN)
    printed = _boxes(ORANGE, PEN)
    cleaned = without_coloured_print(printed, printed)
    assert np.abs(cleaned.astype(int) - plain).mean() < 3
    assert np.abs(cleaned.astype(int) - plain)[plain.max(axis=2) < 80].mean() < 12


def test_boxes_of_the_pens_own_colour_stay() -> None:
    image = _boxes(ORANGE, ORANGE)
    assert without_coloured_print(image, image) is image


def test_empty_coloured_boxes_stay() -> None:
    image = _boxes(ORANGE, None)
    assert without_coloured_print(image, image) is image


def test_coloured_digits_are_no_print() -> None:
    image = np.full((100, 260, 3), PAPER, np.uint8)
    for left, colour in ((40, ORANGE), (110, PEN), (190, ORANGE)):
        cv2.ellipse(image, (left, 50), (15, 28), 0, 0, 360, colour, 5)
    assert without_coloured_print(image, image) is image


GREY, BLUE = (140, 140, 140), (80, 90, 160)


def _comb(print_colour: tuple[int, int, int], pen: tuple[int, int, int]) -> np.ndarray:
    """A narrow strip of a form with a slim nought in each cell, blurred: uint8 (56, 360, 3)."""
    image = np.full((56, 360, 3), PAPER, np.uint8)
    for row in (7, 49):
        cv2.line(image, (6, row), (354, row), print_colour, 7)
    for column in range(12, 360, 48):
        cv2.line(image, (column, 7), (column, 49), print_colour, 3)
        if column < 348:
            cv2.ellipse(image, (column + 24, 28), (7, 13), 0, 0, 360, pen, 5, cv2.LINE_AA)
    return cv2.GaussianBlur(image, (0, 0), 1.2)


@pytest.mark.parametrize("pen", [BLUE, (84, 86, 135), (100, 100, 145)])
def test_noughts_in_a_dense_comb_are_all_the_ink(pen: tuple[int, int, int]) -> None:
    ink, _ = find_ink(_comb(GREY, pen))
    plain, _ = find_ink(_comb(PAPER, pen))
    assert np.abs(ink - plain).sum() < 0.1 * plain.sum()
    assert cv2.connectedComponents((ink > 0.5).astype(np.uint8))[0] == 1 + 7


def test_a_grey_pen_in_a_grey_comb_is_left_to_the_search_for_lines() -> None:
    image = _comb(GREY, (70, 70, 70))
    assert without_grey_print(image, image) is image


def test_a_few_grey_rules_are_left_to_the_search_for_lines() -> None:
    image = np.full((400, 360, 3), PAPER, np.uint8)
    image[:56] = _comb(GREY, BLUE)
    assert without_grey_print(image, image) is image


def test_grey_digits_beside_coloured_ones_are_no_print() -> None:
    image = np.full((56, 360, 3), PAPER, np.uint8)
    for column, colour in zip(range(30, 360, 50), (GREY, BLUE) * 4, strict=False):
        cv2.ellipse(image, (column, 28), (15, 22), 0, 0, 360, colour, 8)
    assert without_grey_print(image, image) is image


def _cells(bars: tuple[int, ...], bottom: int = 70) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ink, rules and contrast of a table's row with noughts between its bars, all uint8 (80, 300)."""
    rules, ink = np.zeros((80, 300), np.uint8), np.zeros((80, 300), np.uint8)
    for row in (8, 72):
        cv2.line(rules, (0, row), (299, row), 1, 4)
    for column in bars:
        cv2.line(ink, (column, 12), (column, bottom), 1, 4)
    for middle in (30, 100, 180, 260):
        cv2.ellipse(ink, (middle, 40), (12, 18), 0, 0, 360, 1, 4)
    return ink, rules, 100 * (ink | rules)


def test_bars_between_two_rules_go() -> None:
    ink, rules, contrast = _cells((65, 140, 220))
    noughts, _, _ = _cells(())
    np.testing.assert_array_equal(without_bars(ink, rules, contrast), noughts)


def test_ones_that_end_between_the_rules_stay() -> None:
    ink, rules, contrast = _cells((65, 140, 220), bottom=56)
    np.testing.assert_array_equal(without_bars(ink, rules, contrast), ink)


def test_a_single_bar_stays() -> None:
    ink, rules, contrast = _cells((65,))
    np.testing.assert_array_equal(without_bars(ink, rules, contrast), ink)


def _frames(is_filled: bool) -> np.ndarray:
    mask = np.zeros((80, 160), np.uint8)
    for left in (12, 92):
        cv2.rectangle(mask, (left, 10), (left + 50, 68), 1, 6)
        if is_filled:
            cv2.line(mask, (left + 25, 24), (left + 25, 54), 1, 4)
    return mask


def test_thick_frames_around_digits_go() -> None:
    np.testing.assert_array_equal(without_frames(_frames(True)), _frames(True) & _inner())


def _inner() -> np.ndarray:
    inner = np.zeros((80, 160), np.uint8)
    for left in (12, 92):
        inner[20:58, left + 15 : left + 36] = 1
    return inner


def test_empty_frames_and_round_noughts_stay() -> None:
    empty = _frames(False)
    assert without_frames(empty) is empty
    nought = cv2.ellipse(np.zeros((80, 80), np.uint8), (40, 40), (24, 30), 0, 0, 360, 1, 6)
    dotted = cv2.circle(nought, (40, 40), 8, 1, -1)
    assert without_frames(dotted) is dotted


def test_faint_ink_in_a_strong_grid_is_found() -> None:
    contrast = np.zeros((140, 420), np.uint8)
    for row in (12, 128):
        cv2.line(contrast, (0, row), (419, row), 125, 6)
    for column in (10, 140, 270, 400):
        cv2.line(contrast, (column, 0), (column, 139), 125, 6)
    pen = np.zeros_like(contrast)
    for middle in (75, 205, 335):
        cv2.ellipse(pen, (middle, 70), (18, 28), 0, 0, 360, 1, 4)
    contrast[pen > 0] = 20
    found, notes = ink_mask(contrast, 6)
    assert len(notes) == 1
    np.testing.assert_array_equal(found, pen)


def test_an_empty_strong_grid_is_empty() -> None:
    contrast = np.zeros((140, 420), np.uint8)
    for row in (12, 128):
        cv2.line(contrast, (0, row), (419, row), 125, 6)
    for column in (10, 140, 270, 400):
        cv2.line(contrast, (column, 0), (column, 139), 125, 6)
    assert not ink_mask(contrast, 6)[0].any()

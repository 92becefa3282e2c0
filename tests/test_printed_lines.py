"""Bowed and dotted lines are removed, and no row of strokes that only resembles them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lenet.ink.bowed_lines import bowed_lines
from lenet.ink.dotted_lines import without_dotted_lines
from lenet.ink.line_detection import straight_lines
from lenet.ink.line_removal import remove_lines
from lenet.ink.mask import ink_mask


def zeros(count: int, bottom: int) -> np.ndarray:
    """Zeros of 80 pixels' height on white, uint8 (400, 600)."""
    mask = np.zeros((400, 600), np.uint8)
    for index in range(count):
        cv2.ellipse(mask, (120 + 90 * index, bottom - 40), (25, 38), 0, 0, 360, 1, 7)
    return mask


def bowed(row: int, bow: int) -> np.ndarray:
    columns = np.arange(600)
    rows = row + bow * ((columns - 250) / 300) ** 2
    points = np.stack([columns, rows], axis=1).round().astype(np.int32)
    return cv2.polylines(np.zeros((400, 600), np.uint8), [points], False, 1, 3)


@pytest.mark.parametrize("place", [(320, 40), (400, 480), (236, 1000)])
@pytest.mark.parametrize("is_noisy", [False, True])
def test_lines_are_found_wherever_the_ink_lies(place: tuple[int, int], is_noisy: bool) -> None:
    def found(top: int, left: int) -> list[tuple[float, ...]]:
        mask = np.zeros((840, 1700), np.uint8)
        ink = zeros(4, 205) | bowed(207, 0) | bowed(300, 0)
        mask[top : top + 400, left : left + 540] = ink[:, 30:570]  # not at the border
        lines = straight_lines(mask, 200 * mask, is_noisy)
        return [(x - left, right - left, y - top, end - top, *widths) for x, right, y, end, *widths in lines]

    assert len(found(40, 40)) >= 2
    np.testing.assert_allclose(found(*place), found(40, 40), atol=1e-6)


@pytest.mark.parametrize("bow", [-30, 12, 25])
def test_bowed_rules_are_removed_and_the_digits_on_them_stay(bow: int) -> None:
    digits = zeros(3, 205)
    rules = bowed(100, bow) | bowed(200, bow) | bowed(300, bow)
    mask = digits | rules
    kept, removed = remove_lines(mask, 200 * mask, is_noisy=False)
    assert removed
    assert kept[(rules > 0) & (cv2.dilate(digits, np.ones((15, 15))) == 0)].mean() < 0.01
    assert kept[(digits > 0) & (rules == 0)].mean() > 0.9


def test_a_single_curve_is_taken_for_a_stroke() -> None:
    mask = bowed(200, 25)
    kept, removed = remove_lines(mask, 200 * mask, is_noisy=False)
    assert not removed
    assert np.array_equal(kept, mask)


def test_straight_lines_and_digits_are_no_bowed_lines() -> None:
    assert len(bowed_lines(bowed(200, 25))) == 1
    assert bowed_lines(bowed(200, 0)) == []
    assert bowed_lines(zeros(5, 200)) == []


@pytest.mark.parametrize("length", [0, 8])
def test_dots_and_dashes_in_a_row_are_removed(length: int) -> None:
    digits = zeros(3, 200)
    mask = digits.copy()
    for column in range(20, 580, 22):
        if not digits[190:215, column - 12 : column + 12 + length].any():
            cv2.line(mask, (column, 202), (column + length, 202), 1, 5)
    kept, removed = without_dotted_lines(mask)
    assert removed
    assert np.array_equal(kept, digits)


@pytest.mark.parametrize("columns", [[60, 80, 500], [31, 45, 120, 190, 214, 330, 351, 480]])
def test_few_dots_or_uneven_ones_stay(columns: list[int]) -> None:
    mask = zeros(4, 200)
    for column in columns:
        cv2.circle(mask, (column, 230), 4, 1, cv2.FILLED)
    kept, removed = without_dotted_lines(mask)
    assert not removed
    assert np.array_equal(kept, mask)


def _noughts_on_a_rule(row: int) -> tuple[np.ndarray, np.ndarray]:
    """Contrasts, uint8 (150, 600), of slim noughts and a minus, without and with a rule at a row."""
    contrast = np.zeros((150, 600), np.float32)
    for column in range(80, 600, 110):
        cv2.ellipse(contrast, (column, 52), (20, 34), 0, 0, 360, 180, 7)
    cv2.line(contrast, (125, 60), (145, 60), 180, 6)
    plain = cv2.GaussianBlur(contrast, (0, 0), 2)
    cv2.line(contrast, (0, row), (599, row), 180, 6)
    return plain.astype(np.uint8), cv2.GaussianBlur(contrast, (0, 0), 2).astype(np.uint8)


@pytest.mark.parametrize("row", [99, 100])
def test_noughts_just_above_a_rule_stay_and_no_piece_of_the_rule(row: int) -> None:
    """In the blurred gap there is faint ink, and the noughts' sides end at the rule and near the border."""
    plain, ruled = _noughts_on_a_rule(row)
    digits, kept = ink_mask(plain, 6)[0], ink_mask(ruled, 6)[0]
    assert not kept[97:].any()
    assert (kept != digits).sum() < 0.02 * digits.sum()

"""Interpolated drawings: between drawings that are alike, and near them."""

from __future__ import annotations

import numpy as np
import pytest

from lenet.synthesis.interpolation import interpolate

SHAPE = np.array([[0.0, 0], [60, 0], [30, 100]])
"""A seven in one stroke."""


def _sevens(count: int) -> list[list[np.ndarray]]:
    random = np.random.default_rng(0)
    return [[SHAPE + random.normal(0, 6, SHAPE.shape)] for _ in range(count)]


def _interpolate(strokes: list[list[np.ndarray]], labels: list[int], share: float = 1) -> list:
    return interpolate(strokes, np.array(labels), 4, share, np.random.default_rng(0))


def _corners(drawing: list[np.ndarray]) -> np.ndarray:
    """First point, last point and the rightmost, in units of the drawing's size."""
    points = np.concatenate(drawing)
    low, high = points.min(axis=0), points.max(axis=0)
    points = (points - (low + high) / 2) / np.max(high - low)
    return np.stack([points[0], points[-1], points[np.argmax(points[:, 0])]])


def test_a_copy_lies_between_two_drawings_or_beyond_the_first() -> None:
    narrow, wide = [SHAPE], [SHAPE * [1.2, 1]]
    copies = interpolate([narrow, wide], np.array([7, 7]), 50, 1, np.random.default_rng(0))[0]
    # Both drawings are 1 high, and 0.6 and 0.72 wide.
    widths = [np.ptp(copy[0][:, 0]) for copy in copies]
    assert min(widths) >= 0.6 - 0.4 * 0.12
    assert max(widths) <= 0.6 + 0.6 * 0.12
    assert max(widths) - min(widths) > 0.08


def test_copies_look_like_the_drawings_but_differ_from_them() -> None:
    strokes = _sevens(12)
    wanted = _corners([SHAPE])
    for drawing, copies in zip(strokes, _interpolate(strokes, [7] * 12), strict=True):
        assert len(copies) == 4
        for copy in copies:
            assert len(copy) == 1
            assert np.abs(_corners(copy) - _corners(drawing)).max() > 0.001
            assert np.abs(_corners(copy) - wanted).max() < 0.25


@pytest.mark.parametrize(
    ("other", "label"),
    [
        ([SHAPE], 1),  # another digit
        ([SHAPE, SHAPE[:2] / 2], 7),  # another number of strokes
        ([SHAPE[::-1]], 7),  # drawn the other way round
    ],
)
def test_drawings_that_differ_are_not_interpolated(other: list[np.ndarray], label: int) -> None:
    strokes = [[SHAPE], other]
    found = _interpolate(strokes, [7, label])
    assert all(copy is drawing for drawing, copies in zip(strokes, found, strict=True) for copy in copies)


def test_the_given_share_is_interpolated() -> None:
    strokes = _sevens(300)
    found = _interpolate(strokes, [7] * 300, share=0.25)
    interpolated = sum(
        copy is not drawing for drawing, row in zip(strokes, found, strict=True) for copy in row
    )
    assert interpolated / 1200 == pytest.approx(0.25, abs=0.06)


def test_dots_can_be_interpolated() -> None:
    dots = [[np.array([[3.0, 4.0]])] for _ in range(3)]
    assert all(np.isfinite(copy[0]).all() for copies in _interpolate(dots, [1] * 3) for copy in copies)

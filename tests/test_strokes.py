"""strokes.draw: the ink depends on the shape of the drawing only."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from lenet.errors import InputError
from lenet.ink.preprocessing import ink_box, to_mnist
from lenet.ink.strokes import MAX_POINTS, MAX_STROKES, SCALE, box, draw, parse

SEVEN = [[[10, 10], [60, 12], [30, 80]], [[20, 45], [55, 44]]]


def _transformed(strokes: list, factor: float, right: float = 0, down: float = 0) -> list:
    return [[[x * factor + right, y * factor + down] for x, y in stroke] for stroke in strokes]


@pytest.mark.parametrize("factor", [1e-90, 0.1, 1, 10, 1e90])
@pytest.mark.parametrize("place", [(0, 0), (-1, 1), (1e4, -1e4)])
def test_size_and_position_make_no_difference(factor: float, place: tuple[float, float]) -> None:
    right, down = place[0] * factor, place[1] * factor
    moved = draw(_transformed(SEVEN, factor, right, down))
    assert np.abs(to_mnist(moved) - to_mnist(draw(SEVEN))).max() < 0.05


def test_the_same_drawing_gives_the_same_ink() -> None:
    np.testing.assert_array_equal(draw(SEVEN), draw(SEVEN))


@pytest.mark.parametrize("pen", [1.6, 2.4, 3.4])
def test_the_pen_has_the_given_width_in_mnist_form(pen: float) -> None:
    cross = to_mnist(draw([[[0, 0], [0, 100]], [[-50, 50], [50, 50]]], pen))
    bar = cross[20]  # one row through the upright stroke alone
    assert bar.sum() == pytest.approx(pen, abs=0.13)


def test_strokes_are_as_wide_as_those_of_mnist(mnist_images: np.ndarray) -> None:
    zero = [[[math.cos(a) * 6, math.sin(a) * 10] for a in np.linspace(0, 2 * math.pi, 60)]]
    assert (
        abs(_stroke_width(to_mnist(draw(zero))) - np.median([_stroke_width(image) for image in mnist_images]))
        < 0.3
    )


def _stroke_width(image: np.ndarray) -> float:
    """Area of the ink over half the length of its contour, in pixels."""
    large = cv2.resize(image, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    mask = (large > 0.5).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    return 2 * mask.sum() / sum(cv2.arcLength(contour, True) for contour in contours) / 8


def test_the_longer_side_is_twenty_pixels_of_mnist() -> None:
    for strokes in (SEVEN, _transformed(SEVEN, 3), [[[0, 0], [9, 1]]], [[[0, 0], [1, 9]]]):
        ink = draw(strokes)
        assert ink.dtype == np.float32
        assert 0 <= ink.min() <= ink.max() <= 1
        assert abs(max(ink_box(ink)[2:]) - 20 * SCALE) <= 1


def test_the_edge_is_anti_aliased() -> None:
    ink = draw(SEVEN)
    assert ((ink > 0) & (ink < 1)).any()


def test_a_curve_is_smooth_between_few_points() -> None:
    few, many = ([[[math.sin(a) * a, math.cos(a) * a] for a in np.linspace(1, 7, n)]] for n in (15, 200))
    assert np.abs(to_mnist(draw(few)) - to_mnist(draw(many))).mean() < 0.02


def test_a_sharp_corner_stays_where_it_was_drawn() -> None:
    corner = draw([[[0, 0], [100, 0], [100, 100]]])
    assert corner[: corner.shape[0] // 2, : corner.shape[1] // 2].sum() < 0.3 * corner.sum()
    assert ink_box(corner)[2:] == (80, 80)


def test_repeated_points_make_no_difference() -> None:
    doubled = [[point for point in stroke for _ in range(3)] for stroke in SEVEN]
    np.testing.assert_array_equal(draw(doubled), draw(SEVEN))


def test_a_trembling_pen_gives_finite_ink() -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        stroke = np.cumsum(random.integers(-1, 2, (200, 2)), axis=0) * random.choice([0.01, 1, 100])
        assert np.isfinite(draw([stroke, [[0, 0], [100, 100]]])).all()


@pytest.mark.parametrize(
    "dot", [[[[5, 5]]], [[[5, 5], [5, 5]]], [[[5, 5]], [[5, 5]]], [[[0, 0], [1e-320, 0]]]]
)
def test_coinciding_points_give_a_disc(dot: list) -> None:
    ink = draw(dot)
    _, _, width, height = ink_box(ink)
    assert abs(width - height) <= 1
    assert ink.sum() == pytest.approx(math.pi / 4 * width * height, rel=0.05)


@pytest.mark.parametrize("empty", [[], [[]], [[], []], np.empty((0, 2))])
def test_a_drawing_without_points_has_no_ink(empty: object) -> None:
    assert not draw(empty).any()


def test_strokes_may_be_arrays() -> None:
    np.testing.assert_array_equal(draw([np.array(stroke) for stroke in SEVEN]), draw(SEVEN))


def test_box_bounds_the_points() -> None:
    assert box(parse(SEVEN)) == (10, 10, 50, 70)
    assert box([]) is None


@pytest.mark.parametrize(
    ("strokes", "message"),
    [
        (None, "strokes: wanted a list of strokes, got NoneType"),
        ("12", "strokes: wanted a list of strokes, got str"),
        ({"strokes": []}, "strokes: wanted a list of strokes, got dict"),
        (7, "strokes: wanted a list of strokes, got int"),
        (np.array(5), "strokes: wanted a list of strokes, got ndarray"),
        ([1, 2], r"strokes\[0\]: wanted a list of \[x, y\] points"),
        ([[1, 2]], r"strokes\[0\]: wanted a list of \[x, y\] points, got shape \(2,\)"),
        ([[[1, 2, 3]]], r"strokes\[0\]: wanted a list of \[x, y\] points, got shape \(1, 3\)"),
        ([[[[1, 2]]]], r"strokes\[0\]: wanted a list of \[x, y\] points, got shape"),
        ([[[1, 2], [3]]], r"strokes\[0\]: wanted a list of \[x, y\] points, two numbers each"),
        ([[[1, 2]], [["3", "4"]]], r"strokes\[1\]: wanted .*two numbers each, got \[\['3', '4'\]\]"),
        ([[[1, None]]], r"strokes\[0\]: wanted"),
        ([[{"x": 1, "y": 2}]], r"strokes\[0\]: wanted"),
        ([None], r"strokes\[0\]: wanted"),
        ([[[1, True]], "a"], r"strokes\[1\]: wanted"),
        (
            [[[0, 0], [1, math.nan]]],
            r"strokes\[0\]: wanted numbers of at most 1e\+100, got NaN, infinity or more",
        ),
        ([[[0, 0], [1, math.inf]]], r"strokes\[0\]: wanted numbers"),
        ([[[0, 0], [1, 10**400]]], r"strokes\[0\]: wanted"),
        ([[[-1.7e308, 0], [1.7e308, 1]]], "wanted numbers of at most"),
        ([[[0, 0]]] * (MAX_STROKES + 1), "strokes: wanted at most 1,000 strokes, got 1,001"),
        ([[[0, 0]] * (MAX_POINTS + 1)], "strokes: wanted at most 10,000 points, got 10,001"),
    ],
)
def test_malformed_strokes_raise_an_error(strokes: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw(strokes)


@pytest.mark.parametrize(
    ("strokes", "code", "limit"),
    [
        ([[[0, 0]]] * (MAX_STROKES + 1), "strokes.too_many", MAX_STROKES),
        ([[[0, 0]] * (MAX_POINTS + 1)], "strokes.too_many_points", MAX_POINTS),
    ],
)
def test_errors_that_a_visitor_can_cause_have_a_code(strokes: list, code: str, limit: int) -> None:
    with pytest.raises(InputError) as caught:
        parse(strokes)
    assert (caught.value.code, caught.value.values) == (code, {"limit": limit, "got": limit + 1})

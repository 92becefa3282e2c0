"""to_mnist: MNIST's digits are fixed points; position, size and margins make no difference.

thickened and stroke_width: measured on bars of known width.
"""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lenet.errors import InputError
from lenet.ink.preprocessing import BOX, MIN_STROKE_WIDTH, ink_box, stroke_width, thickened, to_mnist


def test_digits_of_mnist_are_fixed_points(mnist_images: np.ndarray) -> None:
    for image in mnist_images:
        np.testing.assert_array_equal(to_mnist(image), image)


def test_position_makes_no_difference(mnist_images: np.ndarray) -> None:
    random = np.random.default_rng(0)
    for image in mnist_images[:50]:
        canvas = np.zeros((90, 70), np.float32)
        row, column = random.integers(0, [63, 43])
        canvas[row : row + 28, column : column + 28] = image
        np.testing.assert_array_equal(to_mnist(canvas), image)


@pytest.mark.parametrize("times", [2, 3, 10])
def test_size_makes_no_difference(mnist_images: np.ndarray, times: int) -> None:
    for image in mnist_images[:50]:
        larger = np.kron(image, np.ones((times, times), np.float32))
        np.testing.assert_allclose(to_mnist(larger), image, atol=1e-5)


def test_a_smaller_digit_is_enlarged(mnist_images: np.ndarray) -> None:
    for image in mnist_images[:50]:
        half = cv2.resize(image, (14, 14), interpolation=cv2.INTER_AREA)
        result = to_mnist(half)
        assert max(ink_box(result)[2:]) == 20
        assert np.corrcoef(result.ravel(), image.ravel())[0, 1] > 0.7


def test_the_result_has_mnist_form(mnist_images: np.ndarray) -> None:
    stretched = cv2.resize(mnist_images[0], (300, 100), interpolation=cv2.INTER_AREA)
    result = to_mnist(stretched)
    assert result.shape == (28, 28)
    assert result.dtype == np.float32
    assert 0 <= result.min() <= result.max() <= 1
    assert max(ink_box(result)[2:]) == 20
    for profile in (result.sum(axis=0), result.sum(axis=1)):
        assert abs(profile @ np.arange(28) / profile.sum() - 14) <= 0.5 + 1e-4


@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (3, 500), (500, 3)])
def test_without_ink_the_result_is_none(shape: tuple[int, int]) -> None:
    assert to_mnist(np.zeros(shape, np.float32)) is None


def test_an_empty_array_has_no_ink() -> None:
    assert to_mnist(np.zeros((0, 0), np.float32)) is None


def _with_ink(shape: tuple[int, int], rows: slice, columns: slice) -> np.ndarray:
    canvas = np.zeros(shape, np.float32)
    canvas[rows, columns] = 1
    return canvas


@pytest.mark.parametrize(
    ("ink", "size"),
    [
        (_with_ink((50, 50), slice(20, 21), slice(30, 31)), (20, 20)),  # one dot
        (_with_ink((900, 90), slice(0, 900), slice(45, 46)), (20, 1)),  # a hairline, from edge to edge
        (_with_ink((90, 900), slice(0, 1), slice(0, 900)), (1, 20)),  # at the very edge
        (np.ones((300, 300), np.float32), (20, 20)),  # a full canvas
        (np.full((2, 3000), 1e-30, np.float32), (1, 20)),  # ink too faint to see is ink
    ],
)
def test_extreme_shapes_have_a_result(ink: np.ndarray, size: tuple[int, int]) -> None:
    _, _, width, height = ink_box(to_mnist(ink))
    assert (height, width) == size


def test_no_ink_is_cut_off_however_far_off_the_centre_of_mass() -> None:
    ink = np.full((200, 200), 0.01, np.float32)
    ink[:, :4] = 1
    assert to_mnist(ink).sum() == pytest.approx(ink.sum() / 100, rel=1e-3)


def test_the_input_is_not_changed(mnist_images: np.ndarray) -> None:
    ink = np.kron(mnist_images[0], np.ones((3, 3), np.float32))
    before = ink.copy()
    to_mnist(ink)
    np.testing.assert_array_equal(ink, before)


def test_ink_box_bounds_the_ink() -> None:
    assert ink_box(_with_ink((9, 9), slice(2, 5), slice(3, 8))) == (3, 2, 5, 3)
    assert ink_box(np.zeros((9, 9), np.float32)) is None


def test_full_ink_of_any_size_stays_in_range() -> None:
    for side in range(1, 120):
        image = to_mnist(np.ones((side, 70), np.float32))
        assert image is not None
        assert image.max() == 1
        assert to_mnist(image) is not None


@pytest.mark.parametrize(
    ("ink", "message"),
    [
        (np.ones((28, 28, 3)), r"ink: wanted an array .* of numbers, got shape \(28, 28, 3\)"),
        ([[0.0], [0.0, 1.0]], r"ink: wanted an array \(height, width\), got none"),
        ([["a"]], r"ink: wanted an array \(height, width\) of numbers, got shape \(1, 1\) of <U1"),
        (np.ones((4, 4), complex), r"ink: wanted an array \(height, width\) of numbers"),
        (np.full((4, 4), 255), r"ink: wanted values in \[0, 1\], got 255.0 to 255.0; divide"),
        (np.full((4, 4), -0.1), r"ink: wanted values in \[0, 1\]"),
        (np.full((4, 4), np.nan), r"ink: wanted values in \[0, 1\], got nan"),
        (np.full((4, 4), np.inf), r"ink: wanted values in \[0, 1\], got inf"),
    ],
)
def test_an_array_that_is_not_ink_raises_an_error(ink: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        to_mnist(ink)


@pytest.mark.parametrize("width", [3, 8, 21])
def test_the_stroke_width_of_a_bar_is_measured(width: int) -> None:
    bar = _with_ink((400, 90), slice(20, 380), slice(30, 30 + width))
    assert stroke_width(bar) == pytest.approx(width, rel=0.06)


def test_thin_strokes_are_thickened_to_the_minimum_width() -> None:
    thin = _with_ink((400, 90), slice(20, 380), slice(30, 35))
    scale = BOX / max(ink_box(thickened(thin))[2:])
    assert scale * stroke_width(thickened(thin)) == pytest.approx(MIN_STROKE_WIDTH, rel=0.15)


def test_large_ink_is_thickened_as_small_ink() -> None:
    """Its time would grow with the fourth power of its size."""
    large = np.zeros((1200, 900), np.float32)
    cv2.line(large, (450, 20), (450, 1180), 1, 5)
    cv2.line(large, (100, 600), (800, 600), 1, 5)
    form = to_mnist(thickened(large))
    small = cv2.resize(large, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    assert thickened(large).size < 300 * 300
    assert stroke_width(form) >= 0.8 * MIN_STROKE_WIDTH
    assert np.abs(form - to_mnist(thickened((small > 0.05).astype(np.float32)))).mean() < 0.03


def test_wide_strokes_are_not_thickened() -> None:
    wide = _with_ink((400, 90), slice(20, 380), slice(30, 70))
    assert thickened(wide) is wide

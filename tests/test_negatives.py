"""Negatives: pieces of touching digits are labelled by the ink they have of each."""

from __future__ import annotations

import numpy as np
import pytest

from lenet.ink.preprocessing import thickened, to_mnist
from lenet.network.record import NO_DIGIT
from lenet.synthesis import chunks, negatives
from lenet.synthesis.degradation import upscale
from lenet.synthesis.workers import InProcess


@pytest.fixture(scope="module")
def found(mnist: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    images = np.round(mnist[0] * 255).astype(np.uint8)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(chunks, "CHUNK_SIZE", 100)
        return negatives.cuts(images, mnist[1], 600, 0, InProcess())


def test_pieces_are_in_the_form_of_mnist(found: tuple[np.ndarray, np.ndarray]) -> None:
    pieces, labels = found
    assert pieces.shape == (600, 28, 28)
    assert pieces.dtype == np.uint8
    assert labels.shape == (600,)
    inside = [piece for piece in pieces if not _border(piece).any()]  # others are cropped by the image
    assert len(inside) > 500
    for piece in inside:
        longer_side = 1 + max(np.ptp(axis) for axis in np.nonzero(piece))
        assert longer_side in (19, 20)  # the border of the ink may be faint
        y, x = np.indices(piece.shape)
        assert abs((x * piece).sum() / piece.sum() - 14) <= 0.51
        assert abs((y * piece).sum() / piece.sum() - 14) <= 0.51


def _border(image: np.ndarray) -> np.ndarray:
    return np.concatenate([image[[0, -1]].ravel(), image[:, [0, -1]].ravel()])


def test_pieces_are_of_all_digits_and_negatives(found: tuple[np.ndarray, np.ndarray]) -> None:
    _, labels = found
    assert 0.3 < np.mean(labels == NO_DIGIT) < 0.9
    assert set(labels.tolist()) > set(range(10))


def test_the_seed_decides_the_pieces(
    mnist: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_SIZE", 20)
    images = np.round(mnist[0] * 255).astype(np.uint8)
    one, same, other = (negatives.cuts(images, mnist[1], 20, seed, InProcess())[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("shares", "foreign", "label"),
    [
        ((1.0, 0.0), 0.0, 2),  # the left digit and nothing else
        ((0.0, 1.0), 0.0, 6),
        ((1.0, 0.1), 0.1, 2),  # and a bit of the other
        ((0.9, 0.6), 0.0, 2),  # the other lies on it
        ((1.0, 1.0), 0.9, NO_DIGIT),  # both
        ((0.6, 0.7), 0.6, NO_DIGIT),  # much of both
        ((1.0, 0.3), 0.3, None),  # hard to say
        ((0.7, 0.0), 0.0, None),  # most of one: hard to say
    ],
)
def test_a_piece_is_labelled_by_its_ink(shares: tuple[float, ...], foreign: float, label: int | None) -> None:
    assert negatives._label(np.array(shares), foreign, np.array([2, 6])) == label


@pytest.mark.parametrize(("digit", "is_right"), [(1, False), (8, True), (4, True)])
def test_a_half_that_looks_like_a_digit_is_no_negative(digit: int, is_right: bool) -> None:
    assert not negatives._is_unlike_digits(digit, 30, 60, is_right)
    assert negatives._is_unlike_digits(0, 30, 60, is_right)
    assert not negatives._is_unlike_digits(0, 15, 60, is_right)


def test_digits_are_turned_but_none_that_stays_a_digit(
    mnist: tuple[np.ndarray, np.ndarray],
) -> None:
    images, labels = np.round(mnist[0] * 255).astype(np.uint8), mnist[1]
    turned = negatives.turned(images, labels, 50, np.random.default_rng(0))
    assert turned.shape == (50, 28, 28)
    upright = {to_mnist(image).tobytes() for image in mnist[0]}
    turned_back = [
        to_mnist(np.rot90(image, quarters).astype(np.float32) / 255)
        for image in turned
        for quarters in (1, 2, 3)
    ]
    assert sum(image.tobytes() in upright for image in turned_back) >= 45
    zeros = labels == 0
    with pytest.raises(ValueError, match="empty"):
        negatives.turned(images[zeros], labels[zeros], 10, np.random.default_rng(0))


def test_boxes_label_the_pieces_of_a_page(mnist: tuple[np.ndarray, np.ndarray]) -> None:
    seven, two = (
        upscale(mnist[0][np.argmax(mnist[1] == digit)], np.random.default_rng(0)) for digit in (7, 2)
    )
    ink = np.zeros((90, 180), np.float32)
    boxes = np.array([[10, 8, seven.shape[1], len(seven)], [100, 10, two.shape[1], len(two)]])
    for (left, top, width, height), digit in zip(boxes, (seven, two), strict=True):
        ink[top : top + height, left : left + width] = digit
    ink[30:34, 40:140] = np.maximum(ink[30:34, 40:140], 0.5)  # a stroke joins them
    found = negatives.of_page(ink, boxes, np.array([7, 2]))
    assert [label for _, label in found[:2]] == [7, 2]
    assert {label for _, label in found} == {7, 2, NO_DIGIT}
    whole = to_mnist(thickened(ink))
    assert whole is not None
    assert [label for image, label in found if np.allclose(image, whole, atol=1e-3)] == [NO_DIGIT]


def test_a_page_whose_boxes_miss_the_ink_gives_no_images() -> None:
    ink = np.zeros((40, 60), np.float32)
    ink[5:35, 10:14] = 1
    boxes = np.array([[9, 4, 6, 32], [30, 4, 20, 32]])
    assert negatives.of_page(ink, boxes, np.array([1, 5])) == []
    assert negatives.of_page(ink, boxes[:1], np.array([1]))


def test_an_image_without_ink_is_refused() -> None:
    empty = np.zeros((2, 28, 28), np.uint8)
    with pytest.raises(ValueError, match="images: wanted digits, got one without ink; leave it out"):
        negatives.cuts(empty, np.zeros(2, np.int64), 1, 0, InProcess())

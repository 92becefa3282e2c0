"""Degraded digits: still the same digits, as photos give them back."""

from __future__ import annotations

import numpy as np
import pytest

from lenet.synthesis import chunks
from lenet.synthesis.degradation import add_ruled_line, crop_side, degrade, degraded_digits, upscale
from lenet.synthesis.workers import InProcess


def test_degraded_digits_keep_their_labels_and_most_of_their_ink(
    mnist: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_SIZE", 30)
    images, labels = np.round(mnist[0][:1] * 255).astype(np.uint8), mnist[1][:1]
    degraded, answers = degraded_digits(images, labels, 30, seed=0, pool=InProcess())
    assert degraded.shape == (30, 28, 28)
    assert set(answers) == set(labels)
    assert len({image.tobytes() for image in degraded}) > 25
    both = np.minimum(degraded, images).sum(axis=(1, 2)) / np.maximum(degraded, images).sum(axis=(1, 2))
    assert 0.5 < np.median(both) < 0.98


def test_the_seed_decides_the_degraded_digits(
    mnist: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_SIZE", 5)
    images = np.round(mnist[0] * 255).astype(np.uint8)
    one, same, other = (degraded_digits(images, mnist[1], 5, seed, InProcess())[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    assert len(degraded_digits(images, mnist[1], 0, 0, InProcess())[0]) == 0


@pytest.mark.parametrize("seed", range(20))
def test_degraded_ink_stays_where_the_ink_was(seed: int) -> None:
    ink = np.zeros((60, 40), np.float32)
    ink[5:55, 18:22] = 1
    degraded = degrade(ink, np.random.default_rng(seed))
    assert degraded.shape == ink.shape
    assert degraded.dtype == np.float32
    assert 0 == degraded.min() < degraded.max() <= 1
    assert degraded[5:55, 14:26].sum() > 0.95 * degraded.sum()


@pytest.mark.parametrize("seed", range(20))
def test_a_ruled_line_is_thin_and_level_and_at_foot_or_head(seed: int) -> None:
    ink = np.zeros((60, 40), np.float32)
    ink[5:55, 18:22] = 0.5
    canvas = add_ruled_line(ink, np.random.default_rng(seed))
    margin = (len(canvas) - 60) // 2
    np.testing.assert_array_equal(np.maximum(canvas, np.pad(ink, margin)), canvas)
    rows = np.flatnonzero((canvas - np.pad(ink, margin)).any(axis=1)) - margin
    assert np.ptp(rows) < 20
    assert rows.min() > 35 or rows.max() < 20


def test_one_random_side_is_cropped() -> None:
    ink = np.arange(40 * 30).reshape(40, 30)
    random = np.random.default_rng(0)
    sides = set()
    for left in (crop_side(ink, random) for _ in range(100)):
        rows, columns = left.shape
        assert (rows == 40 and columns >= 21) or (columns == 30 and rows >= 28)
        top, first = np.divmod(left[0, 0], 30)
        np.testing.assert_array_equal(left, ink[top : top + rows, first : first + columns])
        sides.add((top > 0, first > 0, top + rows < 40, first + columns < 30))
    assert len(sides - {(False,) * 4}) == 4


def test_an_upscaled_digit_is_three_times_as_large_and_sharp(mnist: tuple[np.ndarray, np.ndarray]) -> None:
    image = np.round(mnist[0][0] * 255).astype(np.uint8)
    random = np.random.default_rng(0)
    longer_sides = []
    for large in (upscale(image, random) for _ in range(50)):
        assert 0 <= large.min() <= large.max() == 1
        assert np.mean((large > 0.1) & (large < 0.9)) < 0.15
        longer_sides.append(max(np.ptp(axis) + 1 for axis in np.nonzero(large > 0.5)))
    assert 48 <= min(longer_sides) < 56
    assert 64 < max(longer_sides) <= 70


def test_an_image_without_ink_is_refused() -> None:
    with pytest.raises(ValueError, match="images: wanted digits, got one without ink; leave it out"):
        upscale(np.zeros((28, 28), np.uint8), np.random.default_rng(0))

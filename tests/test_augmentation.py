"""Warps: each image in its own way, the same for the same seed, and never far from a digit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lenet.ink.strokes import box
from lenet.synthesis.augmentation import Warp, cut_off, lined, roughened, warp, warp_strokes

NONE = Warp(degrees=0, scale=0, shear=0, shift=0, elastic=0, thickness=0, contrast=0)


@pytest.fixture(scope="module")
def images(mnist_images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(mnist_images)


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_no_warp_changes_nothing(images: torch.Tensor) -> None:
    torch.testing.assert_close(warp(images, NONE, _generator()), images, atol=1e-5, rtol=0)


def test_the_input_is_left_alone(images: torch.Tensor) -> None:
    before = images.clone()
    warp(images, Warp(), _generator())
    assert torch.equal(images, before)


def test_the_form_is_kept(images: torch.Tensor) -> None:
    warped = warp(images, Warp(), _generator())
    assert warped.shape == images.shape
    assert warped.dtype == torch.float32
    assert 0 <= warped.min() <= warped.max() <= 1


def test_the_seed_decides(images: torch.Tensor) -> None:
    assert torch.equal(warp(images, Warp(), _generator(1)), warp(images, Warp(), _generator(1)))
    assert not torch.equal(warp(images, Warp(), _generator(1)), warp(images, Warp(), _generator(2)))


def test_each_image_is_warped_in_its_own_way(images: torch.Tensor) -> None:
    copies = images[:1].expand(50, -1, -1)
    warped = warp(copies, Warp(), _generator())
    assert len(torch.unique(warped.flatten(1), dim=0)) == 50


@pytest.mark.parametrize("amount", ["degrees", "scale", "shear", "shift", "elastic", "thickness", "contrast"])
def test_every_amount_does_something(images: torch.Tensor, amount: str) -> None:
    one = Warp(**{**vars(NONE), amount: getattr(Warp(), amount)})
    assert not torch.equal(warp(images, one, _generator()), warp(images, NONE, _generator()))


def test_ink_moves_no_further_than_told(images: torch.Tensor) -> None:
    shifted = warp(images, Warp(**{**vars(NONE), "shift": 2.0}), _generator())
    positions = torch.arange(28.0)
    for axis in (1, 2):
        centres = [(x.sum(axis) * positions).sum(1) / x.sum((1, 2)) for x in (images, shifted)]
        moved = (centres[1] - centres[0]).abs()
        assert moved.max() <= 2.05
        assert moved.max() > 1


def _strokes() -> list[np.ndarray]:
    return [np.array([[0.0, 0.0], [50, 3], [20, 70]]), np.array([[10.0, 35], [45, 34]])]


def test_strokes_are_warped_but_stay_the_same_drawing() -> None:
    random = np.random.default_rng(0)
    for _ in range(100):
        warped = warp_strokes(_strokes(), 0.05, random)
        assert [len(stroke) for stroke in warped] in ([3, 2], [3])
        _, _, width, height = box(warped)
        assert 0.4 < width / height / (50 / 70) < 2.5


def test_a_last_stroke_is_lost_now_and_then_but_never_the_only_one() -> None:
    random = np.random.default_rng(0)
    lost = sum(len(warp_strokes(_strokes(), 0.05, random)) == 1 for _ in range(2000))
    assert 60 < lost < 140
    assert all(len(warp_strokes(_strokes()[:1], 0.05, random)) == 1 for _ in range(200))


def test_the_unit_of_the_strokes_does_not_count() -> None:
    small, large = (
        warp_strokes([stroke * factor for stroke in _strokes()], 0.05, np.random.default_rng(0))
        for factor in (1e-3, 1e6)
    )
    for one, other in zip(small, large, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_dot_can_be_warped() -> None:
    assert np.isfinite(warp_strokes([np.array([[5.0, 5.0]])], 0.05, np.random.default_rng(0))[0]).all()


@pytest.mark.parametrize("seed", range(20))
def test_rough_ink_is_ink_where_there_was_some(seed: int) -> None:
    ink = np.zeros((60, 40), np.float32)
    ink[5:55, 18:22] = 1
    rough = roughened(ink, np.random.default_rng(seed))
    assert rough.shape == ink.shape
    assert rough.dtype == np.float32
    assert 0 == rough.min() < rough.max() <= 1
    assert rough[5:55, 14:26].sum() > 0.95 * rough.sum()


@pytest.mark.parametrize("seed", range(20))
def test_a_rest_of_a_line_is_thin_and_level_and_at_foot_or_head(seed: int) -> None:
    ink = np.zeros((60, 40), np.float32)
    ink[5:55, 18:22] = 0.5
    sheet = lined(ink, np.random.default_rng(seed))
    room = (len(sheet) - 60) // 2
    np.testing.assert_array_equal(np.maximum(sheet, np.pad(ink, room)), sheet)
    rows = np.flatnonzero((sheet - np.pad(ink, room)).any(axis=1)) - room
    assert np.ptp(rows) < 20
    assert rows.min() > 35 or rows.max() < 20


def test_a_rim_cuts_a_bit_off_one_side() -> None:
    ink = np.arange(40 * 30).reshape(40, 30)
    random = np.random.default_rng(0)
    sides = set()
    for left in (cut_off(ink, random) for _ in range(100)):
        rows, columns = left.shape
        assert (rows == 40 and columns >= 21) or (columns == 30 and rows >= 28)
        top, first = np.divmod(left[0, 0], 30)
        np.testing.assert_array_equal(left, ink[top : top + rows, first : first + columns])
        sides.add((top > 0, first > 0, top + rows < 40, first + columns < 30))
    assert len(sides - {(False,) * 4}) == 4

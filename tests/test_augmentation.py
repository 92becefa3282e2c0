"""Augmentation: each image by itself, the same for the same seed, within the stated amounts."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lenet.synthesis.augmentation import Warp, warp

NONE = Warp(degrees=0, scale=0, shear=0, shift=0, elastic=0, thickness=0, contrast=0)


@pytest.fixture(scope="module")
def images(mnist_images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(mnist_images)


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_no_warp_changes_nothing(images: torch.Tensor) -> None:
    torch.testing.assert_close(warp(images, NONE, _generator()), images, atol=1e-5, rtol=0)


def test_the_input_is_unchanged(images: torch.Tensor) -> None:
    before = images.clone()
    warp(images, Warp(), _generator())
    assert torch.equal(images, before)


def test_shape_type_and_range_are_kept(images: torch.Tensor) -> None:
    warped = warp(images, Warp(), _generator())
    assert warped.shape == images.shape
    assert warped.dtype == torch.float32
    assert 0 <= warped.min() <= warped.max() <= 1


def test_the_seed_decides_the_warp(images: torch.Tensor) -> None:
    assert torch.equal(warp(images, Warp(), _generator(1)), warp(images, Warp(), _generator(1)))
    assert not torch.equal(warp(images, Warp(), _generator(1)), warp(images, Warp(), _generator(2)))


def test_each_image_is_warped_by_itself(images: torch.Tensor) -> None:
    copies = images[:1].expand(50, -1, -1)
    warped = warp(copies, Warp(), _generator())
    assert len(torch.unique(warped.flatten(1), dim=0)) == 50


@pytest.mark.parametrize("amount", ["degrees", "scale", "shear", "shift", "elastic", "thickness", "contrast"])
def test_every_amount_has_an_effect(images: torch.Tensor, amount: str) -> None:
    one = Warp(**{**vars(NONE), amount: getattr(Warp(), amount)})
    assert not torch.equal(warp(images, one, _generator()), warp(images, NONE, _generator()))


def test_ink_moves_no_further_than_the_shift(images: torch.Tensor) -> None:
    shifted = warp(images, Warp(**{**vars(NONE), "shift": 2.0}), _generator())
    positions = torch.arange(28.0)
    for axis in (1, 2):
        centres = [(x.sum(axis) * positions).sum(1) / x.sum((1, 2)) for x in (images, shifted)]
        moved = (centres[1] - centres[0]).abs()
        assert moved.max() <= 2.05
        assert moved.max() > 1

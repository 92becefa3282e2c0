"""Augmentation of image batches during training: affine and elastic warps, stroke width, contrast.

Affine and elastic distortions follow Simard, Steinkraus, Platt: "Best Practices for Convolutional Neural
Networks Applied to Visual Document Analysis", ICDAR 2003.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Warp:
    """Strength of the augmentation; each amount is drawn anew for each image.

    The defaults are those of the shipped network: six tenths of the amounts tried first, with which more of
    MNIST's held-out images were missed (docs/experiments.md).

    Attributes:
        degrees: maximum rotation to either side, in degrees; uniform.
        scale: maximum relative change of each axis' length; uniform.
        shear: maximum horizontal shear to either side, in pixels per row; uniform.
        shift: maximum translation along each axis, in pixels; uniform.
        elastic: standard deviation of the elastic displacement, in pixels.
        thickness: share of images whose strokes become thicker, by up to a pixel a side, and of those whose
            strokes become thinner, by up to half a pixel.
        contrast: pixels are raised to the power e^u, u uniform in ± this.
    """

    degrees: float = 6.0
    scale: float = 0.07
    shear: float = 0.09
    shift: float = 0.7
    elastic: float = 0.5
    thickness: float = 0.09
    contrast: float = 0.18


_KNOTS = 5
"""Number of knots along each axis of an image; the elastic displacement is random there and bicubic between
them. Set by hand."""


def warp(images: Tensor, amount: Warp, generator: torch.Generator) -> Tensor:
    """Warp each image of a batch at random.

    Args:
        images: float (N, 28, 28) in [0, 1], 1 = ink.
        amount: strength.
        generator: source of randomness, on the device of the images.

    Returns:
        A new tensor like `images`.
    """
    pixels = images.unsqueeze(1)
    pixels = _change_width(pixels, amount.thickness, generator)
    affine, elastic = _affine(pixels, amount, generator), _elastic(pixels, amount.elastic, generator)
    grid = torch.cat([affine, elastic], 2) @ _basis(pixels.shape[-1], pixels.device)  # (N, 2, 28 · 28)
    grid = grid.view(-1, 2, *pixels.shape[2:]).permute(0, 2, 3, 1)
    pixels = F.grid_sample(pixels, grid, align_corners=False)
    power = torch.exp(_uniform(len(pixels), amount.contrast, pixels, generator)).view(-1, 1, 1, 1)
    return (pixels.clamp_(0, 1) ** power).squeeze(1)


def _uniform(count: int, amount: float, like: Tensor, generator: torch.Generator) -> Tensor:
    return (torch.rand(count, generator=generator, device=like.device) * 2 - 1) * amount


def _affine(pixels: Tensor, amount: Warp, generator: torch.Generator) -> Tensor:
    """Draw affine maps about the centre: coefficients of x, y and 1 for each axis, (N, 2, 3)."""
    count, side = len(pixels), pixels.shape[-1]
    angle = torch.deg2rad(_uniform(count, amount.degrees, pixels, generator))
    wide, high = (1 + _uniform(count, amount.scale, pixels, generator) for _ in range(2))
    shear = _uniform(count, amount.shear, pixels, generator)
    right, down = (_uniform(count, amount.shift * 2 / side, pixels, generator) for _ in range(2))
    cosine, sine = torch.cos(angle), torch.sin(angle)
    rows = [
        wide * cosine,
        wide * (shear * cosine - sine),
        right,
        high * sine,
        high * (shear * sine + cosine),
        down,
    ]
    return torch.stack(rows, 1).view(count, 2, 3)


def _elastic(pixels: Tensor, deviation: float, generator: torch.Generator) -> Tensor:
    """Draw displacements of the knots, (N, 2, 25), in the units of a sampling grid."""
    size = (len(pixels), 2, _KNOTS**2)
    return torch.randn(size, generator=generator, device=pixels.device) * (deviation * 2 / pixels.shape[-1])


@cache
def _basis(side: int, device: torch.device) -> Tensor:
    """Evaluate the basis of all sampling grids at every pixel: x, y, 1 and a bicubic bump around each knot.

    Returns:
        float32 (3 + 25, side · side) on the device; x and y are those of the pixels' centres, from -1 to 1.
    """
    centres = (2 * torch.arange(side) + 1) / side - 1
    y, x = torch.meshgrid(centres, centres, indexing="ij")
    knots = torch.eye(_KNOTS**2).view(-1, 1, _KNOTS, _KNOTS)
    bumps = F.interpolate(knots, size=(side, side), mode="bicubic", align_corners=True)
    return torch.cat([torch.stack([x, y, torch.ones_like(x)]), bumps.squeeze(1)]).flatten(1).to(device)


def _change_width(pixels: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Dilate the ink of a share of the images, and erode that of another, by a random part of a pixel."""
    chosen = torch.rand(len(pixels), generator=generator, device=pixels.device)
    part = torch.rand(len(pixels), 1, 1, 1, generator=generator, device=pixels.device)
    result = pixels.clone()
    thick, thin = chosen < share, chosen > 1 - share
    result[thick] = torch.lerp(pixels[thick], F.max_pool2d(pixels[thick], 3, 1, 1), part[thick])
    result[thin] = torch.lerp(pixels[thin], -F.max_pool2d(-pixels[thin], 3, 1, 1), part[thin] * 0.5)
    return result

"""Random warps of pen strokes and of images: what another hand, pen or camera would have made.

Affine and elastic distortions follow Simard, Steinkraus, Platt: "Best Practices
for Convolutional Neural Networks Applied to Visual Document Analysis", ICDAR 2003.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from lenet.ink.blobs import blobs


@dataclass(frozen=True)
class Warp:
    """How far an image may be changed; each amount is drawn anew for each image.

    Attributes:
        degrees: rotation, uniform in ± this.
        scale: each axis stretched by a factor uniform in 1 ± this.
        shear: horizontal shear, uniform in ± this, in pixels a row.
        shift: translation along each axis, uniform in ± this, in pixels.
        elastic: deviation of the elastic displacement, in pixels.
        thickness: share of the images whose strokes are made thicker, by up to a pixel a side,
            and again of those made thinner, by up to half a pixel.
        contrast: pixels are raised to a power e^u, u uniform in ± this.
    """

    degrees: float = 6.0
    scale: float = 0.07
    shear: float = 0.09
    shift: float = 0.7
    elastic: float = 0.5
    thickness: float = 0.09
    contrast: float = 0.18


_KNOTS = 5
"""The elastic displacement is random at 5×5 knots and smooth between them."""


def warp(images: Tensor, amount: Warp, generator: torch.Generator) -> Tensor:
    """Warp each image of a batch in its own way.

    Args:
        images: float (N, 28, 28) in [0, 1], 1 = ink.
        amount: how far.
        generator: source of the randomness, on the device of the images.

    Returns:
        A new tensor like `images`.
    """
    pixels = images.unsqueeze(1)
    pixels = _thickened(pixels, amount.thickness, generator)
    moves = torch.cat([_affine(pixels, amount, generator), _elastic(pixels, amount.elastic, generator)], 2)
    grid = moves @ _shapes(pixels.shape[-1], pixels.device)  # (N, 2, 28 · 28)
    grid = grid.view(-1, 2, *pixels.shape[2:]).permute(0, 2, 3, 1)
    pixels = F.grid_sample(pixels, grid, align_corners=False)
    return _contrasted(pixels, amount.contrast, generator).squeeze(1)


def _uniform(count: int, amount: float, like: Tensor, generator: torch.Generator) -> Tensor:
    return (torch.rand(count, generator=generator, device=like.device) * 2 - 1) * amount


def _affine(pixels: Tensor, amount: Warp, generator: torch.Generator) -> Tensor:
    """Random affine maps about the centre, (N, 2, 3): how much of x, y and 1 each axis is made of."""
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
    """Random displacements of the knots, (N, 2, 25), in the units of a sampling grid."""
    size = (len(pixels), 2, _KNOTS**2)
    return torch.randn(size, generator=generator, device=pixels.device) * (deviation * 2 / pixels.shape[-1])


@cache
def _shapes(side: int, device: torch.device) -> Tensor:
    """What a sampling grid is a sum of, each at every pixel: x, y, 1, and a bump around each knot.

    Returns:
        float32 (28, side · side) on the device, for 3 and 25; x and y are those of the pixels' centres,
        from -1 to 1.
    """
    places = (2 * torch.arange(side) + 1) / side - 1
    y, x = torch.meshgrid(places, places, indexing="ij")
    knots = torch.eye(_KNOTS**2).view(-1, 1, _KNOTS, _KNOTS)
    bumps = F.interpolate(knots, size=(side, side), mode="bicubic", align_corners=True)
    return torch.cat([torch.stack([x, y, torch.ones_like(x)]), bumps.squeeze(1)]).flatten(1).to(device)


def _thickened(pixels: Tensor, share: float, generator: torch.Generator) -> Tensor:
    """Spread (or shrink) the ink of some images by a random part of a pixel."""
    chosen = torch.rand(len(pixels), generator=generator, device=pixels.device)
    part = torch.rand(len(pixels), 1, 1, 1, generator=generator, device=pixels.device)
    result = pixels.clone()
    thick, thin = chosen < share, chosen > 1 - share
    result[thick] = torch.lerp(pixels[thick], F.max_pool2d(pixels[thick], 3, 1, 1), part[thick])
    result[thin] = torch.lerp(pixels[thin], -F.max_pool2d(-pixels[thin], 3, 1, 1), part[thin] * 0.5)
    return result


def _contrasted(pixels: Tensor, amount: float, generator: torch.Generator) -> Tensor:
    power = torch.exp(_uniform(len(pixels), amount, pixels, generator)).view(-1, 1, 1, 1)
    return pixels.clamp_(0, 1) ** power


def roughened(ink: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Make ink ragged, as a photo gives it back: coarse, blurred, uneven, grained, cut off at a threshold.

    Args:
        ink: float32 (height, width) in [0, 1], 1 = ink; a digit about 60 pixels high comes out as if
            it had been 18 to 60.
        random: source of the randomness.

    Returns:
        A new array like `ink`; thin strokes may be broken.
    """
    height, width = ink.shape
    coarse = random.uniform(0.3, 1)
    small: np.ndarray = cv2.resize(ink, None, fx=coarse, fy=coarse, interpolation=cv2.INTER_AREA)
    blurred = _blurred(small, random.uniform(0.35, 1.2))
    patches = _blurred(random.standard_normal(small.shape), random.uniform(1, 4))
    uneven = blurred * np.clip(1 - random.uniform(0, 0.3) * np.abs(patches) / patches.std(), 0.2, 1)
    grained = uneven + random.normal(0, random.uniform(0, 0.1), small.shape)
    seen = cv2.resize(grained, (width, height), interpolation=cv2.INTER_LINEAR)
    least = random.uniform(0.25, 0.5) * seen.max()
    graded = np.clip((seen - least) * random.uniform(2.5, 8) + 0.3, 0, 1)
    return np.where(_large_blobs(seen >= least), graded, 0).astype(np.float32)


def lined(ink: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Draw a piece of a thin level line across the foot of a digit or, less often, its head.

    So a ruled line comes back from a photo that was not told from the strokes.

    Args:
        ink: float32 (height, width) in [0, 1], 1 = ink; a digit about 60 pixels high.
        random: source of the randomness.

    Returns:
        A new array, with room for the line to go on beside the digit.
    """
    height, width = ink.shape
    room = round(0.3 * max(height, width))
    sheet = np.pad(ink, room)
    at_foot = random.random() < 0.75
    y = room + height * (random.uniform(0.75, 0.97) if at_foot else random.uniform(0.02, 0.15))
    fall = random.normal(0, 0.03) * width
    left, right = sorted(random.uniform(0, sheet.shape[1], 2))
    ends = np.array([[left, y - fall], [right, y + fall]]).round().astype(np.int32)
    line = np.zeros_like(sheet)
    cv2.polylines(line, [ends], False, random.uniform(0.6, 1), int(random.integers(1, 5)))
    return np.maximum(sheet, line)


def cut_off(ink: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Leave out up to three tenths of the ink at one side.

    So a picture's rim cuts a digit off that is not quite in it.

    Args:
        ink: (height, width).
        random: source of the randomness.

    Returns:
        A view of what is left.
    """
    quarters = int(random.integers(4))
    turned = np.rot90(ink, quarters)
    return np.rot90(turned[round(random.uniform(0, 0.3) * len(turned)) :], -quarters)


def _blurred(image: np.ndarray, deviation: float) -> np.ndarray:
    return cv2.GaussianBlur(image.astype(np.float32), (0, 0), deviation)


def _large_blobs(mask: np.ndarray) -> np.ndarray:
    """Bool (h, w): the connected blobs of a mask, bool (h, w), that are more than specks."""
    labels, stats = blobs(mask.view(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] >= 0.02 * mask.sum()
    large[0] = False  # the paper
    return large[labels]


def warp_strokes(strokes: list[np.ndarray], lost: float, random: np.random.Generator) -> list[np.ndarray]:
    """Draw the strokes again, as another hand might have.

    Rotates by up to 12°, shears by up to 0.3, stretches by up to 1.28 along one axis
    and as little along the other, and bends the sheet by three random waves.

    Args:
        strokes: arrays (points, 2), not all empty, in any unit.
        lost: probability with which the last of several strokes is lost, as tablets lose it.
        random: source of the randomness.

    Returns:
        As many arrays, or one less, in another unit.
    """
    if len(strokes) > 1 and random.random() < lost:
        strokes = strokes[:-1]
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    unit = float(np.max(high - low)) or 1.0
    matrix = _hand(random)
    wave, phase = random.normal(0, 3, (3, 2)), random.uniform(0, 2 * np.pi, 3)
    drift = random.normal(0, 0.02, (3, 2))
    warped = []
    for stroke in strokes:
        centred = (stroke - (low + high) / 2) / unit
        warped.append((centred + np.sin(centred @ wave.T + phase) @ drift) @ matrix.T)
    return warped


def _hand(random: np.random.Generator) -> np.ndarray:
    """A random slant of the hand: rotation × shear and stretch, (2, 2)."""
    angle = np.deg2rad(random.uniform(-12, 12))
    cosine, sine = np.cos(angle), np.sin(angle)
    stretch = np.exp(random.uniform(-0.25, 0.25))
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    slant: np.ndarray = np.array([[stretch, random.uniform(-0.3, 0.3)], [0, 1 / stretch]])
    return rotation @ slant

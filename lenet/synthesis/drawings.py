"""Pen drawings to learn from: warped as another writer would draw them, and rendered in MNIST's form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lenet.ink.preprocessing import to_mnist
from lenet.ink.strokes import PEN, draw

Drawing = list[np.ndarray]
"""Strokes, each float64 (points, 2), x and y downward, in any unit."""

PENS = (1.5, 4.0)
"""Range of the pen's width for warped copies, in pixels of MNIST.

It covers the 4th to the 97th percentile of MNIST's training images, measured by `preprocessing.stroke_width`.
"""


def to_image(drawing: Sequence[np.ndarray], pen: float = PEN) -> np.ndarray:
    """Render a drawing in MNIST's form.

    Args:
        drawing: its strokes, each (points, 2).
        pen: width of the pen, in pixels of MNIST.

    Returns:
        float32 (28, 28) in [0, 1], 1 = ink.

    Raises:
        ValueError: there are no points.
    """
    image = to_mnist(draw(drawing, pen))
    if image is None:
        raise ValueError("strokes: wanted a drawing, got one without points; leave it out")
    return image


def render_copies(drawing: Drawing, copies: list[Drawing], seed: tuple[int, int], lost: float) -> np.ndarray:
    """Render a drawing as it is, then warped copies with pens of random width.

    Args:
        drawing: the drawing.
        copies: what the copies are warped from: the drawing itself, or others of the same digit.
        seed: of the randomness.
        lost: probability with which a copy loses the last of several strokes.

    Returns:
        uint8 (1 + copies, 28, 28), 255 = ink.
    """
    random = np.random.default_rng(seed)
    images = [to_image(drawing)]
    for copy in copies:
        images.append(to_image(warp_strokes(copy, lost, random), pen=random.uniform(*PENS)))
    return np.round(np.stack(images) * 255).astype(np.uint8)


def warp_strokes(strokes: Drawing, lost: float, random: np.random.Generator) -> Drawing:
    """Warp strokes as another writer might have drawn them.

    Rotates by up to 12°, shears by up to 0.3, stretches one axis by up to 1.28 and shrinks the other as much,
    and bends the plane by three random waves. Amounts 1.5 times as large were no better
    (docs/experiments.md).

    Args:
        strokes: arrays (points, 2), not all empty, in any unit.
        lost: probability with which the last of several strokes is lost, as tablets lose it.
        random: source of randomness.

    Returns:
        As many arrays, or one less, in units of the drawing's longer side.
    """
    if len(strokes) > 1 and random.random() < lost:
        strokes = strokes[:-1]
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    unit = float(np.max(high - low)) or 1.0
    matrix = _random_slant(random)
    wave, phase = random.normal(0, 3, (3, 2)), random.uniform(0, 2 * np.pi, 3)
    drift = random.normal(0, 0.02, (3, 2))
    warped = []
    for stroke in strokes:
        centred = (stroke - (low + high) / 2) / unit
        warped.append((centred + np.sin(centred @ wave.T + phase) @ drift) @ matrix.T)
    return warped


def _random_slant(random: np.random.Generator) -> np.ndarray:
    """Draw a matrix (2, 2): rotation × shear and stretch."""
    angle = np.deg2rad(random.uniform(-12, 12))
    cosine, sine = np.cos(angle), np.sin(angle)
    stretch = np.exp(random.uniform(-0.25, 0.25))
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    slant: np.ndarray = np.array([[stretch, random.uniform(-0.3, 0.3)], [0, 1 / stretch]])
    return rotation @ slant

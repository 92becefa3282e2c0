"""Scribbles: drawings of many kinds, hardly any of which is a digit."""

from __future__ import annotations

import numpy as np

from lenet.synthesis import scribbles
from lenet.synthesis.drawings import to_image


def test_scribbles_can_be_rendered_and_few_are_upright_strokes() -> None:
    drawings = scribbles.make(500, np.random.default_rng(0))
    assert len(drawings) == 500
    upright = 0
    for drawing in drawings:
        image = to_image(drawing)
        upright += (
            np.ptp(np.flatnonzero(image.any(axis=0))) <= 3 and np.count_nonzero(image.any(axis=1)) >= 18
        )
    assert upright < 5


def test_the_seed_decides_the_scribbles() -> None:
    one, same, other = (scribbles.make(20, np.random.default_rng(seed)) for seed in (0, 0, 1))
    for drawing, again in zip(one, same, strict=True):
        np.testing.assert_array_equal(np.concatenate(drawing), np.concatenate(again))
    assert [len(drawing) for drawing in one] != [len(drawing) for drawing in other]

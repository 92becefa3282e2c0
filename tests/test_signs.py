"""Signs drawn by code: every sign in several ways, each about as the shipped shapes of signs are."""

from __future__ import annotations

import numpy as np
import pytest

from lenet.network.record import SIGNS
from lenet.synthesis import signs
from lenet.synthesis.drawings import to_image


@pytest.mark.parametrize("sign", SIGNS)
def test_every_sign_is_drawn_in_many_ways(sign: str) -> None:
    drawings = signs.make(sign, 30, np.random.default_rng(0))
    images = [to_image(drawing) for drawing in drawings]
    assert len({image.tobytes() for image in images}) == 30


@pytest.mark.parametrize("sign", ["/", "(", ")"])
def test_no_sign_is_an_upright_stroke(sign: str) -> None:
    for drawing in signs.make(sign, 200, np.random.default_rng(0)):
        width, height = np.ptp(np.concatenate(drawing), axis=0)
        assert width > 0.1 * height


def test_brackets_are_bowed_to_their_side() -> None:
    for sign, side in (("(", -1), (")", 1)):
        for (stroke,) in signs.make(sign, 100, np.random.default_rng(0)):
            middle = stroke[len(stroke) // 2, 0]
            assert side * (middle - (stroke[0, 0] + stroke[-1, 0]) / 2) > 0

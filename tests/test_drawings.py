"""Drawings: rendered as the page renders them, and warped without becoming another drawing."""

from __future__ import annotations

import numpy as np
import pytest

from lenet.ink.preprocessing import to_mnist
from lenet.ink.strokes import box, draw
from lenet.synthesis.drawings import render_copies, to_image, warp_strokes


def _strokes() -> list[np.ndarray]:
    return [np.array([[0.0, 0.0], [50, 3], [20, 70]]), np.array([[10.0, 35], [45, 34]])]


def test_warped_strokes_are_still_the_same_drawing() -> None:
    random = np.random.default_rng(0)
    for _ in range(100):
        warped = warp_strokes(_strokes(), 0.05, random)
        assert [len(stroke) for stroke in warped] in ([3, 2], [3])
        _, _, width, height = box(warped)
        assert 0.4 < width / height / (50 / 70) < 2.5


def test_the_last_stroke_is_sometimes_lost_but_never_the_only_one() -> None:
    random = np.random.default_rng(0)
    lost = sum(len(warp_strokes(_strokes(), 0.05, random)) == 1 for _ in range(2000))
    assert 60 < lost < 140
    assert all(len(warp_strokes(_strokes()[:1], 0.05, random)) == 1 for _ in range(200))


def test_the_unit_of_the_strokes_has_no_effect() -> None:
    small, large = (
        warp_strokes([stroke * factor for stroke in _strokes()], 0.05, np.random.default_rng(0))
        for factor in (1e-3, 1e6)
    )
    for one, other in zip(small, large, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_dot_can_be_warped() -> None:
    assert np.isfinite(warp_strokes([np.array([[5.0, 5.0]])], 0.05, np.random.default_rng(0))[0]).all()


def test_a_drawing_is_rendered_as_on_the_page() -> None:
    np.testing.assert_array_equal(to_image(_strokes()), to_mnist(draw(_strokes())))


def test_wider_pens_leave_more_ink() -> None:
    assert (
        to_image(_strokes(), pen=1.5).sum() < to_image(_strokes()).sum() < to_image(_strokes(), pen=4).sum()
    )


def test_copies_follow_the_drawing_and_the_seed_decides_them() -> None:
    copies = [_strokes()] * 3
    one, same, other = (render_copies(_strokes(), copies, (0, number), lost=0.0) for number in (0, 0, 1))
    assert one.shape == (4, 28, 28)
    assert one.dtype == np.uint8
    np.testing.assert_allclose(one[0] / 255, to_image(_strokes()), atol=1 / 255)
    np.testing.assert_array_equal(one, same)
    assert len({image.tobytes() for image in np.concatenate([one, other])}) == 7


def test_a_drawing_without_points_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted a drawing, got one without points"):
        to_image([])

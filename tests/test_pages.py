"""The pages that tests and benchmarks are made of are what they say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from benchmarks import pages

ONE = [np.array([[50.0, 0.0], [50.0, 100.0]])]
ZERO = [50 + 50 * np.stack([np.sin(t := np.linspace(0, 2 * np.pi, 40)), -np.cos(t)], axis=1)]


def made(count: int = 20, **options: object) -> list[pages.Number]:
    writers = ["a", "a", "b", "b"]
    drawings = [ONE, ZERO, [7 * stroke for stroke in ONE], [7 * stroke for stroke in ZERO]]
    return pages.numbers(drawings, [1, 0, 1, 0], writers, count, **options)  # type: ignore[arg-type]


def pieces(number: pages.Number) -> int:
    """How many separate pieces of ink the number has."""
    mask = (pages.render(number, 80, pages.NORMAL_PEN) > 0).astype(np.uint8)
    return cv2.connectedComponents(mask)[0] - 1


def test_numbers_that_do_not_touch_are_as_many_pieces_as_digits() -> None:
    assert all(pieces(number) == len(number.text) for number in made(touching=0))


def test_a_fifth_of_the_numbers_touch() -> None:
    touching = [number.touching for number in made()]
    assert sum(touching) == 4
    assert touching == [pieces(number) < len(number.text) for number in made()]


def test_the_same_seed_makes_the_same_numbers() -> None:
    one, same, other = made(seed=1), made(seed=1), made(seed=2)
    assert [number.text for number in one] == [number.text for number in same]
    assert all(
        np.array_equal(a, b)
        for x, y in zip(one, same, strict=True)
        for a, b in zip(x.strokes, y.strokes, strict=True)
    )
    assert [number.text for number in one] != [number.text for number in other]


def test_lengths_are_kept() -> None:
    assert {len(number.text) for number in made(60, lengths=(2, 4))} == {2, 3, 4}


@pytest.mark.parametrize("difficulty", pages.DIFFICULTIES)
def test_a_photograph_is_as_a_phone_gives_it(difficulty: str) -> None:
    number = made()[0]
    taken = [pages.photograph(number, difficulty, 1.0, np.random.default_rng(3)) for _ in range(2)]
    assert np.array_equal(taken[0], taken[1])
    assert taken[0].dtype == np.uint8
    assert taken[0].shape[2] == 3
    assert 600 <= max(taken[0].shape) <= 1600


def test_an_unknown_difficulty_is_named() -> None:
    with pytest.raises(ValueError, match=r"difficulty: wanted one of plain, .* got 'fog'"):
        pages.photograph(made()[0], "fog")

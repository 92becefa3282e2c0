"""Rows: digits set side by side as asked for, each row in one line."""

from __future__ import annotations

import numpy as np
import pytest

from lenet.network.record import NO_DIGIT
from lenet.reading.parts import parts_of_ink
from lenet.reading.reader import Reader
from lenet.synthesis import chunks, rows
from lenet.synthesis.degradation import upscale
from lenet.synthesis.workers import InProcess


@pytest.fixture(scope="module")
def images(mnist: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return np.round(mnist[0] * 255).astype(np.uint8)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_SIZE", 20)


def _pairs(
    images: np.ndarray, apart: float, joined: bool, random: np.random.Generator
) -> list[tuple[np.ndarray, np.ndarray]]:
    digits = [upscale(image, random) for image in images[:60]]
    return [rows.side_by_side(digits[i : i + 2], apart, joined, random) for i in range(0, 60, 2)]


def test_neighbours_mostly_touch_or_have_a_gap(images: np.ndarray) -> None:
    random = np.random.default_rng(0)
    near, far = (_pairs(images, apart, False, random) for apart in (0, 1))
    assert all(row.shape[0] == 2 and row.any(axis=(1, 2)).all() for row, _ in (*near, *far))
    assert np.mean([len(parts_of_ink(row.max(axis=0))) == 1 for row, _ in near]) > 0.6
    assert not any((row > 0).all(axis=0).any() for row, _ in far)
    assert not any(joins.any() for _, joins in (*near, *far))


def test_a_stroke_joins_digits_with_a_gap(images: np.ndarray) -> None:
    joined = 0
    for row, joins in _pairs(images, 1, True, np.random.default_rng(0)):
        assert joins.shape == row.shape[1:]
        if joins.any():
            assert all((joins[digit > 0] > 0).any() for digit in row)
            joined += 1
    assert joined > 10


def test_rows_have_one_to_five_digits_in_one_line(
    images: np.ndarray, mnist: tuple[np.ndarray, np.ndarray], reader: Reader
) -> None:
    made = rows.make(images, mnist[1], 60, 0, InProcess())
    assert {len(row.text) for row in made} == {1, 2, 3, 4, 5}
    assert all(rows.as_row(row.ink, "") is not None for row in made)
    assert sum(reader.read_ink(row.ink).text == row.text for row in made) > 40


def test_the_seed_decides_the_rows(images: np.ndarray, mnist: tuple[np.ndarray, np.ndarray]) -> None:
    made = rows.make(images, mnist[1], 5, 0, InProcess())
    same, other = (rows.make(images, mnist[1], 5, seed, InProcess()) for seed in (0, 1))
    for one, again in zip(made, same, strict=True):
        np.testing.assert_array_equal(one.pixels, again.pixels)
    assert [row.text for row in other] != [row.text for row in same]


def test_a_negative_stands_alone(images: np.ndarray) -> None:
    made = rows.make(images, np.full(len(images), NO_DIGIT), 5, 0, InProcess())
    assert [row.text for row in made] == [""] * 5
    assert all(row.pixels.shape[1] < 1.5 * row.pixels.shape[0] for row in made)


def test_ink_in_two_lines_is_no_row(images: np.ndarray) -> None:
    line = np.hstack([images[0], images[1]]).astype(np.float32) / 255
    assert rows.as_row(line, "12") is not None
    assert rows.as_row(np.vstack([line, 0 * line, line]), "12") is None
    assert rows.as_row(0 * line, "12") is None

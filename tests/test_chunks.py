"""Chunks: as many examples as asked for, the same with any executor."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from lenet.synthesis import chunks
from lenet.synthesis.workers import InProcess

IMAGES = np.arange(10, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
LABELS = np.arange(10)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_SIZE", 20)


def _noisy(images: np.ndarray, labels: np.ndarray, random: np.random.Generator) -> chunks.LabelledImages:
    """Images of one random grey each, and one image more than asked for."""
    grey = [np.full((28, 28), random.random(), np.float32) for _ in range(len(images) + 1)]
    return list(zip(grey, [*labels.tolist(), 0], strict=True))


def test_a_chunk_is_made_of_random_images_and_their_labels() -> None:
    (found,) = chunks.make_chunks(IMAGES, LABELS, lambda *chunk: chunk, 20, 0, InProcess())
    images, labels, random = found
    assert len(images) == len(labels) == 20
    np.testing.assert_array_equal(images[:, 0, 0], labels)
    assert len(set(labels.tolist())) > 5
    assert isinstance(random, np.random.Generator)


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 1), (20, 1), (21, 2), (60, 3)])
def test_there_are_as_many_chunks_as_needed(count: int, expected: int) -> None:
    found = chunks.make_chunks(IMAGES, LABELS, lambda images, labels, random: 0, count, 0, InProcess())
    assert found == [0] * expected


@pytest.mark.parametrize("count", [0, 1, 50])
def test_just_as_many_images_are_made_as_asked_for(count: int) -> None:
    images, labels = chunks.make_images(IMAGES, LABELS, _noisy, count, 0, InProcess())
    assert images.shape == (count, 28, 28)
    assert images.dtype == np.uint8
    assert labels.shape == (count,)
    assert labels.dtype == np.int64


def test_the_executor_has_no_effect_and_the_seed_decides() -> None:
    with ThreadPoolExecutor(4) as threads:
        one, same = (
            chunks.make_images(IMAGES, LABELS, _noisy, 90, 0, pool) for pool in (InProcess(), threads)
        )
    other = chunks.make_images(IMAGES, LABELS, _noisy, 90, 1, InProcess())
    for array, again, another in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(array, again)
        assert (array != another).any()

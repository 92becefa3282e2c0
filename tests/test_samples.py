"""Samples: every image is found again with its label, and drawings look as the page would draw them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lenet.ink.preprocessing import to_mnist
from lenet.ink.strokes import draw
from lenet.synthesis import samples
from lenet.synthesis.workers import InProcess

DRAWINGS = [
    [np.array([[0.0, 0.0], [0, 9]])],
    [np.array([[0.0, 0.0], [9, 0], [3, 12]]), np.array([[1.0, 6], [7, 6]])],
]


def test_images_are_their_own_samples(mnist: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = mnist
    part = samples.of_images(np.round(images * 255).astype(np.uint8), labels)
    assert len(part) == len(labels)
    np.testing.assert_allclose(part.plain().numpy(), images, atol=1e-6)
    index = torch.tensor([5, 3, 5])
    assert torch.equal(part.pick(index, torch.Generator()), part.plain()[index])


def test_lots_share_their_images() -> None:
    rng = np.random.default_rng(0)
    few, many = (rng.integers(256, size=(count, 28, 28), dtype=np.uint8) for count in (2, 5))
    part = samples.of_lots([(few, 3, 4), (many, 10, 1)])
    assert part.labels.tolist() == [3, 3, 3, 3, 10]
    shown = part.pick(torch.tensor([0, 1, 2, 3] * 20), torch.Generator().manual_seed(0))
    assert {image.tobytes() for image in shown.numpy()} == {
        (image / np.float32(255)).tobytes() for image in few
    }
    assert torch.equal(part.plain()[4], torch.from_numpy(many[0]) / 255)


def test_the_first_image_of_a_drawing_is_the_one_of_the_page() -> None:
    part = samples.of_drawings(DRAWINGS, np.array([1, 7]), variants=3, lost=0.0, seed=0, pool=InProcess())
    assert part.images.shape == (8, 28, 28)
    for image, strokes in zip(part.plain().numpy(), DRAWINGS, strict=True):
        np.testing.assert_allclose(image, to_mnist(draw(strokes)), atol=1 / 255)


def test_the_seed_decides_the_variants() -> None:
    one, same, other = (
        samples.of_drawings(
            DRAWINGS, np.array([1, 7]), variants=3, lost=0.0, seed=seed, pool=InProcess()
        ).images
        for seed in (0, 0, 1)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_blends_leave_the_first_image_alone() -> None:
    drawings = [DRAWINGS[1], [stroke * [1.1, 1] for stroke in DRAWINGS[1]]]
    labels = np.array([7, 7])
    plain = samples.of_drawings(drawings, labels, variants=3, lost=0.0, seed=0, pool=InProcess())
    blended = samples.of_drawings(drawings, labels, variants=3, lost=0.0, seed=0, pool=InProcess(), blended=1)
    assert torch.equal(blended.plain(), plain.plain())
    alike = (blended.images == plain.images).flatten(1).all(1)
    assert alike.tolist() == [True, False, False, False] * 2


def test_all_variants_are_picked_and_none_of_another_sample() -> None:
    part = samples.concatenate(
        [
            samples.of_images(np.full((2, 28, 28), 7, np.uint8), np.array([3, 4])),
            samples.of_drawings(DRAWINGS, np.array([1, 7]), variants=3, lost=0.0, seed=0, pool=InProcess()),
        ]
    )
    assert part.labels.tolist() == [3, 4, 1, 7]
    picked = part.pick(torch.full((200,), 3), torch.Generator().manual_seed(0))
    assert {_key(image) for image in picked} == {_key(image) for image in part.images[6:10].float() / 255}


def _key(image: torch.Tensor) -> bytes:
    return image.numpy().tobytes()


def test_rough_digits_keep_their_labels_and_most_of_their_ink(
    mnist: tuple[np.ndarray, np.ndarray],
) -> None:
    images, labels = np.round(mnist[0][:1] * 255).astype(np.uint8), mnist[1][:1]
    rough, answers = samples.rough(images, labels, 30, seed=0, pool=InProcess())
    assert rough.shape == (30, 28, 28)
    assert set(answers) == set(labels)
    assert len({image.tobytes() for image in rough}) > 25
    both = np.minimum(rough, images).sum(axis=(1, 2)) / np.maximum(rough, images).sum(axis=(1, 2))
    assert 0.5 < np.median(both) < 0.98


def test_the_seed_decides_what_is_rough(mnist: tuple[np.ndarray, np.ndarray]) -> None:
    images = np.round(mnist[0] * 255).astype(np.uint8)
    one, same, other = (samples.rough(images, mnist[1], 5, seed, InProcess())[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
    assert len(samples.of_groups(*samples.rough(images, mnist[1], 0, 0, InProcess()), 4)) == 0


def test_no_drawings_are_no_samples() -> None:
    assert (
        len(samples.of_drawings([], np.array([], int), variants=3, lost=0.0, seed=0, pool=InProcess())) == 0
    )


def test_a_drawing_without_points_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted a drawing, got one without points"):
        samples.drawing_form([])

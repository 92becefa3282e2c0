"""Samples: every image keeps its label, and only the images of a sample are picked for it."""

from __future__ import annotations

import numpy as np
import torch

from lenet.ink.preprocessing import to_mnist
from lenet.ink.strokes import draw
from lenet.synthesis import samples
from lenet.synthesis.samples import SharedImages
from lenet.synthesis.workers import InProcess

DRAWINGS = [
    [np.array([[0.0, 0.0], [0, 9]])],
    [np.array([[0.0, 0.0], [9, 0], [3, 12]]), np.array([[1.0, 6], [7, 6]])],
]


def test_each_image_is_a_sample(mnist: tuple[np.ndarray, np.ndarray]) -> None:
    images, labels = mnist
    part = samples.of_images(np.round(images * 255).astype(np.uint8), labels)
    assert len(part) == len(labels)
    np.testing.assert_allclose(part.plain().numpy(), images, atol=1e-6)
    index = torch.tensor([5, 3, 5])
    assert torch.equal(part.pick(index, torch.Generator()), part.plain()[index])


def test_samples_of_a_group_share_its_images() -> None:
    rng = np.random.default_rng(0)
    few, many = (rng.integers(256, size=(count, 28, 28), dtype=np.uint8) for count in (2, 5))
    part = samples.of_shared_images([SharedImages(few, 3, 4), SharedImages(many, 10, 1)])
    assert part.labels.tolist() == [3, 3, 3, 3, 10]
    shown = part.pick(torch.tensor([0, 1, 2, 3] * 20), torch.Generator().manual_seed(0))
    assert {image.tobytes() for image in shown.numpy()} == {
        (image / np.float32(255)).tobytes() for image in few
    }
    assert torch.equal(part.plain()[4], torch.from_numpy(many[0]) / 255)


def test_the_first_image_of_a_drawing_is_rendered_as_on_the_page() -> None:
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


def test_the_first_image_of_a_drawing_is_not_interpolated() -> None:
    drawings = [DRAWINGS[1], [stroke * [1.1, 1] for stroke in DRAWINGS[1]]]
    labels = np.array([7, 7])
    plain = samples.of_drawings(drawings, labels, variants=3, lost=0.0, seed=0, pool=InProcess())
    interpolated = samples.of_drawings(
        drawings, labels, variants=3, lost=0.0, seed=0, pool=InProcess(), interpolated=1
    )
    assert torch.equal(interpolated.plain(), plain.plain())
    alike = (interpolated.images == plain.images).flatten(1).all(1)
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


def test_no_drawings_give_no_samples() -> None:
    assert (
        len(samples.of_drawings([], np.array([], int), variants=3, lost=0.0, seed=0, pool=InProcess())) == 0
    )


def test_groups_are_of_one_label_and_what_is_left_over_is_dropped() -> None:
    labels = np.array([1, 2, 1, 2, 1, 2, 1])
    images = np.arange(7, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    part = samples.of_groups(images, labels, 3)
    assert part.labels.tolist() == [1, 2]
    assert part.images[:, 0, 0].tolist() == [0, 2, 4, 1, 3, 5]
    assert len(samples.of_groups(images, labels, 5)) == 0
    assert len(samples.of_groups(images[:0], labels[:0], 3)) == 0

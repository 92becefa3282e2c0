"""The inside of the network: what the browser computes is what PyTorch computes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from test_scripts import node  # noqa: F401  # the fixture
from visiting import DRAWINGS

from benchmarks import saliency
from lenet.network import checkpoint
from lenet.network.model import LeNet
from lenet.network.record import ALPHABET, shipped_weights
from lenet.ui import inside

LAYERS = ("c1", "s2", "c3", "s4", "c5", "f6")
ACTIVE = ("c1", "c3", "c5", "f6")
TOLERANCE = 1e-4
METHODS = saliency.METHODS


@pytest.fixture(scope="module")
def network() -> LeNet:
    return checkpoint.load(shipped_weights())


@pytest.fixture(scope="module")
def images(reader, mnist_images) -> np.ndarray:
    """Fifty drawings: those of the page in MNIST's form, and digits of MNIST."""
    drawn = [reader.read_strokes(example.strokes).digits[0].image for example in DRAWINGS]
    return np.concatenate([drawn, mnist_images[: 50 - len(drawn)]]).astype(np.float32)


@pytest.fixture
def in_script(node, tmp_path) -> Callable[..., np.ndarray]:  # noqa: F811
    """Compute something of images by the page's scripts: (N, all numbers of an image)."""

    def compute(images: np.ndarray, *symbols: int, weights: bytes | None = None) -> np.ndarray:
        paths = [tmp_path / name for name in ("weights", "images", "output")]
        paths[0].write_bytes(inside.weights() if weights is None else weights)
        paths[1].write_bytes(images.astype("<f4").tobytes())
        program = Path(__file__).parent / "js" / "layers_of.mjs"
        subprocess.run([node, program, *paths, *map(str, symbols)], check=True)
        return np.frombuffer(paths[2].read_bytes(), "<f4").reshape(len(images), -1)

    return compute


def layers_of(network: LeNet, images: np.ndarray) -> np.ndarray:
    """All layers by PyTorch, (N, all numbers of an image): as `layers_of.mjs` writes them."""
    found: dict[str, torch.Tensor] = {}
    hooks = [
        getattr(network, name).register_forward_hook(
            lambda _, __, output, name=name: found.update({name: output.flatten(1)})
        )
        for name in LAYERS
    ]
    with torch.no_grad():
        logits = network(torch.from_numpy(images))
    for hook in hooks:
        hook.remove()
    parts = [torch.nn.functional.silu(found[name]) if name in ACTIVE else found[name] for name in LAYERS]
    return torch.cat([*parts, logits], dim=1).numpy()


def test_every_layer_equals_that_of_pytorch(network, images, in_script):
    assert len(images) == 50
    difference = np.abs(in_script(images) - layers_of(network, images))
    assert difference.max() <= TOLERANCE


@pytest.mark.parametrize(("wanted", "other"), [(7, 1), (3, ALPHABET.index("none")), (10, 0)])
def test_integrated_gradients_equal_those_of_autograd(network, images, in_script, wanted, other):
    some = images[::5]
    attributions = in_script(some, wanted, other)
    expected = [saliency.integrated_gradients(network, image, wanted, other).ravel() for image in some]
    assert np.abs(attributions - expected).max() <= TOLERANCE
    assert not attributions[some.reshape(len(some), -1) == 0].any()


def test_taking_ink_away_in_their_order_costs_more_than_in_any_other(network, mnist_images):
    left = {name: saliency.removal(network, mnist_images[:40], each) for name, each in METHODS.items()}
    assert min(left, key=left.__getitem__) == "integrated gradients"


def test_a_planted_bar_that_makes_a_seven_of_a_one_is_found(network, mnist):
    images, labels = mnist
    found, strongest, all_ink, count = saliency.planted(network, images[labels == 1])
    assert count >= 5
    assert found == 1
    assert strongest > 2 * all_ink


def test_shuffled_weights_leave_nothing_of_the_map(network, mnist_images):
    assert np.abs(saliency.randomised(network, mnist_images[:20])).mean() <= 0.3


def test_the_sheet_has_a_hundred_training_digits_of_each_label(network):
    sheet = np.asarray(Image.open(inside.SHEET), np.float32) / 255
    rows, columns = sheet.shape[0] // 28, inside.SHEET_COLUMNS
    digits = sheet.reshape(rows, 28, columns, 28).swapaxes(1, 2).reshape(-1, 28, 28)
    with torch.no_grad():
        read = network(torch.from_numpy(digits)).argmax(1).numpy()
    assert (read == np.repeat(np.arange(10), 100)).mean() >= 0.99
    assert "Attribution-ShareAlike 3.0" in (inside.SHEET.parent / "LICENSE").read_text("utf-8")


def test_the_weights_are_those_of_the_file_in_the_order_of_the_layers(network):
    numbers = np.frombuffer(inside.weights(), "<f4")
    assert len(numbers) == sum(parameter.numel() for parameter in network.parameters())
    assert np.array_equal(numbers[:150], network.c1.weight.detach().numpy().ravel())
    assert np.array_equal(numbers[-9:], network.signs.bias.detach().numpy())

"""The inside of the network: what the browser computes is what PyTorch computes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from test_scripts import node  # noqa: F401  # the fixture
from visiting import DRAWINGS

from lenet.network import checkpoint
from lenet.network.model import LeNet
from lenet.network.record import ALPHABET, shipped_weights
from lenet.ui import inside

LAYERS = ("c1", "s2", "c3", "s4", "c5", "f6")
ACTIVE = ("c1", "c3", "c5", "f6")
TOLERANCE = 1e-4


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


def integrated_gradients(network: LeNet, images: np.ndarray, wanted: int, other: int) -> np.ndarray:
    """By autograd, in 32 steps: (N, 784)."""
    shares = (torch.arange(32, dtype=torch.float32) + 0.5) / 32
    found = []
    for image in torch.from_numpy(images):
        path = (shares[:, None, None] * image).requires_grad_()
        logits = network.architecture.complete(network(path))
        (gradient,) = torch.autograd.grad((logits[:, wanted] - logits[:, other]).sum(), path)
        found.append((gradient.mean(0) * image).flatten())
    return torch.stack(found).numpy()


@pytest.mark.parametrize(("wanted", "other"), [(7, 1), (3, ALPHABET.index("none")), (10, 0)])
def test_integrated_gradients_equal_those_of_autograd(network, images, in_script, wanted, other):
    some = images[::5]
    attributions = in_script(some, wanted, other)
    expected = integrated_gradients(network, some, wanted, other)
    assert np.abs(attributions - expected).max() <= TOLERANCE
    assert not attributions[some.reshape(len(some), -1) == 0].any()

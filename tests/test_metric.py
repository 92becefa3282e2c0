"""The metric of a hand lies beside the weights, belongs to them, and holds what the training consists of."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from lenet.learning import hand
from lenet.network import checkpoint, metric
from lenet.network.record import shipped_weights
from lenet.synthesis import samples
from lenet.ui import inside


@pytest.fixture
def weights(tmp_path) -> Path:
    """The shipped weights and their metric, in a folder of their own."""
    path = tmp_path / shipped_weights().name
    shutil.copy(shipped_weights(), path)
    shutil.copy(metric.path_beside(shipped_weights()), metric.path_beside(path))
    return path


def test_the_shipped_metric_belongs_to_the_shipped_weights():
    found = metric.load(shipped_weights())
    assert found.shape == (85, 85)
    assert np.array_equal(found, found.T)
    assert found[-1, -1] == 1  # of the 1 that the biases go with
    assert np.linalg.eigvalsh(found.astype(np.float64)).min() > 1e-3  # far from singular in single precision


def test_the_page_gets_it_as_it_is():
    assert np.array_equal(np.frombuffer(inside.metric(), "<f4"), metric.load(shipped_weights()).ravel())


def test_that_of_other_weights_is_refused(weights):
    weights.write_bytes(weights.read_bytes() + b" ")
    with pytest.raises(
        ValueError, match=r"wanted the metric of lenet5.safetensors beside it, got one of other"
    ):
        metric.load(weights)


def test_what_is_no_metric_is_refused(weights):
    metric.path_beside(weights).write_bytes(b"no metric")
    with pytest.raises(ValueError, match=r"hand.safetensors: wanted the metric .*, got something else"):
        metric.load(weights)
    metric.path_beside(weights).unlink()
    with pytest.raises(FileNotFoundError, match=r"hand.safetensors: no such file; run"):
        metric.load(weights)


def test_it_is_the_mean_of_the_products_of_features(weights, mnist_images):
    network = checkpoint.load(weights)
    pixels = np.round(mnist_images[:20] * 255).astype(np.uint8)
    digits = samples.of_images(pixels, np.zeros(20, np.int64))
    hand.save_metric(network, digits, weights)
    images = torch.from_numpy(pixels).float() / 255
    inputs = hand.with_one(hand.features(network, images))
    assert np.allclose(metric.load(weights), np.mean([np.outer(one, one) for one in inputs], 0), atol=1e-5)


def test_features_give_the_logits_by_the_last_layer(weights, mnist_images):
    network = checkpoint.load(weights)
    images = torch.from_numpy(mnist_images[:20].astype(np.float32))
    logits = hand.with_one(hand.features(network, images)) @ hand.last_layer(network).T
    with torch.no_grad():
        assert np.allclose(logits, network(images).numpy(), atol=1e-4)

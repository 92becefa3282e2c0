"""Learning a hand: the last layer is pulled to the corrections, and the browser does as Python does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from test_scripts import node  # noqa: F401  # the fixture

from lenet.learning import hand

OUTPUTS, INPUTS = 19, 84
TOLERANCE = 1e-3
LABELS = [7, 1, 7, 4, 19, 1, 0, 10, 7, 2]


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture
def drawings(random) -> np.ndarray:
    """Inputs of the last layer, and a 1, of drawings of a training, (500, 85)."""
    features = random.normal(size=(500, INPUTS)) * np.linspace(0.05, 2, INPUTS)
    return np.pad(features, ((0, 0), (0, 1)), constant_values=1)


@pytest.fixture
def metric(drawings) -> np.ndarray:
    return drawings.T @ drawings / len(drawings)


@pytest.fixture
def output(random) -> np.ndarray:
    return random.normal(size=(OUTPUTS, INPUTS + 1))


@pytest.fixture
def features(random) -> np.ndarray:
    return random.normal(size=(len(LABELS), INPUTS))


def gradient(layer, output, metric, features, labels) -> np.ndarray:
    """Of the loss that the last layer minimises."""
    rows = np.pad(output, ((0, 1), (0, 0)))
    rows = rows - rows.mean(0)
    scale = hand.LOGITS / np.sqrt(np.trace(rows @ metric @ rows.T))
    inputs = hand.with_one(features)
    powers = np.exp(np.pad(scale * inputs @ layer.T, ((0, 0), (0, 1))))
    errors = powers / powers.sum(1, keepdims=True) - np.eye(OUTPUTS + 1)[labels]
    return errors[:, :-1].T @ inputs + hand.STRENGTH * scale * (layer - output) @ metric


@pytest.mark.parametrize("count", [1, 3, 10])
def test_the_gradient_of_the_loss_vanishes(output, metric, features, count):
    layer = hand.adapted(output, metric, features[:count], np.array(LABELS[:count]))
    before = gradient(output, output, metric, features[:count], LABELS[:count])
    after = gradient(layer, output, metric, features[:count], LABELS[:count])
    assert np.abs(after).max() < 1e-6 * np.abs(before).max()


def test_without_corrections_the_layer_stays(output, metric):
    layer = hand.adapted(output, metric, np.empty((0, INPUTS)), np.empty(0, np.int64))
    assert np.array_equal(layer, output)


@pytest.mark.parametrize("count", [0, 1, 3, 10])
def test_the_browser_gives_the_same_layer(node, tmp_path, output, metric, features, count):  # noqa: F811
    some, labels = features[:count].astype(np.float32), LABELS[:count]
    inputs = (np.concatenate([output[:, :-1].ravel(), output[:, -1]]), metric, some)
    paths = [tmp_path / name for name in ("output", "metric", "features", "result")]
    for path, numbers in zip(paths, inputs, strict=False):
        path.write_bytes(numbers.astype("<f4").tobytes())
    program = Path(__file__).parent / "js" / "adapted_of.mjs"
    subprocess.run([node, program, *paths, *map(str, labels)], check=True)
    found = np.frombuffer(paths[-1].read_bytes(), "<f4")
    layer = hand.adapted(output, metric, some, np.array(labels, np.int64))
    expected = np.concatenate([layer[:, :-1].ravel(), layer[:, -1]])
    assert np.abs(found - expected).max() <= TOLERANCE


def test_what_does_not_fit_is_told(output, metric, features):
    labels = np.array(LABELS)
    with pytest.raises(ValueError, match=r"metric: wanted \(85, 85\) numbers, got \(84, 85\)"):
        hand.adapted(output, metric[1:], features, labels)
    with pytest.raises(ValueError, match=r"features: wanted \(10, 84\) numbers, got \(9, 84\)"):
        hand.adapted(output, metric, features[1:], labels)
    with pytest.raises(ValueError, match="labels: wanted numbers from 0 to 19"):
        hand.adapted(output, metric, features, labels + 1)

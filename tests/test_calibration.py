"""Calibration: the temperature is the best one, and confidence is compared with accuracy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lenet.learning.calibration import Reliability, inverse_temperature, reliability
from lenet.learning.recipes import RECIPES
from lenet.synthesis import samples

CLASSIC = RECIPES["relu-sgd"].config.architecture


class Sure(nn.Module):
    """Says for every image that it is a 1 or a 2, with a logit of 1 for the 1."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, 10)."""
        return torch.tensor([-99.0, 1, 0, *[-99] * 7]).expand(len(images), 10)


@pytest.mark.parametrize(("ones", "confidence"), [(6, 0.6), (8, 0.8)])
def test_the_temperature_makes_confidence_the_share_that_is_right(ones: int, confidence: float) -> None:
    labels = np.array([1] * ones + [2] * (10 - ones))
    held_out = samples.of_images(np.zeros((10, 28, 28), np.uint8), labels)
    factor = inverse_temperature(Sure().eval(), CLASSIC, [held_out])
    assert torch.sigmoid(torch.tensor(factor)).item() == pytest.approx(confidence, abs=0.005)


def test_right_as_often_as_sure_is_no_error() -> None:
    found = reliability(np.full(100, 0.8), np.arange(100) < 80)
    assert found.counts.tolist() == [100]
    assert found.error == pytest.approx(0, abs=1e-9)


def test_too_sure_is_an_error_by_as_much() -> None:
    found = reliability(np.array([0.9] * 10 + [1.0] * 30), np.array([True] * 5 + [False] * 5 + [True] * 30))
    assert found.counts.tolist() == [10, 30]
    assert found.accuracies.tolist() == [0.5, 1]
    assert found.error == pytest.approx(0.25 * 0.4)


def test_an_accuracy_strays_less_the_more_predictions_there_are() -> None:
    found = Reliability(np.array([1, 100]), np.array([0.8, 0.8]), np.array([1.0, 0.9]))
    assert found.standard_errors == pytest.approx([0.4, 0.04])

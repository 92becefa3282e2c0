"""Measuring a network: it counts right, and the record's temperature and threshold are obeyed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from lenet.learning import measuring
from lenet.learning.epochs import Score
from lenet.network.record import NO_DIGIT, Record, Refusal


class Bright(nn.Module):
    """Reads every image as how bright it is: 0.3 is a 3."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, 10)."""
        return -10.0 * (10 * images.mean((1, 2))[:, None] - torch.arange(10)).abs()


def _grey(*digits: int) -> np.ndarray:
    return np.repeat(np.array(digits, np.float32) / 10, 784).reshape(-1, 28, 28)


def test_predictions_are_those_of_the_network() -> None:
    found = measuring.predictions(Bright().eval(), Record(), _grey(3, 7, 0), np.array([3, 1, 0]))
    assert found.digits.tolist() == [3, 7, 0]
    assert found.right.tolist() == [True, False, True]
    assert found.confidences == pytest.approx(np.ones(3), abs=1e-3)
    assert found.probabilities.sum(1) == pytest.approx(np.ones(3))


def test_a_higher_temperature_lowers_the_confidences() -> None:
    cool, warm = (
        measuring.predictions(Bright().eval(), Record(temperature=temperature), _grey(3), np.array([3]))
        for temperature in (1.0, 10.0)
    )
    # Neighbours are 10 / temperature below.
    assert warm.confidences[0] == pytest.approx(np.e**0 / sum(np.e ** -abs(3 - n) for n in range(10)))
    assert warm.confidences[0] < cool.confidences[0]


def test_labels_must_be_as_many_as_images() -> None:
    with pytest.raises(ValueError, match="labels: wanted as many as images, got 2 for 1 images"):
        measuring.predictions(Bright(), Record(), _grey(1), np.array([1, 2]))
    with pytest.raises(ValueError, match="got 0 for 0 images"):
        measuring.predictions(Bright(), Record(), _grey(), np.array([], np.int64))


@pytest.mark.parametrize("temperature", [1.0, 2.5])
@pytest.mark.parametrize("threshold", [0.25, 0.5, 0.75])
def test_an_image_is_refused_above_the_threshold_of_the_record(threshold: float, temperature: float) -> None:
    logits = torch.linspace(-19, 3, 45)[:, None] + torch.linspace(8, 0, 19)
    probabilities = torch.softmax(torch.nn.functional.pad(logits, (0, 1)) / temperature, 1)
    record = Record(refusal=Refusal(search=threshold), temperature=temperature)
    refused = measuring.refused(logits, record)
    assert 0 < refused.sum() < len(logits)
    assert torch.equal(refused, probabilities[:, 10:].sum(1) > threshold)


def test_a_sign_alone_is_refused() -> None:
    logits = torch.full((1, 19), -9.0)
    logits[0, 12] = 9.0
    assert measuring.refused(logits, Record()).all()


def test_digits_count_by_the_likeliest_one_and_non_digits_by_being_refused() -> None:
    class Fixed(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            """Logits of a sure 1, a doubtful 1 and two of nothing."""
            return torch.full((4, 10), -9.0).index_put(
                (torch.tensor([0, 1]), torch.tensor([1, 1])), torch.tensor([9.0, -1.0])
            )

    labels = torch.tensor([1, 1, NO_DIGIT, 3])
    assert measuring.evaluate(Fixed(), Record(), torch.zeros(4, 28, 28), labels) == Score(3, 4)

"""Fits the model of the confidence of whole readings."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from lenet.network.record import FEATURES, Confidence

_PENALTY = 1e-3
"""Weight of the sum of squares of the weights of features with a deviation of 1; chosen."""

_FOR = ("logit", "weakest", "posterior")
"""The features that speak for a text: their weights are not below 0."""

_EITHER = ("pieces", "signs")
"""Those that may speak for it or against it. All others speak against it: their weights are not above 0.
Without that, what is frequent in sets that are easy, as printed lines, would seem to speak for a text."""

_START = 0.3
"""Where the square roots of the weights start; chosen."""

_STEPS = 200
"""Maximum number of iterations of L-BFGS; it ends after a few dozen."""


def fit(features: np.ndarray, right: np.ndarray, shares: np.ndarray) -> Confidence:
    """Fit a logistic regression that tells whether a text is right.

    Args:
        features: float64 (N, F) of readings, in the order of `FEATURES`.
        right: bool (N,), whether the text of each is right.
        shares: float64 (N,), how much each counts.
    """
    scale = features.std(axis=0) + 1e-9
    inputs = torch.from_numpy(features / scale)
    targets, weight = torch.from_numpy(right.astype(np.float64)), torch.from_numpy(shares / shares.sum())
    signs = torch.tensor([1.0 if name in _FOR else -1.0 for name in FEATURES], dtype=torch.float64)
    is_free = torch.tensor([name in _EITHER for name in FEATURES])
    roots = torch.full(signs.shape, _START, dtype=torch.float64, requires_grad=True)
    intercept = torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([roots, intercept], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def weights() -> torch.Tensor:
        return torch.where(is_free, roots, signs * roots**2)

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        logits = inputs @ weights() + intercept
        value = F.binary_cross_entropy_with_logits(logits, targets, weight, reduction="sum")
        value = value + _PENALTY * (weights() ** 2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    scaled = weights().detach().numpy() / scale
    return Confidence(
        round(float(intercept.detach()), 4),
        {name: round(float(one), 4) for name, one in zip(FEATURES, scaled, strict=True)},
    )

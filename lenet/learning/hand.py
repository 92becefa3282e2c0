"""Learn a person's hand from a few corrections: the reference of lenet/ui/scripts/adaptation.js.

Let f be the outputs of f6 and a 1, V₀ the last layer with its biases, (K, 85), and C = E[f fᵀ] over the
training data. The new last layer V minimises

    Σ cross-entropy of the corrections + λ/2 · tr((V − V₀) C (V − V₀)ᵀ).

tr((V − V₀) C (V − V₀)ᵀ) is the mean square by which the logits of the training data change, so that V is free
where no digit of the training lies, and held where many lie. The problem is convex. Its solution has the form
V = V₀ + Σ aᵢ (C⁻¹ fᵢ)ᵀ, with a vector aᵢ for each correction, and only these are sought.
"""

from __future__ import annotations

import numpy as np

STRENGTH = 1.0
"""λ: how firmly the last layer is held."""

_STEPS = 50
"""Of Newton's method, at most; measured: 5 to 10 are enough."""

_TOLERANCE = 1e-9
"""Largest error of the gradient, in probabilities, at which the search ends."""


def adapted(
    output: np.ndarray,
    metric: np.ndarray,
    features: np.ndarray,
    labels: np.ndarray,
    strength: float = STRENGTH,
) -> np.ndarray:
    """The last layer after corrections.

    Args:
        output: float (K, F + 1), weights and, last, biases of digits and signs.
        metric: float (F + 1, F + 1), C.
        features: float (N, F), inputs of the layer for each correction.
        labels: int (N,), numbers of the right outputs; K is "none", whose logit is 0.
        strength: λ.

    Returns:
        float64 (K, F + 1), the new weights and biases.

    Raises:
        ValueError: shapes that do not fit, or a label that is no output.
    """
    _check(output, metric, features, labels)
    inputs = np.pad(features.astype(np.float64), ((0, 0), (0, 1)), constant_values=1)  # (N, F + 1)
    duals = np.linalg.solve(metric.astype(np.float64), inputs.T)  # (F + 1, N)
    kernel = inputs @ duals  # (N, N)
    wanted = np.eye(len(output) + 1)[labels, :-1]  # (N, K)
    coefficients = _minimum(kernel, inputs @ output.T, wanted, strength)
    return output + (duals @ coefficients).T


def _check(output: np.ndarray, metric: np.ndarray, features: np.ndarray, labels: np.ndarray) -> None:
    outputs, inputs = output.shape
    if metric.shape != (inputs, inputs):
        raise ValueError(f"metric: wanted {(inputs, inputs)} numbers, got {metric.shape}")
    if features.shape != (len(labels), inputs - 1):
        raise ValueError(f"features: wanted {(len(labels), inputs - 1)} numbers, got {features.shape}")
    if len(labels) and not (labels.min() >= 0 and labels.max() <= outputs):
        raise ValueError(f"labels: wanted numbers from 0 to {outputs}, got {labels.tolist()}")


def _minimum(kernel: np.ndarray, start: np.ndarray, wanted: np.ndarray, strength: float) -> np.ndarray:
    """The coefficients (N, K) of the best last layer.

    Args:
        kernel: (N, N), fᵢᵀ C⁻¹ fⱼ.
        start: (N, K), logits before.
        wanted: (N, K), 1 for the right output.
        strength: λ.
    """
    count, outputs = start.shape
    coefficients = np.zeros_like(start)
    loss = _loss(start, wanted)
    for _ in range(_STEPS):
        logits = start + kernel @ coefficients
        probabilities = _softmax(logits)
        residuals = wanted - probabilities - strength * coefficients
        if np.abs(kernel @ residuals).max(initial=0) < _TOLERANCE:
            break
        # (λ + W K) d = residuals, W the curvature of the cross-entropy
        curvature = -probabilities[:, :, None] * probabilities[:, None, :]  # (N, K, K)
        curvature[:, range(outputs), range(outputs)] += probabilities
        matrix = np.einsum("ikl,ij->ikjl", curvature, kernel).reshape(count * outputs, -1)
        matrix[np.diag_indices_from(matrix)] += strength
        step = np.linalg.solve(matrix, residuals.ravel()).reshape(residuals.shape)
        decrease = (residuals * (kernel @ step)).sum()
        share = 1.0
        while share > 1e-6:  # half as far until the loss falls as it should
            tried = coefficients + share * step
            change = kernel @ tried
            tried_loss = _loss(start + change, wanted) + strength / 2 * (tried * change).sum()
            if tried_loss <= loss - 1e-4 * share * decrease + 1e-12:
                coefficients, loss = tried, tried_loss
                break
            share /= 2
    return coefficients


def _softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities (N, K) of the outputs; what they lack of 1 is that of "none"."""
    most = np.maximum(logits.max(axis=1, keepdims=True), 0)
    powers = np.exp(logits - most)
    probabilities: np.ndarray = powers / (powers.sum(axis=1, keepdims=True) + np.exp(-most))
    return probabilities


def _loss(logits: np.ndarray, wanted: np.ndarray) -> float:
    """The cross-entropy, summed over the corrections."""
    most = np.maximum(logits.max(axis=1), 0)
    total = np.log(np.exp(logits - most[:, None]).sum(axis=1) + np.exp(-most)) + most
    return float((total - (logits * wanted).sum(axis=1)).sum())

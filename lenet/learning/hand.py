"""Learn a person's hand from a few corrections: the reference of lenet/ui/scripts/adaptation.js.

Let f be the outputs of f6 and a 1, V₀ the last layer with its biases, (K, F + 1), and C = E[f fᵀ] over the
training data. The new last layer V minimises

    Σ cross-entropy of the corrections + λ/2 · tr((V − V₀) C (V − V₀)ᵀ),

where all logits are scaled so that those of the training data have a root mean square of `LOGITS`. The
second term is λ/2 times the mean square by which the logits of the training data change: V is held where many
of these lie, and free elsewhere. The problem is convex. Its solution has the form V = V₀ + Σ aᵢ (C⁻¹ fᵢ)ᵀ,
with a vector aᵢ for each correction, and only these are sought.

The scale makes one λ serve networks that are more or less sure of their training data. By label smoothing the
logits of the shipped network are half as large as those of one that learnt MNIST without.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from lenet.network import metric as metric_file
from lenet.network.model import LeNet
from lenet.synthesis.samples import Samples

STRENGTH = 0.3
"""λ: how firmly the last layer is held. Ten writers see little difference from 0.1 to 1; this is the middle
(docs/hands.txt)."""

LOGITS = 16.0
"""Root mean square, over the training data, to which the logits are scaled, "none" among them, and all of a
drawing less their mean. That of a LeNet trained on MNIST alone."""

STANDING = 10
"""Answers that were let stand and are learnt like corrections, the newest. Ten leave the fewest errors to the
writers who choose, and 20 gain nothing (docs/experiments.md)."""

SURE = 0.98
"""Probability from which an answer that is let stand tells nothing new; 0.9 and 0.95 leave more errors
(docs/experiments.md)."""

_BATCH = 4096
"""Images whose features are computed at a time: 13 MB; not tuned."""

_STEPS = 50
"""Of Newton's method, at most; measured: 5 to 10 are enough."""

_TOLERANCE = 1e-9
"""Largest error of the gradient, in probabilities, at which the search ends."""


def last_layer(network: LeNet) -> np.ndarray:
    """Weights and, last, biases of digits and signs: float64 (K, F + 1)."""
    layers = [network.output, *([network.signs] if network.architecture.signs else [])]
    parts = [torch.cat([layer.weight, layer.bias[:, None]], 1) for layer in layers]
    return torch.cat(parts).detach().numpy().astype(np.float64)


@torch.inference_mode()
def features(network: LeNet, images: torch.Tensor) -> np.ndarray:
    """What the last layer sees.

    Args:
        network: in evaluation mode, on the CPU.
        images: float (N, 28, 28) in [0, 1], 1 = ink, in the form of MNIST.

    Returns:
        float64 (N, F), the outputs of f6.
    """
    seen: list[torch.Tensor] = []
    hook = network.output.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    for batch in torch.split(images, _BATCH):
        network(batch)
    hook.remove()
    return torch.cat(seen).numpy().astype(np.float64)


def with_one(features: np.ndarray) -> np.ndarray:
    """Append to features (N, F) the 1 that the biases are the weights of."""
    return np.pad(features, ((0, 0), (0, 1)), constant_values=1)


def metric(network: LeNet, training: Samples) -> np.ndarray:
    """Measure C, the mean of f fᵀ, over training data, each sample as it is, not distorted.

    With distorted samples corrections took away as many errors, and without there is no randomness.

    Args:
        network: in evaluation mode, on the CPU.
        training: what it learnt from; a sample that is listed twice counts twice.

    Returns:
        float64 (F + 1, F + 1).
    """
    total: np.ndarray = np.zeros(())
    for first in torch.split(training.first, _BATCH):
        inputs = with_one(features(network, training.images[first].float() / 255))
        total = total + inputs.T @ inputs
    return total / len(training)


def save_metric(network: LeNet, training: Samples, weights: Path) -> None:
    """Measure C and write it beside the weights of the network; arguments and errors as for the two."""
    metric_file.save(metric(network, training), weights)


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
    inputs = with_one(features.astype(np.float64))  # (N, F + 1)
    duals = np.linalg.solve(metric.astype(np.float64), inputs.T)  # (F + 1, N)
    kernel = inputs @ duals  # (N, N)
    wanted = np.eye(len(output) + 1)[labels, :-1]  # (N, K)
    scale = LOGITS / _root_mean_square(output, metric)
    coefficients = _minimum(kernel, scale * (inputs @ output.T), wanted, strength)
    return output + (duals @ coefficients).T / scale


def _root_mean_square(output: np.ndarray, metric: np.ndarray) -> float:
    """Of the logits of the training data, "none" among them, each less their mean."""
    rows = np.pad(output.astype(np.float64), ((0, 1), (0, 0)))
    rows -= rows.mean(axis=0)
    return float(np.sqrt(np.einsum("ki,ij,kj->", rows, metric, rows)))


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

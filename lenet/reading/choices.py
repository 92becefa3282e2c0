"""What a span may be, weighed: what the network says about it beside its size, its place and its joins."""

from __future__ import annotations

import numpy as np

from lenet.network.record import Record
from lenet.reading import marks
from lenet.reading.costs import SearchCosts
from lenet.reading.lattice import PieceCosts

_TINY = 1e-9
"""Lower bound of probabilities, so that their logarithm is finite."""


def costs_before(
    pieces: PieceCosts, height: float, misplaced: str, record: Record, costs: SearchCosts
) -> np.ndarray:
    """Compute the cost of each thing that a span may be, without what the network says.

    Args:
        pieces: costs by kind.
        height: of the span, in heights of its line.
        misplaced: the signs that hardly ever stand at its place, as from `marks.misplaced`.
        record: of the network.
        costs: of the search.

    Returns:
        float64 (K + 1,), in nats: of each symbol of the alphabet, the last "none", then of the mark.
    """
    gain = costs.tall * marks.tall_gain(height)
    of_signs = [
        pieces.sign
        + (costs.tall_sign - gain) * (sign in marks.TALL_SIGNS)
        + costs.misplaced * (sign in misplaced)
        for sign in record.signs
    ]
    return np.array([*[pieces.digit] * len(record.digits), *of_signs, pieces.none, pieces.mark])


def choice_costs(
    before: np.ndarray, probabilities: np.ndarray, record: Record, costs: SearchCosts
) -> np.ndarray:
    """Add what the network says to the costs of all that a span may be.

    Args:
        before: float64 (K + 1,), of `costs_before`.
        probabilities: float (K,), over the alphabet.
        record: of the network.
        costs: of the search.

    Returns:
        float64 (K + 1,), in nats.
    """
    unlikely = surprise(probabilities)
    found = before.copy()
    found[:-2] += costs.evidence * unlikely[:-1]
    found[:-2] += costs.refused * bool(probabilities[-1] > record.refusal.search)
    found[-2] += unlikely[-1]
    return found


def surprise(probabilities: np.ndarray) -> np.ndarray:
    """Return the negative log probabilities, float64, in nats and finite."""
    return -np.log(np.maximum(probabilities, _TINY, dtype=np.float64))

"""What a span may be, weighed: what the network says about it beside its size, its place and its joins."""

from __future__ import annotations

import numpy as np

from lenet.network.record import Record
from lenet.reading import marks
from lenet.reading.costs import SearchCosts
from lenet.reading.lattice import PieceCosts

_TINY = 1e-9
"""Lower bound of probabilities, so that their logarithm is finite."""


def choice_costs(
    pieces: PieceCosts,
    probabilities: np.ndarray,
    height: float,
    is_first: bool,
    is_last: bool,
    record: Record,
    costs: SearchCosts,
) -> np.ndarray:
    """Compute the cost of each thing that a span may be.

    Args:
        pieces: costs of what it may be, without what the network says.
        probabilities: float (K,), over the alphabet.
        height: of the span, in heights of its line.
        is_first: whether it is the first of its line.
        is_last: whether it is the last.
        record: of the network.
        costs: of the search.

    Returns:
        float64 (K + 1,), in nats: of each symbol of the alphabet, the last "none", then of the mark.
    """
    digits = len(record.digits)
    surprise = -np.log(np.maximum(probabilities, _TINY, dtype=np.float64))
    found = np.append(costs.evidence * surprise, pieces.mark)
    found[:-2] += costs.refused * bool(probabilities[-1] > record.refusal.search)
    found[:digits] += pieces.digit
    found[digits:-2] += pieces.sign + costs.of_signs(record.signs)
    found[digits:-2] -= costs.tall * marks.tall_gain(height) * _is_tall(record)
    misplaced = (marks.NOT_FIRST if is_first else "") + (marks.NOT_LAST if is_last else "")
    found[digits:-2] += [costs.misplaced * (sign in misplaced) for sign in record.signs]
    found[-2] = surprise[-1] + pieces.none
    return found


def _is_tall(record: Record) -> np.ndarray:
    """Bool (S,): which signs of the alphabet most people write taller than digits."""
    return np.array([sign in marks.TALL_SIGNS for sign in record.signs], bool)

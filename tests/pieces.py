"""Pieces of a line with given answers of the network, for tests of what the whole line tells."""

from __future__ import annotations

import math

import numpy as np

from lenet.network.record import Record
from lenet.reading.choices import choice_costs, costs_before
from lenet.reading.costs import SearchCosts
from lenet.reading.lattice import Choices, PieceCosts


def piece_of(probabilities: dict[str, float], height: float) -> Choices:
    """A piece within a number, of a height in heights of its line; what is not named is hardly likely."""
    record, costs = Record(), SearchCosts()
    answers = np.array([probabilities.get(symbol, 1e-6) for symbol in record.alphabet])
    before = costs_before(PieceCosts(0.0, 0.0, costs.refused, math.inf), height, "", record, costs)
    return Choices(0, 1, choice_costs(before, answers, record, costs), (*record.alphabet[:-1], "", ""))

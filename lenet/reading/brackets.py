"""Brackets, which come in pairs: one alone is unlikely, and where one opens another closes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lenet.reading.costs import SearchCosts
from lenet.reading.lattice import Choice, Choices

OPEN, CLOSE = "()"


def paired(path: Sequence[Choice], choices: Sequence[Choices], costs: SearchCosts) -> list[Choice]:
    """Take the two pieces of a path for a pair of brackets for which that is cheapest, if it is cheaper.

    Args:
        path: what each piece is taken for, from left to right.
        choices: all that each may be.
        costs: of the search; a pair costs `costs.pair` less than two signs by themselves.
    """
    # Of all pieces so far the one that costs least as a bracket that opens; and of those before a digit.
    waiting = opened = (math.inf, -1)
    best = (costs.pair, -1, -1)
    for index, (piece, known) in enumerate(zip(path, choices, strict=True)):
        best = min(best, (opened[0] + known.excess(CLOSE, piece.text), opened[1], index))
        if piece.text.isdecimal():
            opened = waiting
        waiting = min(waiting, (known.excess(OPEN, piece.text), index))
    changed = {best[1]: OPEN, best[2]: CLOSE}  # at -1, which is no piece, where there is no pair
    return [piece._replace(text=changed.get(index, piece.text)) for index, piece in enumerate(path)]

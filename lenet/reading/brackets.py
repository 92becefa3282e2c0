"""Brackets, which come in pairs: one alone is unlikely, and where one opens another closes."""

from __future__ import annotations

from collections.abc import Sequence

from lenet.reading.costs import SearchCosts
from lenet.reading.lattice import Choice, Choices

OPEN, CLOSE = "()"


def paired(path: Sequence[Choice], choices: Sequence[Choices], costs: SearchCosts) -> list[Choice]:
    """Take two pieces of a path for a pair of brackets where that is cheaper.

    Args:
        path: what each piece is taken for, from left to right.
        choices: all that each may be.
        costs: of the search; a pair costs `costs.pair` less than two signs by themselves.
    """
    opening = [_excess(piece, known, OPEN) for piece, known in zip(path, choices, strict=True)]
    closing = [_excess(piece, known, CLOSE) for piece, known in zip(path, choices, strict=True)]
    pairs = [
        (opening[first] + closing[last], first, last)
        for first in range(len(path))
        for last in range(first + 2, len(path))
        if any(piece.text.isdecimal() for piece in path[first + 1 : last])
    ]
    if not pairs or min(pairs)[0] >= costs.pair:
        return list(path)
    _, first, last = min(pairs)
    changed = {first: OPEN, last: CLOSE}
    return [piece._replace(text=changed.get(index, piece.text)) for index, piece in enumerate(path)]


def _excess(piece: Choice, choices: Choices, text: str) -> float:
    """How much more it costs to take a piece for a bracket than for what it is taken for, in nats."""
    costs = dict(zip(choices.texts, choices.costs.tolist(), strict=True))
    # What is refused may be cheapest as a digit.
    present = costs[piece.text] if piece.text else float(choices.costs.min())
    return costs[text] - present

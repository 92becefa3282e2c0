"""A hint on how many digits to expect, and the search that keeps to it."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Collection, Iterator, Sequence
from numbers import Integral
from typing import NamedTuple

from lenet.errors import InputError
from lenet.reading.lattice import Choice, Choices, Line

MAX_EXPECTED = 100
"""Maximum number of digits that may be expected: a bound on time."""


class Expected(NamedTuple):
    """How many digits to expect, both counts included."""

    least: int
    most: int

    @classmethod
    def parse(cls, digits: object) -> Expected | None:
        """Take a number of digits, the least and most as a pair, or None for any number.

        Raises:
            InputError: it is something else.
        """
        if digits is None:
            return None
        pair = tuple(digits) if isinstance(digits, tuple | list) else (digits, digits)
        whole = all(isinstance(count, Integral) and not isinstance(count, bool) for count in pair)
        if not (whole and len(pair) == 2 and 1 <= pair[0] <= pair[1] <= MAX_EXPECTED):
            raise InputError(
                f"digits: wanted a whole number from 1 to {MAX_EXPECTED}, or the least and the most as a "
                f"pair, got {reprlib.repr(digits)}; leave it out where the number is not known"
            )
        return cls(*map(int, pair))


def contradicts(
    expected: Expected, lines: Sequence[Line], digits: Collection[str], refuse_from: float
) -> bool:
    """Tell whether ink contradicts a hint: another number was read, or a piece left out that is no "none".

    Args:
        expected: the hint.
        lines: as they were read.
        digits: the texts of digits.
        refuse_from: probability of "none" above which a piece is refused.
    """
    pieces = [piece for line in lines for piece in line.pieces]
    count = sum(piece.text in digits for piece in pieces)
    left_out = (piece for piece in pieces if not (piece.text or piece.is_mark))
    is_met = expected.least <= count <= expected.most
    return not is_met or any(piece.probabilities[-1] <= refuse_from for piece in left_out)


class _Path(NamedTuple):
    """A path from the first segment on: its cost in nats, its last choice, and the path before that."""

    cost: float
    choice: Choice | None = None
    before: _Path | None = None

    def choices(self) -> list[Choice]:
        """Return the choices from the first to the last."""
        found: list[Choice] = []
        path: _Path | None = self
        while path is not None and path.choice is not None:
            found.append(path.choice)
            path = path.before
        return found[::-1]


def best_paths(lattices: Sequence[Sequence[Choices]], expected: Expected, digits: int) -> list[list[Choice]]:
    """Find the cheapest paths through lines that together read as many digits as expected.

    Args:
        lattices: of each line, the choices of each span that the network was queried about, ordered by the
            first segment.
        expected: how many digits; where no paths read so many, the nearest number that some read is taken.
        digits: how many symbols of the alphabet are digits, the first ones.

    Returns:
        For each line its path.
    """
    too_many = expected.most + 1  # stands for all numbers above
    by_line = [_by_count(lattice, too_many, digits) for lattice in lattices]
    # For each line and number of digits up to its end: the least cost, the number before it, and its own.
    tables: list[dict[int, tuple[float, int, int]]] = []
    costs = {0: 0.0}
    for of_line in by_line:
        table: dict[int, tuple[float, int, int]] = {}
        for before, cost in costs.items():
            for count, path in of_line.items():
                total, after = cost + path.cost, min(before + count, too_many)
                if after not in table or total < table[after][0]:
                    table[after] = (total, before, count)
        tables.append(table)
        costs = {after: cost for after, (cost, _, _) in table.items()}

    def preference(count: int) -> tuple[int, float]:
        return max(expected.least - count, count - expected.most, 0), costs[count]

    at = min(costs, key=preference)
    found: list[list[Choice]] = []
    for of_line, table in zip(reversed(by_line), reversed(tables), strict=True):
        _, before, count = table[at]
        found.append(of_line[count].choices())
        at = before
    return found[::-1]


def _by_count(lattice: Sequence[Choices], too_many: int, digits: int) -> dict[int, _Path]:
    """The cheapest path of a line for each number of digits; `too_many` stands for all from there on."""
    last = max(choices.end for choices in lattice)
    nodes: list[dict[int, _Path]] = [{0: _Path(0.0)}, *({} for _ in range(last))]
    for choices in lattice:
        for number, cost, text in _cheapest(choices, digits):
            for count, path in nodes[choices.start].items():
                total, after = path.cost + cost, min(count + number, too_many)
                known = nodes[choices.end].get(after)
                if known is None or total < known.cost:
                    choice = Choice((choices.start, choices.end), text)
                    nodes[choices.end][after] = _Path(total, choice, path)
    return nodes[-1]


def _cheapest(choices: Choices, digits: int) -> Iterator[tuple[int, float, str]]:
    """The cheapest digit of a span, and the cheapest of all else: number of digits, cost and text."""
    for number, first, last in ((1, 0, digits), (0, digits, len(choices.costs))):
        index = first + int(choices.costs[first:last].argmin())
        if choices.costs[index] < math.inf:
            yield number, float(choices.costs[index]), choices.texts[index]

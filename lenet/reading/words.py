"""Words beside numbers: runs of pieces none of which reads anything.

Within a number a piece is hardly ever "none", so refusing one is dear, and a letter would rather be cut into
what passes for digits ("E" into "1="). But letters come in words: whoever writes one writes more. So a path
may also go through words, where refusing costs nothing, and only beginning one does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from lenet.reading.lattice import Span


class Arc(NamedTuple):
    """A span and what it costs to pass through it, in nats.

    Attributes:
        span: of the line's segments.
        number: cost as a piece of a number.
        letter: cost as a letter of a word.
    """

    span: Span
    number: float
    letter: float


class Step(NamedTuple):
    """A span of a path, and whether it is a letter."""

    span: Span
    is_letter: bool


class _Path(NamedTuple):
    cost: float
    steps: tuple[Step, ...]

    def through(self, step: Step, cost: float) -> _Path:
        return _Path(self.cost + cost, (*self.steps, step))


_NOWHERE = _Path(math.inf, ())


def cheapest_path(arcs: Iterable[Arc], end: int, word: float) -> tuple[Step, ...]:
    """Find the cheapest path through a line of numbers and words (Viterbi with two states).

    Args:
        arcs: ordered by the first segment; a path of them leads from 0 to `end`.
        end: number of segments.
        word: cost of beginning a word, in nats.
    """
    numbers, words = [_Path(0.0, ()), *[_NOWHERE] * end], [_NOWHERE] * (end + 1)
    for (start, after), number, letter in arcs:
        span = (start, after)
        before = min(numbers[start], words[start], key=_cost)
        numbers[after] = min(numbers[after], before.through(Step(span, is_letter=False), number), key=_cost)
        begun = _Path(numbers[start].cost + word, numbers[start].steps)
        inside = min(begun, words[start], key=_cost)
        words[after] = min(words[after], inside.through(Step(span, is_letter=True), letter), key=_cost)
    return min(numbers[end], words[end], key=_cost).steps


def _cost(path: _Path) -> float:
    return path.cost

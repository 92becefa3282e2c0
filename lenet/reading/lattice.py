"""The elements of the lattice of a line: segments, spans of them, and what is known about each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from lenet.ink.boxes import Box
from lenet.reading.parts import Part

Span = tuple[int, int]
"""Neighbouring segments: the first, and the last + 1."""


class Segment(NamedTuple):
    """A part of a line, and how it stands to the segment before it.

    Attributes:
        part: its ink or strokes.
        division: cost of dividing the two, in nats.
        is_attached: whether they touch or overlap horizontally.
        is_cut: whether they were one part that was cut.
    """

    part: Part
    division: float
    is_attached: bool
    is_cut: bool


class Variant(NamedTuple):
    """A span as one part, as it is shown to the network, and what this variant of it costs, in nats."""

    part: Part
    extra: float


class Result(NamedTuple):
    """The answer to a query about a span.

    Attributes:
        variant: what was shown.
        image: its MNIST form, float32 (28, 28).
        probabilities: float (K,), over the alphabet.
    """

    variant: Variant
    image: np.ndarray
    probabilities: np.ndarray


class Choice(NamedTuple):
    """A span and what it is taken for: a digit, a sign, or "" for nothing."""

    span: Span
    text: str


class Choices(NamedTuple):
    """All that a span may be.

    Attributes:
        start: its first segment.
        end: the last + 1.
        costs: float64 (K + 1,), in nats, of each symbol of the alphabet, the last "none", then of the mark
            that its place tells; infinite if ruled out.
        texts: K + 1, what each reads: a digit, a sign, or "" for nothing.
    """

    start: int
    end: int
    costs: np.ndarray
    texts: tuple[str, ...]

    def excess(self, text: str, present: str) -> float:
        """Return how much more it costs to take the span for a text than for what it is taken for, in nats.

        Args:
            text: a digit or sign.
            present: the same, or "" for nothing; what is refused may be cheapest as a digit.
        """
        costs = dict(zip(self.texts, self.costs.tolist(), strict=True))
        return costs[text] - (costs[present] if present else float(self.costs.min()))


class PieceCosts(NamedTuple):
    """Costs of what a span may be taken for, probabilities aside; infinite if ruled out.

    Attributes:
        digit: a digit.
        sign: a sign that the network tells, without what `SearchCosts` adds for each.
        none: "none", which reads nothing.
        mark: a small mark, which its place tells.
    """

    digit: float
    sign: float
    none: float
    mark: float


@dataclass(frozen=True)
class Piece:
    """Ink or strokes that were taken for one digit or sign, for "none" or for a mark.

    Attributes:
        box: in pixels of the ink or units of the strokes.
        image: float32 (28, 28) in [0, 1], in MNIST form.
        probabilities: float (K,), over the alphabet.
        text: the digit or sign, or "" for what is none and for a sign beside no digit.
        probability: that the network gives the text; 1 for a mark and where there is none.
        is_mark: whether its place told what it is, not the network.
        after_space: a gap lies before it that separates two numbers.
        part: what the image was made of.
    """

    box: Box
    image: np.ndarray
    probabilities: np.ndarray
    text: str
    probability: float
    is_mark: bool
    after_space: bool
    part: Part | None = None


class Line(NamedTuple):
    """A line as it was read.

    Attributes:
        pieces: from left to right.
        height: in the unit of the boxes.
        log_posterior: natural logarithm of the share that the text has in the likelihood of all that the line
            may read.
        cost: of its path, in nats.
    """

    pieces: list[Piece]
    height: float
    log_posterior: float
    cost: float

    def followed_by(self, other: Line) -> Line:
        """Return this line and a number of another size in the same row, on its right, as one."""
        first, *others = other.pieces
        return Line(
            [*self.pieces, replace(first, after_space=True), *others],
            self.height,
            self.log_posterior + other.log_posterior,
            self.cost + other.cost,
        )


class Paths(NamedTuple):
    """Paths from the first segment on that read the same text.

    Attributes:
        total: negative logarithm of the sum of their likelihoods.
        cost: of the cheapest of them.
        spans: of the cheapest of them.
    """

    total: float
    cost: float
    spans: list[Span]

    def extended(self, span: Span, cost: float) -> Paths:
        """Lead each path on through a span."""
        return Paths(self.total + cost, self.cost + cost, [*self.spans, span])

    def merged(self, others: Paths) -> Paths:
        """Add up these paths and others that read the same text."""
        cheapest = min(self, others, key=lambda paths: paths.cost)
        return cheapest._replace(total=-float(np.logaddexp(-self.total, -others.total)))

"""The elements of the lattice of a line: segments, spans of them, and what is known about each."""

from __future__ import annotations

from dataclasses import dataclass
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


class PieceCosts(NamedTuple):
    """Costs of taking a span for a digit, "none" or a mark, probabilities aside; infinite if ruled out."""

    digit: float
    none: float
    mark: float


@dataclass(frozen=True)
class Piece:
    """Ink or strokes that were taken for one digit, for "none" or for a mark.

    Attributes:
        box: in pixels of the ink or units of the strokes.
        image: float32 (28, 28) in [0, 1], in MNIST form.
        probabilities: float (K,), over the alphabet.
        is_mark: too low beside the others to be a digit: a dot, a dash, a comma.
        after_space: a gap lies before it that separates two numbers.
    """

    box: Box
    image: np.ndarray
    probabilities: np.ndarray
    is_mark: bool
    after_space: bool


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

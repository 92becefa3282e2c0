"""One line as a lattice: its segments, the pieces they may be joined to, and the best path through these.

A line is over-segmented: its segments are parts, or what a part was cut into, from left to right. A span of
neighbouring segments is a piece that may be one digit, an arc of the lattice; a path from the first segment
to the last is a division of the line into pieces (LeCun et al. 1998, section VI). The network is
queried only about spans that may lie on the cheapest path or on a rival of it, since the cost of joining the
segments of a span is a lower bound of what taking it costs.

The constants were tuned on numbers by PenDigits' training writers and on cheques (docs/experiments.md,
"Segmentation of touching digits").
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from lenet.ink.boxes import Box
from lenet.network.record import Record
from lenet.reading import marks
from lenet.reading.beam import likeliest_path
from lenet.reading.choices import choice_costs, costs_before, surprise
from lenet.reading.costs import SearchCosts
from lenet.reading.lattice import (
    Choices,
    PieceCosts,
    Result,
    Segment,
    Span,
    Variant,
)
from lenet.reading.parts import Part
from lenet.reading.reading_order import SMALL

MAX_PARTS = 6
"""Maximum number of parts, each whole or cut, that are joined to one digit."""

MAX_WIDTH = 1.7
"""Maximum width of a join, in heights of its line."""

MAX_CUT_WIDTH = 1.2
"""The same for a join that ends with a segment cut off from the one before it."""

MAX_GAP = 0.6
"""Maximum gap between two parts that are joined, in heights of their line."""

MIN_SEVERAL_WIDTH = 0.5
"""Minimum width of a part that may be several digits, in heights of its line."""

LOW_BELOW = 0.6
"""Height of a piece below which taking it for a digit has a cost, in heights of its line."""


@dataclass
class LineSearch:
    """The lattice of a line, and what the network has said about its spans so far.

    Attributes:
        segments: from left to right.
        height: of the line, in the unit of the parts' boxes.
        costs: of the search.
        record: what the network's outputs mean.
        results: the network's answer to each span that it was queried about; of several variants the
            cheapest.
        lower_bounds: lower bound of the cost of each span, in nats, ordered by the first segment; exact where
            there is a result. Not a bound for tall signs, which may cost less; so a tall sign of several
            segments is found only where joining them is worth a query anyway.
    """

    segments: list[Segment]
    height: float
    costs: SearchCosts = field(default_factory=SearchCosts)
    record: Record = field(default_factory=Record)
    results: dict[Span, Result] = field(default_factory=dict)
    lower_bounds: dict[Span, float] = field(init=False)
    _weighed: dict[Span, Choices] = field(init=False, default_factory=dict)
    _marks: dict[Span, str | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.lower_bounds = {span: self.joining(*span) - self.gain(*span) for span in self._spans()}

    # Spans and their costs

    def _spans(self) -> Iterator[Span]:
        """All spans that may be one digit."""
        for start in range(len(self.segments)):
            end_of_part = self._end_of_part(start)
            yield start, start + 1
            parts, (left, right) = 1, self._sides(start)
            for end in range(start + 2, len(self.segments) + 1):
                last = self.segments[end - 1]
                parts += not last.is_cut
                sides = self._sides(end - 1)
                left, right = min(left, sides[0]), max(right, sides[1])
                if parts > MAX_PARTS or self._gap(end - 1) > MAX_GAP * self.height:
                    break
                widest = MAX_CUT_WIDTH if last.is_cut else MAX_WIDTH
                # What was one part is always tried as one, however wide it is.
                if end == end_of_part or right - left <= widest * self.height:
                    yield start, end

    def _end_of_part(self, start: int) -> int:
        """End of the segments cut from the same part as `start`, or 0 if `start` is not their first."""
        if self.segments[start].is_cut:
            return 0
        end = start + 1
        while end < len(self.segments) and self.segments[end].is_cut:
            end += 1
        return end

    def _gap(self, index: int) -> float:
        """Gap between a segment and the one before it; negative where they overlap."""
        return self._sides(index)[0] - self._sides(index - 1)[1]

    def _sides(self, index: int) -> tuple[float, float]:
        left, _, width, _ = self.segments[index].part.box
        return left, left + width

    def joining(self, start: int, end: int) -> float:
        """Cost of joining the segments of a span, and of dividing them from the one before."""
        divided = self.segments[start].division if start else 0.0
        return divided + sum(self._join(index) for index in range(start + 1, end))

    def gain(self, start: int, end: int) -> float:
        """How much less a digit costs that all of several segments are."""
        return self.costs.one * (end - start == len(self.segments) > 1)

    def _join(self, index: int) -> float:
        """Cost of joining a segment to the one before it."""
        if self.segments[index].is_attached:
            return 0.0
        return self.costs.join + self.costs.join_gap * max(0.0, self._gap(index)) / self.height

    def piece_costs(self, start: int, end: int, variant: Variant) -> PieceCosts:
        """Costs of what a span may be taken for, without what the network says."""
        basis = self.joining(start, end) + variant.extra
        width, height = (side / self.height for side in variant.part.box[2:])
        excess = max(0.0, width - 1)
        shape = self.costs.low * max(0.0, LOW_BELOW - height) + self.costs.wide * excess
        shape -= self.gain(start, end)
        # Only a single segment or the whole line may be "none": within a number, digits are likelier.
        none = math.inf
        if end - start in (1, len(self.segments)):
            none = self.costs.refused + self.costs.refused_wide * excess
            are_parts = not all(segment.is_cut for segment in self.segments[start + 1 : end])
            none += self.costs.refused_all * are_parts
        mark = self.mark(start, end)
        is_attached = any(segment.is_attached for segment in self.segments[start : start + 2])
        of_mark = math.inf if mark is None else self.costs.refused * (is_attached and end == start + 1)
        divided = self.segments[start].division if start else 0.0  # the points of a colon are apart
        return PieceCosts(basis + shape, basis + self.costs.wide * excess, basis + none, divided + of_mark)

    def mark(self, start: int, end: int) -> str | None:
        """The mark that a span is by its place, or None; see `marks.mark_at`."""
        if (start, end) not in self._marks:
            self._marks[start, end] = marks.mark_at(self._boxes, start, end, self.height)
        return self._marks[start, end]

    @cached_property
    def _boxes(self) -> np.ndarray:
        """Float64 (S, 4): of the segments."""
        return np.array([segment.part.box for segment in self.segments], np.float64)

    def choices(self, span: Span) -> Choices:
        """Return all that a span may be that the network was queried about."""
        if span not in self._weighed:
            self._weighed[span] = self._weigh(span, self.results[span])
        return self._weighed[span]

    def _weigh(self, span: Span, result: Result) -> Choices:
        before = self.costs_before(span, result.variant)
        costs = choice_costs(before, result.probabilities, self.record, self.costs)
        return Choices(*span, costs, (*self.record.alphabet[:-1], "", self.mark(*span) or ""))

    def costs_before(self, span: Span, variant: Variant) -> np.ndarray:
        """Costs of all that a span may be, without what the network says; see `choices.costs_before`."""
        misplaced = marks.misplaced(*span, len(self.segments))
        height = variant.part.box[3] / self.height
        pieces = self.piece_costs(*span, variant)
        return costs_before(pieces, height, misplaced, self.record, self.costs)

    def all_choices(self) -> list[Choices]:
        """Return the choices of all spans that the network was queried about, by the first segment."""
        return [self.choices(span) for span in sorted(self.results)]

    # Queries to the network

    def joined(self, start: int, end: int) -> Part:
        """Return a span as one part."""
        return joined([segment.part for segment in self.segments[start:end]])

    def variants(self, start: int, end: int) -> Iterator[Variant]:
        """Yield a span as one part, in each variant worth a query."""
        yield Variant(self.joined(start, end), 0.0)
        if any(segment.is_cut for segment in (self.segments[start], *self.segments[end : end + 1])):
            generous = [segment.part.generous() for segment in self.segments[start:end]]
            yield Variant(joined(generous), self.costs.more_shared)

    def add(self, span: Span, result: Result) -> None:
        """Keep the answer to a query, unless another variant of the span is cheaper."""
        choices = self._weigh(span, result)
        cost = float(choices.costs.min())
        if span not in self.results or cost < self.lower_bounds[span]:
            self.results[span], self.lower_bounds[span], self._weighed[span] = result, cost, choices

    def open_spans(self, rivals: bool) -> list[Span]:
        """Spans to query next: those that may lie on the cheapest path, or on a rival of it.

        Empty once the cheapest path is known, and with `rivals` its rivals too.
        """
        through = self._costs_through(self.lower_bounds)
        most = min(through.values()) + self.costs.rivals
        if not rivals:
            most = min(most, self._cheapest_path()[0])
        return [span for span, cost in through.items() if span not in self.results and cost < most]

    def required_spans(self) -> list[Span]:
        """Spans of the path of least lower bound that are not queried yet; empty if a path is queried."""
        if self._cheapest_path()[0] < math.inf:
            return []
        through = self._costs_through(self.lower_bounds)
        least = min(through.values()) + 1e-6  # the spans of one path, but for rounding
        return [span for span, cost in through.items() if span not in self.results and cost <= least]

    # Paths

    def _costs_through(self, spans: Collection[Span]) -> dict[Span, float]:
        """Lower bound of the cost of the cheapest path through each span; forward and backward pass."""
        before = [0.0] + [math.inf] * len(self.segments)
        for start, end in spans:
            before[end] = min(before[end], before[start] + self.lower_bounds[start, end])
        after = [math.inf] * len(self.segments) + [0.0]
        for start, end in reversed(list(spans)):
            after[start] = min(after[start], self.lower_bounds[start, end] + after[end])
        return {
            (start, end): before[start] + self.lower_bounds[start, end] + after[end] for start, end in spans
        }

    def _cheapest_path(self) -> tuple[float, list[Span]]:
        """Cost and spans of the cheapest path of queried spans (Viterbi); infinite if there is none."""
        nowhere: tuple[float, list[Span]] = (math.inf, [])
        paths = [(0.0, []), *[nowhere] * len(self.segments)]
        for (start, end), cost in self.lower_bounds.items():
            before, spans = paths[start]
            if (start, end) in self.results and before + cost < paths[end][0]:
                paths[end] = (before + cost, [*spans, (start, end)])
        return paths[-1]

    def _cuts(self, spans: list[Span]) -> bool:
        return any(self.segments[start].is_cut for start, _ in spans)

    def best_path(self) -> list[Span]:
        """The cheapest path or, where that cuts ink, the cheapest that reads the likeliest text.

        Where digits touch, many cuts agree on the right text, while a wrong text may owe its low cost to one
        lucky cut. So the likelihoods of paths that read the same are added up (forward algorithm,
        LeCun et al. 1998, section VI.C).
        """
        cheapest, spans = self._cheapest_path()
        if not self._cuts(spans):
            return spans
        through = self._costs_through([span for span in self.lower_bounds if span in self.results])
        likely = [span for span, cost in through.items() if cost <= cheapest + self.costs.rivals]
        texts = [tuple(filter(None, [self.text(span)])) for span in likely]
        costs = [
            self.lower_bounds[span] + self.costs.per_digit * len(text)
            for span, text in zip(likely, texts, strict=True)
        ]
        return likeliest_path(likely, texts, costs, len(self.segments))

    def text(self, span: Span) -> str:
        """What stands in the text for a span: a mark, or the cheapest digit or sign unless it is refused."""
        choices, result = self.choices(span), self.results[span]
        if choices.costs.argmin() == len(choices.costs) - 1:
            return choices.texts[-1]
        if result.probabilities[-1] > self.record.refusal.reading:
            return ""
        return choices.texts[int(choices.costs[:-2].argmin())]

    def letter_cost(self, span: Span) -> float:
        """Cost of taking a span for a letter of a word; what is wider than high may be digits that touch."""
        variant, _, probabilities = self.results[span]
        excess = max(0.0, variant.part.box[2] / self.height - 1)
        return self.joining(*span) + surprise(probabilities)[-1] + self.costs.refused_wide * excess

    # What to cut

    def doubtful_segments(self) -> set[int]:
        """Segments that may be several digits, of pieces on the cheapest path that may be cheaper cut."""
        _, path = self._cheapest_path()
        return {
            index
            for start, end in path
            if self._is_doubtful(start, end)
            for index in range(start, end)
            if self._may_be_several(self.segments[index].part.box)
        }

    def _is_doubtful(self, start: int, end: int) -> bool:
        """Whether a piece may be cheaper as several digits, of which each but the first costs a cut."""
        box = self.results[start, end].variant.part.box
        excess = self.lower_bounds[start, end] - self.joining(start, end)
        return self._may_be_several(box) and excess > self.costs.cut

    def _may_be_several(self, box: Box) -> bool:
        return box[2] >= MIN_SEVERAL_WIDTH * self.height and box[3] >= SMALL * self.height


def joined(parts: Sequence[Part]) -> Part:
    """Return parts of a kind as one."""
    first, *others = parts
    return first.joined(others) if others else first

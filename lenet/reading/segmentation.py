"""The ink or the strokes of a page -> pieces in reading order, each a digit, a sign or neither.

Touching digits are cut as in LeCun et al. 1998, section V (heuristic over-segmentation): a blob that may be
several digits is cut wherever that is cheap, into more segments than there are digits (`seams`). The network
reads every segment and every join of neighbours that may be better, with less and with more of the ink beyond
the cuts, and the best path through the lattice of a line is taken (`line_search`). The same search joins
a 5 and its bar, or the parts of a broken stroke. On the pad, where strokes are known, it finds which of them
are one digit.

A likelihood alone would join or cut too freely where the network has two good answers. So every join over a
gap, every cut through ink and every division of parts that overlap costs something (`costs`).

The constants were tuned on numbers by PenDigits' training writers and on cheques (docs/experiments.md,
"The search").
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lenet.ink.boxes import around, horizontal_overlap
from lenet.network.classifiers import Classifier
from lenet.network.record import Record
from lenet.reading.costs import SearchCosts
from lenet.reading.expected import Expected, best_paths
from lenet.reading.lattice import Line, Result, Segment, Span
from lenet.reading.line_search import LineSearch, joined
from lenet.reading.parts import InkPart, Part, parts_of_ink
from lenet.reading.reading_order import Group, lines_of
from lenet.reading.result import SURE_FROM
from lenet.reading.transcription import transcribe

FREE_OVERLAP = 0.3
"""Maximum horizontal overlap of two parts that are divided at no cost, as a fraction of the narrower one."""

ALONE = 1.3
"""Width of a line below which it may be a single symbol, in heights of the line."""

MAX_QUERIES = 3000
"""Number of queries per page and round beyond which only those that every line needs are made: specks can be
joined in countless ways. Measured on pictures of 800 and 2,500 specks."""

MAX_PARTS = 800
"""Number of parts of a page beyond which none is cut and the page is not turned: a bound on time, set so that
pictures of any number of specks take less than 3 s. A full page of numbers has some 300."""


def segment(
    parts: Sequence[Part],
    classify: Classifier,
    costs: SearchCosts,
    record: Record,
    cut: bool = True,
    expected: Expected | None = None,
) -> list[Line]:
    """Divide a page into lines of pieces.

    Args:
        parts: from `parts_of_ink` or `parts_of_strokes`.
        classify: the network.
        costs: of the search.
        record: what the network's outputs mean.
        cut: whether to cut parts that may be several digits; a quick pass goes without.
        expected: how many digits there are, if that is known.

    Returns:
        The lines from top to bottom, each with at least one piece, from left to right.
    """
    if expected == (1, 1) and parts:
        parts = [joined(parts)]

    def searched(group: Group) -> LineSearch:
        return LineSearch(_segments(group.parts, group.height, costs), group.height, costs, record)

    def is_number(group: Group) -> bool:
        line = searched(group)
        _query([line], classify)
        return all(
            piece.text in record.digits and piece.probability >= SURE_FROM
            for piece in transcribe(line).pieces
        )

    groups = lines_of(parts, is_number)
    lines = [searched(group) for group in groups]
    _query(lines, classify)
    if cut and expected != (1, 1) and len(parts) <= MAX_PARTS:
        lines = [_cut_where_doubtful(line) for line in lines]
        _query(lines, classify)
        _query(lines, classify, rivals=True)
    if expected is None:
        return _in_rows(groups, [transcribe(line) for line in lines])
    _query_all(lines, classify)
    paths = best_paths([line.all_choices() for line in lines], expected, len(record.digits))
    return _in_rows(groups, [transcribe(line, path) for line, path in zip(lines, paths, strict=True)])


def _in_rows(groups: Sequence[Group], lines: Sequence[Line]) -> list[Line]:
    """Lines with those of one row as one; its height is that of the digits around."""
    rows: list[Line] = []
    for group, line in zip(groups, lines, strict=True):
        if group.follows:
            rows[-1] = rows[-1].followed_by(line)
        else:
            rows.append(line._replace(height=group.around))
    return rows


def candidates(ink: np.ndarray) -> list[InkPart]:
    """Return everything the network is queried about where ink is cut wherever it can be, likely or not.

    Args:
        ink: float32 (height, width) in [0, 1].
    """
    found: list[InkPart] = []
    for line in _lines_cut_everywhere(ink):
        found += [line.joined(*span) for span in line.lower_bounds]  # type: ignore[misc]  # parts of ink are
    return found


@dataclass(frozen=True)
class Lattice:
    """A line as a graph (LeCun et al. 1998, section VI): its paths from end to end divide it into pieces.

    Attributes:
        images: float32 (M, 28, 28), of each arc, a piece that the network was queried about.
        spans: int (M, 2), where each arc begins and ends; arcs that begin earlier come first.
        costs: float32 (M, K + 1), in nats, what it costs to take each for a symbol of the alphabet, the last
            "none", or for a mark, whatever the network says; infinite where that may not be.
        end: where the last arcs end; the first begin at 0.
    """

    images: np.ndarray
    spans: np.ndarray
    costs: np.ndarray
    end: int


def lattice(ink: np.ndarray, classify: Classifier) -> Lattice:
    """Find the cheapest path through a line of ink that is cut wherever it can be, and its rivals.

    Args:
        ink: float32 (height, width) in [0, 1], of one line.
        classify: the network.
    """
    (line,) = _lines_cut_everywhere(ink)
    _query([line], classify, rivals=True)
    spans = sorted(line.results)
    results = [line.results[span] for span in spans]
    costs = [line.costs_before(span, result.variant) for span, result in zip(spans, results, strict=True)]
    return Lattice(
        np.stack([result.image for result in results]),
        np.array(spans),
        np.array(costs, np.float32),
        len(line.segments),
    )


# Segments -----------------------------------------------------------------------------------------


def _lines_cut_everywhere(ink: np.ndarray) -> Iterator[LineSearch]:
    costs = SearchCosts()
    for group in lines_of(parts_of_ink(ink)):
        uncut = _segments(group.parts, group.height, costs)
        segments = [piece for segment in uncut for piece in _cut(segment, group.height, costs)]
        yield LineSearch(segments, group.height, costs)


def _segments(parts: Sequence[Part], height: float, costs: SearchCosts) -> list[Segment]:
    """The parts of a line as segments.

    Parts that overlap horizontally cost something to divide, and so do parts that touch where nothing else
    stands. Both are joined for nothing: as ink they would be one blob.
    """
    alone = around([part.box for part in parts])[2] < ALONE * height
    segments = [Segment(parts[0], 0.0, is_attached=False, is_cut=False)]
    for before, after in itertools.pairwise(parts):
        overlap = max(0.0, horizontal_overlap(before.box, after.box) - FREE_OVERLAP)
        touching = before.touches(after, height)
        division = costs.divide * overlap + costs.touch_alone * (alone and touching)
        segments.append(Segment(after, division, is_attached=touching or overlap > 0, is_cut=False))
    return segments


def _cut(segment: Segment, height: float, costs: SearchCosts) -> list[Segment]:
    """A segment cut along seams, or the segment itself where it cannot be cut."""
    (first, _), *others = segment.part.cut(height)
    return [
        segment._replace(part=first),
        *(Segment(part, costs.cut + costs.cut_ink * crossed, True, True) for part, crossed in others),
    ]


def _cut_where_doubtful(line: LineSearch) -> LineSearch:
    """The line with the segments cut that may be several digits; the line itself if there are none."""
    doubtful = line.doubtful_segments()
    segments: list[Segment] = []
    places = [0]  # where each segment of the line begins among the new ones
    for index, segment in enumerate(line.segments):
        segments += _cut(segment, line.height, line.costs) if index in doubtful else [segment]
        places.append(len(segments))
    if len(segments) == len(line.segments):
        return line
    cut = LineSearch(segments, line.height, line.costs, line.record)
    # A span that begins and ends where it did is known already, cut or not.
    for (start, end), result in line.results.items():
        moved = (places[start], places[end])
        if moved in cut.lower_bounds:
            cut.add(moved, result)
    return cut


# Queries ------------------------------------------------------------------------------------------


def _query(lines: list[LineSearch], classify: Classifier, rivals: bool = False) -> None:
    """Query the network about spans of all lines, in batches, until the cheapest paths are known.

    With `rivals`, the rivals of these are queried too.
    """
    left = MAX_QUERIES
    while waiting := _open_spans(lines, rivals, left):
        left -= _query_spans(waiting, classify)
        lines = [line for line, _ in waiting]


def _query_all(lines: list[LineSearch], classify: Classifier) -> None:
    """Query the network about all other spans too, unless they are more than `MAX_QUERIES`."""
    waiting = [(line, [span for span in line.lower_bounds if span not in line.results]) for line in lines]
    waiting = [(line, spans) for line, spans in waiting if spans]
    if waiting and sum(len(spans) for _, spans in waiting) <= MAX_QUERIES:
        _query_spans(waiting, classify)


def _query_spans(waiting: list[tuple[LineSearch, list[Span]]], classify: Classifier) -> int:
    """Query the network about spans of lines; returns the number of queries."""
    queries = [
        (line, span, variant) for line, spans in waiting for span in spans for variant in line.variants(*span)
    ]
    images = np.stack([variant.part.image() for _, _, variant in queries])
    for (line, span, variant), image, answer in zip(queries, images, classify(images), strict=True):
        line.add(span, Result(variant, image, answer))
    return len(queries)


def _open_spans(lines: list[LineSearch], rivals: bool, left: int) -> list[tuple[LineSearch, list[Span]]]:
    """What to query next; where that is more than is `left`, only what every line needs."""
    found = [(line, line.open_spans(rivals)) for line in lines]
    if sum(len(spans) for _, spans in found) > left:
        found = [(line, line.required_spans()) for line in lines]
    return [(line, spans) for line, spans in found if spans]

"""The ink or the strokes of a page -> pieces in reading order, each a digit or a mark that is none.

Touching digits are cut as LeCun et al. 1998 (section V) do it: a blob that may be
several digits is cut wherever that is cheap, into more parts than there are digits (see
`parts`); the network reads every part and every join of neighbouring parts that may be better, with
little and with more of the ink beyond the cuts; and of all the ways to divide a line into
pieces the likeliest is taken, those that read the same added up where ink is divided (section
VI.C). The same search puts a 5 and its bar together, or the parts of a broken stroke, and on
the pad, where strokes are known, it says which of them are one digit.

A likelihood alone would join or cut too freely where the network has two good answers.
So every join over a gap, every cut through ink and every division of parts that lie over
one another costs something, in nats, the unit of the network's log probabilities.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from lenet.ink.boxes import Box, around, horizontal_overlap
from lenet.reading.parts import CUT, InkPart, Part, parts_of_ink
from lenet.reading.reading_order import SMALL, lines_of

Classifier = Callable[[np.ndarray], np.ndarray]
"""From images, float32 (N, 28, 28), to float (N, 11): probabilities of the digits and of no digit."""

MOST_PARTS = 6
"""A digit consists of at most so many parts, each in one piece or in several that were cut."""

WIDEST, WIDEST_CUT = 1.7, 1.2
"""A join is at most so many times as wide as its line is high, and one that ends with a cut."""

SPACE = 1.0
"""A gap as wide as this times the height of the line stands between two numbers."""

# What departs from the plain case costs, in nats. A proportional cost is for a length as large as the line is
# high.

EVIDENCE = 2.0
"""Cost of each nat of doubt about which digit it is."""

_JOIN = 0.7
"""Cost of joining two parts that neither touch nor lie over one another."""

_JOIN_GAP = 5.0
"""Cost of the gap between two parts that are joined, proportional."""

_GENEROUS = 0.5
"""Cost of taking a digit with `_MORE_SHARED` of its neighbours."""

_DIVIDE = 3.0
"""Cost of dividing parts that lie over one another, for each width of the narrower beyond 0.3 of it."""

_TOUCH_ALONE = 2.0
"""Cost of dividing strokes that touch where nothing else stands: most such ink is one sign."""

_ALONE = 1.3
"""Ink less wide than this times its height may be one sign that stands alone."""

REFUSED = 2.5
"""Cost of calling something no digit, or a digit although none is likelier."""

_REFUSED_WIDE = 6.0
"""Cost of calling something no digit that is wider than high, proportional."""

_WIDE = 3.0
"""Cost of taking something for a digit that is wider than high, proportional."""

_LOW = 8.0
"""Cost of taking something for a digit that is lower than 0.6 of its line, proportional."""

_HARDLY = 1.0
"""Ways that may be dearer than the cheapest by less are its rivals.

They are asked about with it, for a batch is quicker, and where it divides ink they are weighed with it.
"""

REFUSED_FROM = 0.75
"""A piece is no digit if that is as probable as this; below, its likeliest digit is told, as `unsure`."""

_LONGER = 0.3
"""Cost of each digit of a text where ways are added up: more digits have more ways."""

_MOST_ASKED = 3000
"""After so many questions only those are asked that every line must have: gravel has no end of joins."""

_MOST_TEXTS = 30
"""Of what the beginning of a line may read so many texts are followed, the likeliest."""


def is_refused(probabilities: np.ndarray) -> bool:
    """Whether the network takes a piece, of which it gives these probabilities (11,), for no digit."""
    return bool(probabilities[-1] > REFUSED_FROM)


@dataclass(frozen=True)
class Piece:
    """What was taken as one digit, or as a mark that is none.

    Attributes:
        box: left, top, width, height, in pixels of the ink or units of the strokes.
        image: float32 (28, 28) in [0, 1], in MNIST's form.
        probabilities: float (11,), of the digits and of no digit.
        is_mark: too small beside the others to be a digit: a dot, a dash, a comma.
        after_space: a wide gap lies before it, as between two numbers.
    """

    box: Box
    image: np.ndarray
    probabilities: np.ndarray
    is_mark: bool
    after_space: bool


def segment(parts: Sequence[Part], classify: Classifier, cut: bool = True) -> list[list[Piece]]:
    """Divide a page into lines of pieces.

    Args:
        parts: from `parts_of_ink` or `parts_of_strokes`.
        classify: the network.
        cut: whether to cut parts that may be several digits; a glance goes without.

    Returns:
        The lines from top to bottom, each with at least one piece, from left to right.
    """
    lines = [_Line(_atoms(members, height), height) for members, height in lines_of(parts)]
    _ask(lines, classify)
    if cut:
        lines = [line.cut_where_doubtful() for line in lines]
        _ask(lines, classify)
        _ask([line for line in lines if line.is_divided()], classify, rivals=True)
    return [line.pieces() for line in lines]


def candidates(ink: np.ndarray) -> list[InkPart]:
    """All that the network is asked about where ink is cut wherever it can be, likely or not.

    Args:
        ink: float32 (height, width) in [0, 1].
    """
    found: list[Any] = []
    for line in _lines_cut_everywhere(ink):
        found += [line.part(*span) for span in line.least]
    return found


@dataclass(frozen=True)
class Lattice:
    """A line as a graph (LeCun et al. 1998, section VI): its ways from end to end are the ways to divide it.

    Attributes:
        images: float32 (M, 28, 28), of each arc, a piece that the network was asked about.
        spans: int (M, 2), where each arc begins and ends; arcs that begin earlier come first.
        prices: float32 (M, 3), what it costs to take each for a digit, for no digit, or for a mark whatever
            the network says; infinite where that may not be. In nats, as what the network says is.
        end: where the last arcs end; the first begin at 0.
    """

    images: np.ndarray
    spans: np.ndarray
    prices: np.ndarray
    end: int


def lattice(ink: np.ndarray, classify: Classifier) -> Lattice:
    """The cheapest way to divide a line of ink that is cut wherever it can be, and its rivals.

    Args:
        ink: float32 (height, width) in [0, 1], of one line.
        classify: the network.
    """
    (line,) = _lines_cut_everywhere(ink)
    _ask([line], classify, rivals=True)
    spans = sorted(line.seen)
    looks = [line.seen[span] for span in spans]
    return Lattice(
        np.stack([look.image for look in looks]),
        np.array(spans),
        np.array([line.price(*span, look) for span, look in zip(spans, looks, strict=True)], np.float32),
        len(line.atoms),
    )


def _lines_cut_everywhere(ink: np.ndarray) -> Iterator[_Line]:
    for members, height in lines_of(parts_of_ink(ink)):
        yield _Line([piece for atom in _atoms(members, height) for piece in _cut(atom, height)], height)


# One line -----------------------------------------------------------------------------------------


class _Atom(NamedTuple):
    """A part in its line, and how it stands to the one before it.

    Attributes:
        part: itself.
        division: what it costs to divide them.
        is_attached: whether they touch, or lie over one another.
        is_cut: whether they were one part that was cut.
    """

    part: Part
    division: float
    is_attached: bool
    is_cut: bool


_Span = tuple[int, int]
"""Neighbouring atoms: the first, and the last + 1."""


class _Form(NamedTuple):
    """A part as it is shown to the network, and what that form of it costs."""

    part: Part
    extra: float


class _Look(NamedTuple):
    """What the network was shown, float32 (28, 28), of which form, and what it said, float (11,)."""

    form: _Form
    image: np.ndarray
    probabilities: np.ndarray


class _Price(NamedTuple):
    """What it costs to take a piece for something, beside what the network says; infinite: it may not."""

    digit: float
    no_digit: float
    mark: float


class _Ways(NamedTuple):
    """Ways from the first atom on that read the same.

    Attributes:
        total: minus the logarithm of the sum of their likelihoods, as the cost of one way is of its own.
        cost: of the cheapest.
        spans: of the cheapest.
    """

    total: float
    cost: float
    spans: list[_Span]

    def then(self, span: _Span, cost: float) -> _Ways:
        """The same ways, each led on."""
        return _Ways(self.total + cost, self.cost + cost, [*self.spans, span])

    def with_others(self, others: _Ways) -> _Ways:
        """These ways, and others that read the same."""
        cheapest = min(self, others, key=lambda ways: ways.cost)
        return cheapest._replace(total=-float(np.logaddexp(-self.total, -others.total)))


def _total(item: tuple[str, _Ways]) -> float:
    """By which texts are sorted."""
    return item[1].total


@dataclass
class _Line:
    """Parts from left to right, and what the network says about joins of neighbours.

    Attributes:
        atoms: the parts.
        height: of the line.
        seen: what the network says about neighbours as one part, as far as it was asked.
        least: all neighbours that may be one digit, and what that costs, or costs at least; by their start.
    """

    atoms: list[_Atom]
    height: float
    seen: dict[_Span, _Look] = field(default_factory=dict)
    least: dict[_Span, float] = field(init=False)

    def __post_init__(self) -> None:
        # No piece costs less than to join its atoms.
        self.least = {span: self._joining(*span) for span in self._spans()}

    def is_divided(self) -> bool:
        """Whether the cheapest way divides what was one part."""
        return self._divides(self._cheapest()[1])

    def _divides(self, spans: list[_Span]) -> bool:
        return any(self.atoms[start].is_cut for start, _ in spans)

    def part(self, start: int, end: int) -> Part:
        """Some atoms as one part."""
        return _joined([atom.part for atom in self.atoms[start:end]])

    def forms(self, start: int, end: int) -> Iterator[_Form]:
        """Some atoms as one part in each form worth asking about."""
        yield _Form(self.part(start, end), 0.0)
        if any(atom.is_cut for atom in (self.atoms[start], *self.atoms[end : end + 1])):
            yield _Form(_joined([atom.part.generous() for atom in self.atoms[start:end]]), _GENEROUS)

    def learn(self, span: _Span, look: _Look) -> None:
        """Keep what the network says about some atoms, unless another form of them is cheaper."""
        cost = self._cost(*span, look)
        if span not in self.seen or cost < self.least[span]:
            self.seen[span], self.least[span] = look, cost

    def _spans(self) -> Iterator[_Span]:
        """All neighbours that may be one digit."""
        for start in range(len(self.atoms)):
            end_of_part = self._end_of_part(start)
            yield start, start + 1
            parts, (left, right) = 1, self._sides(start)
            for end in range(start + 2, len(self.atoms) + 1):
                last = self.atoms[end - 1]
                parts += not last.is_cut
                sides = self._sides(end - 1)
                left, right = min(left, sides[0]), max(right, sides[1])
                if parts > MOST_PARTS or self._gap(end - 1) > 0.6 * self.height:
                    break
                widest = WIDEST_CUT if last.is_cut else WIDEST
                # What was one blob is always tried as one, however wide it is.
                if end == end_of_part or right - left <= widest * self.height:
                    yield start, end

    def promising(self, rivals: bool) -> list[_Span]:
        """What to ask about next: joins that may be part of the cheapest way, or of one hardly dearer.

        None where the cheapest way is known and, if they are asked for, its rivals.
        """
        through = self._through(self.least)
        most = min(through.values()) + _HARDLY
        if not rivals:
            most = min(most, self._cheapest()[0])
        return [span for span, cost in through.items() if span not in self.seen and cost < most]

    def needed(self) -> list[_Span]:
        """What to ask about for there to be a way through the line; none where there is one."""
        if self._cheapest()[0] < math.inf:
            return []
        through = self._through(self.least)
        least = min(through.values()) + 1e-6  # the parts of one way, but for rounding
        return [span for span, cost in through.items() if span not in self.seen and cost <= least]

    def _through(self, spans: Collection[_Span]) -> dict[_Span, float]:
        """What the cheapest way of some spans costs at least that leads through each, by spans in order."""
        before = [0.0] + [math.inf] * len(self.atoms)
        for start, end in spans:
            before[end] = min(before[end], before[start] + self.least[start, end])
        after = [math.inf] * len(self.atoms) + [0.0]
        for start, end in reversed(list(spans)):
            after[start] = min(after[start], self.least[start, end] + after[end])
        return {(start, end): before[start] + self.least[start, end] + after[end] for start, end in spans}

    def _end_of_part(self, start: int) -> int:
        """The atom after those that were cut from the same part as `start`, or 0 if that is not its first."""
        if self.atoms[start].is_cut:
            return 0
        end = start + 1
        while end < len(self.atoms) and self.atoms[end].is_cut:
            end += 1
        return end

    def _gap(self, index: int) -> float:
        """Between an atom and the one before it; negative where they overlap."""
        return self._sides(index)[0] - self._sides(index - 1)[1]

    def _sides(self, index: int) -> tuple[float, float]:
        """Where an atom begins and ends."""
        left, _, width, _ = self.atoms[index].part.box
        return left, left + width

    def cut_where_doubtful(self) -> _Line:
        """The line with what may be several digits cut; the line itself where nothing may."""
        _, best = self._cheapest()
        doubtful = {
            index
            for start, end in best
            if self._is_doubtful(start, end)
            for index in range(start, end)
            if self._may_be_several(self.atoms[index].part.box)
        }
        atoms: list[_Atom] = []
        places = [0]
        for index, atom in enumerate(self.atoms):
            atoms += _cut(atom, self.height) if index in doubtful else [atom]
            places.append(len(atoms))
        if len(atoms) == len(self.atoms):
            return self
        cut = _Line(atoms, self.height)
        # What begins and ends where it did is known already, cut or not.
        for (start, end), look in self.seen.items():
            moved = (places[start], places[end])
            if moved in cut.least:
                cut.learn(moved, look)
        return cut

    def _is_doubtful(self, start: int, end: int) -> bool:
        """Whether a piece may be cheaper as several digits, of which each but the first costs a cut."""
        box = self.seen[start, end].form.part.box
        return self._may_be_several(box) and self.least[start, end] - self._joining(start, end) > CUT

    def _may_be_several(self, box: Box) -> bool:
        """Whether a box is broad and high enough for several digits."""
        return box[2] >= 0.5 * self.height and box[3] >= SMALL * self.height

    def pieces(self) -> list[Piece]:
        """The likeliest way to divide the line."""
        pieces: list[Piece] = []
        end_of_last = None
        for start, end in self._likeliest():
            form, image, probabilities = self.seen[start, end]
            left, _, width, _ = form.part.box
            after_space = end_of_last is not None and left - end_of_last > SPACE * self.height
            end_of_last = max(left + width, end_of_last or left)
            is_mark = self._is_mark(form.part)
            pieces.append(Piece(form.part.box, image, probabilities, is_mark, after_space))
        return pieces

    def _cheapest(self) -> tuple[float, list[_Span]]:
        """Cost and spans of the cheapest way from the first atom to the last (dynamic programming).

        It is of what the network has seen; where that leads to no end, the cost is infinite.
        """
        nowhere: tuple[float, list[_Span]] = (math.inf, [])
        ways = [(0.0, []), *[nowhere] * len(self.atoms)]
        for (start, end), cost in self.least.items():
            before, spans = ways[start]
            if (start, end) in self.seen and before + cost < ways[end][0]:
                ways[end] = (before + cost, [*spans, (start, end)])
        return ways[-1]

    def _likeliest(self) -> list[_Span]:
        """The cheapest way, or, where it divides ink, the cheapest that reads the likeliest text.

        Of digits that touch, many cuts agree on the right text, and a wrong one may have a lucky cut.
        """
        cheapest, spans = self._cheapest()
        if not self._divides(spans):
            return spans
        through = self._through([span for span in self.least if span in self.seen])
        texts: list[dict[str, _Ways]] = [{"": _Ways(0.0, 0.0, [])}, *({} for _ in self.atoms)]
        for (start, end), cost in through.items():
            if cost > cheapest + _HARDLY:
                continue
            digit = self._text((start, end))
            more = self.least[start, end] + _LONGER * len(digit)
            for text, ways in heapq.nsmallest(_MOST_TEXTS, texts[start].items(), key=_total):
                longer = ways.then((start, end), more)
                known = texts[end].get(text + digit)
                texts[end][text + digit] = known.with_others(longer) if known else longer
        return min(texts[-1].items(), key=_total)[1].spans

    def _text(self, span: _Span) -> str:
        """What a piece reads: a digit, or nothing."""
        form, _, probabilities = self.seen[span]
        if self._is_mark(form.part) or is_refused(probabilities):
            return ""
        return str(probabilities[:-1].argmax())

    def _is_mark(self, part: Part) -> bool:
        """Whether a piece is too small beside the others to be a digit."""
        return part.box[3] < SMALL * self.height

    def _cost(self, start: int, end: int, look: _Look) -> float:
        """Of taking some atoms as one piece, and of dividing them from what is before them."""
        price = self.price(start, end, look)
        digit, no_digit = look.probabilities[:10].max(), look.probabilities[10]
        refused = REFUSED * bool(no_digit > 0.5)
        return min(
            price.digit - EVIDENCE * math.log(max(digit, 1e-9)) + refused,
            price.no_digit - math.log(max(no_digit, 1e-9)),
            price.mark,
        )

    def price(self, start: int, end: int, look: _Look) -> _Price:
        """Of taking some atoms as one piece, and of dividing them from what is before them."""
        basis = self._joining(start, end) + look.form.extra
        part = look.form.part
        width, height = (side / self.height for side in part.box[2:])
        is_small, too_wide = self._is_mark(part), max(0.0, width - 1)
        if is_small and end == start + 1:
            return _Price(math.inf, math.inf, basis + REFUSED * self._is_attached(start))
        shape = _LOW * max(0.0, 0.6 - height) + _WIDE * too_wide
        # Only a single part or all of the line may be called no digit: within a number, digits are likelier.
        may_be_none = not is_small and end - start in (1, len(self.atoms))
        none = REFUSED + _REFUSED_WIDE * too_wide if may_be_none else math.inf
        return _Price(basis + shape, basis + none, math.inf)

    def _is_attached(self, index: int) -> bool:
        """Whether an atom touches one of its neighbours, or lies over it."""
        return any(atom.is_attached for atom in self.atoms[index : index + 2])

    def _joining(self, start: int, end: int) -> float:
        """Cost of joining some atoms, and of dividing them from what is before them."""
        divided = self.atoms[start].division if start else 0.0
        return divided + sum(self._join(index) for index in range(start + 1, end))

    def _join(self, index: int) -> float:
        """Cost of joining an atom to the one before it."""
        if self.atoms[index].is_attached:
            return 0.0
        return _JOIN + _JOIN_GAP * max(0.0, self._gap(index)) / self.height


def _atoms(parts: list[Part], height: float) -> list[_Atom]:
    """Parts that lie over one another cost something to divide; parts that touch, where nothing else stands.

    Both are joined for nothing: as ink they would be one blob.
    """
    alone = around([part.box for part in parts])[2] < _ALONE * height
    atoms = [_Atom(parts[0], 0.0, is_attached=False, is_cut=False)]
    for before, after in itertools.pairwise(parts):
        over = max(0.0, horizontal_overlap(before.box, after.box) - 0.3)
        touching = before.touches(after, height)
        division = _DIVIDE * over + _TOUCH_ALONE * (alone and touching)
        atoms.append(_Atom(after, division, is_attached=touching or over > 0, is_cut=False))
    return atoms


def _cut(atom: _Atom, height: float) -> list[_Atom]:
    """An atom in pieces, or the atom itself where it cannot be cut."""
    (first, _), *others = atom.part.cut(height)
    return [atom._replace(part=first), *(_Atom(part, cost, True, True) for part, cost in others)]


def _joined(parts: Sequence[Part]) -> Part:
    first, *others = parts
    return first.joined(others) if others else first


def _ask(lines: list[_Line], classify: Classifier, rivals: bool = False) -> None:
    """Show the network joins of all lines, the most promising first, until the cheapest ways are known.

    And their `rivals`, if those are to be known as well.
    """
    left = _MOST_ASKED
    while waiting := _promising(lines, rivals, left):
        forms = [
            (line, span, form) for line, spans in waiting for span in spans for form in line.forms(*span)
        ]
        left -= len(forms)
        images = np.stack([form.part.image() for _, _, form in forms])
        for (line, span, form), image, answer in zip(forms, images, classify(images), strict=True):
            line.learn(span, _Look(form, image, answer))
        lines = [line for line, _ in waiting]


def _promising(lines: list[_Line], rivals: bool, left: int) -> list[tuple[_Line, list[_Span]]]:
    """What to ask about next; where that is more than `left`, only what every line must have."""
    found = [(line, line.promising(rivals)) for line in lines]
    if sum(len(spans) for _, spans in found) > left:
        found = [(line, line.needed()) for line in lines]
    return [(line, spans) for line, spans in found if spans]

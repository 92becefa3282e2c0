"""The ink or the strokes of a page -> pieces in reading order, each a digit or a mark that is none.

Touching digits are cut as LeCun et al. 1998 (section VII) do it: a blob that may be
several digits is cut wherever that is cheap, into more parts than there are digits; the
network reads every part and every join of neighbouring parts that may be better, with
little and with more of the ink beyond the cuts; and of all the ways to divide a line into
pieces the likeliest is taken. The same search puts a 5 and its bar together, or the parts
of a broken stroke, and on the pad, where strokes are known, it says which of them are one
digit.

A likelihood alone would join or cut too freely where the network has two good answers.
So every join over a gap, every cut through ink and every division of parts that lie over
one another costs something, in nats, the unit of the network's log probabilities.
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import cv2
import numpy as np

from lenet import strokes
from lenet.preprocessing import BOX, blobs, broadened, ink_box, stroke_breadth, to_mnist
from lenet.strokes import Box

Classifier = Callable[[np.ndarray], np.ndarray]
"""From images, float32 (N, 28, 28), to float (N, 11): probabilities of the digits and of no digit."""

MOST_PARTS = 6
"""A digit consists of at most so many parts, each in one piece or in several that were cut."""

WIDEST, WIDEST_CUT = 1.7, 1.2
"""A join is at most so many times as wide as its line is high, and one that ends with a cut."""

SMALL = 0.4
"""Parts lower than this share of their line are marks, or belong to a digit nearby."""

SPACE = 1.0
"""A gap as wide as this times the height of the line stands between two numbers."""

# What departs from the plain case costs, in nats. A proportional cost is for a length as large as the line is
# high.

_EVIDENCE = 2.0
"""Cost of each nat of doubt about which digit it is."""

_JOIN = 0.7
"""Cost of joining two parts that do not lie over one another."""

_JOIN_GAP = 5.0
"""Cost of the gap between two parts that are joined, proportional."""

_CUT = 0.7
"""Cost of cutting a part."""

_CUT_INK = 0.35
"""Cost of each breadth of a stroke that is cut through."""

_GENEROUS = 0.5
"""Cost of taking a digit with `_MORE_SHARED` of its neighbours."""

_DIVIDE = 3.0
"""Cost of dividing parts that lie over one another, for each width of the narrower beyond 0.3 of it."""

_TOUCH_ALONE = 2.0
"""Cost of dividing strokes that touch where nothing else stands: most such ink is one sign."""

_ALONE = 1.3
"""Ink less wide than this times its height may be one sign that stands alone."""

_NO_DIGIT = 2.5
"""Cost of calling something no digit, or a digit although none is likelier."""

_NO_DIGIT_WIDE = 6.0
"""Cost of calling something no digit that is wider than high, proportional."""

_WIDE = 3.0
"""Cost of taking something for a digit that is wider than high, proportional."""

_LOW = 8.0
"""Cost of taking something for a digit that is lower than 0.6 of its line, proportional."""

_HARDLY = 1.0
"""Ways that may be dearer than the cheapest by less are asked about with it, for a batch is quicker."""

# How blobs are cut.

_SEAMS = 14.0
"""Number of seams that are tried, for a blob as wide as its line is high."""

_MOST_CROSSED = 4.5
"""A seam crosses at most so many breadths of a stroke."""

_LEAST_SHARE = 0.04
"""Share of a blob's ink that lies between two seams, at least."""

_SHARED = 0.5
"""Where two digits touch they share a stroke: both get so many breadths of it beyond the seam."""

_MORE_SHARED = 1.0
"""The same where they lie over one another, which is tried as well."""

_HOLE = 0.1
"""Cost of each pixel of a seam within a loop, which belongs to one digit; a pixel of ink costs 1."""

_PACE = 0.03
"""Cost of each pixel of a seam anywhere."""

_SIDEWAYS = 0.1
"""Cost of each step of a seam to the side: straight is better."""

_ASIDE = np.array([0, -1, 1])
"""Where a seam may come from, less its own column."""

_LEAST_AREA = 4
"""Blobs of fewer pixels are specks."""

MOST_BLOBS = 2000
"""Of more blobs the largest are taken: nobody writes so much on a page, but a texture looks like it."""


class Part(ABC):
    """Ink that is not divided further: a blob, a part of one, or a pen stroke."""

    box: Box

    @abstractmethod
    def image(self) -> np.ndarray:
        """The part in MNIST's form: float32 (28, 28)."""

    @abstractmethod
    def joined(self, others: Sequence[Any]) -> Part:
        """This part and others of its kind as one."""

    @abstractmethod
    def touches(self, other: Any, height: float) -> bool:
        """Whether this part and another of its kind touch; `height` is the line's."""

    def generous(self) -> Part:
        """The part with more of its neighbours' ink, if it was cut off from them; else itself."""
        return self

    @abstractmethod
    def cut(self, height: float) -> list[tuple[Part, float]]:
        """Divide the part from left to right.

        Args:
            height: of the line.

        Returns:
            Parts, and what it costs to cut each off from the one before it.
        """


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
    lines = [_Line(_atoms(members, height), height) for members, height in _lines(parts)]
    _ask(lines, classify)
    if cut:
        lines = [line.cut_where_doubtful() for line in lines]
        _ask(lines, classify)
    return [line.pieces() for line in lines]


def candidates(ink: np.ndarray) -> list[InkPart]:
    """All that the network is asked about where ink is cut wherever it can be, likely or not.

    Args:
        ink: float32 (height, width) in [0, 1].
    """
    found: list[Any] = []
    for members, height in _lines(parts_of_ink(ink)):
        atoms = [piece for atom in _atoms(members, height) for piece in _cut(atom, height)]
        line = _Line(atoms, height)
        found += [line.part(*span) for span in line.least]
    return found


# Lines --------------------------------------------------------------------------------------------


def _lines(parts: Sequence[Part]) -> list[tuple[list[Part], float]]:
    """Parts that stand in one line and its height, lines from top to bottom, parts from left to right."""
    if not parts:
        return []
    stacks = _stacks(np.array([part.box for part in parts], np.float64))
    boxes = np.array([_around([parts[index].box for index in stack]) for stack in stacks])
    height = _typical_height(boxes)
    large = np.flatnonzero(_sizes(boxes) >= SMALL * height)
    chains = _chains(boxes[large], height)
    slope = _slope(boxes[large], chains, height)
    level = boxes[:, 1] + boxes[:, 3] / 2 - slope * (boxes[:, 0] + boxes[:, 2] / 2)
    rows = _merged_by_level([large[chain] for chain in chains], level, height)
    _add_small(rows, np.setdiff1d(np.arange(len(stacks)), large), boxes, level, height)
    members = [[parts[index] for stack in row for index in stacks[stack]] for row in rows]
    ordered = [sorted(row, key=lambda part: part.box[0] + part.box[2] / 2) for row in members]
    return [(line, _typical_height(boxes[row])) for line, row in zip(ordered, rows, strict=True)]


def _stacks(boxes: np.ndarray) -> list[np.ndarray]:
    """Groups of boxes (n, 4), as indices: what stands on top of one another, as in an 8 of two rings."""
    left, top, width, tall = boxes.T
    right, bottom = left + width, top + tall
    shared = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    apart = np.maximum.outer(top, top) - np.minimum.outer(bottom, bottom)
    touching = (shared >= 0.5 * np.minimum.outer(width, width)) & (apart <= 0.05 * np.add.outer(tall, tall))
    return _groups(touching | np.eye(len(boxes), dtype=bool))


def _around(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    bottom = max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top


def _typical_height(boxes: np.ndarray) -> float:
    """The height of most of the boxes (n, 4) that are not small, for dots and dashes may be many."""
    sizes = _sizes(boxes)
    typical = float(np.median(sizes[sizes >= SMALL * np.quantile(sizes, 0.9)]))
    return max(typical, 0.05 * float(sizes.max()))  # a stroke among a great many dots


def _sizes(boxes: np.ndarray) -> np.ndarray:
    """The heights of boxes (n, 4), above 0; of a dash, which has hardly any, a part of its breadth."""
    return np.maximum(np.maximum(boxes[:, 3], 0.25 * boxes[:, 2]), 1 / strokes.LARGEST)


def _chains(boxes: np.ndarray, height: float) -> list[np.ndarray]:
    """Groups of boxes (n, 4), as indices: neighbours that lie at one level."""
    left, top, width, tall = boxes.T
    right, bottom = left + width, top + tall
    gap = np.maximum.outer(left, left) - np.minimum.outer(right, right)
    overlap = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    beside = (gap <= 2.5 * height) & (overlap >= 0.4 * np.minimum.outer(tall, tall))
    return _groups(beside)


def _groups(linked: np.ndarray) -> list[np.ndarray]:
    """Connected groups of a graph given as bool (n, n)."""
    remaining = np.ones(len(linked), bool)
    groups = []
    while remaining.any():
        group = np.zeros(len(linked), bool)
        group[np.argmax(remaining)] = True
        while True:
            grown = group | linked[group].any(axis=0)
            if (grown == group).all():
                break
            group = grown
        remaining &= ~group
        groups.append(np.flatnonzero(group))
    return groups


def _slope(boxes: np.ndarray, chains: list[np.ndarray], height: float) -> float:
    """How much the lines fall per step to the right, told by the longest chain."""
    x, y = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3] / 2
    longest = max(chains, key=lambda chain: float(np.ptp(x[chain])))
    if len(longest) < 3 or np.ptp(x[longest]) < 2.5 * height:
        return 0.0
    return float(np.polyfit(x[longest], y[longest], 1)[0])


def _merged_by_level(chains: list[np.ndarray], level: np.ndarray, height: float) -> list[list[int]]:
    """Chains at one level are one line; lines come from top to bottom."""
    rows: list[list[int]] = []
    for chain in sorted(chains, key=lambda chain: float(level[chain].mean())):
        if rows and level[chain].mean() - level[rows[-1]].mean() < 0.5 * height:
            rows[-1].extend(chain.tolist())
        else:
            rows.append(chain.tolist())
    return rows


def _add_small(
    rows: list[list[int]], small: np.ndarray, boxes: np.ndarray, level: np.ndarray, height: float
) -> None:
    """Put small parts into the line that they lie in; what lies apart from all lines is dirt."""
    levels = np.array([level[row].mean() for row in rows])
    for index in small:
        distance = np.abs(levels - level[index])
        if distance.min() <= 0.9 * height:
            rows[int(distance.argmin())].append(int(index))


# One line -----------------------------------------------------------------------------------------


class _Atom(NamedTuple):
    """A part in its line, and what it costs to divide it from the one before it."""

    part: Part
    division: float
    is_cut: bool


_Span = tuple[int, int]
"""Neighbouring atoms: the first, and the last + 1."""


class _Look(NamedTuple):
    """What the network was shown, float32 (28, 28), of which part, and what it said, float (11,)."""

    part: Part
    image: np.ndarray
    probabilities: np.ndarray


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

    def part(self, start: int, end: int) -> Part:
        """Some atoms as one part."""
        return _joined([atom.part for atom in self.atoms[start:end]])

    def forms(self, start: int, end: int) -> Iterator[tuple[Part, float]]:
        """Some atoms as one part in each form worth asking about, and what that form costs."""
        yield self.part(start, end), 0.0
        if any(atom.is_cut for atom in (self.atoms[start], *self.atoms[end : end + 1])):
            yield _joined([atom.part.generous() for atom in self.atoms[start:end]]), _GENEROUS

    def learn(self, span: _Span, look: _Look, extra: float = 0.0) -> None:
        """Keep what the network says about some atoms, unless another form of them is cheaper."""
        cost = self._cost(*span, look) + extra
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

    def promising(self) -> list[_Span]:
        """What to ask about next: joins that may be part of the cheapest way, or of one hardly dearer.

        None where the cheapest way is known.
        """
        before = [0.0] + [math.inf] * len(self.atoms)
        for (start, end), cost in self.least.items():
            before[end] = min(before[end], before[start] + cost)
        after = [math.inf] * len(self.atoms) + [0.0]
        for (start, end), cost in reversed(self.least.items()):
            after[start] = min(after[start], cost + after[end])
        most = min(self._cheapest()[0], after[0] + _HARDLY)
        return [
            (start, end)
            for (start, end), cost in self.least.items()
            if (start, end) not in self.seen and before[start] + cost + after[end] < most
        ]

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
            index for start, end in best if self._is_doubtful(start, end) for index in range(start, end)
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
        width, height = self.seen[start, end].part.box[2:]
        if width < 0.5 * self.height or height < SMALL * self.height:
            return False
        return self.least[start, end] - self._joining(start, end) > _CUT

    def pieces(self) -> list[Piece]:
        """The likeliest way to divide the line."""
        pieces: list[Piece] = []
        end_of_last = None
        for start, end in self._cheapest()[1]:
            part, image, probabilities = self.seen[start, end]
            left, _, width, height = part.box
            after_space = end_of_last is not None and left - end_of_last > SPACE * self.height
            end_of_last = max(left + width, end_of_last or left)
            is_mark = height < SMALL * self.height
            pieces.append(Piece(part.box, image, probabilities, is_mark, after_space))
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

    def _cost(self, start: int, end: int, look: _Look) -> float:
        """Of taking some atoms as one piece, and of dividing them from what is before them."""
        part, _, probabilities = look
        height = part.box[3] / self.height
        cost = self._joining(start, end)
        digit = -_EVIDENCE * np.log(max(probabilities[:10].max(), 1e-9)) + _LOW * max(0.0, 0.6 - height)
        digit += _WIDE * max(0.0, part.box[2] / self.height - 1)
        digit += _NO_DIGIT * (probabilities[10] > 0.5)
        if height < SMALL:
            return float(cost + (digit if end > start + 1 else _NO_DIGIT * self._is_attached(start)))
        # Only a single part or all of the line may be called no digit: within a number, digits are likelier.
        if end - start not in (1, len(self.atoms)):
            return float(cost + digit)
        wide = max(0.0, part.box[2] / self.height - 1)
        none = _NO_DIGIT + _NO_DIGIT_WIDE * wide - np.log(max(probabilities[10], 1e-9))
        return float(cost + min(digit, none))

    def _is_attached(self, index: int) -> bool:
        """Whether an atom touches one of its neighbours, or lies over it."""
        return any(atom.division > 0 for atom in self.atoms[index : index + 2])

    def _joining(self, start: int, end: int) -> float:
        """Cost of joining some atoms, and of dividing them from what is before them."""
        divided = self.atoms[start].division if start else 0.0
        return divided + sum(self._join(index) for index in range(start + 1, end))

    def _join(self, index: int) -> float:
        """Cost of joining an atom to the one before it."""
        if self.atoms[index].is_cut or self.atoms[index].division > 0:
            return 0.0
        return _JOIN + _JOIN_GAP * max(0.0, self._gap(index)) / self.height


def _atoms(parts: list[Part], height: float) -> list[_Atom]:
    """Parts that lie over one another or touch cost something to divide."""
    alone = _around([part.box for part in parts])[2] < _ALONE * height
    divisions = [0.0] + [
        _DIVIDE * max(0.0, _overlap(before.box, after.box) - 0.3)
        + _TOUCH_ALONE * (alone and before.touches(after, height))
        for before, after in itertools.pairwise(parts)
    ]
    return [_Atom(part, division, False) for part, division in zip(parts, divisions, strict=True)]


def _cut(atom: _Atom, height: float) -> list[_Atom]:
    """An atom in pieces, or the atom itself where it cannot be cut."""
    (first, _), *others = atom.part.cut(height)
    return [_Atom(first, atom.division, atom.is_cut), *(_Atom(part, cost, True) for part, cost in others)]


def _joined(parts: Sequence[Part]) -> Part:
    first, *others = parts
    return first.joined(others) if others else first


def _overlap(one: Box, other: Box) -> float:
    """How much of the narrower of two boxes lies above, below or in the other, 0 to 1."""
    shared = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    return float(np.clip(shared / max(min(one[2], other[2]), 1e-9), 0, 1))


def _ask(lines: list[_Line], classify: Classifier) -> None:
    """Show the network joins of all lines, the most promising first, until the cheapest ways are known."""
    waiting = [(line, line.promising()) for line in lines]
    while waiting := [(line, spans) for line, spans in waiting if spans]:
        forms = [
            (line, span, *form) for line, spans in waiting for span in spans for form in line.forms(*span)
        ]
        images = np.stack([part.image() for _, _, part, _ in forms])
        for (line, span, part, extra), image, answer in zip(forms, images, classify(images), strict=True):
            line.learn(span, _Look(part, image, answer), extra)
        waiting = [(line, line.promising()) for line, _ in waiting]


# Ink ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class InkPart(Part):
    """Ink of a photo.

    Attributes:
        box: its box, in pixels.
        ink: float32 (height, width) in [0, 1], in the box.
        wider: the part with more of its neighbours' ink, where it was cut off from them.
    """

    box: Box
    ink: np.ndarray
    wider: InkPart | None = None

    def image(self) -> np.ndarray:
        """The part in MNIST's form: float32 (28, 28)."""
        image = to_mnist(broadened(self.ink))
        if image is None:
            raise ValueError("ink: wanted a part with ink in it, got none; leave it out")
        return image

    def joined(self, others: Sequence[Any]) -> InkPart:
        """This part and others on one sheet."""
        return _sheet_of([self, *others])

    def generous(self) -> InkPart:
        """The part with more of its neighbours' ink, if it was cut off from them; else itself."""
        return self.wider or self

    def touches(self, other: Any, height: float) -> bool:
        """Blobs do not touch, or they would be one."""
        return False

    def cut(self, height: float) -> list[tuple[Part, float]]:
        """Divide the part along seams with little ink."""
        breadth = stroke_breadth(self.ink)
        seams = _seams(self.ink, height, _MOST_CROSSED * breadth)
        edges = [np.zeros(len(self.ink), int), *(seam.columns for seam in seams)]
        edges.append(np.full(len(self.ink), self.ink.shape[1]))
        costs = [0.0, *(_CUT + _CUT_INK * seam.crossed / breadth for seam in seams)]
        parts: list[tuple[Part, float]] = []
        for (left, right), cost in zip(itertools.pairwise(edges), costs, strict=True):
            part, wider = (
                self._between(left, right, round(share * breadth)) for share in (_SHARED, _MORE_SHARED)
            )
            if part:
                parts.append((replace(part, wider=wider), cost))
        return parts

    def _between(self, left: np.ndarray, right: np.ndarray, beyond: int) -> InkPart | None:
        """What lies between two columns a row, int (h,), and hangs on to it so many pixels beyond them."""
        columns = np.arange(self.ink.shape[1])
        own = (columns >= left[:, None]) & (columns < right[:, None])
        near = (columns >= left[:, None] - beyond) & (columns < right[:, None] + beyond)
        return _trimmed(_reached(np.where(near, self.ink, 0), own), *self.box[:2])


def parts_of_ink(ink: np.ndarray) -> list[InkPart]:
    """The connected blobs of ink, float32 (height, width) in [0, 1], without specks; at most `MOST_BLOBS`."""
    labels, stats = blobs((ink > 0).view(np.uint8))
    areas = stats[1:, cv2.CC_STAT_AREA]  # without the paper, which is blob 0
    largest = 1 + np.argsort(-areas, kind="stable")[:MOST_BLOBS]
    parts = []
    for label in sorted(largest[stats[largest, cv2.CC_STAT_AREA] >= _LEAST_AREA].tolist()):
        left, top, width, height, _ = stats[label].tolist()
        place = np.s_[top : top + height, left : left + width]
        blob = np.where(labels[place] == label, ink[place], 0)
        parts.append(InkPart((left, top, width, height), blob))
    return parts


def _reached(ink: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Ink, float32 (h, w), without the blobs that have none where `own`, bool (h, w), is true."""
    count, labels = cv2.connectedComponents((ink > 0).astype(np.uint8), connectivity=8)
    kept = np.zeros(count, bool)
    kept[labels[own]] = True
    return np.where(kept[labels], ink, 0)


def _sheet_of(parts: Sequence[InkPart]) -> InkPart:
    boxes = np.array([part.box for part in parts], int)
    left, top = boxes[:, :2].min(axis=0)
    right, bottom = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    sheet = np.zeros((bottom - top, right - left), np.float32)
    for part, (x, y, width, height) in zip(parts, boxes, strict=True):
        place = sheet[y - top : y - top + height, x - left : x - left + width]
        np.maximum(place, part.ink, out=place)
    return InkPart((int(left), int(top), int(right - left), int(bottom - top)), sheet)


def _trimmed(ink: np.ndarray, left: float, top: float) -> InkPart | None:
    """A part of the ink's box, where there is any ink; left and top say where `ink` lies."""
    box = ink_box(ink)
    if box is None:
        return None
    x, y, width, height = box
    return InkPart((left + x, top + y, width, height), ink[y : y + height, x : x + width])


class _Seam(NamedTuple):
    """A way from top to bottom.

    Attributes:
        columns: its column in each row, int (h,).
        crossed: what it costs: the ink it crosses, in pixels, and a little for its way.
        share: how much of all ink lies left of it, 0 to 1.
    """

    columns: np.ndarray
    crossed: float
    share: float


def _seams(ink: np.ndarray, height: float, most_crossed: float) -> list[_Seam]:
    """Ways through little ink, float32 (h, w), from left to right; `height` is the line's.

    Of the cheapest ways through each pixel those are taken, cheapest first, that divide the
    ink unlike the others.
    """
    cost = ink + _HOLE * _holes(ink) + _PACE
    left = np.cumsum(ink, axis=1) - ink
    above, below = _ways(cost, left), _ways(cost[::-1], left[::-1])
    total = above.cost + below.cost[::-1] - cost
    share = (above.left + below.left[::-1] - left) / ink.sum()
    total[(share < _LEAST_SHARE) | (share > 1 - _LEAST_SHARE)] = np.inf
    chosen: list[_Seam] = []
    while len(chosen) < _SEAMS * ink.shape[1] / height:
        row, column = np.unravel_index(total.argmin(), total.shape)
        crossed = float(total[row, column])
        if crossed > most_crossed:
            break
        way = np.concatenate([above.to(row, column), below.to(len(ink) - 1 - row, column)[-2::-1]])
        chosen.append(_Seam(way, crossed, float(share[row, column])))
        total[np.abs(share - share[row, column]) < _LEAST_SHARE] = np.inf
    chosen.sort(key=lambda seam: seam.share)
    for before, after in itertools.pairwise(chosen):
        np.maximum(after.columns, before.columns, out=after.columns)  # seams may meet, but not cross
    return chosen


class _Ways(NamedTuple):
    """The cheapest ways from the first row to each pixel.

    Attributes:
        cost: what each costs, float (h, w).
        left: the ink left of it, float (h, w).
        step: from which column of the row above it comes, less its own, int (h, w).
    """

    cost: np.ndarray
    left: np.ndarray
    step: np.ndarray

    def to(self, row: int, column: int) -> np.ndarray:
        """The columns of the way to a pixel, from the first row on: int (row + 1,)."""
        columns = [column]
        for above in range(row, 0, -1):
            columns.append(columns[-1] + int(self.step[above, columns[-1]]))
        return np.array(columns[::-1])


def _ways(cost: np.ndarray, left: np.ndarray) -> _Ways:
    """The cheapest ways, given what each pixel costs and the ink left of it in its row, float (h, w)."""
    height, width = cost.shape
    total = np.full((height, width + 2), np.inf)  # with a column at either side through which no way leads
    total[0, 1:-1] = cost[0]
    passed, step = left.astype(np.float64), np.zeros(cost.shape, int)
    options, columns = np.empty((3, width)), np.arange(width)
    for row in range(1, height):
        before = total[row - 1]
        options[:] = before[1:-1], before[:-2] + _SIDEWAYS, before[2:] + _SIDEWAYS
        best = options.argmin(axis=0)
        step[row] = _ASIDE[best]
        total[row, 1:-1] = options[best, columns] + cost[row]
        passed[row] += passed[row - 1, columns + step[row]]
    return _Ways(total[:, 1:-1], passed, step)


def _holes(ink: np.ndarray) -> np.ndarray:
    """Paper that ink, float32 (h, w), encloses: bool (h, w)."""
    paper = np.pad((ink == 0).astype(np.uint8), 1, constant_values=1)
    _, labels = cv2.connectedComponents(paper, connectivity=4)
    enclosed: np.ndarray = (paper > 0) & (labels != labels[0, 0])
    return enclosed[1:-1, 1:-1]


# Strokes ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StrokePart(Part):
    """Strokes of the pad, each float64 (points, 2), and their box, in their unit."""

    box: Box
    strokes: tuple[np.ndarray, ...]

    def image(self) -> np.ndarray:
        """The part in MNIST's form: float32 (28, 28)."""
        image = to_mnist(strokes.draw(self.strokes))
        if image is None:
            raise ValueError("strokes: wanted a part with points in it, got none; leave it out")
        return image

    def joined(self, others: Sequence[Any]) -> StrokePart:
        """This part and others as one."""
        return _part_of_strokes([stroke for part in (self, *others) for stroke in part.strokes])

    def touches(self, other: Any, height: float) -> bool:
        """Whether the strokes touch, drawn with the pen that a digit of this height is drawn with."""
        pen = strokes.PEN / BOX * height
        left, top = np.maximum(self.box[:2], other.box[:2]) - pen
        right, bottom = np.minimum(_corner(self.box), _corner(other.box)) + pen
        if right <= left or bottom <= top:
            return False
        scale = min(_RASTER / height, _LARGEST_RASTER / max(right - left, bottom - top))
        shape = (int((bottom - top) * scale) + 1, int((right - left) * scale) + 1)
        ours, theirs = (_inked(part.strokes, (left, top), scale, shape, pen) for part in (self, other))
        return bool((ours & theirs).any())

    def cut(self, height: float) -> list[tuple[Part, float]]:
        """The part itself: a stroke is one go of the pen."""
        return [(self, 0.0)]


def parts_of_strokes(drawing: Sequence[np.ndarray]) -> list[StrokePart]:
    """Each stroke of a drawing, float64 (points, 2), as a part."""
    return [_part_of_strokes([stroke]) for stroke in drawing]


_RASTER, _LARGEST_RASTER = 64, 1000
"""Pixels a line's height in which strokes are drawn to see whether they touch, and at most along a side."""


def _corner(box: Box) -> np.ndarray:
    """Right and bottom."""
    return np.array([box[0] + box[2], box[1] + box[3]])


def _inked(
    drawing: Sequence[np.ndarray],
    corner: tuple[float, float],
    scale: float,
    shape: tuple[int, int],
    pen: float,
) -> np.ndarray:
    """The part of strokes that lies right of and below a corner: uint8 `shape`, 1 = ink."""
    sheet = np.zeros(shape, np.uint8)
    # Points far outside only have to stay outside, and within OpenCV's whole numbers.
    curves = [np.clip((stroke - corner) * scale, -1e6, 1e6).astype(np.int32) for stroke in drawing]
    # A line from a point to itself is a dot as broad as the pen.
    curves = [np.concatenate([curve, curve[-1:]]) for curve in curves]
    cv2.polylines(sheet, curves, False, 1, max(1, round(pen * scale)))
    return sheet


def _part_of_strokes(drawing: list[np.ndarray]) -> StrokePart:
    box = strokes.box(drawing)
    if box is None:
        raise ValueError("strokes: wanted a part with points in it, got none; leave it out")
    return StrokePart(box, tuple(drawing))

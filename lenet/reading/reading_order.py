"""Which parts of a page stand in one line, and in which order lines and parts are read.

What is small beside large digits is a mark of theirs, or a number of its own: that depends on where it stands
and on what the network reads there.

The constants were tuned on rendered pages of several lines by PenDigits' training writers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from lenet.ink.boxes import around
from lenet.ink.strokes import MAX_COORDINATE
from lenet.reading.marks import mark_at
from lenet.reading.parts import Part, StrokePart
from lenet.reading.shape import may_be_digit

SMALL = 0.4
"""Height below which a part is a mark, or belongs to a digit nearby, as a fraction of its line's."""

SPECK = 0.15
"""Height of a line of smaller digits below which it is specks, as a fraction of the other lines'."""

MIN_STACK_OVERLAP = 0.5
"""Minimum horizontal overlap of two parts of a stack, as a fraction of the narrower one's width."""

MAX_STACK_GAP = 0.05
"""Maximum vertical gap between two parts of a stack, as a fraction of the sum of their heights."""

MAX_LONE_GAP = 0.15
"""The same where there is nothing else and both are about as wide as high, as the two rings of an 8."""

MAX_RING_SLIMNESS = 1.25
"""Maximum height of such a part, as a fraction of its width; digits are slimmer. Chosen."""

TALL_QUANTILE = 0.9
"""Quantile of the parts' heights relative to which small parts are left out of the typical height."""

MIN_TYPICAL = 0.05
"""Minimum typical height, as a fraction of the tallest part's: there may be one stroke among many dots."""

DASH_SIZE = 0.25
"""Minimum height that a part counts with, as a fraction of its width: a dash has hardly any height."""

MAX_CHAIN_GAP = 2.5
"""Maximum gap between neighbours on a line, in typical heights."""

MIN_CHAIN_OVERLAP = 0.4
"""Minimum vertical overlap of neighbours on a line, as a fraction of the lower one's height."""

MIN_FOR_SLOPE = 3
"""Minimum number of parts in a chain from which the slope of the lines is measured."""

MIN_LENGTH_FOR_SLOPE = 2.5
"""Minimum length of such a chain, in typical heights."""

SAME_LEVEL = 0.5
"""Difference of levels below which two chains are one line, in typical heights."""

SMALL_REACH = 0.9
"""Distance from the level of a line up to which a small part belongs to it, in typical heights."""

NUMBER_GAP = 1.0
"""Gap from which a part belongs to another number than the one beside it, in typical heights; chosen as
`transcription.SPACE`."""

OTHER_SIZE = 0.5
"""Height below which a number is of another size than its row, as a fraction of the row's; chosen, for at 0.6
digits of an uneven hand are."""

MARK_GAP = 0.3
"""Horizontal gap to the digits of a line up to which a small part is a mark of theirs even where it stands
above or below them, in typical heights; chosen."""

IN_ROW = 0.6
"""Distance from the level of a row within which a small part farther from its digits stands in it, in typical
heights; chosen."""


class Group(NamedTuple):
    """Parts that are searched as one line.

    Attributes:
        parts: from left to right.
        height: of its digits, in the unit of the boxes.
        around: height of the digits that stand around it: of its row, or of the page where a number much
            smaller than the others stands between the rows.
        follows: whether it stands in one row with the group before it, on its right.
    """

    parts: list[Part]
    height: float
    around: float
    follows: bool = False


IsNumber = Callable[[Group], bool]
"""Tells whether a group surely reads as digits."""


def lines_of(parts: Sequence[Part], is_number: IsNumber | None = None) -> list[Group]:
    """Group parts into lines.

    Args:
        parts: of a page.
        is_number: whether a group that is much smaller than what stands around it surely reads as digits.
            Where it does not, or without `is_number`, it belongs to its row, and a single part between the
            rows is a speck.

    Returns:
        Lines from top to bottom; a row with numbers of different sizes is several lines, from left to right.
    """
    if not parts:
        return []
    all_boxes = np.array([part.box for part in parts], np.float64)
    if len(parts) == 1:  # as most drawings of a digit: a fifth of the time of reading them
        height = float(_sizes(all_boxes)[0])
        return [Group([*parts], height, height)]
    return _Page(parts, all_boxes).lines(is_number)


class _Run(NamedTuple):
    """Boxes that are neighbours on a row, as indices, and whether they are a small number of its own."""

    members: list[int]
    is_small: bool


class _Page:
    """The parts of a page in stacks, and the rows of these."""

    def __init__(self, parts: Sequence[Part], all_boxes: np.ndarray) -> None:
        self._parts, self._stacks = parts, _stacks(all_boxes)
        self._boxes = np.array([around([parts[index].box for index in stack]) for stack in self._stacks])
        self._height, self._sizes = _typical_height(self._boxes), _sizes(self._boxes)
        self._rows, self._level = _rows(self._boxes, self._height)

    def lines(self, is_number: IsNumber | None) -> list[Group]:
        """All rows as groups, see `lines_of`."""
        rows = [settled for row in self._rows for settled in self._settled(row, is_number)]
        return [group for row in rows for group in self._groups(row)]

    def _settled(self, row: list[int], is_number: IsNumber | None) -> list[list[_Run]]:
        """What a row becomes: small numbers above or below it are rows, those in it are runs of it."""
        if len(row) == 1:
            alone = _Run(row, self._height_of(row) < SMALL * self._height)
            return [[alone]] if not alone.is_small or self._is_number(alone, is_number) else []
        if is_number is None:
            return [[_Run(row, False)]]
        height = self._height_of(self._large(row))
        astray = [run for run in self._astray(row, height) if self._is_number(run, is_number)]
        taken = {index for run in astray for index in run.members}
        left = [index for index in row if index not in taken]
        rows = [self._divided(left, height, is_number), *([run] for run in astray)]
        return sorted(rows, key=lambda runs: self._level[runs[0].members].mean()) if astray else rows

    def _astray(self, row: list[int], height: float) -> list[_Run]:
        """What is small and stands above or below a row, aside of its digits."""
        large = self._large(row)
        if len(large) == len(row):
            return []
        off = np.abs(self._level[row] - self._level[large].mean()) > IN_ROW * height
        off &= [_gap(box, self._boxes[large]) > MARK_GAP * height for box in self._boxes[row]]
        small = np.setdiff1d(np.array(row)[off], large)
        if not len(small):
            return []
        chains = _chains(self._boxes[small], self._height_of(small))
        return [_Run(small[chain].tolist(), True) for chain in chains]

    def _divided(self, row: list[int], height: float, is_number: IsNumber) -> list[_Run]:
        """A row divided where small numbers begin and end."""
        boxes = self._boxes[row]
        order = np.argsort(boxes[:, 0], kind="stable")
        left, reach = boxes[order, 0], np.maximum.accumulate(boxes[order, 0] + boxes[order, 2])
        breaks = np.flatnonzero(left[1:] - reach[:-1] > NUMBER_GAP * height) + 1
        if not len(breaks):
            return [_Run(row, False)]
        numbers = [members.tolist() for members in np.split(np.array(row)[order], breaks)]
        are_small = [self._height_of(number) < OTHER_SIZE * height for number in numbers]
        runs = _united(map(_Run, numbers, are_small))
        return _united(
            run._replace(
                is_small=run.is_small
                and not self._is_mark(run, row, height)
                and self._is_number(run, is_number)
            )
            for run in runs
        )

    def _is_mark(self, run: _Run, row: list[int], height: float) -> bool:
        """Whether a run is a speck, or pen strokes whose place tells a mark; of ink its boldness tells."""
        others = [index for index in row if index not in run.members]
        boxes = self._boxes[[*run.members, *others]]
        is_mark = isinstance(self._parts[0], StrokePart) and mark_at(boxes, 0, len(run.members), height)
        return bool(is_mark) or self._height_of(run.members) <= SPECK * height

    def _is_number(self, run: _Run, is_number: IsNumber | None) -> bool:
        (group,) = self._groups([run])
        return is_number is not None and _may_be_number(group) and is_number(group)

    def _groups(self, row: list[_Run]) -> list[Group]:
        """A row as groups of parts."""
        heights = [self._height_of(run.members) for run in row]
        if len(row) > 1:
            height = self._height_of(self._large([index for run in row for index in run.members]))
        else:
            height = self._height if row[0].is_small else heights[0]
        return [
            Group(self._members(run), own, height, place > 0)
            for place, (run, own) in enumerate(zip(row, heights, strict=True))
        ]

    def _members(self, run: _Run) -> list[Part]:
        members = [self._parts[index] for stack in run.members for index in self._stacks[stack]]
        return sorted(members, key=lambda part: part.box[0] + part.box[2] / 2)

    def _large(self, row: list[int]) -> np.ndarray:
        """The boxes of a row that are not small on this page; all of a row of small ones."""
        members = np.array(row)
        is_large = self._sizes[row] >= SMALL * self._height
        return members[is_large] if is_large.any() else members

    def _height_of(self, members: Sequence[int] | np.ndarray) -> float:
        return _typical_height(self._boxes[members])


def _united(runs: Iterable[_Run]) -> list[_Run]:
    """Runs that are both small or both not, and neighbours, as one."""
    return [
        _Run([index for run in same for index in run.members], is_small)
        for is_small, same in groupby(runs, key=lambda run: run.is_small)
    ]


def _may_be_number(group: Group) -> bool:
    """Whether a part as tall as the group may be a digit by its shape."""
    return any(may_be_digit(part) for part in group.parts if part.box[3] > OTHER_SIZE * group.height)


def _rows(boxes: np.ndarray, height: float) -> tuple[list[list[int]], np.ndarray]:
    """Boxes (n, 4) that stand in one line, as indices, from top to bottom, and the level of each box."""
    is_large = _sizes(boxes) >= SMALL * height
    large = np.flatnonzero(is_large)
    chains = _chains(boxes[large], height)
    slope = _slope(boxes[large], chains, height)
    level = boxes[:, 1] + boxes[:, 3] / 2 - slope * (boxes[:, 0] + boxes[:, 2] / 2)
    rows = _merged_by_level([large[chain] for chain in chains], level, height)
    apart = _add_small(rows, np.flatnonzero(~is_large), level, height)
    if len(apart):
        smaller, _ = _rows(boxes[apart], _typical_height(boxes[apart]))
        heights = [_typical_height(boxes[apart[row]]) for row in smaller]
        rows += [apart[row].tolist() for row, of in zip(smaller, heights, strict=True) if of > SPECK * height]
        rows.sort(key=lambda row: float(level[row].mean()))
    return rows, level


def _stacks(boxes: np.ndarray) -> list[np.ndarray]:
    """Groups of boxes (n, 4), as indices, that stand on top of one another, as in an 8 of two rings."""
    left, top, width, tall = boxes.T
    right, bottom = left + width, top + tall
    shared = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    gap = np.maximum.outer(top, top) - np.minimum.outer(bottom, bottom)
    overlapping = shared >= MIN_STACK_OVERLAP * np.minimum.outer(width, width)
    is_eight = len(boxes) == 2 and bool((tall <= MAX_RING_SLIMNESS * width).all())
    most = MAX_LONE_GAP if is_eight else MAX_STACK_GAP
    stacked = overlapping & (gap <= most * np.add.outer(tall, tall))
    return _connected(stacked | np.eye(len(boxes), dtype=bool))


def _typical_height(boxes: np.ndarray) -> float:
    """Median height of the boxes (n, 4) that are not small, since dots and dashes may be many."""
    sizes = np.sort(_sizes(boxes))
    # By hand, for np.quantile and np.median take ten times longer.
    place, share = divmod(TALL_QUANTILE * (len(sizes) - 1), 1)
    tall = sizes[int(place)] + share * (sizes[min(int(place) + 1, len(sizes) - 1)] - sizes[int(place)])
    large = sizes[np.searchsorted(sizes, SMALL * tall) :]
    typical = (large[(len(large) - 1) // 2] + large[len(large) // 2]) / 2
    return float(max(typical, MIN_TYPICAL * sizes[-1]))


def _sizes(boxes: np.ndarray) -> np.ndarray:
    """The heights of boxes (n, 4), above 0, those of dashes raised to `DASH_SIZE` of their width."""
    return np.maximum(np.maximum(boxes[:, 3], DASH_SIZE * boxes[:, 2]), 1 / MAX_COORDINATE)


def _chains(boxes: np.ndarray, height: float) -> list[np.ndarray]:
    """Groups of boxes (n, 4), as indices, that are neighbours at one level."""
    left, top, width, tall = boxes.T
    right, bottom = left + width, top + tall
    gap = np.maximum.outer(left, left) - np.minimum.outer(right, right)
    overlap = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    beside = (gap <= MAX_CHAIN_GAP * height) & (overlap >= MIN_CHAIN_OVERLAP * np.minimum.outer(tall, tall))
    return _connected(beside)


def _connected(linked: np.ndarray) -> list[np.ndarray]:
    """Connected components of a graph given as bool (n, n), in which each node is linked with itself."""
    first, before = linked.argmax(axis=1), np.empty(0)
    while not np.array_equal(first, before):
        before = first
        first = np.where(linked, first, len(linked)).min(axis=1)  # the lowest index that a neighbour has
        first = first[first]
    return [np.flatnonzero(first == lowest) for lowest in np.unique(first)]


def _slope(boxes: np.ndarray, chains: list[np.ndarray], height: float) -> float:
    """Slope of the lines, y per x, from a straight line through the centres of the longest chain."""
    x, y = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3] / 2
    longest = max(chains, key=lambda chain: float(np.ptp(x[chain])))
    if len(longest) < MIN_FOR_SLOPE or np.ptp(x[longest]) < MIN_LENGTH_FOR_SLOPE * height:
        return 0.0
    return float(np.polyfit(x[longest], y[longest], 1)[0])


def _merged_by_level(chains: list[np.ndarray], level: np.ndarray, height: float) -> list[list[int]]:
    """Chains at one level merged into lines, from top to bottom."""
    rows: list[list[int]] = []
    for chain in sorted(chains, key=lambda chain: float(level[chain].mean())):
        if rows and level[chain].mean() - level[rows[-1]].mean() < SAME_LEVEL * height:
            rows[-1].extend(chain.tolist())
        else:
            rows.append(chain.tolist())
    return rows


def _add_small(rows: list[list[int]], small: np.ndarray, level: np.ndarray, height: float) -> np.ndarray:
    """Add small parts to the lines that they lie in; return those that are apart from all lines."""
    apart = []
    levels = np.array([level[row].mean() for row in rows])
    for index in small:
        distance = np.abs(levels - level[index])
        if distance.min() <= SMALL_REACH * height:
            rows[int(distance.argmin())].append(int(index))
        else:
            apart.append(index)
    return np.array(apart, int)


def _gap(box: np.ndarray, others: np.ndarray) -> float:
    """Horizontal gap from a box to the nearest of others (n, 4); below 0 where they overlap."""
    left, right = others[:, 0], others[:, 0] + others[:, 2]
    return float(np.maximum(left - box[0] - box[2], box[0] - right).min())

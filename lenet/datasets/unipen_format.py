"""The text format UNIPEN 1.0, in which both UNIPEN and PenDigits come.

Guyon 1994, http://unipen.nici.ru.nl/unipen.def
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from lenet.datasets.sources import Stroke


class Character(NamedTuple):
    """A labelled character of a UNIPEN text.

    Attributes:
        label: such as "7".
        strokes: each float64 (points, 2), y downward.
        comment: the text of the .COMMENT after its .SEGMENT, or "".
    """

    label: str
    strokes: list[Stroke]
    comment: str


class _Component(NamedTuple):
    """The points between two changes of the pen: on the tablet (`pen_down`) or above it."""

    pen_down: bool
    points: Stroke


class _Segment(NamedTuple):
    label: str
    delineation: str
    comment: str = ""


# .SEGMENT CHARACTER 3:10-5:2,7 OK "8" — level, delineation, quality (not always there), label
_SEGMENT = re.compile(r'(?:CHARACTER|DIGIT)\s+([\d:,\-\s]+?)\s+(?:\S+\s+)?"(.)"')
# a component, or a point of one: 3, 3:10
_PLACE = re.compile(r"(\d+)(?::(\d+))?")


def parse(
    text: str, include: Mapping[str, str] | None = None, labels: str = r"\d", y_up: bool = True
) -> Iterator[Character]:
    """Parse the single characters of a UNIPEN text.

    Args:
        text: a sequence of statements, each a keyword at the start of a line and its arguments.
        include: the texts that .INCLUDE may name; others (PenDigits' own documentation) are ignored.
        labels: the characters wanted, as a regular expression.
        y_up: whether y grows upward in the text, as it does on most tablets.

    Yields:
        The wanted characters that have at least one point of ink, in the order of their .SEGMENT.

    Raises:
        ValueError: a segment names components that do not exist, or a point is not a pair of numbers.
    """
    axes = (0, 1)
    components: list[_Component] = []
    segments: list[_Segment] = []  # cut at the end, since a segment may precede its ink
    for keyword, arguments in _statements(text, include or {}):
        if keyword in ("PEN_DOWN", "PEN_UP"):
            component = _Component(keyword == "PEN_DOWN", _points(arguments, axes, y_up))
            # Segments count a lifted pen only where its path through the air was recorded.
            if component.pen_down or len(component.points):
                components.append(component)
        elif keyword == "SEGMENT":
            match = _SEGMENT.match(arguments)
            if match and re.fullmatch(labels, match[2]):
                segments.append(_Segment(match[2], match[1]))
        elif keyword == "COMMENT" and segments and not segments[-1].comment:
            segments[-1] = segments[-1]._replace(comment=arguments.strip())
        elif keyword == "COORD":
            columns = arguments.split()
            axes = (columns.index("X"), columns.index("Y"))
    for segment in segments:
        if strokes := list(_strokes(segment.delineation, components)):
            yield Character(segment.label, strokes, segment.comment)


def _statements(text: str, include: Mapping[str, str], depth: int = 4) -> Iterator[tuple[str, str]]:
    """Split a text into statements, (keyword, arguments), with included texts in place.

    `depth` stops a file that includes itself.
    """
    for statement in f"\n{text}".split("\n.")[1:]:
        keyword, arguments = (*statement.split(maxsplit=1), "", "")[:2]
        if keyword == "INCLUDE" and depth:
            yield from _statements(include.get(arguments.strip(), ""), include, depth - 1)
        else:
            yield keyword, arguments


def _points(rows: str, axes: tuple[int, int], y_up: bool) -> Stroke:
    """Parse rows of numbers whose columns `axes` are x and y: float64 (points, 2), y downward."""
    columns = len(rows.split("\n", 1)[0].split())
    if not columns:
        return np.empty((0, 2))
    points = np.array([float(value) for value in rows.split()]).reshape(-1, columns)
    if columns <= max(axes):
        raise ValueError(f"wanted x and y in columns {axes}, got {columns} column(s)")
    return points[:, axes] * ((1, -1) if y_up else (1, 1))


def _strokes(delineation: str, components: Sequence[_Component]) -> Iterator[Stroke]:
    """Cut the ink of a delineation: "3", "3-5", "3,5" or "3:10-5:2".

    It names components and points of them, both counted from 0, ends included.
    """
    for span in delineation.replace(" ", "").split(","):
        ends = [_PLACE.fullmatch(end) for end in span.split("-")]
        first, last = ends[0], ends[-1]
        if first is None or last is None or int(last[1]) >= len(components):
            raise ValueError(f"wanted a range of {len(components)} components, got {delineation!r}")
        for number in range(int(first[1]), int(last[1]) + 1):
            pen_down, points = components[number]
            start = int(first[2] or 0) if number == int(first[1]) else 0
            stop = int(last[2]) + 1 if last[2] and number == int(last[1]) else None
            if pen_down and len(points[start:stop]):
                yield points[start:stop]

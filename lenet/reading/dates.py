"""Dates of three numbers, as "12/05/2026": where they stand tells slashes from 1s that are plain strokes.

A run of digits that makes no date is left as it is. So is a date of two numbers, as "5/6": for as large a
bonus 3 of 378 numbers of digits only, by UNIPEN's persons for training, became such dates, and 2 more of 386
numbers with signs were read right.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from lenet.reading.costs import SearchCosts
from lenet.reading.lattice import Choice, Choices

SLASH = "/"

MIN_LENGTH, MAX_LENGTH = 6, 10
"""Number of pieces of a date, from "1/2/34" to "12/03/2045"."""

DAYS, MONTHS = 31, 12

CENTURIES = ("19", "20")
"""How a year of four digits begins."""


def dated(path: Sequence[Choice], choices: Sequence[Choices], costs: SearchCosts) -> list[Choice]:
    """Take two pieces of each run of digits for the slashes of a date, if that is cheaper.

    Args:
        path: what each piece is taken for, from left to right.
        choices: all that each may be.
        costs: of the search; a date costs `costs.date` less than its pieces by themselves.
    """
    changed = [*path]
    for run in _runs(path):
        texts = [path[index].text for index in run]
        excess = [choices[index].excess(SLASH, path[index].text) for index in run]
        least, slashes = min(
            ((excess[first] + excess[second], (first, second)) for first, second in _slashes(texts)),
            default=(costs.date, ()),
        )
        if least < costs.date:
            for place in slashes:
                changed[run[place]] = changed[run[place]]._replace(text=SLASH)
    return changed


def _runs(path: Sequence[Choice]) -> Iterator[list[int]]:
    """Indices of neighbouring pieces that are taken for digits or slashes, where they may be a date."""

    def is_of_date(index: int) -> bool:
        return path[index].text.isdecimal() or path[index].text == SLASH

    for of_date, run in itertools.groupby(range(len(path)), key=is_of_date):
        indexes = list(run)
        if of_date and MIN_LENGTH <= len(indexes) <= MAX_LENGTH:
            yield indexes


def _slashes(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of two slashes with which a run is a date, among its slashes and 1s."""
    places = [place for place, text in enumerate(texts) if text in ("1", SLASH)]
    for first, second in itertools.combinations(places, 2):
        fields = texts[:first], texts[first + 1 : second], texts[second + 1 :]
        if is_date(*("".join(field) for field in fields)):
            yield first, second


def is_date(first: str, second: str, year: str) -> bool:
    """Tell whether three numbers are a day and a month, in either order, and a year of two or four digits."""
    fits = all(field.isdecimal() for field in (first, second, year)) and max(len(first), len(second)) <= 2
    if not fits or not (len(year) == 2 or (len(year) == 4 and year.startswith(CENTURIES))):
        return False
    less, more = sorted((int(first), int(second)))
    return 1 <= less <= MONTHS and more <= DAYS

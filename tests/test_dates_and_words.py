"""What a line reads as a whole: slashes of dates, and words beside numbers."""

from __future__ import annotations

import numpy as np
import pytest
from pieces import piece_of

from lenet.network.record import NONE, Record
from lenet.reading.costs import SearchCosts
from lenet.reading.dates import dated, is_date
from lenet.reading.lattice import Choice
from lenet.reading.parts import parts_of_strokes
from lenet.reading.reader import Reader
from lenet.reading.words import Arc, cheapest_path

STROKE = {"1": 0.9, "/": 0.08, NONE: 0.02}
"""A 1 or a slash."""

ONE = {"1": 0.999, "/": 1e-6}

HEIGHT = 1.15
"""Of the pieces, in heights of their line: a little higher than the others."""


def _dated(text: str, strokes: str = "|") -> str:
    """Read a text in which each "|" is a plain stroke that passes for a 1."""
    choices = [piece_of(STROKE if symbol in strokes else {symbol: 1.0}, HEIGHT) for symbol in text]
    path = [Choice((index, index + 1), symbol.replace("|", "1")) for index, symbol in enumerate(text)]
    return "".join(piece.text for piece in dated(path, choices, SearchCosts()))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("25|06|2019", "25/06/2019"),
        ("3|7|89", "3/7/89"),
        ("12/31|1999", "12/31/1999"),
        ("25/6|04", "25/6/04"),
        ("45|06|2019", "4510612019"),
        ("25|00|2019", "2510012019"),
        ("25|06|3019", "2510613019"),
        ("25|6", "2516"),
        ("2|16|1", "211611"),
        ("25-06|2019", "25-0612019"),
    ],
    ids=[
        "long",
        "short",
        "month first",
        "one told",
        "no day",
        "no month",
        "no year",
        "two numbers",
        "at the end",
        "a dash",
    ],
)
def test_slashes_are_told_by_a_date(text: str, wanted: str) -> None:
    assert _dated(text) == wanted


def test_a_date_is_read_within_a_line() -> None:
    assert _dated("8-25|06|2019,7") == "8-25/06/2019,7"


def test_what_is_surely_a_1_is_no_slash() -> None:
    choices = [piece_of(ONE if symbol == "1" else {symbol: 1.0}, HEIGHT) for symbol in "25106118"]
    path = [Choice((index, index + 1), symbol) for index, symbol in enumerate("25106118")]
    assert dated(path, choices, SearchCosts()) == path


def test_days_and_months_stand_in_either_order() -> None:
    assert is_date("31", "12", "99")
    assert is_date("12", "31", "2099")
    assert not is_date("13", "13", "99")
    assert not is_date("0", "13", "99")
    assert not is_date("1", "2", "199")
    assert not is_date("", "2", "99")


# Words --------------------------------------------------------------------------------------------

WORD = 5.0


def _steps(costs: list[tuple[float, float]]) -> str:
    """Take each piece of a line for a piece of a number, "1", or of a word, "a"."""
    arcs = [Arc((index, index + 1), *both) for index, both in enumerate(costs)]
    return "".join("a" if is_letter else "1" for _, is_letter in cheapest_path(arcs, len(costs), WORD))


def test_a_word_is_begun_once_and_ends_for_nothing() -> None:
    letter, digit = (2.5, 0.1), (0.1, 6.0)
    assert _steps([letter, letter, letter, digit, digit]) == "aaa11"
    assert _steps([digit, digit, letter, letter, letter]) == "11aaa"
    assert _steps([digit, letter, digit]) == "111"
    assert _steps([letter] * 2) == "11"
    assert _steps([letter, letter, letter, digit, letter, letter, letter]) == "aaa1aaa"


def test_a_digit_among_letters_is_read_where_it_is_clear() -> None:
    letter = (2.5, 0.1)
    assert _steps([letter] * 3 + [(0.1, 4.0)] + [letter] * 3) == "aaaaaaa"
    assert _steps([letter] * 3 + [(0.1, 7.0)] + [letter] * 3) == "aaa1aaa"


def test_letters_are_whole_although_their_pieces_pass_for_digits() -> None:
    halves = [Arc((index, index + 1), 1.2, 3.0) for index in range(6)]
    whole = [Arc((index, index + 2), 3.0, 0.1) for index in (0, 2, 4)]
    steps = cheapest_path(sorted(halves + whole), 6, WORD)
    assert [step.span for step in steps] == [(0, 2), (2, 4), (4, 6)]
    assert cheapest_path(sorted(halves + whole[:1]), 6, WORD)[0].span == (0, 1)


def test_a_word_before_a_number_reads_nothing() -> None:
    """A network that is sure of upright strokes, and takes all else for none, or else for a 4."""
    record = Record()
    strokes = [np.array([[x, 0.0], [x, 100]]) for x in (0, 100)]
    one = parts_of_strokes(strokes)[0].image()

    def classify(images: np.ndarray) -> np.ndarray:
        found = np.full((len(images), len(record.alphabet)), 1e-6, np.float32)
        for row, image in zip(found, images, strict=True):
            known = {"1": 1.0} if np.allclose(image, one) else {NONE: 0.9, "4": 0.1}
            row[[record.alphabet.index(symbol) for symbol in known]] = list(known.values())
        return found / found.sum(1, keepdims=True)

    letters = [np.array([[x, 0.0], [x + 30, 100], [x + 60, 0]]) for x in range(-600, -100, 100)]
    assert Reader(classify, record).read_strokes([*letters, *strokes]).text == "11"

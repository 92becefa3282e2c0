"""The benchmark of pen numbers counts what is right and sure, and finds digits in a lattice."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from benchmarks.pen_numbers import (
    Arc,
    Counts,
    Outcome,
    arcs_of,
    by_sign,
    can_spell,
    digits_of,
    recorded_lines,
    signs_of,
)
from lenet.datasets.unipen_texts import PenText
from lenet.network.record import ALPHABET, NO_DIGIT, Record
from lenet.reading.reader import Reader


def outcome(label: str, text: str, sure: bool = True) -> Outcome:
    return Outcome(PenText([], label, "someone"), text, sure)


def arc(start: int, end: int, *texts: str) -> Arc:
    return Arc(start, end, frozenset(texts))


def test_digits_and_signs_make_up_a_text_without_white_space() -> None:
    assert digits_of(" (919) 276-83\n82") == "9192768382"
    assert signs_of(" (919) 276-83\n82") == "()-"


@pytest.mark.parametrize(
    ("label", "text", "by_digits", "as_written"),
    [
        ("12", "12", True, True),
        ("1 2", "12", True, True),
        ("12", "1\n2", True, True),
        ("1-2", "12", True, False),
        ("1-2", "1 - 2", True, True),
        ("1-2", "1/2", True, False),
        ("12", "123", False, False),
        ("is", "", False, False),
        ("is", "15", False, False),
        ("+", "+", False, False),
    ],
)
def test_white_space_never_counts_and_signs_count_as_written(
    label: str, text: str, by_digits: bool, as_written: bool
) -> None:
    got = outcome(label, text)
    assert (got.right_by_digits, got.right_as_written) == (by_digits, as_written)


def test_outcomes_are_counted() -> None:
    outcomes = [
        outcome("12", "12"),
        outcome("1.2", "12"),
        outcome("12", "12", sure=False),
        outcome("12", "13"),
        outcome("12", "14", sure=False),
        outcome("word", "1"),
        outcome("word", "", sure=False),
    ]
    assert Counts.of(outcomes) == Counts(
        count=7, by_digits=3, as_written=2, sure_wrong_digits=2, sure_wrong_text=3, sure_right=2
    )


def test_a_sign_counts_once_for_each_number_that_it_stands_in() -> None:
    found = by_sign([outcome("1-2-3", "1-2-3"), outcome("4-5/6", "456"), outcome("7", "7")])
    assert list(found) == ["-", "/"]
    assert (found["-"].count, found["-"].by_digits, found["-"].as_written) == (2, 2, 1)
    assert (found["/"].count, found["/"].as_written) == (1, 0)


def test_digits_are_spelt_by_a_path_from_end_to_end() -> None:
    arcs = [arc(0, 1, "1", "7"), arc(1, 2, "2"), arc(0, 2, "4"), arc(2, 3, "", "5")]
    spelt = {"12", "72", "125", "725", "4", "45"}
    every = ("".join(digits) for length in range(5) for digits in itertools.product("12457", repeat=length))
    assert {digits for digits in every if can_spell(digits, [arcs])} == spelt


def test_the_order_of_arcs_does_not_count() -> None:
    arcs = [arc(1, 2, "2"), arc(0, 1, "1"), arc(2, 3, "3")]
    assert all(can_spell("123", [order]) for order in itertools.permutations(arcs))


def test_digits_are_spelt_line_after_line() -> None:
    lines = [[arc(0, 1, "1"), arc(1, 2, "2", "")], [arc(0, 1, "3", "")]]
    assert can_spell("123", lines)
    assert can_spell("1", lines)
    assert not can_spell("3", lines)
    assert not can_spell("312", lines)


def test_a_page_without_lines_spells_nothing() -> None:
    assert can_spell("", [])
    assert not can_spell("1", [])


PROBABILITIES = np.zeros(len(ALPHABET))
PROBABILITIES[[7, 1, NO_DIGIT]] = 0.6, 0.3, 0.1


def classify(images: np.ndarray) -> np.ndarray:
    return np.tile(PROBABILITIES, (len(images), 1))


BAR = [[0.0, 0.0], [0.0, 10.0]]
DASH = [[10.0, 5.0], [14.0, 5.0]]
BARS_AND_DASH = [BAR, DASH, [[20.0, 0.0], [20.0, 10.0]]]


def test_the_lines_of_a_reading_are_recorded_once_and_only_inside_the_block() -> None:
    reader = Reader(classify, Record())
    with recorded_lines() as lines:
        assert reader.read_strokes(BARS_AND_DASH).text == "7-7"
    reader.read_strokes(BARS_AND_DASH)
    (line,) = lines
    assert len(line.segments) == 3


def test_a_span_reads_its_likeliest_symbols_and_a_mark_reads_nothing() -> None:
    with recorded_lines() as lines:
        Reader(classify, Record()).read_strokes(BARS_AND_DASH)
    for ranks, bar in ((1, {"7"}), (2, {"7", "1"}), (3, {"7", "1", ""})):
        arcs = {(start, end): texts for start, end, texts in arcs_of(lines[0], classify, Record(), ranks)}
        assert arcs.keys() == lines[0].lower_bounds.keys()
        assert arcs[0, 1] == bar
        assert "" in arcs[1, 2]

"""Marks by their place, signs beside digits, the hint on the number of digits, and the confidence."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from pieces import piece_of
from writing import written

from lenet.errors import InputError
from lenet.ink.notes import Note, NoteCode
from lenet.learning.confidence import fit
from lenet.network.record import FEATURES, NONE, Confidence, Record
from lenet.reading import marks
from lenet.reading.brackets import paired
from lenet.reading.confidence import confidence, features
from lenet.reading.costs import SearchCosts
from lenet.reading.expected import Expected
from lenet.reading.lattice import Choice, Line, Piece
from lenet.reading.parts import parts_of_strokes
from lenet.reading.reader import Reader
from lenet.reading.signs import without_strays

BAND = marks.Band(0.0, 100.0)
"""Digits of a height of 100."""


@pytest.mark.parametrize(
    ("box", "mark"),
    [
        ((0, 90, 10, 10), "."),
        ((0, 100, 0, 0), "."),
        ((0, 88, 10, 30), ","),
        ((0, 70, 20, 55), ","),
        ((0, 45, 50, 6), "-"),
        ((0, 80, 50, 6), "-"),
        ((0, 95, 50, 6), ""),
        ((0, 5, 8, 25), ""),
        ((0, 30, 30, 40), None),
        ((0, 65, 40, 35), None),
        ((0, 0, 20, 100), None),
    ],
    ids=[
        "point",
        "point of no size",
        "comma",
        "tall comma",
        "dash",
        "low dash",
        "underline",
        "apostrophe",
        "small",
        "low",
        "tall",
    ],
)
@pytest.mark.parametrize("scale", [0.1, 1.0, 30.0])
def test_marks_are_told_by_size_and_place(box: tuple[int, ...], mark: str | None, scale: float) -> None:
    left, top, width, height = (side * scale for side in box)
    band = marks.Band(0.0, 100.0 * scale)
    assert marks.mark_of([(left, top, width, height)], band, 100.0 * scale) == mark


def test_two_points_on_top_of_one_another_are_a_colon() -> None:
    above, below, beside = (0, 20, 10, 10), (2, 80, 10, 10), (60, 80, 10, 10)
    assert marks.mark_of([above, below], BAND, 100.0) == ":"
    assert marks.mark_of([above, beside], BAND, 100.0) is None
    assert marks.mark_of([above, (0, 25, 10, 10)], BAND, 100.0) is None


def test_the_band_is_that_of_the_nearest_tall_parts() -> None:
    boxes = np.array([[0, 0, 50, 100], [100, 20, 50, 100], [160, 110, 5, 5], [400, 90, 50, 100]], float)
    assert marks.band_at(160, boxes, 100.0) == marks.Band(10.0, 110.0)


def test_what_is_taller_than_digits_is_likelier_a_slash() -> None:
    gains = [marks.tall_gain(height) for height in (0.05, 0.8, 1.0, 1.3, 1.6, 9.0)]
    assert gains[0] == gains[1] == gains[2] < 0
    assert gains[2] < gains[3] < gains[4] <= gains[5] == marks.MAX_TALL_GAIN


def _piece(text: str, height: float = 100.0, probability: float = 0.99, is_mark: bool = False) -> Piece:
    probabilities = np.append(np.full(10, 0.0), 1 - probability)
    probabilities[int(text) if text.isdigit() else 3] = probability
    return Piece(
        (0.0, 0.0, 50.0, height),
        np.zeros((28, 28), np.float32),
        probabilities,
        text,
        1.0 if is_mark or not text else probability,
        is_mark,
        False,
    )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("7", "7"),
        ("-7", "-7"),
        ("(7)", "(7)"),
        ("3,-", "3,-"),
        ("x", "_"),
        ("x_7", "__7"),
        ("7_-", "7__"),
        ("_", "_"),
        ("+-", "__"),
    ],
)
def test_a_sign_counts_only_beside_a_digit(written: str, kept: str) -> None:
    pieces = [_piece(text.replace("_", "")) for text in written]
    assert "".join(piece.text or "_" for piece in without_strays(pieces, tuple("0123456789"))) == kept


# The hint -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hint", "expected"),
    [(None, None), (3, (3, 3)), ((4, 6), (4, 6)), ([1, 2], (1, 2)), (np.int64(5), (5, 5))],
)
def test_a_hint_is_a_number_or_a_pair(hint: object, expected: tuple[int, int] | None) -> None:
    assert Expected.parse(hint) == expected


@pytest.mark.parametrize("hint", [0, -1, "4", 2.0, True, (3, 2), (1, 2, 3), (1,), 10**6, (None, 3)])
def test_another_hint_is_refused(hint: object) -> None:
    with pytest.raises(InputError, match="digits: wanted a whole number"):
        Expected.parse(hint)


@pytest.mark.parametrize("text", ["2026", "12\n34"])
@pytest.mark.parametrize("hint", [(2, 3), 3, (5, 6)])
def test_the_search_keeps_to_the_hint(reader: Reader, text: str, hint: int | tuple[int, int]) -> None:
    least, most = Expected.parse(hint) or (0, 0)
    reading = reader.read_strokes(written(text), digits=hint)
    assert least <= sum(map(len, reading.numbers)) <= most or least > 4


@pytest.mark.parametrize("hint", [4, (1, 9)])
def test_a_hint_that_is_right_changes_nothing(reader: Reader, hint: int | tuple[int, int]) -> None:
    assert reader.read_strokes(written("2026"), digits=hint).text == "2026"


def test_a_hint_that_no_path_keeps_to_gives_the_nearest_number(reader: Reader) -> None:
    drawing = written("12 34\n56 78\n90 12")
    for hint, fewest, most in ((2, 2, 6), (100, 12, 18), ((5, 7), 5, 7)):
        count = sum(map(len, reader.read_strokes(drawing, digits=hint).numbers))
        assert fewest <= count <= most


@pytest.mark.parametrize("hint", [2, (1, 3), 5, 9])
def test_a_hint_that_the_ink_contradicts_is_never_sure(reader: Reader, hint: int | tuple[int, int]) -> None:
    assert reader.read_strokes(written("2026")).status == "ok"
    assert reader.read_strokes(written("2026"), digits=hint).status == "unsure"


def test_with_one_digit_all_ink_is_that(reader: Reader) -> None:
    reading = reader.read_strokes(written("1 1"), digits=1)
    assert len(reading.digits) == 1


# Confidence ---------------------------------------------------------------------------------------


def _features(*lines: Line, notes: tuple[Note, ...] = ()) -> dict[str, float]:
    return dict(zip(FEATURES, features(lines, notes), strict=True))


def test_the_default_confidence_is_the_product_of_the_probabilities() -> None:
    line = Line([_piece("1", probability=0.9), _piece("2", probability=0.8)], 100.0, -0.1, 1.0)
    assert confidence([line], (), Record().confidence) == pytest.approx(0.72)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("refused_height", [_piece("", height=90.0)]),
        ("marks", [_piece("", height=5.0, is_mark=True)]),
        ("signs", [_piece("-", is_mark=True)]),
        ("uneven", [_piece("7", height=30.0)]),
        ("low_one", [_piece("1", height=60.0)]),
        ("pieces", [_piece("7")]),
    ],
)
def test_what_speaks_against_a_text_raises_its_feature(name: str, more: list[Piece]) -> None:
    digits = [_piece("1"), _piece("2")]
    assert (
        _features(Line([*digits, *more], 100.0, -0.1, 1.0))[name]
        > _features(Line(digits, 100.0, -0.1, 1.0))[name]
    )


def test_features_are_finite_whatever_was_read() -> None:
    nothing = Line([_piece("", height=0.0, probability=0.0)], 1e-9, -math.inf, math.inf)
    sure = Line([_piece("1", probability=1.0)], 100.0, 0.0, 0.0)
    notes = (Note(NoteCode.ROTATED, 90), Note(NoteCode.LINES_REMOVED))
    for lines in ([], [nothing], [sure], [nothing, sure]):
        assert np.isfinite(features(lines, notes)).all()
        for weight in (-1e6, 1e6):
            model = Confidence(0.0, dict.fromkeys(FEATURES, weight))
            assert 0 <= confidence(lines, notes, model) <= 1
    assert _features(sure, notes=notes)["turned"] == 1


def test_what_speaks_against_a_text_never_raises_its_confidence() -> None:
    """Not even where the readings it is fitted on, easy ones of lines that were turned, say so."""
    random = np.random.default_rng(0)
    inputs = np.abs(random.normal(size=(400, len(FEATURES))))
    turned, logit = (list(FEATURES).index(name) for name in ("turned", "logit"))
    model = fit(inputs, inputs[:, turned] + inputs[:, logit] > 1.5, np.ones(400))
    assert model.weights["turned"] == 0
    assert model.weights["logit"] > 0


def test_a_reading_is_ok_from_its_confidence_on(reader: Reader) -> None:
    weights = dict.fromkeys(FEATURES, 0.0)
    for intercept, status in ((3.0, "ok"), (1.0, "unsure")):
        record = dataclasses.replace(reader.record, confidence=Confidence(intercept, weights))
        reading = Reader(reader._classify, record).read_strokes(written("2026"))
        assert (reading.text, reading.status) == ("2026", status)
        assert reading.confidence == pytest.approx(1 / (1 + math.exp(-intercept)))


ONE_OR_BRACKET = {"1": 0.98, "(": 0.001, ")": 0.001}
SURELY_OPEN = {"(": 0.9, "1": 0.1}


@pytest.mark.parametrize(
    ("network", "text", "wanted"),
    [
        ([SURELY_OPEN, {"5": 1.0}, ONE_OR_BRACKET], "(51", "(5)"),
        ([ONE_OR_BRACKET, {"5": 1.0}, ONE_OR_BRACKET], "151", "151"),
        ([SURELY_OPEN, {"5": 1.0}, {"1": 1.0}], "(51", "(51"),
        ([SURELY_OPEN, ONE_OR_BRACKET], "(1", "(1"),
    ],
    ids=["its pair", "no brackets", "surely a 1", "nothing between"],
)
def test_a_bracket_is_closed_where_another_may_be(
    network: list[dict[str, float]], text: str, wanted: str
) -> None:
    choices = [piece_of(probabilities, 1.4) for probabilities in network]
    path = [Choice((index, index + 1), symbol) for index, symbol in enumerate(text)]
    assert "".join(piece.text for piece in paired(path, choices, SearchCosts())) == wanted


def test_what_is_refused_is_no_dearer_than_a_bracket() -> None:
    refused = piece_of({"4": 0.05, "none": 0.95}, 1.4)
    path = [Choice((0, 1), ""), Choice((1, 2), "5"), Choice((2, 3), "1")]
    kept = paired(path, [refused, piece_of({"5": 1.0}, 1.4), piece_of({"1": 1.0}, 1.4)], SearchCosts())
    assert kept == path


def test_brackets_are_paired_in_a_line(reader: Reader) -> None:
    """A network that is surely right but for one bracket, which it takes for a 1; what is joined is none."""
    alphabet = Record().alphabet
    answers = [SURELY_OPEN, {"3": 1.0}, {"1": 0.5, ")": 0.45}]

    def classify(images: np.ndarray) -> np.ndarray:
        found = np.full((len(images), len(alphabet)), 1e-6, np.float32)
        for row, image in zip(found, images, strict=True):
            same = [known for known, one in zip(answers, shown, strict=True) if np.allclose(image, one)]
            known = same[0] if same else {NONE: 1.0}
            row[[alphabet.index(symbol) for symbol in known]] = list(known.values())
        return found / found.sum(1, keepdims=True)

    strokes = [*_arc(-30, -10), *written("3"), *_arc(120, 10)]
    parts = sorted(parts_of_strokes(strokes), key=lambda part: part.box[0])
    shown = [part.image() for part in parts]
    assert Reader(classify, Record()).read_strokes(strokes).text == "(3)"


def _arc(left: float, bend: float) -> list[np.ndarray]:
    """A bracket that is higher than the digits of `written`."""
    y = np.linspace(-20, 120, 20)
    return [np.stack([left - 15 + bend * np.sin(np.pi * np.arange(20) / 19), y], 1)]


def test_a_large_comma_is_placed_by_the_digits_beside_it(reader: Reader) -> None:
    left, _, width, _ = parts_of_strokes(written("2026"))[-1].box
    comma = np.array([[left + width + 18, 70.0], [left + width + 14, 113], [left + width + 6, 140]])
    assert reader.read_strokes([*written("2026"), comma]).text == "2026,"


def test_signs_stand_where_people_write_them() -> None:
    assert set(marks.misplaced(0, 1, 5)) == set(marks.NOT_FIRST)
    assert set(marks.misplaced(4, 5, 5)) == set(marks.NOT_LAST)
    assert not marks.misplaced(1, 2, 3)
    # An open 4 of two strokes is no bracket and a comma.
    assert set("()") <= set(marks.misplaced(0, 1, 2)) & set(marks.misplaced(1, 2, 2))

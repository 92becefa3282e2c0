"""Segmentation: reading order, numbers, lines; what belongs together stays together, what touches is cut."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from writing import DRAWINGS, Drawing, digit, inked, moved, written

from benchmarks.pages import Number, numbers, render
from lenet.ink.notes import NoteCode
from lenet.ink.preprocessing import ink_box
from lenet.ink.strokes import draw
from lenet.learning import row_loss
from lenet.network.classifiers import Classifier
from lenet.network.record import ALPHABET, NO_DIGIT, Record
from lenet.reading import segmentation
from lenet.reading.costs import SearchCosts
from lenet.reading.lattice import Piece, Result, Segment, Span, Variant
from lenet.reading.line_search import LineSearch
from lenet.reading.parts import InkPart, Part, parts_of_ink, parts_of_strokes
from lenet.reading.reader import Reader
from lenet.reading.transcription import transcribe

COSTS, RECORD = SearchCosts(), Record()


def _segment(parts: Sequence[Part], classify: Classifier) -> list[list[Piece]]:
    return [line.pieces for line in segmentation.segment(parts, classify, COSTS, RECORD)]


PAGES = ["7", "2026", "12 34", "905\n16", "1 2 3\n4 5 6", "8 17\n60 3 92"]


@pytest.mark.parametrize("text", PAGES)
def test_digits_come_in_reading_order_as_numbers_and_lines(reader: Reader, text: str) -> None:
    drawing = written(text)
    assert reader.read_strokes(drawing).text == text
    assert reader.read_ink(inked(drawing)).text == text


@pytest.mark.parametrize("size", [0.01, 1, 1e4])
def test_the_unit_and_place_of_strokes_do_not_count(reader: Reader, size: float) -> None:
    drawing = [stroke * size for stroke in moved(written("2026"), 1e3, -50)]
    assert reader.read_strokes(drawing).text == "2026"


def test_boxes_are_where_the_digits_are(reader: Reader) -> None:
    boxes = [digit.box for digit in reader.read_strokes(written("47")).digits]
    assert len(boxes) == 2
    assert boxes[0][0] == pytest.approx(0, abs=1)
    assert boxes[0][0] + boxes[0][2] < boxes[1][0]
    assert boxes[1][3] == pytest.approx(100, abs=1)


def test_digits_of_unlike_size_stand_on_one_line(reader: Reader) -> None:
    small = moved(written("5", size=60), 0, 30)
    assert reader.read_strokes(small + moved(written("38"), 120, 0)).text == "538"


def test_small_digits_far_from_large_ones_are_read_by_their_own_height(reader: Reader) -> None:
    """Two above, one between, two below, two of them a third as high as the others."""
    sheet = moved(written("6"), 0, 0) + moved(written("2", size=30), 400, 30)
    sheet += (
        moved(written("8", size=30), 220, 130) + moved(written("5"), 0, 210) + moved(written("9"), 420, 210)
    )
    assert reader.read_strokes(sheet).text == "6 2\n8\n5 9"
    ink = render(Number([stroke / 100 for stroke in sheet], "", False), 120, 0.05)
    reading = reader.read_ink(ink)
    assert (reading.text, reading.status) == ("6 2\n8\n5 9", "unsure")


def test_points_and_dashes_stand_in_the_text_where_they_are(reader: Reader) -> None:
    dash, dot = [np.array([[80.0, 50], [120, 52]])], [np.array([[260.0, 98], [263, 101]])]
    drawing = written("1") + dash + moved(written("2"), 150, 0) + dot
    reading = reader.read_strokes(drawing)
    assert (reading.text, reading.numbers) == ("1-2.", ["1", "2"])
    assert [piece.digit for piece in reading.digits] == [1, None, 2, None]


def test_parts_of_a_broken_digit_are_one_piece(reader: Reader) -> None:
    """A 5 whose bar stands apart, in a number."""
    five = [
        np.array([[10, 0], [6, 45], [35, 40], [50, 65], [35, 98], [0, 92]], float),
        np.array([[16, 0], [52, -2]], float),
    ]
    drawing = written("3") + moved(five, 90, 0) + moved(written("8"), 180, 0)
    assert reader.read_strokes(drawing).text == "358"
    assert reader.read_ink(inked(drawing)).text == "358"


@pytest.mark.parametrize(("gap", "digits"), [(0.0, 1), (5.0, 1), (15.0, 2)])
def test_strokes_that_touch_are_joined_for_nothing(gap: float, digits: int) -> None:
    """The hook of a 4 and its bar, either of which could be a digit, behind a 0."""
    zero = moved(written("0"), -150, 0)
    hook = np.array([[25.0, 0], [0, 65], [60, 65]])
    bar = np.array([[60 + gap, 20], [60 + gap, 100]])
    parts = parts_of_strokes([*zero, hook, bar])
    whole = parts[-2].joined([parts[-1]]).image()

    def classify(images: np.ndarray) -> np.ndarray:
        sure = np.array([0.99 if (image == whole).all() else 0.9 for image in images])
        return np.stack([sure, *[(1 - sure) / NO_DIGIT] * NO_DIGIT], axis=1)

    (line,) = _segment(parts, classify)
    assert len(line) == 1 + digits


@pytest.mark.parametrize("text", ["00", "60", "37", "93", "12", "84"])
def test_touching_digits_are_cut(reader: Reader, text: str) -> None:
    ink = inked(written(text, gap=0.08))
    assert len(parts_of_ink(ink)) < len(text)
    assert reader.read_ink(ink).text == text


def test_what_is_cut_off_is_queried_with_more_of_its_neighbours_too() -> None:
    (whole,) = parts_of_ink(inked(written("37", gap=-0.1)))
    queried: list[np.ndarray] = []

    def classify(images: np.ndarray) -> np.ndarray:
        queried.extend(images)
        return np.full((len(images), len(ALPHABET)), 1 / len(ALPHABET))

    _segment([whole], classify)
    (first, _), *_ = whole.cut(whole.box[3])
    for variant in (first, first.generous()):
        assert any((image == variant.image()).all() for image in queried)


def test_what_is_too_narrow_or_low_for_two_digits_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A 7 that is doubtful together with the dash under it: the 7 may be several digits, the dash is not."""
    dash = [np.array([[0.0, 118], [60, 118]])]
    seven, low = parts_of_ink(inked(written("7") + dash))
    cut: list[InkPart] = []

    def remember(part: InkPart, height: float) -> list[tuple[InkPart, float]]:
        cut.append(part)
        return [(part, 0.0)]

    def doubt(images: np.ndarray) -> np.ndarray:
        whole = seven.joined([low]).image()
        return np.stack(
            [_answer(7, 0.3) if (image == whole).all() else _answer(NO_DIGIT, 1) for image in images]
        )

    monkeypatch.setattr(InkPart, "cut", remember)
    _segment([seven, low], doubt)
    assert cut == [seven]


def _answer(label: int, probability: float) -> np.ndarray:
    """Probabilities over the alphabet, of a label and of "none"."""
    answer = np.zeros(len(ALPHABET))
    answer[NO_DIGIT] = 1 - probability
    answer[label] += probability
    return answer


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_on_its_side_is_read_upright(reader: Reader, turned: int) -> None:
    ink = np.pad(inked(written("2473\n5924")), 20)
    grey = np.round(255 * (1 - ink)).astype(np.uint8)
    reading = reader.read_image(np.rot90(grey, turned // 90))
    assert reading.text == "2473\n5924"
    assert reading.turned == turned
    assert any(note.code is NoteCode.ROTATED for note in reading.notes)
    first = reading.digits[0].box
    box = ink_box(ink)
    assert box is not None
    assert first[0] == pytest.approx(box[0], abs=3)


@pytest.mark.parametrize("count", [1, 2, 30])
def test_dots_alone_are_no_digits(reader: Reader, count: int) -> None:
    dots = [np.array([[50.0 * number, 7.0]]) for number in range(count)]
    reading = reader.read_strokes(dots)
    assert (reading.text, reading.status) == ("", "not_a_digit")
    dash = [np.array([[0.0, 200], [90, 203]])]
    assert reader.read_strokes(dots + dash).text == ""


def test_dots_at_one_place_are_no_digit(reader: Reader) -> None:
    for place in (0.0, 5.0):
        dots = [np.full((1, 2), place)] * 2
        assert reader.read_strokes(dots).status == "not_a_digit"


def test_no_ink_has_no_lines() -> None:
    def never(images: np.ndarray) -> np.ndarray:
        raise AssertionError("there is nothing to classify")

    assert _segment([], never) == []


def test_many_digits_are_one_query_to_the_network() -> None:
    queried = []

    def sevens(images: np.ndarray) -> np.ndarray:
        queried.append(images.shape)
        answers = np.zeros((len(images), len(ALPHABET)), np.float32)
        answers[:, 7] = 1
        return answers

    parts = parts_of_ink(inked(written("1 2 3 4 5 6 7")))
    (line,) = _segment(parts, sevens)
    assert len(line) == len(parts)
    assert len(queried) == 1
    assert queried[0][1:] == (28, 28)


def test_however_many_joins_there_are_the_queries_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Specks close together, of which the network says something else each time."""
    monkeypatch.setattr(segmentation, "MAX_QUERIES", 200)
    random = np.random.default_rng(0)
    specks = np.zeros((300, 300), np.float32)
    for x, y, reach in random.integers((10, 10, 2), (290, 290, 8), (300, 3)):
        specks[y - reach : y + reach, x - reach : x + reach] = 1
    queried = 0

    def doubt(images: np.ndarray) -> np.ndarray:
        nonlocal queried
        queried += len(images)
        return random.dirichlet(np.full(len(ALPHABET), 0.5), len(images))

    parts = parts_of_ink(specks)
    lines = _segment(parts, doubt)
    assert sum(map(len, lines)) > 50
    # Not every part by itself: a random tall sign may make joins so cheap that no path divides them.
    assert 50 < queried < 3 * (200 + 2 * len(parts))  # for joins, for cuts, for rivals


def test_a_drawing_of_one_digit_is_read_as_a_whole(reader: Reader) -> None:
    for example in DRAWINGS:
        strokes = [np.asarray(stroke, np.float64) for stroke in example.strokes]
        reading = reader.read_strokes(strokes)
        assert reading.text == str(example.label)
        np.testing.assert_array_equal(reading.digits[0].image, _form(strokes))


def _form(strokes: Drawing) -> np.ndarray:
    part = parts_of_ink(draw(strokes))
    return part[0].joined(part[1:]).image() if len(part) > 1 else part[0].image()


def test_numbers_of_drawings_are_read(reader: Reader) -> None:
    drawings = [digit(label) for label in range(10)]
    made = numbers(drawings, np.arange(10), np.array(["one"] * 10), 40, touching=0.2, seed=1)
    right = sum(reader.read_strokes(number.strokes).text == number.text for number in made)
    assert right >= 36


def test_joins_that_the_network_is_not_queried_about_would_not_be_taken(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings = [digit(label) for label in range(10)]
    made = numbers(drawings, np.arange(10), np.array(["one"] * 10), 30, touching=0.5, seed=2)
    inks = [render(number, 40, 0.12) for number in made]
    few = [reader.read_ink(ink).to_json() for ink in inks]
    monkeypatch.setattr(
        LineSearch,
        "open_spans",
        lambda line, rivals: [span for span in line.lower_bounds if span not in line.results],
    )
    every = [reader.read_ink(ink).to_json() for ink in inks]
    for reading in (*few, *every):  # the confidence weighs all that was queried
        del reading["milliseconds"], reading["confidence"], reading["status"]
    assert few == every


def test_scribbles_of_any_length_are_answered(reader: Reader) -> None:
    random = np.random.default_rng(0)
    scribbles = [np.cumsum(random.normal(0, 1000, (4_900, 2)), axis=0) for _ in range(2)]
    assert reader.read_strokes(scribbles).status in ("unsure", "not_a_digit")


def _line_of_three_cuts(costs: dict[Span, float], is_cut: bool) -> LineSearch:
    """Four segments, of which all but the first are a 7, and any others a 1, at these costs."""
    ink = np.ones((10, 4), np.float32)
    parts = [InkPart((4.0 * place, 0.0, 4.0, 10.0), ink) for place in range(4)]
    line = LineSearch([Segment(part, 0.0, True, is_cut) for part in parts], 10.0)
    for span, cost in costs.items():
        answer = _answer(7 if span == (1, 4) else 1, 1)
        variant = Variant(line.joined(*span), 0.0)
        line.results[span], line.lower_bounds[span] = Result(variant, np.zeros((28, 28)), answer), cost
    return line


@pytest.mark.parametrize(
    ("costlier", "is_cut", "digits"),
    [
        (0.5, True, [1, 1]),  # each of two paths is a little costlier than the third, but they agree
        (0.8, True, [1, 7]),  # too much
        (0.5, False, [1, 7]),
    ],
)
def test_where_ink_is_cut_paths_that_agree_add_up(costlier: float, is_cut: bool, digits: list[int]) -> None:
    lucky = {(0, 1): 0.5, (1, 4): 0.5}
    others = {(0, 2): 0.5, (2, 4): 0.5 + costlier, (0, 3): 0.5, (3, 4): 0.5 + costlier}
    line = _line_of_three_cuts(lucky | others, is_cut)
    assert [int(piece.text) for piece in transcribe(line).pieces] == digits


def test_a_lattice_has_the_cheapest_path_and_its_rivals(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings, classify = [digit(label) for label in range(10)], _with_all_signs(reader)
    for number in numbers(drawings, np.arange(10), np.array(["one"] * 10), 10, touching=0.5, seed=3):
        ink = render(number, 40, 0.12)
        found = []
        for rivals in (1.0, 3.0):
            costs = SearchCosts(rivals=rivals)
            monkeypatch.setattr(segmentation, "SearchCosts", lambda costs=costs: costs)
            lattice = segmentation.lattice(ink, classify)
            assert lattice.images.shape == (len(lattice.spans), 28, 28)
            assert lattice.costs.shape == (len(lattice.spans), len(ALPHABET) + 1)
            assert np.isfinite(lattice.costs).any(axis=1).all()
            assert {0, lattice.end} <= set(lattice.spans.ravel().tolist())
            found.append(lattice)
        few, many = found
        assert {tuple(span) for span in few.spans} <= {tuple(span) for span in many.spans}
        (line,) = segmentation._lines_cut_everywhere(ink)
        segmentation._query([line], classify)
        for lattice in found:
            assert _cheapest(lattice, classify) == pytest.approx(line._cheapest_path()[0], abs=1e-4)


def _with_all_signs(reader: Reader) -> Classifier:
    """The reader's network over the whole alphabet; signs that it does not know have the probability 0."""
    known = [ALPHABET.index(symbol) for symbol in reader.record.alphabet]

    def classify(images: np.ndarray) -> np.ndarray:
        answers = np.zeros((len(images), len(ALPHABET)), np.float32)
        answers[:, known] = reader._classify(images)
        return answers

    return classify


def _cheapest(lattice: segmentation.Lattice, classify: Classifier) -> float:
    """Cost of the cheapest path from end to end, by the scores that are learnt from."""
    answers = torch.from_numpy(np.log(np.maximum(classify(lattice.images), 1e-9)))
    arc_costs = torch.from_numpy(lattice.costs).clamp_max(1e4)
    costs = -row_loss.arc_scores(answers, arc_costs).amax(1)
    least = {0: 0.0}
    for (start, end), cost in zip(lattice.spans.tolist(), costs.tolist(), strict=True):
        least[end] = min(least.get(end, np.inf), least.get(start, np.inf) + cost)
    return least[lattice.end]

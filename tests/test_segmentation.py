"""Segmentation: reading order, numbers, lines; what belongs together stays together, what touches is cut."""

from __future__ import annotations

import numpy as np
import pytest
from pages import Number, numbers, render

from lenet import segmentation
from lenet.preprocessing import ink_box
from lenet.reader import Reader
from lenet.strokes import draw
from lenet.ui import examples

Drawing = list[np.ndarray]

DRAWINGS = examples.load()


def _digit(label: int) -> Drawing:
    drawing = next(example.strokes for example in DRAWINGS if example.label == label)
    strokes = [np.asarray(stroke, np.float64) for stroke in drawing]
    points = np.concatenate(strokes)
    return [(stroke - points.min(axis=0)) / np.ptp(points[:, 1]) for stroke in strokes]


def _written(text: str, gap: float = 0.25, size: float = 100) -> Drawing:
    """Digits side by side, a space between numbers, a line below the other; lines 1.8 digits apart."""
    drawing: Drawing = []
    for row, line in enumerate(text.split("\n")):
        right = 0.0
        for character in line:
            if character == " ":
                right += 1.3
                continue
            digit = _moved(_digit(int(character)), right, 1.8 * row)
            drawing += digit
            right = max(float(stroke[:, 0].max()) for stroke in digit) + gap
    return [stroke * size for stroke in drawing]


def _moved(drawing: Drawing, right: float, down: float) -> Drawing:
    return [stroke + np.array([right, down]) for stroke in drawing]


def _inked(drawing: Drawing, height: float = 40) -> np.ndarray:
    """Ink of a drawing whose digits are 100 high, at `height` pixels a digit."""
    strokes = [stroke / 100 for stroke in drawing]
    return render(Number(strokes, "", False), height, 0.12)


PAGES = ["7", "2026", "12 34", "905\n16", "1 2 3\n4 5 6", "8 17\n60 3 92"]


@pytest.mark.parametrize("text", PAGES)
def test_digits_come_in_reading_order_as_numbers_and_lines(reader: Reader, text: str) -> None:
    drawing = _written(text)
    assert reader.read_strokes(drawing).text == text
    assert reader.read_ink(_inked(drawing)).text == text


@pytest.mark.parametrize("size", [0.01, 1, 1e4])
def test_the_unit_and_place_of_strokes_do_not_count(reader: Reader, size: float) -> None:
    drawing = [stroke * size for stroke in _moved(_written("2026"), 1e3, -50)]
    assert reader.read_strokes(drawing).text == "2026"


def test_boxes_are_where_the_digits_are(reader: Reader) -> None:
    boxes = [digit.box for digit in reader.read_strokes(_written("47")).digits]
    assert len(boxes) == 2
    assert boxes[0][0] == pytest.approx(0, abs=1)
    assert boxes[0][0] + boxes[0][2] < boxes[1][0]
    assert boxes[1][3] == pytest.approx(100, abs=1)


def test_digits_of_unlike_size_stand_on_one_line(reader: Reader) -> None:
    small = _moved(_written("5", size=60), 0, 30)
    assert reader.read_strokes(small + _moved(_written("38"), 120, 0)).text == "538"


def test_dots_and_dashes_are_left_out_of_the_text_but_listed(reader: Reader) -> None:
    dash, dot = [np.array([[80.0, 50], [120, 52]])], [np.array([[260.0, 98], [263, 101]])]
    drawing = _written("1") + dash + _moved(_written("2"), 150, 0) + dot
    reading = reader.read_strokes(drawing)
    assert reading.text == "12"
    assert [digit.status for digit in reading.digits].count("not_a_digit") == 2


def test_parts_of_a_broken_digit_are_one_piece(reader: Reader) -> None:
    """A 5 whose bar stands apart, in a number."""
    five = [
        np.array([[10, 0], [6, 45], [35, 40], [50, 65], [35, 98], [0, 92]], float),
        np.array([[16, 0], [52, -2]], float),
    ]
    drawing = _written("3") + _moved(five, 90, 0) + _moved(_written("8"), 180, 0)
    assert reader.read_strokes(drawing).text == "358"
    assert reader.read_ink(_inked(drawing)).text == "358"


@pytest.mark.parametrize("text", ["00", "60", "37", "93", "12", "84"])
def test_touching_digits_are_cut(reader: Reader, text: str) -> None:
    ink = _inked(_written(text, gap=0.08))
    assert len(segmentation.parts_of_ink(ink)) < len(text)
    assert reader.read_ink(ink).text == text


def test_a_cut_loses_no_ink() -> None:
    ink = _inked(_written("00", gap=0.08))
    (part,) = segmentation.parts_of_ink(ink)
    pieces = part.cut(part.box[3])
    assert len(pieces) > 1
    whole = pieces[0][0].joined([piece for piece, _ in pieces[1:]])
    assert whole.box == part.box
    np.testing.assert_array_equal(whole.ink, part.ink)


def test_what_is_cut_off_is_asked_about_with_more_of_its_neighbours_too() -> None:
    ink = _inked(_written("37", gap=-0.1))
    (whole,) = segmentation.parts_of_ink(ink)
    assert whole.generous() is whole
    pieces = [piece for piece, _ in whole.cut(whole.box[3])]
    assert len(pieces) > 1
    for piece in pieces:
        narrow, wide = (_on_sheet(part, ink.shape) for part in (piece, piece.generous()))
        assert (wide >= narrow).all()
    assert sum(_on_sheet(piece.generous(), ink.shape).sum() for piece in pieces) > 1.1 * sum(
        _on_sheet(piece, ink.shape).sum() for piece in pieces
    )

    asked: list[np.ndarray] = []

    def classify(images: np.ndarray) -> np.ndarray:
        asked.extend(images)
        return np.full((len(images), 11), 1 / 11)

    segmentation.segment([whole], classify)
    for form in (pieces[0], pieces[0].generous()):
        assert any((image == form.image()).all() for image in asked)


def _on_sheet(part: segmentation.InkPart, shape: tuple[int, int]) -> np.ndarray:
    sheet = np.zeros(shape, np.float32)
    left, top, width, height = part.box
    sheet[top : top + height, left : left + width] = part.ink
    return sheet


def test_a_cut_costs_more_through_more_ink() -> None:
    def cheapest(bridge: int) -> float:
        blob = np.zeros((40, 80), np.float32)
        blob[:, :30] = blob[:, 50:] = blob[18 : 18 + bridge] = 1
        (part,) = segmentation.parts_of_ink(blob)
        first, *costs = [cost for _, cost in part.cut(40)]
        assert first == 0
        return min(costs)

    assert 0 < cheapest(4) < cheapest(8) < cheapest(16) < 3


def test_numbers_on_a_slope_are_one_line(reader: Reader) -> None:
    angle = np.deg2rad(12)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    assert reader.read_strokes([stroke @ turn for stroke in _written("2026 38")]).text == "2026 38"


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_on_its_side_is_read_upright(reader: Reader, turned: int) -> None:
    ink = np.pad(_inked(_written("2473\n5924")), 20)
    grey = np.round(255 * (1 - ink)).astype(np.uint8)
    reading = reader.read_image(np.rot90(grey, turned // 90))
    assert reading.text == "2473\n5924"
    assert reading.turned == turned
    assert any(note.startswith("turned") for note in reading.notes)
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

    assert segmentation.segment([], never) == []


def test_many_digits_are_one_question_to_the_network() -> None:
    asked = []

    def sevens(images: np.ndarray) -> np.ndarray:
        asked.append(images.shape)
        answers = np.zeros((len(images), 11), np.float32)
        answers[:, 7] = 1
        return answers

    parts = segmentation.parts_of_ink(_inked(_written("1 2 3 4 5 6 7")))
    (line,) = segmentation.segment(parts, sevens)
    assert len(line) == len(parts)
    assert len(asked) == 1
    assert asked[0][1:] == (28, 28)


def test_a_drawing_of_one_digit_is_read_as_a_whole(reader: Reader) -> None:
    for example in DRAWINGS:
        strokes = [np.asarray(stroke, np.float64) for stroke in example.strokes]
        reading = reader.read_strokes(strokes)
        assert reading.text == str(example.label)
        np.testing.assert_array_equal(reading.digits[0].image, _form(strokes))


def _form(strokes: Drawing) -> np.ndarray:
    part = segmentation.parts_of_ink(draw(strokes))
    return part[0].joined(part[1:]).image() if len(part) > 1 else part[0].image()


def test_numbers_of_drawings_are_read(reader: Reader) -> None:
    drawings = [_digit(label) for label in range(10)]
    made = numbers(drawings, np.arange(10), np.array(["one"] * 10), 40, touching=0.2, seed=1)
    right = sum(reader.read_strokes(number.strokes).text == number.text for number in made)
    assert right >= 36


def test_joins_that_the_network_is_not_asked_about_would_not_be_taken(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings = [_digit(label) for label in range(10)]
    made = numbers(drawings, np.arange(10), np.array(["one"] * 10), 30, touching=0.5, seed=2)
    inks = [render(number, 40, 0.12) for number in made]
    few = [reader.read_ink(ink).to_json() for ink in inks]
    monkeypatch.setattr(
        segmentation._Line, "promising", lambda line: [span for span in line.least if span not in line.seen]
    )
    every = [reader.read_ink(ink).to_json() for ink in inks]
    for reading in (*few, *every):
        del reading["milliseconds"]
    assert few == every


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_strokes_touch_where_the_pen_of_a_digit_would_join_them(unit: float) -> None:
    upright = np.array([[50.0, 0], [50, 100]]) * unit
    for gap, touching in ((5, True), (20, False)):
        dash = np.array([[50.0 + gap, 50], [90, 50]]) * unit
        one, other = segmentation.parts_of_strokes([upright, dash])
        assert one.touches(other, 100 * unit) is touching


def test_scribbles_of_any_length_are_answered(reader: Reader) -> None:
    random = np.random.default_rng(0)
    scribbles = [np.cumsum(random.normal(0, 1000, (50_000, 2)), axis=0) for _ in range(2)]
    assert reader.read_strokes(scribbles).status in ("unsure", "not_a_digit")


def test_of_a_texture_the_largest_blobs_are_read() -> None:
    ink = np.zeros((300, 500), np.float32)
    ink[::4, ::4] = ink[1::4, ::4] = ink[::4, 1::4] = ink[1::4, 1::4] = 1
    ink[100:120, 200:210] = 1
    parts = segmentation.parts_of_ink(ink)
    assert len(parts) == segmentation.MOST_BLOBS
    assert max(part.box[3] for part in parts) > 18

"""Reader: strokes, ink and pictures of the same digit get the same answer, in the agreed form."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lenet.errors import InputError
from lenet.ink.strokes import draw
from lenet.reading import segmentation
from lenet.reading.reader import Reader
from lenet.reading.result import Digit, Reading

SEVEN = [[[10, 10], [60, 12], [30, 80]], [[20, 45], [55, 44]]]


def test_a_drawn_digit_is_read_with_its_box_and_confidence(reader: Reader) -> None:
    reading = reader.read_strokes(SEVEN)
    assert (reading.text, reading.status) == ("7", "ok")
    (piece,) = reading.digits
    assert piece.digit == 7
    assert piece.box == (10, 10, 50, 70)
    assert piece.image.shape == (28, 28)
    assert 0.99 < sum(piece.probabilities.values()) <= 1 + 1e-5
    assert piece.confidence == max(piece.probabilities.values())
    assert reading.confidence > 0.9
    assert reading.preprocessing_ms > 0
    assert reading.network_ms > 0


def test_strokes_ink_and_picture_agree(reader: Reader, tmp_path: Path) -> None:
    ink = draw(SEVEN)
    grey = np.round(255 * (1 - np.pad(ink, 30))).astype(np.uint8)
    path = tmp_path / "seven.png"
    Image.fromarray(grey).save(path)
    readings = [
        reader.read_strokes(SEVEN),
        reader.read_ink(ink),
        reader.read_image(grey),
        reader.read_image(Image.fromarray(grey)),
        reader.read_image(path),
        reader.read_image(str(path)),
    ]
    assert {reading.text for reading in readings} == {"7"}
    np.testing.assert_array_equal(readings[0].digits[0].image, readings[1].digits[0].image)
    left, top, width, height = readings[-1].digits[0].box
    assert abs(left - 34) <= 1
    assert abs(top - 34) <= 1
    assert abs(height - 80) <= 2
    assert width < height


def test_it_reads_mnist(reader: Reader, mnist: tuple[np.ndarray, np.ndarray]) -> None:
    read = [reader.read_ink(image).text for image in mnist[0]]
    assert np.mean([text == str(label) for text, label in zip(read, mnist[1], strict=True)]) > 0.98


@pytest.mark.parametrize("strokes", [[], [[]]])
def test_nothing_drawn_is_empty(reader: Reader, strokes: list) -> None:
    reading = reader.read_strokes(strokes)
    assert (reading.text, reading.status, reading.digits) == ("", "empty", ())


def test_an_empty_sheet_is_empty(reader: Reader) -> None:
    assert reader.read_image(np.full((100, 100), 255, np.uint8)).status == "empty"
    assert reader.read_ink(np.zeros((100, 100), np.float32)).status == "empty"


def test_a_drawing_between_a_4_and_a_9_is_unsure(reader: Reader) -> None:
    statuses = [reader.read_strokes(_four_or_nine(gap)).status for gap in np.linspace(0, 1, 41)]
    assert "unsure" in statuses
    assert "ok" in statuses


def _four_or_nine(gap: float) -> list:
    loop = [[20, 20 + 30 * gap], [20, 50], [60, 50]]
    closing = [[60, 20], [60 - 40 * (1 - gap), 20]]
    return [loop, closing, [[60, 15], [60, 100]]]


def _with_full_stop(drawn: np.ndarray) -> np.ndarray:
    """A grey picture of ink, with a dot of ink low at its right."""
    ink = np.pad(drawn, 90)
    height, width = ink.shape
    ink[height - 108 : height - 94, width - 65 : width - 51] = 1
    return np.round(255 * (1 - ink)).astype(np.uint8)


def test_one_digit_and_a_mark_are_read_as_they_lie(reader: Reader) -> None:
    """Also where the digit on its side is taken for several, of which one is left when it is turned."""
    reading = reader.read_image(_with_full_stop(np.rot90(draw(SEVEN))))
    assert len(reading.digits) >= 2
    assert reading.turned == 0


def test_one_digit_and_a_mark_are_not_rotated_even_to_read_better(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lenet.reading.reader.SURELY_UPRIGHT", 2)
    monkeypatch.setattr(Reader, "_guess_rotation", lambda *_: 90)
    monkeypatch.setattr("lenet.reading.reader._Lines.is_better_than", lambda *_, by: True)
    reading = reader.read_image(_with_full_stop(draw(SEVEN)))
    assert (reading.text, reading.turned) == ("7.", 0)
    assert len(reading.digits) == 2


def test_a_page_that_reads_worse_rotated_is_read_as_it_lies(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the quick pass, which cuts nothing, takes touching zeros on their side for an 8."""
    monkeypatch.setattr("lenet.reading.reader.SURELY_UPRIGHT", 2)
    monkeypatch.setattr(Reader, "_guess_rotation", lambda *_: 90)
    ink = np.hstack([np.pad(draw(SEVEN), 20)] * 3)
    upright, lying = (
        reader.read_image(np.round(255 * (1 - page)).astype(np.uint8)) for page in (ink, np.rot90(ink))
    )
    assert (upright.text, upright.turned) == ("777", 0)
    assert (lying.text, lying.turned) == ("777", 90)


def test_a_page_of_very_many_parts_is_neither_cut_nor_turned(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Specks, which would take long."""
    calls: list[str] = []
    guess, cut = Reader._guess_rotation, segmentation._cut_where_doubtful
    monkeypatch.setattr("lenet.reading.reader.SURELY_UPRIGHT", 2)
    monkeypatch.setattr(Reader, "_guess_rotation", lambda *given: calls.append("turn") or guess(*given))
    monkeypatch.setattr(segmentation, "_cut_where_doubtful", lambda line: calls.append("cut") or cut(line))
    page = np.round(255 * (1 - np.hstack([np.pad(draw(SEVEN), 20)] * 3))).astype(np.uint8)
    assert reader.read_image(page).text == "777"
    assert set(calls) == {"turn", "cut"}
    calls.clear()
    monkeypatch.setattr(segmentation, "MAX_PARTS", 2)
    assert reader.read_image(page).text == "777"
    assert not calls


def test_the_answer_is_the_same_from_many_threads(reader: Reader) -> None:
    alone = reader.read_strokes(SEVEN).digits[0].probabilities
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(reader.read_strokes, [SEVEN] * 64))
    assert all(reading.digits[0].probabilities == pytest.approx(alone, abs=1e-6) for reading in together)


def test_an_error_costs_the_next_drawing_nothing(reader: Reader) -> None:
    before = reader.read_strokes(SEVEN).digits[0].probabilities
    with pytest.raises(InputError, match="strokes: wanted"):
        reader.read_strokes("7")
    with pytest.raises(InputError, match="ink: wanted"):
        reader.read_ink(np.full((5, 5), 255.0))
    assert reader.read_strokes(SEVEN).digits[0].probabilities == before


def test_the_json_has_the_agreed_keys_and_rounding() -> None:
    image = np.zeros((28, 28), np.float32)
    box = (1.0, 2.0, 3.5, 4.0)
    four = Digit("4", {"3": 0.0, "4": 0.60004, "9": 0.3, "8": 0.1}, "unsure", box, image)
    percent = Digit("%", {"4": 0.05, "%": 0.95}, "ok", box, image)
    scribble = Digit("", {"4": 0.2, "%": 0.3}, "not_a_digit", box, image)
    reading = Reading("4%", 0.57004, "unsure", (four, percent, scribble), 0.25, 0.125)
    assert json.loads(json.dumps(reading.to_json())) == {
        "status": "unsure",
        "confidence": 0.57,
        "text": "4%",
        "numbers": ["4"],
        "digits": [
            {"text": "4", "digit": 4, "confidence": 0.6, "status": "unsure", "box": list(box)},
            {"text": "%", "digit": None, "confidence": 0.95, "status": "ok", "box": list(box)},
            {"text": "", "digit": 4, "confidence": 0.2, "status": "not_a_digit", "box": list(box)},
        ],
        "milliseconds": 0.375,
    }
    assert four.alternatives == [("9", 0.3), ("8", 0.1), ("3", 0.0)]


@pytest.mark.parametrize(
    ("text", "numbers"), [("3.14", ["3", "14"]), ("(919) 555-0199\n7", ["919", "555", "0199", "7"]), ("", [])]
)
def test_numbers_are_the_longest_strings_of_digits(text: str, numbers: list[str]) -> None:
    assert Reading(text, 0.5, "unsure", (), 0, 0).numbers == numbers


def test_missing_weights_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such weights"):
        Reader.load(tmp_path / "none.safetensors")


def test_importing_the_package_does_not_import_torch() -> None:
    command = "import lenet, sys; assert 'torch' not in sys.modules; from lenet import Reader; Reader.load"
    subprocess.run([sys.executable, "-c", command], check=True)


def test_an_unknown_name_is_an_attribute_error() -> None:
    import lenet

    with pytest.raises(AttributeError, match="module 'lenet' has no attribute 'Writer'"):
        lenet.Writer  # noqa: B018

"""The parser of UNIPEN's text format, on texts written here."""

from __future__ import annotations

import numpy as np
import pytest

from lenet.datasets import unipen_format
from tests.data_files import TWO_DRAWINGS


def points(drawing: unipen_format.Character) -> list[list[list[float]]]:
    return [stroke.tolist() for stroke in drawing.strokes]


def test_ink_is_cut_as_the_segments_say_with_y_downward():
    seven, four = unipen_format.parse(TWO_DRAWINGS)
    assert (seven.label, four.label) == ("7", "4")
    assert points(seven) == [[[10, -50], [30, -50], [15, -20]]]
    assert points(four) == [[[1, -9], [2, -3]], [[4, -8]]]
    assert four.comment == "4 3  1"
    assert seven.strokes[0].dtype == np.float64


def test_any_strokes_written_as_text_are_read_back():
    random = np.random.default_rng(0)
    drawings = [
        [random.integers(-999, 999, (random.integers(1, 9), 2)) for _ in range(random.integers(1, 4))]
        for _ in range(50)
    ]
    text, first = "", 0
    for strokes in drawings:
        text += f'.SEGMENT DIGIT {first}-{first + len(strokes) - 1} ? "{len(strokes)}"\n'
        first += len(strokes)
        for stroke in strokes:
            text += ".PEN_DOWN\n" + "".join(f" {x}  {y}\n" for x, y in stroke) + ".PEN_UP\n"
    read = list(unipen_format.parse(text, y_up=False))
    assert [drawing.label for drawing in read] == [str(len(strokes)) for strokes in drawings]
    assert [points(drawing) for drawing in read] == [[stroke.tolist() for stroke in d] for d in drawings]


@pytest.mark.parametrize(
    ("delineation", "strokes"),
    [
        ("0", ["ab"]),
        ("0-2", ["ab", "cde", "fg"]),
        ("0,2", ["ab", "fg"]),
        ("2,0", ["fg", "ab"]),
        ("0:1-2:0", ["b", "cde", "f"]),
        ("1:1-1:2", ["de"]),
        ("1:1", ["d"]),
        ("0-1,2:1-2:1", ["ab", "cde", "g"]),
    ],
)
def test_segments_name_components_and_points_of_them(delineation: str, strokes: list[str]):
    ink = "".join(
        ".PEN_DOWN\n" + "".join(f"{ord(name)} 0\n" for name in component) + ".PEN_UP\n"
        for component in ("ab", "cde", "fg")
    )
    (drawing,) = unipen_format.parse(f'{ink}.SEGMENT CHARACTER {delineation} OK "5"\n')
    assert ["".join(chr(int(x)) for x in stroke[:, 0]) for stroke in drawing.strokes] == strokes


def test_a_lifted_pen_counts_where_its_path_was_recorded_and_is_not_ink():
    ink = ".PEN_DOWN\n1 1\n.PEN_UP\n2 2\n.PEN_DOWN\n3 3\n.PEN_UP\n.PEN_DOWN\n4 4\n"
    one, two = unipen_format.parse(f'{ink}.SEGMENT DIGIT 0-2 ? "1"\n.SEGMENT DIGIT 3 ? "2"\n', y_up=False)
    assert points(one) == [[[1, 1]], [[3, 3]]]
    assert points(two) == [[[4, 4]]]


def test_columns_are_those_of_coord():
    text = '.COORD T Y X P\n.PEN_DOWN\n100 2 1 9\n110 4 3 9\n.SEGMENT DIGIT 0 "3"\n'
    (drawing,) = unipen_format.parse(text, y_up=False)
    assert points(drawing) == [[[1, 2], [3, 4]]]


def test_only_single_digits_are_read():
    labels = (
        'CHARACTER 0 ? "A"',
        'WORD 0 ? "5"',
        'CHARACTER 0 ? "12"',
        'CHARACTER 0 ? "\\""',
        'CHARACTER 0 ? "8"',
    )
    text = ".PEN_DOWN\n1 1\n" + "".join(f".SEGMENT {label}\n" for label in labels)
    assert [drawing.label for drawing in unipen_format.parse(text)] == ["8"]


def test_includes_are_read_in_place_and_a_cycle_ends():
    include = {"ink.dat": ".INCLUDE ink.dat\n.PEN_DOWN\n1 1\n"}
    last = '.SEGMENT DIGIT 0-1 ? "1"\n'
    (drawing,) = unipen_format.parse(f".INCLUDE ink.dat\n.INCLUDE missing.doc\n{last}", include)
    assert len(drawing.strokes) == 2


@pytest.mark.parametrize("delineation", ["1", "0-1", "0,,0"])
def test_a_segment_beyond_the_ink_is_an_error(delineation: str):
    with pytest.raises(ValueError, match=f"wanted a range of 1 components, got '{delineation}'"):
        list(unipen_format.parse(f'.PEN_DOWN\n1 1\n.SEGMENT DIGIT {delineation} ? "1"\n'))


@pytest.mark.parametrize("rows", ["1 1\n2\n", "1 x\n", "1\n2\n"])
def test_points_that_are_not_pairs_of_numbers_are_an_error(rows: str):
    with pytest.raises(ValueError, match=r"."):
        list(unipen_format.parse(f'.PEN_DOWN\n{rows}.SEGMENT DIGIT 0 ? "1"\n'))

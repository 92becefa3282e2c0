"""The tuned constants are found, and a reader with one changed differs in that alone."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from benchmarks import constants
from lenet.network.record import ALPHABET, Record
from lenet.reading.marks import LogNormal
from lenet.reading.reader import Reader

FOUND = {one.label: one for one in constants.find()}


def surely_one(images: np.ndarray) -> np.ndarray:
    """A classifier for which everything is a 1."""
    return np.tile(np.eye(len(ALPHABET), dtype=np.float32)[1], (len(images), 1))


def changed(label: str, value: constants.Value) -> Reader:
    return constants.changed_reader(surely_one, Record(), FOUND[label], value)


def test_the_constants_are_numbers_of_the_ink_and_the_reading_code() -> None:
    assert FOUND["preprocessing.BOX"].value == 20
    assert FOUND["SearchCosts.cut"].value == 0.7
    assert FOUND["Refusal.reading"].value == 0.75
    assert all(constants.is_numeric(one.value) for one in FOUND.values())
    assert len(FOUND) > 100


@pytest.mark.parametrize(
    ("value", "half", "double"),
    [
        (10, 5, 20),
        (1, 0, 2),
        (3, 1, 6),
        (0, 0, 0),
        (0.4, 0.2, 0.8),
        (0.8, 0.4, 0.9),
        (1.2, 0.6, 2.4),
        ((2, 0.1), (1, 0.05), (4, 0.2)),
        (LogNormal(1.0, 0.25), LogNormal(0.5, 0.125), LogNormal(2.0, 0.5)),
    ],
)
def test_values_are_halved_and_doubled(value: object, half: object, double: object) -> None:
    assert constants.scaled(value, 0.5) == pytest.approx(half)
    assert constants.scaled(value, 2) == pytest.approx(double)


def test_costs_are_no_shares_and_are_doubled_beyond_1() -> None:
    assert FOUND["SearchCosts.cut"].scaled(2) == pytest.approx(1.4)
    assert FOUND["reader.SURELY_UPRIGHT"].scaled(2) == pytest.approx(0.95)


def test_a_change_reaches_modules_that_import_the_name_and_what_is_computed_from_it() -> None:
    box = FOUND["preprocessing.BOX"]
    draws = changed(box.label, 10).read_strokes.__func__.__globals__["strokes"]
    assert (draws.BOX, draws._SIZE) == (10, 10 * draws._RASTER)


def test_the_callers_own_modules_stay() -> None:
    before = {name: module for name, module in sys.modules.items() if name.startswith("lenet")}
    changed("preprocessing.BOX", 10)
    assert all(sys.modules[name] is module for name, module in before.items())
    import lenet.reading.reader

    assert lenet.reading.reader.Reader is Reader


def test_fields_of_costs_and_of_the_record_are_changed() -> None:
    assert changed("SearchCosts.cut", 9.0)._costs.cut == 9
    assert changed("Refusal.search", 0.25).record.refusal.search == 0.25


def test_what_uses_a_constant_is_found_through_what_is_computed_from_it() -> None:
    users = constants.users()
    stroke = [[[0, 0], [10, 40]]]
    reader = constants.changed_reader(surely_one, Record(), None)
    drawing = constants.called(lambda: reader.read_strokes(stroke))
    picture = constants.called(lambda: reader.read_image(np.full((120, 120), 255, np.uint8)))
    step, sheet = (users(FOUND[label]) for label in ("strokes._RASTER", "sheet._MIN_AREA"))
    assert step is not None
    assert sheet is not None
    assert step & drawing
    assert not sheet & drawing
    assert sheet & picture

"""The record: what the outputs mean travels with the weights."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from lenet.network.record import (
    ALPHABET,
    FEATURES,
    Confidence,
    Record,
    Refusal,
    load_record,
    shipped_weights,
)

PATH = Path("weights.json")


def test_the_shipped_record_names_digits_thresholds_and_calibration() -> None:
    record = Record.load(shipped_weights())
    assert record.digits == tuple("0123456789")
    assert record.alphabet == (*record.digits, *record.signs, "none")
    assert record.refusal == Refusal(reading=0.75, search=0.5)
    assert 0.5 < record.temperature < 2


def test_what_is_written_is_read() -> None:
    model = Confidence(-0.5, dict.fromkeys(FEATURES, 0.25))
    record = Record(("a", "b", "/", "none"), Refusal(0.6, 0.4), 1.7, model)
    assert (record.digits, record.signs) == (("a", "b"), ("/",))
    entries = {"epochs": [], **json.loads(json.dumps(record.to_json()))}
    assert Record.from_json(entries, PATH) == record


@pytest.mark.parametrize(
    ("change", "got"),
    [
        ({"alphabet": ["0", "1"]}, 'wanted a digit or more, all different, and last "none"'),
        ({"alphabet": ["0", "0", "none"]}, "all different"),
        ({"calibration": {"temperature": 0}}, "temperature: wanted a number above 0, got 0.0"),
        ({"calibration": {}}, "KeyError"),
        ({"refusal": {"reading": 0.75, "other": 1}}, "TypeError"),
        ({"refusal": None}, "TypeError"),
        ({"refusal": {"reading": 75, "search": 0.5}}, "refusal.reading: wanted a probability in .*, got 75"),
        ({"refusal": {"reading": 0.75, "search": "0.5"}}, "refusal.search: wanted a probability"),
        ({"alphabet": ["none"]}, "wanted a digit or more"),
        ({"calibration": {"temperature": 10**400}}, "OverflowError"),
        ({"confidence": {"weights": list(FEATURES)}}, "wanted a weight for each of"),
    ],
)
def test_a_record_that_cannot_be_is_refused(change: dict[str, Any], got: str) -> None:
    with pytest.raises(ValueError, match=rf"weights.json: wanted a record with alphabet, .*{got}"):
        Record.from_json(Record().to_json() | change, PATH)


def test_an_entry_that_is_missing_is_refused() -> None:
    for name in ("alphabet", "refusal", "calibration"):
        entries = Record().to_json()
        del entries[name]
        with pytest.raises(ValueError, match=f"weights.json: .*{name}.*; take the record"):
            Record.from_json(entries, PATH)


def test_without_a_fitted_model_the_confidence_is_the_product_of_probabilities() -> None:
    entries = Record().to_json()
    del entries["confidence"]
    model = Record.from_json(entries, PATH).confidence
    assert model.intercept == 0
    assert {name for name, weight in model.weights.items() if weight} == {"logit"}


@pytest.mark.parametrize(
    "change",
    [{"weights": {"logit": 1.0}}, {"intercept": math.nan}, {"weights": dict.fromkeys(FEATURES, math.inf)}],
)
def test_a_broken_model_of_confidence_is_refused(change: dict[str, Any]) -> None:
    entries = Record().to_json()
    entries["confidence"] |= change
    with pytest.raises(ValueError, match=r"weights.json: .*confidence: wanted"):
        Record.from_json(entries, PATH)


def test_signs_come_after_the_digits() -> None:
    with pytest.raises(ValueError, match="wanted digits before signs"):
        Record(("/", "1", "none"))


def test_the_last_symbol_is_none() -> None:
    assert ALPHABET[-1] == "none"


def test_a_missing_record_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"weights\.json: no such record"):
        load_record(tmp_path / "weights.safetensors")


@pytest.mark.parametrize(
    ("content", "got"),
    [('{"epochs', "Unterminated"), ("[]", "no object"), ("[" * 100_000, "maximum recursion depth")],
)
def test_a_broken_record_is_named(tmp_path: Path, content: str, got: str) -> None:
    (tmp_path / "weights.json").write_text(content)
    with pytest.raises(ValueError, match=rf"weights\.json: wanted a record in JSON, got: {got}"):
        load_record(tmp_path / "weights.safetensors")

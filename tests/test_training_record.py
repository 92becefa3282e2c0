"""The record of a training: what is written is what is read."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from lenet.learning import seeds
from lenet.learning.record import TrainingRecord
from lenet.network.record import load_record, shipped_weights

PATH = shipped_weights().with_suffix(".json")
ENTRIES = load_record(PATH)


def test_the_shipped_record_comes_back_as_it_was() -> None:
    assert json.dumps(TrainingRecord.from_json(ENTRIES, PATH).to_json()) == json.dumps(ENTRIES)


def test_a_record_of_one_seed_has_no_spread() -> None:
    entries = {name: entry for name, entry in ENTRIES.items() if name != "seeds"}
    assert TrainingRecord.from_json(entries, PATH).to_json() == entries


@pytest.mark.parametrize("missing", ["alphabet", "calibration", "test", "config", "kept_epoch"])
def test_a_record_without_an_entry_is_named(missing: str) -> None:
    entries = {name: entry for name, entry in ENTRIES.items() if name != missing}
    with pytest.raises(ValueError, match=rf"some\.json: wanted .*'{missing}'"):
        TrainingRecord.from_json(entries, Path("some.json"))


def test_the_accuracies_are_those_of_the_tests_and_of_the_epoch_that_was_kept() -> None:
    entries = copy.deepcopy(ENTRIES)
    entries["kept_epoch"]["number"] = 2
    entries["epochs"][1] |= {"MNIST": 12.5}
    accuracies = TrainingRecord.from_json(entries, PATH).accuracies()
    assert accuracies["MNIST test"] == ENTRIES["test"]["MNIST test"]["accuracy"]
    assert accuracies["MNIST held out"] == 12.5
    assert not any("loss" in name for name in accuracies)


def test_the_spread_of_one_training_is_zero() -> None:
    spread = seeds.spread([TrainingRecord.from_json(ENTRIES, PATH)])
    assert {figures.standard_deviation for figures in spread.values()} == {0}
    assert spread["MNIST test"].accuracies == {str(ENTRIES["config"]["seed"]): spread["MNIST test"].mean}

"""The README tells what the record beside the weights tells."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from lenet import checkpoint
from lenet.recipes import RECIPES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
RECORD = checkpoint.load_record(checkpoint.shipped_weights())


@pytest.mark.parametrize(("row", "test"), [("MNIST", "MNIST test"), ("PenDigits", "PenDigits test")])
def test_accuracies_are_those_of_the_record(row: str, test: str) -> None:
    (cell,) = re.findall(rf"^\| {row}.*\| (.*) \|$", README, flags=re.MULTILINE)
    figures = RECORD["test"][test]
    assert cell == f"{figures['accuracy']:.2f} % ± {figures['standard_error']:.2f}"


def test_means_and_deviations_are_those_of_the_record() -> None:
    found = re.search(
        r"means are (\S+) % and (\S+) %, with a standard deviation of (\S+) and (\S+)\.",
        " ".join(README.split()),
    )
    assert found
    seeds = [RECORD["seeds"][test] for test in ("MNIST test", "PenDigits test")]
    figures = [seed[name] for name in ("mean", "standard_deviation") for seed in seeds]
    assert list(found.groups()) == [f"{figure:.2f}" for figure in figures]


def test_the_record_is_of_the_recipe() -> None:
    config = dataclasses.asdict(RECIPES[RECORD["recipe"]].config)
    assert {**RECORD["config"], "seed": 0} == config


def test_the_time_is_that_of_the_record() -> None:
    (minutes,) = re.findall(r"(\d+) minutes on one core", README)
    assert int(minutes) == round(RECORD["minutes"])


def test_files_that_are_named_are_there() -> None:
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_commands_are_those_of_the_gate() -> None:
    assert 'pip install -e ".[dev]" && pytest' in README
    assert "pip install -e . && python app.py" in README

"""The README tells what the record beside the weights tells."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from lenet.learning.epochs import Score
from lenet.learning.recipes import RECIPES
from lenet.network import checkpoint

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PHOTOS = (ROOT / "docs" / "photos.txt").read_text("utf-8")
CLASSICS = (ROOT / "docs" / "recipes.txt").read_text("utf-8")
RECORD = checkpoint.load_record(checkpoint.shipped_weights())


@pytest.mark.parametrize(("row", "test"), [("MNIST", "MNIST test"), ("PenDigits", "PenDigits test")])
def test_accuracies_are_those_of_the_record(row: str, test: str) -> None:
    (cell,) = re.findall(rf"^\| {row}.*\| (.*) \|$", README, flags=re.MULTILINE)
    score = Score(RECORD["test"][test]["correct"], RECORD["test"][test]["total"])
    assert cell == f"{score.accuracy:.2f} % ± {score.standard_error:.2f}"


def test_means_and_deviations_are_those_of_the_record() -> None:
    found = re.search(
        r"means are (\S+) % and (\S+) %, with a standard deviation of (\S+) and (\S+)\.",
        " ".join(README.split()),
    )
    assert found
    seeds = [RECORD["seeds"][test] for test in ("MNIST test", "PenDigits test")]
    figures = [seed[name] for name in ("mean", "standard_deviation") for seed in seeds]
    assert list(found.groups()) == [f"{figure:.2f}" for figure in figures]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("phone photos of one digit", "phone_digits"),
        ("digits drawn with a mouse", "mouse_digits"),
        ("phone photos of numbers", "number_photos"),
        ("numbers of 2 to 8 digits", "numbers, pad"),
        ("the same as photographed pages", "pages, everything"),
        ("photographed pages on which digits touch", "pages, touching only"),
        ("amounts cut from bank cheques", "cheque_strings"),
    ],
)
def test_figures_of_photos_are_those_the_benchmark_printed(row: str, name: str) -> None:
    ((inputs, exact),) = re.findall(rf"^\| {row}.*\| (\S+) \| (\S+) % \|$", README, flags=re.MULTILINE)
    printed = re.search(rf"^{name} +(\d+) +([\d.]+)%", PHOTOS, flags=re.MULTILINE)
    assert printed
    assert (int(inputs.replace(",", "")), float(exact)) == (int(printed[1]), float(printed[2]))


@pytest.mark.parametrize(
    "name", [name for name, recipe in RECIPES.items() if not recipe.config.architecture.no_digit]
)
def test_figures_of_the_classics_are_those_the_benchmark_printed(name: str) -> None:
    (row,) = re.findall(rf"^\| {name} \| (.*) \|$", README, flags=re.MULTILINE)
    (printed,) = re.findall(rf"^\| `{name}` \| (.*) \|$", CLASSICS, flags=re.MULTILINE)
    reported, mnist, *drawings = row.replace(" %", "").split(" | ")
    figures = [cell.split(" ± ")[0] for cell in printed.split(" | ")]
    assert [reported, mnist] == figures[:2]
    assert drawings == [f"{float(figure):.1f}" for figure in figures[2:]]


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

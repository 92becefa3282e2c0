"""README.md and docs/training.md say what the record and the printed benchmarks say."""

from __future__ import annotations

import dataclasses
import re
import statistics
from pathlib import Path

import pytest

from lenet.__main__ import main
from lenet.learning.epochs import Score
from lenet.learning.recipes import RECIPES
from lenet.network.record import SIGNS, load_record, shipped_weights

ROOT = Path(__file__).parent.parent


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


README = _text("README.md")
PROSE = " ".join(README.split())
TRAINING = _text("docs/training.md")
PHOTOS = _text("docs/photos.txt")
PEER = _text("docs/peer.txt")
CLASSICS = _text("docs/recipes.txt")
RECORD = load_record(shipped_weights())
MARKDOWN = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/serving.md",
    "docs/training.md",
    "docs/experiments.md",
]


def _found(pattern: str, text: str = PROSE) -> tuple[str, ...]:
    """The groups of the one place where a pattern matches."""
    (match,) = re.finditer(pattern, text, flags=re.MULTILINE)
    return match.groups()


def _printed(name: str, text: str = PHOTOS) -> list[str]:
    """The cells of a row that the benchmark of photos printed, after its name."""
    return _found(rf"^{re.escape(name)} +(\d.*)$", text)[0].split()


@pytest.mark.parametrize(("row", "test"), [("MNIST", "MNIST test"), ("PenDigits", "PenDigits test")])
def test_accuracies_are_those_of_the_record(row: str, test: str) -> None:
    score = Score(RECORD["test"][test]["correct"], RECORD["test"][test]["total"])
    accuracy = f"{score.accuracy:.2f} % ± {score.standard_error:.2f}"
    assert _found(rf"^\| {row}.*\| (\S+) \| (.*) \|$", README) == (f"{score.total:,}", accuracy)


def test_means_and_deviations_are_those_of_the_record() -> None:
    found = _found(
        r"mean over the three is (\S+) % on MNIST and (\S+) % on PenDigits, "
        r"with a standard deviation of (\S+) and (\S+)\."
    )
    seeds = [RECORD["seeds"][test] for test in ("MNIST test", "PenDigits test")]
    assert all(len(seed["accuracies"]) == 3 for seed in seeds)
    figures = [seed[name] for name in ("mean", "standard_deviation") for seed in seeds]
    assert list(found) == [f"{figure:.2f}" for figure in figures]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ("phone photos of one digit", "phone_digits"),
        ("digits drawn with a mouse", "mouse_digits"),
        ("numbers of 2 to 8 digits", "numbers, pad"),
        ("the same as photographed pages", "pages, everything"),
        ("photographed pages on which all digits touch", "pages, touching only"),
        ("amounts cut from bank cheques", "cheque_strings"),
    ],
)
def test_figures_of_photos_are_those_the_benchmark_printed(row: str, name: str) -> None:
    inputs, exact = _found(rf"^\| {row}.*\| (\S+) \| (\S+) % \|$", README)
    number, printed, *_ = _printed(name)
    assert (int(inputs.replace(",", "")), float(exact)) == (int(number), float(printed.rstrip("%")))


def test_all_real_photos_of_numbers_were_read() -> None:
    number, exact, *_ = _printed("number_photos")
    assert _found(r"only (\d+) real phone photos of whole numbers, all of them read right") == (number,)
    assert exact == "100.0%"


def test_limits_are_those_the_benchmark_printed() -> None:
    touching, pages, cheques = (
        _printed(name) for name in ("pages, touching only", "pages, everything", "cheque_strings")
    )
    assert _found(r"all digits touch, (\S+) % are read right") == (touching[1].rstrip("%"),)
    wrong_but_sure = tuple(row[3].rstrip("%") for row in (pages, cheques))
    assert (
        _found(r"(\S+) % of the simulated pages and (\S+) % of the cheques are read wrong") == wrong_but_sure
    )


def test_the_size_of_the_network_is_the_one_the_benchmark_printed() -> None:
    assert _found(r"a network of (\S+) MB") == _found(r"our weights (\S+) MB", PHOTOS)


def test_the_comparison_with_rapidocr_is_the_one_the_benchmark_printed() -> None:
    rows = [_printed(name, PEER) for name in ("numbers, pictures", "cheque_strings")]
    assert all(row[0] == row[5] == "100" for row in rows)
    theirs, ours = ([f"{float(row[column].rstrip('%')):.0f}" for row in rows] for column in (6, 1))
    found = _found(r"it reads (\S+) pictures of numbers and (\S+) cheques, and LeNet reads (\S+) and (\S+)\.")
    assert list(found) == theirs + ours


def test_figures_of_load_are_those_the_benchmark_printed() -> None:
    printed, serving = _text("docs/load.txt"), " ".join(_text("docs/serving.md").split())
    ratios = re.findall(r"page / empty function: (\S+) of", printed)
    assert re.findall(r"gives (\S+) of .* to 8 connections, and (\S+) to 40\.", serving) == [tuple(ratios)]
    copies = re.findall(r"two copies behind haproxy / one copy behind haproxy: (\S+) of", printed)[-2:]
    assert _found(r"two give (\S+) and (\S+) times", serving) == tuple(copies)
    assert _found(r"within (\S+) ms in 95", serving) == _found(
        r"200 visitors, page: .*p95 +(\S+) ms", printed
    )


def _classics() -> dict[str, list[str]]:
    """What the benchmark of recipes printed: reported, MNIST, as drawn, inverted, prepared."""
    rows = re.findall(r"^\| `(.+)` \| (.*) \|$", CLASSICS, flags=re.MULTILINE)
    return {name: [cell.split(" ± ")[0] for cell in row.split(" | ")] for name, row in rows}


@pytest.mark.parametrize(
    "name", [name for name, recipe in RECIPES.items() if not recipe.config.architecture.no_digit]
)
def test_figures_of_the_classics_are_those_the_benchmark_printed(name: str) -> None:
    (row,) = _found(rf"^\| {name} \| (.*) \|$", TRAINING)
    reported, mnist, *drawings = row.replace(" %", "").split(" | ")
    figures = _classics()[name]
    assert [reported, mnist] == figures[:2]
    assert drawings == [f"{float(figure):.1f}" for figure in figures[2:]]


def test_the_story_of_the_classics_is_the_one_the_benchmark_printed() -> None:
    as_drawn, inverted, prepared = (
        [float(row[column]) for row in _classics().values()] for column in (2, 3, 4)
    )
    assert _found(r"the typical one reads (\S+) %") == (f"{statistics.median(as_drawn):.1f}",)
    for found, figures in (("the five read", inverted), ("they read", prepared)):
        assert _found(rf"{found} (\S+) % to (\S+) %") == (f"{min(figures):.1f}", f"{max(figures):.1f}")


KNOWS_SIGNS = SIGNS[0] in RECORD["alphabet"]
"""Whether the shipped weights are of the present recipe; those of version 0.2.0 know no signs."""


def test_the_record_is_of_the_recipe() -> None:
    config = dataclasses.asdict(RECIPES[RECORD["recipe"]].config)
    assert ({**RECORD["config"], "seed": 0} == config) is KNOWS_SIGNS


@pytest.mark.parametrize("text", [README, _text("CHANGELOG.md")], ids=["README.md", "CHANGELOG.md"])
def test_weights_that_know_no_signs_are_told_of(text: str) -> None:
    assert ("shipped weights do not know" in " ".join(text.split())) is not KNOWS_SIGNS


@pytest.mark.parametrize("text", [README, TRAINING], ids=["README.md", "docs/training.md"])
def test_the_time_is_that_of_the_record(text: str) -> None:
    assert int(_found(r"(\d+) minutes on one core", text)[0]) == round(RECORD["minutes"])


def test_every_set_of_the_record_is_listed_with_its_count_and_licence() -> None:
    for source in RECORD["data"]:
        (row,) = _found(rf"^(\| \[{source['name'].split(',')[0]}\].*)$", TRAINING)
        assert f"{source['count']:,} " in row, source["name"]
        assert source["licence"].split(" (")[0] in row, source["name"]


@pytest.mark.parametrize("name", MARKDOWN)
def test_links_lead_to_files_and_headings_that_are_there(name: str) -> None:
    for target in re.findall(r"\]\((?!http)([^)]+)\)", _text(name)):
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), target
        assert not anchor or anchor in _anchors(file.read_text("utf-8")), target


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/serving.md", "docs/training.md"]
)
def test_paths_of_the_project_that_are_named_are_there(name: str) -> None:
    folders = r"(?:lenet|benchmarks|tests|docs|weights|\.ci)"
    for path in re.findall(rf"`({folders}/[^`\s*{{]*|\w+\.(?:py|toml|txt))`", _text(name)):
        is_module = "/" not in path and any((ROOT / "lenet").rglob(path))  # as in the map, beside its room
        assert is_module or (ROOT / path).exists(), path


def _anchors(text: str) -> set[str]:
    """The anchors that GitHub gives the headings of a text."""
    headings = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_example_for_the_shell_prints_what_the_readme_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, output = _found(r"^\$ python -m lenet (read .*\.jpg)\n(.*)$", README)
    monkeypatch.chdir(ROOT)
    assert main(arguments.split()) == 0
    assert capsys.readouterr().out == f"{output}\n"


def test_the_readme_has_the_commands_to_run_the_page_and_the_tests() -> None:
    assert 'pip install -e ".[dev]" && pytest' in README
    assert "pip install -e . && python app.py" in README

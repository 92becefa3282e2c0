"""The model card says what the record beside the weights says, in the form the Hub reads."""

from __future__ import annotations

import copy
import re

import pytest
from huggingface_hub import ModelCard

from benchmarks.model_card import CARD, refreshed
from lenet.network.record import load_record, shipped_weights

TEXT = CARD.read_text("utf-8")
RECORD = load_record(shipped_weights())


def test_the_figures_are_those_of_the_record() -> None:
    assert refreshed(TEXT, RECORD) == TEXT, (
        "weights/README.md is behind lenet5.json: run `python -m benchmarks.model_card`"
    )


def test_every_figure_follows_the_record() -> None:
    record = copy.deepcopy(RECORD)
    record["test"]["MNIST test"] |= {"accuracy": 12.34, "correct": 533, "total": 4321}
    record["seeds"]["MNIST test"] |= {"mean": 12.3, "standard_deviation": 0.45}
    accuracies = {str(record["config"]["seed"]): 23.4}
    record["seeds"]["UNIPEN held out"] = {"mean": 34.5, "standard_deviation": 0.6, "accuracies": accuracies}
    record["data"][1] |= {"count": 5432, "licence": "a licence", "citation": "somebody"}
    record |= {"minutes": 76.1, "machine": "an abacus", "epochs": [{}] * 98}
    card = refreshed(TEXT, record)
    assert "value: 12.34" in card
    assert "| MNIST test | 4,321 | 12.34 % ± 0.50 | 12.30 % ± 0.45 |" in card
    assert "| UNIPEN held out | | 23.40 % | 34.50 % ± 0.60 |" in card
    assert "| 5,432 | a licence | somebody |" in card
    assert "98 epochs, 76 minutes (an abacus)." in card


def test_a_card_without_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match=r"wanted one part between <!-- data -->"):
        refreshed(TEXT.replace("<!-- data -->", ""), RECORD)


def test_the_hub_reads_the_head() -> None:
    card = ModelCard(TEXT).data
    assert card.license == "mit"
    assert card.pipeline_tag == "image-classification"
    assert {"lenet", "mnist"} <= set(card.tags or ())
    results = {result.dataset_name: result.metric_value for result in card.eval_results or ()}
    tests = {name: score for name, score in RECORD["test"].items() if name.endswith(" test")}
    assert results == {name: pytest.approx(score["accuracy"], abs=0.005) for name, score in tests.items()}


def test_the_programs_run_beside_the_weights(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(CARD.parent)
    reads, network = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    exec(reads, {})
    assert capsys.readouterr().out == "7 ok\n"
    names: dict[str, object] = {}
    exec(network, names)
    assert capsys.readouterr().out.strip() in RECORD["alphabet"]
    assert tuple(names["probabilities"].shape) == (1, len(RECORD["alphabet"]))  # type: ignore[attr-defined]


def test_files_that_are_named_are_there() -> None:
    for name in re.findall(r"^\| `(.+?)` \|", TEXT, flags=re.MULTILINE):
        assert (CARD.parent / name).is_file(), name

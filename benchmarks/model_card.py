"""Write the figures of the record into the model card: `python -m benchmarks.model_card`."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import yaml

from lenet.learning.epochs import Score
from lenet.network.record import load_record, shipped_weights

CARD = Path(__file__).parent.parent / "weights" / "README.md"


def main() -> None:
    """Rewrite the card."""
    argparse.ArgumentParser(description="Write the figures of the record into the model card.").parse_args()
    record = load_record(shipped_weights())
    CARD.write_text(refreshed(CARD.read_text("utf-8"), record), encoding="utf-8")


def refreshed(card: str, record: dict[str, Any]) -> str:
    """Replace the figures of a card.

    Args:
        card: text of the card: front matter, and three parts between comments such as `<!-- figures -->` and
            `<!-- end -->`.
        record: of the weights, from `load_record`.

    Returns:
        The card with the record's figures in its front matter and in those parts.
    """
    _, head, text = card.split("---\n", 2)
    parts = {"figures": _figures(record), "data": _data(record), "training": _training(record)}
    for name, part in parts.items():
        text, found = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)", rf"\g<1>\n{part}\n\n\g<2>", text, flags=re.DOTALL
        )
        if found != 1:
            raise ValueError(
                f"{CARD}: wanted one part between <!-- {name} --> and <!-- end -->, got {found}; restore it"
            )
    return f"---\n{_head(head, record)}---\n{text}"


def _head(head: str, record: dict[str, Any]) -> str:
    """The front matter, of which the Hub shows `model-index`: the test sets of digits."""
    matter = yaml.safe_load(head)
    results = [
        _result(name, score["accuracy"]) for name, score in record["test"].items() if name.endswith(" test")
    ]
    matter["model-index"] = [{"name": "LeNet-5", "results": results}]
    return yaml.safe_dump(matter, sort_keys=False, allow_unicode=True)


def _result(name: str, accuracy: float) -> dict[str, Any]:
    dataset = {"name": name, "type": name.removesuffix(" test").lower()}
    metric = {"type": "accuracy", "value": round(accuracy, 2), "name": "accuracy, %"}
    return {"task": {"type": "image-classification"}, "dataset": dataset, "metrics": [metric]}


def _figures(record: dict[str, Any]) -> str:
    seeds, seed = record["seeds"], str(record["config"]["seed"])
    count = len(next(iter(seeds.values()))["accuracies"])
    rows = [f"| test set | examples | right | mean of {count} seeds |", "| --- | --- | --- | --- |"]
    for name, score in record["test"].items():
        found = Score(score["correct"], score["total"])
        accuracy = f"{found.accuracy:.2f} % ± {found.standard_error:.2f}"
        rows.append(f"| {name} | {found.total:,} | {accuracy} | {_mean(seeds[name])} |")
    held_out = "UNIPEN held out"
    if held_out in seeds:
        accuracy = f"{seeds[held_out]['accuracies'][seed]:.2f} %"
        rows.append(f"| {held_out} | | {accuracy} | {_mean(seeds[held_out])} |")
    return "\n".join(rows)


def _mean(seeds: dict[str, float]) -> str:
    return f"{seeds['mean']:.2f} % ± {seeds['standard_deviation']:.2f}"


def _data(record: dict[str, Any]) -> str:
    rows = ["| set | examples | licence | source |", "| --- | --- | --- | --- |"]
    for source in record["data"]:
        cells = (source["name"], f"{source['count']:,}", source["licence"], source["citation"])
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _training(record: dict[str, Any]) -> str:
    return f"{len(record['epochs'])} epochs, {record['minutes']:.0f} minutes ({record['machine']})."


if __name__ == "__main__":
    main()

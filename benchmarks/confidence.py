"""Fits the confidence of whole readings, and measures how far it can be believed.

    python -m benchmarks.confidence --data data --fit    writes the model into the record of the weights
    python -m benchmarks.confidence --data data          measures it on what it was not fitted on

It is fitted on pen numbers, lines, words, signs and digits by UNIPEN's persons for training, on cheques
that the network learnt from, and on the difficult kinds of pictures by the hands for tuning; `SHARES`
says how much each set counts. It is measured on persons, cheques and hands that are held out.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import cv2
import numpy as np

from benchmarks import pen_numbers
from benchmarks.hard_kinds import hands
from benchmarks.hard_kinds.controls import CONTROLS
from benchmarks.hard_kinds.kinds import KINDS, case
from benchmarks.items import digits_of, labelled
from lenet.datasets import cheques
from lenet.datasets.unipen_texts import is_for_confidence
from lenet.files import store
from lenet.learning import confidence as learning
from lenet.learning.calibration import reliability
from lenet.learning.record import TrainingRecord
from lenet.network.classifiers import use_one_thread
from lenet.network.record import Confidence, load_record, shipped_weights
from lenet.reading import confidence as reading_confidence
from lenet.reading.reader import Reader
from lenet.reading.result import SURE_FROM, Reading

SHARES = {
    "numbers of digits only": 3.0,
    "numbers with signs": 1.0,
    "lines": 1.0,
    "signs unlike digits": 0.15,
    "words": 0.15,
    "single digits": 3.0,
    "cheques": 1.0,
    "hard kinds": 1.0,
    "controls": 2.0,
}
"""How much each set counts, whatever its size: people mostly write digits. Chosen."""

COVERAGES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Shares of the surest readings for which the risk is printed."""


class Judged(NamedTuple):
    """One reading: its features, its confidence, and whether its text is right."""

    features: np.ndarray
    confidence: float
    right: bool


def main() -> None:
    """Fit, or measure."""
    parser = argparse.ArgumentParser(description="Fit or measure the confidence of whole readings.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    weights_help = "a .safetensors file (default: the project's)"
    parser.add_argument("--weights", type=Path, default=shipped_weights(), help=weights_help)
    parser.add_argument("--fit", action="store_true", help="fit the model and write it into the record")
    parser.add_argument("--count", type=int, default=40, help="pictures of each difficult kind (default: 40)")
    options = parser.parse_args()
    use_one_thread("torch")
    cv2.setNumThreads(1)
    reader = Reader.load(options.weights)
    sets = dict(judged(reader, options.data, not options.fit, options.count))
    if options.fit:
        every = [one for found in sets.values() for one in found]
        shares = np.concatenate(
            [np.full(len(found), SHARES[name] / len(found)) for name, found in sets.items()]
        )
        model = learning.fit(
            np.stack([one.features for one in every]), np.array([one.right for one in every]), shares
        )
        keep(model, options.weights)
        print(json.dumps(dataclasses.asdict(model), indent=2))
        return
    print_sets(sets)
    print_curve([one for found in sets.values() for one in found])


def keep(model: Confidence, weights: Path) -> None:
    """Write a model into the record beside the weights."""
    path = weights.with_suffix(".json")
    record = TrainingRecord.from_json(load_record(weights), path)
    outputs = dataclasses.replace(record.outputs, confidence=model)
    entries = dataclasses.replace(record, outputs=outputs).to_json()
    store(path, (json.dumps(entries, indent=2, ensure_ascii=False) + "\n").encode())


def judged(reader: Reader, root: Path, held_out: bool, count: int) -> Iterator[tuple[str, list[Judged]]]:
    """Read the sets to fit on, or those held out, by name."""
    for kind, texts in pen_numbers.kinds(root, held_out).items():
        is_number = kind not in ("words", "signs unlike digits")
        if "numbers" in kind and not held_out:
            texts = [text for text in texts if is_for_confidence(text.person)]
        wanted = [text.label if is_number else None for text in texts]
        yield kind, _judge(reader.read_strokes, [text.strokes for text in texts], wanted, as_written=True)
    folder = root / ("cheque_strings" if held_out else "cheque_strings_more")
    amounts = [
        item for item in labelled(folder, "images") if not _is_learnt(Path(str(item.picture)), held_out)
    ]
    yield (
        "cheques",
        _judge(reader.read_image, [item.picture for item in amounts], [item.text for item in amounts], False),
    )
    half = "held-out" if held_out else "tune"
    characters = hands.load(root, half)
    for name, kinds in (("hard kinds", KINDS.keys() - CONTROLS.keys()), ("controls", CONTROLS)):
        cases = (case(kind, seed, half, characters) for kind in sorted(kinds) for seed in range(count))
        pictures = [(one.image, one.written or None) for one in cases]
        images, written = zip(*pictures, strict=True)
        yield name, _judge(reader.read_image, images, written, as_written=True)


def _is_learnt(path: Path, held_out: bool) -> bool:
    return held_out and cheques.is_for_training(path.name)


def _judge(read: Any, inputs: Iterable[Any], wanted: Iterable[str | None], as_written: bool) -> list[Judged]:
    """Read inputs; `wanted` is None where there is no number. Inputs without a digit read are left out."""
    found = []
    with recorded_features() as recorded:
        for one, text in zip(inputs, wanted, strict=True):
            reading: Reading = read(one)
            if any(piece.text for piece in reading.digits):
                right = text is not None and _agree(reading.text, text, as_written)
                found.append(Judged(recorded[-1], reading.confidence, right))
    return found


def _agree(text: str, wanted: str, as_written: bool) -> bool:
    """Whether two texts are the same but for white space, or have the same digits."""
    if as_written:
        return "".join(text.split()) == "".join(wanted.split())
    return digits_of(text) == digits_of(wanted)


@contextmanager
def recorded_features() -> Iterator[list[np.ndarray]]:
    """Collect the features of the readings."""
    recorded: list[np.ndarray] = []
    features = reading_confidence.features

    def record(*arguments: Any) -> np.ndarray:
        recorded.append(features(*arguments))
        return recorded[-1]

    with mock.patch.object(reading_confidence, "features", record):
        yield recorded


def print_sets(sets: dict[str, list[Judged]]) -> None:
    """Print for each set how many are right, sure but wrong, and how often the right ones are sure."""
    print(f"{'':26}{'n':>6}{'right':>8}{'sure, wrong':>13}{'sure of right, %':>18}{'error, %':>10}")
    for name, found in sets.items():
        right = np.array([one.right for one in found])
        confidence = np.array([one.confidence for one in found])
        sure = confidence >= SURE_FROM
        share = f"{100 * (sure & right).sum() / right.sum():.1f}" if right.any() else "–"
        error = 100 * reliability(confidence, right).error
        print(f"{name:26}{len(found):6}{right.sum():8}{(sure & ~right).sum():13}{share:>18}{error:10.1f}")


def print_curve(found: list[Judged]) -> None:
    """Print the risk among the surest readings, and the calibration, over all sets."""
    confidence = np.array([one.confidence for one in found])
    wrong = ~np.array([one.right for one in found])
    order = np.argsort(-confidence, kind="stable")
    print("\nof the surest, %   wrong, %   least confidence")
    for coverage in COVERAGES:
        kept = order[: max(1, round(coverage * len(order)))]
        print(f"{100 * coverage:16.0f}{100 * wrong[kept].mean():11.2f}{confidence[kept].min():19.3f}")
    bins = reliability(confidence, ~wrong)
    print("\nconfidence   right, %      n")
    for count, mean, accuracy in zip(bins.counts, bins.confidences, bins.accuracies, strict=True):
        print(f"{mean:10.3f}{100 * accuracy:11.1f}{count:7}")


if __name__ == "__main__":
    main()

"""How many of a hand's errors a few corrections take away, and what other people's digits lose by it.

    python -m benchmarks.hands --data DIR
    python -m benchmarks.hands --data DIR --measure WEIGHTS     measures the metric beside the weights

A person draws in turn; whenever the answer is wrong they correct it, up to 3 or up to 10 times, in the first
half of their drawings. Errors are counted in the second half. Two networks:

- a LeNet that learnt MNIST alone and never saw a pen drawing, on PenDigits' and UNIPEN's writers. Ten
  writers choose λ, the others are reported;
- the shipped one, on the hands of people it never learnt from that it reads worst, and on a hand made by
  code (`made_hand.py`).

An answer is wrong if another symbol is likelier, "none" and signs among them. UNIPEN's drawings whose label
none of their nearest five drawings shares are left out: about 2 % of the labels or cuts are wrong.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from benchmarks import made_hand
from benchmarks.hard_kinds.hands import AGREEING, Characters, credible
from lenet.datasets import mnist, pendigits, unipen, unipen_format, unipen_texts
from lenet.learning import hand, loop, measuring, training_data
from lenet.learning.config import DataConfig, OptimiserConfig, ScheduleConfig, TrainConfig
from lenet.learning.recipes import RECIPES
from lenet.network import checkpoint, metric
from lenet.network.model import Architecture, LeNet
from lenet.network.record import DIGITS, NO_DIGIT, Record, load_record, shipped_weights
from lenet.synthesis import workers
from lenet.synthesis.augmentation import Warp
from lenet.synthesis.drawings import Drawing, to_image

ALONE = Path("runs/mnist_alone.safetensors")
"""Where the network that learnt MNIST alone is kept, so that it is trained once."""

MNIST_ALONE = TrainConfig(
    architecture=Architecture(no_digit=False, signs=False),
    data=DataConfig(validation_share=0.05, warp=Warp()),
    optimiser=OptimiserConfig(batch_size=256, weight_decay=0.01, averaging=0.99),
    schedule=ScheduleConfig(epochs=10, learning_rate=4e-3),
)
"""Its training: that of the shipped network, of MNIST alone, shorter and without what helps little."""

CHOOSING = tuple(f"PenDigits, training {number}" for number in range(1, 11))
"""The ten persons who choose λ."""

STRENGTHS = (0.1, 0.3, 1.0, 3.0)
"""λ to choose from."""

CORRECTIONS = (3, 10)
"""How many are given at most."""

FEWEST = 20
"""Drawings of a person of UNIPEN who is looked at; chosen."""

WORST = 0.02
"""Share of errors from which on a hand is one that the shipped network reads worst; chosen."""

MADE = 20
"""Drawings of each digit by a made hand; chosen."""

HELD = 3_000
"""Last training digits of MNIST, which neither network learns from; they choose λ."""


class Person(NamedTuple):
    """A person's drawings, in the order in which they were drawn: features (N, F), labels (N,)."""

    name: str
    features: np.ndarray
    labels: np.ndarray


class Subject(NamedTuple):
    """A network that learns hands: its last layer, its metric, and whether it has an output for "none"."""

    network: LeNet
    record: Record
    output: np.ndarray
    metric: np.ndarray
    no_digit: bool


class Outcome(NamedTuple):
    """Errors among later drawings before, and after each number of `CORRECTIONS`; the layers after them."""

    drawings: int
    errors: tuple[int, ...]
    layers: tuple[np.ndarray, ...]


def main() -> None:
    """Print all figures, or measure a metric."""
    parser = argparse.ArgumentParser(description="Measure what a few corrections of a hand change.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    parser.add_argument("--measure", type=Path, metavar="WEIGHTS", help="only measure the metric of weights")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.measure:
        measure(options.measure, options.data)
        return
    drawn = persons(options.data)
    print_alone(options.data, drawn)
    print_shipped(options.data, drawn)


def measure(weights: Path, root: Path) -> None:
    """Measure the metric of weights over the data of their recipe, and write it beside them."""
    config = RECIPES[load_record(weights)["recipe"]].config
    with workers.process_pool() as pool:
        data = training_data.prepare(root, config, pool)
    hand.save_metric(checkpoint.load(weights), data.training, weights)
    print(f"Saved {metric.path_beside(weights)}, measured over {len(data.training):,} samples")


Drawn = dict[str, tuple[list[Drawing], np.ndarray]]


def persons(root: Path) -> Drawn:
    """The drawings of each person, in the order in which they were drawn, with their labels."""
    found: Drawn = {}
    for part, name in (("training", "pendigits-orig.tra"), ("test", "pendigits-orig.tes")):
        pendigits.load(root, train=part == "training")  # fetches and verifies the file
        text = (root / "pendigits" / name).read_bytes().decode("latin-1")
        writers: dict[int, list[tuple[int, Drawing, int]]] = {}
        for character in unipen_format.parse(text):
            _, writer, number = map(int, character.comment.split())
            writers.setdefault(writer, []).append((number, character.strokes, int(character.label)))
        for writer in sorted(writers):
            _, drawings, labels = zip(*sorted(writers[writer], key=lambda one: one[0]), strict=True)
            found[f"PenDigits, {part} {writer}"] = list(drawings), np.array(labels)
    return found | _unipen_persons(root, [found[name] for name in CHOOSING])


def _unipen_persons(root: Path, others: Sequence[tuple[list[Drawing], np.ndarray]]) -> Drawn:
    """UNIPEN's persons; `others` are drawings with which theirs are compared."""
    texts = [text for text in unipen_texts.load(root, "more_digits").texts if text.label in DIGITS]
    drawings = [text.strokes for text in texts] + [one for some, _ in others for one in some]
    labels = np.array([text.label for text in texts] + [str(label) for _, some in others for label in some])
    kept = credible(Characters(drawings, labels, labels), AGREEING["digits"])
    found: Drawn = {}
    for person in sorted({text.person for text in texts}):
        own = [index for index, text in enumerate(texts) if text.person == person]
        good = [texts[index] for index in own if kept[index]]
        if len(own) >= FEWEST:
            part = "held out" if person in unipen_texts.HELD_OUT else "training"
            digits = np.array([int(text.label) for text in good])
            found[f"UNIPEN, {part} {person}"] = [text.strokes for text in good], digits
    return found


def print_alone(root: Path, drawn: Drawn) -> None:
    """The network that learnt MNIST alone: ten persons choose λ, the others are reported."""
    subject = _alone(root)
    people = {name: _person(subject, name, *drawings) for name, drawings in drawn.items()}
    training, test = mnist.load(root, train=True), mnist.load(root, train=False)
    held = _accuracy(subject, training.pixels[-HELD:], training.labels[-HELD:])
    tested = _accuracy(subject, test.pixels, test.labels)
    print(f"A LeNet that learnt MNIST alone: {tested(subject.output):.2f} % of MNIST's test digits")
    print("\nTen persons choose   errors     ≤ 3            ≤ 10           MNIST held out, average and worst")
    for strength in STRENGTHS:
        outcomes = [taught(subject, people[name], strength) for name in CHOOSING]
        print(f"λ = {strength:<16g} {_errors(outcomes)}   {_changes(subject, outcomes, held)}")
    others = [one for name, one in people.items() if name not in CHOOSING]
    print(f"\nThe others, λ = {hand.STRENGTH:g}  errors     ≤ 3            ≤ 10           MNIST test")
    for title in ("PenDigits", "UNIPEN", ""):
        outcomes = [taught(subject, one) for one in others if one.name.startswith(title)]
        name = f"{len(outcomes)} of {title}" if title else f"all {len(outcomes)}"
        print(f"{name:20} {_errors(outcomes)}   {_changes(subject, outcomes, tested)}")


def _alone(root: Path) -> Subject:
    """The network that learnt MNIST alone, trained where it is not kept from another time."""
    if not (ALONE.is_file() and metric.path_beside(ALONE).is_file()):
        with workers.process_pool() as pool:
            data = training_data.prepare(root, MNIST_ALONE, pool)
        trained = loop.fit(data, MNIST_ALONE)
        checkpoint.save(trained.network, trained.record.to_json(), ALONE)
        hand.save_metric(trained.network, data.training, ALONE)
    subject = _subject(ALONE)
    # Its logits are defined up to a number. They sum up to 0, so that the "none" of `hand.adapted`, which
    # this network does not know, is their mean.
    return subject._replace(output=subject.output - subject.output.mean(axis=0))


def _subject(weights: Path) -> Subject:
    network = checkpoint.load(weights)
    output = hand.last_layer(network)
    no_digit = network.architecture.no_digit
    return Subject(network, Record.load(weights), output, metric.load(weights), no_digit)


def _person(subject: Subject, name: str, drawings: Sequence[Drawing], labels: np.ndarray) -> Person:
    images = torch.from_numpy(np.stack([to_image(drawing) for drawing in drawings]))
    return Person(name, hand.features(subject.network, images), labels)


def taught(subject: Subject, person: Person, strength: float = hand.STRENGTH) -> Outcome:
    """Let a person correct what is read wrong in the first half of their drawings."""
    half = len(person.labels) // 2
    corrected: list[int] = []
    layers = {0: subject.output}
    layer = subject.output
    for index in range(half):
        if len(corrected) == max(CORRECTIONS):
            break
        if _answers(subject, layer, person.features[index : index + 1])[0] != person.labels[index]:
            corrected.append(index)
            given = person.features[corrected], person.labels[corrected]
            layer = hand.adapted(subject.output, subject.metric, *given, strength)
            layers[len(corrected)] = layer
    after = tuple(layers[min(most, len(corrected))] for most in CORRECTIONS)
    later = person.features[half:]
    errors = [
        int((_answers(subject, one, later) != person.labels[half:]).sum()) for one in (subject.output, *after)
    ]
    return Outcome(len(later), tuple(errors), after)


def _answers(subject: Subject, layer: np.ndarray, features: np.ndarray) -> np.ndarray:
    logits = hand.with_one(features) @ layer.T
    return (np.pad(logits, ((0, 0), (0, 1))) if subject.no_digit else logits).argmax(axis=1)


Score = Callable[[np.ndarray], float]
"""From a last layer to an accuracy in per cent."""


def _accuracy(subject: Subject, images: np.ndarray, labels: np.ndarray) -> Score:
    """The share of images that are read right by a last layer, as `measuring.evaluate` counts them."""
    inputs = hand.with_one(hand.features(subject.network, torch.from_numpy(images)))

    def score(layer: np.ndarray) -> float:
        logits = torch.from_numpy(inputs @ layer.T)
        if (labels == NO_DIGIT).all():
            return 100 * float(measuring.refused(logits, subject.record).double().mean())
        return 100 * float((logits.numpy().argmax(axis=1) == labels).mean())

    return score


def _errors(outcomes: Sequence[Outcome]) -> str:
    before, *after = np.sum([one.errors for one in outcomes], axis=0).tolist()
    figures = [f"{count:3} ({100 * (count / before - 1):+.0f} %)" for count in after]
    return f"{before:4}       " + "    ".join(f"{figure:11}" for figure in figures)


def _changes(subject: Subject, outcomes: Sequence[Outcome], score: Score) -> str:
    """What a set loses, in points: on the average over the hands and with the worst, by ≤ 3 and by ≤ 10."""
    before = score(subject.output)
    texts = []
    for layers in zip(*(one.layers for one in outcomes), strict=True):
        changes = [score(layer) - before for layer in layers]
        texts.append(f"{np.mean(changes):+.3f} {min(changes):+.2f}")
    return "   ".join(texts)


def print_shipped(root: Path, drawn: Drawn) -> None:
    """The shipped network, on the hands of strangers that it reads worst, and on a hand made by code."""
    subject = _subject(shipped_weights())
    strangers = [name for name in drawn if ", test " in name or ", held out " in name]
    people = [_person(subject, name, *drawn[name]) for name in strangers]
    worst = [
        one
        for one in people
        if np.mean(_answers(subject, subject.output, one.features) != one.labels) >= WORST
    ]
    print("\nThe shipped network  errors     ≤ 3            ≤ 10")
    for one in worst:
        print(f"{one.name:20.20} {_errors([taught(subject, one)])}   {len(one.labels)} drawings")
    made = [_made(subject, seed) for seed in range(10)]
    choosing, reported = made[:5], made[5:]
    print("\nFive made hands choose          ≤ 3            ≤ 10           MNIST held out")
    test = mnist.load(root, train=False)
    scores = {"MNIST test": _accuracy(subject, test.pixels, test.labels)} | _stroke_scores(subject, root)
    training = mnist.load(root, train=True)
    held = _accuracy(subject, training.pixels[-HELD:], training.labels[-HELD:])
    for strength in STRENGTHS:
        outcomes = [taught(subject, one, strength) for one in choosing]
        print(f"λ = {strength:<16g} {_errors(outcomes)}   {_changes(subject, outcomes, held)}")
    print(f"\nλ = {hand.STRENGTH:<16g} errors     ≤ 3            ≤ 10")
    for name, hands in {"the worst real": worst, "five other made": reported}.items():
        outcomes = [taught(subject, one) for one in hands]
        print(f"{name:20} {_errors(outcomes)}")
        for title, score in scores.items():
            print(f"  {title:18} {score(subject.output):.2f} %   {_changes(subject, outcomes, score)}")


def _made(subject: Subject, seed: int) -> Person:
    labels, drawings = zip(*made_hand.drawings(MADE, seed), strict=True)
    return _person(subject, f"made {seed}", drawings, np.array(labels))


def _stroke_scores(subject: Subject, root: Path) -> dict[str, Score]:
    digits, letters = pendigits.load(root, train=False), unipen.load(root, unipen.LETTERS)
    chosen = np.flatnonzero(unipen.unlike_digits(letters) & np.isin(letters.writers, unipen.TEST_DONORS))
    sets = {
        "PenDigits test": (digits.strokes, digits.labels),
        "letters refused": ([letters.strokes[index] for index in chosen], np.full(len(chosen), NO_DIGIT)),
    }
    return {
        name: _accuracy(subject, np.stack([to_image(drawing) for drawing in drawings]), labels)
        for name, (drawings, labels) in sets.items()
    }


if __name__ == "__main__":
    main()

"""How many of a hand's errors a few corrections take away, and what other people's digits lose by it.

    python -m benchmarks.hands --data DIR
    python -m benchmarks.hands --data DIR --measure WEIGHTS     measures the metric beside the weights

A person draws in turn; whenever the answer is wrong they correct it, up to 3 or up to 10 times, in the
first half of their drawings. From the first correction on, answers that they let stand are learnt, too,
errors beyond the 3 or 10 among them: the newest `hand.STANDING` that were less sure than `hand.SURE`.
Errors are counted in the second half. How far the last layer could come at all says the column "all told":
it is pulled to every drawing of the first half. The networks:

- three that learnt MNIST alone and never saw a pen drawing, on PenDigits' and UNIPEN's writers. Ten writers
  choose λ, the others are reported. They are trained at the first call, minutes each, and kept in `runs/`;
- the shipped one, on the hands of people it never learnt from that it reads worst, and on a hand made by
  code (`made_hand.py`). Where UNIPEN names no person, a hand is a stretch of a donor's drawings.

An answer is wrong if another symbol is likelier, "none" and signs among them. UNIPEN's drawings whose label
none of their nearest five drawings shares are left out: about 2 % of the labels or cuts are wrong.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
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
from lenet.network.model import Architecture, LeNet, with_no_digit
from lenet.network.record import DIGITS, NO_DIGIT, Record, load_record, shipped_weights
from lenet.synthesis import workers
from lenet.synthesis.augmentation import Warp
from lenet.synthesis.drawings import Drawing, to_image
from lenet.ui import scripts

ALONE = "runs/mnist_alone{seed}.safetensors"
"""Where a network that learnt MNIST alone is kept, so that it is trained once."""

SEEDS = (0, 1, 2)
"""Of its trainings: how much is taken away differs between them."""

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

STRETCH = 150
"""Neighbouring drawings of a donor of UNIPEN that count as one person's where none is named; chosen."""

WORST = 0.02
"""Share of errors from which on a hand is one that the shipped network reads worst; chosen."""

MADE = 20
"""Drawings of each digit by a made hand; chosen."""

HELD = 3_000
"""Last training digits of MNIST, which neither network learns from; they choose λ."""


_HEAD = "errors   ≤ 3 corrections ≤ 10         all told"
"""Of the columns of errors. Those of a set: average and worst by ≤ 3 corrections, then by ≤ 10."""


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
    """Errors among later drawings before, after each number of `CORRECTIONS`, and with all told.

    `layers` are those after the corrections.
    """

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
    print_cost(options.data)


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


def _stretches(root: Path) -> Drawn:
    """Stretches of the drawings of donors whose digits no network learns from."""
    digits = unipen.load(root)
    found: Drawn = {}
    for donor in unipen.BENCHMARK_DONORS:
        own = np.flatnonzero(digits.writers == donor)
        for start in range(0, len(own) - FEWEST, STRETCH):
            those = own[start : start + STRETCH]
            drawings = [digits.strokes[index] for index in those]
            found[f"UNIPEN, {donor} from {start}"] = drawings, digits.labels[those]
    return found


def print_alone(root: Path, drawn: Drawn) -> None:
    """The networks that learnt MNIST alone: ten persons choose λ, the others are reported."""
    every = [outcome for seed in SEEDS for outcome in _print_seed(root, drawn, seed)]
    print(f"\n{'All, of all seeds':26} {_errors(every)}")


def _print_seed(root: Path, drawn: Drawn, seed: int) -> list[Outcome]:
    """One of the networks; what comes out for the persons who do not choose."""
    subject = _alone(root, seed)
    people = {name: _person(subject, name, *drawings) for name, drawings in drawn.items()}
    training, test = mnist.load(root, train=True), mnist.load(root, train=False)
    held = _accuracy(subject, training.pixels[-HELD:], training.labels[-HELD:])
    tested = _accuracy(subject, test.pixels, test.labels)
    print(f"\nA LeNet that learnt MNIST alone, seed {seed}: {tested(subject.output):.2f} % of MNIST's test")
    print(f"{'Ten persons choose':26} {_HEAD}          MNIST held out: average, worst; twice")
    for strength in STRENGTHS:
        outcomes = [taught(subject, people[name], strength) for name in CHOOSING]
        print(f"λ = {strength:<22g} {_errors(outcomes)}   {_changes(subject, outcomes, held)}")
    others = [one for name, one in people.items() if name not in CHOOSING]
    print(f"{f'The others, λ = {hand.STRENGTH:g}':26} {_HEAD}          MNIST test")
    for title in ("PenDigits", "UNIPEN", ""):
        outcomes = [taught(subject, one) for one in others if one.name.startswith(title)]
        name = f"{len(outcomes)} of {title}" if title else f"all {len(outcomes)}"
        print(f"{name:26} {_errors(outcomes)}   {_changes(subject, outcomes, tested)}")
    return outcomes


def _alone(root: Path, seed: int) -> Subject:
    """A network that learnt MNIST alone, trained where it is not kept from another time."""
    path = Path(ALONE.format(seed=seed))
    if not (path.is_file() and metric.path_beside(path).is_file()):
        config = MNIST_ALONE.changed(seed=seed)
        with workers.process_pool() as pool:
            data = training_data.prepare(root, config, pool)
        trained = loop.fit(data, config)
        checkpoint.save(trained.network, trained.record.to_json(), path)
        hand.save_metric(trained.network, data.training, path)
    subject = _subject(path)
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
    """Let a person correct what is read wrong in the first half of their drawings, and let the rest stand."""
    half = len(person.labels) // 2
    after = tuple(_learnt(subject, person, most, strength) for most in CORRECTIONS)
    told = hand.adapted(
        subject.output, subject.metric, person.features[:half], person.labels[:half], strength
    )
    later = person.features[half:]
    errors = [
        int((_answers(subject, one, later) != person.labels[half:]).sum())
        for one in (subject.output, *after, told)
    ]
    return Outcome(len(later), tuple(errors), after)


def _learnt(subject: Subject, person: Person, most: int, strength: float) -> np.ndarray:
    """The last layer after up to `most` corrections in the first half, and after what is let stand there."""
    corrected: list[tuple[int, int]] = []  # a drawing and what it is
    standing: list[tuple[int, int]] = []
    layer = subject.output

    def learn() -> np.ndarray:
        drawings, labels = zip(*corrected, *standing, strict=True)
        return hand.adapted(
            subject.output, subject.metric, person.features[list(drawings)], np.array(labels), strength
        )

    for index in range(len(person.labels) // 2):
        shares = _probabilities(subject, layer, person.features[index : index + 1])[0]
        answer = int(shares.argmax())
        if answer != person.labels[index] and len(corrected) < most:
            corrected.append((index, int(person.labels[index])))
        elif corrected and answer < len(subject.output) and shares[answer] < hand.SURE:
            standing = [*standing, (index, answer)][-hand.STANDING :]
        else:
            continue
        layer = learn()
    return layer


def _answers(subject: Subject, layer: np.ndarray, features: np.ndarray) -> np.ndarray:
    return _probabilities(subject, layer, features).argmax(axis=1)


def _probabilities(subject: Subject, layer: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Calibrated probabilities (N, K), the last one of "none" where the network knows it."""
    logits = torch.from_numpy(hand.with_one(features) @ layer.T)
    complete = with_no_digit(logits) if subject.no_digit else logits
    shares: np.ndarray = (complete / subject.record.temperature).softmax(dim=1).numpy()
    return shares


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
    shares = [f"({100 * (count / before - 1):+.0f} %)" if before else "" for count in after]
    figures = [f"{count:3} {share}" for count, share in zip(after, shares, strict=True)]
    return f"{before:6}   {figures[0]:15} {figures[1]:13} {figures[2]:11}"


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
    strangers = {name: one for name, one in drawn.items() if ", test " in name or ", held out " in name}
    strangers |= _stretches(root)
    people = [_person(subject, name, *drawings) for name, drawings in strangers.items()]
    worst = [
        one
        for one in people
        if np.mean(_answers(subject, subject.output, one.features) != one.labels) >= WORST
    ]
    print(f"\n{'The shipped network':26} {_HEAD}")
    for one in worst:
        print(
            f"{one.name:26} {_errors([taught(subject, one)])}   of {len(one.labels) - len(one.labels) // 2}"
        )
    made = [_made(subject, seed) for seed in range(10)]
    choosing, reported = made[:5], made[5:]
    print(f"\n{'Five made hands choose':26} {_HEAD}          MNIST held out")
    test = mnist.load(root, train=False)
    scores = {"MNIST test": _accuracy(subject, test.pixels, test.labels)} | _stroke_scores(subject, root)
    training = mnist.load(root, train=True)
    held = _accuracy(subject, training.pixels[-HELD:], training.labels[-HELD:])
    for strength in STRENGTHS:
        outcomes = [taught(subject, one, strength) for one in choosing]
        print(f"λ = {strength:<22g} {_errors(outcomes)}   {_changes(subject, outcomes, held)}")
    print(f"\n{f'λ = {hand.STRENGTH:g}':26} {_HEAD}")
    for name, hands in {"the worst real": worst, "five other made": reported}.items():
        outcomes = [taught(subject, one) for one in hands]
        print(f"{name:26} {_errors(outcomes)}")
        for title, score in scores.items():
            print(f"  {title:24} {score(subject.output):.2f} %   {_changes(subject, outcomes, score)}")


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


_COST = """
import { readFileSync } from "node:fs";
import { adapted } from "SCRIPTS/adaptation.js";
const [metric, output, features] = process.argv.slice(2).map((path) => (
  new Float32Array(new Uint8Array(readFileSync(path)).buffer)));
const [inputs, outputs] = [84, output.length / 85];
const layer = { weights: output.subarray(0, outputs * inputs), biases: output.subarray(outputs * inputs) };
for (const count of [1, 13, 20, 50]) {
  const corrections = Array.from({ length: count }, (_, i) => (
    { features: features.subarray(i * inputs, (i + 1) * inputs), label: i % (outputs + 1) }));
  const times = Array.from({ length: 31 }, () => {
    const before = process.cpuUsage().user;
    adapted(layer, metric, corrections);
    return (process.cpuUsage().user - before) / 1000;
  });
  console.log(`${String(count).padStart(3)} drawings: ${times.sort((a, b) => a - b)[15].toFixed(1)} ms`);
}
"""


def print_cost(root: Path) -> None:
    """How long the browser's script takes in Node.js: processor time, the median of 31.

    3 corrections are 13 drawings with those that were let stand, 10 are 20, and 40 are 50, the most.
    """
    subject = _subject(shipped_weights())
    digits = torch.from_numpy(mnist.load(root, train=False).pixels[:50])
    layer = np.concatenate([subject.output[:, :-1].ravel(), subject.output[:, -1]])
    program = _COST.replace("SCRIPTS", (Path(scripts.__file__).parent / "scripts").as_uri())
    print("\nThe script of the page, wrong labels for digits of MNIST:", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("metric", "output", "features")]
        arrays = subject.metric, layer, hand.features(subject.network, digits)
        for path, numbers in zip(paths, arrays, strict=True):
            path.write_bytes(numbers.astype("<f4").tobytes())
        subprocess.run(["node", "--input-type=module", "-", *paths], input=program, text=True, check=True)


if __name__ == "__main__":
    main()

"""What is answered to letters, marks and digits, and how far confidence can be trusted.

    python -m benchmarks.refusals --data DIR

- Letters that look like no digit, by UNIPEN's donors whose letters are not trained on: how many are not
  answered with a digit that is called sure.
- What people draw to see what happens (nothing, a dot, lines, a scribble), on the pad and photographed: the
  answers with their numbers.
- PenDigits' digits on the pad: how many are right, how many are refused, and the expected calibration error.

Tune with `--writers train`: the figures by which others judge are of writers nobody tuned for.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks import pages
from benchmarks.items import QUICK, SEED, Pens, mixed, shuffled
from lenet.datasets import unipen
from lenet.learning.calibration import reliability
from lenet.network.classifiers import use_one_thread
from lenet.reading.reader import Reader


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(
        description="Measure what is refused, and how well confidence is calibrated."
    )
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    parser.add_argument("--quick", action="store_true", help="a part of everything")
    parser.add_argument("--writers", choices=("train", "test"), default="test", help="whose drawings")
    options = parser.parse_args()
    use_one_thread("torch")
    cv2.setNumThreads(1)
    reader, part = Reader.load(), QUICK if options.quick else 1.0
    pens = Pens.load(options.data, options.writers == "test")
    print_letters(reader, options.data, pens.is_test, part)
    print_marks(reader)
    print_digits(reader, pens, part)


def print_letters(reader: Reader, root: Path, is_test: bool, part: float) -> None:
    """Letters that look like no digit, by donors whose letters are not trained on."""
    try:
        letters = unipen.load(root, unipen.LETTERS)
    except OSError as error:
        print(f"letters: skipped: {error}")
        return
    of_part = np.isin(letters.writers, unipen.TEST_DONORS) == is_test
    chosen = mixed(np.flatnonzero(unipen.unlike_digits(letters) & of_part))
    chosen = chosen[: round(len(chosen) * part)]
    taken = [
        chr(letters.labels[row]) for row in chosen if reader.read_strokes(letters.strokes[row]).status == "ok"
    ]
    share = 100 * (1 - len(taken) / len(chosen))
    print(f"letters that look like no digit: {share:.1f} % of {len(chosen)} answered not_a_digit or unsure")
    most = ", ".join(f"{letter} {count}" for letter, count in Counter(taken).most_common(6))
    print(f"  most often taken for digits: {most or 'none'}")


def print_marks(reader: Reader) -> None:
    """What people draw to see what happens, on the pad and photographed."""
    for name, draw in _MARKS.items():
        drawings = [draw(np.random.default_rng((SEED, index))) for index in range(25)]
        pad = Counter(_outcome(reader.read_strokes(drawing)) for drawing in drawings)
        photos = (_mark_photo(drawing, index) for index, drawing in enumerate(drawings))
        photo = Counter(_outcome(reader.read_image(picture)) for picture in photos)
        print(f"{name:16} pad: {_listed(pad):48} photo: {_listed(photo)}")


def _outcome(reading: Any) -> str:
    return f"ok {reading.text!r}" if reading.status == "ok" else reading.status


def _listed(outcomes: Counter[str]) -> str:
    return ", ".join(f"{count} × {outcome}" for outcome, count in outcomes.most_common(4))


def _mark_photo(drawing: list[np.ndarray], seed: int) -> np.ndarray:
    """A photographed page with a mark on it, or with nothing."""
    lines = [[pages.Number(drawing, "", False)]] if drawing else []
    return pages.photograph(lines, "everything", 0.5, np.random.default_rng((SEED, seed)))


def _scribble(random: np.random.Generator) -> list[np.ndarray]:
    t = np.linspace(0, 1, 150)
    waves = random.uniform(3, 9, (2, 3)), random.uniform(0, 6, (2, 3))
    return [sum(np.sin(2 * np.pi * waves[0][:, k] * t[:, None] + waves[1][:, k]) for k in range(3)) / 6]


def _line(degrees: float, random: np.random.Generator) -> list[np.ndarray]:
    """A stroke 1 long, as straight as a hand makes it."""
    angle = np.deg2rad(degrees + random.normal(0, 4))
    t = np.linspace(0, 1, 20)[:, None]
    bend = random.normal(0, 0.02) * np.sin(np.pi * t)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    return [t * along + bend * across]


_MARKS: dict[str, Callable[[np.random.Generator], list[np.ndarray]]] = {
    "blank": lambda random: [],
    "dot": lambda random: [random.normal(0, 0.004, (5, 2))],
    "level line": partial(_line, 0),
    "slanting line": partial(_line, 35),
    "upright line (1)": partial(_line, 90),
    "scribble": _scribble,
}


def print_digits(reader: Reader, pens: Pens, part: float) -> None:
    """How many digits are refused, and the expected calibration error of the others."""
    strokes, labels = shuffled(pens.drawings)
    count = max(1, round(len(labels) * part))
    readings = [reader.read_strokes(drawing) for drawing in strokes[:count]]
    texts = [reading.text for reading in readings]
    right = np.array([text == str(label) for text, label in zip(texts, labels, strict=False)])
    answered = np.array([text != "" for text in texts])
    confidence = np.array([_confidence(reading) for reading in readings])
    error = 100 * reliability(confidence[answered], right[answered]).error
    print(
        f"PenDigits digits on the pad: {100 * right.mean():.2f} % right, "
        f"{100 * (1 - answered.mean()):.2f} % refused,\n"
        f"  expected calibration error {error:.2f} % (15 bins), {count} drawings"
    )


def _confidence(reading: Any) -> float:
    """Probability that all digits of the text are right."""
    return float(np.prod([piece.confidence for piece in reading.digits if piece.status != "not_a_digit"]))


if __name__ == "__main__":
    main()

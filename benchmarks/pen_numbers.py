"""How well the numbers, lines, signs and words that people wrote on tablets are read.

    python -m benchmarks.pen_numbers --data DIR [--persons held-out] [--lattice]

A line for each kind of drawing in UNIPEN's cuts that name the writer (`lenet.datasets.unipen_texts`), of the
persons held out or of the others:

- by digits: the digits of the answer, joined, are those of the label.
- as written: the answer is the label, white space aside.
- sure, wrong: of all drawings, those whose status is "ok" although the digits are wrong; in the next column,
  although the text is wrong. Of a word or a sign every "ok" is wrong.
- ok if right: of the drawings that are right by digits, those whose status is "ok".

With `--lattice`: for what share of the drawings that are wrong by digits some path through the lattice reads
the right ones, if every span that the search allows is shown to the network.

Tune on the persons for learning, the default; the others are for the figures by which the project is judged.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import cv2
import numpy as np

from benchmarks.items import digits_of
from lenet.datasets import unipen_texts
from lenet.datasets.unipen_texts import PenText
from lenet.network import classifiers
from lenet.network.classifiers import Classifier, use_one_thread
from lenet.network.record import DIGITS, Record, shipped_weights
from lenet.reading import segmentation
from lenet.reading.lattice import Line
from lenet.reading.line_search import LineSearch
from lenet.reading.reader import Reader
from lenet.reading.result import OK, Reading

LIKE_DIGITS = frozenset("|/\\'!(),.`[]><")
"""Signs that many people write as others write a 1, a 7 or a 4; none of them is counted among the signs."""

RANKS = (1, 3)
"""How many of its likeliest symbols each span of the lattice may read."""


def main() -> None:
    """Print all figures."""
    options = _options()
    use_one_thread("torch")
    cv2.setNumThreads(1)
    weights = options.weights or shipped_weights()
    record = Record.load(weights)
    classify = classifiers.load(weights, record, "torch")
    reader = Reader(classify, record)
    drawings = kinds(options.data, options.persons == "held-out")
    print(f"persons {options.persons}\n")
    outcomes = print_table(reader, drawings)
    print_signs(outcomes["numbers with signs"])
    if options.lattice:
        print_lattices(reader, classify, record, outcomes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how pen numbers are read.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    parser.add_argument("--persons", choices=("learning", "held-out"), default="learning", help="whose")
    parser.add_argument("--weights", type=Path, help="a .safetensors file (default: the project's)")
    parser.add_argument("--lattice", action="store_true", help="look for right digits in the lattice")
    return parser.parse_args()


# Drawings and outcomes ----------------------------------------------------------------------------


def kinds(root: Path, held_out: bool) -> dict[str, list[PenText]]:
    """Load the drawings of the persons held out, or of the others, by kind.

    Raises:
        OSError: as for `unipen_texts.load`.
    """

    def texts(kind: unipen_texts.Kind) -> list[PenText]:
        every = unipen_texts.load(root, kind).texts
        return [text for text in every if (text.person in unipen_texts.HELD_OUT) == held_out]

    numbers = texts("numbers")
    return {
        "numbers of digits only": [text for text in numbers if not signs_of(text.label)],
        "numbers with signs": [text for text in numbers if signs_of(text.label)],
        "lines": texts("lines"),
        "signs unlike digits": [text for text in texts("signs") if text.label not in LIKE_DIGITS],
        "words": texts("words"),
        "single digits": texts("more_digits"),
    }


def signs_of(text: str) -> str:
    """Return what is neither a digit nor white space in a text, joined."""
    return "".join(symbol for symbol in "".join(text.split()) if symbol not in DIGITS)


class Outcome(NamedTuple):
    """What was written, what was read, and whether the reader is sure of it."""

    drawing: PenText
    text: str
    sure: bool

    @classmethod
    def of(cls, drawing: PenText, reading: Reading) -> Outcome:
        """Take what counts from a reading."""
        return cls(drawing, reading.text, reading.status == OK)

    @property
    def right_by_digits(self) -> bool:
        """Whether there are digits, and they are read."""
        wanted = digits_of(self.drawing.label)
        return wanted != "" and digits_of(self.text) == wanted

    @property
    def right_as_written(self) -> bool:
        """Whether there are digits, and the text is the label, white space aside."""
        return self.right_by_digits and "".join(self.text.split()) == "".join(self.drawing.label.split())


class Counts(NamedTuple):
    """How many of `count` outcomes are right, and of how many the reader is sure."""

    count: int
    by_digits: int
    as_written: int
    sure_wrong_digits: int
    sure_wrong_text: int
    sure_right: int

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Counts:
        """Count them."""

        def number(holds: Callable[[Outcome], bool]) -> int:
            return sum(map(holds, outcomes))

        return cls(
            count=len(outcomes),
            by_digits=number(lambda outcome: outcome.right_by_digits),
            as_written=number(lambda outcome: outcome.right_as_written),
            sure_wrong_digits=number(lambda outcome: outcome.sure and not outcome.right_by_digits),
            sure_wrong_text=number(lambda outcome: outcome.sure and not outcome.right_as_written),
            sure_right=number(lambda outcome: outcome.sure and outcome.right_by_digits),
        )


def by_sign(outcomes: Iterable[Outcome]) -> dict[str, Counts]:
    """Count the outcomes in whose label a sign stands, for each sign; the most frequent first."""
    outcomes = list(outcomes)
    frequency = Counter(sign for outcome in outcomes for sign in set(signs_of(outcome.drawing.label)))
    ranked = sorted(frequency, key=lambda sign: (-frequency[sign], sign))
    return {sign: Counts.of([o for o in outcomes if sign in o.drawing.label]) for sign in ranked}


# Spelling in a lattice ----------------------------------------------------------------------------


class Arc(NamedTuple):
    """A span of a lattice, from node `start` to node `end`, and what it may read: digits, or "" for none."""

    start: int
    end: int
    texts: frozenset[str]


def can_spell(digits: str, lattices: Iterable[Sequence[Arc]]) -> bool:
    """Tell whether some path reads the digits, through one lattice after the other.

    Args:
        digits: what is to be read.
        lattices: the arcs of each line. A path leads from node 0 to the last node that an arc ends at.
    """
    spelt = {0}  # numbers of digits that paths have read at the end of the last line
    for arcs in lattices:
        at = {0: spelt}
        for start, end, texts in sorted(arcs):
            for done in at.get(start, set()):
                reached = {done + len(text) for text in texts if digits.startswith(text, done)}
                at.setdefault(end, set()).update(reached)
        spelt = at.get(max((arc.end for arc in arcs), default=0), set())
    return len(digits) in spelt


@contextmanager
def recorded_lines() -> Iterator[list[LineSearch]]:
    """Collect the lines that are transcribed, once each, in reading order."""
    lines: list[LineSearch] = []
    transcribe = segmentation.transcribe

    def recorded(line: LineSearch) -> Line:
        lines.append(line)
        return transcribe(line)

    with mock.patch.object(segmentation, "transcribe", recorded):
        yield lines


def arcs_of(line: LineSearch, classify: Classifier, record: Record, ranks: int) -> list[Arc]:
    """Return all spans of a line with the digits among their `ranks` likeliest symbols; a mark reads none."""
    shown = [(span, variant) for span in line.lower_bounds for variant in line.variants(*span)]
    answers = classify(np.stack([variant.part.image() for _, variant in shown]))
    texts: dict[tuple[int, int], set[str]] = {span: set() for span, _ in shown}
    for (span, variant), probabilities in zip(shown, answers, strict=True):
        likeliest = [record.alphabet[index] for index in np.argsort(-probabilities)[:ranks]]
        texts[span] |= set(map(digits_of, likeliest))
        if np.isfinite(line.piece_costs(*span, variant).mark):
            texts[span].add("")
    return [Arc(*span, frozenset(found)) for span, found in texts.items()]


# Tables -------------------------------------------------------------------------------------------


def print_table(reader: Reader, drawings: dict[str, list[PenText]]) -> dict[str, list[Outcome]]:
    """Read all drawings and print a row for each kind; return the outcomes."""
    print(f"{'':24}{'':>6}{'right, %':>22}{'sure, wrong, %':>22}{'ok if':>10}")
    print(f"{'':24}{'n':>6}{'by digits':>11}{'as written':>11}{'digits':>11}{'text':>11}{'right, %':>10}")
    outcomes = {}
    for kind, texts in drawings.items():
        outcomes[kind] = [Outcome.of(text, reader.read_strokes(text.strokes)) for text in texts]
        counts = Counts.of(outcomes[kind])
        is_number = kind not in ("words", "signs unlike digits")
        columns = [
            _percent(counts.by_digits, counts.count if is_number else 0, 11),
            _percent(counts.as_written, counts.count if is_number else 0, 11),
            _percent(counts.sure_wrong_digits, counts.count, 11),
            _percent(counts.sure_wrong_text, counts.count, 11),
            _percent(counts.sure_right, counts.by_digits, 10),
        ]
        print(f"{kind:24}{counts.count:6}{''.join(columns)}", flush=True)
    return outcomes


def _percent(part: int, whole: int, width: int) -> str:
    return f"{100 * part / whole:{width}.1f}" if whole else f"{'–':>{width}}"


def print_signs(outcomes: list[Outcome]) -> None:
    """Print for each sign how many of the numbers with it are right."""
    print("\nnumbers with the sign: n, right by digits, as written")
    for sign, counts in by_sign(outcomes).items():
        print(f"  {sign}{counts.count:6}{counts.by_digits:6}{counts.as_written:6}")


def print_lattices(
    reader: Reader, classify: Classifier, record: Record, outcomes: dict[str, list[Outcome]]
) -> None:
    """Print how many of the drawings that are wrong have the right digits in their lattice."""
    head = "".join(f"{f'top {ranks}':>7}" for ranks in RANKS)
    print("\nwrong by digits, and how many of them the lattice has right, every span queried")
    print(f"{'':24}{'wrong':>6}{head}   {'sure':>6}{head}")
    for kind in ("numbers of digits only", "numbers with signs", "lines", "single digits"):
        wrong = [outcome for outcome in outcomes[kind] if not outcome.right_by_digits]
        found = [_spelt(reader, classify, record, outcome.drawing) for outcome in wrong]
        spelt = np.array(found, bool).reshape(-1, len(RANKS))
        sure = np.array([outcome.sure for outcome in wrong], bool)
        print(f"{kind:24}{_columns(spelt)}   {_columns(spelt[sure])}", flush=True)


def _columns(spelt: np.ndarray) -> str:
    """The number of rows of bool (n, ranks), and of the True in each column."""
    return f"{len(spelt):6}" + "".join(f"{count:7}" for count in spelt.sum(axis=0))


def _spelt(reader: Reader, classify: Classifier, record: Record, drawing: PenText) -> list[bool]:
    """Whether the lattice of a drawing has its digits, for each of `RANKS`."""
    with recorded_lines() as lines:
        reader.read_strokes(drawing.strokes)
    return [
        can_spell(digits_of(drawing.label), [arcs_of(line, classify, record, ranks) for line in lines])
        for ranks in RANKS
    ]


if __name__ == "__main__":
    main()

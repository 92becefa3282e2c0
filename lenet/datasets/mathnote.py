"""MathNote: digits and mathematical signs drawn with a pen in a browser, probably by one hand.

They are read from cuts of the drawings of MathNote-OCR, `root/mathnote/{digits,symbols}.jsonl.gz`, with a
line of JSON for each drawing: `label` ("7", "slash"), `strokes` ([[[x, y], …], …], y downward).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Literal, NamedTuple

from lenet.datasets import unipen
from lenet.datasets.sources import Source, Stroke

Kind = Literal["digits", "symbols"]
"""What a cut holds: digits, or letters and signs."""

REPOSITORY = "github.com/YonatanNemtsov/mathnote-ocr"
"""Where the drawings come from, each in a file `data/shared/symbols/LABEL/NUMBER.json`."""


class Symbol(NamedTuple):
    """A drawing of a digit, a letter or a sign.

    Attributes:
        strokes: each float64 (points, 2): x, and y growing downward, in pixels of the browser.
        label: as the set names it: "7", "+", "slash", "H_cap".
    """

    strokes: list[Stroke]
    label: str


class Symbols(NamedTuple):
    """Drawings, and where they come from."""

    symbols: list[Symbol]
    source: Source


def load(root: Path, kind: Kind) -> Symbols:
    """Load a cut of MathNote's drawings.

    Args:
        root: the data folder; the files lie in `root/mathnote`.
        kind: which cut.

    Raises:
        FileNotFoundError: the cut is missing.
        OSError: its file is broken.
    """
    path = Path(root) / "mathnote" / f"{kind}.jsonl.gz"
    if not path.exists():
        raise FileNotFoundError(
            f"MathNote's {kind} are not in {path.parent}. "
            f"Put {path.name} there, a cut of the drawings of {REPOSITORY}"
        )
    rows, source = unipen.read_cut(path, kind, "label and strokes", _symbol, "; put an intact copy there")
    source = dataclasses.replace(
        source, name=f"MathNote, {kind}", licence="Apache-2.0", citation=f"Nemtsov, {REPOSITORY}"
    )
    return Symbols(rows, source)


def _symbol(row: dict[str, Any]) -> Symbol:
    """A drawing from JSON; raises ValueError, KeyError, TypeError or AttributeError on another form."""
    return Symbol(unipen.strokes_of(row), row["label"].strip())

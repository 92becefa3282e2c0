"""Where signs count: beside a digit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import groupby

from lenet.reading.lattice import Piece


def without_strays(pieces: Sequence[Piece], digits: Collection[str]) -> list[Piece]:
    """Take the text from signs that stand beside no digit, nor beside a sign that does.

    "3.000,-" and "(919)" keep theirs; a lone x or K, or a dash between words, reads nothing.

    Args:
        pieces: of a line, from left to right.
        digits: the texts of digits.
    """

    def kind(piece: Piece) -> str:
        return "digit" if piece.text in digits else "sign" if piece.text else "nothing"

    runs = [(key, list(run)) for key, run in groupby(pieces, key=kind)]
    kept: list[Piece] = []
    for index, (key, run) in enumerate(runs):
        neighbours = {of for of, _ in runs[max(0, index - 1) : index + 2]}
        is_stray = key == "sign" and "digit" not in neighbours
        kept += [replace(piece, text="") for piece in run] if is_stray else run
    return kept

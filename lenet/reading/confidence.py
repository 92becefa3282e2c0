"""How sure a reading is as a whole: logistic regression on what speaks for its text and against it.

The product of the pieces' probabilities is too high where the right text was not among the paths searched,
as where "00" in one stroke is refused. So the confidence also weighs what hints at that: a refused piece as
tall as its neighbours, marks that read nothing, ink of uneven height. The weights of
these features are fitted on readings by persons of whom the network learnt no number, and stored in the
record beside the network's weights (`lenet.network.record.Confidence`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from lenet.ink.notes import Note, NoteCode
from lenet.network.record import FEATURES, Confidence
from lenet.reading.lattice import Line

_LARGEST = 6.0
"""Bound on a logit or a negative log probability: beyond it they differ by rounding and chance."""

_MAX_COST = 5.0
"""Bound on the cost of a path, in nats per piece."""

_EVEN = 0.2
"""Standard deviation of the logarithms of heights up to which digits are as even as most people write."""

_LOWEST = 0.01
"""Height below which a digit counts as this high, in heights of its line."""


def confidence(lines: Sequence[Line], notes: Iterable[Note], model: Confidence) -> float:
    """Return the calibrated probability that the text of a page is right, in [0, 1].

    Args:
        lines: as they were read.
        notes: on how the ink was found; none for strokes.
        model: from the record of the network.
    """
    logit = model.intercept + float(np.dot(features(lines, notes), list(model.weights.values())))
    return 1 / (1 + math.exp(-min(max(logit, -500.0), 500.0)))


def features(lines: Sequence[Line], notes: Iterable[Note]) -> np.ndarray:
    """Return what speaks for the text of a page and against it.

    Returns:
        float64 (F,), in the order of `FEATURES`, which tells what each is; finite.
    """
    pieces = [(piece, line.height) for line in lines for piece in line.pieces]
    read = [piece for piece, _ in pieces if piece.text]
    told = [piece.probability for piece in read]
    refused = [piece.box[3] / height for piece, height in pieces if not (piece.text or piece.is_mark)]
    digits = [(piece, piece.box[3] / height) for piece, height in pieces if piece.text in tuple("0123456789")]
    heights = [math.log(max(height, _LOWEST)) for _, height in digits]
    ones = [height for height, (piece, _) in zip(heights, digits, strict=True) if piece.text == "1"]
    codes = {note.code for note in notes}
    values = {
        "logit": _logit(math.prod(told)),
        "weakest": _logit(min(told, default=1.0)),
        "posterior": _logit(math.exp(sum(line.log_posterior for line in lines))),
        "pieces": math.log(max(len(read), 1)),
        "signs": math.log1p(len(read) - len(digits)),
        "refused_height": max((min(height, 2.0) for height in refused), default=0.0),
        "marks": math.log1p(sum(piece.is_mark and not piece.text for piece, _ in pieces)),
        "cost": min(max(sum(line.cost for line in lines) / max(len(pieces), 1), 0.0), _MAX_COST),
        "uneven": max(float(np.std(heights)) - _EVEN, 0.0) if heights else 0.0,
        "low_one": -min([0.0, *ones]),
        "turned": float(NoteCode.ROTATED in codes),
    }
    return np.array([values[name] for name in FEATURES])


def _logit(probability: float) -> float:
    if probability <= 0:
        return -_LARGEST
    if probability >= 1:
        return _LARGEST
    return min(max(math.log(probability / (1 - probability)), -_LARGEST), _LARGEST)

"""The result of reading: a `Reading` with its pieces, as Python, the command line and the API give it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lenet.ink.boxes import Box
from lenet.ink.notes import Note
from lenet.network.record import DIGITS
from lenet.reading.parts import Part

OK, UNSURE, NOT_A_DIGIT, EMPTY = "ok", "unsure", "not_a_digit", "empty"

SURE_FROM = 0.9
"""Confidence from which a reading, or a piece, is `ok`: below it, one in ten or more would be wrong."""


@dataclass(frozen=True)
class Digit:
    """One piece of ink and what the network makes of it: a digit, a sign or neither.

    Attributes:
        text: the digit or the sign as it stands in the text of the reading; "" for what is neither, and for a
            sign beside no digit.
        probabilities: calibrated, of each digit and sign that the network knows; what they lack of 1 is the
            probability of "none". A point, a comma, a colon and a dash are told by their place, and have no
            probability here.
        status: "ok", "unsure" or "not_a_digit".
        box: of the ink, in the pixels of the upright input, or in the units of the strokes.
        image: float32 (28, 28) in [0, 1], 1 = ink: what the network was shown.
        part: the ink or strokes of it; `part.steps()` tells how they became the image. None in a reading that
            no Reader has made.
    """

    text: str
    probabilities: dict[str, float]
    status: str
    box: Box
    image: np.ndarray
    part: Part | None = field(default=None, repr=False, compare=False)

    @property
    def digit(self) -> int | None:
        """The digit; of what was refused, the most probable one; None for a sign."""
        shown = self.text or self._ranked(DIGITS)[0]
        return int(shown) if shown in DIGITS else None

    @property
    def confidence(self) -> float:
        """The probability of the text, in [0, 1]; of what was refused, that of the most probable digit.

        1 for a sign that its place tells.
        """
        return self.probabilities.get(self.text or self._ranked(DIGITS)[0], 1.0)

    @property
    def alternatives(self) -> list[tuple[str, float]]:
        """What else it may be, with its probability, most probable first."""
        shown = self.text or self._ranked(DIGITS)[0]
        return [
            (symbol, self.probabilities[symbol])
            for symbol in self._ranked(self.probabilities)
            if symbol != shown
        ]

    def _ranked(self, symbols: Iterable[str]) -> list[str]:
        """These symbols, most probable first."""
        return sorted(symbols, key=lambda symbol: -self.probabilities.get(symbol, 0.0))


@dataclass(frozen=True)
class Reading:
    """The answer to one drawing or image.

    Attributes:
        text: as written: digits, and the signs beside them. Lines are joined by a line feed, numbers on a
            line by a space.
        confidence: calibrated probability that the text is right, in [0, 1]; 0 without a digit.
        status: "empty" without ink, "not_a_digit" without a digit, else "ok" from a confidence of
            `SURE_FROM`, "unsure" below.
        digits: all pieces in reading order, also signs and what is neither.
        preprocessing_ms: milliseconds of all the rest: ink, segmentation, MNIST form.
        network_ms: milliseconds in the network.
        turned: degrees by which the image was rotated clockwise to be read, to the nearest quarter: 0, 90,
            180 or 270. The boxes are those of the image after that; a note has the whole angle.
        notes: what was detected or corrected, as codes.
    """

    text: str
    confidence: float
    status: str
    digits: tuple[Digit, ...]
    preprocessing_ms: float
    network_ms: float
    turned: int = 0
    notes: tuple[Note, ...] = ()

    @property
    def numbers(self) -> list[str]:
        """The strings of digits in the text, each as long as can be: "3.14" has "3" and "14"."""
        return re.findall("[0-9]+", self.text)

    def to_json(self) -> dict[str, Any]:
        """Return the reading in the form of the command line and the API, ready for `json.dumps`."""
        return {
            "status": self.status,
            "confidence": round(self.confidence, 4),
            "text": self.text,
            "numbers": self.numbers,
            "digits": [
                {
                    "text": piece.text,
                    "digit": piece.digit,
                    "confidence": round(piece.confidence, 4),
                    "status": piece.status,
                    "box": [round(side, 2) for side in piece.box],
                }
                for piece in self.digits
            ],
            "milliseconds": round(self.preprocessing_ms + self.network_ms, 3),
        }


def status_of(digits: Sequence[Digit], confidence: float) -> str:
    """Return the status of a reading with these pieces and this confidence."""
    if not digits:
        return EMPTY
    if not any(piece.text in DIGITS for piece in digits):
        return NOT_A_DIGIT
    return OK if confidence >= SURE_FROM else UNSURE

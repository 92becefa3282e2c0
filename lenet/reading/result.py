"""The result of reading: a `Reading` with its digits, as Python, the command line and the API give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lenet.ink.boxes import Box
from lenet.ink.notes import Note

OK, UNSURE, NOT_A_DIGIT, EMPTY = "ok", "unsure", "not_a_digit", "empty"

SURE_FROM = 0.9
"""Confidence from which a piece is `ok`: below it, one in ten or more would be wrong."""


@dataclass(frozen=True)
class Digit:
    """One piece of ink and what the network makes of it.

    Attributes:
        probabilities: calibrated, of the digits of the alphabet; what they lack of 1 is the
            probability of "none".
        status: "ok", "unsure" or "not_a_digit".
        box: of the ink, in the pixels of the upright input, or in the units of the strokes.
        image: float32 (28, 28) in [0, 1], 1 = ink: what the network was shown.
    """

    probabilities: tuple[float, ...]
    status: str
    box: Box
    image: np.ndarray

    @property
    def digit(self) -> int:
        """The most probable digit."""
        return self._ranked[0]

    @property
    def confidence(self) -> float:
        """The probability of `digit`, in [0, 1]."""
        return self.probabilities[self.digit]

    @property
    def alternatives(self) -> list[tuple[int, float]]:
        """The other digits with their probabilities, most probable first."""
        return [(digit, self.probabilities[digit]) for digit in self._ranked[1:]]

    @property
    def _ranked(self) -> list[int]:
        """All digits, most probable first."""
        return sorted(range(len(self.probabilities)), key=lambda digit: -self.probabilities[digit])


@dataclass(frozen=True)
class Reading:
    """The answer to one drawing or image.

    Attributes:
        text: the digits read, without non-digits: lines joined by a line feed, numbers on a line by a
            space.
        status: "empty" without ink, "not_a_digit" if no piece is a digit, "unsure" if a piece of the text
            is unsure, else "ok".
        digits: the pieces in reading order, non-digits too.
        preprocessing_ms: milliseconds of all the rest: ink, segmentation, MNIST form.
        network_ms: milliseconds in the network.
        turned: degrees by which the image was rotated clockwise to be read: 0, 90, 180 or 270. The boxes
            are those of the image after that.
        notes: what was detected or corrected, as codes.
    """

    text: str
    status: str
    digits: tuple[Digit, ...]
    preprocessing_ms: float
    network_ms: float
    turned: int = 0
    notes: tuple[Note, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the reading in the form of the command line and the API, ready for `json.dumps`."""
        return {
            "status": self.status,
            "text": self.text,
            "digits": [
                {
                    "digit": piece.digit,
                    "confidence": round(piece.confidence, 4),
                    "status": piece.status,
                    "box": [round(side, 2) for side in piece.box],
                }
                for piece in self.digits
            ],
            "milliseconds": round(self.preprocessing_ms + self.network_ms, 3),
        }


def status_of(digits: Sequence[Digit]) -> str:
    """Return the status of a reading with these pieces."""
    statuses = {digit.status for digit in digits}
    if not statuses:
        return EMPTY
    if statuses == {NOT_A_DIGIT}:
        return NOT_A_DIGIT
    return UNSURE if UNSURE in statuses else OK

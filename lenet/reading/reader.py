"""From strokes or an image to a Reading: the one place where preprocessing and network meet."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from lenet.ink import photo, strokes
from lenet.ink.boxes import Box
from lenet.ink.notes import Note, NoteCode
from lenet.ink.preprocessing import checked_ink
from lenet.network import checkpoint
from lenet.network.model import NO_DIGIT, LeNet, predict
from lenet.reading import segmentation
from lenet.reading.parts import Part, parts_of_ink, parts_of_strokes

OK, UNSURE, NOT_A_DIGIT, EMPTY = "ok", "unsure", "not_a_digit", "empty"

SURE_FROM = 0.9
"""Confidence from which a reading is `ok`: below it, one in ten or more would be wrong."""

FEWEST_TO_TURN = 2
"""A page that has fewer digits, as it lies or turned, is not turned: one may be anything then."""

SURELY_UPRIGHT = 0.9
"""A page read with this confidence is not tried on its side."""

LEAST_GAIN = 0.2
"""A page is turned if its digits are read with a confidence higher by more than this."""


@dataclass(frozen=True)
class Digit:
    """One piece of ink and what the network makes of it.

    Attributes:
        probabilities: ten calibrated probabilities, of the digits 0 to 9; what they lack of
            1 is the probability that the piece is no digit.
        status: "ok", "unsure" or "not_a_digit".
        box: left, top, width, height of the ink in the pixels of the upright
            input, or in the units of the strokes.
        image: float32 (28, 28) in [0, 1], 1 = ink: what the network saw.
    """

    probabilities: tuple[float, ...]
    status: str
    box: Box
    image: np.ndarray

    @property
    def digit(self) -> int:
        """The most probable digit."""
        return max(range(10), key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        """The probability of `digit`, in [0, 1]."""
        return self.probabilities[self.digit]

    @property
    def alternatives(self) -> list[tuple[int, float]]:
        """The other nine digits with their probabilities, most probable first."""
        ranked = sorted(range(10), key=lambda digit: -self.probabilities[digit])
        return [(digit, self.probabilities[digit]) for digit in ranked[1:]]


@dataclass(frozen=True)
class Reading:
    """The answer to one drawing or image.

    Attributes:
        text: the digits read, without what is no digit: lines joined by a line feed, numbers
            on a line by a space.
        status: "empty" without ink, "not_a_digit" when no piece is a digit, "unsure" when
            a piece of the text is, else "ok".
        digits: the pieces in reading order, with those that are no digit.
        turned: by how many degrees the picture was turned clockwise to be read: 0, 90,
            180 or 270. The boxes are those of the picture after that.
        notes: what was done to find the ink, as codes.
        preprocessing_ms: milliseconds from input to MNIST form.
        network_ms: milliseconds in the network.
    """

    text: str
    status: str
    digits: tuple[Digit, ...]
    preprocessing_ms: float
    network_ms: float
    turned: int = 0
    notes: tuple[Note, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The reading in the form of the command line and the API, ready for `json.dumps`."""
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


class Reader:
    """Reads digits with one network; safe to share between threads.

    Args:
        network: in evaluation mode, on the CPU.
    """

    def __init__(self, network: LeNet) -> None:
        self._network = network.to(memory_format=torch.channels_last)  # which takes a fifth less time

    @classmethod
    def load(cls, path: str | Path | None = None) -> Reader:
        """Make a reader from weights on disk.

        Args:
            path: of a `.safetensors` file; None takes the weights of the project.

        Raises:
            FileNotFoundError, ValueError: as for `checkpoint.load`.
        """
        reader = cls(checkpoint.load(Path(path) if path else checkpoint.shipped_weights()))
        reader.read_strokes([[[0, 0], [0, 1]]])  # the first pass sets up much that later ones find ready
        return reader

    def read_strokes(self, drawing: object) -> Reading:
        """Read a drawing: a digit, a number or several.

        Args:
            drawing: list of strokes, each a list of [x, y] points, y downward, any unit.

        Raises:
            InputError: as for `strokes.parse`.
        """
        stopwatch = _Stopwatch()
        parts = parts_of_strokes(strokes.parse(drawing))
        return self._read(parts, stopwatch).reading()

    def read_image(self, source: photo.ImageSource) -> Reading:
        """Read a picture of a digit, a line or a page.

        Args:
            source: path, PIL image or array, as for `photo.page`.

        Raises:
            InputError, FileNotFoundError: as for `photo.page`.
        """
        stopwatch = _Stopwatch()
        return self._read_page(photo.page(source), stopwatch)

    def read_page(self, page: photo.Page) -> Reading:
        """Read a page whose ink has been found; if it is on its side or upside down, it is turned first."""
        return self._read_page(page, _Stopwatch())

    def _read_page(self, page: photo.Page, stopwatch: _Stopwatch) -> Reading:
        found = self._read(parts_of_ink(page.ink), stopwatch)
        turned = 0
        if len(found.digits) >= FEWEST_TO_TURN and found.confidence < SURELY_UPRIGHT:
            found, turned = self._best_turned(page.ink, found, stopwatch)
        return found.reading(
            page.scale, turned, page.notes + (Note(NoteCode.ROTATED, turned),) * bool(turned)
        )

    def _best_turned(self, ink: np.ndarray, found: _Found, stopwatch: _Stopwatch) -> tuple[_Found, int]:
        """What is found after a turn, and by how many degrees; `found` and 0 where that is no better."""
        degrees = self._turn(ink, stopwatch)
        if degrees:
            other = self._read(parts_of_ink(_turned(ink, degrees)), stopwatch)
            # A glance does not see digits that touch, as in 50000: on its side that may be a sure 8.
            if len(other.digits) >= FEWEST_TO_TURN and other.is_better_than(found, by=0):
                return other, degrees
        return found, 0

    def _turn(self, ink: np.ndarray, stopwatch: _Stopwatch) -> int:
        """By how many degrees ink is to be turned clockwise to be read best, told at a glance."""
        best, turned = self._glance(ink, stopwatch), 0
        for degrees in (90, 180, 270):
            other = self._glance(_turned(ink, degrees), stopwatch)
            if other.is_better_than(best, by=0 if turned else LEAST_GAIN):
                best, turned = other, degrees
        return turned

    def _glance(self, ink: np.ndarray, stopwatch: _Stopwatch) -> _Found:
        """Read ink without cutting anything."""
        return self._read(parts_of_ink(ink), stopwatch, cut=False)

    def read_ink(self, ink: np.ndarray) -> Reading:
        """Read a digit, a line or a page from ink.

        Args:
            ink: float32 (height, width) in [0, 1], 1 = full ink, 0 = paper.

        Raises:
            InputError: as for `preprocessing.checked_ink`.
        """
        stopwatch = _Stopwatch()
        return self._read(parts_of_ink(checked_ink(ink)), stopwatch).reading()

    def _read(self, parts: Sequence[Part], stopwatch: _Stopwatch, cut: bool = True) -> _Found:
        def classify(images: np.ndarray) -> np.ndarray:
            with stopwatch.network():
                return self._probabilities(images)

        return _Found(segmentation.segment(parts, classify, cut), stopwatch)

    def _probabilities(self, images: np.ndarray) -> np.ndarray:
        """Of images (N, 28, 28): float32 (N, 11), of the digits and of no digit (0 for the classics)."""
        logits = predict(self._network, torch.from_numpy(images))
        probabilities = torch.softmax(self._network.architecture.complete(logits), dim=1).numpy()
        return np.pad(probabilities, ((0, 0), (0, NO_DIGIT + 1 - probabilities.shape[1])))


def _turned(ink: np.ndarray, degrees: int) -> np.ndarray:
    """Ink (h, w) turned clockwise by 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(ink, -degrees // 90))


class _Stopwatch:
    """Milliseconds since it was made, and those of them that the network took."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self.network_ms = 0.0

    @contextmanager
    def network(self) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.network_ms += _milliseconds(start)

    def other_ms(self) -> float:
        """All but the network's."""
        return _milliseconds(self._start) - self.network_ms


def _milliseconds(start: float) -> float:
    return (time.perf_counter() - start) * 1000


class _Found(NamedTuple):
    """The lines of a page."""

    lines: list[list[segmentation.Piece]]
    stopwatch: _Stopwatch

    @property
    def pieces(self) -> list[segmentation.Piece]:
        return [piece for line in self.lines for piece in line]

    @property
    def digits(self) -> list[segmentation.Piece]:
        """The pieces that are no marks."""
        return [piece for piece in self.pieces if not piece.is_mark]

    @property
    def confidence(self) -> float:
        """Mean probability of the likeliest digits, refused or not; 0 without any."""
        best = [float(piece.probabilities[:10].max()) for piece in self.digits]
        return sum(best) / len(best) if best else 0.0

    @property
    def sure(self) -> int:
        """How many digits are sure."""
        return sum(_status_of(piece) == OK for piece in self.pieces)

    def is_better_than(self, other: _Found, by: float) -> bool:
        """Whether the mean confidence is higher here by so much, and not many fewer digits are sure."""
        return self.sure >= 0.7 * other.sure and self.confidence > other.confidence + by

    def reading(self, scale: float = 1.0, turned: int = 0, notes: tuple[Note, ...] = ()) -> Reading:
        """The answer; `scale` is input pixels per pixel of ink."""
        digits = tuple(_digit(piece, scale) for piece in self.pieces)
        texts = [" ".join("".join(map(_text, line)).split()) for line in self.lines]
        text = "\n".join(filter(None, texts))
        other_ms = self.stopwatch.other_ms()
        return Reading(text, _status(digits), digits, other_ms, self.stopwatch.network_ms, turned, notes)


def _digit(piece: segmentation.Piece, scale: float) -> Digit:
    left, top, width, height = piece.box
    box = (left * scale, top * scale, width * scale, height * scale)
    return Digit(tuple(piece.probabilities[:10].tolist()), _status_of(piece), box, piece.image)


def _status_of(piece: segmentation.Piece) -> str:
    if piece.is_mark or segmentation.is_refused(piece.probabilities):
        return NOT_A_DIGIT
    return OK if piece.probabilities[:10].max() >= SURE_FROM else UNSURE


def _text(piece: segmentation.Piece) -> str:
    """A piece as it stands in its line: the space before it, and its digit if it is one."""
    digit = "" if _status_of(piece) == NOT_A_DIGIT else str(piece.probabilities[:10].argmax())
    return " " * piece.after_space + digit


def _status(digits: tuple[Digit, ...]) -> str:
    statuses = {digit.status for digit in digits}
    if not statuses:
        return EMPTY
    if statuses == {NOT_A_DIGIT}:
        return NOT_A_DIGIT
    return UNSURE if UNSURE in statuses else OK

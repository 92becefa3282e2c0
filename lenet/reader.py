"""From strokes or an image to a Reading: the one place where preprocessing and network meet."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lenet import checkpoint, photo, strokes
from lenet.model import LeNet
from lenet.preprocessing import ink_box, to_mnist

OK, UNSURE, NOT_A_DIGIT, EMPTY = "ok", "unsure", "not_a_digit", "empty"

SURE_FROM = 0.9
"""Confidence from which a reading is `ok`: below it, one in ten or more would be wrong."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Digit:
    """One piece of ink and what the network makes of it.

    Attributes:
        probabilities: ten calibrated probabilities, of the digits 0 to 9.
        status: "ok" or "unsure".
        box: left, top, width, height of the ink in the pixels of the upright
            input, or in the units of the strokes.
        image: float32 (28, 28) in [0, 1], 1 = ink: what the network saw.
    """

    probabilities: tuple[float, ...]
    status: str
    box: tuple[float, float, float, float]
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
        text: the digits read, "" where there are none.
        status: "ok", "unsure" or "empty".
        digits: the pieces in reading order.
        preprocessing_ms: milliseconds from input to MNIST form.
        network_ms: milliseconds in the network.
    """

    text: str
    status: str
    digits: tuple[Digit, ...]
    preprocessing_ms: float
    network_ms: float

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
        self._network = network

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
        """Read a drawing of one digit.

        Args:
            drawing: list of strokes, each a list of [x, y] points, y downward, any unit.

        Raises:
            ValueError: as for `strokes.parse`.
        """
        start = time.perf_counter()
        parsed = strokes.parse(drawing)
        image = to_mnist(strokes.draw(parsed))
        return self._read(image, strokes.box(parsed), start)

    def read_image(self, source: photo.ImageSource) -> Reading:
        """Read a picture of one digit.

        Args:
            source: path, PIL image or array, as for `photo.page`.

        Raises:
            ValueError, FileNotFoundError: as for `photo.page`.
        """
        start = time.perf_counter()
        page = photo.page(source)
        image = to_mnist(photo.broadened(page.ink))
        return self._read(image, _scaled(ink_box(page.ink), page.scale), start)

    def read_ink(self, ink: np.ndarray) -> Reading:
        """Read one digit from ink.

        Args:
            ink: float32 (height, width) in [0, 1], 1 = full ink, 0 = paper.

        Raises:
            ValueError: as for `preprocessing.to_mnist`.
        """
        return self._read_ink(ink, time.perf_counter())

    def _read_ink(self, ink: np.ndarray, start: float) -> Reading:
        image = to_mnist(ink)
        return self._read(image, ink_box(ink), start)

    def _read(self, image: np.ndarray | None, box: Box | None, start: float) -> Reading:
        """Ask the network about one image (28, 28) in MNIST's form, or answer "empty" for None."""
        prepared = time.perf_counter()
        if image is None or box is None:
            return Reading("", EMPTY, (), _milliseconds(start, prepared), 0.0)
        probabilities = self._probabilities(image)
        status = OK if max(probabilities) >= SURE_FROM else UNSURE
        piece = Digit(probabilities, status, box, image)
        done = time.perf_counter()
        return Reading(
            str(piece.digit), status, (piece,), _milliseconds(start, prepared), _milliseconds(prepared, done)
        )

    @torch.inference_mode()
    def _probabilities(self, image: np.ndarray) -> tuple[float, ...]:
        logits = self._network(torch.from_numpy(image)[None])
        return tuple(torch.softmax(logits[0], dim=0).tolist())


def _scaled(box: Box | None, factor: float) -> Box | None:
    if box is None:
        return None
    left, top, width, height = box
    return left * factor, top * factor, width * factor, height * factor


def _milliseconds(start: float, end: float) -> float:
    return (end - start) * 1000

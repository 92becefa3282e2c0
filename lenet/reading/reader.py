"""From strokes, an image or ink to a `Reading`: where preprocessing, network and segmentation meet."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lenet.ink import photo, strokes
from lenet.ink.notes import Note, NoteCode
from lenet.ink.preprocessing import checked_ink
from lenet.network import classifiers
from lenet.network.classifiers import Backend, Classifier
from lenet.network.record import Record, shipped_weights
from lenet.reading import segmentation
from lenet.reading.costs import SearchCosts
from lenet.reading.lattice import Piece
from lenet.reading.parts import Part, parts_of_ink, parts_of_strokes
from lenet.reading.result import NOT_A_DIGIT, OK, SURE_FROM, UNSURE, Digit, Reading, status_of

MIN_TO_ROTATE = 2
"""Minimum number of digits on a page that is rotated: a single one may look like a digit either way."""

SURELY_UPRIGHT = 0.9
"""Mean confidence from which a page is not tried in other orientations."""

MIN_GAIN = 0.2
"""Minimum gain in mean confidence to rotate a page; tuned on rendered pages."""

MIN_SURE_KEPT = 0.7
"""Minimum number of sure digits in a better orientation, as a fraction of that in the present one."""


MAX_PROBABILITY = 1.001
"""Largest value taken for a probability: softmax in float32 may round to a little more than 1."""


class Reader:
    """Reads digits and numbers; safe to share between threads.

    Args:
        classify: the network, as a function from images, float32 (N, 28, 28) in MNIST form, to probabilities,
            float (N, K), over the alphabet of the record.
        record: what the outputs mean, and the thresholds of refusal.
        costs: of the search that divides ink into digits.

    Attributes:
        record: as given.
    """

    def __init__(self, classify: Classifier, record: Record, costs: SearchCosts | None = None) -> None:
        self.record = record
        self._classify = classify
        self._costs = costs or SearchCosts()

    @classmethod
    def load(cls, path: str | Path | None = None, backend: Backend = "torch") -> Reader:
        """Make a reader from weights on disk and the record beside them.

        Args:
            path: of a `.safetensors` file; None takes the weights of the project.
            backend: what computes: "torch", or "onnx", which loads the file `.onnx` beside that path instead.

        Raises:
            FileNotFoundError, ImportError, ValueError: as for `classifiers.load` and `Record.load`.
        """
        weights = Path(path) if path else shipped_weights()
        classifiers.check_files(weights, backend)
        record = Record.load(weights)
        reader = cls(classifiers.load(weights, record, backend), record)
        reader.read_strokes([[[0, 0], [0, 1]]])  # the first pass is slow, as the libraries set themselves up
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
        return self._reading(self._read(parts, stopwatch), stopwatch)

    def read_image(self, source: photo.ImageSource) -> Reading:
        """Read an image of a digit, a line or a page.

        Args:
            source: path, PIL image or array, as for `photo.page`.

        Raises:
            InputError, FileNotFoundError: as for `photo.page`.
        """
        stopwatch = _Stopwatch()
        return self._read_page(photo.page(source), stopwatch)

    def read_page(self, page: photo.Page) -> Reading:
        """Read a page whose ink has been found; one on its side or upside down is rotated first."""
        return self._read_page(page, _Stopwatch())

    def read_ink(self, ink: np.ndarray) -> Reading:
        """Read a digit, a line or a page from ink.

        Args:
            ink: float32 (height, width) in [0, 1], 1 = full ink, 0 = paper.

        Raises:
            InputError: as for `preprocessing.checked_ink`.
        """
        stopwatch = _Stopwatch()
        return self._reading(self._read(parts_of_ink(checked_ink(ink)), stopwatch), stopwatch)

    def _read(self, parts: Sequence[Part], stopwatch: _Stopwatch, cut: bool = True) -> _Lines:
        def classify(images: np.ndarray) -> np.ndarray:
            with stopwatch.network():
                answers = self._classify(images)
            wanted = (len(images), len(self.record.alphabet))
            if answers.shape != wanted:
                raise ValueError(
                    f"classify: wanted probabilities of shape {wanted}, got {answers.shape}; "
                    "take the record that was saved with the weights"
                )
            # A NaN fails every comparison, so it fails this one too.
            if not ((answers >= 0) & (answers <= MAX_PROBABILITY)).all():
                raise ValueError(
                    f"classify: wanted probabilities in [0, 1], got {answers.min()} to {answers.max()}; "
                    "do the weights hold numbers?"
                )
            return answers

        refusal = self.record.refusal
        return _Lines(segmentation.segment(parts, classify, self._costs, refusal, cut), refusal.reading)

    def _read_page(self, page: photo.Page, stopwatch: _Stopwatch) -> Reading:
        lines = self._read(parts_of_ink(page.ink), stopwatch)
        rotated = 0
        if len(lines.candidates) >= MIN_TO_ROTATE and lines.confidence < SURELY_UPRIGHT:
            lines, rotated = self._best_orientation(page.ink, lines, stopwatch)
        notes = page.notes + (Note(NoteCode.ROTATED, rotated),) * bool(rotated)
        return self._reading(lines, stopwatch, page.scale, rotated, notes)

    def _best_orientation(self, ink: np.ndarray, lines: _Lines, stopwatch: _Stopwatch) -> tuple[_Lines, int]:
        """The lines after a rotation, and by how many degrees; `lines` and 0 where none is better."""
        degrees = self._guess_rotation(ink, stopwatch)
        if degrees:
            other = self._read(parts_of_ink(_rotated(ink, degrees)), stopwatch)
            # The quick pass does not see digits that touch, as in 50000: on its side that may be a sure 8.
            if len(other.candidates) >= MIN_TO_ROTATE and other.is_better_than(lines, by=0):
                return other, degrees
        return lines, 0

    def _guess_rotation(self, ink: np.ndarray, stopwatch: _Stopwatch) -> int:
        """Degrees by which ink is to be rotated clockwise, by quick passes that cut nothing."""
        best, rotated = self._read(parts_of_ink(ink), stopwatch, cut=False), 0
        for degrees in (90, 180, 270):
            other = self._read(parts_of_ink(_rotated(ink, degrees)), stopwatch, cut=False)
            if other.is_better_than(best, by=0 if rotated else MIN_GAIN):
                best, rotated = other, degrees
        return rotated

    def _reading(
        self,
        lines: _Lines,
        stopwatch: _Stopwatch,
        scale: float = 1.0,
        rotated: int = 0,
        notes: tuple[Note, ...] = (),
    ) -> Reading:
        """The answer; `scale` is input pixels per pixel of ink."""
        texts = [" ".join("".join(map(self._text, pieces)).split()) for pieces in lines.lines]
        digits = tuple(self._digit(piece, scale) for piece in lines.pieces)
        return Reading(
            text="\n".join(filter(None, texts)),
            status=status_of(digits),
            digits=digits,
            preprocessing_ms=stopwatch.other_ms(),
            network_ms=stopwatch.network_ms,
            turned=rotated,
            notes=notes,
        )

    def _text(self, piece: Piece) -> str:
        """A piece as it stands in its line: the space before it, and its digit if it is one."""
        refused = _status(piece, self.record.refusal.reading) == NOT_A_DIGIT
        digit = "" if refused else self.record.digits[piece.probabilities[:-1].argmax()]
        return " " * piece.after_space + digit

    def _digit(self, piece: Piece, scale: float) -> Digit:
        left, top, width, height = piece.box
        box = (left * scale, top * scale, width * scale, height * scale)
        status = _status(piece, self.record.refusal.reading)
        return Digit(tuple(piece.probabilities[:-1].tolist()), status, box, piece.image)


def _rotated(ink: np.ndarray, degrees: int) -> np.ndarray:
    """Ink (h, w) rotated clockwise by 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(ink, -degrees // 90))


def _status(piece: Piece, refuse_from: float) -> str:
    """The status of a piece, given the probability of "none" above which it is refused."""
    if piece.is_mark or piece.probabilities[-1] > refuse_from:
        return NOT_A_DIGIT
    return OK if piece.probabilities[:-1].max() >= SURE_FROM else UNSURE


class _Lines(NamedTuple):
    """The pieces of a page, line by line, and the probability of "none" above which one is refused."""

    lines: list[list[Piece]]
    refuse_from: float

    @property
    def pieces(self) -> list[Piece]:
        return [piece for line in self.lines for piece in line]

    @property
    def candidates(self) -> list[Piece]:
        """The pieces that are no marks, refused or not."""
        return [piece for piece in self.pieces if not piece.is_mark]

    @property
    def confidence(self) -> float:
        """Mean probability of the likeliest digits of all candidates; 0 without any."""
        best = [float(piece.probabilities[:-1].max()) for piece in self.candidates]
        return sum(best) / len(best) if best else 0.0

    @property
    def sure(self) -> int:
        """Number of sure digits."""
        return sum(_status(piece, self.refuse_from) == OK for piece in self.pieces)

    def is_better_than(self, other: _Lines, by: float) -> bool:
        """Whether the mean confidence is higher here by so much, and not many fewer digits are sure."""
        return self.sure >= MIN_SURE_KEPT * other.sure and self.confidence > other.confidence + by


class _Stopwatch:
    """Milliseconds since it was made, and those of them that the network took."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self.network_ms = 0.0

    @contextmanager
    def network(self) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.network_ms += _milliseconds_since(start)

    def other_ms(self) -> float:
        """All but the network's."""
        return _milliseconds_since(self._start) - self.network_ms


def _milliseconds_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000

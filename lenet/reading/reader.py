"""From strokes, an image or ink to a `Reading`: where preprocessing, network and segmentation meet."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from lenet.ink import decoding, photo, skew, strokes
from lenet.ink.notes import Note, NoteCode
from lenet.ink.preprocessing import checked_ink
from lenet.network import classifiers
from lenet.network.classifiers import Backend, Classifier
from lenet.network.record import Record, shipped_weights
from lenet.reading import segmentation
from lenet.reading.confidence import confidence
from lenet.reading.costs import SearchCosts
from lenet.reading.expected import Expected, contradicts
from lenet.reading.lattice import Line, Piece
from lenet.reading.parts import Part, parts_of_ink, parts_of_strokes
from lenet.reading.result import NOT_A_DIGIT, OK, SURE_FROM, UNSURE, Digit, Reading, status_of

MIN_TO_ROTATE = 2
"""Minimum number of digits on a page that is rotated: a single one may look like a digit either way."""

SURELY_UPRIGHT = 0.9
"""Mean confidence from which a page is not tried in other orientations."""

MIN_SKEW = 10
"""Angle, in degrees, from which lines are straightened: the network reads digits that lean less. Tuned."""

MIN_GAIN = 0.2
"""Minimum gain in mean confidence to rotate a page; tuned on rendered pages."""

MIN_SURE_KEPT = 0.7
"""Minimum number of sure digits in a better orientation, as a fraction of that in the present one."""

Digits = int | tuple[int, int] | None
"""A hint: how many digits there are, or the least and the most; None where that is not known."""

CONTRADICTED = 0.5
"""Maximum confidence of a reading where ink contradicts the hint on the number of digits; chosen."""

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

    def read_strokes(self, drawing: object, digits: Digits = None) -> Reading:
        """Read a drawing: a digit, a number or several.

        Args:
            drawing: list of strokes, each a list of [x, y] points, y downward, any unit.
            digits: how many digits there are, or the least and the most, where that is known.

        Raises:
            InputError: as for `strokes.parse` and `Expected.parse`.
        """
        search = _Search(_Stopwatch(), Expected.parse(digits))
        return self._reading(self._read(parts_of_strokes(strokes.parse(drawing)), search), search)

    def read_image(self, source: decoding.ImageSource, digits: Digits = None) -> Reading:
        """Read an image of a digit, a line or a page.

        Args:
            source: path, PIL image or array, as for `photo.page`.
            digits: as for `read_strokes`.

        Raises:
            InputError, FileNotFoundError: as for `photo.page` and `Expected.parse`.
        """
        search = _Search(_Stopwatch(), Expected.parse(digits))
        return self._read_page(photo.page(source), search)

    def read_page(self, page: photo.Page, digits: Digits = None) -> Reading:
        """Read a page whose ink has been found; one on its side or upside down is rotated first."""
        return self._read_page(page, _Search(_Stopwatch(), Expected.parse(digits)))

    def read_ink(self, ink: np.ndarray, digits: Digits = None) -> Reading:
        """Read a digit, a line or a page from ink.

        Args:
            ink: float32 (height, width) in [0, 1], 1 = full ink, 0 = paper.
            digits: as for `read_strokes`.

        Raises:
            InputError: as for `preprocessing.checked_ink` and `Expected.parse`.
        """
        search = _Search(_Stopwatch(), Expected.parse(digits))
        return self._reading(self._read(parts_of_ink(checked_ink(ink)), search), search)

    def probabilities(self, image: np.ndarray) -> dict[str, float]:
        """Show the network an image as it is, whatever is on it.

        Args:
            image: float32 (28, 28) in [0, 1], 1 = full ink.

        Returns:
            The probability of each digit and sign, as those of `Digit`.
        """
        return self._by_symbol(self._checked(self._classify(image[None]), 1)[0])

    def _by_symbol(self, probabilities: np.ndarray) -> dict[str, float]:
        """Probabilities over the alphabet, float (K,), without that of "none"."""
        return dict(zip(self.record.alphabet[:-1], probabilities[:-1].tolist(), strict=True))

    def _checked(self, answers: np.ndarray, count: int) -> np.ndarray:
        """What the network gave for so many images, float (N, K); ValueError if it is no answer."""
        wanted = (count, len(self.record.alphabet))
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

    def _read(self, parts: Sequence[Part], search: _Search, cut: bool = True) -> _Lines:
        def classify(images: np.ndarray) -> np.ndarray:
            with search.stopwatch.network():
                answers = self._classify(images)
            return self._checked(answers, len(images))

        return _Lines(segmentation.segment(parts, classify, self._costs, self.record, cut, search.expected))

    def _read_page(self, page: photo.Page, search: _Search) -> Reading:
        parts = parts_of_ink(page.ink)
        lines, turned = self._read(parts, search), 0.0
        if len(lines.candidates) >= MIN_TO_ROTATE and len(parts) <= segmentation.MAX_PARTS:
            fall = skew.skew_of([part.box for part in parts]) or 0.0
            if MIN_SKEW <= abs(fall) <= 90 - MIN_SKEW:
                lines, turned = self._straightened(page.ink, lines, fall, search)
            elif lines.confidence < SURELY_UPRIGHT:
                lines, turned = self._best_orientation(page.ink, lines, search)
        return self._reading(lines, search, page, turned)

    def _straightened(
        self, ink: np.ndarray, lines: _Lines, fall: float, search: _Search
    ) -> tuple[_Lines, float]:
        """The lines after a rotation of ink whose lines fall by an angle; `lines` and 0 if that is better."""
        straight = skew.rotated(ink, -fall)
        best, degrees = self._read(parts_of_ink(straight), search), 0.0
        if best.confidence < SURELY_UPRIGHT:
            best, degrees = self._best_orientation(straight, best, search)
        return (best, degrees - fall) if best.is_better_than(lines, by=0) else (lines, 0.0)

    def _best_orientation(self, ink: np.ndarray, lines: _Lines, search: _Search) -> tuple[_Lines, float]:
        """The lines after a rotation, and by how many degrees; `lines` and 0 where none is better."""
        degrees = self._guess_rotation(ink, search)
        if degrees:
            other = self._read(parts_of_ink(_rotated(ink, degrees)), search)
            # The quick pass does not see digits that touch, as in 50000: on its side that may be a sure 8.
            if len(other.candidates) >= MIN_TO_ROTATE and other.is_better_than(lines, by=0):
                return other, degrees
        return lines, 0

    def _guess_rotation(self, ink: np.ndarray, search: _Search) -> int:
        """Degrees by which ink is to be rotated clockwise, by quick passes that cut nothing."""
        best, rotated = self._read(parts_of_ink(ink), search, cut=False), 0
        for degrees in (90, 180, 270):
            other = self._read(parts_of_ink(_rotated(ink, degrees)), search, cut=False)
            if other.is_better_than(best, by=0 if rotated else MIN_GAIN):
                best, rotated = other, degrees
        return rotated

    def _reading(
        self, lines: _Lines, search: _Search, page: photo.Page | None = None, turned: float = 0.0
    ) -> Reading:
        """The answer to lines read from a page after a rotation, or from ink or strokes."""
        texts = [" ".join("".join(map(_text, line.pieces)).split()) for line in lines.lines]
        frame = skew.Frame(page.ink.shape, turned, page.scale) if page else None
        digits = tuple(self._digit(piece, frame) for piece in lines.pieces)
        quarters = frame.quarters if frame else 0
        notes = (*page.notes, *(Note(NoteCode.ROTATED, round(turned) % 360),) * bool(turned)) if page else ()
        sure = confidence(lines.lines, notes, self.record.confidence)
        hint, refuse_from = search.expected, self.record.refusal.reading
        if hint and contradicts(hint, lines.lines, self.record.digits, refuse_from):
            sure = min(sure, CONTRADICTED)
        return Reading(
            text="\n".join(filter(None, texts)),
            confidence=sure if any(digit.text for digit in digits) else 0.0,
            status=status_of(digits, sure),
            digits=digits,
            preprocessing_ms=search.stopwatch.other_ms(),
            network_ms=search.stopwatch.network_ms,
            turned=quarters,
            notes=notes,
        )

    def _digit(self, piece: Piece, frame: skew.Frame | None) -> Digit:
        box = frame.box(piece.box) if frame else piece.box
        probabilities = self._by_symbol(piece.probabilities)
        digit = Digit(piece.text, probabilities, NOT_A_DIGIT, box, piece.image, piece.part)
        if not piece.text:
            return digit
        return replace(digit, status=OK if digit.confidence >= SURE_FROM else UNSURE)


def _text(piece: Piece) -> str:
    """A piece as it stands in its line: the space before it, and its digit or sign if it is one."""
    return " " * piece.after_space + piece.text


def _rotated(ink: np.ndarray, degrees: int) -> np.ndarray:
    """Ink (h, w) rotated clockwise by 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(ink, -degrees // 90))


class _Lines(NamedTuple):
    """The pieces of a page, line by line."""

    lines: list[Line]

    @property
    def pieces(self) -> list[Piece]:
        return [piece for line in self.lines for piece in line.pieces]

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
        """Number of sure digits and signs."""
        likeliest = (piece.probabilities[:-1].max() for piece in self.candidates if piece.text)
        return sum(bool(probability >= SURE_FROM) for probability in likeliest)

    def is_better_than(self, other: _Lines, by: float) -> bool:
        """Whether the mean confidence is higher here by so much, and not many fewer digits are sure."""
        return self.sure >= MIN_SURE_KEPT * other.sure and self.confidence > other.confidence + by


class _Search(NamedTuple):
    """What goes along with one call: its stopwatch, and how many digits are expected."""

    stopwatch: _Stopwatch
    expected: Expected | None


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

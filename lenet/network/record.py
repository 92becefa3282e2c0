"""What the record beside the weights says of the network's outputs; read without PyTorch.

The record, `….json` beside `….safetensors`, tells how the weights came about. Three of its entries are
needed to use them:

    "alphabet": ["0", …, "9", "/", …, "none"]       what each output means, the last for all else
    "refusal": {"reading": 0.75, "search": 0.5}     the probability of "none" above which a piece is refused
    "calibration": {"temperature": 1.0}             by which the logits are divided
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

DIGITS = tuple("0123456789")
"""The symbols of the alphabet that are digits, in the order of the outputs."""

SIGNS = ("/", "+", "=", "(", ")", "$", "#", "%", "x")
"""The symbols of the alphabet that are signs, in the order of the outputs; x is the times sign. Points,
commas, colons and dashes are told by their place (`lenet.reading.marks`), for in MNIST's form they look
alike."""

NONE = "none"
"""The last symbol of every alphabet: the image shows none of the others."""

ALPHABET = (*DIGITS, *SIGNS, NONE)
"""The alphabet of networks that are trained here."""

NO_DIGIT = ALPHABET.index(NONE)
"""The label of images that show neither a digit nor a sign."""


@dataclass(frozen=True)
class Refusal:
    """Probabilities of "none" in [0, 1] above which a piece of ink is refused.

    Attributes:
        reading: in the answer; other pieces keep their likeliest digit.
        search: while ink is divided into pieces, in training, and in the test of letters.

    Raises:
        ValueError: one is no probability.
    """

    reading: float = 0.75
    search: float = 0.5

    def __post_init__(self) -> None:
        for name, got in asdict(self).items():
            if not (isinstance(got, float | int) and 0 <= got <= 1):
                raise ValueError(f"refusal.{name}: wanted a probability in [0, 1], got {got!r}")


@dataclass(frozen=True)
class Record:
    """What the outputs of a network mean.

    Attributes:
        alphabet: the symbol of each output: digits, then signs if the network knows any, last `NONE`.
        refusal: the thresholds of refusal.
        temperature: the logits are divided by it before softmax, so that a probability of 0.9 is right nine
            times in ten (temperature scaling: Guo, Pleiss, Sun, Weinberger, ICML 2017).

    Raises:
        ValueError: the alphabet or the temperature is invalid.
    """

    alphabet: tuple[str, ...] = ALPHABET
    refusal: Refusal = field(default_factory=Refusal)
    temperature: float = 1.0

    def __post_init__(self) -> None:
        symbols = {symbol for symbol in self.alphabet if isinstance(symbol, str) and symbol.strip()}
        if self.alphabet[-1:] != (NONE,) or len(symbols) != len(self.alphabet) or len(symbols) < 2:
            got = list(self.alphabet)
            raise ValueError(f'alphabet: wanted a digit or more, all different, and last "{NONE}", got {got}')
        if self.alphabet != (*self.digits, *self.signs, NONE) or not self.digits:
            raise ValueError(f"alphabet: wanted digits before signs, got {list(self.alphabet)}")
        if not 0 < self.temperature < math.inf:
            raise ValueError(f"temperature: wanted a number above 0, got {self.temperature}")

    @property
    def digits(self) -> tuple[str, ...]:
        """The symbols that are digits, in the order of the outputs: the first ones."""
        return tuple(symbol for symbol in self.alphabet[:-1] if symbol not in SIGNS)

    @property
    def signs(self) -> tuple[str, ...]:
        """The symbols that are signs, in the order of the outputs: those after the digits."""
        return tuple(symbol for symbol in self.alphabet[:-1] if symbol in SIGNS)

    def to_json(self) -> dict[str, Any]:
        """Return the entries of the record that `from_json` reads."""
        return {
            "alphabet": list(self.alphabet),
            "refusal": asdict(self.refusal),
            "calibration": {"temperature": self.temperature},
        }

    @classmethod
    def load(cls, weights: Path) -> Record:
        """Read what is needed from the record beside the weights.

        Args:
            weights: path of the weights, `….safetensors` or `….onnx`.

        Raises:
            FileNotFoundError: there is no record.
            ValueError: the record is broken, or an entry is missing or invalid.
        """
        return cls.from_json(load_record(weights), weights.with_suffix(".json"))

    @classmethod
    def from_json(cls, entries: dict[str, Any], path: Path) -> Record:
        """Take what is needed from the entries of a record.

        Args:
            entries: all of them.
            path: of the record, to be named in errors.

        Raises:
            ValueError: an entry is missing or invalid.
        """
        try:
            refusal, temperature = Refusal(**entries["refusal"]), float(entries["calibration"]["temperature"])
            return cls(tuple(entries["alphabet"]), refusal, temperature)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path}: wanted a record with alphabet, refusal and calibration, got {error!r}; "
                "take the record that was saved with the weights; into one of version 0.1.0 copy these three "
                "entries from the shipped weights/lenet5.json"
            ) from error


def shipped_weights() -> Path:
    """Return the path of the weights that come with the project, in a checkout or installed."""
    package = Path(__file__).parents[1]
    installed, checkout = package / "weights", package.parent / "weights"
    return (installed if installed.is_dir() else checkout) / "lenet5.safetensors"


def load_record(weights: Path) -> dict[str, Any]:
    """Read all entries of the record beside the weights.

    Args:
        weights: path of the weights, `….safetensors` or `….onnx`.

    Raises:
        FileNotFoundError: there is no record.
        ValueError: the record is broken.
    """
    path = weights.with_suffix(".json")
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such record; it is written with the weights, put it beside them")
    try:
        entries = json.loads(path.read_bytes())
        if not isinstance(entries, dict):
            raise ValueError("no object")
    except ValueError as error:
        raise ValueError(
            f"{path}: wanted a record in JSON, got: {error}; train again, or copy it anew"
        ) from error
    return entries

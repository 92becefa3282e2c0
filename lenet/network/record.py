"""What the record beside the weights says of the network's outputs; read without PyTorch.

The record, `….json` beside `….safetensors`, tells how the weights came about. Some of its entries are needed
to use them, the last only where a model of confidence was fitted:

    "alphabet": ["0", …, "9", "/", …, "none"]       what each output means, the last for all else
    "refusal": {"reading": 0.75, "search": 0.5}     the probability of "none" above which a piece is refused
    "calibration": {"temperature": 1.0}             by which the logits are divided
    "confidence": {"intercept": …, "weights": …}    the model of the confidence of a whole reading
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


FEATURES = {
    "logit": "of the product of the probabilities of all pieces of the text",
    "weakest": "logit of the lowest of these probabilities",
    "posterior": "logit of the share of the text in the likelihood of all that the lines may read",
    "pieces": "logarithm of the number of pieces of the text",
    "signs": "logarithm of 1 + the number of signs",
    "refused_height": "of the tallest piece that was refused, in heights of its line, 2 at most",
    "marks": "logarithm of 1 + the number of marks that read nothing",
    "cost": "of the paths in nats, per piece, from 0 to 5",
    "uneven": "standard deviation of the logarithms of the digits' heights, beyond 0.2",
    "low_one": "largest negative logarithm of the height of a 1, 0 at least",
    "turned": "1 if the page was turned to be read, else 0",
}
"""The features of a reading that its confidence is computed from (`lenet.reading.confidence`), by name.
Logits are bounded."""


@dataclass(frozen=True)
class Confidence:
    """The model of confidence, a logistic regression.

    Attributes:
        intercept: logit of a reading whose features are all 0.
        weights: of each of `FEATURES`, in their order.

    Raises:
        ValueError: a feature is missing or not known, or a number is not finite.
    """

    intercept: float = 0.0
    weights: dict[str, float] = field(
        default_factory=lambda: {name: float(name == "logit") for name in FEATURES}
    )

    def __post_init__(self) -> None:
        if not isinstance(self.weights, dict) or list(self.weights) != list(FEATURES):
            raise ValueError(
                f"confidence: wanted a weight for each of {', '.join(FEATURES)}, got {self.weights}"
            )
        if not all(math.isfinite(number) for number in (self.intercept, *self.weights.values())):
            raise ValueError(f"confidence: wanted finite numbers, got {self}")


@dataclass(frozen=True)
class Record:
    """What the outputs of a network mean.

    Attributes:
        alphabet: the symbol of each output: digits, then signs if the network knows any, last `NONE`.
        refusal: the thresholds of refusal.
        temperature: the logits are divided by it before softmax, so that a probability of 0.9 is right nine
            times in ten (temperature scaling: Guo, Pleiss, Sun, Weinberger, ICML 2017).
        confidence: the model of the confidence of a whole reading. The default, of a network for which none
            was fitted, is the product of the pieces' probabilities.

    Raises:
        ValueError: the alphabet or the temperature is invalid.
    """

    alphabet: tuple[str, ...] = ALPHABET
    refusal: Refusal = field(default_factory=Refusal)
    temperature: float = 1.0
    confidence: Confidence = field(default_factory=Confidence)

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
            "confidence": asdict(self.confidence),
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
            fitted = Confidence(**entries["confidence"]) if "confidence" in entries else Confidence()
            return cls(tuple(entries["alphabet"]), refusal, temperature, fitted)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
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
    except (ValueError, RecursionError) as error:  # the latter where it is nested too deep
        raise ValueError(
            f"{path}: wanted a record in JSON, got: {error}; train again, or copy it anew"
        ) from error
    return entries

"""Whole rows of digits, and what a network learns from them.

A network that has learnt digits and pieces of digits one by one is asked about both where a page
is cut, and the search weighs its answers against each other. So it learns from that, too: of a row whose
text is known it is asked just what the search would ask, and it learns to make the ways that read
that text likelier than all others (LeCun et al. 1998, section VI.D, discriminative forward training).
"""

from __future__ import annotations

import math
from concurrent.futures import Executor
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from lenet.network.model import NO_DIGIT, predict, with_no_digit
from lenet.reading.costs import SearchCosts
from lenet.reading.parts import parts_of_ink
from lenet.reading.reading_order import lines_of
from lenet.reading.segmentation import Lattice, lattice
from lenet.synthesis import samples
from lenet.synthesis.augmentation import roughened


class Row(NamedTuple):
    """Ink that stands in one line.

    Attributes:
        ink: uint8 (height, width), 255 = ink.
        text: its digits, or "" where it is no digit.
    """

    ink: np.ndarray
    text: str


def as_row(ink: np.ndarray, text: str) -> Row | None:
    """Ink, float32 (height, width) in [0, 1], as a row; None where it does not stand in one line."""
    kept = Row(np.round(ink * 255).astype(np.uint8), text)
    return kept if len(lines_of(parts_of_ink(_ink(kept)))) == 1 else None


def _ink(row: Row) -> np.ndarray:
    """Float32 (height, width) in [0, 1]."""
    return row.ink.astype(np.float32) / 255


# Rows of single digits ----------------------------------------------------------------------------

_LENGTHS = {1: 0.1, 2: 0.3, 3: 0.3, 4: 0.2, 5: 0.1}
"""How many digits a row has, and the share of such rows."""

_APART = 0.45
"""Share of the neighbours in a row that stand apart."""

_ROUGH = 0.5
"""Share of the rows that are as a photo gives them back."""


def made_of(images: np.ndarray, labels: np.ndarray, count: int, seed: int, pool: Executor) -> list[Row]:
    """Set random digits side by side, some of them touching; what is no digit stands alone.

    Args:
        images: uint8 (N, 28, 28), 255 = ink, in the form of MNIST.
        labels: int64 (N,), 0 to 9 or `NO_DIGIT`.
        count: how many rows.
        seed: of the randomness.
        pool: makes them, several chunks at a time.
    """
    chunks = samples.in_chunks(images, labels, _rows, count, seed, pool)
    return [row for chunk in chunks for row in chunk][:count]


def _rows(images: np.ndarray, labels: np.ndarray, random: np.random.Generator) -> list[Row]:
    """As `made_of`, a chunk of them."""
    found: list[Row] = []
    while len(found) < samples.CHUNK:
        length = random.choice(list(_LENGTHS), p=list(_LENGTHS.values()))
        chosen = random.integers(len(images), size=length)
        if (labels[chosen] == NO_DIGIT).any():
            chosen = chosen[:1]
        digits = [samples.enlarged(images[index], random) for index in chosen]
        ink = side_by_side(digits, _APART, False, random)[0].max(axis=0)
        seen = roughened(ink, random) if random.random() < _ROUGH else ink
        made = as_row(seen, "".join(str(label) for label in labels[chosen] if label != NO_DIGIT))
        if made is not None:
            found.append(made)
    return found


_ROOM = 4 * samples.LARGE
"""Pixels by which a digit of a row stands higher or lower than another."""


def side_by_side(
    digits: list[np.ndarray], apart: float, joined: bool, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Set digits in a row.

    Args:
        digits: float32 (h, w) in [0, 1], as from `samples.enlarged`.
        apart: share of the neighbours that stand apart; others touch, or nearly.
        joined: whether a stroke joins those that stand apart, as in quick handwriting.
        random: source of the randomness.

    Returns:
        Each digit on a sheet of its own, float32 (N, H, W), and the strokes that join some of them, (H, W).
    """
    height = max(len(digit) for digit in digits) + _ROOM
    sheets: list[np.ndarray] = []
    distant: list[int] = []
    for index, digit in enumerate(digits):
        top = (height - len(digit)) // 2 + int(random.integers(-_ROOM // 2, _ROOM // 2 + 1))
        sheet = np.pad(digit, ((top, height - len(digit) - top), (0, 0)))
        if sheets:
            overlap = random.uniform(-1, 0.12 * height)
            if random.random() < apart:
                overlap = -random.uniform(0, 0.4 * height)
                distant.append(index)
            sheet = np.pad(sheet, ((0, 0), (max(round(_contact(sheets[-1], sheet) - overlap), 0), 0)))
        sheets.append(sheet)
    width = max(sheet.shape[1] for sheet in sheets)
    row = np.stack([np.pad(sheet, ((0, 0), (0, width - sheet.shape[1]))) for sheet in sheets])
    joins = np.zeros(row.shape[1:], np.float32)
    for right in distant if joined else ():
        _join(joins, row[right - 1], row[right], random)
    return row, joins


def _join(sheet: np.ndarray, left: np.ndarray, right: np.ndarray, random: np.random.Generator) -> None:
    """Draw a bent stroke from one digit to the next, all float32 (H, W); none where it would be too steep."""
    x, y = _place_on_left(left[:, ::-1], random)
    start, end = np.array([left.shape[1] - 1 - x, y]), np.array(_place_on_left(right, random))
    if abs(start[1] - end[1]) > 0.35 * len(sheet):
        return
    control = (start + end) / 2 + (0, random.uniform(-0.1, 0.2) * len(sheet))
    t = np.linspace(0, 1, 12)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    breadth = int(random.integers(3, 8))
    cv2.polylines(sheet, [curve.round().astype(np.int32)], False, 1.0, breadth)


def _place_on_left(digit: np.ndarray, random: np.random.Generator) -> tuple[int, int]:
    """A place, x and y, where ink (H, W) begins, seen from the left; often high up or low down."""
    rows = np.flatnonzero(digit.any(axis=1))
    row = rows[int(random.beta(0.7, 0.7) * len(rows))]
    return int((digit[row] > 0).argmax()), int(row)


def _contact(left: np.ndarray, right: np.ndarray) -> int:
    """By how many columns `right` is to be moved so that it just touches `left` where they are nearest."""
    both = left.any(axis=1) & right.any(axis=1)
    ends = left.shape[1] - np.argmax(left[:, ::-1] > 0, axis=1)
    return int((ends - np.argmax(right > 0, axis=1))[both].max(initial=0))


# What is learnt from a row ------------------------------------------------------------------------

_IMPOSSIBLE = -1e4
"""Logarithm of the likelihood of what cannot be; finite, for gradients to be numbers."""

_HOPELESS = 8.0
"""A row is left out where the right text is less likely by so many nats: hardly anybody may read it."""


class Reading(NamedTuple):
    """How a network has read a row.

    Attributes:
        lattice: what it was asked about.
        text: what would have been right.
        factor: by which its logits are to be multiplied for its confidence to be right.
    """

    lattice: Lattice
    text: str
    factor: float


def read(row: Row, network: nn.Module, factor: float) -> Reading:
    """Ask a network about a row what a page's reader would ask.

    Args:
        row: ink and text.
        network: in evaluation mode.
        factor: by which its logits are to be multiplied for its confidence to be right.
    """
    device = next(network.parameters()).device

    def classify(images: np.ndarray) -> np.ndarray:
        logits = predict(network, torch.from_numpy(images).to(device))
        return torch.softmax(with_no_digit(logits * factor), 1).cpu().numpy()

    return Reading(lattice(_ink(row), classify), row.text, factor)


_COSTS = SearchCosts()


def loss(logits: Tensor, reading: Reading) -> Tensor:
    """Minus the logarithm of the share that the ways with the right text have in the likelihood of all.

    Args:
        logits: float (M, 11), of the M images of the lattice.
        reading: of the row.

    Returns:
        A scalar; 0 where no way, or none worth mentioning, reads the right text.
    """
    answers = torch.log_softmax(logits * reading.factor, 1)
    starts, ends = reading.lattice.spans.T
    prices = torch.from_numpy(reading.lattice.costs).to(answers).clamp_max(-_IMPOSSIBLE)
    scores = _scores(answers, prices)
    digits = [int(digit) for digit in reading.text]
    nothing = answers.new_full((1,), _IMPOSSIBLE)
    # By where they end, the likelihood of all ways, and of those that read the first 0, 1, 2, … digits.
    every = {0: answers.new_zeros(())}
    right = {0: torch.cat([answers.new_zeros(1), nothing.expand(len(digits))])}
    for end in np.unique(ends):
        arcs = [int(arc) for arc in np.flatnonzero(ends == end) if starts[arc] in every]
        if not arcs:
            continue
        before = torch.stack([right[start] for start in starts[arcs]])
        stay = before + scores[arcs, NO_DIGIT:]
        go_on = torch.cat([nothing.expand(len(arcs), 1), before[:, :-1] + scores[arcs][:, digits]], 1)
        right[end] = torch.logsumexp(torch.cat([stay, go_on]), 0)
        ways = torch.stack([every[start] for start in starts[arcs]])
        every[end] = torch.logsumexp(ways + scores[arcs].logsumexp(1), 0)
    missing = every[reading.lattice.end] - right[reading.lattice.end][-1]
    return torch.where(missing < _HOPELESS, missing, 0.0)


def _scores(answers: Tensor, prices: Tensor) -> Tensor:
    """Logarithms of likelihoods, (M, 11), of taking arcs as each digit, and as no digit or a mark."""
    none_likelier = answers[:, NO_DIGIT:] > math.log(0.5)
    digits = _COSTS.evidence * answers[:, :NO_DIGIT] - prices[:, :1] - _COSTS.refused * none_likelier
    others = torch.logaddexp(answers[:, NO_DIGIT] - prices[:, 1], -prices[:, 2])
    return torch.cat([digits, others[:, None]], 1)

"""Negatives made of digits, labelled NO_DIGIT: pieces of touching digits, and digits on their side.

A network that has seen digits only takes everything for a digit. Negatives teach it to refuse: halves of
digits and two digits at once, as they come about where touching digits are cut; digits on their side; what
people draw to see what happens (`scribbles`); and letters, from UNIPEN.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor

import numpy as np

from lenet.ink.preprocessing import BOX, SIDE, thickened, to_mnist
from lenet.network.record import NO_DIGIT
from lenet.reading.parts import InkPart
from lenet.reading.segmentation import candidates
from lenet.synthesis.chunks import LabelledImages, make_images
from lenet.synthesis.degradation import PHOTO_SCALE, degrade, upscale, without_ink
from lenet.synthesis.rows import side_by_side

# Cuts ---------------------------------------------------------------------------------------------

_LENGTHS = {1: 0.2, 2: 0.65, 3: 0.15}
"""Probability of each number of digits in a row that is cut. Set by hand."""

_DEGRADED = 0.3
"""Share of the rows that are degraded as by a photo before they are cut. Set by hand."""

_JOINED = 0.3
"""Share of neighbours that do not touch, but are joined by a stroke. Set by hand."""

_WHOLE = 0.88
"""Minimum share of a digit's ink in a piece that is labelled as this digit; 0.84 was no better."""

_FOREIGN = 0.15
"""Maximum share of another digit's ink in such a piece; pieces with more are hard to label."""

_RIGHT_HALF_IS_A_DIGIT = frozenset((3, 4, 7, 8, 9))
"""Digits whose right half may look like a 1 or a 3."""


def cuts(
    images: np.ndarray, labels: np.ndarray, count: int, seed: int, pool: Executor
) -> tuple[np.ndarray, np.ndarray]:
    """Set random digits side by side, most of them touching, and cut them by the segmentation of pages.

    So the network learns from the very pieces that it will be queried about. Digits that lost a bit of a
    stroke or have a bit of the neighbour's keep their label; two digits at once, and halves, are negatives.

    Args:
        images: uint8 (N, 28, 28), 255 = ink, in MNIST's form.
        labels: int64 (N,), 0 to 9.
        count: number of pieces.
        seed: of the randomness.
        pool: makes them in chunks.

    Returns:
        uint8 (count, 28, 28) in MNIST's form, and int64 (count,) labels: a digit or `NO_DIGIT`.
    """
    return make_images(images, labels, _cut_each, count, seed, pool)


def of_page(ink: np.ndarray, boxes: np.ndarray, labels: np.ndarray) -> LabelledImages:
    """Cut a real page by the segmentation of pages, and label the pieces by annotated boxes.

    Args:
        ink: float32 (height, width) in [0, 1], 1 = ink.
        boxes: int (N, 4), left, top, width, height of each digit, in pixels of the ink.
        labels: int64 (N,), 0 to 9.

    Returns:
        Images in MNIST's form, each with a digit or `NO_DIGIT`: the contents of the boxes, then pieces. Empty
        where a box has no ink, for then the others may be wrong as well.
    """
    row = np.stack([_within(box, ink) for box in boxes])
    forms = [to_mnist(thickened(digit)) for digit in row]
    whole = [(form, int(label)) for form, label in zip(forms, labels, strict=True) if form is not None]
    if len(whole) < len(labels):
        return []
    return whole + [(part.image(), label) for part, label in _labelled_pieces(row, ink, labels)]


def _within(box: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Erase the ink (H, W) outside a box, int (4,), and a pixel around it."""
    left, top, width, height = (int(side) for side in box)
    place = np.s_[max(top - 1, 0) : top + height + 1, max(left - 1, 0) : left + width + 1]
    canvas = np.zeros_like(ink)
    canvas[place] = ink[place]
    return canvas


def _cut_each(images: np.ndarray, labels: np.ndarray, random: np.random.Generator) -> LabelledImages:
    found: LabelledImages = []
    while len(found) < len(images):
        length = random.choice(list(_LENGTHS), p=list(_LENGTHS.values()))
        chosen = random.integers(len(images), size=length)
        digits = [upscale(images[index], random) for index in chosen]
        row, joins = side_by_side(digits, _JOINED, True, random)
        ink = np.maximum(row.max(axis=0), joins)
        if random.random() < _DEGRADED:
            ink = degrade(ink, random)
        pieces = _balanced(_labelled_pieces(row, ink, labels[chosen]), random)
        found += [(part.image(), label) for part, label in pieces]
    return found


def _labelled_pieces(row: np.ndarray, ink: np.ndarray, labels: np.ndarray) -> Iterator[tuple[InkPart, int]]:
    """Yield the pieces that the segmentation of ink (H, W) tries as digits, and their labels.

    `row` (N, H, W) has each digit of the ink by itself. Pieces that are hard to label are left out.
    """
    total = row.sum(axis=(1, 2))
    unshared = np.where((row > 0.5).sum(axis=0) > 1, 0, row)  # pixels of several digits count for none
    for part in candidates(ink):
        left, top, width, height = (int(side) for side in part.box)
        place = np.s_[:, top : top + height, left : left + width]
        shares, foreign = (
            (digits[place] * (part.ink > 0)).sum(axis=(1, 2)) / total for digits in (row, unshared)
        )
        foreign[shares.argmax()] = 0
        label = _label(shares, foreign.max(), labels)
        if label is None and _is_half(shares.max(), foreign.max()):
            most = int(shares.argmax())
            is_right = left + width / 2 > (row[most].sum(axis=0) @ np.arange(row.shape[2])) / total[most]
            label = NO_DIGIT if _is_unlike_digits(int(labels[most]), width, height, is_right) else None
        if label is not None:
            yield part, label


def _label(shares: np.ndarray, foreign: float, labels: np.ndarray) -> int | None:
    """Label a piece; None where that is hard to say.

    Args:
        shares: float (N,), the share of each digit's ink that the piece has.
        foreign: the largest share of a digit other than the one it has most of.
        labels: int64 (N,), of the digits.
    """
    if shares.max() >= _WHOLE and foreign <= _FOREIGN:
        return int(labels[shares.argmax()])
    return NO_DIGIT if shares.max() >= 0.5 and foreign >= 0.5 else None


def _is_half(share: float, foreign: float) -> bool:
    """Tell whether a piece has about half of a digit, and hardly anything else."""
    return foreign <= 0.1 and 0.25 <= share <= 0.55


def _is_unlike_digits(digit: int, width: int, height: int, is_right: bool) -> bool:
    """Tell whether half of a digit is unlike any digit: too wide for a 1, too high for a loop or a serif."""
    return (
        width >= 0.4 * height
        and height >= 0.7 * BOX * PHOTO_SCALE
        and digit != 1
        and not (is_right and digit in _RIGHT_HALF_IS_A_DIGIT)
    )


def _balanced(
    pieces: Iterable[tuple[InkPart, int]], random: np.random.Generator
) -> list[tuple[InkPart, int]]:
    """Choose at most four digits and four negatives of the pieces of a row, since many show much the same."""
    every = list(pieces)
    kinds = [[piece for piece in every if (piece[1] == NO_DIGIT) is negative] for negative in (False, True)]
    return [kind[index] for kind in kinds for index in random.permutation(len(kind))[:4]]


# Turned digits ------------------------------------------------------------------------------------

_NO_DIGIT_ON_SIDE = (1, 2, 3, 4, 5, 6, 7, 8, 9)
"""Digits that are non-digits when turned by a quarter: all but the 0."""

_NO_DIGIT_UPSIDE_DOWN = (3, 4, 7)
"""Digits that are non-digits when turned by half: a 2 or a 5 stays one, a 6 becomes a 9."""


def turned(images: np.ndarray, labels: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Turn random digits on their side or upside down, where the result is not a digit.

    They teach the network to detect a page that was photographed sideways.

    Args:
        images: uint8 (N, 28, 28), 255 = ink, in MNIST's form.
        labels: int64 (N,), 0 to 9.
        count: number of images.
        random: source of randomness.

    Returns:
        uint8 (count, 28, 28) in MNIST's form.

    Raises:
        ValueError: an image has no ink, or there is no digit to turn.
    """
    on_side = np.flatnonzero(np.isin(labels, _NO_DIGIT_ON_SIDE))
    upside_down = np.flatnonzero(np.isin(labels, _NO_DIGIT_UPSIDE_DOWN))
    found = []
    for _ in range(count):
        quarters = int(random.integers(1, 4))
        image = images[random.choice(upside_down if quarters == 2 else on_side)]
        form = to_mnist(np.rot90(image, quarters).astype(np.float32) / 255)
        if form is None:
            raise without_ink()
        found.append(np.round(form * 255).astype(np.uint8))
    return np.array(found, np.uint8).reshape(-1, SIDE, SIDE)

"""What is no digit: scribbles, signs, and what a cut between digits leaves over.

A network that has seen digits only calls everything a digit. The pieces made here teach
it to refuse: halves of digits and two digits at once, as they come about where touching
digits are cut; digits on their side; and what people draw to see what happens.
Letters come from `data`, real pages from `cheques`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor

import numpy as np

from lenet.ink.preprocessing import BOX, SIDE, thickened, to_mnist
from lenet.network.model import NO_DIGIT
from lenet.reading.parts import InkPart
from lenet.reading.segmentation import candidates
from lenet.synthesis import samples
from lenet.synthesis.augmentation import roughened
from lenet.synthesis.rows import side_by_side

_RIGHT_IS_A_DIGIT = frozenset((3, 4, 7, 8, 9))
"""Digits whose right half may be an upright stroke, which is a 1, or a 3."""


# Cuts ---------------------------------------------------------------------------------------------

_ROUGH = 0.3
"""Share of the rows that are cut as a photo gives them back."""

_JOINED = 0.3
"""Share of the neighbours that stand apart, but that a stroke joins."""

WHOLE, STRANGE = 0.88, 0.15
"""A digit that kept so much of its ink, with no more than that share of any other's, is that digit."""


def cuts(
    images: np.ndarray, labels: np.ndarray, count: int, seed: int, pool: Executor
) -> tuple[np.ndarray, np.ndarray]:
    """Set random digits side by side, touching or joined as a rule, and cut them as a page is cut.

    So the network learns to answer about just those pieces that it will be asked about: digits
    that lost a bit of a stroke or have a bit of the neighbour's are those digits; two digits at
    once, and halves, are none.

    Args:
        images: uint8 (N, 28, 28), 255 = ink, in the form of MNIST.
        labels: int64 (N,), 0 to 9.
        count: how many pieces.
        seed: of the randomness.
        pool: makes them, several chunks at a time.

    Returns:
        uint8 (count, 28, 28) in the form of MNIST, and int64 (count,) labels: a digit or `NO_DIGIT`.
    """
    return samples.made_of(images, labels, _cut_share, count, seed, pool)


def of_page(ink: np.ndarray, boxes: np.ndarray, labels: np.ndarray) -> samples.Labelled:
    """Cut a real page as a page is cut; what its pieces are is told by boxes that people have drawn.

    Args:
        ink: float32 (height, width) in [0, 1].
        boxes: int (N, 4), left, top, width, height of each digit, in pixels of the ink.
        labels: int64 (N,), 0 to 9.

    Returns:
        Images in the form of MNIST, each with a digit or `NO_DIGIT`: the boxes' contents, and pieces. No
        images at all where a box has no ink, for then the others may be wrong as well.
    """
    row = np.stack([_within(box, ink) for box in boxes])
    forms = [to_mnist(thickened(digit)) for digit in row]
    whole = [(form, int(label)) for form, label in zip(forms, labels, strict=True) if form is not None]
    if len(whole) < len(labels):
        return []
    return whole + [(part.image(), label) for part, label in _pieces(row, ink, labels)]


def _within(box: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """The ink (H, W) that lies in a box, int (4,), and a pixel around it; the rest is paper."""
    left, top, width, height = (int(side) for side in box)
    place = np.s_[max(top - 1, 0) : top + height + 1, max(left - 1, 0) : left + width + 1]
    sheet = np.zeros_like(ink)
    sheet[place] = ink[place]
    return sheet


def _cut_share(images: np.ndarray, labels: np.ndarray, random: np.random.Generator) -> samples.Labelled:
    """As `cuts`, for a share of the pieces."""
    found: samples.Labelled = []
    while len(found) < samples.CHUNK:
        digits = random.integers(len(images), size=random.choice((1, 2, 3), p=(0.2, 0.65, 0.15)))
        enlarged = [samples.enlarged(images[index], random) for index in digits]
        row, joins = side_by_side(enlarged, _JOINED, True, random)
        ink = np.maximum(row.max(axis=0), joins)
        seen = roughened(ink, random) if random.random() < _ROUGH else ink
        pieces = _chosen(_pieces(row, seen, labels[digits]), random)
        found += [(part.image(), label) for part, label in pieces]
    return found


def _pieces(row: np.ndarray, ink: np.ndarray, labels: np.ndarray) -> Iterator[tuple[InkPart, int]]:
    """What is tried as a digit where ink (H, W) is cut, and its label.

    `row` (N, H, W) has each digit of it by itself. What may be read one way or the other is left out.
    """
    total = row.sum(axis=(1, 2))
    alone = np.where((row > 0.5).sum(axis=0) > 1, 0, row)  # what lies on one another is nobody's
    for part in candidates(ink):
        left, top, width, height = (int(side) for side in part.box)
        place = np.s_[:, top : top + height, left : left + width]
        seen, of_others = ((of[place] * (part.ink > 0)).sum(axis=(1, 2)) / total for of in (row, alone))
        of_others[seen.argmax()] = 0
        label = _label(seen, of_others.max(), labels)
        if label is None and _is_half(seen.max(), of_others.max()):
            most = int(seen.argmax())
            is_right = left + width / 2 > (row[most].sum(axis=0) @ np.arange(row.shape[2])) / total[most]
            label = NO_DIGIT if _is_unlike_any(int(labels[most]), width, height, is_right) else None
        if label is not None:
            yield part, label


def _label(seen: np.ndarray, strange: float, labels: np.ndarray) -> int | None:
    """What a piece is that shows these shares (N,) of digits; None for what is hard to say.

    `strange` is the largest share that lies beside the digit of which it shows most.
    """
    if seen.max() >= WHOLE and strange <= STRANGE:
        return int(labels[seen.argmax()])
    return NO_DIGIT if seen.max() >= 0.5 and strange >= 0.5 else None


def _is_half(seen: float, strange: float) -> bool:
    """Whether a piece shows part of a digit, far from all of it, and hardly anything else."""
    return strange <= 0.1 and 0.25 <= seen <= 0.55


def _is_unlike_any(digit: int, width: int, height: int, is_right: bool) -> bool:
    """Whether half of a digit is no digit itself: too broad for a 1, too high for a loop or a serif."""
    return (
        width >= 0.4 * height
        and height >= 0.7 * BOX * samples.LARGE
        and digit != 1
        and not (is_right and digit in _RIGHT_IS_A_DIGIT)
    )


def _chosen(pieces: Iterable[tuple[InkPart, int]], random: np.random.Generator) -> list[tuple[InkPart, int]]:
    """A few digits among the pieces, and as many that are none: many show much the same."""
    every = list(pieces)
    kinds = [[piece for piece in every if (piece[1] == NO_DIGIT) is none] for none in (False, True)]
    return [kind[index] for kind in kinds for index in random.permutation(len(kind))[:4]]


# Digits turned ---------------------------------------------------------------------------------

_NO_DIGIT_ON_SIDE = (1, 2, 3, 4, 5, 6, 7, 8, 9)
_NO_DIGIT_UPSIDE_DOWN = (3, 4, 7)


def turned(images: np.ndarray, labels: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Turn random digits on their side or upside down, where that leaves no digit.

    They teach the network to tell a page that was photographed so.

    Args:
        images: uint8 (N, 28, 28), 255 = ink, in the form of MNIST.
        labels: int64 (N,), 0 to 9.
        count: how many.
        random: source of the randomness.

    Returns:
        uint8 (count, 28, 28) in the form of MNIST, none of them a digit.
    """
    on_side = np.flatnonzero(np.isin(labels, _NO_DIGIT_ON_SIDE))
    upside_down = np.flatnonzero(np.isin(labels, _NO_DIGIT_UPSIDE_DOWN))
    found = []
    for _ in range(count):
        quarters = int(random.integers(1, 4))
        image = images[random.choice(upside_down if quarters == 2 else on_side)]
        form = to_mnist(np.rot90(image, quarters).astype(np.float32) / 255)
        if form is None:
            raise samples.without_ink()
        found.append(np.round(form * 255).astype(np.uint8))
    return np.array(found, np.uint8).reshape(-1, SIDE, SIDE)


# Scribbles ----------------------------------------------------------------------------------------

Drawing = list[np.ndarray]


def scribbles(count: int, random: np.random.Generator) -> list[Drawing]:
    """Draw what is no digit: dots, dashes, signs, shapes, zigzags and scribbles.

    Returns:
        Drawings, each a list of strokes, float64 (points, 2) with y downward, about
        1 × 1 in size. An upright stroke is not among them, for it is a 1, nor is a ring.
    """
    kinds: tuple[Callable[[np.random.Generator], Drawing], ...] = (
        _tangle,
        _tangle,
        _tangle,
        _zigzag,
        _wave,
        _spiral,
        _dash,
        _dot,
        _equals,
        _plus,
        _cross,
        _hash,
        _star,
        _arrow,
        _triangle,
        _rectangle,
        _percent,
        _dots,
    )
    return [_by_hand(kinds[int(random.integers(len(kinds)))](random), random) for _ in range(count)]


def _by_hand(drawing: Drawing, random: np.random.Generator) -> Drawing:
    """The same with more points, and as unsteady as a hand."""
    return [_trembling(stroke, random) for stroke in drawing]


def _trembling(stroke: np.ndarray, random: np.random.Generator) -> np.ndarray:
    places = np.linspace(0, len(stroke) - 1, 4 * len(stroke))
    points = np.stack([np.interp(places, np.arange(len(stroke)), axis) for axis in stroke.T], axis=1)
    return points + random.normal(0, 0.006, points.shape)


def _line(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, np.float64)


def _tangle(random: np.random.Generator) -> Drawing:
    """A curve through many random places, smooth enough to be of one go."""
    turns = int(random.integers(8, 40))
    knots = random.uniform(0, 1, (turns, 2)) * (random.uniform(0.5, 2), 1)
    places = np.linspace(0, turns - 1, 5 * turns)
    path = np.stack([np.interp(places, np.arange(turns), axis) for axis in knots.T], axis=1)
    smooth = np.ones(5) / 5
    return [np.stack([np.convolve(axis, smooth, "valid") for axis in path.T], axis=1)]


def _zigzag(random: np.random.Generator) -> Drawing:
    turns = int(random.integers(5, 12))
    x = np.linspace(0, random.uniform(0.6, 2), turns) + random.normal(0, 0.03, turns)
    y = np.arange(turns) % 2 * random.uniform(0.3, 1) + random.normal(0, 0.05, turns)
    return [np.stack([x, y] if random.random() < 0.6 else [y, x], axis=1)]


def _wave(random: np.random.Generator) -> Drawing:
    t = np.linspace(0, random.uniform(1.5, 4), 40)
    loops = random.uniform(-0.1, 0.3)
    return [np.stack([t / 3 + loops * np.sin(4 * np.pi * t), 0.3 * np.cos(2 * np.pi * t)], axis=1)]


def _spiral(random: np.random.Generator) -> Drawing:
    t = np.linspace(0.1, random.uniform(2.5, 4.5), 60)
    angle = 2 * np.pi * (random.choice((-1, 1)) * t + random.random())
    return [np.stack([t * np.cos(angle), t * np.sin(angle)], axis=1) / 6]


def _dash(random: np.random.Generator) -> Drawing:
    slope, bend = random.uniform(-0.45, 0.45), random.uniform(-0.15, 0.15)
    return [_line((0, 0), (0.5, slope / 2 + bend), (1, slope))]


def _dot(random: np.random.Generator) -> Drawing:
    return (
        [random.normal(0, 0.4, (int(random.integers(1, 7)), 2))] if random.random() < 0.5 else [_blob(random)]
    )


def _blob(random: np.random.Generator) -> np.ndarray:
    """A small patch, filled by going to and fro."""
    t = np.linspace(0, 1, 90)
    return np.stack([np.cos(41 * t) * np.sin(np.pi * t), t * 2 - 1], axis=1) * random.uniform(0.7, 1.3, 2)


def _dots(random: np.random.Generator) -> Drawing:
    upright = random.random() < 0.5
    size = random.uniform(0.02, 0.08)
    places = [(0, place) if upright else (place, 0) for place in range(int(random.integers(2, 4)))]
    return [random.normal(0, size, (6, 2)) + np.array(place) / 2 for place in places]


def _equals(random: np.random.Generator) -> Drawing:
    apart = random.uniform(0.25, 0.6)
    return [_line((0, 0), (1, 0)), _line((0, apart), (1, apart))]


def _plus(random: np.random.Generator) -> Drawing:
    return [_line((0.5, 0), (0.5, 1)), _line((0, 0.5), (1, 0.5))]


def _cross(random: np.random.Generator) -> Drawing:
    return [_line((0, 0), (1, 1)), _line((1, 0), (0, 1))]


def _hash(random: np.random.Generator) -> Drawing:
    upright = [_line((x + 0.1, 0), (x, 1)) for x in (0.3, 0.7)]
    return upright + [_line((0, y), (1, y)) for y in (0.35, 0.65)]


def _star(random: np.random.Generator) -> Drawing:
    points = 5 if random.random() < 0.5 else 6
    if points == 6:
        angles = np.pi * (np.arange(3) + random.random()) / 3
        return [np.array([[-np.cos(a), -np.sin(a)], [np.cos(a), np.sin(a)]]) for a in angles]
    angles = 2 * np.pi * (2 * np.arange(6) / 5 - 0.25)
    return [np.stack([np.cos(angles), np.sin(angles)], axis=1)]


def _arrow(random: np.random.Generator) -> Drawing:
    arrow = [_line((0, 0.5), (1, 0.5)), _line((0.7, 0.2), (1, 0.5), (0.7, 0.8))]
    turn = random.integers(4)
    quarter = np.array([[0, 1], [-1, 0]])
    return [stroke @ np.linalg.matrix_power(quarter, int(turn)) for stroke in arrow]


def _triangle(random: np.random.Generator) -> Drawing:
    top = random.uniform(0.3, 0.7)
    corners = _line((top, 0), (1, 1), (0, 1), (top, 0))
    return [corners * (random.uniform(0.8, 1.5), 1)]


def _rectangle(random: np.random.Generator) -> Drawing:
    corners = _line((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return [corners * (random.uniform(0.8, 2), 1)]


def _percent(random: np.random.Generator) -> Drawing:
    angle = np.linspace(0, 2 * np.pi, 16)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1) * 0.18
    return [ring + _line((0.2, 0.25)), _line((0.95, 0), (0.1, 1)), ring + _line((0.85, 0.75))]

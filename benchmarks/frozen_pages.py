"""The frozen set: small pictures and pad drawings made by the project, the same for everybody.

    python -m benchmarks.frozen_pages [--renew] [--choose COUNT [--kinds NAME …]] [--save DIR]

prints how the shipped reader reads the set, kind by kind. `--renew` writes these figures to
tests/frozen_pages.json; `--choose` chooses that many seeds of each kind anew first; `--save` saves the
pictures to look at.

Every input is made in memory from the example drawings of the page and a seed; no data set is needed. The
kinds follow what people photograph and draw: papers, light, pens, sizes, touching digits, several lines,
marks that are no digits. They are hard enough that the shipped reader misses about one in ten, so that a
change can make the figures worse as well as better. `tests/test_frozen_pages.py` fails when they get worse,
and `benchmarks.ablation` measures with the set what each tuned constant is worth.

Seeds whose reading depends on rounding are not chosen: another version of a library must not change a figure.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import cv2
import numpy as np

import lenet
from benchmarks import pages
from benchmarks.pages import Drawing, Number

SEED = 1998
FIGURES = Path(__file__).parent.parent / "tests" / "frozen_pages.json"
EXAMPLES = Path(lenet.__file__).parent / "ui" / "examples.json"

Random = np.random.Generator
Source = np.ndarray | list[list[list[float]]]
"""A picture, uint8 (height, width, 3), RGB; or pen strokes."""


@dataclass(frozen=True)
class Case:
    """One input.

    Attributes:
        kind: one of `KINDS`.
        seed: makes this input among those of its kind.
        text: what a person reads; lines joined by a line feed, numbers by a space.
        source: what is read.
    """

    kind: str
    seed: int
    text: str
    source: Source


class Figures(NamedTuple):
    """How a set of cases was read.

    Attributes:
        exact: number of cases whose whole text was read.
        sure: number of those that were read exactly with the status "ok".
        sure_but_wrong: number of cases with the status "ok" and another text.
    """

    exact: int
    sure: int
    sure_but_wrong: int


def is_worse(found: Figures, committed: Figures) -> bool:
    """Whether fewer are read, fewer of them surely, or more are wrong and called sure."""
    return (
        found.exact < committed.exact
        or found.sure < committed.sure
        or found.sure_but_wrong > committed.sure_but_wrong
    )


class Outcome(NamedTuple):
    """How one case was read: whether exactly, and whether with the status "ok"."""

    exact: bool
    sure: bool


class _Reading(Protocol):
    text: str
    status: str


class Reads(Protocol):
    """What reads, as `Reader` does."""

    def read_image(self, source: Any) -> Any:
        """Read a picture."""

    def read_strokes(self, drawing: Any) -> Any:
        """Read a drawing."""


def case(kind: str, seed: int) -> Case:
    """Make one case."""
    random = np.random.default_rng((SEED, zlib.crc32(kind.encode()), seed))
    source, text = KINDS[kind](random)
    return Case(kind, seed, text, source)


def frozen(figures: Path = FIGURES) -> list[Case]:
    """Make the whole set, in the order of its kinds."""
    return [case(kind, seed) for kind, found in load(figures).items() for seed in found["seeds"]]


def load(figures: Path = FIGURES) -> dict[str, dict[str, Any]]:
    """Read the committed seeds and figures of each kind."""
    found: dict[str, dict[str, Any]] = json.loads(figures.read_text("utf-8"))
    return found


def read(reader: Reads, source: Source) -> Any:
    """Read a picture or a drawing."""
    return reader.read_strokes(source) if isinstance(source, list) else reader.read_image(source)


def outcome(reading: _Reading, text: str) -> Outcome:
    """Compare a reading with what a person reads."""
    return Outcome(reading.text == text, reading.status == "ok")


def count(outcomes: Iterable[Outcome]) -> Figures:
    """Add up outcomes."""
    found = list(outcomes)
    return Figures(
        sum(one.exact for one in found),
        sum(one.exact and one.sure for one in found),
        sum(one.sure and not one.exact for one in found),
    )


def measure(reader: Reads, cases: Sequence[Case]) -> dict[str, Figures]:
    """Read cases; returns the figures of each kind."""
    outcomes: dict[str, list[Outcome]] = {}
    for one in cases:
        outcomes.setdefault(one.kind, []).append(outcome(read(reader, one.source), one.text))
    return {kind: count(found) for kind, found in outcomes.items()}


# Handwriting --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Hand:
    """How somebody writes; lengths in heights of a digit.

    Attributes:
        slant: shear to the right.
        wide: width of a digit, 1 = as drawn.
        unsteady: amplitude of the bends in each stroke.
        gap: mean distance of two digits.
    """

    slant: float
    wide: float
    unsteady: float
    gap: float


def _hand(random: Random) -> _Hand:
    return _Hand(
        random.normal(0.06, 0.12),
        random.uniform(0.78, 1.15),
        random.uniform(0, 0.05),
        random.uniform(0.1, 0.35),
    )


def _drawings() -> list[tuple[int, Drawing]]:
    """The example drawings of the page, each with its label."""
    found = json.loads(EXAMPLES.read_text("utf-8"))
    return [(one["label"], [np.array(stroke, float) for stroke in one["strokes"]]) for one in found]


_DRAWINGS = _drawings()


def _digit(label: int, hand: _Hand, random: Random) -> Drawing:
    """Draw a digit as one hand does, each time a little differently."""
    choices = [drawing for known, drawing in _DRAWINGS if known == label]
    drawing = pages.of_height_one(choices[random.integers(len(choices))])
    frequencies, phases = random.uniform(-1.2, 1.2, (2, 2)), random.uniform(0, 6, 2)
    lean = np.array([[hand.wide, 0], [-hand.slant, 1]])
    bent = [stroke + hand.unsteady * np.sin(2 * np.pi * stroke @ frequencies + phases) for stroke in drawing]
    return [stroke @ lean for stroke in bent]


def _number(
    random: Random,
    hand: _Hand,
    lengths: tuple[int, int] = (2, 5),
    touching: bool = False,
    text: str | None = None,
) -> Number:
    """Write a number, of random digits where no text is given."""
    if text is None:
        text = "".join(map(str, random.integers(0, 10, random.integers(lengths[0], lengths[1] + 1))))
    digits = [_digit(int(character), hand, random) for character in text]
    return pages.number(digits, np.array(list(text)), touching, random, hand.gap)


def _moved(drawing: Drawing, right: float, down: float) -> Drawing:
    return [stroke + np.array([right, down]) for stroke in drawing]


def _beside(numbers: Sequence[Number], gaps: Sequence[float]) -> Number:
    """Numbers on one line, so far apart."""
    strokes: Drawing = []
    right = 0.0
    for number, gap in zip(numbers, (0.0, *gaps), strict=True):
        points = np.concatenate(number.strokes)
        strokes += _moved(number.strokes, right + gap - points[:, 0].min(), 0)
        right = max(stroke[:, 0].max() for stroke in strokes)
    return Number(strokes, " ".join(number.text for number in numbers), False)


def _below(numbers: Sequence[Number], pitch: float) -> Number:
    """Numbers below each other, `pitch` from line to line."""
    strokes = [
        stroke for row, number in enumerate(numbers) for stroke in _moved(number.strokes, 0, pitch * row)
    ]
    return Number(strokes, "\n".join(number.text for number in numbers), False)


# Drawings on the pad ------------------------------------------------------------------------------


def _strokes(number: Number, random: Random) -> tuple[Source, str]:
    size = random.uniform(20, 300)
    return [(stroke * size).round(1).tolist() for stroke in number.strokes], number.text


def _pad_digit(random: Random) -> tuple[Source, str]:
    return _strokes(_number(random, _wild(random), (1, 1)), random)


def _wild(random: Random) -> _Hand:
    """A hand that departs far from the examples."""
    return _Hand(
        random.normal(0.05, 0.4),
        random.uniform(0.4, 2.0),
        random.uniform(0.04, 0.13),
        random.uniform(0.0, 0.3),
    )


def _pad_number(random: Random) -> tuple[Source, str]:
    return _strokes(_number(random, _wild(random), (2, 6)), random)


def _pad_touching(random: Random) -> tuple[Source, str]:
    return _strokes(_number(random, _hand(random), (2, 5), touching=True), random)


def _pad_lines(random: Random) -> tuple[Source, str]:
    hand = _hand(random)
    lines = [_number(random, hand, (2, 4)) for _ in range(random.integers(2, 4))]
    return _strokes(_below(lines, random.uniform(0.95, 1.5)), random)


def _pad_spaces(random: Random) -> tuple[Source, str]:
    return _strokes(_spaced(random), random)


def _spaced(random: Random) -> Number:
    """Two numbers whose distance is clearly that of numbers, with digits that stand wide apart."""
    hand = _hand(random)
    wide = _Hand(hand.slant, hand.wide, hand.unsteady, random.uniform(0.3, 0.68))
    return _beside([_number(random, wide, (1, 3)) for _ in range(2)], [random.uniform(1.05, 1.6)])


def _pad_marks(random: Random) -> tuple[Source, str]:
    return _strokes(_marked(random), random)


def _marked(random: Random) -> Number:
    """A number with a dot, a comma, a dash or an underline."""
    number = _number(random, _hand(random), (2, 4))
    points = np.concatenate(number.strokes)
    (left, _), (right, low) = points.min(axis=0), points.max(axis=0)
    mark = random.integers(4)
    text = number.text + [".", ",", "-", ""][mark]
    if mark == 0:
        strokes = [np.array([[right + 0.15, low], [right + 0.16, low - 0.01]])]
    elif mark == 1:
        strokes = [np.array([[right + 0.2, low - 0.05], [right + 0.12, low + 0.17]])]
    elif mark == 2:
        length = random.uniform(0.25, 0.45)
        strokes = [np.array([[right + 0.2, low - 0.5], [right + 0.2 + length, low - 0.52]])]
    else:
        strokes = [np.array([[left - 0.1, low + 0.25], [right + 0.1, low + 0.22]])]
    return Number(number.strokes + strokes, text, False)


def _pad_apart(random: Random) -> tuple[Source, str]:
    return _strokes(_apart(random), random)


def _apart(random: Random) -> Number:
    """A number whose strokes stand apart: the pen was lifted, and came down elsewhere."""
    hand = _hand(random)
    number = _number(random, _Hand(hand.slant, hand.wide, hand.unsteady, random.uniform(0.05, 0.25)), (2, 4))
    strokes: Drawing = []
    for stroke in number.strokes:
        if len(stroke) > 8 and random.random() < 0.4:
            place, lost = int(random.uniform(0.3, 0.7) * len(stroke)), int(random.integers(0, 4))
            strokes += [stroke[: place - lost], stroke[place + lost :] + random.normal(0, 0.1, 2)]
        else:
            strokes.append(stroke + random.normal(0, 0.1, 2))
    return Number(strokes, number.text, False)


def _pad_strange(random: Random) -> tuple[Source, str]:
    """What is no digit: a scribble, a cross, a wave, a heart, a dot."""
    return _strokes(Number(_sign(random), "", False), random)


def _sign(random: Random) -> Drawing:
    t = np.linspace(0, 1, 60)
    shape = random.integers(4)
    if shape == 0:
        frequencies, phases = random.uniform(2, 6, (2, 3)), random.uniform(0, 6, (2, 3))
        curve = np.sin(2 * np.pi * frequencies[..., None] * t + phases[..., None]).sum(axis=1).T / 4
        return [curve]
    if shape == 1:
        tilt = random.uniform(-0.1, 0.1)
        return [np.array([[0, 0.5 + tilt], [1, 0.5 - tilt]]), np.array([[0.5, 0], [0.5 + tilt, 1.0]])]
    if shape == 2:
        return [np.stack([2 * t, 0.25 * np.sin(2 * np.pi * random.uniform(2, 3.5) * t)], axis=1)]
    angle = 2 * np.pi * t
    heart = np.stack([16 * np.sin(angle) ** 3, -13 * np.cos(angle) + 5 * np.cos(2 * angle)], axis=1)
    return [heart / 30 + random.normal(0, 0.01, 2)]


# Pictures -----------------------------------------------------------------------------------------

_PAPER = (0.93, 0.93, 0.91)
_PENS = ((0.10, 0.16, 0.48), (0.11, 0.11, 0.13), (0.45, 0.12, 0.14))


@dataclass
class _Page:
    """A page that is being made, in reflectances.

    Attributes:
        ink: float32 (height, width) in [0, 1].
        size: height of a digit, in pixels.
        box: left, top, right, bottom of what is written, in pixels.
        text: what is written.
        paper: float32 (height, width, 3), of the paper with all that is printed on it.
        pen: colour of the ink.
        light: float32 (height, width), 1 = full light.
        noise: standard deviation of the sensor's noise, 1 = white.
        blur: in pixels.
    """

    ink: np.ndarray
    size: float
    box: tuple[int, int, int, int]
    text: str
    paper: np.ndarray
    pen: Sequence[float] | np.ndarray
    light: np.ndarray
    noise: float = 0.012
    blur: float = 0.6

    def print_lines(
        self, first: float, pitch: float, colour: Sequence[float], down: bool, thick: float = 1.4
    ) -> None:
        """Print parallel lines on the paper, level ones or upright ones (`down`)."""
        layer = np.swapaxes(self.paper, 0, 1) if down else self.paper
        rows = np.arange(len(layer))
        distance = np.abs((rows - first + pitch / 2) % pitch - pitch / 2)
        cover = np.clip(thick / 2 + 0.5 - distance, 0, 1)[:, None, None]
        layer += (cover * (np.array(colour) - layer)).astype(np.float32)

    def picture(self, random: Random) -> np.ndarray:
        """What a camera makes of it: uint8 (height, width, 3)."""
        uneven = 1 - 0.15 * np.abs(pages.waves(self.ink.shape, self.size / 3, random))
        cover = (self.ink * uneven)[..., None]
        seen = (self.paper + cover * (np.float32(self.pen) - self.paper)) * self.light[..., None]
        seen = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), self.blur)
        seen += random.normal(0, self.noise, seen.shape)
        return np.clip(255 * seen, 0, 255).round().astype(np.uint8)


def _page(
    number: Number,
    random: Random,
    size: tuple[float, float] = (26, 44),
    pen: tuple[float, float] = (0.08, 0.13),
    margin: tuple[float, float] = (0.5, 1.2),
) -> _Page:
    """Write on plain paper; margins are in heights of a digit."""
    height = random.uniform(*size)
    written = pages.render(number, height, random.uniform(*pen))
    left, right, top, bottom = (int(random.uniform(*margin) * height) for _ in range(4))
    rows, columns = written.shape
    lacking = 108 - (rows + top + bottom)  # smaller pictures are enlarged, which takes longer
    top, bottom = top + max(0, lacking) // 2, bottom + (max(0, lacking) + 1) // 2
    ink = np.pad(written, ((top, bottom), (left, right)))
    paper = np.float32(_PAPER) * (1 + 0.01 * pages.waves(ink.shape, 40, random)[..., None])
    box = (left, top, left + columns, top + rows)
    chosen = _PENS[random.integers(len(_PENS))]
    return _Page(ink, height, box, number.text, paper.astype(np.float32), chosen, np.full(ink.shape, 0.95))


def _plain(random: Random) -> _Page:
    return _page(_number(random, _wild(random), (1, 5)), random)


def _touching(random: Random) -> _Page:
    return _page(_number(random, _hand(random), (2, 4), touching=True), random)


def _spaces(random: Random) -> _Page:
    return _page(_spaced(random), random)


def _parts(random: Random) -> _Page:
    return _page(_apart(random), random)


def _marks(random: Random) -> _Page:
    return _page(_marked(random), random)


def _lines(random: Random) -> _Page:
    hand = _hand(random)
    lines = [_number(random, hand, (1, 4)) for _ in range(random.integers(2, 4))]
    return _page(_below(lines, random.uniform(1.05, 1.7)), random, size=(20, 32))


def _two_sizes(random: Random) -> _Page:
    """A small number below a large one."""
    hand = _hand(random)
    above, below = _number(random, hand, (2, 3)), _number(random, hand, (2, 4))
    small = random.uniform(0.25, 0.55)
    strokes = above.strokes + [stroke * small + (0, 1.5) for stroke in below.strokes]
    return _page(Number(strokes, f"{above.text}\n{below.text}", False), random, size=(40, 56))


def _ruled(random: Random) -> _Page:
    page = _page(_number(random, _hand(random), (2, 5)), random)
    colour = (0.5, 0.6, 0.82) if random.random() < 0.5 else (0.3, 0.3, 0.32)
    pitch = random.uniform(1.1, 2) * page.size
    first = page.box[3] + random.normal(-0.12, 0.1) * page.size
    page.print_lines(first, pitch, colour, False, random.uniform(1, 2.5))
    return page


def _squared(random: Random) -> _Page:
    page = _page(_number(random, _hand(random), (2, 5)), random)
    side = random.uniform(0.4, 1.1) * page.size
    colour = np.array((0.62, 0.7, 0.86)) * random.uniform(0.8, 1.15)
    for down in (False, True):
        page.print_lines(random.uniform(0, side), side, colour, down, random.uniform(1, 2))
    return page


def _noisy_squares(random: Random) -> _Page:
    """Squared paper whose faint lines noise breaks, in part overwritten."""
    page = _squared(random)
    page.noise = random.uniform(0.08, 0.22)
    return page


def _corner(random: Random) -> _Page:
    """The edge of another sheet cuts a corner off, or a long thin line crosses the page."""
    page = _page(_number(random, _hand(random), (3, 5)), random, size=(40, 60), margin=(0.7, 1.2))
    rows, columns = page.ink.shape
    edge = np.zeros(page.ink.shape, np.float32)
    start = (0, round(random.uniform(0.05, 0.9) * rows))
    end = (round(random.uniform(0.6, 1) * columns), round(random.choice([0, 0.3]) * rows))
    cv2.line(edge, start, end, 1.0, int(random.integers(1, 4)), cv2.LINE_AA)
    page.paper += edge[..., None] * (np.float32(random.uniform(0.1, 0.7)) - page.paper)
    return page


def _tilted_squares(random: Random) -> _Page:
    """Squared paper that lies askew."""
    return _turned(_squared(random), random.uniform(2, 10) * random.choice([-1, 1]))


def _turned(page: _Page, degrees: float) -> _Page:
    """The same page turned about its middle."""
    rows, columns = page.ink.shape
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), degrees, 1)
    page.ink = cv2.warpAffine(page.ink, matrix, (columns, rows))
    page.paper = cv2.warpAffine(page.paper, matrix, (columns, rows), borderMode=cv2.BORDER_REFLECT)
    return page


def _tilt(random: Random) -> _Page:
    page = _page(_number(random, _hand(random), (3, 6)), random, margin=(1.5, 2.2))
    return _turned(page, random.uniform(10, 28) * random.choice([-1, 1]))


def _boxes(random: Random) -> _Page:
    """Digits in the boxes of a form, one in each."""
    hand = _hand(random)
    pitch = random.uniform(1.3, 1.6)
    digits = [_number(random, hand, (1, 1)) for _ in range(random.integers(2, 5))]
    middles = [(np.ptp(np.concatenate(one.strokes)[:, 0]), one) for one in digits]
    strokes = [
        stroke
        for index, (width, one) in enumerate(middles)
        for stroke in _moved(one.strokes, pitch * index - width / 2, random.normal(0, 0.04))
    ]
    page = _page(Number(strokes, "".join(one.text for one in digits), False), random)
    left = page.box[0] + (middles[0][0] / 2 - pitch / 2 + 0.1) * page.size
    top, bottom = page.box[1] - 0.2 * page.size, page.box[3] + 0.15 * page.size
    colour = random.uniform(0.15, 0.75)
    frame = np.zeros(page.ink.shape, np.float32)
    for index in range(len(digits) + 1):
        column = round(left + index * pitch * page.size)
        cv2.line(frame, (column, round(top)), (column, round(bottom)), 1.0, 2)
    for row in (top, bottom):
        cv2.line(frame, (round(left), round(row)), (column, round(row)), 1.0, 2)
    page.paper += frame[..., None] * (np.float32(colour) - page.paper)
    return page


def _shadow(random: Random) -> _Page:
    page = _page(_number(random, _hand(random), (2, 5)), random)
    rows, columns = page.ink.shape
    y, x = np.mgrid[0:rows, 0:columns] / max(rows, columns)
    angle = random.uniform(0, 2 * np.pi)
    across = np.cos(angle) * (x - x.mean()) + np.sin(angle) * (y - y.mean())
    soft = random.uniform(0.003, 0.15)
    page.light = page.light * (1 - random.uniform(0.5, 0.95) / (1 + np.exp(-np.clip(across / soft, -30, 30))))
    return page


def _noisy(random: Random) -> _Page:
    page = _page(_number(random, _hand(random), (2, 5)), random)
    page.noise = random.uniform(0.12, 0.26)
    return page


def _blurred(random: Random) -> _Page:
    page = _page(_number(random, _hand(random), (2, 4)), random)
    page.blur = random.uniform(0.06, 0.13) * page.size
    return page


def _pencil(random: Random) -> _Page:
    """Faint grey strokes on paper with noise, sometimes squared."""
    page = (
        _squared(random) if random.random() < 0.3 else _page(_number(random, _hand(random), (2, 5)), random)
    )
    page.pen = (random.uniform(0.55, 0.8),) * 3
    page.ink = page.ink * np.clip(0.8 + 0.3 * pages.waves(page.ink.shape, 1.5, random), 0.2, 1)
    page.noise = random.uniform(0.01, 0.035)
    return page


def _erased(random: Random) -> _Page:
    """A number over the residue of another that was rubbed out."""
    page = _page(_number(random, _hand(random), (2, 4)), random)
    other = pages.render(_number(random, _hand(random), (2, 4)), page.size, 0.1)
    rest = np.zeros_like(page.ink)
    top, left = (int(random.uniform(0, 0.4) * side) for side in rest.shape)
    place = rest[top : top + other.shape[0], left : left + other.shape[1]]
    place[:] = other[: place.shape[0], : place.shape[1]]
    page.paper -= (random.uniform(0.1, 0.25) * rest)[..., None]
    return page


def _dark(random: Random) -> _Page:
    """Light on dark: chalk on a board, or a screen in dark mode."""
    page = _page(_number(random, _hand(random), (2, 5)), random)
    page.paper *= np.float32([0.12, 0.22, 0.18]) * random.uniform(0.5, 2.5)
    page.pen = (random.uniform(0.35, 0.8),) * 3
    page.noise = random.uniform(0.01, 0.05)
    page.ink = page.ink * np.clip(0.9 + 0.25 * pages.waves(page.ink.shape, 1.5, random), 0.3, 1)
    return page


def _coloured(random: Random) -> _Page:
    """Coloured ink on coloured paper of much the same brightness."""
    page = _page(_number(random, _hand(random), (2, 5)), random)
    tints = ((0.95, 0.76, 0.78), (0.72, 0.88, 0.74), (0.70, 0.82, 0.93), (0.80, 0.68, 0.52))
    pens = ((0.68, 0.12, 0.14), (0.08, 0.40, 0.22), (0.38, 0.14, 0.48), (0.75, 0.45, 0.1))
    page.paper *= np.float32(tints[random.integers(4)])
    paper, pen = page.paper.mean(axis=(0, 1)), np.array(pens[random.integers(4)])
    page.pen = paper + random.uniform(0.1, 0.5) * (pen - paper)
    return page


def _specks(random: Random) -> _Page:
    """Dirt on the paper."""
    page = _page(_number(random, _hand(random), (2, 4)), random)
    for _ in range(random.integers(20, 160)):
        at = [int(random.uniform(0, side)) for side in page.ink.shape[::-1]]
        cv2.circle(page.ink, at, int(random.integers(0, 3)), float(random.uniform(0.4, 1)), cv2.FILLED)
    return page


def _cut(random: Random) -> _Page:
    """Something else reaches into the picture from its border: an edge, a line, a cell's corner."""
    page = _page(_number(random, _hand(random), (1, 4)), random, margin=(0.55, 0.9))
    rows, columns = page.ink.shape
    thick = int(random.uniform(0.1, 0.6) * page.size) + 1
    edge = np.zeros(page.ink.shape, np.float32)
    for side in random.choice(4, random.integers(1, 3), replace=False):
        place = [np.s_[:thick], np.s_[rows - thick :], np.s_[:, :thick], np.s_[:, columns - thick :]][side]
        edge[place] = 1
    page.paper += edge[..., None] * (np.float32(random.uniform(0.1, 0.5)) - page.paper)
    return page


def _off_page(random: Random) -> _Page:
    """A number near the border, with a stroke of another that is cut off by it."""
    hand = _hand(random)
    page = _page(_number(random, hand, (2, 3)), random, margin=(0.5, 0.8))
    rest = pages.render(_number(random, hand, (1, 1)), page.size, 0.1)
    part = rest[:, : max(2, int(random.uniform(0.2, 0.6) * rest.shape[1]))]
    rows = min(part.shape[0], page.box[3] - page.box[1])
    page.ink[page.box[1] : page.box[1] + rows, -part.shape[1] :] = part[:rows]
    return page


def _broken(random: Random) -> _Page:
    """Strokes with gaps, as a bad scan has them."""
    page = _page(_number(random, _hand(random), (2, 4)), random, pen=(0.06, 0.1))
    for _ in range(random.integers(3, 9)):
        column, row = (
            int(random.integers(low, high)) for low, high in zip(page.box[:2], page.box[2:], strict=True)
        )
        reach = int(random.uniform(0.04, 0.16) * page.size) + 1
        page.ink[row - reach : row + reach, column - reach : column + reach] = 0
    return page


def _thin(random: Random) -> _Page:
    return _page(_number(random, _hand(random), (2, 4)), random, size=(50, 80), pen=(0.006, 0.025))


def _thick(random: Random) -> _Page:
    return _page(_number(random, _hand(random), (2, 4)), random, pen=(0.2, 0.38))


def _small(random: Random) -> _Page:
    return _page(_number(random, _hand(random), (2, 6)), random, size=(8, 15), pen=(0.1, 0.15), margin=(1, 6))


def _dense(random: Random) -> _Page:
    """Large digits that fill the picture."""
    return _page(_number(random, _hand(random), (1, 2)), random, size=(90, 130), margin=(0, 0.12))


def _sheet_on_desk(random: Random) -> _Page:
    """A slip of paper that lies on a dark or coloured desk."""
    page = _page(_number(random, _hand(random), (2, 4)), random)
    desk = np.float32([(0.45, 0.3, 0.2), (0.2, 0.2, 0.22), (0.5, 0.6, 0.55)][random.integers(3)])
    wide = [(int(random.uniform(0.1, 0.9) * page.size),) * 2 for _ in range(2)]
    page.ink, page.light = np.pad(page.ink, wide), np.pad(page.light, wide, mode="edge")
    around = np.pad(np.zeros(page.paper.shape[:2], bool), wide, constant_values=True)
    page.paper = np.where(around[..., None], desk, np.pad(page.paper, (*wide, (0, 0))))
    page.paper -= np.float32(random.uniform(0, 0.3))
    return _turned(page, random.uniform(-12, 12))


def _sideways(random: Random) -> _Page:
    """Two or three lines, the picture turned by a quarter or a half."""
    hand = _hand(random)
    lines = [_number(random, hand, (2, 3)) for _ in range(2)]
    return _page(_below(lines, random.uniform(1.4, 1.9)), random, size=(22, 32))


def _empty_paper(random: Random) -> _Page:
    """Paper on which nothing is written: ruled, squared, shaded, with noise, with the end of a shadow."""
    page = [_ruled, _squared, _shadow, _noisy, _tilted_squares][random.integers(5)](random)
    page.ink, page.text = np.zeros_like(page.ink), ""
    return page


def _strange(random: Random) -> _Page:
    return _page(Number(_sign(random), "", False), random)


def _pictured(make: Callable[[Random], _Page]) -> Callable[[Random], tuple[Source, str]]:
    def pictured(random: Random) -> tuple[Source, str]:
        page = make(random)
        picture = page.picture(random)
        if make is _sideways:
            picture = np.ascontiguousarray(np.rot90(picture, random.integers(1, 4)))
        return picture, page.text

    return pictured


KINDS: dict[str, Callable[[Random], tuple[Source, str]]] = {
    "pad digit": _pad_digit,
    "pad number": _pad_number,
    "pad touching": _pad_touching,
    "pad lines": _pad_lines,
    "pad spaces": _pad_spaces,
    "pad marks": _pad_marks,
    "pad apart": _pad_apart,
    "pad no digit": _pad_strange,
    "plain": _pictured(_plain),
    "touching": _pictured(_touching),
    "spaces": _pictured(_spaces),
    "apart": _pictured(_parts),
    "marks": _pictured(_marks),
    "lines": _pictured(_lines),
    "two sizes": _pictured(_two_sizes),
    "ruled": _pictured(_ruled),
    "squared": _pictured(_squared),
    "noisy squares": _pictured(_noisy_squares),
    "corner": _pictured(_corner),
    "tilted squares": _pictured(_tilted_squares),
    "tilt": _pictured(_tilt),
    "boxes": _pictured(_boxes),
    "shadow": _pictured(_shadow),
    "noise": _pictured(_noisy),
    "blur": _pictured(_blurred),
    "pencil": _pictured(_pencil),
    "erased": _pictured(_erased),
    "light on dark": _pictured(_dark),
    "coloured": _pictured(_coloured),
    "specks": _pictured(_specks),
    "border": _pictured(_cut),
    "cut off": _pictured(_off_page),
    "broken": _pictured(_broken),
    "thin pen": _pictured(_thin),
    "thick pen": _pictured(_thick),
    "small": _pictured(_small),
    "large": _pictured(_dense),
    "sheet on desk": _pictured(_sheet_on_desk),
    "sideways": _pictured(_sideways),
    "empty paper": _pictured(_empty_paper),
    "no digit": _pictured(_strange),
}
"""Makes the source and the text of an input of each kind."""


# The command line ---------------------------------------------------------------------------------


def choose(reader: Reads, kind: str, count: int) -> list[int]:
    """The first seeds of a kind whose reading does not depend on rounding."""
    return [one.seed for one, _ in zip(_steady(reader, kind), range(count), strict=False)]


def _steady(reader: Reads, kind: str) -> Iterator[Case]:
    seed = 0
    while True:
        one = case(kind, seed)
        if len({outcome(read(reader, copy), one.text) for copy in _copies(one)}) == 1:
            yield one
        seed += 1


def _copies(one: Case) -> Iterator[Source]:
    """The source, and four that differ from it by less than anybody could see."""
    yield one.source
    for index in range(4):
        random = np.random.default_rng((SEED, index))
        if isinstance(one.source, list):
            yield [(np.array(stroke) * (1 + 1e-4 * random.normal())).tolist() for stroke in one.source]
        else:
            changed = random.random(one.source.shape) < 0.002
            yield np.where(changed, one.source ^ 1, one.source)


def main() -> None:
    """Print, choose or renew."""
    from lenet.reading.reader import Reader

    parser = argparse.ArgumentParser(description="Read the frozen set.")
    parser.add_argument("--choose", type=int, metavar="COUNT", help="choose so many seeds of each kind")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), help="choose only for these kinds")
    parser.add_argument("--renew", action="store_true", help=f"write the figures to {FIGURES.name}")
    parser.add_argument("--save", type=Path, metavar="DIR", help="save the pictures there")
    options = parser.parse_args()
    reader = Reader.load()
    cv2.setNumThreads(1)
    known = {kind: found["seeds"] for kind, found in load().items()} if FIGURES.exists() else {}
    seeds = {
        kind: choose(reader, kind, options.choose)
        if options.choose and kind in options.kinds
        else known[kind]
        for kind in KINDS
    }
    cases = [case(kind, seed) for kind, chosen in seeds.items() for seed in chosen]
    if options.save:
        save(cases, options.save)
    figures = measure(reader, cases)
    for kind, found in figures.items():
        print(f"{kind:16}{found.exact:4} of {len(seeds[kind])}, sure {found.sure}, ", end="")
        print(f"sure but wrong {found.sure_but_wrong}")
    exact, sure, wrong = (sum(column) for column in zip(*figures.values(), strict=True))
    print(f"all: {exact} of {len(cases)} ({exact / len(cases):.1%}), sure {sure}, sure but wrong {wrong}")
    if options.renew or options.choose:
        lines = [
            f'  "{kind}": {json.dumps({**found._asdict(), "seeds": seeds[kind]})}'
            for kind, found in figures.items()
        ]
        FIGURES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def save(cases: Iterable[Case], folder: Path) -> None:
    """Save the pictures; their files' names say what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in cases:
        if isinstance(one.source, np.ndarray):
            text = one.text.replace("\n", "-").replace(" ", "_")
            cv2.imwrite(str(folder / f"{one.kind}_{one.seed}_{text}.png"), one.source[..., ::-1])


if __name__ == "__main__":
    main()

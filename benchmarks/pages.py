"""Makes numbers and photographed pages of pen drawings, for tests and benchmarks.

`numbers` sets digits of one writer side by side, as pen strokes: what the pad gets. `photograph` writes
such numbers on a sheet of paper and takes its picture with a poor phone in poor light: what `read_image`
gets. Lengths are in heights of a digit until a sheet is laid out, and in pixels from there on. Everything
is the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lenet.ink.preprocessing import BOX
from lenet.ink.strokes import PEN

NORMAL_PEN = PEN / BOX
"""Width of the pad's pen, in heights of a digit."""

APART = 0.05
"""Smallest gap between two digits that do not touch, in heights of a digit, drawn with the pad's pen."""

DIFFICULTIES = (
    "plain",
    "shadow",
    "ruled",
    "squared",
    "blur",
    "perspective",
    "rotation",
    "noise",
    "pencil",
    "dark",
    "coloured",
    "sideways",
    "everything",
)

Drawing = list[np.ndarray]  # strokes, each (points, 2): x, and y downward


@dataclass(frozen=True)
class Number:
    """Digits written side by side.

    Attributes:
        strokes: in the order of writing, each float64 (points, 2): x, and y downward; a digit
            is about 1 high and stands about on y = 1.
        text: its digits.
        touching: whether at least two neighbours touch.
    """

    strokes: Drawing
    text: str
    touching: bool


# Numbers ------------------------------------------------------------------------------------------


def numbers(
    drawings: Sequence[Drawing],
    labels: Sequence[int] | np.ndarray,
    writers: Sequence[str] | np.ndarray,
    count: int,
    lengths: tuple[int, int] = (2, 8),
    touching: float = 0.2,
    seed: int = 0,
) -> list[Number]:
    """Make numbers, each of drawings by one writer.

    Args:
        drawings: N drawings of one digit each, in any unit.
        labels: (N,) 0 to 9.
        writers: (N,) who drew it.
        count: how many numbers.
        lengths: fewest and most digits of a number.
        touching: share of the numbers in which neighbours touch or overlap.
        seed: of the randomness.
    """
    labels, writers = np.asarray(labels), np.asarray(writers)
    names = np.unique(writers)
    made = []
    for index in range(count):
        random = np.random.default_rng((seed, index))
        own = np.flatnonzero(writers == random.choice(names))
        chosen = random.choice(own, random.integers(lengths[0], lengths[1] + 1))
        # Not at random: the share is exact.
        touches = int((index + 1) * touching) > int(index * touching)
        made.append(number([drawings[i] for i in chosen], labels[chosen], touches, random))
    return made


def single(drawing: Drawing, label: int | str) -> Number:
    """A drawing alone, as a number of one digit."""
    return Number(of_height_one(drawing), str(label), False)


def number(
    drawings: Sequence[Drawing],
    labels: np.ndarray,
    touching: bool,
    random: np.random.Generator,
    gap: float | None = None,
) -> Number:
    """Set drawings of one digit each side by side.

    Args:
        drawings: in any unit.
        labels: (N,) the digits.
        touching: whether one or more of the pairs of neighbours touch.
        random: source of the randomness.
        gap: mean distance of neighbours that do not touch, in heights of a digit; None for a random one.
    """
    pairs = len(drawings) - 1
    touch = np.zeros(pairs, bool)
    if touching and pairs:
        touch[random.permutation(pairs)[: 1 + random.binomial(pairs - 1, 0.2)]] = True
    spacing = random.uniform(0.12, 0.4) if gap is None else gap
    slope = random.normal(0, 0.02)
    placed: list[Drawing] = []
    for index, drawing in enumerate(drawings):
        digit = _jittered(of_height_one(drawing), random)
        if placed:
            distance = max(spacing * random.uniform(0.5, 1.5), APART)
            right = _place(placed, digit, touch[index - 1], distance, random)
            digit = [stroke + np.array([right, 0.0]) for stroke in digit]
        placed.append(digit)
    rising = np.array([[1, slope], [0, 1]])
    strokes = [stroke @ rising for digit in placed for stroke in digit]
    return Number(strokes, "".join(map(str, labels)), bool(touch.any()))


def of_height_one(drawing: Drawing) -> Drawing:
    """Scale a drawing to a box with its top left at (0, 0), 1 high, or 1 wide where it is wider than high."""
    points = np.concatenate(drawing)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    factor = 1 / max(float(size.max()), 1e-9)
    return [_smooth((stroke - low) * factor + (0, 1 - size[1] * factor)) for stroke in drawing]


def _smooth(points: np.ndarray) -> np.ndarray:
    """Cut the corners twice (Chaikin 1974): tablets give a point every few pixels of a picture."""
    for _ in range(2):
        if len(points) < 3:
            break
        start, end = points[:-1], points[1:]
        cut = np.stack([0.75 * start + 0.25 * end, 0.25 * start + 0.75 * end], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], cut, points[-1:]])
    return points


def _jittered(digit: Drawing, random: np.random.Generator) -> Drawing:
    """Nobody writes two digits of one size on one line: up to 12 % larger or smaller, a bit off it."""
    size, rise = random.uniform(0.88, 1.12), random.normal(0, 0.03)
    return [(stroke - (0, 1)) * size + (0, 1 + rise) for stroke in digit]


def _place(
    placed: Sequence[Drawing], digit: Drawing, touching: bool, gap: float, random: np.random.Generator
) -> float:
    """How far to the right of x = 0 `digit` stands beside those `placed`."""
    clear = _reach([stroke for other in placed[-2:] for stroke in other], digit, NORMAL_PEN + gap)
    if not touching:
        return clear
    # The middles of the strokes come so near that thinner pens touch as well, or cross.
    contact = _reach(placed[-1], digit, 0.4 * NORMAL_PEN) - max(0.0, random.uniform(-0.1, 0.1))
    if not _touch(placed[-1], digit, contact):
        contact = _reach(placed[-1], digit, 0.4 * NORMAL_PEN)
    return contact


def _reach(others: Drawing, digit: Drawing, distance: float) -> float:
    """The least x from which on every place of `digit` is at least `distance` from the other strokes."""
    across, down = _differences(others, digit)
    near = np.abs(down) < distance
    slack = np.sqrt(distance**2 - down[near] ** 2)
    return float((across[near] + slack).max()) if near.any() else float(across.max())


def _touch(others: Drawing, digit: Drawing, right: float) -> bool:
    """Whether strokes drawn with half the pad's pen touch when `digit` is moved to the right."""
    across, down = _differences(others, digit)
    return bool(np.hypot(across - right, down).min() < 0.5 * NORMAL_PEN)


def _differences(others: Drawing, digit: Drawing) -> tuple[np.ndarray, np.ndarray]:
    """From each point of `digit` to each of the others, along x and along y: two arrays (points, points)."""
    a, b = _dense(others), _dense(digit)
    return a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1]


def _dense(drawing: Drawing, step: float = 0.02) -> np.ndarray:
    """Points (n, 2) along all strokes, at most `step` apart."""
    parts = []
    for stroke in drawing:
        pieces = np.ceil(np.hypot(*np.diff(stroke, axis=0).T) / step).astype(int).clip(1)
        along = np.concatenate([np.arange(n) / n + i for i, n in enumerate(pieces)] + [[len(pieces)]])
        index = np.arange(len(stroke))
        parts.append(np.stack([np.interp(along, index, stroke[:, k]) for k in (0, 1)], axis=1))
    return np.concatenate(parts)


# Ink ----------------------------------------------------------------------------------------------

_FINE = 4  # strokes are drawn bilevel at this scale and averaged down


def render(number: Number, height: float, pen: float) -> np.ndarray:
    """Draw a number as ink.

    Args:
        number: what to draw.
        height: of a digit, in pixels.
        pen: stroke width in heights of a digit; `NORMAL_PEN` is the pad's.

    Returns:
        float32 (rows, columns) in [0, 1], 1 = ink, with a margin of a pen around it.
    """
    margin = pen * height + 1
    corner = np.concatenate(number.strokes).min(axis=0)
    curves = [((stroke - corner) * height + margin) * _FINE for stroke in number.strokes]
    extent = np.max([curve.max(axis=0) for curve in curves], axis=0) / _FINE + margin
    columns, rows = np.ceil(extent).astype(int)
    sheet = np.zeros((rows * _FINE, columns * _FINE), np.uint8)
    width = max(1, round(pen * height * _FINE))
    for curve in curves:
        points = np.round(curve).astype(np.int32)
        # A line from a point to itself is a dot as wide as the pen.
        cv2.polylines(sheet, [np.concatenate([points, points[-1:]])], False, 255, width)
    ink = cv2.resize(sheet, (columns, rows), interpolation=cv2.INTER_AREA)
    return ink.astype(np.float32) / 255


@dataclass(frozen=True)
class _Sheet:
    """Ink on an endless sheet: float32 (rows, columns) in [0, 1] with bleed on every side.

    Attributes:
        ink: the ink.
        height: of a digit, in pixels.
        box: left, top, right, bottom of what is written, in pixels.
        baseline: row on which the first line is written.
        pitch: rows from a line to the next.
    """

    ink: np.ndarray
    height: float
    box: tuple[int, int, int, int]
    baseline: float
    pitch: float


def _sheet(lines: Sequence[Sequence[Number]], random: np.random.Generator) -> _Sheet:
    """Write lines of numbers below each other, in digits 40 to 120 px high."""
    widest = max((sum(_width(number) + 2 for number in line) for line in lines), default=10)
    height = min(random.uniform(40, 120), max(1200 / widest, 40))
    pen, pitch = random.uniform(0.07, 0.11), random.uniform(1.7, 2.2) * height
    written, row = [], 0.0
    for line in lines:
        column = random.uniform(0, 0.5) * height
        for number in line:
            top, left = row + height * np.concatenate(number.strokes)[:, 1].min(), column
            written.append((round(top), round(left), render(number, height, pen)))
            column += height * (_width(number) + random.uniform(1.0, 1.8))
        row += pitch
    highest = min((top for top, _, _ in written), default=0)
    rows = max((top + ink.shape[0] for top, _, ink in written), default=1) - highest
    columns = max((left + ink.shape[1] for _, left, ink in written), default=1)
    # Room to turn and tilt the sheet in, and for the margins of the picture.
    bleed = round(0.2 * max(rows, columns) + 400)
    sheet = np.zeros((rows + 2 * bleed, columns + 2 * bleed), np.float32)
    for top, left, ink in written:
        place = sheet[bleed + top - highest :, bleed + left :][: ink.shape[0], : ink.shape[1]]
        np.maximum(place, ink, out=place)
    box = (bleed, bleed, bleed + columns, bleed + rows)
    return _Sheet(sheet, height, box, bleed - highest + height * (1 + pen), pitch)


def _width(number: Number) -> float:
    return float(np.ptp(np.concatenate(number.strokes)[:, 0]))


# Photographs --------------------------------------------------------------------------------------


def photograph(
    lines: Number | Sequence[Sequence[Number]],
    difficulty: str = "plain",
    strength: float = 0.5,
    random: np.random.Generator | None = None,
    least: tuple[int, int] = (600, 240),
) -> np.ndarray:
    """Write numbers on paper and photograph it.

    Args:
        lines: a number, or lines of numbers; [] is an empty page.
        difficulty: one of `DIFFICULTIES`; "everything" is a mild mix of the others, right side up.
        strength: of the difficulty, in [0, 1].
        random: source of the randomness.
        least: width and height that the picture has at least, before it is turned.

    Returns:
        uint8 (height, width, 3): red, green, blue.
    """
    if difficulty not in DIFFICULTIES:
        raise ValueError(f"difficulty: wanted one of {', '.join(DIFFICULTIES)}, got {difficulty!r}")
    random = np.random.default_rng(0) if random is None else random
    amounts = _mix(strength, random) if difficulty == "everything" else {difficulty: strength}
    sheet = _sheet([[lines]] if isinstance(lines, Number) else lines, random)
    ink, rules = _framed(sheet, _rules(sheet, amounts, random), least, amounts, random)
    colours = _printed(rules, amounts, random)
    colours = _written(colours, ink, sheet.height, amounts, random)
    colours = _lit(colours, amounts.get("shadow"), random)
    colours = _blurred(colours, sheet.height, amounts.get("blur"), random)
    picture = _taken(colours, amounts.get("noise"), random)
    if "sideways" in amounts:
        picture = np.ascontiguousarray(np.rot90(picture, random.integers(1, 4)))
    return picture


def _mix(strength: float, random: np.random.Generator) -> dict[str, float]:
    """About half of the difficulties, each milder than alone."""
    chances = {"shadow": 0.5, "blur": 0.5, "perspective": 0.6, "rotation": 0.6, "noise": 0.6}
    chances |= {"pencil": 0.15, "dark": 0.06, "coloured": 0.25}
    amounts = {
        name: strength * random.uniform(0.2, 0.9)
        for name, chance in chances.items()
        if random.random() < chance
    }
    paper = random.choice(["", "ruled", "squared"])
    if paper and "dark" not in amounts:
        amounts[str(paper)] = strength * random.uniform(0.2, 0.9)
    return amounts


# Reflectances, red, green, blue, of what one writes with and on.
_PENS = {
    "blue": (0.10, 0.16, 0.48),
    "black": (0.11, 0.11, 0.13),
    "red": (0.68, 0.12, 0.14),
    "green": (0.08, 0.40, 0.22),
    "violet": (0.38, 0.14, 0.48),
}
_PAPERS = ((0.95, 0.88, 0.55), (0.95, 0.76, 0.78), (0.72, 0.88, 0.74), (0.70, 0.82, 0.93), (0.80, 0.68, 0.52))
_RULES = ((0.45, 0.60, 0.85), (0.55, 0.57, 0.60), (0.85, 0.55, 0.55))
_BOARDS = ((0.10, 0.22, 0.17), (0.12, 0.12, 0.13), (0.09, 0.12, 0.25), (0.25, 0.22, 0.20))


def _printed(rules: np.ndarray, amounts: Mapping[str, float], random: np.random.Generator) -> np.ndarray:
    """The colours of paper with these rules: float32 (rows, columns, 3), reflectances in about [0, 1]."""
    paper = np.array((0.93, 0.93, 0.91)) + random.normal(0, 0.012, 3)
    if "coloured" in amounts:
        tint = np.array(_PAPERS[random.integers(len(_PAPERS))])
        paper += min(1, 0.4 + amounts["coloured"]) * (tint - paper)
    if "dark" in amounts:
        paper = np.array(_BOARDS[random.integers(len(_BOARDS))]) * (1 + 0.6 * amounts["dark"])
    # Fibres and unevenness of paper, much less than what rules and ink make.
    texture = 1 + 0.012 * waves(rules.shape, 3, random) + 0.006 * waves(rules.shape, 200, random)
    cover = rules * (0.45 + 0.5 * max(amounts.get("ruled", 0.0), amounts.get("squared", 0.0)))
    return _covered(texture[..., None] * np.float32(paper), cover, _RULES[random.integers(len(_RULES))])


def _written(
    colours: np.ndarray,
    ink: np.ndarray,
    height: float,
    amounts: Mapping[str, float],
    random: np.random.Generator,
) -> np.ndarray:
    """The paper's colours with ink on it, in digits `height` px high."""
    pen = _PENS[str(random.choice(list(_PENS) if "coloured" in amounts else ["blue", "black"]))]
    # No pen gives its ink evenly.
    cover = ink * (1 - 0.12 * np.abs(waves(ink.shape, height / 3, random)))
    if "pencil" in amounts:
        pen = (0.30, 0.30, 0.32)
        cover *= np.clip(0.75 + 0.35 * waves(ink.shape, 1.2, random), 0.2, 1) * (
            0.75 - 0.45 * amounts["pencil"]
        )
    if "dark" in amounts:
        pen = (0.88, 0.88, 0.84)
        cover *= np.clip(0.95 + 0.2 * waves(ink.shape, 1.5, random), 0.3, 1)
    return _covered(colours, cover, pen)


def _covered(colours: np.ndarray, cover: np.ndarray, colour: Sequence[float]) -> np.ndarray:
    """Colours (rows, columns, 3) under so much, in [0, 1] (rows, columns), of another colour."""
    return colours + cover[..., None] * (np.float32(colour) - colours)


def _rules(sheet: _Sheet, amounts: Mapping[str, float], random: np.random.Generator) -> np.ndarray:
    """Lines or squares printed on the sheet: float32 (rows, columns) in [0, 1]."""
    rules = np.zeros(sheet.ink.shape, np.float32)
    if "ruled" in amounts:
        # One writes on the line, about.
        _rule(rules, sheet.baseline + random.normal(0, 0.04) * sheet.height, sheet.pitch, sheet.height)
        if random.random() < 0.4:
            _rule(rules.T, sheet.box[0] - random.uniform(0.6, 2) * sheet.height, 1e6, sheet.height)
    if "squared" in amounts:
        side = random.uniform(0.6, 1.2) * sheet.height
        for grid in (rules, rules.T):
            _rule(grid, random.uniform(0, side), side, sheet.height)
    return rules


def _rule(rules: np.ndarray, first: float, pitch: float, height: float) -> None:
    """Draw a line on every row `first` + k × `pitch`, as thick as printed rules are beside digits."""
    rows = np.arange(len(rules))
    distance = np.abs((rows - first + pitch / 2) % pitch - pitch / 2)
    half = max(0.6, 0.012 * height)
    line = np.clip(half + 0.5 - distance, 0, 1).astype(np.float32)
    np.maximum(rules, line[:, None], out=rules)


def waves(shape: tuple[int, ...], size: float, random: np.random.Generator) -> np.ndarray:
    """Smooth noise of unit deviation, its hills about `size` pixels across: float32 (rows, columns)."""
    rows, columns = (max(2, int(side / size) + 2) for side in shape[:2])
    knots = random.standard_normal((rows, columns), np.float32)
    return cv2.resize(knots, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)


def _framed(
    sheet: _Sheet,
    rules: np.ndarray,
    least: tuple[int, int],
    amounts: Mapping[str, float],
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """The ink and the rules that the camera sees, from where and how it is held: both (rows, columns)."""
    view = _view(sheet, amounts, random)
    left, top, right, bottom = sheet.box
    corners = np.float32([[left, top], [right, top], [right, bottom], [left, bottom]])
    seen = cv2.perspectiveTransform(corners[None], view)[0]
    (left, top), (right, bottom) = seen.min(axis=0), seen.max(axis=0)
    around = random.uniform(0.5, 2.0, 4) * sheet.height
    width = max(least[0], right - left + around[0] + around[1])
    height = max(least[1], 0.4 * width, bottom - top + around[2] + around[3])
    # What is written stands anywhere in the picture, with at least a margin.
    across = random.uniform(0.4 * sheet.height, width - (right - left) - 0.4 * sheet.height) - left
    down = random.uniform(0.4 * sheet.height, height - (bottom - top) - 0.4 * sheet.height) - top
    move = np.array([[1, 0, across], [0, 1, down], [0, 0, 1]])
    frame = round(width), round(height)
    return (
        cv2.warpPerspective(sheet.ink, move @ view, frame),
        cv2.warpPerspective(rules, move @ view, frame, borderMode=cv2.BORDER_REFLECT),
    )


def _view(sheet: _Sheet, amounts: Mapping[str, float], random: np.random.Generator) -> np.ndarray:
    """Homography (3, 3) of a camera above the middle of what is written, tilted and turned."""
    left, top, right, bottom = sheet.box
    middle = np.array([[1, 0, -(left + right) / 2], [0, 1, -(top + bottom) / 2], [0, 0, 1]])
    # Nobody holds a phone quite straight.
    degrees = random.normal(0, 0.7) + amounts.get("rotation", 0.0) * 24 * random.uniform(-0.5, 0.5)
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    tilt = np.eye(3)
    # At strength 1 the far end of what is written is up to a half smaller than the near end; where little
    # is written, that of what is seen around it.
    seen = max(right - left, 800)
    tilt[2, :2] = amounts.get("perspective", 0.0) * random.uniform(-0.6, 0.6, 2) / seen
    return tilt @ turn @ middle


def _lit(colours: np.ndarray, shadow: float | None, random: np.random.Generator) -> np.ndarray:
    """Light from a window or a lamp, never even; and the shadow of a hand, a phone or a head."""
    rows, columns = colours.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32) / max(rows, columns)
    angle = random.uniform(0, 2 * np.pi)
    light = 0.88 + random.uniform(0, 0.12) * (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.3))
    if shadow is not None:
        light = light * (1 - (0.25 + 0.5 * shadow) * _shadow(x, y, random))
    warmth = np.float32([1, 1, 1]) + random.normal(0, 0.03) * np.float32([1, 0.1, -1])
    return colours * light[..., None].astype(np.float32) * warmth


def _shadow(x: np.ndarray, y: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Where the shadow lies: float32 like x and y in [0, 1], its edge bent, sharp or soft."""
    angle = random.uniform(0, 2 * np.pi)
    across = np.cos(angle) * x + np.sin(angle) * y
    along = np.cos(angle) * y - np.sin(angle) * x
    bend = random.uniform(0, 0.06) * np.sin(random.uniform(2, 7) * along + random.uniform(0, 6))
    edge = np.quantile(across[::8, ::8], random.uniform(0.3, 0.7))
    soft = random.uniform(0.003, 0.01) if random.random() < 0.5 else random.uniform(0.05, 0.2)
    return 1 / (1 + np.exp(np.clip((across + bend - edge) / (soft / 2), -30, 30)))


def _blurred(
    colours: np.ndarray, height: float, blur: float | None, random: np.random.Generator
) -> np.ndarray:
    """Every lens is a little soft; out of focus or shaken where `blur` is given."""
    colours = cv2.GaussianBlur(colours, (0, 0), random.uniform(0.5, 0.8))
    if blur is None:
        return colours
    reach = blur * random.uniform(0.05, 0.13) * height
    if random.random() < 0.5:
        return cv2.filter2D(colours, -1, _disc(reach))
    return cv2.filter2D(colours, -1, _trail(2.5 * reach, random.uniform(0, np.pi)))


def _disc(radius: float) -> np.ndarray:
    """What a lens out of focus makes of a point: an even disc, float32, of sum 1."""
    side = int(np.ceil(radius))
    y, x = np.mgrid[-side : side + 1, -side : side + 1]
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    return disc / disc.sum()


def _trail(length: float, angle: float) -> np.ndarray:
    """What a shaken camera makes of a point: a straight trail, float32, of sum 1."""
    side = int(np.ceil(length / 2))
    y, x = np.mgrid[-side : side + 1, -side : side + 1]
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    trail = np.clip(length / 2 + 0.5 - np.abs(along), 0, 1) * np.clip(1 - np.abs(across), 0, 1)
    return (trail / trail.sum()).astype(np.float32)


def _taken(colours: np.ndarray, noise: float | None, random: np.random.Generator) -> np.ndarray:
    """What the sensor and JPEG leave: uint8 (rows, columns, 3)."""
    amount = 0.006 if noise is None else 0.01 + 0.07 * noise
    quality = 92 if noise is None else round(85 - 60 * noise)
    # Photons are counted: bright places have more noise, dark ones more of it beside the signal.
    sensor_noise = (
        random.standard_normal(colours.shape, np.float32) * amount * np.sqrt(0.1 + colours.clip(0, 1))
    )
    pixels = (np.clip(colours + sensor_noise, 0, 1) * 255).round().astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1])

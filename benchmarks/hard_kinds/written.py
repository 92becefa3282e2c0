"""Hard kinds that lie in the writing: signs, words, sizes, pens. Each function makes one picture."""

from __future__ import annotations

import cv2
import numpy as np

from benchmarks.hard_kinds import marks, papers
from benchmarks.hard_kinds.canvas import Maker, Picture, centred, rgb
from benchmarks.hard_kinds.controls import pen_on_nothing
from benchmarks.pages import Drawing


def brackets(make: Maker) -> Picture:
    """A number or a sum in brackets."""
    one = make.digits(1, 1)
    text = (
        "("
        + make.pick(make.digits(2, 2), make.digits(2, 2), one, f"{one}+{make.digits(1, 1)}", f"-{one}")
        + ")"
    )
    pen = make.uniform(0.08, 0.11)
    return Picture(make.photo(make.write(text, pen, (0.12, 0.28)), make.uniform(50, 75), pen), text)


def date_slash(make: Maker) -> Picture:
    """A date with slashes."""
    random = make.random
    day, month, year = random.integers(1, 29), random.integers(1, 13), random.integers(1990, 2030)
    text = make.pick(
        f"{day:02d}/{month:02d}/{year}",
        f"{month:02d}/{year}",
        f"{day}/{month}/{year % 100:02d}",
        f"{day}/{month}",
    )
    pen = make.uniform(0.07, 0.1)
    return Picture(make.photo(make.write(text, pen, (0.06, 0.18)), make.uniform(50, 70), pen), text)


def sum_plus(make: Maker) -> Picture:
    """A sum of one-digit and two-digit numbers."""
    a, b, c = make.digits(1, 2), make.digits(1, 1), make.digits(1, 1)
    text = make.pick(f"{a}+{b}", f"{a}+{b}", f"{b}-{c}+{a}", f"{b}+{c}x{a}", f"({b}-{c}+{a})")
    pen = make.uniform(0.08, 0.11)
    return Picture(make.photo(make.write(text, pen, (0.15, 0.35)), make.uniform(50, 75), pen), text)


def words(make: Maker) -> Picture:
    """One or two words and no number."""
    count = 1 + (make.random.random() < 0.3)
    text = " ".join(make.pick(*make.palette.words) for _ in range(count))
    pen = make.uniform(0.08, 0.11)
    return Picture(make.photo(make.write(text, pen, (0.12, 0.3)), make.uniform(50, 70), pen), "")


def number_in_words(make: Maker) -> Picture:
    """A number after a word."""
    text = make.digits(2, 3)
    pen = make.uniform(0.08, 0.11)
    line = make.write(f"{make.pick(*make.palette.words)} {text}", pen, (0.12, 0.28))
    return Picture(make.photo(line, make.uniform(45, 65), pen), text)


def small_zeros(make: Maker) -> Picture:
    """Zeros a third as high as the other digits, at half of their height."""
    text = make.digits(3, 7)
    places = make.random.permutation(len(text))[: make.random.integers(1, len(text) // 2 + 1)]
    text = "".join("0" if index in places else digit for index, digit in enumerate(text))
    zero = marks.scaled(make.hand.draw("0", make.random), make.uniform(0.25, 0.35))
    _, top, _, bottom = marks.reach(zero)
    own = {"0": marks.moved(zero, 0, make.uniform(0.48, 0.62) - (top + bottom) / 2)}
    pen = make.uniform(0.08, 0.11)
    return Picture(make.photo(make.write(text, pen, (0.1, 0.22), own), make.uniform(55, 80), pen), text)


def mixed_sizes(make: Maker) -> Picture:
    """Five digits of different sizes on one sheet: two above, one between, two below."""
    text = "".join(map(str, make.random.integers(1, 10, 5)))
    rows, columns = round(make.uniform(460, 560)), round(make.uniform(620, 760))
    large = [make.uniform(100, 160) for _ in range(5)]
    for index in (2, *make.random.permutation([0, 1, 3, 4])[:1]):
        large[index] = make.uniform(28, 42)
    places = ((0.17, 0.24), (0.68, 0.24), (make.uniform(0.4, 0.55), 0.51), (0.17, 0.78), (0.75, 0.78))
    pen, cover = make.uniform(0.07, 0.1), np.zeros((rows, columns), np.float32)
    for digit, height, (x, y) in zip(text, large, places, strict=True):
        drawing = marks.scaled(make.write(digit, pen), height)
        digits = centred(
            drawing, (x + make.uniform(-0.03, 0.03)) * columns, (y + make.uniform(-0.015, 0.015)) * rows
        )
        cover = np.maximum(cover, papers.ink((rows, columns), digits, max(4.0, pen * height)))
    paper, colour = make.colours()
    sheet = papers.plain((rows, columns), 0.95 * paper, make.random, make.palette.light)
    return Picture(rgb(papers.taken(papers.covered(sheet, cover, colour), make.random)), text)


def underlined(make: Maker) -> Picture:
    """A number whose underline touches it."""
    text = make.digits(1, 2)
    if make.random.random() < 0.5:  # long stems that end on the line
        text = make.pick("7", "17", "71", "27", "47", "14", "41", "77")
    pen, small = make.uniform(0.07, 0.11), make.random.random() < 0.5
    digits = make.write(text, pen, (0.08, 0.25))
    left, _, right, bottom = marks.reach(digits)
    over, row, tilt = make.uniform(0.15, 0.35), bottom - make.uniform(0.0, 0.05), make.uniform(-0.03, 0.03)
    rule = marks.line((left - over, row + tilt), (right + over, row - tilt))
    height = make.uniform(20, 28) if small else make.uniform(50, 64)
    return Picture(
        make.photo(
            [*digits, marks.unsteady(rule, make.random)], height, pen, (0.25, 0.8), noise=(0.002, 0.006)
        ),
        text,
    )


def circled(make: Maker) -> Picture:
    """A number in a circle drawn with the same pen."""
    text = make.digits(1, 1) if make.random.random() < 0.8 else make.digits(2, 2)
    pen, width = make.uniform(0.07, 0.11), make.uniform(1.8, 2.6)
    digits = make.write(text, pen, (0.08, 0.2))
    left, top, right, bottom = marks.reach(digits)
    width = max(width, 1.55 * float(np.hypot(right - left, bottom - top)))
    ring = marks.ellipse(width, width * make.uniform(0.88, 1.1), make.random)
    middle = (left + right) / 2 + make.uniform(-0.1, 0.1), (top + bottom) / 2 + make.uniform(-0.1, 0.1)
    strokes = [*digits, ring + np.array(middle)]
    return Picture(make.photo(strokes, make.uniform(40, 60), pen, (0.04, 0.3)), text)


def struck_out(make: Maker) -> Picture:
    """A number struck out, and another one beside it that counts."""
    count = int(make.random.integers(1, 4))
    wrong, text = make.digits(count, count), make.digits(count, count)
    pen = make.uniform(0.08, 0.11)
    first = make.write(wrong, pen, (0.08, 0.2))
    left, top, right, bottom = marks.reach(first)
    row, tilt, over = (
        (top + bottom) / 2 + make.uniform(-0.1, 0.1),
        make.uniform(-0.06, 0.06),
        make.uniform(0.08, 0.25),
    )
    strike = marks.unsteady(marks.line((left - over, row + tilt), (right + over, row - tilt)), make.random)
    second = marks.moved(make.write(text, pen, (0.08, 0.2)), right + over + make.uniform(0.9, 1.5), 0)
    return Picture(make.photo([*first, strike, *second], make.uniform(45, 65), pen), text)


def thick_brush_small(make: Maker) -> Picture:
    """A thick brush on a canvas of 28 × 28 pixels."""
    text = make.digits(1, 1) if make.random.random() < 0.75 else make.digits(2, 2)
    pen = make.uniform(5.0, 6.2) if len(text) == 1 else make.uniform(2.8, 3.6)
    drawing = make.write(text, 0.22, (0.1, 0.2))
    left, top, right, bottom = marks.reach(drawing)
    # As people do who fill the canvas: a digit is up to twice as wide as it was drawn.
    down = (make.uniform(25, 27) - pen) / (bottom - top)
    width = make.uniform(18, 23) if len(text) == 1 else 26.5
    across = min((width - pen) / max(right - left, 1e-9), 2 * down)
    strokes = [stroke * (across, down) for stroke in drawing]
    cover = papers.ink((28, 28), centred(strokes, 14, 14), pen)
    grey = np.round(255 * (1 - cv2.GaussianBlur(cover, (0, 0), make.uniform(0.5, 0.8)))).astype(np.uint8)
    return Picture(rgb(np.repeat(grey[..., None], 3, axis=2)), text)


def brush_translucent(make: Maker) -> Picture:
    """A soft translucent brush, an eighth of the canvas wide: ink over half of the picture."""
    text = str(make.random.integers(10))
    rows, columns = round(make.uniform(480, 580)), round(make.uniform(340, 420))
    pen = make.uniform(76, 98)
    drawing = make.write(text, 0.2)
    left, top, right, bottom = marks.reach(drawing)
    down = (rows - 1.5 * pen) / (bottom - top)
    across = min((columns - 1.5 * pen) / max(right - left, 1e-9), 1.5 * down)
    strokes = centred([stroke * (across, down) for stroke in drawing], columns / 2, rows / 2)
    light = np.ones((rows, columns), np.float32)
    for part in _dabs(strokes, pen):
        soft = cv2.GaussianBlur(papers.ink((rows, columns), [part], 0.86 * pen), (0, 0), pen / 12)
        light *= 1 - make.uniform(0.72, 0.9) * soft
    grey = np.round(255 * light).astype(np.uint8)
    return Picture(rgb(np.repeat(grey[..., None], 3, axis=2)), text)


def _dabs(strokes: Drawing, pen: float) -> Drawing:
    """Strokes in parts that overlap by half, as a brush lays its paint: each about two pens long."""
    parts = []
    for stroke in strokes:
        length = float(np.hypot(*np.diff(stroke, axis=0).T).sum()) if len(stroke) > 1 else 0.0
        count = max(1, round(length / pen))
        ends = np.linspace(0, len(stroke), count + 1).astype(int)
        parts += [stroke[ends[i] : ends[min(i + 2, count)] + 1] for i in range(max(1, count - 1))]
    return [part for part in parts if len(part)]


def transparent_white_pen(make: Maker) -> Picture:
    """A white pen on transparent ground."""
    return pen_on_nothing(make, 255)


WRITTEN = {
    "brackets": brackets,
    "brush_translucent": brush_translucent,
    "circled": circled,
    "date_slash": date_slash,
    "mixed_sizes": mixed_sizes,
    "number_in_words": number_in_words,
    "small_zeros": small_zeros,
    "struck_out": struck_out,
    "sum_plus": sum_plus,
    "thick_brush_small": thick_brush_small,
    "transparent_white_pen": transparent_white_pen,
    "underlined": underlined,
    "words": words,
}

"""The controls: kinds that are read already and must stay so. Each function makes one picture."""

from __future__ import annotations

import numpy as np
from PIL import Image

from benchmarks import pages
from benchmarks.hard_kinds import marks, papers
from benchmarks.hard_kinds.canvas import Maker, Picture, centred, fitted, framed, rgb


def sixteen_bit(make: Maker) -> Picture:
    """Sixteen bits a pixel, of which the darkest quarter is used."""
    text, pen = make.digits(1, 4), make.uniform(0.1, 0.13)
    grey = np.asarray(make.photo(make.write(text, pen), make.uniform(50, 75), pen, jpeg=0.0).convert("L"))
    pixels = grey.astype(np.float32) * make.uniform(60, 120) + make.random.normal(0, 20, grey.shape)
    return Picture(Image.fromarray(pixels.clip(0, 65535).astype(np.uint16)), text)


def based_one_open_four(make: Maker) -> Picture:
    """A 1 over a base line, a 4 open at the top, a 0 with a slash."""
    text = make.pick("1", "4", "0", "104", "041", "14", "40", "410", "101", "44")
    own = {
        "1": marks.based_one(make.random),
        "4": marks.open_four(make.random),
        "0": marks.slashed_zero(make.random),
    }
    pen = make.uniform(0.09, 0.13)
    return Picture(make.photo(make.write(text, pen, own=own), make.uniform(50, 80), pen), text)


def chalk(make: Maker) -> Picture:
    """Chalk on a rough board."""
    text, pen, height = make.digits(2, 4), make.uniform(0.09, 0.13), make.uniform(60, 90)
    strokes, shape = make.laid_out(make.write(text, pen), height, (0.4, 0.8))
    board = papers.plain(
        shape, papers.choose(make.palette.boards, make.random), make.random, make.palette.light
    )
    board = papers.noisy(board, 0.025, 1.5, make.random)
    grain = np.clip(0.85 + 0.15 * pages.waves(shape, 1.4, make.random), 0.4, 1)
    cover = papers.ink(shape, strokes, pen * height) * grain
    seen = papers.covered(board, cover, papers.choose(make.palette.chalks, make.random))
    return Picture(rgb(papers.taken(seen, make.random, noise=(0.005, 0.012))), text)


def corner(make: Maker) -> Picture:
    """A digit in a corner of a white canvas, at its very edge."""
    text, side = make.digits(1, 1), int(make.uniform(220, 330))
    drawing = fitted(make.write(text, 0.1), make.uniform(0.2, 0.3) * side, 0.3 * side)
    left, top, right, bottom = marks.reach(drawing)
    pen = make.uniform(9, 13)
    near = pen / 2 + 0.5
    column = make.pick("left", "right") == "left"
    row = make.pick("top", "bottom") == "top"
    strokes = marks.moved(
        drawing, near - left if column else side - near - right, near - top if row else side - near - bottom
    )
    cover = papers.ink((side, side), strokes, pen)
    return Picture(_black_on_white(cover), text)


def crossed_seven(make: Maker) -> Picture:
    """A 7 with a bar."""
    text = make.pick("7", "17", "772", "307", "27", "73", "471", "907", "78")
    pen = make.uniform(0.09, 0.13)
    own = {"7": marks.crossed_seven(make.random)}
    return Picture(make.photo(make.write(text, pen, own=own), make.uniform(50, 80), pen), text)


def cut_off(make: Maker) -> Picture:
    """A digit whose left end the picture's edge cuts off, as far as a person still reads it."""
    text, pen, height = (
        make.pick("2", "5", "8", "3", "6", "9"),
        make.uniform(0.1, 0.13),
        make.uniform(80, 110),
    )
    drawing = marks.scaled(make.write(text, pen), height)
    left, _, right, _ = marks.reach(drawing)
    around = make.random.uniform(0.45, 0.7, 4) * height
    around[0] = -make.uniform(0.04, 0.12) * (right - left)
    strokes, shape = framed(drawing, around)
    paper, colour = make.colours()
    sheet = papers.plain(shape, paper, make.random, make.palette.light)
    seen = papers.covered(sheet, papers.ink(shape, strokes, pen * height), colour)
    return Picture(rgb(papers.taken(seen, make.random)), text)


def dark_mode(make: Maker) -> Picture:
    """A light pen on a dark screen."""
    text, pen = make.digits(2, 4), make.uniform(0.09, 0.13)
    colours = (
        papers.choose(make.palette.darks, make.random),
        papers.choose(make.palette.chalks, make.random),
    )
    return Picture(make.photo(make.write(text, pen), make.uniform(50, 75), pen, colours=colours), text)


def decimal(make: Maker) -> Picture:
    """A number with a decimal point or comma."""
    text = make.digits(1, 2) + make.pick(".", ".", ",") + "".join(map(str, make.random.integers(0, 10, 2)))
    text = text[: len(text) - int(make.random.integers(2))]
    pen = make.uniform(0.1, 0.13)
    return Picture(make.photo(make.write(text, pen, (0.1, 0.25)), make.uniform(50, 75), pen), text)


def graph_paper(make: Maker) -> Picture:
    """A number on squared paper."""
    text, pen, height = make.digits(2, 4), make.uniform(0.09, 0.12), make.uniform(50, 75)
    strokes, shape = make.laid_out(make.write(text, pen), height, (0.45, 0.9))
    paper, colour = make.colours()
    sheet = papers.plain(shape, paper, make.random, make.palette.light)
    side = make.uniform(0.28, 0.5) * height
    lines = [marks.line((0, y), (shape[1], y)) for y in np.arange(make.uniform(0, side), shape[0], side)]
    lines += [marks.line((x, 0), (x, shape[0])) for x in np.arange(make.uniform(0, side), shape[1], side)]
    rule = papers.choose(make.palette.rules, make.random)
    sheet = papers.covered(sheet, 0.5 * papers.ink(shape, lines, 1.4), rule)
    seen = papers.covered(sheet, 0.93 * papers.ink(shape, strokes, pen * height), colour)
    return Picture(rgb(papers.taken(seen, make.random, blur=(0.6, 1.0))), text)


def minus(make: Maker) -> Picture:
    """A number with a minus before it."""
    text, pen = "-" + make.digits(1, 3), make.uniform(0.1, 0.14)
    return Picture(make.photo(make.write(text, pen, (0.12, 0.25)), make.uniform(50, 75), pen), text)


def moire(make: Maker) -> Picture:
    """A photographed screen: a fine pattern across."""
    text, pen, height = make.digits(2, 4), make.uniform(0.1, 0.14), make.uniform(50, 75)
    strokes, shape = make.laid_out(make.write(text, pen), height, (0.45, 0.9))
    paper, colour = make.colours()
    sheet = papers.plain(shape, paper, make.random, make.palette.light)
    seen = papers.covered(sheet, papers.ink(shape, strokes, pen * height), colour)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    angle, period = make.uniform(0.4, 1.2), make.uniform(2.2, 3.2)
    pattern = np.sin(2 * np.pi * (np.cos(angle) * x + np.sin(angle) * y) / period)
    pixels = papers.taken(seen, make.random, jpeg=0.0) + make.uniform(14, 24) * pattern[..., None]
    return Picture(rgb(pixels.clip(0, 255).astype(np.uint8)), text)


def thin(make: Maker) -> Picture:
    """A pen one pixel wide, and a digit hundreds of pixels high."""
    text, side = make.digits(1, 1), int(make.uniform(600, 900))
    drawing = fitted(make.write(text, 0.0), make.uniform(0.7, 0.85) * side, 0.8 * side)
    cover = papers.ink((side, side), centred(drawing, side / 2, side / 2), make.uniform(1.0, 1.6))
    return Picture(_black_on_white(cover), text)


def transparent(make: Maker) -> Picture:
    """A black pen on transparent ground."""
    return pen_on_nothing(make, 0)


def pen_on_nothing(make: Maker, level: int) -> Picture:
    """A digit of which only the alpha channel tells where it is; red, green and blue are `level` all over."""
    text, side = make.digits(1, 1), int(make.uniform(150, 260))
    drawing = fitted(make.write(text, 0.1), make.uniform(0.55, 0.75) * side, 0.8 * side)
    cover = papers.ink((side, side), centred(drawing, side / 2, side / 2), make.uniform(0.05, 0.08) * side)
    pixels = np.full((side, side, 4), level, np.uint8)
    pixels[..., 3] = np.round(255 * cover)
    return Picture(Image.fromarray(pixels), text)


def two_rows(make: Maker) -> Picture:
    """Three numbers below each other."""
    texts = [make.digits(2, 4) for _ in range(3)]
    pen, pitch = make.uniform(0.08, 0.11), make.uniform(1.5, 1.75)
    strokes = [
        stroke
        for row, text in enumerate(texts)
        for stroke in marks.moved(make.write(text, pen), 0, row * pitch)
    ]
    return Picture(make.photo(strokes, make.uniform(55, 75), pen), " ".join(texts))


def date_dash(make: Maker) -> Picture:
    """A date, a span or a telephone number with dashes."""
    random = make.random
    date = f"{random.integers(1, 29):02d}-{random.integers(1, 13):02d}-{random.integers(1990, 2030)}"
    span = f"{random.integers(1900, 2030)}-{random.integers(1900, 2030)}"
    text = make.pick(date, span, f"{make.digits(3, 3)}-{make.digits(4, 4)}")
    pen = make.uniform(0.07, 0.1)
    return Picture(make.photo(make.write(text, pen, (0.1, 0.25)), make.uniform(50, 70), pen), text)


def _black_on_white(cover: np.ndarray) -> Image.Image:
    grey = np.round(255 * (1 - cover)).astype(np.uint8)
    return rgb(np.repeat(grey[..., None], 3, axis=2))


CONTROLS = {
    "c_16bit": sixteen_bit,
    "c_base1_open4": based_one_open_four,
    "c_chalk": chalk,
    "c_corner": corner,
    "c_crossed7": crossed_seven,
    "c_cut_off": cut_off,
    "c_dark_mode": dark_mode,
    "c_decimal": decimal,
    "c_graph_paper": graph_paper,
    "c_minus": minus,
    "c_moire": moire,
    "c_thin": thin,
    "c_transparent": transparent,
    "c_two_rows": two_rows,
    "date_dash": date_dash,
}

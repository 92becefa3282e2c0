"""Hard kinds with something printed on the paper, or around it. Each function makes one picture."""

from __future__ import annotations

import numpy as np

from benchmarks import pages
from benchmarks.hard_kinds import marks, papers
from benchmarks.hard_kinds.canvas import Maker, Picture, centred, fitted, rgb, turned


def boxes_coloured(make: Maker) -> Picture:
    """A digit in each of a row of thick coloured boxes."""
    text = make.digits(4, 6)
    side, gap, margin = make.uniform(46, 66), make.uniform(12, 24), make.uniform(14, 28)
    shape = round(1.25 * side + 2 * margin), round(len(text) * (side + gap) - gap + 2 * margin)
    pen, frame = make.uniform(0.09, 0.13), make.uniform(4, 6.5)
    boxes, digits = [], []
    for index, digit in enumerate(text):
        left, top = margin + index * (side + gap), margin + make.uniform(-1, 1)
        width, height = 0.8 * side, 1.2 * side
        box = marks.line(
            (left, top), (left + width, top), (left + width, top + height), (left, top + height), (left, top)
        )
        boxes.append(box)
        drawing = fitted(make.write(digit, pen), make.uniform(0.72, 0.86) * height, 0.75 * width)
        middle = left + width / 2 + make.uniform(-2, 2), top + height / 2 + make.uniform(-3, 3)
        digits += centred(drawing, *middle)
    paper, colour = make.colours()
    sheet = papers.plain(shape, paper, make.random, make.palette.light)
    frames = papers.choose(make.palette.prints, make.random)
    sheet = papers.covered(sheet, papers.ink(shape, boxes, frame), frames)
    seen = papers.covered(sheet, papers.ink(shape, digits, pen * side), colour)
    return Picture(rgb(papers.taken(seen, make.random)), text)


def comb_row(make: Maker) -> Picture:
    """A narrow strip of a form, cell by cell."""
    text = "".join(map(str, make.random.integers(0, 10, make.random.integers(5, 15))))
    pitch, height = make.uniform(20, 26), round(make.uniform(26, 31))
    edge = make.uniform(3, 7)
    shape = height, round(len(text) * pitch + 2 * edge)
    top, bottom = make.uniform(2, 4), height - make.uniform(2, 4)
    frame = [marks.line((edge, row), (shape[1] - edge, row)) for row in (top, bottom)]
    columns = [edge + index * pitch for index in range(len(text) + 1)]
    bars = [marks.line((column, top), (column, bottom)) for column in columns]
    digits = []
    for column, digit in zip(columns, text, strict=False):
        drawing = fitted(make.write(digit, 0.2), make.uniform(0.42, 0.52) * height, 0.5 * pitch)
        digits += centred(drawing, column + pitch / 2, (top + bottom) / 2 + make.uniform(-1, 1.5))
    paper = papers.plain(shape, (0.97, 0.97, 0.98), make.random, make.palette.light)
    grey = np.full(3, make.uniform(0.4, 0.55))
    paper = papers.covered(paper, 0.95 * papers.ink(shape, frame, make.uniform(2.2, 3.0)), grey)
    paper = papers.covered(paper, 0.4 * papers.ink(shape, bars, 1.2), grey)
    blue = np.array((0.30, 0.33, 0.62)) + make.random.normal(0, 0.04, 3)
    seen = papers.covered(paper, papers.ink(shape, digits, make.uniform(2.6, 3.3)), blue)
    return Picture(rgb(papers.taken(seen, make.random, blur=(0.5, 0.7), jpeg=0.9)), text)


def table_row(make: Maker) -> Picture:
    """A row cut out of a table, a number in each cell."""
    texts = [make.digits(2, 2) for _ in range(make.random.integers(4, 7))]
    pitch, height = make.uniform(54, 72), round(make.uniform(36, 46))
    edge = make.uniform(1, 5)
    shape = height, round(len(texts) * pitch)
    pen, tilt = make.uniform(2.6, 3.6), make.uniform(-1, 1)
    rules = [
        marks.line((0, edge), (shape[1], edge + tilt)),
        marks.line((0, height - edge), (shape[1], height - 3)),
    ]
    digits = []
    for index, text in enumerate(texts):
        left = index * pitch
        if index:
            lean = make.uniform(-2.5, 2.5)
            rules.append(marks.line((left, edge), (left + lean, height - edge)))
        drawing = fitted(make.write(text, 0.15, (0.06, 0.15)), make.uniform(0.5, 0.58) * height, 0.62 * pitch)
        digits += centred(drawing, left + pitch / 2 + make.uniform(-2, 2), height / 2)
    paper = papers.plain(shape, (0.96, 0.96, 0.96), make.random, make.palette.light)
    dark = np.full(3, make.uniform(0.25, 0.4))
    paper = papers.covered(paper, papers.ink(shape, rules, make.uniform(1.6, 2.4)), dark)
    seen = papers.covered(
        paper, papers.ink(shape, digits, pen), papers.choose(make.palette.pens, make.random)
    )
    return Picture(rgb(papers.taken(seen, make.random, blur=(0.5, 0.8))), " ".join(texts))


def dotted_line(make: Maker) -> Picture:
    """A number written on a dotted line."""
    text, pen, height = make.digits(3, 4), make.uniform(0.11, 0.15), make.uniform(42, 58)
    digits = marks.scaled(make.write(text, pen, (0.06, 0.15)), height)
    left, top, right, _ = marks.reach(digits)
    pitch, radius = make.uniform(0.12, 0.18) * height, make.uniform(0.08, 0.11) * height
    over = make.uniform(0.3, 0.8) * height
    row = (1 + make.uniform(-0.06, 0.04)) * height
    dots = [marks.line((x, row), (x, row)) for x in np.arange(left - over, right + over, pitch)]
    around = (over + 6 - left, make.uniform(0.7, 1.1) * height - top)
    shape = round(row + around[1] + make.uniform(0.5, 1.0) * height), round(right + over + around[0] + 8)
    paper, colour = make.colours()
    sheet = papers.plain(shape, paper, make.random, make.palette.light)
    sheet = papers.covered(sheet, papers.ink(shape, marks.moved(dots, *around), radius), (0.25, 0.25, 0.27))
    seen = papers.covered(sheet, papers.ink(shape, marks.moved(digits, *around), pen * height), colour)
    return Picture(rgb(papers.taken(seen, make.random, blur=(0.9, 1.4))), text)


def faint_in_strong_grid(make: Maker) -> Picture:
    """A faint pen in the cells of a strong grid."""
    text = make.digits(4, 7)
    pitch, height = make.uniform(130, 160), round(make.uniform(130, 165))
    shape = height, round(len(text) * pitch + make.uniform(20, 40))
    top, bottom, tilt = make.uniform(8, 22), height - make.uniform(8, 22), make.uniform(-12, 12)
    frame = [marks.line((0, top), (shape[1], top + tilt)), marks.line((0, bottom), (shape[1], bottom - tilt))]
    bars, digits = [], []
    first, lean = make.uniform(5, 18), make.uniform(-4, 4)
    for index in range(len(text) + 1):
        column = first + index * pitch
        bars.append(marks.line((column, -3), (column + lean, height + 3)))
    for index, digit in enumerate(text):
        drawing = fitted(make.write(digit, 0.08), make.uniform(0.4, 0.52) * height, 0.5 * pitch)
        column = first + (index + 0.5) * pitch + make.uniform(-8, 8)
        digits += centred(drawing, column, (top + bottom) / 2 + make.uniform(-6, 6))
    tint = np.array((0.62, 0.60, 0.63)) + make.random.normal(0, 0.02, 3)
    paper = papers.plain(shape, tint, make.random, make.palette.light)
    faint = tint * (make.uniform(0.78, 0.84), make.uniform(0.78, 0.84), make.uniform(0.92, 1.0))
    seen = papers.covered(paper, papers.ink(shape, digits, make.uniform(3.5, 5)), faint)
    seen = papers.covered(seen, papers.ink(shape, frame + bars, make.uniform(4.5, 7)), (0.08, 0.08, 0.08))
    return Picture(rgb(papers.taken(seen, make.random, blur=(0.7, 1.1), jpeg=0.8)), text)


def bowed_rules(make: Maker) -> Picture:
    """Lines of numbers on a sheet that bows, beside or on a margin line."""
    texts = [make.digits(2, 4) for _ in range(make.random.integers(3, 5))]
    pitch, height = make.uniform(80, 96), make.uniform(50, 64)
    shape = round(pitch * (len(texts) + make.uniform(1.0, 1.6))), round(make.uniform(760, 940))
    bow, slope, low = make.uniform(18, 48), make.uniform(-20, 20), make.uniform(0.2, 0.6)
    across = np.linspace(0, 1, 40)
    bend = slope * across - bow * (across - low) ** 2 + bow * low**2
    first = make.uniform(0.75, 0.95) * pitch
    rules = [
        np.stack([across * shape[1], first + row * pitch + bend], axis=1) for row in range(len(texts) + 1)
    ]
    margin = make.uniform(0.15, 0.3) * shape[1]
    if make.random.random() < 0.5:
        rules.append(marks.line((margin, 0), (margin + make.uniform(-5, 16), shape[0])))
    left = margin + make.uniform(2, 12) if make.random.random() < 0.7 else make.uniform(0.35, 0.6) * shape[1]
    pen, digits = make.uniform(0.08, 0.11), []
    for row, text in enumerate(texts):
        base = first + row * pitch + np.interp(left / shape[1], across, bend) + make.uniform(-1, 2)
        drawing = marks.scaled(make.write(text, pen), height)
        digits += marks.moved(drawing, left + make.uniform(-2, 8), base - height)
    paper, colour = make.colours()
    sheet = papers.plain(shape, 0.82 * paper, make.random, make.palette.light)
    rule = papers.choose(make.palette.rules, make.random) * 0.8
    sheet = papers.covered(sheet, papers.ink(shape, rules, make.uniform(2.4, 3.4)), rule)
    seen = papers.covered(sheet, 0.95 * papers.ink(shape, digits, pen * height), colour)
    return Picture(rgb(papers.taken(seen, make.random)), " ".join(texts))


def scanner_bed(make: Maker) -> Picture:
    """A slip on the black bed of a scanner, beside the edges of other sheets."""
    text = make.digits(1, 3)
    shape = round(make.uniform(170, 220)), round(make.uniform(135, 175))
    begin = make.uniform(0.34, 0.6) * shape[1]
    height = make.uniform(16, 22)
    edges = int(make.random.integers(0, 6))
    seen = np.full((*shape, 3), 0.995, np.float32)
    last = begin + 1 + edges * make.uniform(2, 3)
    lines = [marks.line((x, 0), (x, shape[0])) for x in np.linspace(begin + 1, last, edges, endpoint=False)]
    top, right = make.uniform(3, 8), shape[1] - make.uniform(2, 6)
    frame = [marks.line((last, top), (shape[1], top)), marks.line((right, 0), (right, shape[0]))]
    seen = papers.covered(seen, papers.ink(shape, lines, 1.0), np.full(3, make.uniform(0.55, 0.65)))
    seen = papers.covered(seen, papers.ink(shape, frame, 2.0), np.full(3, make.uniform(0.64, 0.7)))
    room = right - last - 4
    drawing = fitted(make.write(text, 0.08, (0.06, 0.15)), height, 0.8 * room)
    digits = centred(drawing, last + 2 + room / 2 + make.uniform(-3, 3), make.uniform(0.25, 0.6) * shape[0])
    seen = papers.covered(
        seen, papers.ink(shape, digits, make.uniform(1.0, 1.3)), np.full(3, make.uniform(0.52, 0.6))
    )
    seen[:, : round(begin)] = 0.07
    return Picture(rgb(papers.taken(seen, make.random, blur=(0.4, 0.6), noise=(0.006, 0.012))), text)


def sheet_on_dark(make: Maker) -> Picture:
    """A sheet with pale writing on a dark desk, with a fold or shadow across."""
    texts = [make.digits(4, 8) for _ in range(make.random.integers(1, 3))]
    rows, columns = round(make.uniform(400, 460)), round(make.uniform(590, 660))
    height, pitch = make.uniform(38, 58), make.uniform(1.6, 2.0)
    pen = make.uniform(0.07, 0.1)
    left, top = make.uniform(45, 70), make.uniform(40, 60)
    digits = []
    for row, text in enumerate(texts):
        drawing = fitted(make.write(text, pen, (0.15, 0.4)), height, columns - left - 40)
        _, _, _, bottom = marks.reach(drawing)
        digits += marks.moved(drawing, left, top + height - bottom + row * pitch * height)
    sheet = papers.plain((rows, columns), (0.88, 0.88, 0.88), make.random, make.palette.light)
    y = (
        np.arange(rows)[:, None] / rows
        - make.uniform(0.62, 0.75)
        - make.uniform(-0.05, 0.05) * np.arange(columns) / columns
    )
    shade = 1 - make.uniform(0.25, 0.45) * np.exp(-((y / 0.085) ** 2)) * np.linspace(0.5, 1, columns)
    ink = papers.ink((rows, columns), digits, pen * height)
    sheet = papers.covered(sheet, ink, np.full(3, make.uniform(0.42, 0.5))) * shade[..., None]
    size = 720, 960
    degrees, middle = (
        make.uniform(-11, 11),
        (columns / 2 + make.uniform(-40, 40), rows / 2 + make.uniform(-30, 30)),
    )
    cover = turned(np.ones((rows, columns), np.float32), degrees, middle, size)
    seen = turned(sheet.astype(np.float32), degrees, middle, size)
    return Picture(
        rgb(papers.taken(seen + (1 - cover[..., None]) * _desk(make, size), make.random)), " ".join(texts)
    )


def _desk(make: Maker, size: tuple[int, int]) -> np.ndarray:
    """A dark rough desk with the light of a lamp on one side: float32 (rows, columns, 3)."""
    y, x = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
    lamp = make.uniform(0.05, 0.5) * size[1], make.uniform(0.05, 0.35) * size[0]
    far = ((x - lamp[0]) ** 2 + (y - lamp[1]) ** 2) / make.uniform(180, 320) ** 2
    light = 0.13 + make.uniform(0.15, 0.35) * np.exp(-far)
    rough = 1 + 0.27 * pages.waves(size, 3.6, make.random)
    return np.repeat((light * rough)[..., None], 3, axis=2).astype(np.float32)


PRINTED = {
    "bowed_rules": bowed_rules,
    "boxes_coloured": boxes_coloured,
    "comb_row": comb_row,
    "dotted_line": dotted_line,
    "faint_in_strong_grid": faint_in_strong_grid,
    "scanner_bed": scanner_bed,
    "sheet_on_dark": sheet_on_dark,
    "table_row": table_row,
}

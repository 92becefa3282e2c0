"""The colours of a page -> its ink: paper, light, polarity, lines.

The paper's colour is followed across the sheet, whatever the light on it. What differs
from it has a direction in colour space, from the paper to the ink, which serves dark on
light, light on dark and red on green alike: the page is seen along that direction, as a
grey picture with dark ink. There the paper is what is left when everything narrower than
a stroke's surroundings is closed over. What is darker is ink, less the lines printed on
the paper, the rims of the sheet, specks, and ghosts of what was rubbed out.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import cv2
import numpy as np

from lenet.preprocessing import blobs, place_of, stroke_breadth

_LIGHT_SIDE = 400
"""The longer side, in pixels, at which the light on the paper is followed."""

_LEAST_CONTRAST = 15
"""Ink differs from its paper by at least this much of 255."""

_LEAST_GRAIN = 6
"""What differs from the paper by no more than this much of 255 is never ink."""

_CERTAIN = 0.45
"""What has this part of the contrast of full ink goes with the ink it touches, however coarse the grain."""

_DARKEST_PAPER = 48
"""Paper in deeper shadow than this much of 255 is taken as this bright: there is little but noise."""

_WINDOWS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Sides of the window whose majority is paper, as parts of the picture's shorter side."""

_LEAST_WINDOW = 10
"""The least side of that window in pixels of that size: one of a few pixels sees nothing but edges."""

_NARROW, _DENSE = 0.2, 0.8
"""In windows up to the first, strokes that cross may be the majority: in places narrower than that part of
the window, while shadows are wider."""

_AS_INK = 0.7
"""Part of the contrast of full ink from which what seemed paper may be strokes that cross densely."""

_EDGE_SIDE = 800
"""The longer side, in pixels, at which ink is told from where a shadow ends."""

_LEVEL_WINDOW = 0.25
"""Side of the window in which full ink is the same, as a part of the picture's shorter side."""

_LEAST_COVER = 0.85
"""Part of its length on which a line is there: the feet of a row of digits are not a line."""

_FALLS = (0, *np.arange(-14, -2) / 100, *np.arange(3, 15) / 100)
"""Rows a column by which the lines of a page may fall: up to 8°."""

_FALL_GAIN = 1.2
"""So many times as unevenly the ink must lie on the rows where that is made up for."""

_FALL_POINTS, _FALL_STEP = 4000, 4
"""Pixels that tell it, of every so many columns."""

_BROKEN, _MOSTLY, _SEEN = 15, 0.5, 0.3
"""Noise breaks faint lines. Side of a window along them, in pixels; the part of it that is ink on a line; and
the part of it in which a line is found, at least, where it is there."""

_FEWEST_LINES = 3
"""Of so many lines across the page it is told how far apart they stand, and which are missing."""

_EVEN = 0.1
"""Part of the distance of two lines by which they may depart from where they should be."""

_LEAST_SPACING = 10
"""Pixels between two lines, at least."""

_HIDDEN = 0.35
"""Part of the place of a missing line that is ink, at least, if there is one."""

_OFF_PLACE = sorted(itertools.product(range(-6, 7, 2), repeat=2), key=lambda ends: np.abs(ends).sum())
"""How far from its place its two ends may be, in pixels, nearest first."""

_LEAST_ON_PAGE = 0.15
"""Part of such a line that is on the page, at least."""

_LEAST_CORNER = 160
"""Length in pixels from which a line may run from one rim to the next: on scraps of paper, strokes do."""

_LEAST_SIDE = 0.6
"""Part of a frame's extent along which each of its lines runs: strokes that meet it make it larger."""

_LONG = 3
"""Length, in sizes of a typical digit, from which a level line is no stroke."""

_FADED = 0.4
"""Part of a line's contrast below which it has ended."""

_MEDIAN_SIDE = 21
"""The side in pixels to which wider windows are brought."""

_LEAST_EXTENT = 8
"""Pixels: where nothing is as long, there are only specks, for digits of fewer pixels cannot be read."""

_RIM = 0.18
"""Part of the picture's side within which ink that touches the rim is no part of a digit."""


class _Ink(NamedTuple):
    """What a first look tells of the ink.

    Attributes:
        window: side of a window much wider than its strokes, as a part of the picture's
            shorter side.
        direction: from ink to paper in RGB, float32 (3,), absolute values adding to 1.
    """

    window: float
    direction: np.ndarray


def find_ink(colours: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Find the ink of a page.

    Args:
        colours: uint8 (height, width, 3), RGB, of any light and polarity.

    Returns:
        float32 (height, width) in [0, 1], 1 = full ink and exactly 0 = paper; and what was
        done, in short phrases.
    """
    nothing = np.zeros(colours.shape[:2], np.float32)
    small = _shrunk(colours, _LIGHT_SIDE)
    sheet = _sheet(small)
    if sheet is not None:
        colours = _without_desk(colours, small, sheet)
        small = _shrunk(colours, _LIGHT_SIDE)
    notes = ("desk left out",) * (sheet is not None)
    seen = _seen(small)
    if seen is None:
        return nothing, notes
    grey, contrast, grain, light_notes = _contrast(colours, seen)
    notes += light_notes
    mask, line_notes = _mask(contrast, grain)
    if not mask.any() or _are_edges(mask, grey):
        return nothing, notes + line_notes
    return _graded(contrast, mask), notes + line_notes


def _sheet(small: np.ndarray) -> np.ndarray | None:
    """Where a sheet of paper lies on something else, less its edge: uint8 (h, w), 1 = sheet; None: nowhere.

    Args:
        small: the picture, `_shrunk`.
    """
    grey = cv2.medianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), 5)
    _, bright = cv2.threshold(grey, 0, 1, cv2.THRESH_OTSU)
    corners = bright[[0, 0, -1, -1], [0, -1, 0, -1]]
    if corners.min() != corners.max():
        return None
    contours, _ = cv2.findContours(bright ^ corners[0], cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(contours, key=cv2.contourArea, default=None)
    if outline is None or not _is_sheet(outline, grey.size):
        return None
    sheet = cv2.drawContours(np.zeros_like(grey), [outline], 0, 1, cv2.FILLED)
    sheet = cv2.erode(sheet, np.ones((5, 5), np.uint8))  # the edge has a shadow of its own
    return sheet if sheet.any() else None


def _is_sheet(outline: np.ndarray, pixels: int) -> bool:
    """Whether an outline is large and nearly a rectangle; what a lamp lights is an ellipse, 79 % of one."""
    area = cv2.contourArea(outline)
    _, (width, height), _ = cv2.minAreaRect(outline)
    return area > 0.25 * pixels and area > 0.85 * width * height


def _without_desk(colours: np.ndarray, small: np.ndarray, sheet: np.ndarray) -> np.ndarray:
    """The picture with what lies around the sheet, from `_sheet`, in the colour of the sheet."""
    paper = np.median(small[sheet > 0], axis=0)
    inside = cv2.resize(sheet, colours.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return np.where(inside[..., None] > 0, colours, paper.astype(np.uint8))


def _seen(small: np.ndarray) -> _Ink | None:
    """How broad the strokes are, roughly, and in which colour: None where nothing stands out.

    A window of which strokes fill less than half has the paper's colour as its median.
    The narrowest that sees all the ink there is follows the light best: it is the first
    where the ink does not grow with the window.

    Args:
        small: the picture, `_shrunk`.
    """
    shorter = min(small.shape[:2])
    windows = [window for window in _WINDOWS[:-1] if window * shorter >= _LEAST_WINDOW] + [_WINDOWS[-1]]
    *narrower, widest = windows
    most = _differences(small, widest)
    greatest = float(most[1].max())
    if greatest == 0:
        return None
    views = itertools.chain((_differences(small, window) for window in narrower), [most])
    for window, (view, wider) in zip(narrower, itertools.pairwise(views), strict=True):
        difference, strong = view
        if strong.sum() > 0.8 * wider[1].sum() and strong.max() > 0.6 * greatest:
            return _Ink(window, _direction(difference, strong))
    return _Ink(widest, _direction(*most))


def _differences(small: np.ndarray, window: float) -> tuple[np.ndarray, np.ndarray]:
    """Each pixel less the majority around it, int16 (h, w, 3), and how much that is, 0 within the grain."""
    majority = _majority(small, window)
    difference = cv2.subtract(small, majority, dtype=cv2.CV_16S)
    red, green, blue = cv2.split(cv2.absdiff(small, majority))
    distance = cv2.max(cv2.max(red, green), blue)
    grain = 4 * np.median(distance[::2, ::2])
    return difference, np.where(distance > max(grain, _LEAST_CONTRAST), distance, 0)


def _direction(difference: np.ndarray, strong: np.ndarray) -> np.ndarray:
    """Mean direction, ink to paper, of the differences on the side where most of them lie."""
    vectors = difference[strong > 0].astype(np.float32)  # (n, 3)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    along = vectors @ axes[:, -1]
    side = along > 0 if along.sum() > 0 else along < 0
    ink = vectors[side].sum(axis=0)
    return -ink / np.abs(ink).sum()


def _shrunk(image: np.ndarray, side: int) -> np.ndarray:
    factor = side / max(image.shape[:2])
    if factor >= 1:
        return image
    size = [max(1, round(length * factor)) for length in image.shape[1::-1]]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _contrast(colours: np.ndarray, seen: _Ink) -> tuple[np.ndarray, np.ndarray, float, tuple[str, ...]]:
    """How much darker than the paper each pixel is, seen along the ink's direction.

    Returns:
        The picture along that direction, uint8 (h, w); how much darker it is than the paper,
        likewise; the contrast up to which a pixel may be paper; and notes.
    """
    direction = seen.direction
    offset = -255 * direction[direction < 0].sum()  # so that the values lie in 0 to 255
    grey = cv2.transform(colours, np.append(direction, offset)[None].astype(np.float32))
    paper = _paper(grey, seen.window)
    darker = cv2.subtract(paper, grey)
    grain = _grain(darker, cv2.subtract(grey, paper))
    if direction.min() >= 0:  # dark ink takes a part of the light, so it differs by less where there is less
        reference = int(np.median(paper[::8, ::8]))
        darker = cv2.divide(darker, np.maximum(paper, _DARKEST_PAPER), scale=max(reference, _DARKEST_PAPER))
    low, high = np.quantile(paper[::8, ::8], [0.02, 0.98])
    notes = (("light on dark", direction.sum() < -0.2), ("shadow evened out", high - low > 40))
    return grey, darker, grain, tuple(note for note, holds in notes if holds)


def _paper(grey: np.ndarray, window: float) -> np.ndarray:
    """The paper under each pixel, uint8 (h, w): the majority in the window, nearby where it is not ink."""
    small = _shrunk(grey, _LIGHT_SIDE)
    majority = _without_dense_ink(_majority(small, window), small)
    if window <= _NARROW:
        side = _window_side(small, _DENSE * window)
        majority = cv2.morphologyEx(majority, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    filled = np.where(cv2.subtract(majority, small) > _LEAST_GRAIN, majority, small)
    near = cv2.medianBlur(filled, max(_window_side(small, 0.04), 9))  # keeps the edge of a shadow sharp
    if small.size < grey.size:
        # That edge is known to a pixel or two of the small picture; taken as darker, it is no ink.
        near = cv2.erode(near, np.ones((3, 3), np.uint8))
    return cv2.resize(near, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _without_dense_ink(majority: np.ndarray, small: np.ndarray) -> np.ndarray:
    """The majority, uint8 (h, w), as paper also where strokes are the majority.

    Such places are as dark as ink, at least somewhere, and stand away from the rims; shadows do not.
    """
    widest = _majority(small, _WINDOWS[-1])
    ink, depth = cv2.subtract(widest, small), cv2.subtract(widest, majority)
    full = _level(ink[ink > _LEAST_CONTRAST])
    if full is None:
        return majority
    dark = (depth > _LEAST_GRAIN).astype(np.uint8)
    labels, stats = blobs(dark)
    left, top, wide, high = stats[:, :4].T
    inside = (left > 0) & (top > 0) & (left + wide < dark.shape[1]) & (top + high < dark.shape[0])
    as_ink = np.bincount(labels[depth >= _AS_INK * full], minlength=len(stats)) > 0
    dense = _chosen(dark, labels, inside & as_ink) > 0
    return np.where(dense, np.maximum(majority, widest), majority)


def _window_side(image: np.ndarray, part: float) -> int:
    """An odd number of pixels near the part of the image's shorter side."""
    return max(int(part * min(image.shape[:2])) // 2 * 2 + 1, 3)


def _majority(image: np.ndarray, window: float) -> np.ndarray:
    """The median of each channel in the window around each pixel; uint8 of the image's shape."""
    factor = min(1.0, _MEDIAN_SIDE / _window_side(image, window))  # a wide window sees no details anyway
    size = [max(1, round(length * factor)) for length in image.shape[1::-1]]
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    side = _window_side(small, window)
    # Mirrored at the rims: a stroke that leaves the picture there would be repeated until it is the majority.
    half = side // 2
    padded = cv2.copyMakeBorder(small, half, half, half, half, cv2.BORDER_REFLECT)
    median = cv2.medianBlur(padded, side)[half : half + size[1], half : half + size[0]]
    return cv2.resize(median, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _grain(darker: np.ndarray, lighter: np.ndarray) -> float:
    """The contrast up to which a pixel may be paper, told from the side on which there is no ink."""
    paper = lighter[::4, ::4][darker[::4, ::4] == 0]
    spread = 1.48 * float(np.median(paper)) if paper.size else 0.0
    return max(_LEAST_GRAIN, 4 * spread)


def _mask(contrast: np.ndarray, grain: float) -> tuple[np.ndarray, tuple[str, ...]]:
    """Where the ink is, uint8 (h, w): without lines, rims, ghosts, grain and specks."""
    level = _level(contrast[contrast > grain])
    if level is None or level < _LEAST_CONTRAST:
        return np.zeros_like(contrast), ()
    least = min(grain, _CERTAIN * level)
    faint = (contrast > max(least, 0.2 * level)).astype(np.uint8)
    if least < grain:
        faint = _holding(faint, contrast > grain)
    kept, removed = _without_lines(faint, contrast, is_grainy=grain > 0.2 * level)
    kept = _without_rims(kept)
    level = _level(contrast[kept > 0])
    if level is None or (removed and _are_lines(kept, faint & ~kept, contrast)):
        return np.zeros_like(contrast), ("ruled lines removed",) * removed
    core = kept & (contrast > max(least, 0.25 * level))
    place = place_of(core)
    core[place] = _without_ghosts(core[place], contrast[place])
    return core, ("ruled lines removed",) * removed


def _holding(mask: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The pieces of a mask uint8 (h, w) that hold some of the seeds, bool (h, w)."""
    labels, stats = blobs(mask)
    return _chosen(mask, labels, np.bincount(labels[(mask > 0) & seeds], minlength=len(stats)) > 0)


def _level(values: np.ndarray) -> float | None:
    """The contrast of full ink among the pixels (n,) above the grain; None where there are none."""
    if values.size == 0:
        return None
    threshold, _ = cv2.threshold(values[:, None], 0, 255, cv2.THRESH_OTSU)  # Otsu 1979
    strong = values[values > threshold]
    return float(np.quantile(strong if strong.size else values, 0.5))


def _are_lines(kept: np.ndarray, lines: np.ndarray, contrast: np.ndarray) -> bool:
    """Whether what was kept, uint8 (h, w), is only what is left of lines: less, straight, and like them."""
    if np.count_nonzero(kept) > np.count_nonzero(lines):
        return False
    breadth = stroke_breadth(kept)
    broader = breadth / stroke_breadth(lines)
    darker = np.median(contrast[kept > 0]) / np.median(contrast[lines > 0])
    stats = blobs(kept)[1][1:]
    straight = stats[:, 2:4].min(axis=1) < 3 * breadth
    areas = stats[:, cv2.CC_STAT_AREA]
    return bool(0.4 < broader < 1.3 and darker < 1.3 and areas[straight].sum() > 0.8 * areas.sum())


def _are_edges(mask: np.ndarray, grey: np.ndarray) -> bool:
    """Whether all there is, uint8 (h, w), is as dark as the paper along a side of it: there a shadow ends."""
    small, light = _shrunk(255 * mask, _EDGE_SIDE) > 100, _shrunk(grey, _EDGE_SIDE)
    labels, stats = blobs(small.astype(np.uint8))
    near, far = (cv2.dilate(labels.astype(np.float32), np.ones((side, side), np.uint8)) for side in (7, 15))
    ring = (near == 0) & (far > 0)
    around, values = far[ring].astype(int), light[ring].astype(np.float64)
    counts = np.maximum(np.bincount(around, minlength=len(stats)), 1)
    paper = np.bincount(around, values, len(stats)) / counts
    areas = np.bincount(labels[small], minlength=len(stats))
    ink = np.bincount(labels[small], light[small], len(stats)) / np.maximum(areas, 1)
    dark = np.bincount(around[values < (ink + 0.35 * (paper - ink))[around]], minlength=len(stats)) / counts
    return bool(areas[dark > 0.35].sum() > 0.8 * areas.sum())


def _without_rims(mask: np.ndarray) -> np.ndarray:
    """Without what hugs a rim of the picture, as the edge of a sheet or a slice of a form's box does."""
    labels, stats = blobs(mask)
    height, width = mask.shape
    rim = int(_RIM * min(mask.shape))
    left, top, wide, high = stats[:, :4].T
    # A piece in a corner may reach far in from the one rim that it touches, as a stroke does that is cut off.
    large = (wide > 0.85 * width) | (high > 0.85 * height)
    nowhere = np.zeros(len(stats), bool)
    at_rows = (top == 0) | large, nowhere, (top + high == height) | large
    at_columns = (left == 0) | large, nowhere, (left + wide == width) | large
    beside = np.zeros(len(stats))
    for rows, vertically in zip(_thirds(height, rim), at_rows, strict=True):
        for columns, across in zip(_thirds(width, rim), at_columns, strict=True):
            place = np.s_[rows, columns]
            inside = np.bincount(labels[place][mask[place] > 0], minlength=len(stats))
            beside += inside * (vertically | across)
    hugs = beside > 0.9 * np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    return mask if hugs[1:].all() else _chosen(mask, labels, ~hugs)


def _thirds(side: int, rim: int) -> tuple[slice, slice, slice]:
    """A side of the picture as rim, middle, rim."""
    return slice(0, rim), slice(rim, side - rim), slice(side - rim, side)


def _without_ghosts(core: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """Keep what is no speck, not much fainter than the rest, and no rest of a line; uint8 (h, w).

    A stroke that hangs together with something faint, such as the edge of a shadow, stays.
    """
    pieces = _Pieces.of(core, contrast)
    full = _weighted_quantile(pieces.contrasts, pieces.areas, 0.4)
    strong = pieces.contrasts > 0.6 * full
    if not strong[1:].all():
        core = core & ((contrast > 0.7 * full) | _chosen(core, pieces.labels, strong))
        pieces = _Pieces.of(core, contrast)
    typical = _weighted_quantile(pieces.extents, pieces.areas, 0.5)
    if pieces.extents[1:].max(initial=0) < _LEAST_EXTENT:
        return np.zeros_like(core)
    keep = pieces.extents > 0.15 * typical
    keep &= (pieces.extents < 4 * typical) | (pieces.areas > 0.06 * pieces.extents**2)
    return _chosen(core, pieces.labels, keep)


class _Pieces(NamedTuple):
    """Connected components: labels (h, w), and of each label its area, longer side and mean contrast.

    Label 0 is the paper, of area 0.
    """

    labels: np.ndarray
    areas: np.ndarray
    extents: np.ndarray
    contrasts: np.ndarray

    @classmethod
    def of(cls, mask: np.ndarray, contrast: np.ndarray) -> _Pieces:
        labels, stats = blobs(mask)
        inside = mask > 0
        sums = np.bincount(labels[inside], contrast[inside], minlength=len(stats))
        areas = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
        areas[0] = 0
        return cls(labels, areas, stats[:, 2:4].max(axis=1).astype(np.float64), sums / np.maximum(areas, 1))


def _chosen(mask: np.ndarray, labels: np.ndarray, choice: np.ndarray) -> np.ndarray:
    """The part of a mask, uint8 (h, w), whose label is chosen, bool (n,)."""
    ink = mask > 0  # few of the pixels: looking up all of them would take most of the time
    chosen = np.zeros_like(mask)
    chosen[ink] = choice[labels[ink]]
    return chosen


def _weighted_quantile(values: np.ndarray, weights: np.ndarray, part: float) -> float:
    """The value below which that part of the weight lies."""
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weights[order]), part * weights.sum())])


def _graded(contrast: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Ink in [0, 1]: the mask with the soft edges of its strokes, as far as they stand out.

    Full ink is what the strokes nearby have on the average: pens press unevenly, and
    what is out of focus is fainter.
    """
    small = _shrunk(mask * np.uint8(255), _LIGHT_SIDE)
    strokes = _shrunk(cv2.copyTo(contrast, mask), _LIGHT_SIDE)
    side = (_window_side(small, _LEVEL_WINDOW),) * 2
    share = cv2.boxFilter(small, cv2.CV_32F, side) / 255
    near = cv2.boxFilter(strokes, cv2.CV_32F, side) / np.maximum(share, 1e-6)
    near[share <= 1e-6] = 255
    level = cv2.resize(near, contrast.shape[::-1], interpolation=cv2.INTER_LINEAR)
    grown = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    place = place_of(grown)
    edge = grown[place] > 0
    graded = np.zeros(contrast.shape, np.float32)
    graded[place][edge] = np.clip((contrast[place][edge] / level[place][edge] - 0.25) / 0.75, 0, 1)
    return graded


def _without_lines(mask: np.ndarray, contrast: np.ndarray, is_grainy: bool) -> tuple[np.ndarray, bool]:
    """Without printed lines, nearly level or upright; uint8 (h, w), and whether there were any.

    Where it is grainy, faint lines are broken.
    """
    turned = np.ascontiguousarray(mask.T)
    level = _straight_lines(mask, contrast, is_grainy)
    upright = _straight_lines(turned, contrast.T, is_grainy)
    level_beside, upright_beside = _beside_digits(mask, level, upright)
    across = _bands(_across_page(level, mask) + level_beside, mask)
    along = _bands(_across_page(upright, turned) + upright_beside, turned)
    if not (across.any() or along.any()):
        return mask, False
    bands = across | along.T
    crossing = _crossing(mask, across) & ~along.T | (_crossing(turned, along) & ~across.T).T
    # A stroke along a line is told from it only by being darker, if it is.
    line = float(np.median(contrast[(bands & mask) > 0]))
    darker = (contrast > 1.7 * line) & bands
    # What does not reach out of the bands is a rest of a line.
    return _holding(mask & ~bands & 1 | crossing & 1 | darker, bands == 0), True


class _Line(NamedTuple):
    """A thin straight line, nearly level.

    Attributes:
        left, right: its first column and the one after its last.
        start, end: the rows at which it is there.
        breadth: in pixels, on the whole as printed.
        bulk: the same with what hangs on to it.
    """

    left: int
    right: int
    start: float
    end: float
    breadth: float
    bulk: float

    @property
    def length(self) -> int:
        return self.right - self.left

    def ends(self, width: int) -> tuple[float, float]:
        """The rows at which it would begin and end on a page of that width."""
        slope = (self.end - self.start) / self.length
        return self.start - slope * self.left, self.end + slope * (width - self.right)


def _straight_lines(mask: np.ndarray, contrast: np.ndarray, is_grainy: bool) -> list[_Line]:
    """The thin straight lines near the horizontal in a mask uint8 (h, w), printed or not.

    Where most of them fall or rise, columns are shifted until they do not.
    """
    fall = _fall(mask)
    step = 1 if mask.shape[1] < 800 else 2  # along a long line every other pixel tells enough
    mask, contrast = mask[:, ::step], contrast[:, ::step]
    if fall == 0:
        return _level_lines(mask, contrast, is_grainy, step)
    height, width = mask.shape
    added = math.ceil(abs(fall) * step * width)  # rows, so that nothing is shifted out
    above = added if fall > 0 else 0
    matrix = np.array([[1, 0, 0], [-fall * step, 1, above]], np.float32)
    mask, contrast = (
        cv2.warpAffine(np.ascontiguousarray(layer), matrix, (width, height + added), flags=cv2.INTER_NEAREST)
        for layer in (mask, contrast)
    )
    return [
        line._replace(
            start=line.start - above + fall * line.left,
            end=line.end - above + fall * line.right,
        )
        for line in _level_lines(mask, contrast, is_grainy, step)
    ]


def _fall(mask: np.ndarray) -> float:
    """By how many rows a column the lines of a mask, uint8 (h, w), fall; 0 where that is next to nothing."""
    seen = np.ascontiguousarray(mask[:, ::_FALL_STEP])
    found = cv2.findNonZero(seen)  # many times as quick as NumPy's
    if found is None:
        return 0.0
    columns, rows = found.reshape(-1, 2)[:: max(1, len(found) // _FALL_POINTS)].T
    columns = _FALL_STEP * columns
    shifted = (rows - np.outer(_FALLS, columns)).round().astype(int)
    evenness = [float((np.bincount(way - way.min()) ** 2).sum()) for way in shifted]
    best = int(np.argmax(evenness))
    return float(_FALLS[best]) if evenness[best] > _FALL_GAIN * evenness[0] else 0.0


def _level_lines(mask: np.ndarray, contrast: np.ndarray, is_grainy: bool, step: int) -> list[_Line]:
    """As `_straight_lines`, of lines that fall or rise by no more than some 2°, of every `step`th column."""
    seen = np.ascontiguousarray(mask)
    run = min(max(4, int(0.15 * step * mask.shape[1])), 60) // step
    # A line that is not quite level is a stair of level runs with gaps; made broader, they overlap.
    broader = cv2.dilate(seen, np.ones((3, 1), np.uint8))
    broader = cv2.morphologyEx(broader, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
    window = (_BROKEN // step, 1)
    if is_grainy:
        broader = np.where(cv2.blur(255 * broader, window) > 255 * _MOSTLY, np.uint8(1), broader)
    runs = cv2.morphologyEx(broader, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)) & seen
    if not runs.any():
        return []
    joined = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((3, run), np.uint8))
    labels, stats = blobs(joined)
    lines = []
    for index, (left, top, wide, high, area) in enumerate(stats[1:].tolist(), start=1):
        if not _is_thin(step * wide, high, area / wide):
            continue
        place = np.s_[top : top + high, left : left + wide]
        line = runs[place].astype(bool) & (labels[place] == index)
        there = cv2.blur(line.any(axis=0)[None].astype(np.float32), window)[0] > _SEEN
        for part in _parts(there, run):
            lines += _fitted(line[:, part], contrast[place][:, part], left + part.start, top, step)
    return lines


def _is_thin(wide: int, high: int, breadth: float) -> bool:
    return breadth <= wide / 6 and high <= breadth + 0.06 * wide + 2


def _parts(there: np.ndarray, least: int) -> list[slice]:
    """All of a line, bool (n,), if it is there nearly throughout, else its parts, as of a row of boxes."""
    if there.mean() >= _LEAST_COVER:
        return [slice(0, there.size)]
    starts, ends = (np.flatnonzero(np.diff(there, prepend=False, append=False)).reshape(-1, 2).T).tolist()
    return [slice(start, end) for start, end in zip(starts, ends, strict=True) if end - start >= least]


def _fitted(line: np.ndarray, contrast: np.ndarray, left: int, top: int, step: int) -> list[_Line]:
    """The straight line that a candidate, bool (h, w) at (left, top), is throughout; none if it is not."""
    thickness = line.sum(axis=0)
    columns = np.flatnonzero(thickness)
    rows = (np.arange(len(line))[:, None] * line).sum(axis=0)[columns] / thickness[columns]
    slope, start = np.polyfit(columns, rows, 1)
    breadth = float(np.median(thickness[columns]))
    if np.percentile(np.abs(rows - start - slope * columns), 80) > 1 + 0.25 * breadth:
        return []
    # What fades out is a stroke, and where it does it is no part of the line.
    strength = np.where(line, contrast, 0).max(axis=0)
    strong = np.flatnonzero(strength > _FADED * np.median(strength[columns]))
    first, last = int(strong[0]), int(strong[-1]) + 1
    rows_at = (top + start + slope * first, top + start + slope * last)
    return [_Line(step * (left + first), step * (left + last), *rows_at, breadth, float(thickness.mean()))]


def _bands(lines: list[_Line], mask: np.ndarray) -> np.ndarray:
    """Bands over the lines, with their soft edges: uint8 of the mask's shape, 1 = line."""
    band = np.zeros_like(mask)
    for line in lines:
        ends = (line.left - 4, round(line.start)), (line.right + 4, round(line.end))
        cv2.line(band, *ends, 1, int(1.3 * line.breadth) + 4)
    return band


def _across_page(lines: list[_Line], mask: np.ndarray) -> list[_Line]:
    """The lines that cross the page, and on ruled or squared paper those that strokes or shadows hide."""
    crossing = [line for line in lines if _crosses_page(line, mask.shape)]
    return crossing + _hidden(crossing, mask)


def _hidden(lines: list[_Line], mask: np.ndarray) -> list[_Line]:
    """Lines that are missing between others and beside them, where these stand at even distances.

    In perspective the distances grow steadily, which a parabola follows.
    """
    height, width = mask.shape
    ends = np.array(sorted(line.ends(width) for line in lines if line.length >= 0.5 * width))  # (n, 2)
    if len(ends) < _FEWEST_LINES:
        return []
    steps = np.diff(ends.mean(axis=1))
    spacing = float(np.median(steps))
    if spacing < _LEAST_SPACING:
        return []
    numbers = np.concatenate([[0], np.cumsum(np.round(steps / spacing))])
    powers = np.arange(3 if len(ends) > _FEWEST_LINES + 1 else 2)
    factors, *_ = np.linalg.lstsq(numbers[:, None] ** powers, ends, rcond=None)
    if np.abs(numbers[:, None] ** powers @ factors - ends).max() > _EVEN * spacing:
        return []
    reach = int(height / spacing) + 1
    missing = np.setdiff1d(np.arange(-reach, numbers[-1] + reach + 1), numbers)
    broad = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    breadth = float(np.median([line.breadth for line in lines]))
    found = (_nearest_line(broad, *place) for place in missing[:, None] ** powers @ factors)
    return [_Line(0, width, *place, breadth, breadth) for place, cover in found if cover > _HIDDEN]


def _nearest_line(mask: np.ndarray, start: float, end: float) -> tuple[tuple[float, float], float]:
    """The line near a place across a mask, uint8 (h, w), with the most ink, and which part of it is ink."""
    places = [(start + one, end + other) for one, other in _OFF_PLACE]
    covers = [_cover(mask, *place) for place in places]
    best = int(np.argmax(covers))
    return places[best], covers[best]


def _cover(mask: np.ndarray, start: float, end: float) -> float:
    """Which part of a line across a mask, uint8 (h, w), is ink; 0 of one that is hardly on it."""
    columns = np.arange(0, mask.shape[1], 2)
    rows = np.round(np.linspace(start, end, len(columns))).astype(int)
    inside = (rows >= 0) & (rows < len(mask))
    return float(mask[rows[inside], columns[inside]].mean()) if inside.mean() > _LEAST_ON_PAGE else 0.0


def _crosses_page(line: _Line, shape: tuple[int, ...]) -> bool:
    """Whether a line runs along a rim, is a hairline across the page, or cuts a corner off."""
    height, width = shape
    at_left, at_right = line.left <= 2, line.right >= width - 2
    top, bottom = sorted((line.start, line.end))
    near_rim = abs(top + bottom - height) >= 0.5 * height
    from_rim_to_rim = at_left and at_right
    hairline = line.length >= 0.9 * width and line.bulk <= line.length / 40
    at_end = top - line.bulk / 2 <= 1 or bottom + line.bulk / 2 >= height - 2
    cut_corner = (at_left or at_right) and at_end and line.bulk <= line.length / 25
    return (near_rim and from_rim_to_rim) or hairline or (cut_corner and line.length >= _LEAST_CORNER)


def _beside_digits(
    mask: np.ndarray, level: list[_Line], upright: list[_Line]
) -> tuple[list[_Line], list[_Line]]:
    """The lines, level and upright, of frames such as a form's boxes, and those that numbers stand on."""
    level, upright = ([line for line in lines if line.bulk <= line.length / 12] for lines in (level, upright))
    if not level:
        return [], []
    labels, stats = blobs(mask)
    across = _by_piece(level, labels, stats)
    along = _by_piece(upright, labels.T, stats[:, [1, 0, 3, 2]])
    frames = [
        piece
        for piece in across.keys() & along.keys()
        if _enclose(across[piece], stats[piece, 3]) and _enclose(along[piece], stats[piece, 2])
    ]
    extents = stats[:, 2:4].max(axis=1)
    extents[list(across)] = stats[list(across), 3]  # a row that stands on a line is as high as its digits
    size = _weighted_quantile(extents[1:], stats[1:, 4], 0.5)
    level_ones = [
        line
        for piece, lines in across.items()
        for line in lines
        if piece in frames or line.length >= _LONG * size
    ]
    return level_ones, [line for piece in frames for line in along[piece]]


def _by_piece(lines: list[_Line], labels: np.ndarray, stats: np.ndarray) -> dict[int, list[_Line]]:
    """For each piece of ink the lines that run along most of it."""
    found: dict[int, list[_Line]] = {}
    for line in lines:
        reach = int(line.breadth) + 2
        top, left = int(line.start) - reach, line.left
        near = labels[max(top, 0) : top + 2 * reach + 1, left : left + 9]
        piece = int(near.max(initial=0))
        if line.length >= _LEAST_SIDE * stats[piece, 2]:
            found.setdefault(piece, []).append(line)
    return found


def _enclose(lines: list[_Line], extent: int) -> bool:
    """Whether lines lie as far apart as the sides of a frame of that extent."""
    rows = [(line.start + line.end) / 2 for line in lines]
    return max(rows) - min(rows) >= _LEAST_SIDE * extent


def _crossing(mask: np.ndarray, band: np.ndarray) -> np.ndarray:
    """The ink within the bands that belongs to strokes which meet them from outside; uint8 (h, w)."""
    outside = mask & ~band & 1
    # Only what goes on for some pixels is a stroke, not the fringe of the line.
    strokes: np.ndarray = cv2.morphologyEx(outside, cv2.MORPH_OPEN, np.ones((5, 1), np.uint8))
    fringe: np.ndarray = cv2.dilate(band, np.ones((3, 1), np.uint8))
    thickness = 1 + cv2.distanceTransform(np.pad(band, ((1, 1), (0, 0))), cv2.DIST_L1, 3).max()
    grown: np.ndarray = cv2.dilate(strokes & fringe, np.ones((4 * int(thickness) + 1, 1), np.uint8))
    return grown & band & mask

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
from typing import NamedTuple

import cv2
import numpy as np

from lenet.ink.blobs import blobs, chosen, holding, place_of, weighted_quantile
from lenet.ink.notes import Note, NoteCode
from lenet.ink.preprocessing import stroke_width
from lenet.ink.printed_lines import without_lines

_LIGHT_SIDE = 400
"""The longer side, in pixels, at which the light on the paper is followed."""

_LEAST_CONTRAST = 15
"""Ink differs from its paper by at least this much of 255."""

_LEAST_GRAIN = 6
"""What differs from the paper by no more than this much of 255 is never ink."""

_CERTAIN = 0.45
"""What has this part of the contrast of full ink goes with the ink it touches, however coarse the grain."""

_FAINT = 0.2
"""What has this part of the contrast of full ink may be ink or a line."""

_DARKEST_PAPER = 48
"""Paper in deeper shadow than this much of 255 is taken as this bright: there is little but noise."""

_WINDOWS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Sides of the window whose majority is paper, as parts of the picture's shorter side."""

_SETTLED, _STEADY = 1.25, 2.0
"""The next wider window sees less than the first times as much where a window sees all the ink, and less than
the second where a window up to `_NARROW` sees all the ink, but not all of a shadow."""

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


def find_ink(colours: np.ndarray) -> tuple[np.ndarray, tuple[Note, ...]]:
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
    notes = (Note(NoteCode.BACKGROUND_REMOVED),) * (sheet is not None)
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
    where the ink does not grow with the window. Where it grows with every window, there is
    a shadow, and it grows least from the narrow one that is wide enough for the strokes.

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
    least, best = _STEADY, (widest, most)
    for window, (view, wider) in zip(narrower, itertools.pairwise(views), strict=True):
        strong = view[1]
        growth = float(wider[1].sum()) / max(float(strong.sum()), 1.0)
        if growth < _SETTLED and strong.max() > 0.6 * greatest:
            return _Ink(window, _direction(*view))
        if window <= _NARROW and growth < least and strong.max() > 0.4 * greatest:
            least, best = growth, (window, view)
    window, view = best
    return _Ink(window, _direction(*view))


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


def _contrast(colours: np.ndarray, seen: _Ink) -> tuple[np.ndarray, np.ndarray, float, tuple[Note, ...]]:
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
    notes = ((NoteCode.LIGHT_ON_DARK, direction.sum() < -0.2), (NoteCode.SHADOW_EVENED, high - low > 40))
    return grey, darker, grain, tuple(Note(code) for code, holds in notes if holds)


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
    dense = chosen(dark, labels, inside & as_ink) > 0
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


def _mask(contrast: np.ndarray, grain: float) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Where the ink is, uint8 (h, w): without lines, rims, ghosts, grain and specks."""
    level = _level(contrast[contrast > grain])
    if level is None or level < _LEAST_CONTRAST:
        return np.zeros_like(contrast), ()
    least = min(grain, _CERTAIN * level)
    faint = (contrast > max(least, _FAINT * level)).astype(np.uint8)
    if least < grain:
        faint = holding(faint, contrast > grain)
    # Where the grain decides what is ink, it lets some of a faint line through and some not.
    is_grainy = grain > _FAINT * level
    kept, removed = without_lines(faint, contrast, is_grainy)
    kept = _without_rims(kept)
    level = _level(contrast[kept > 0])
    if level is None or (removed and _are_lines(kept, faint & ~kept, contrast)):
        return np.zeros_like(contrast), (Note(NoteCode.LINES_REMOVED),) * removed
    core = kept & (contrast > max(least, 0.25 * level))
    place = place_of(core)
    # What is left of faint lines that the grain breaks may outweigh the strokes.
    core[place] = _without_ghosts(core[place], contrast[place], level if removed and is_grainy else 0.0)
    return core, (Note(NoteCode.LINES_REMOVED),) * removed


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
    breadth = stroke_width(kept)
    broader = breadth / stroke_width(lines)
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
    for rows, vertically in zip(_rim_to_rim(height, rim), at_rows, strict=True):
        for columns, across in zip(_rim_to_rim(width, rim), at_columns, strict=True):
            place, touching = np.s_[rows, columns], vertically | across
            if touching.any():
                inside = np.bincount(labels[place][mask[place] > 0], minlength=len(stats))
                beside += inside * touching
    hugs = beside > 0.9 * np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    return mask if hugs[1:].all() else chosen(mask, labels, ~hugs)


def _rim_to_rim(side: int, rim: int) -> tuple[slice, slice, slice]:
    """A side of the picture, in pixels, as rim, middle and rim."""
    return slice(0, rim), slice(rim, side - rim), slice(side - rim, side)


def _without_ghosts(core: np.ndarray, contrast: np.ndarray, level: float) -> np.ndarray:
    """Keep what is no speck, not much fainter than the rest, and no rest of a line; uint8 (h, w).

    `level` is the contrast that full ink has at least, 0 where the rest alone is to tell. A stroke that
    hangs together with something faint, such as the edge of a shadow, stays.
    """
    pieces = _Pieces.of(core, contrast)
    full = max(weighted_quantile(pieces.contrasts, pieces.areas, 0.4), level)
    strong = pieces.contrasts > 0.6 * full
    if not strong[1:].all():
        core = core & ((contrast > 0.7 * full) | chosen(core, pieces.labels, strong))
        pieces = _Pieces.of(core, contrast)
    typical = weighted_quantile(pieces.extents, pieces.areas, 0.5)
    if pieces.extents[1:].max(initial=0) < _LEAST_EXTENT:
        return np.zeros_like(core)
    keep = pieces.extents > 0.15 * typical
    keep &= (pieces.extents < 4 * typical) | (pieces.areas > 0.06 * pieces.extents**2)
    return chosen(core, pieces.labels, keep)


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

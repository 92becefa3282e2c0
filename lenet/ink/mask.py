"""The mask of the ink: the contrast to the paper, thresholded and cleaned of all that is not handwriting.

Removed are printed lines, what runs along the image's border, specks, the residue of erased strokes, and the
edge of a shadow.

A constant called tuned was tuned on rendered pages and training photos; `benchmarks/ablation.py` measures
what it is worth. Contrasts are in 8-bit grey levels, and fractions of a contrast are of that of full ink.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from lenet.ink import background
from lenet.ink.background import full_contrast, shrunk
from lenet.ink.blobs import blobs, blobs_with_seeds, bounding_window, keep_blobs, weighted_quantile
from lenet.ink.border import without_border
from lenet.ink.combs import without_bars
from lenet.ink.frames import without_frames
from lenet.ink.line_removal import remove_lines
from lenet.ink.marks import without_marks
from lenet.ink.notes import Note, NoteCode
from lenet.ink.preprocessing import stroke_width

_CERTAIN = 0.45
"""Fraction of full contrast from which a pixel connected to certain ink is ink, even within the noise. Tuned:
90.2 % of 1,830 digits from cheques are read with it and 88.9 % without (docs/experiments.md, "Photos")."""

_FAINT = 0.2
"""Fraction of full contrast from which a pixel may be ink or a printed line. Tuned."""

_CORE = 0.25
"""Fraction of full contrast from which a pixel is ink, once lines are removed. Tuned."""

_MIN_EXTENT = 8
"""Minimum longer side, in pixels, of the largest blob: smaller digits cannot be read, so all are specks.
Tuned."""

# Whether the ink is much fainter than the printed lines. Tuned on made faint pens in grids.

_AS_STRONG = 0.35
"""Contrast, as a fraction of full ink's, up to which ink is much fainter than the lines."""

_KNOT = 3.0
"""Longer side up to which a strong blob is the residue of crossing lines, in widths of a line."""

_MIN_BETWEEN_LINES = 2.0
"""Minimum contrast of the fainter ink, relative to the noise."""

_SOFT_EDGE = 4
"""Width of the soft edge of a line, in pixels."""

# Whether all that is left is the residue of removed lines. Tuned on empty ruled pages.

_RESIDUE_MIN_WIDTH = 0.4
"""Minimum stroke width of the residue of lines, relative to the lines."""

_RESIDUE_MAX_WIDTH = 1.3
"""Maximum stroke width of the residue of lines, relative to the lines."""

_RESIDUE_MAX_CONTRAST = 1.3
"""Maximum contrast of the residue of lines, relative to the lines."""

_RESIDUE_STRAIGHT = 3
"""Maximum shorter side of a straight blob, in stroke widths."""

_RESIDUE_NEAR = 5
"""Distance to the removed lines, in stroke widths, up to which a straight blob may be what is left of them.
Tuned on empty ruled pages and on made scanners' beds, where a 11 lies 8 and more away."""

_RESIDUE_SLIM = 1.4
"""Maximum shorter side of a part of another line, in stroke widths. Tuned likewise: most 1s lean or have a
flag."""

_RESIDUE_RISE = 0.06
"""The same in addition, as a fraction of its longer side: lines need not be level. Tuned likewise."""

_RESIDUE_AREA = 0.8
"""Minimum fraction of the mask's area in straight blobs."""

# Whether all that is left is the edge of a shadow. Tuned on empty pages with shadows.

_EDGE_SIDE = 800
"""Longer side, in pixels, of the reduced image on which the surroundings of blobs are compared."""

_EDGE_INNER = 7
"""Side, in pixels of the reduced image, of the square by which a blob grows to where its surroundings
begin."""

_EDGE_OUTER = 15
"""Side of the square by which it grows to where they end."""

_EDGE_COVERED = 100
"""Level, of 255, from which a pixel of the reduced mask is part of a blob."""

_EDGE_DARK = 0.35
"""Brightness up to which a pixel of the surroundings is dark, from 0 = the blob's to 1 = their mean."""

_EDGE_DARK_SHARE = 0.35
"""Fraction of dark pixels in the surroundings from which a blob is the edge of a shadow."""

_EDGE_AREA = 0.8
"""Minimum fraction of the mask's area in such blobs."""

# What is left of a removed line where a stroke nearly touches it. Tuned on made rows of tables.

_PIECE_HEIGHT = 1.6
"""Maximum shorter side of a piece of a line, in widths of the removed lines."""

_PIECE_LENGTH = 8
"""Maximum length of a piece, in widths of the removed lines."""

_PIECE_COVER = 0.8
"""Minimum fraction of a piece's area that fills a gap in a removed line."""

# Specks and the residue of erased strokes. Tuned.

_FULL_QUANTILE = 0.4
"""Quantile of the blobs' mean contrasts, weighted by area, that stands for full contrast."""

_WEAK_BLOB = 0.6
"""Fraction of full contrast up to which the mean contrast of a blob is weak."""

_STRONG_PIXEL = 0.7
"""Fraction of full contrast from which a pixel of a weak blob is kept."""

_MIN_RELATIVE_EXTENT = 0.15
"""Minimum longer side of a blob, relative to the median weighted by area."""


def ink_mask(contrast: np.ndarray, noise: float) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Find the pixels of the ink, without printed lines, border, noise, specks and erased strokes.

    Args:
        contrast: how much darker than the paper each pixel is, uint8 (height, width).
        noise: contrast up to which a pixel may be paper.

    Returns:
        uint8 (height, width), 1 = ink; and a note if lines were removed.
    """
    return _mask(contrast, noise, background.MIN_CONTRAST)


def _mask(contrast: np.ndarray, noise: float, min_contrast: float) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Find the ink as `ink_mask` does; none where full ink has less than a minimum contrast."""
    full = full_contrast(contrast[_above(contrast, noise) > 0])
    if full is None or full < min_contrast:
        return np.zeros_like(contrast), ()
    threshold = min(noise, _CERTAIN * full)
    faint = _above(contrast, max(threshold, _FAINT * full))
    if threshold < noise:  # hysteresis, as in Canny 1986
        faint = blobs_with_seeds(faint, contrast > noise)
    # If the noise sets the threshold, it interrupts faint lines.
    is_noisy = noise > _FAINT * full
    unruled, has_lines = remove_lines(faint, contrast, is_noisy)
    kept = without_frames(unruled)  # after the lines: thin frames go with the bars between their cells
    removed = has_lines or kept is not unruled
    notes = (Note(NoteCode.LINES_REMOVED),) * removed
    if removed:
        lines = faint & ~kept & 1
        kept = without_bars(kept, lines, contrast)
        fainter = _fainter_ink(kept, faint & ~kept & 1, contrast, full)
        if fainter is not None:
            mask, _ = _mask(fainter, noise, _MIN_BETWEEN_LINES * noise)
            if mask.any():
                return mask, notes
    kept = without_border(kept)
    full = full_contrast(contrast[kept > 0])
    if full is None or (removed and _is_line_residue(kept, faint & ~kept, contrast)):
        return np.zeros_like(contrast), notes
    core = kept & _above(contrast, max(threshold, _CORE * full))
    if removed:
        core = _without_pieces(core, lines)
    window = bounding_window(core)
    # The residue of faint, interrupted lines may outweigh the strokes.
    min_full = full if removed and is_noisy else 0.0
    core[window] = _without_specks(core[window], contrast[window], min_full)
    if removed and is_noisy:  # what is left of interrupted lines looks like underlines
        return core, notes
    core, marks = without_marks(core)
    return core, tuple(dict.fromkeys(notes + marks))


def _above(contrast: np.ndarray, least: float) -> np.ndarray:
    """Return where a contrast, uint8 (h, w), exceeds a level, uint8 (h, w), many times as fast as NumPy."""
    return cv2.threshold(contrast, least, 1, cv2.THRESH_BINARY)[1]


def _fainter_ink(kept: np.ndarray, lines: np.ndarray, contrast: np.ndarray, full: float) -> np.ndarray | None:
    """Return the contrast without the printed lines if all other ink is much fainter, else None.

    Args:
        kept: the mask of the ink, uint8 (h, w), 1 = ink.
        lines: the removed lines, uint8 (h, w), 1 = line.
        contrast: uint8 (h, w).
        full: contrast of full ink, with the lines.
    """
    width = stroke_width(lines)
    strong = (contrast > _AS_STRONG * full).astype(np.uint8)
    extents = blobs(kept & strong)[1][1:, 2:4]
    if extents.max(initial=0) > _KNOT * width:
        return None
    side = 2 * int(width / 2 + _SOFT_EDGE) + 1
    near = cv2.dilate(lines | strong, np.ones((side, side), np.uint8))
    return np.where(near > 0, np.uint8(0), contrast)


def _is_line_residue(kept: np.ndarray, lines: np.ndarray, contrast: np.ndarray) -> bool:
    """Return whether the kept mask, uint8 (h, w), resembles the removed lines: smaller, straight, alike.

    What is neither near them nor as slim and level as a line is ink.
    """
    if np.count_nonzero(kept) > np.count_nonzero(lines):
        return False
    width = stroke_width(kept)
    relative_width = width / stroke_width(lines)
    relative_contrast = np.median(contrast[kept > 0]) / np.median(contrast[lines > 0])
    labels, stats = blobs(kept)
    side = 2 * int(_RESIDUE_NEAR * width) + 1
    near = labels[cv2.dilate(lines, np.ones((side, side), np.uint8)) > 0]
    is_near = np.bincount(near, minlength=len(stats))[1:] > 0
    shorter, longer = np.sort(stats[1:, 2:4], axis=1).T
    is_slim = shorter < _RESIDUE_SLIM * width + _RESIDUE_RISE * longer
    straight = (shorter < _RESIDUE_STRAIGHT * width) & (is_near | is_slim)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return bool(
        _RESIDUE_MIN_WIDTH < relative_width < _RESIDUE_MAX_WIDTH
        and relative_contrast < _RESIDUE_MAX_CONTRAST
        and areas[straight].sum() > _RESIDUE_AREA * areas.sum()
    )


def is_shadow_edge(mask: np.ndarray, grey: np.ndarray) -> bool:
    """Return whether a mask holds only the edge of a shadow.

    Such an edge is as dark as its surroundings on one side.

    Args:
        mask: uint8 (height, width), 1 = ink.
        grey: the image, ink dark, uint8 (height, width).
    """
    small, light = shrunk(255 * mask, _EDGE_SIDE) > _EDGE_COVERED, shrunk(grey, _EDGE_SIDE)
    rows, columns = bounding_window(small.view(np.uint8))
    near = tuple(slice(max(0, side.start - _EDGE_OUTER), side.stop + _EDGE_OUTER) for side in (rows, columns))
    small, light = small[near], light[near]
    labels, stats = blobs(small.astype(np.uint8))
    inner, outer = (
        cv2.dilate(labels.astype(np.float32), np.ones((side, side), np.uint8))
        for side in (_EDGE_INNER, _EDGE_OUTER)
    )
    ring = (inner == 0) & (outer > 0)
    around, values = outer[ring].astype(int), light[ring].astype(np.float64)
    counts = np.maximum(np.bincount(around, minlength=len(stats)), 1)
    paper = np.bincount(around, values, len(stats)) / counts
    areas = np.bincount(labels[small], minlength=len(stats))
    ink = np.bincount(labels[small], light[small], len(stats)) / np.maximum(areas, 1)
    is_dark = values < (ink + _EDGE_DARK * (paper - ink))[around]
    dark = np.bincount(around[is_dark], minlength=len(stats)) / counts
    return bool(areas[dark > _EDGE_DARK_SHARE].sum() > _EDGE_AREA * areas.sum())


def _without_pieces(core: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """Remove blobs that fill gaps in removed lines; both uint8 (h, w), 1 = ink or line."""
    labels, stats = blobs(core)
    width = stroke_width(lines)
    flat = stats[:, 2:4].min(axis=1) <= _PIECE_HEIGHT * width
    flat &= stats[:, 2:4].max(axis=1) <= _PIECE_LENGTH * width
    flat[0] = False
    if not flat.any():
        return core
    run = int(_PIECE_LENGTH * width) + 2
    thick = cv2.dilate(lines, np.ones((3, 3), np.uint8))
    filled = np.zeros(len(stats))
    for shape in ((1, run), (run, 1)):
        gaps = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones(shape, np.uint8)) & core
        filled = np.maximum(filled, np.bincount(labels[gaps > 0], minlength=len(stats)))
    pieces = flat & (filled >= _PIECE_COVER * stats[:, cv2.CC_STAT_AREA])
    return core if pieces[1:].all() else keep_blobs(core, labels, ~pieces)


def _without_specks(core: np.ndarray, contrast: np.ndarray, min_full: float) -> np.ndarray:
    """Remove specks, what is much fainter than the rest, and the residue of lines.

    A stroke that is connected to something faint, such as the edge of a shadow, is kept.

    Args:
        core: the ink, uint8 (h, w), 1 = ink.
        contrast: uint8 (h, w).
        min_full: minimum contrast of full ink; 0 if the mask alone decides.

    Returns:
        uint8 (h, w), 1 = ink.
    """
    found = _Blobs.of(core, contrast)
    full = max(weighted_quantile(found.contrasts, found.areas, _FULL_QUANTILE), min_full)
    strong = found.contrasts > _WEAK_BLOB * full
    if not strong[1:].all():
        core = core & ((contrast > _STRONG_PIXEL * full) | keep_blobs(core, found.labels, strong))
        found = _Blobs.of(core, contrast)
    typical = weighted_quantile(found.extents, found.areas, 0.5)
    if found.extents[1:].max(initial=0) < _MIN_EXTENT:
        return np.zeros_like(core)
    return keep_blobs(core, found.labels, found.extents > _MIN_RELATIVE_EXTENT * typical)


class _Blobs(NamedTuple):
    """The blobs of a mask. Label 0 is the paper, with an area of 0.

    Attributes:
        labels: the label of each pixel, int32 (h, w).
        areas: of each label, in pixels, float64 (1 + blobs,).
        extents: the longer side of each bounding box, in pixels, float64 (1 + blobs,).
        contrasts: the mean contrast of each, float64 (1 + blobs,).
    """

    labels: np.ndarray
    areas: np.ndarray
    extents: np.ndarray
    contrasts: np.ndarray

    @classmethod
    def of(cls, mask: np.ndarray, contrast: np.ndarray) -> _Blobs:
        labels, stats = blobs(mask)
        inside = mask > 0
        sums = np.bincount(labels[inside], contrast[inside], minlength=len(stats))
        areas = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
        areas[0] = 0
        return cls(labels, areas, stats[:, 2:4].max(axis=1).astype(np.float64), sums / np.maximum(areas, 1))

"""The colours of a page -> its ink.

A sheet on a desk is cut out first. `background` estimates the paper and the contrast of each
pixel to it, `mask` finds the pixels of the ink, and here they are graded: full ink is 1.

A constant called tuned was tuned on rendered pages and training photos; `benchmarks/ablation.py` measures
what it is worth.
"""

from __future__ import annotations

import cv2
import numpy as np

from lenet.ink import background
from lenet.ink.background import contrast_to_paper, estimate_ink, shrunk, window_side
from lenet.ink.blobs import bounding_window
from lenet.ink.mask import ink_mask, is_shadow_edge
from lenet.ink.notes import Note, NoteCode

_SHEET_BLUR = 5
"""Side, in pixels of the reduced image, of the median filter before the sheet is segmented; odd. Tuned."""

_SHEET_EDGE = 5
"""Side, in pixels of the reduced image, of the square by which the sheet is eroded: its edge casts a shadow.
Tuned."""

_MIN_SHEET = 0.25
"""Minimum area of the sheet, as a fraction of the image. Tuned."""

_MIN_RECTANGULARITY = 0.85
"""Minimum area of the sheet, as a fraction of its bounding rectangle, which may be rotated. A pool of
lamplight, an ellipse, has π/4 = 0.79. Tuned."""

_GRADING_WINDOW = 0.25
"""Side of the window in which the contrast of full ink is averaged, as a fraction of the image's shorter
side. Tuned."""

_GRADING_FLOOR = 0.25
"""Contrast of no ink, as a fraction of full ink's. Tuned."""


def find_ink(colours: np.ndarray) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Find the ink of a page.

    Args:
        colours: uint8 (height, width, 3), RGB, of any light and polarity.

    Returns:
        float32 (height, width) in [0, 1], 1 = full ink and exactly 0 = paper; and notes on what was
        detected or corrected.
    """
    notes: tuple[Note, ...] = ()
    small = shrunk(colours, background.SMALL_SIDE)
    sheet = _sheet(small)
    if sheet is not None:
        notes += (Note(NoteCode.BACKGROUND_REMOVED),)
        colours = _without_desk(colours, small, sheet)
        small = shrunk(colours, background.SMALL_SIDE)
    nothing = np.zeros(colours.shape[:2], np.float32)
    estimate = estimate_ink(small)
    if estimate is None:
        return nothing, notes
    seen = contrast_to_paper(colours, estimate)
    mask, mask_notes = ink_mask(seen.contrast, seen.noise)
    notes += seen.notes + mask_notes
    if not mask.any() or is_shadow_edge(mask, seen.grey):
        return nothing, notes
    return _graded(seen.contrast, mask), notes


def _sheet(small: np.ndarray) -> np.ndarray | None:
    """Find a sheet of paper that lies on something else.

    Args:
        small: the image, uint8 (h, w, 3), shrunk to `background.SMALL_SIDE`.

    Returns:
        The sheet without its edge, uint8 (h, w), 1 = sheet; None if there is no such sheet.
    """
    grey = cv2.medianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), _SHEET_BLUR)
    _, bright = cv2.threshold(grey, 0, 1, cv2.THRESH_OTSU)
    corners = bright[[0, 0, -1, -1], [0, -1, 0, -1]]
    if corners.min() != corners.max():
        return None
    contours, _ = cv2.findContours(bright ^ corners[0], cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(contours, key=cv2.contourArea, default=None)
    if outline is None:
        return None
    area = cv2.contourArea(outline)
    _, (width, height), _ = cv2.minAreaRect(outline)
    if area <= _MIN_SHEET * grey.size or area <= _MIN_RECTANGULARITY * width * height:
        return None
    sheet = cv2.drawContours(np.zeros_like(grey), [outline], 0, 1, cv2.FILLED)
    sheet = cv2.erode(sheet, np.ones((_SHEET_EDGE, _SHEET_EDGE), np.uint8))
    return sheet if sheet.any() else None


def _without_desk(colours: np.ndarray, small: np.ndarray, sheet: np.ndarray) -> np.ndarray:
    """Return the image with the median colour of the sheet, see `_sheet`, wherever there is no sheet."""
    paper = np.median(small[sheet > 0], axis=0)
    inside = cv2.resize(sheet, colours.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return np.where(inside[..., None] > 0, colours, paper.astype(np.uint8))


def _graded(contrast: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Grade the ink of a mask and its soft edges by their contrast, both uint8 (h, w).

    Full ink is the mean contrast of the strokes nearby: pens press unevenly, and what is out of focus
    is fainter.

    Returns:
        float32 (h, w) in [0, 1].
    """
    small = shrunk(mask * np.uint8(255), background.SMALL_SIDE)
    strokes = shrunk(cv2.copyTo(contrast, mask), background.SMALL_SIDE)
    window = (window_side(small, _GRADING_WINDOW),) * 2
    share = cv2.boxFilter(small, cv2.CV_32F, window) / 255
    mean = cv2.boxFilter(strokes, cv2.CV_32F, window) / np.maximum(share, 1e-6)
    mean[share <= 1e-6] = 255
    full = cv2.resize(mean, contrast.shape[::-1], interpolation=cv2.INTER_LINEAR)
    dilated = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    place = bounding_window(dilated)
    edge = dilated[place] > 0
    graded = np.zeros(contrast.shape, np.float32)
    relative = contrast[place][edge] / full[place][edge]
    graded[place][edge] = np.clip((relative - _GRADING_FLOOR) / (1 - _GRADING_FLOOR), 0, 1)
    return graded

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
from lenet.ink.colour import without_coloured_print
from lenet.ink.grey_print import without_grey_print
from lenet.ink.mask import ink_mask, is_shadow_edge
from lenet.ink.notes import Note, NoteCode
from lenet.ink.sheet import cropped, find_sheet

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
    small = shrunk(colours, background.SMALL_SIDE)
    sheet = find_sheet(small)
    if sheet is None:
        return _ink_of_sheet(colours, small)
    paper, window = cropped(colours, small, sheet)
    found, notes = _ink_of_sheet(paper, shrunk(paper, background.SMALL_SIDE))
    ink = np.zeros(colours.shape[:2], np.float32)
    ink[window] = found
    return ink, (Note(NoteCode.BACKGROUND_REMOVED), *notes)


def _ink_of_sheet(colours: np.ndarray, small: np.ndarray) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Find the ink on an image of a sheet alone, and the same reduced; returns what `find_ink` does."""
    unprinted = without_coloured_print(colours, small)
    unprinted = without_grey_print(colours, small) if unprinted is colours else unprinted
    if unprinted is not colours:
        colours, small = unprinted, shrunk(unprinted, background.SMALL_SIDE)
    nothing = np.zeros(colours.shape[:2], np.float32)
    estimate = estimate_ink(small)
    if estimate is None:
        return nothing, ()
    seen = contrast_to_paper(colours, estimate)
    mask, mask_notes = ink_mask(seen.contrast, seen.noise)
    notes = seen.notes + mask_notes
    if not mask.any() or is_shadow_edge(mask, seen.grey):
        return nothing, notes
    return _graded(seen.contrast, mask), notes


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

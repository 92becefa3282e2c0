"""Removal of what a pen drew about a number: rings round it, lines under it; and of numbers struck out."""

from __future__ import annotations

import numpy as np

from lenet.ink.blobs import blobs
from lenet.ink.notes import Note, NoteCode
from lenet.ink.rings import without_rings
from lenet.ink.strikes import without_struck
from lenet.ink.underlines import without_underlines


def without_marks(mask: np.ndarray) -> tuple[np.ndarray, tuple[Note, ...]]:
    """Remove what is drawn about numbers, and the numbers that are struck out.

    Args:
        mask: uint8 (height, width), 1 = ink.

    Returns:
        The mask without it, uint8 (height, width), and notes on what was removed.
    """
    found = blobs(mask)
    mask, had_rings = without_rings(mask, found)
    found = blobs(mask) if had_rings else found
    mask, struck = without_struck(mask, found)
    found = blobs(mask) if struck else found
    mask, underlined = without_underlines(mask, found)
    removed = (
        (NoteCode.RING_REMOVED, had_rings),
        (NoteCode.LINES_REMOVED, underlined),
        (NoteCode.STRUCK_OUT, struck),
    )
    return mask, tuple(Note(code) for code, holds in removed if holds)

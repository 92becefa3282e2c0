"""Notes on what was detected or corrected while ink was found and read: codes, for which the UI has texts."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class NoteCode(str, Enum):
    """The kinds of notes."""

    FIRST_FRAME = "first_frame"
    """Only the first of several frames was read."""
    EXIF_ROTATION = "exif_rotation"
    """The image was rotated or mirrored according to its EXIF orientation."""
    BACKGROUND_REMOVED = "background_removed"
    """The desk around the sheet of paper was masked out."""
    LIGHT_ON_DARK = "light_on_dark"
    """The ink is lighter than the paper."""
    SHADOW_EVENED = "shadow_evened"
    """Uneven illumination was corrected."""
    LINES_REMOVED = "lines_removed"
    """Printed lines were removed."""
    RING_REMOVED = "ring_removed"
    """A ring round a number was removed."""
    STRUCK_OUT = "struck_out"
    """A number that is struck out was left out."""
    ROTATED = "rotated"
    """The page was rotated for reading. The value is the angle, clockwise, in degrees: 0 to 359."""


class Note(NamedTuple):
    """One note.

    Attributes:
        code: its kind.
        value: the number that its kind calls for, else None.
    """

    code: NoteCode
    value: int | None = None

"""What was noticed or done while ink was found and read, as codes; the page has the sentences."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class NoteCode(str, Enum):
    """All kinds of notes."""

    FIRST_FRAME = "first_frame"
    """Only the first frame was read; the value is the number of frames."""
    EXIF_ROTATION = "exif_rotation"
    """The picture was rotated or mirrored as its EXIF tag says."""
    BACKGROUND_REMOVED = "background_removed"
    """The desk around the sheet was left out."""
    LIGHT_ON_DARK = "light_on_dark"
    """The ink is lighter than its paper."""
    SHADOW_EVENED = "shadow_evened"
    """The light on the paper was uneven."""
    LINES_REMOVED = "lines_removed"
    """Printed lines were taken away."""
    ROTATED = "rotated"
    """The page was rotated to be read; the value is by how many degrees clockwise: 90, 180 or 270."""


class Note(NamedTuple):
    """One note.

    Attributes:
        code: its kind.
        value: the number that belongs to it, if one does.
    """

    code: NoteCode
    value: int | None = None

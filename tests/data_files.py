"""Files of data sets, for tests of their loaders."""

from __future__ import annotations

from pathlib import Path

TWO_DRAWINGS = """\
.INCLUDE\tnowhere.doc

.LEXICON "0" "1"
.HIERARCHY DIGIT

.SEGMENT DIGIT 0 ? "7"
.COMMENT 7 26  54
.PEN_DOWN
 10  50
 30  50
 15  20
.PEN_UP
.DT 100

.SEGMENT DIGIT 1-2 ? "4"
.COMMENT 4 3  1
.PEN_DOWN
 1  9
 2  3
.PEN_UP
.DT 100
.PEN_DOWN
 4  8
.PEN_UP
.DT 100
"""
"""A text of UNIPEN, as PenDigits has them: a 7 of one stroke and a 4 of two."""


def put(path: Path, content: bytes) -> Path:
    """Write a file, and the folders above it; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def no_network(address: str) -> bytes:
    """Fail as a download does without a network."""
    raise OSError("no route to host")

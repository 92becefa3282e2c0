"""Files that are there whole or not at all, whenever the program or the machine stops."""

from __future__ import annotations

import os
from pathlib import Path


def need_folder(folder: Path) -> None:
    """Make a folder, and those above it, where it is missing.

    Raises:
        OSError: it cannot be made, or something else stands there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(
            f"{folder}: wanted a folder to write to, got: {error.strerror or error}; choose another"
        ) from error


def store(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; what stood at `path` before stays until then.

    Args:
        path: of the file; folders that are missing are made.
        content: all of it.

    Raises:
        OSError: the disk is full, or the folder cannot be written to; says which file and how large.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # in the same folder, so that renaming is atomic
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # or a power cut could leave the new name on an empty file
        part.replace(path)
    except OSError as error:
        raise OSError(
            f"{path}: wanted to write {len(content):,} bytes, got: {error.strerror or error}; "
            "free some space or choose another folder"
        ) from error
    finally:
        if part.exists():
            part.unlink()

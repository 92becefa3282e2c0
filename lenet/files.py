"""Files: written whole or not at all, whenever the program or the machine stops; listed; opened."""

from __future__ import annotations

import os
import stat
import tempfile
import threading
from pathlib import Path


def need_folder(folder: Path) -> None:
    """Make a folder, and those above it, where it is missing, and make sure that it can be written to.

    Raises:
        OSError: it cannot be made or written to, or something else stands there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OSError(
            f"{folder}: wanted a folder to write to, got: {error.strerror or error}; choose another"
        ) from error


def folder_in(variable: str) -> Path | None:
    """The folder that an environment variable names; None where it names none.

    Raises:
        OSError: as for `need_folder`.
    """
    name = os.environ.get(variable)
    if not name:
        return None
    try:
        need_folder(Path(name))
    except OSError as error:
        raise OSError(f"{variable}: {error}") from error
    return Path(name)


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


def mode(path: str | Path) -> int:
    """What stands at a path, for the functions of `stat`; 0 if that is unknown, and opening it tells why."""
    try:
        return Path(path).stat().st_mode
    except (OSError, ValueError):  # a name that no file can have is a ValueError
        return 0


def may_be_endless(path: str | Path) -> bool:
    """Whether a pipe or a device stands at a path: reading it might never end."""
    return stat.S_ISFIFO(mode(path)) or stat.S_ISCHR(mode(path))


def below(folder: Path) -> tuple[list[Path], dict[Path, str]]:
    """Find what is in a folder and in those below it; links to folders are not followed.

    Returns:
        All that is no folder, in no order; and the folders that could not be listed, each with the reason.
    """
    found: list[Path] = []
    unreadable: dict[Path, str] = {}
    folders = [folder]
    while folders:
        parent = folders.pop()
        try:
            with os.scandir(parent) as entries:
                for entry in entries:
                    kind = folders if entry.is_dir(follow_symlinks=False) else found
                    kind.append(parent / entry.name)
        except OSError as error:
            unreadable[parent] = error.strerror or str(error)
    return found, unreadable


PIPE_SECONDS = 10.0
"""Seconds to wait until another program opens a named pipe to write into it; chosen."""


def opener(path: str, flags: int) -> int:
    """Open a file to read, as the `opener` of `open`; a named pipe without a writer is no wait for ever.

    Raises:
        OSError: it cannot be opened; TimeoutError for a pipe that nobody opened to write.
    """
    if not stat.S_ISFIFO(mode(path)):
        return os.open(path, flags)
    opened: list[int | OSError] = []

    def wait() -> None:
        try:
            opened.append(os.open(path, flags))
        except OSError as error:
            opened.append(error)

    waiting = threading.Thread(target=wait, daemon=True)  # a daemon, or the program could not end
    waiting.start()
    waiting.join(PIPE_SECONDS)
    (got,) = opened or [TimeoutError(f"a pipe into which nobody wrote for {PIPE_SECONDS:g} seconds")]
    if isinstance(got, OSError):
        raise got
    return got

"""Files of data sets, for tests of their loaders."""

from __future__ import annotations

from pathlib import Path


def put(path: Path, content: bytes) -> Path:
    """Write a file, and the folders above it; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def no_network(address: str) -> bytes:
    """Fail as a download does without a network."""
    raise OSError("no route to host")

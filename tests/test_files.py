"""Files are there whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from lenet.files import store


def test_missing_folders_are_made(tmp_path: Path) -> None:
    store(tmp_path / "new" / "file", b"content")
    assert (tmp_path / "new" / "file").read_bytes() == b"content"


def test_a_full_disk_is_one_sentence_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "file"
    store(path, b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        OSError, match=r"file: wanted to write 11 bytes, got: No space left on device; free some"
    ):
        store(path, b"new content")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").write_bytes(b"")
    with pytest.raises(OSError, match="wanted to write 7 bytes, got: "):
        store(tmp_path / "folder" / "file", b"content")

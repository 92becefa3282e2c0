"""Files are there whole or not at all; folders can be written to, and all in them is found."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from lenet.files import below, need_folder, store


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


def test_a_folder_that_cannot_be_written_to_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(dir: Path) -> None:  # as for all but the administrator, whom no permission stops
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(dir))

    need_folder(tmp_path / "new" / "folder")
    assert not list((tmp_path / "new" / "folder").iterdir())
    monkeypatch.setattr(tempfile, "TemporaryFile", forbidden)
    with pytest.raises(OSError, match="new: wanted a folder to write to, got: Permission denied; choose"):
        need_folder(tmp_path / "new")


def test_all_below_a_folder_is_found_and_no_link_leads_in_circles(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(b"")
    (tmp_path / "a" / "circle").symlink_to(tmp_path)
    found, unreadable = below(tmp_path)
    assert sorted(found) == [tmp_path / "a" / "b" / "file", tmp_path / "a" / "circle"]
    assert unreadable == {}


def test_a_folder_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    assert below(tmp_path / "none") == ([], {tmp_path / "none": os.strerror(errno.ENOENT)})

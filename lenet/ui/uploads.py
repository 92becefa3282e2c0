"""Uploaded files: how many, how long, and where, which nobody can guess; all go with the server."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import tempfile
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio
from gradio.utils import get_upload_folder
from gradio_client.utils import strip_invalid_filename_characters
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from lenet.ui.lanes import Budget, Client
from lenet.ui.refusals import Refusal
from lenet.ui.sweeping import repeat

_LOGGER = logging.getLogger(__name__)

QUOTA_BYTES = 512_000_000
"""What all uploads together may take on the disk, in bytes; chosen: ten of the largest, a hundred photos."""

_SHARE_BYTES = QUOTA_BYTES // 2
"""What the uploads of one client may take of it."""

_MIN_BYTES = 100_000
"""What a file takes of the quota at least, in bytes, so that their number is bounded: to 5,000."""

_MAX_AGE = 600
"""Seconds that an upload is kept; chosen: it is read right after it has come."""

_SWEEP_EVERY = 15
"""Seconds between two sweeps."""

_DEAD_AFTER = 120
"""Seconds without a sweep after which a folder is that of a server that did not stop in order."""

_PREFIX = "lenet-"
"""With what the names of the servers' folders begin, in Gradio's folder for uploads."""

_MAX_PARTS = 10
"""Files, and fields besides them, that one form may have."""

_CHUNK_BYTES = 2**20
"""Bytes that are copied in one go."""


def is_upload(path: Any) -> bool:
    """Whether a client may have this file read: it is an upload, to this copy of the page or to another."""
    try:
        below = Path(path).resolve().relative_to(Path(get_upload_folder()).resolve())
        is_stored_here = len(below.parts) == 3 and below.parts[0].startswith(_PREFIX)
        return is_stored_here and Path(path).is_file()
    except (TypeError, OSError, ValueError):  # no path, or one outside, or no file can have such a name
        return False


@dataclass(frozen=True)
class _Upload:
    folder: Path
    client: Client
    size: int
    time: float


class Uploads:
    """The uploads of one server, in a folder of its own."""

    def __init__(self) -> None:
        """Make the folder, and delete those of servers that were killed."""
        root = Path(get_upload_folder())
        root.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        self._budget = Budget(QUOTA_BYTES, _SHARE_BYTES)
        self._kept: deque[_Upload] = deque()  # the oldest first
        self._delete_dead()

    async def store(self, request: Request, client: Client, size: int) -> list[str]:
        """Store the files of a form.

        What comes is kept in files without a name until the form is whole, so that nothing remains of one
        that is given up or refused.

        Args:
            request: brings a form with files in its field "files".
            client: sends it.
            size: of the body, or what it may have at most, in bytes; as much of the quota is reserved.

        Returns:
            Where the files lie.

        Raises:
            Refusal: there is no room, or no such form.
            ClientDisconnect: it was given up.
        """
        self._budget.take(client, size)
        try:
            async with request.form(max_files=_MAX_PARTS, max_fields=_MAX_PARTS) as form:
                files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
                if not files:
                    raise Refusal(400, "error.upload.empty")
                return [await self._keep(file, client) for file in files]
        except HTTPException as error:
            raise Refusal(400, "error.request.malformed") from error
        except OSError as error:
            _LOGGER.error("an upload could not be stored: %s", error)
            raise Refusal(503, "error.upload.disk") from error
        finally:
            self._budget.give_back(client, size)

    async def _keep(self, file: UploadFile, client: Client) -> str:
        size = max(file.size or 0, _MIN_BYTES)
        self._budget.take(client, size)
        folder = self.folder / secrets.token_urlsafe(16)
        self._kept.append(_Upload(folder, client, size, time.monotonic()))
        path = folder / _safe_name(file.filename)
        await anyio.to_thread.run_sync(_copy, file, path)
        return str(path)

    async def sweep_forever(self) -> None:
        """Sweep from time to time, whatever happens."""
        await repeat(self.sweep, _SWEEP_EVERY)

    async def sweep(self, max_age: float = _MAX_AGE) -> None:
        """Delete the uploads that are older than `max_age` in seconds."""
        while self._kept and time.monotonic() - self._kept[0].time >= max_age:
            upload = self._kept.popleft()
            self._budget.give_back(upload.client, upload.size)
            await anyio.to_thread.run_sync(partial(shutil.rmtree, upload.folder, ignore_errors=True))
        await anyio.to_thread.run_sync(self._give_sign_of_life)
        await anyio.to_thread.run_sync(self._delete_dead)

    def _give_sign_of_life(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)  # somebody may have emptied Gradio's folder
        os.utime(self.folder)

    def _delete_dead(self) -> None:
        """Delete the folders of servers that were killed."""
        for folder in self.folder.parent.glob(f"{_PREFIX}*"):
            with suppress(OSError):  # another server deletes it too
                if time.time() - folder.stat().st_mtime > _DEAD_AFTER:
                    shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _safe_name(name: str | None) -> str:
    """The file's own name, without folders and without what could not be a name."""
    kept = strip_invalid_filename_characters(Path((name or "").replace("\0", "")).name)
    return kept if kept.strip(". ") else "upload"


def _copy(file: UploadFile, path: Path) -> None:
    path.parent.mkdir(parents=True)
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target, _CHUNK_BYTES)

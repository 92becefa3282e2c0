"""Keeps visitors' corrections: what is acknowledged is on the disk, and many share an fsync."""

from __future__ import annotations

import asyncio
import logging
import os
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import anyio

from lenet.datasets.corrections import Correction, Folder, withdrawal
from lenet.ui.refusals import Refusal

_LOGGER = logging.getLogger(__name__)

MAX_FOLDER_BYTES = 64_000_000
"""Size of a folder, in bytes, at which it takes no more; chosen: 30,000 corrections of 2 KB, which nobody
reviews at a time, and the room that two large uploads may take."""

_MAX_WAITING = 256
"""Changes that may wait for the disk; chosen: a tenth of a second's, where an fsync takes a millisecond."""

Change = Correction | str
"""A correction to keep, or the id of one to withdraw."""


class Keeper:
    """Writes what this process keeps to a file of its own, in a thread.

    Args:
        folder: of all processes, which is there and can be written to.
        max_bytes: of the folder.

    Raises:
        OSError: a file in it cannot be read.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_FOLDER_BYTES) -> None:
        self._folder = Folder(folder)
        self._max_bytes = max_bytes
        self._file: _File | None = None
        self._waiting: list[tuple[Change, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._folder.refresh()
        self._erase()

    async def commit(self, change: Change) -> None:
        """Make a change last; when this returns, it is on the disk.

        To ask again for the same, of this process or another, changes nothing.

        Raises:
            Refusal: it cannot be done.
        """
        if len(self._waiting) >= _MAX_WAITING:
            raise Refusal(503, "error.correction.not_kept")
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((change, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_waiting())
        await done

    async def _write_waiting(self) -> None:
        """Write what waits; what comes meanwhile is written together then."""
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                outcomes = await anyio.to_thread.run_sync(self._write, [change for change, _ in waiting])
                for (_, done), outcome in zip(waiting, outcomes, strict=True):
                    if done.cancelled():  # the client has given up
                        continue
                    if outcome is None:
                        done.set_result(None)
                    else:
                        done.set_exception(outcome)
        finally:
            self._writing = None

    def _write(self, changes: Sequence[Change]) -> list[Exception | None]:
        """Write changes with one fsync; returns for each why it was not done, or None."""
        try:
            self._folder.refresh()
            lines, outcomes = self._lines(changes)
            if lines:
                self._append(b"".join(lines))
                self._folder.refresh()
        except Exception as error:
            _LOGGER.exception("corrections cannot be kept in %s", self._folder.path)
            self._leave_file()
            kind = Refusal(503, "error.correction.not_kept") if isinstance(error, OSError) else error
            return [kind] * len(changes)
        self._erase()
        return outcomes

    def _lines(self, changes: Sequence[Change]) -> tuple[list[bytes], list[Exception | None]]:
        """The lines to write, and for each change why it is refused, or None."""
        lines: list[bytes] = []
        outcomes: list[Exception | None] = []
        written: dict[str, bytes] = {}  # by id the key, of the corrections among the lines
        for change in changes:
            try:
                room = self._max_bytes - self._folder.size - sum(map(len, lines))
                if isinstance(change, str):
                    lines += self._withdrawn(change, written)
                else:
                    lines += self._kept(change, written, room)
                outcomes.append(None)
            except Refusal as refusal:
                outcomes.append(refusal)
        return lines, outcomes

    def _withdrawn(self, id_: str, written: Mapping[str, bytes]) -> list[bytes]:
        if id_ in self._folder.withdrawn:
            return []
        if id_ not in written and not self._folder.places(id_):
            raise Refusal(404, "error.correction.unknown")
        return [withdrawal(id_)]

    def _kept(self, correction: Correction, written: dict[str, bytes], room: int) -> list[bytes]:
        id_, key = correction.id, correction.key
        if id_ in self._folder.withdrawn:
            raise Refusal(409, "error.correction.withdrawn")
        first = next((one for one, of in written.items() if of == key), self._folder.id_with(key))
        if first not in (None, id_):
            raise Refusal(409, "error.correction.duplicate")
        if first is None and (id_ in written or self._folder.places(id_)):
            raise Refusal(400, "error.correction.malformed", what="receipt: wanted a new one, got one in use")
        # What another process wrote may not be on the disk yet: it is written once more.
        if id_ in written or any(
            self._file and place.path == self._file.path for place in self._folder.places(id_)
        ):
            return []
        line = correction.to_line()
        if len(line) > room:
            raise Refusal(503, "error.correction.full")
        written[id_] = key
        return [line]

    def _append(self, content: bytes) -> None:
        if self._file is None:
            self._file = _File(self._folder.path)
        self._file.append(content)

    def _leave_file(self) -> None:
        """Leave a file whose last line may be cut off: nothing must be glued to it."""
        if self._file:
            self._file.close()
            self._file = None

    def _erase(self) -> None:
        try:
            self._folder.erase_withdrawn()
        except OSError as error:  # it is withdrawn all the same; the next change tries again
            _LOGGER.warning("what is withdrawn is not erased in %s: %s", self._folder.path, error)


class _File:
    """A new file of corrections that only this process appends to.

    Args:
        folder: in which it is made.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / f"corrections-{uuid.uuid4().hex}.jsonl"
        self._size = 0
        self._number = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        number = os.open(folder, os.O_RDONLY)
        try:
            with suppress(OSError):  # some file systems cannot do that with a folder, and need not
                os.fsync(number)  # its name, too, must last
        finally:
            os.close(number)

    def append(self, content: bytes) -> None:
        """Append lines; when this returns, they are on the disk.

        Raises:
            OSError: they may be there in part.
        """
        left = memoryview(content)
        while left:
            left = left[os.write(self._number, left) :]
        os.fsync(self._number)
        self._size += len(content)

    def close(self) -> None:
        """Append no more; a file in which nothing lasts is deleted."""
        os.close(self._number)
        if self._size == 0:
            with suppress(OSError):
                self.path.unlink()

"""Visitors' corrections, in the folder in which the page keeps them: read, judged, erased.

Each process of the page writes one file, `corrections-….jsonl`, and appends lines of JSON to it:

    {"id", "session", "time", "image", "strokes", "label", "answer", "weights"}    see `Correction`
    {"withdrawn": id}                                                              its visitor took it back

A file only grows; what is erased is overwritten with spaces where it stands. So the files can be read while
pages write them, and a place in one stays what it is. What follows the last line break is a line that a kill
cut off, or one that is being written: it is left out.

What the owner decided stands in `decisions.json`: {id: "keep" or "drop"}.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import os
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from lenet.datasets.sources import Source, Stroke
from lenet.files import store

SIDE = 28
"""Pixels of a side of a picture, which has MNIST's form."""

VARIABLE = "LENET_CORRECTIONS"
"""The environment variable that names the folder; without it a page takes no corrections."""

DECISIONS = "decisions.json"
"""Name of the file of decisions."""

Decision = Literal["keep", "drop"]


@dataclass(frozen=True)
class Correction:
    """What a visitor gave: a picture, what it shows, and what was read.

    Attributes:
        id: names it; made from the receipt, which alone can withdraw it, by `id_of`.
        session: random name of the browser that sent it, the same for all that it sends.
        time: the hour, as "2026-11-30T09Z".
        image: uint8 (28, 28), 255 = ink, in MNIST's form.
        strokes: of the drawing, each float64 (points, 2), y downward, in thousandths of its longer side; none
            where it was a photo.
        label: a symbol of the alphabet.
        answer: the symbol that was read.
        weights: version of the weights that read it.
    """

    id: str
    session: str
    time: str
    image: np.ndarray
    strokes: list[Stroke]
    label: str
    answer: str
    weights: str

    @property
    def key(self) -> bytes:
        """The same for the same picture with the same label."""
        return hashlib.sha256(self.image.tobytes() + self.label.encode()).digest()

    def to_line(self) -> bytes:
        """The line that stands for it in a file."""
        strokes = [stroke.astype(int).tolist() for stroke in self.strokes]
        image = base64.b64encode(self.image.tobytes()).decode()
        return _line({**vars(self), "image": image, "strokes": strokes})

    @classmethod
    def from_json(cls, entries: dict[str, Any]) -> Correction:
        """Take a correction from its line.

        Raises:
            ValueError: an entry is missing or has another form.
        """
        try:
            strokes = [np.array(stroke, np.float64).reshape(-1, 2) for stroke in entries["strokes"]]
            texts = {name: entries[name] for name in _TEXTS}
            if not all(isinstance(text, str) for text in texts.values()):
                raise ValueError("a text is none")
            return cls(image=picture(entries["image"]), strokes=strokes, **texts)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"correction: wanted what the page writes, got {error!r}; leave it out"
            ) from error


_TEXTS = ("id", "session", "time", "label", "answer", "weights")


def picture(text: str) -> np.ndarray:
    """The picture, uint8 (28, 28), that base64 stands for.

    Raises:
        ValueError: it is no base64 of 784 bytes.
    """
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise ValueError("image: wanted base64, got something else; send that of 784 bytes") from error
    if len(content) != SIDE * SIDE:
        raise ValueError(f"image: wanted {SIDE * SIDE} bytes, got {len(content)}; send 28 rows of 28 pixels")
    return np.frombuffer(content, np.uint8).reshape(SIDE, SIDE)


def id_of(receipt: str) -> str:
    """The id that a receipt stands for; whoever reads the files cannot tell the receipt from it."""
    return hashlib.sha256(receipt.encode()).hexdigest()[:32]


def withdrawal(id_: str) -> bytes:
    """The line by which a correction is withdrawn."""
    return _line({"withdrawn": id_})


def _line(entries: dict[str, Any]) -> bytes:
    return json.dumps(entries, separators=(",", ":")).encode() + b"\n"


class Place(NamedTuple):
    """Where a line stands.

    Attributes:
        path: of its file.
        start: its first byte.
        size: in bytes, with the line break.
    """

    path: Path
    start: int
    size: int

    def erase(self) -> None:
        """Overwrite the line with spaces, on the disk too.

        Raises:
            OSError: the file cannot be written to.
        """
        with self.path.open("r+b") as file:
            file.seek(self.start)
            file.write(b" " * (self.size - 1))
            file.flush()
            os.fsync(file.fileno())


class _Entry(NamedTuple):
    """A correction that is not withdrawn: its key, and where it stands; a retry may have written it twice."""

    key: bytes
    places: list[Place]


class Folder:
    """What stands in a folder of corrections, as far as it was read.

    Args:
        path: of the folder.

    Attributes:
        path: the same.
        withdrawn: the ids of corrections that were withdrawn.
        damaged: number of lines that are none of a page's.
        size: of all files together, in bytes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.withdrawn: set[str] = set()
        self.damaged = 0
        self.size = 0
        self._entries: dict[str, _Entry] = {}
        self._ids: dict[bytes, str] = {}
        self._read: dict[Path, int] = {}
        self._erasable: list[Place] = []

    def refresh(self) -> list[Correction]:
        """Read what was added since the last time.

        Returns:
            The corrections among it, each once, without those that are withdrawn.

        Raises:
            OSError: a file cannot be read.
        """
        added = {}
        for place, line in self._lines():
            try:
                entries = json.loads(line)
                if "withdrawn" in entries:
                    self._withdraw(str(entries["withdrawn"]))
                    continue
                correction = Correction.from_json(entries)
            except (ValueError, TypeError, RecursionError):
                self.damaged += 1
                continue
            if self._add(correction, place):
                added[correction.id] = correction
        return [correction for id_, correction in added.items() if id_ in self._entries]

    def places(self, id_: str) -> list[Place]:
        """Where a correction stands; nowhere if it is unknown or withdrawn."""
        return self._entries[id_].places if id_ in self._entries else []

    def id_with(self, key: bytes) -> str | None:
        """The id of the first correction with this `Correction.key`; None if there is none."""
        return self._ids.get(key)

    def erase_withdrawn(self) -> None:
        """Erase the lines of what is withdrawn.

        Raises:
            OSError: a file cannot be written to.
        """
        while self._erasable:
            self._erasable[-1].erase()
            self._erasable.pop()

    def _add(self, correction: Correction, place: Place) -> bool:
        """Note where a correction stands; returns whether it is new."""
        if correction.id in self.withdrawn:
            self._erasable.append(place)
            return False
        entry = self._entries.setdefault(correction.id, _Entry(correction.key, []))
        entry.places.append(place)
        self._ids.setdefault(entry.key, correction.id)
        return len(entry.places) == 1

    def _withdraw(self, id_: str) -> None:
        self.withdrawn.add(id_)
        if entry := self._entries.pop(id_, None):
            self._erasable += entry.places
            if self._ids[entry.key] == id_:
                del self._ids[entry.key]

    def _lines(self) -> Iterator[tuple[Place, bytes]]:
        """Each new line that is whole and not erased."""
        self.size = 0
        for path in sorted(self.path.glob("corrections-*.jsonl")):
            start, size = self._read.get(path, 0), path.stat().st_size
            self.size += size
            if size <= start:
                continue
            with path.open("rb") as file:
                file.seek(start)
                content = file.read(size - start)
            for line in content[: content.rfind(b"\n") + 1].splitlines(keepends=True):
                if line.strip():
                    yield Place(path, start, len(line)), line
                start += len(line)
            self._read[path] = start


def load(path: Path) -> list[Correction]:
    """Read all corrections of a folder, without withdrawn ones, which are erased.

    Of the same picture with the same label the first is taken.

    Args:
        path: of the folder.

    Raises:
        OSError: there is no such folder, or a file cannot be read.
    """
    if not path.is_dir():
        raise FileNotFoundError(
            f"{path}: wanted the folder in which a page keeps corrections, got none; check the path"
        )
    folder = Folder(path)
    corrections = folder.refresh()
    with contextlib.suppress(OSError):  # the folder may be a copy that is not to be changed
        folder.erase_withdrawn()
    if folder.damaged:
        warnings.warn(f"{path}: {folder.damaged} damaged lines are left out", stacklevel=2)
    first: dict[bytes, Correction] = {}
    for one in corrections:
        first.setdefault(one.key, one)
    return list(first.values())


def decisions(path: Path) -> dict[str, Decision]:
    """What the owner of a folder decided, by id.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is damaged.
    """
    file = path / DECISIONS
    return parse_decisions(file) if file.exists() else {}


def parse_decisions(file: Path) -> dict[str, Decision]:
    """Read a file of decisions: of a folder, or as the page for the review gives it.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is none.
    """
    try:
        entries = json.loads(file.read_bytes())
        if not isinstance(entries, dict) or not {*entries.values()} <= {"keep", "drop"}:
            raise ValueError('no object of "keep" and "drop" by ids')
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(
            f"{file}: wanted a file of decisions, got: {error}; save it anew from the page"
        ) from error
    return entries


def decide(path: Path, new: dict[str, Decision]) -> dict[str, Decision]:
    """Store decisions in a folder; those on other corrections stay.

    Returns:
        All of them.

    Raises:
        OSError: as for `files.store`.
        ValueError: those that are there are damaged.
    """
    merged = decisions(path) | new
    store(path / DECISIONS, json.dumps(merged, indent=0).encode())
    return merged


def kept(path: Path) -> tuple[list[Correction], Source]:
    """The corrections that the owner decided to keep; errors as for `load` and `decisions`."""
    decided = decisions(path)
    chosen = [one for one in load(path) if decided.get(one.id) == "keep"]
    digest = hashlib.sha256(b"".join(sorted(one.key for one in chosen))).hexdigest()
    return chosen, Source(
        "visitors' corrections",
        len(chosen),
        {"pictures and labels": f"sha256:{digest}"},
        "given to the owner",
        "",
    )

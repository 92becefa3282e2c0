"""What is read in benchmarks, with what is written on it: real pictures, drawings, made pages."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from PIL import Image

from benchmarks import pages
from lenet.datasets import cheques, pendigits, unipen
from lenet.datasets.sources import Drawings
from lenet.learning.recipes import DEFAULT
from lenet.learning.training_data import last_of_each
from lenet.network.record import DIGITS

SEED = 1998
NUMBERS = 500
PAGES_EACH = 100  # of a single difficulty
QUICK = 0.06  # part of everything that is read with --quick

Picture = Path | Image.Image | np.ndarray | list[np.ndarray]
"""A file; an image; uint8 (height, width, 3), RGB; or pen strokes."""


class Item(NamedTuple):
    """A picture and what is written on it."""

    picture: Picture
    text: str


class Answer(NamedTuple):
    """What was read, and whether the reader says that it is sure; None where it never says."""

    text: str
    sure: bool | None


class Reads(Protocol):
    """A reader that is measured."""

    name: str

    def read(self, picture: Picture) -> Answer:
        """Read a picture."""


@dataclass(frozen=True)
class ItemSet:
    """Items of one kind; made when they are asked for, so that few are in memory at once.

    Attributes:
        name: what they are.
        items: returns them.
        is_line: whether a picture shows one line and little else.
    """

    name: str
    items: Callable[[], Iterable[Item]]
    is_line: bool = True


def digits_of(text: str) -> str:
    """Return the digits of a text, joined."""
    return "".join(symbol for symbol in text if symbol in DIGITS)


def without_signs(text: str) -> str:
    """Return a text without its signs: digits and white space. Labels of digits only are compared with it."""
    return "".join(symbol for symbol in text if symbol in DIGITS or symbol.isspace())


def mixed(items: Sequence[Any]) -> list[Any]:
    """The items in a random order, always the same one."""
    return [items[index] for index in np.random.default_rng(SEED).permutation(len(items))]


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """The result of a call and its milliseconds."""
    start = time.perf_counter()
    result = call()
    return result, 1000 * (time.perf_counter() - start)


# Pictures -----------------------------------------------------------------------------------------


def picture_sets(root: Path) -> list[ItemSet]:
    """The sets of real pictures; asking for the items of one that is not there raises an OSError."""
    return [
        ItemSet("phone_digits", partial(_by_folder, root / "phone_digits")),
        ItemSet("mouse_digits", partial(_by_folder, root / "mouse_digits")),
        ItemSet("cheque_strings", partial(_unseen_cheques, root / "cheque_strings")),
        ItemSet("number_photos", partial(labelled, root / "number_photos", "")),
    ]


def _by_folder(folder: Path) -> list[Item]:
    """Items of DIGIT/FILE, in an order that has all digits in any part of it."""
    files = sorted(folder.glob("[0-9]/*"))
    if not files:
        raise FileNotFoundError(f"there is no {folder}")
    return mixed([Item(file, file.parent.name) for file in files])


def labelled(folder: Path, inner: str) -> list[Item]:
    """Return the items of labels.csv, with columns file and label, in a random order."""
    with (folder / "labels.csv").open(newline="") as table:
        return mixed([Item(folder / inner / row["file"], row["label"]) for row in csv.DictReader(table)])


def _unseen_cheques(folder: Path) -> list[Item]:
    """The amounts that the network did not learn from."""
    items = labelled(folder, "images")
    return [item for item in items if not cheques.is_for_training(Path(item.picture).name)]


# Drawings -----------------------------------------------------------------------------------------


class Pens(NamedTuple):
    """The drawings that pages are made of: PenDigits' test writers, or its training writers for tuning."""

    drawings: Drawings
    is_test: bool

    @classmethod
    def load(cls, root: Path, is_test: bool) -> Pens:
        """Load them.

        Raises:
            OSError: as for `pendigits.load`.
        """
        return cls(pendigits.load(root, train=not is_test), is_test)

    def numbers(self, count: int, seed: int = SEED, **options: Any) -> list[pages.Number]:
        """Numbers that these writers draw; see `pages.numbers`."""
        drawings = self.drawings
        return pages.numbers(drawings.strokes, drawings.labels, drawings.writers, count, seed=seed, **options)


def drawn_sets(root: Path, pens: Pens, part: float) -> list[ItemSet]:
    """Drawings as plain pictures, and on the pad."""
    numbers = pens.numbers(round(NUMBERS * part))
    return [
        ItemSet("PenDigits digits, pictures", lambda: map(_digit_item, *shuffled(pens.drawings))),
        ItemSet(
            "UNIPEN digits held out, pictures", lambda: map(_digit_item, *shuffled(unipen_held_out(root)))
        ),
        ItemSet(
            "numbers, pictures", lambda: (Item(drawn_picture(number), number.text) for number in numbers)
        ),
        ItemSet("numbers, pad", lambda: (Item(number.strokes, number.text) for number in numbers)),
        ItemSet(
            "numbers, pad, touching only",
            lambda: (Item(number.strokes, number.text) for number in numbers if number.touching),
        ),
    ]


def shuffled(drawings: Drawings) -> tuple[list[list[np.ndarray]], list[int]]:
    """Strokes and labels in one random order, always the same one."""
    return mixed(drawings.strokes), mixed(drawings.labels.tolist())


def unipen_held_out(root: Path) -> Drawings:
    """Return UNIPEN's digits that training holds out: the last of each donor's."""
    drawings = unipen.load(root)
    held = np.flatnonzero(last_of_each(drawings.writers, DEFAULT.data.validation_share))
    strokes = [drawings.strokes[row] for row in held]
    return Drawings(strokes, drawings.labels[held], drawings.writers[held], drawings.source)


def _digit_item(drawing: list[np.ndarray], label: int) -> Item:
    return Item(drawn_picture(pages.single(drawing, label)), str(label))


def drawn_picture(number: pages.Number, height: int = 48) -> np.ndarray:
    """Black on white with a margin of a quarter of a digit: uint8 (rows, columns, 3)."""
    ink = np.pad(pages.render(number, height, pages.NORMAL_PEN), height // 4)
    return np.repeat(np.round(255 * (1 - ink)).astype(np.uint8)[..., None], 3, axis=2)


# Pages --------------------------------------------------------------------------------------------


def page_sets(pens: Pens, part: float) -> Iterator[ItemSet]:
    """Photographed pages of one number each, by difficulty; the mix of all first, and its hardest part."""
    for difficulty in ("everything", "touching only", *pages.DIFFICULTIES[:-1]):
        count = NUMBERS if difficulty == "everything" else PAGES_EACH
        yield ItemSet(
            f"pages, {difficulty}",
            partial(photographed, pens, difficulty, max(4, round(count * part))),
            is_line=False,
        )


def photographed(pens: Pens, difficulty: str, count: int) -> Iterator[Item]:
    """Photographed pages of one number each, or of three lines where they are sideways."""
    # Several lines show which side is up; 9 or 66 alone could be either.
    lines = 3 if difficulty == "sideways" else 1
    touching = 1.0 if difficulty == "touching only" else 0.2
    numbers = pens.numbers(count * lines, touching=touching)
    for index in range(count):
        random = np.random.default_rng((SEED, index))
        page = numbers[index * lines : (index + 1) * lines]
        kind = "everything" if touching == 1 else difficulty
        picture = pages.photograph([[number] for number in page], kind, random=random)
        yield Item(picture, "\n".join(number.text for number in page))

"""Whose pen strokes the pictures are made of: two halves that share no writer.

A hand of PenDigits is one writer. UNIPEN's cut names only the donor, an institution; neighbours in the file
are of one writer, so a hand of UNIPEN is a stretch of a donor's drawings. PenDigits' test writers are never
used: published figures are theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks import pages
from benchmarks.pages import Drawing
from lenet.datasets import pendigits, unipen

WRITERS = {
    "tune": (*map(str, range(1, 7)), *map(str, range(10, 31))),
    "held-out": ("7", "8", "9"),
}
"""PenDigits' training writers of each half; a training of the network holds out 7, 8 and 9 already."""

DONORS = {
    "tune": ("apa", "app", "gmd", "ibm", "syn"),
    "held-out": ("ced", "imp", "uqb"),
}
"""UNIPEN's donors of each half, of digits and letters; the letters of the second are not learnt from."""

HALVES = tuple(DONORS)

LETTERS = "AEFHKMNRTWXx"
"""The letters that are used: all but T are unlike every digit, and x stands for times."""

STRETCH = 2
"""How many of a donor's drawings of a digit make a hand: a writer gives a few of each, and they are
neighbours in the file; chosen."""

FLATTEST = 0.25
"""Least ratio of the sides of a letter that is whole; chosen."""

NEIGHBOURS = 5
"""How many nearest others a drawing is compared with; chosen."""

AGREEING = {"digits": 1, "letters": 3}
"""Fewest of them that must have its label. More of the letters are broken, their strokes lost; chosen."""


@dataclass(frozen=True)
class Characters:
    """Drawings of single characters, in the order of the file.

    Attributes:
        drawings: N drawings, in any unit, y downward.
        labels: (N,) str, the characters.
        hands: (N,) str, "pendigits:7" or "unipen:ced".
    """

    drawings: list[Drawing]
    labels: np.ndarray
    hands: np.ndarray

    def subset(self, chosen: np.ndarray) -> Characters:
        """Those where `chosen`, bool (N,), is true."""
        kept = [self.drawings[index] for index in np.flatnonzero(chosen)]
        return Characters(kept, self.labels[chosen], self.hands[chosen])


@dataclass(frozen=True)
class Hand:
    """Who writes one picture.

    Attributes:
        characters: what one donor or writer drew.
        place: where in them this writer's drawings lie, in [0, 1).
        fallback: drawings for a character that this hand never drew.
    """

    characters: Characters
    place: float
    fallback: Characters

    def draw(self, character: str, random: np.random.Generator) -> Drawing:
        """One drawing of a digit or letter, 1 high."""
        known = np.flatnonzero(self.characters.labels == character)
        source = self.characters
        if not len(known):
            source, known = self.fallback, np.flatnonzero(self.fallback.labels == character)
        first = int(self.place * max(1, len(known) - STRETCH + 1))
        stretch = known[first : first + STRETCH]
        return pages.of_height_one(source.drawings[random.choice(stretch)])


def hand(characters: Characters, random: np.random.Generator) -> Hand:
    """Choose a writer; every one of PenDigits' and UNIPEN's hands comes as often as the others.

    Args:
        characters: digits and letters of one half.
        random: source of the randomness.
    """
    digits = np.char.isdigit(characters.labels.astype(str))
    name = random.choice(np.unique(characters.hands[digits]))
    own = characters.subset(characters.hands == name)
    return Hand(own, float(random.random()), characters)


def load(root: Path, half: str) -> Characters:
    """Load the digits and letters of one half.

    Args:
        root: the data folder.
        half: "tune" or "held-out".

    Raises:
        FileNotFoundError: a set is missing and cannot be fetched.
        OSError: a file is broken or another version.
    """
    pens, tablets = pendigits.load(root, train=True), unipen.load(root)
    letters = unipen.load(root, unipen.LETTERS)
    digits = _joined(
        Characters(pens.strokes, pens.labels.astype(str), _named("pendigits", pens.writers)),
        Characters(tablets.strokes, tablets.labels.astype(str), _named("unipen", tablets.writers)),
    )
    written = Characters(
        letters.strokes, np.array([chr(code) for code in letters.labels]), _named("unipen", letters.writers)
    )
    digits = of_half(digits, half)
    written = of_half(written, half)
    written = written.subset(np.isin(written.labels, list(LETTERS)))
    written = written.subset(whole(written))
    written = written.subset(credible(written, AGREEING["letters"]))
    return _joined(digits.subset(credible(digits, AGREEING["digits"])), written)


def of_half(characters: Characters, half: str) -> Characters:
    """The drawings by the writers and donors of one half."""
    names = [f"pendigits:{name}" for name in WRITERS[half]] + [f"unipen:{name}" for name in DONORS[half]]
    return characters.subset(np.isin(characters.hands, names))


def whole(characters: Characters) -> np.ndarray:
    """Tell which letters are no single bar, as a T is without its stem: bool (N,)."""
    sizes = [np.ptp(np.concatenate(drawing), axis=0) for drawing in characters.drawings]
    return np.array([min(size) > FLATTEST * max(size) for size in sizes])


def credible(characters: Characters, agreeing: int) -> np.ndarray:
    """Tell whose label at least `agreeing` of the nearest drawings share: bool (N,).

    About 2 % of UNIPEN's labels or cuts are wrong, and with five digits to a number one picture in ten
    would have a wrong label. Drawings are compared as blurred rasters, so no reader has a say in it.
    """
    rasters = np.stack([_raster(drawing) for drawing in characters.drawings])
    kept = np.zeros(len(rasters), bool)
    for index, raster in enumerate(rasters):
        nearness = rasters @ raster
        nearness[index] = -1
        nearest = np.argpartition(-nearness, NEIGHBOURS)[:NEIGHBOURS]
        kept[index] = np.sum(characters.labels[nearest] == characters.labels[index]) >= agreeing
    return kept


def _raster(drawing: Drawing) -> np.ndarray:
    """A drawing as 20 × 20 blurred pixels, float32 (400,) of length 1."""
    image = np.zeros((20, 20), np.uint8)
    for stroke in pages.of_height_one(drawing):
        points = np.round(stroke * 15 + 2).astype(np.int32)
        cv2.polylines(image, [np.concatenate([points, points[-1:]])], False, 255, 1)
    ink = cv2.GaussianBlur(image.astype(np.float32), (0, 0), 1.0).ravel()
    return ink / max(float(np.linalg.norm(ink)), 1e-9)


def _named(source: str, writers: np.ndarray) -> np.ndarray:
    return np.array([f"{source}:{writer}" for writer in writers])


def _joined(first: Characters, second: Characters) -> Characters:
    return Characters(
        first.drawings + second.drawings,
        np.concatenate([first.labels, second.labels]),
        np.concatenate([first.hands, second.hands]),
    )

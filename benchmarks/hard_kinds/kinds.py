"""All kinds by name, and the pictures of a kind by half and seed."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from benchmarks.hard_kinds import hands
from benchmarks.hard_kinds.canvas import Maker, Picture
from benchmarks.hard_kinds.controls import CONTROLS
from benchmarks.hard_kinds.hands import HALVES, Characters
from benchmarks.hard_kinds.papers import PALETTES
from benchmarks.hard_kinds.printed import PRINTED
from benchmarks.hard_kinds.written import WRITTEN
from benchmarks.items import digits_of

SEED = 21

KINDS: dict[str, Callable[[Maker], Picture]] = dict(sorted((PRINTED | WRITTEN | CONTROLS).items()))


@dataclass(frozen=True)
class Case:
    """One picture.

    Attributes:
        kind: one of `KINDS`.
        seed: makes this picture among those of its kind and half.
        image: of any of Pillow's modes.
        written: what a person reads, with its signs; "" where there is no number.
    """

    kind: str
    seed: int
    image: Image.Image
    written: str

    @property
    def expected(self) -> str:
        """The digits of what a person reads."""
        return digits_of(self.written)


def case(kind: str, seed: int, half: str, characters: Characters) -> Case:
    """Make one picture.

    Args:
        kind: one of `KINDS`.
        seed: any number from 0.
        half: "tune" or "held-out".
        characters: what `hands.load` gives for this half.
    """
    random = np.random.default_rng((SEED, zlib.crc32(kind.encode()), HALVES.index(half), seed))
    picture = KINDS[kind](Maker(hands.hand(characters, random), PALETTES[half], random))
    return Case(kind, seed, picture.image, picture.written)

"""What a kind's function works with: one writer, one palette, one source of randomness."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from benchmarks.hard_kinds import marks, papers
from benchmarks.hard_kinds.hands import Hand
from benchmarks.hard_kinds.papers import Palette
from benchmarks.pages import Drawing

Random = np.random.Generator


@dataclass(frozen=True)
class Picture:
    """A picture and what a person reads in it.

    Attributes:
        image: of any of Pillow's modes.
        written: the text with its signs; "" where there is no number.
    """

    image: Image.Image
    written: str


@dataclass(frozen=True)
class Maker:
    """Makes one picture.

    Attributes:
        hand: who writes.
        palette: on and with what.
        random: source of the randomness.
    """

    hand: Hand
    palette: Palette
    random: Random

    def digits(self, least: int, most: int) -> str:
        """A number of `least` to `most` digits, its first not 0."""
        count = int(self.random.integers(least, most + 1))
        first = str(self.random.integers(1, 10))
        return first + "".join(map(str, self.random.integers(0, 10, count - 1)))

    def pick(self, *choices: str) -> str:
        """One of the choices."""
        return choices[int(self.random.integers(len(choices)))]

    def uniform(self, least: float, most: float) -> float:
        """A number between the two."""
        return float(self.random.uniform(least, most))

    def write(
        self,
        text: str,
        pen: float,
        gap: tuple[float, float] = (0.08, 0.3),
        own: dict[str, Drawing] | None = None,
    ) -> Drawing:
        """Write a line of text, see `marks.write`."""
        return marks.write(text, self.hand, self.random, pen, gap, own)

    def laid_out(
        self, drawing: Drawing, height: float, margin: tuple[float, float]
    ) -> tuple[Drawing, tuple[int, int]]:
        """A drawing in heights of a digit, in pixels on paper of this shape; see `photo` and `framed`."""
        return framed(marks.scaled(drawing, height), self.random.uniform(*margin, 4) * height)

    def photo(
        self,
        drawing: Drawing,
        height: float,
        pen: float,
        margin: tuple[float, float] = (0.45, 0.9),
        colours: tuple[papers.Colour, papers.Colour] | None = None,
        **camera: tuple[float, float] | float,
    ) -> Image.Image:
        """Photograph a drawing on plain paper.

        Args:
            drawing: in heights of a digit.
            height: of a digit, in pixels.
            pen: stroke width in heights of a digit.
            margin: range of the paper around the drawing, in heights of a digit.
            colours: of paper and pen instead of the palette's.
            camera: passed to `papers.taken`.
        """
        strokes, shape = self.laid_out(drawing, height, margin)
        paper, colour = colours or self.colours()
        sheet = papers.plain(shape, paper, self.random, self.palette.light)
        cover = 0.93 * papers.ink(shape, strokes, pen * height)
        return rgb(papers.taken(papers.covered(sheet, cover, colour), self.random, **camera))  # type: ignore[arg-type]

    def colours(self) -> tuple[np.ndarray, np.ndarray]:
        """Of a paper and a pen."""
        return papers.choose(self.palette.papers, self.random), papers.choose(self.palette.pens, self.random)


def framed(drawing: Drawing, around: np.ndarray) -> tuple[Drawing, tuple[int, int]]:
    """Move a drawing to where so much paper is left of, above, right of and below it.

    Args:
        drawing: in pixels.
        around: (4,) in pixels; less than 0 cuts.

    Returns:
        The drawing, and rows and columns of the paper.
    """
    left, top, right, bottom = marks.reach(drawing)
    shape = round(bottom - top + around[1] + around[3]), round(right - left + around[0] + around[2])
    return marks.moved(drawing, around[0] - left, around[1] - top), shape


def centred(drawing: Drawing, column: float, row: float) -> Drawing:
    """Move the middle of a drawing to a place, in pixels."""
    left, top, right, bottom = marks.reach(drawing)
    return marks.moved(drawing, column - (left + right) / 2, row - (top + bottom) / 2)


def fitted(drawing: Drawing, height: float, width: float) -> Drawing:
    """Make a drawing `height` px high, or less where it would be wider than `width` px."""
    left, top, right, bottom = marks.reach(drawing)
    return marks.scaled(drawing, min(height / (bottom - top), width / max(right - left, 1e-9)))


def turned(
    layer: np.ndarray, degrees: float, middle: tuple[float, float], size: tuple[int, int]
) -> np.ndarray:
    """Turn a layer about its middle and put that at the middle of a picture of `size`, rows and columns."""
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    matrix[:, 2] += np.array([size[1] / 2, size[0] / 2]) - middle
    return cv2.warpAffine(layer, matrix, (size[1], size[0]))


def rgb(pixels: np.ndarray) -> Image.Image:
    """A picture of uint8 (height, width, 3)."""
    return Image.fromarray(pixels)

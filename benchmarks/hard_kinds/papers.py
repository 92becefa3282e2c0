"""Papers, light, ink and cameras: arrays are float32 (height, width, 3), RGB reflectances in [0, 1]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks import pages
from benchmarks.pages import Drawing, Number

Random = np.random.Generator
Colour = Sequence[float] | np.ndarray


@dataclass(frozen=True)
class Palette:
    """What one half writes on and with; the halves share no entry.

    Attributes:
        papers: colours of white papers.
        pens: colours of dark pens.
        prints: colours of boxes on forms.
        rules: colours of rules and squares.
        boards: colours of chalk boards.
        darks: colours of dark screens.
        chalks: colours of what is written on both.
        light: range of the direction from which light falls, in radians.
        words: words without a digit-like letter.
    """

    papers: tuple[Colour, ...]
    pens: tuple[Colour, ...]
    prints: tuple[Colour, ...]
    rules: tuple[Colour, ...]
    boards: tuple[Colour, ...]
    darks: tuple[Colour, ...]
    chalks: tuple[Colour, ...]
    light: tuple[float, float]
    words: tuple[str, ...]


PALETTES = {
    "tune": Palette(
        papers=((0.92, 0.92, 0.92), (0.94, 0.93, 0.88), (0.88, 0.89, 0.91)),
        pens=((0.12, 0.14, 0.28), (0.13, 0.13, 0.14), (0.10, 0.16, 0.45)),
        prints=((0.93, 0.58, 0.30), (0.55, 0.75, 0.55), (0.85, 0.45, 0.50)),
        rules=((0.45, 0.55, 0.80), (0.60, 0.62, 0.66)),
        boards=((0.13, 0.24, 0.18), (0.12, 0.13, 0.14)),
        darks=((0.10, 0.10, 0.11), (0.12, 0.13, 0.18)),
        chalks=((0.82, 0.82, 0.76), (0.80, 0.80, 0.80)),
        light=(0.0, 3.0),
        words=("TEAM", "HEAT", "MAKE", "WREN", "AHEM", "FARE", "NEAR", "HANK", "TAME", "WARN", "THE", "FARM"),
    ),
    "held-out": Palette(
        papers=((0.90, 0.90, 0.88), (0.95, 0.95, 0.96), (0.91, 0.87, 0.82)),
        pens=((0.16, 0.18, 0.24), (0.18, 0.12, 0.34), (0.08, 0.10, 0.20)),
        prints=((0.90, 0.68, 0.25), (0.45, 0.70, 0.80), (0.80, 0.55, 0.75)),
        rules=((0.50, 0.62, 0.75), (0.66, 0.58, 0.60)),
        boards=((0.10, 0.20, 0.21), (0.16, 0.22, 0.14)),
        darks=((0.14, 0.14, 0.14), (0.08, 0.11, 0.12)),
        chalks=((0.86, 0.84, 0.70), (0.76, 0.80, 0.82)),
        light=(3.2, 6.2),
        words=("MEAN", "TANK", "HARE", "FAKE", "WAXEN", "ARM", "RAKE", "HEN", "MEAT", "FERN", "THAW", "KNEW"),
    ),
}


def choose(colours: Sequence[Colour], random: Random) -> np.ndarray:
    """One of the colours, a little different each time: float64 (3,)."""
    return np.clip(np.array(colours[random.integers(len(colours))]) + random.normal(0, 0.012, 3), 0, 1)


def ink(shape: tuple[int, int], drawing: Drawing, pen: float) -> np.ndarray:
    """Draw strokes on a canvas: float32 (rows, columns) in [0, 1].

    Args:
        shape: rows and columns of the canvas; what lies outside is cut off.
        drawing: strokes in pixels.
        pen: stroke width in pixels.
    """
    canvas = np.zeros(shape, np.float32)
    if not drawing:
        return canvas
    drawn = pages.render(Number(drawing, "", False), 1.0, pen)
    left, top = np.floor(np.concatenate(drawing).min(axis=0) - pen - 1).astype(int)
    rows, columns = slice(max(top, 0), top + drawn.shape[0]), slice(max(left, 0), left + drawn.shape[1])
    place = canvas[rows, columns]
    seen = drawn[max(-top, 0) :, max(-left, 0) :][: place.shape[0], : place.shape[1]]
    place[: seen.shape[0], : seen.shape[1]] = seen
    return canvas


def plain(shape: tuple[int, int], colour: Colour, random: Random, light: tuple[float, float]) -> np.ndarray:
    """Paper under light that falls off to one side."""
    rows, columns = shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    angle = random.uniform(*light)
    along = np.cos(angle) * (x / columns - 0.5) + np.sin(angle) * (y / rows - 0.5)
    shade = 0.97 + random.uniform(0.02, 0.1) * along + 0.006 * pages.waves(shape, 40, random)
    return (shade[..., None] * np.float32(colour)).astype(np.float32)


def covered(paper: np.ndarray, cover: np.ndarray, colour: Colour) -> np.ndarray:
    """Paper under so much, float32 (rows, columns) in [0, 1], of another colour."""
    return paper + cover[..., None] * (np.float32(colour) - paper)


def noisy(colours: np.ndarray, amount: float, size: float, random: Random) -> np.ndarray:
    """Colours with noise whose specks are about `size` pixels across."""
    return colours + amount * pages.waves(colours.shape[:2], size, random)[..., None]


def taken(
    colours: np.ndarray,
    random: Random,
    blur: tuple[float, float] = (0.5, 1.1),
    noise: tuple[float, float] = (0.002, 0.012),
    jpeg: float = 0.5,
) -> np.ndarray:
    """What a camera makes of colours: uint8 (height, width, 3).

    Args:
        colours: the scene.
        random: source of the randomness.
        blur: range of the lens's blur, in pixels.
        noise: range of the sensor's noise, 1 = white.
        jpeg: how likely the picture has gone through JPEG.
    """
    seen = cv2.GaussianBlur(colours.astype(np.float32), (0, 0), random.uniform(*blur))
    seen += random.uniform(*noise) * random.standard_normal(seen.shape, np.float32)
    pixels = np.clip(255 * seen, 0, 255).round().astype(np.uint8)
    if random.random() >= jpeg:
        return pixels
    quality = int(random.integers(70, 96))
    _, encoded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1])

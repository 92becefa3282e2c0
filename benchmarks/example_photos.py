"""The example photos of the page, made from its example drawings with a fixed seed.

    python -m benchmarks.example_photos [FOLDER]

Writes them to lenet/ui/photos, or to FOLDER.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from lenet.ui import examples

FOLDER = Path(examples.__file__).parent / "photos"
WIDTH, HEIGHT = 1024, 768
QUALITY = 55  # of the JPEGs: some 45 KB each
SEED = 1998

_FINE = 4  # fractional bits of OpenCV's coordinates


def main(folder: Path) -> None:
    """Write the photos to a folder."""
    folder.mkdir(exist_ok=True)
    for name, make in PHOTOS.items():
        picture = make(np.random.default_rng(SEED))
        cv2.imwrite(str(folder / f"{name}.jpg"), picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


def lined(rng: np.random.Generator) -> np.ndarray:
    """A year in blue ink on lined paper, under the shadow of a hand."""
    sheet = _lined_paper()
    _write(sheet, "2026", (200, 300), 190, 11, (38, 52, 120), rng)
    return _photographed(_shaded(sheet, 0.55), rng)


def sideways(rng: np.random.Generator) -> np.ndarray:
    """Three lines on a slip of paper, with the camera held sideways."""
    sheet = _sheet((236, 232, 222))
    for line, number in enumerate(["415", "7203", "968"]):
        _write(sheet, number, (270, 130 + 190 * line), 120, 9, (45, 42, 40), rng)
    return np.rot90(_photographed(_shaded(sheet, 0.85), rng))


def chalkboard(rng: np.random.Generator) -> np.ndarray:
    """A sum in chalk on a dark green board."""
    sheet = _sheet((42, 66, 56))
    smears = cv2.resize(
        rng.normal(0, 7, (12, 16, 1)).repeat(3, 2), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC
    )
    sheet = np.clip(sheet + smears, 0, 255).astype(np.uint8)
    _write(sheet, "1998", (180, 130), 170, 13, (226, 228, 218), rng)
    _write(sheet, "60", (420, 450), 170, 13, (240, 214, 140), rng)
    return _photographed(sheet, rng)


def squared(rng: np.random.Generator) -> np.ndarray:
    """Numbers in pencil on squared paper."""
    sheet = _sheet((244, 243, 238))
    for at in range(20, WIDTH, 44):
        cv2.line(sheet, (at, 0), (at, HEIGHT), (190, 205, 222), 2, cv2.LINE_AA)
        cv2.line(sheet, (0, at), (WIDTH, at), (190, 205, 222), 2, cv2.LINE_AA)
    for line, numbers in enumerate([("31", "145"), ("27", "806")]):
        for number, left in zip(numbers, (110, 570), strict=True):
            _write(sheet, number, (left, 150 + 270 * line), 150, 8, (96, 96, 100), rng)
    return _photographed(_shaded(sheet, 0.75), rng)


PHOTOS = {
    "a_year_on_lined_paper": lined,
    "a_slip_of_paper_held_sideways": sideways,
    "chalk_on_a_board": chalkboard,
    "pencil_on_squared_paper": squared,
}


def _sheet(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((HEIGHT, WIDTH, 3), colour, np.uint8)


def _lined_paper() -> np.ndarray:
    sheet = _sheet((246, 243, 233))
    for top in range(90, HEIGHT, 100):
        cv2.line(sheet, (0, top), (WIDTH, top), (164, 186, 214), 2, cv2.LINE_AA)
    cv2.line(sheet, (110, 0), (110, HEIGHT), (214, 140, 140), 2, cv2.LINE_AA)
    return sheet


def _write(
    sheet: np.ndarray,
    number: str,
    corner: tuple[float, float],
    size: float,
    pen: int,
    colour: tuple[int, int, int],
    rng: np.random.Generator,
) -> None:
    """Write a number, its digits `size` pixels high, from its upper left corner on."""
    left, top = corner
    for character in number:
        strokes = _digit(int(character), rng)
        height = size * rng.uniform(0.92, 1.06)
        place = np.array([left, top + rng.uniform(-0.06, 0.06) * size])
        curves = [np.round((stroke * height + place) * 2**_FINE).astype(np.int32) for stroke in strokes]
        cv2.polylines(sheet, curves, False, colour, pen, cv2.LINE_AA, _FINE)
        left += height * max(stroke[:, 0].max() for stroke in strokes) + 0.3 * size


def _digit(label: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Strokes (points, 2) of an example, 1 high, from (0, 0) on, leaning a little."""
    drawings: Sequence[examples.Example] = [one for one in examples.load() if one.label == label]
    strokes = [np.array(stroke) for stroke in drawings[rng.integers(len(drawings))].strokes]
    lean = np.array([[1, 0], [rng.uniform(-0.1, 0.04), 1]])
    strokes = [stroke @ lean for stroke in strokes]
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    return [(stroke - low) / (high - low)[1] for stroke in strokes]


def _shaded(sheet: np.ndarray, darkest: float) -> np.ndarray:
    """The sheet with a soft shadow over its lower right."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    edge = columns / WIDTH + 0.55 * rows / HEIGHT - 0.85
    light = 1 - (1 - darkest) / (1 + np.exp(-edge / 0.05))
    return np.clip(sheet * light[:, :, None], 0, 255).astype(np.uint8)


def _photographed(sheet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The sheet as a phone sees it: from a little aside, a little soft, a little noisy."""
    corners = np.array([(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)], np.float32)
    # Outwards, so that no edge of the sheet comes into the picture.
    moved = corners + np.sign(corners - 1) * rng.uniform(0, 40, (4, 2)).astype(np.float32)
    turn = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    seen = cv2.warpPerspective(
        sheet, turn, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    soft = cv2.GaussianBlur(seen, (0, 0), 0.8)
    noise = cv2.GaussianBlur(rng.normal(0, 5, (HEIGHT, WIDTH, 1)).astype(np.float32), (0, 0), 0.7)
    return np.clip(soft + noise[:, :, None], 0, 255).astype(np.uint8)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Make the example photos of the page.")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER, help="default: lenet/ui/photos")
    main(parser.parse_args().folder)

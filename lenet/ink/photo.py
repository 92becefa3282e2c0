"""A picture file or array -> the ink of a page: decoding, orientation, and what was done on the way.

Pixels are counted before they are decoded. JPEGs are decoded at half, a quarter or an
eighth of their size where that leaves enough, as the format allows at no cost, and every
picture is brought to a working size that bounds time and memory. Finding the ink on it is
`paper`'s part.
"""

from __future__ import annotations

import functools
import warnings
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from PIL import Image

from lenet.errors import InputError
from lenet.ink import paper
from lenet.ink.notes import Note, NoteCode

MAX_PIXELS = 50_000_000

WORKING_SIDE = 1600
"""The longer side, in pixels, of the largest ink: a digit of a page 50 digits wide keeps some 30 pixels."""

_SCRAP = 100
"""The shorter side, in pixels, below which a picture is doubled: its strokes are but two or three broad."""

ImageSource = str | PathLike[str] | Image.Image | np.ndarray

_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "HEIF", "TIFF", "BMP", "DIB", "GIF", "PPM", "JPEG2000")
"""What is opened. Not everything Pillow knows: EPS would start Ghostscript."""

SUFFIXES = {
    *(".png", ".jpg", ".jpeg", ".jfif", ".webp", ".avif", ".heic", ".heif"),
    *(".tif", ".tiff", ".bmp", ".dib", ".gif", ".jp2", ".ppm", ".pgm"),
}
"""Of the files in a folder that are taken for pictures."""

_ORIENTATION = 0x0112

_UPRIGHT = 1


@dataclass(frozen=True)
class Page:
    """The ink of a photographed page.

    Attributes:
        ink: float32 (height, width) in [0, 1], 1 = full ink, exactly 0 = paper; upright
            after EXIF; smaller than large pictures and larger than scraps.
        picture: uint8 (height, width, 3), RGB: the upright picture, pixel by pixel under
            the ink, transparent parts white; to draw boxes on for a visitor.
        scale: pixels of the upright picture per pixel of ink, from 0.5 for scraps, else at least 1.
        size: (width, height) of the upright picture.
        notes: what was done, as codes.
    """

    ink: np.ndarray
    picture: np.ndarray
    scale: float
    size: tuple[int, int]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class _Picture:
    """Colours uint8 (height, width, 3), upright and of working size; for the rest see `Page`."""

    colours: np.ndarray
    size: tuple[int, int]
    notes: tuple[Note, ...] = ()


def page(source: ImageSource) -> Page:
    """Find the ink on a picture of a page, a line or one digit.

    Args:
        source: path of an image file, PIL image, or array: (height, width) or
            (height, width, 1 to 4 channels), floats in [0, 1], bools, or unsigned integers of as
            many bits, 8, 10, 12, 14 or 16, as the largest needs, or of 1 bit where all are 0 or 1.
            Any colours, dark on light or light on dark.

    Returns:
        The page. Its strokes have the breadth they have in the picture; see `broadened`.

    Raises:
        InputError: the picture cannot be read, is empty or has more than 50 million
            pixels.
        FileNotFoundError: there is no such file.
    """
    picture = _picture(source)
    found, notes = paper.find_ink(picture.colours)
    scale = max(picture.size) / max(found.shape)
    return Page(found, picture.colours, scale, picture.size, picture.notes + notes)


def ink(source: ImageSource) -> np.ndarray:
    """Find the ink on a picture: `page(source).ink`, with its arguments and errors."""
    return page(source).ink


def _picture(source: ImageSource) -> _Picture:
    if isinstance(source, np.ndarray):
        colours = _colours_of_array(source.astype(bool) if _is_mask(source) else source, "image")
        return _Picture(_resized(colours), (source.shape[1], source.shape[0]))
    with warnings.catch_warnings():
        # Pillow warns of damaged tags, and of pictures as large as those refused here by their size.
        warnings.simplefilter("ignore")
        if isinstance(source, Image.Image):
            return _decoded(source, "image", is_ours=False)
        if not isinstance(source, (str, PathLike)):
            got = type(source).__name__
            raise InputError(f"image: wanted a path, a PIL image or an array, got {got}; pass one of these")
        name = fspath(source)
        with _file(name) as file, _opened(file, name) as image:
            return _decoded(image, name, is_ours=True)


@functools.cache
def _register_heif() -> None:
    """Let Pillow open HEIC; at the first file, so that importing this module costs nothing."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)


def _file(name: str) -> BinaryIO:
    """The file, open: by its name, Pillow 12 reads a plain TIFF whose tag is 5 to 8 in a wrong shape."""
    try:
        return Path(name).open("rb")
    except FileNotFoundError:
        raise FileNotFoundError(f"{name}: no such file; check the path") from None
    except (OSError, ValueError) as error:  # as of a folder, or of a name that no file can have
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise InputError(
            f"{name}: wanted a picture file, could not open it ({reason}); check the path"
        ) from error


def _opened(file: BinaryIO, name: str) -> Image.Image:
    _register_heif()
    try:
        return Image.open(file, formats=_FORMATS)
    except Image.DecompressionBombError:
        raise _too_large(name, "many times as many") from None
    except Exception as error:  # broken files make Pillow raise nearly anything
        raise _unreadable(name) from error


def _unreadable(name: str) -> InputError:
    return InputError(
        f"{name}: wanted a picture (PNG, JPEG, WebP, HEIC …), could not read this file as one; "
        "save it again as PNG or JPEG"
    )


def _check_size(name: str, width: int, height: int) -> None:
    if not 0 < width * height <= MAX_PIXELS:
        raise _too_large(name, f"{width}×{height}")


def _too_large(name: str, got: str) -> InputError:
    return InputError(f"{name}: wanted 1 to {MAX_PIXELS:,} pixels, got {got}; make the picture smaller")


def _decoded(image: Image.Image, name: str, is_ours: bool) -> _Picture:
    _check_size(name, *image.size)  # before decoding: a small file can unpack to gigabytes
    width, height = image.size
    try:
        turned = image.format == "TIFF" and _orientation(image) != _UPRIGHT  # and forgotten, on loading
        if is_ours:  # a caller's picture would stay that small
            _draft(image)
        image.load()
        orientation, frames = _orientation(image), _frames(image)
        # Numbers that are no colours keep their range, which is checked below with a sentence of its own.
        pixels = np.asarray(image) if image.mode.startswith(("I", "F")) else _rgb(image)
    except Exception as error:
        raise _unreadable(name) from error
    colours = _turned(_resized(_colours_of_array(pixels, name)), orientation)
    size = (height, width) if orientation >= 5 else (width, height)
    notes = (Note(NoteCode.FIRST_FRAME, frames),) * (frames > 1)
    turned |= orientation != _UPRIGHT
    return _Picture(colours, size, notes + (Note(NoteCode.EXIF_ROTATION),) * turned)


def _draft(image: Image.Image) -> None:
    """Ask a JPEG's decoder for fewer pixels, but for no fewer than 0.73 of the working side."""
    for scale in (8, 4, 2):
        if max(image.size) // scale >= 0.73 * WORKING_SIDE:
            image.draft(None, (image.width // scale, image.height // scale))
            return


def _orientation(image: Image.Image) -> int:
    """The EXIF tag, 1 to 8; 1 where there is none or it is damaged, for the picture itself is sound."""
    try:
        value = image.getexif().get(_ORIENTATION, _UPRIGHT)
    except Exception:  # broken tags make Pillow raise nearly anything
        return _UPRIGHT
    return value if value in range(1, 9) else _UPRIGHT


def _frames(image: Image.Image) -> int:
    """How many frames an animation or a document has; the further pictures of a photo are previews."""
    return 1 if image.format in ("MPO", "HEIF") else int(getattr(image, "n_frames", 1))


def _turned(colours: np.ndarray, orientation: int) -> np.ndarray:
    """Follow the EXIF tag: 5 to 8 are stored with rows for columns, the others are at most mirrored."""
    if orientation >= 5:
        colours = cv2.transpose(colours)
    # What to mirror: 0 top to bottom, 1 left to right, -1 both.
    mirror = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return colours if mirror is None else cv2.flip(colours, mirror)


def _resized(colours: np.ndarray) -> np.ndarray:
    """Shrink to the working side, where larger; double a scrap."""
    height, width = colours.shape[:2]
    factor = WORKING_SIDE / max(height, width)
    if min(height, width) < _SCRAP:
        factor = min(factor, 2.0)
    elif factor >= 1:
        return colours
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    # Area averaging is slow, and up to a factor of 1.5 bilinear weights leave no pixel out either.
    return cv2.resize(colours, size, interpolation=cv2.INTER_AREA if factor < 0.66 else cv2.INTER_LINEAR)


def _rgb(image: Image.Image) -> np.ndarray:
    """RGB, uint8 (height, width, 3), of a decoded picture of 8 bits; transparent pixels show white paper."""
    if "transparency" not in image.info and image.mode not in ("RGBA", "LA", "PA", "RGBa", "La"):
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))  # converting would copy
    if image.mode == "La":  # premultiplied alpha: Pillow takes it only this way
        image = image.convert("LA")
    rgba = image.convert("RGBA")
    return np.asarray(Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB"))


def _colours_of_array(array: np.ndarray, name: str) -> np.ndarray:
    """RGB, uint8 (height, width, 3); alone the last of 2 or 4 channels is alpha, shown on white."""
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or not 1 <= array.shape[2] <= 4:
        raise InputError(
            f"{name}: wanted an array (height, width) or (height, width, 1 to 4), got shape {array.shape}; "
            "pass one picture"
        )
    _check_size(name, array.shape[1], array.shape[0])
    values = _eight_bit(array, name)
    channels = array.shape[2]
    colours = values[:, :, :3] if channels >= 3 else np.repeat(values[:, :, :1], 3, axis=2)
    if channels in (2, 4):
        opacity = values[:, :, -1:].astype(np.uint16)
        colours = ((colours * opacity + 255 * (255 - opacity)) // 255).astype(np.uint8)
    return np.ascontiguousarray(colours)


def _eight_bit(array: np.ndarray, name: str) -> np.ndarray:
    """Values as uint8, 255 = the top of their range."""
    if array.dtype.kind not in "buif":
        raise InputError(
            f"{name}: wanted numbers, got an array of {array.dtype}; pass grey levels or colours"
        )
    if array.dtype == np.uint8:
        return array
    top = _top(array)
    # A NaN fails every comparison, so it fails this one too.
    if not (array.min() >= 0 and array.max() <= top):
        raise InputError(
            f"{name}: wanted floats in [0, 1] or unsigned integers, got {array.dtype} "
            f"from {array.min()} to {array.max()}; scale the picture to [0, 1]"
        )
    return np.round(array * np.float32(255 / top)).astype(np.uint8)


def _is_mask(array: np.ndarray) -> bool:
    """Whether integers say yes or no, as a threshold leaves them, and not how bright: all are 0 or 1."""
    return array.dtype.kind in "iu" and array.size > 0 and array.min() == 0 and array.max() == 1


def _top(array: np.ndarray) -> int:
    """The largest value the array can mean: pictures of 10, 12 or 14 bits come in wider integers."""
    if array.dtype.kind in "bf":
        return 1
    largest = array.max()
    widest = 65535 if array.dtype.kind == "i" else int(np.iinfo(array.dtype).max)
    return next((top for top in (255, 1023, 4095, 16383, 65535) if largest <= top), widest)

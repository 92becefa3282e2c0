"""An image file or array -> upright colours of a working size, which bounds time and memory.

The number of pixels is checked before decoding. JPEGs are decoded at a half, a quarter or an eighth of their
size if that leaves enough pixels, which the format allows at no cost.
"""

from __future__ import annotations

import functools
import warnings
from os import PathLike, fspath
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from lenet import files
from lenet.errors import InputError
from lenet.ink import background
from lenet.ink.notes import Note, NoteCode
from lenet.ink.picture_file import PictureFile, TooManyPartsError

MAX_PIXELS = 50_000_000
"""Maximum number of pixels of an image: a bound on time, and on memory, of which most decoders take at most 8
bytes a pixel. Not tuned."""

_MAX_PIXELS_OF_FORMAT = {"AVIF": 44_000_000, "WEBP": 25_000_000, "JPEG2000": 8_000_000}
"""The same for formats whose decoders take more: 9 and 15 bytes a pixel, and of JPEG 2000 0.4 s of processor
a megapixel of noise (measured)."""

WORKING_SIDE = 1600
"""Maximum length of the longer side of the ink, in pixels. On a page 50 digits wide each digit still has some
30 pixels. Chosen for speed; 2,048 was tried."""

_MIN_SIDE = 100
"""Shorter side, in pixels, below which an image is enlarged: strokes on small images are only two or three
pixels wide. Tuned on the digits of cheques (docs/experiments.md, "Photos")."""

_MAX_ENLARGEMENT = 2.0
"""Scale factor of such images. Of 1,830 digits from cheques 90.2 % are read at 2, 89.5 % at 3 and 88.9 % at 1
(docs/experiments.md, "Photos")."""

_MIN_DRAFT = 0.73
"""Minimum longer side of a JPEG decoded at reduced size, as a fraction of `WORKING_SIDE`. Chosen for
speed; not tuned on readings."""

_AREA_AVERAGING_BELOW = 0.66
"""Scale factor below which an image is shrunk by area averaging. Down to about 1/1.5 bilinear interpolation,
which is faster, still uses every pixel."""

_TOP_LEVELS = (255, 1023, 4095, 16383, 65535)
"""Highest values of images of 8, 10, 12, 14 and 16 bits."""

ImageSource = str | PathLike[str] | Image.Image | np.ndarray

_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "HEIF", "TIFF", "BMP", "DIB", "GIF", "PPM", "JPEG2000")
"""Pillow's names of the formats that are opened. Not all that it knows: EPS would start Ghostscript."""

_PLAIN = (b"P1", b"P2", b"P3")
"""How PPM files begin whose pixels are written as words; to read these takes minutes, and nobody has them."""

SUFFIXES = {
    *(".png", ".jpg", ".jpeg", ".jfif", ".webp", ".avif", ".heic", ".heif"),
    *(".tif", ".tiff", ".bmp", ".dib", ".gif", ".jp2", ".ppm", ".pgm"),
}
"""Suffixes of the files in a folder that are taken for images."""

_ORIENTATION = 0x0112
"""EXIF tag of the orientation (EXIF 2.3, section 4.6.4)."""

_UPRIGHT = 1
"""Its value for an image that is stored upright."""

_TRANSPOSED = 5
"""Its lowest value for an image that is stored with rows as columns; the highest is 8."""


class Picture(NamedTuple):
    """A decoded image.

    Attributes:
        colours: uint8 (height, width, 3), RGB, upright and of working size; transparent pixels are white, or
            black where white would hide the ink.
        size: (width, height) of the upright image.
        notes: what was detected or corrected.
    """

    colours: np.ndarray
    size: tuple[int, int]
    notes: tuple[Note, ...] = ()


def decode(source: ImageSource) -> Picture:
    """Decode an image, turn it upright and resize it to the working size.

    Args:
        source: as for `photo.page`.

    Raises:
        InputError, FileNotFoundError: as for `photo.page`.
    """
    if isinstance(source, np.ndarray):
        colours = _colours_of_array(source.astype(bool) if _is_mask(source) else source, "image")
        return Picture(_resized(colours), (source.shape[1], source.shape[0]))
    with warnings.catch_warnings():
        # Pillow warns of damaged tags, and of large images, which `_check_size` refuses.
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
    """Let Pillow open HEIC files."""
    import pi_heif  # here, because it takes time to load, and most files are not HEIC

    pi_heif.register_heif_opener(thumbnails=False)


def _file(name: str) -> PictureFile:
    """Open a file. Given its name, Pillow 12 reads plain TIFFs of orientation 5 to 8 in a wrong shape."""
    if files.may_be_endless(name):
        raise InputError(f"{name}: wanted a picture file, got a pipe or a device; save it to a file")
    try:
        return PictureFile(name)
    except FileNotFoundError:
        raise FileNotFoundError(f"{name}: no such file; check the path") from None
    except (OSError, ValueError) as error:  # a folder, or a name that no file can have
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise InputError(
            f"{name}: wanted a picture file, could not open it ({reason}); check the path"
        ) from error


def _opened(file: PictureFile, name: str) -> Image.Image:
    """Let Pillow identify an image file by its first bytes."""
    formats = list(_FORMATS)
    try:
        start = file.read(8)
        if start[4:] == b"ftyp":  # ISO/IEC 14496-12, the container of HEIC and AVIF
            _register_heif()
        else:
            formats.remove("HEIF")
        if start.startswith(_PLAIN):
            formats.remove("PPM")
        file.seek(0)
        image = Image.open(file, formats=formats)
        if image.format in ("JPEG", "MPO"):
            file.check_scans()
        return image
    except Image.DecompressionBombError:
        raise _too_large(name, "many times as many") from None
    except Exception as error:  # broken files make Pillow raise almost any exception
        raise _unreadable(name) from error


def _unreadable(name: str) -> InputError:
    return InputError(
        f"{name}: wanted a picture (PNG, JPEG, WebP, HEIC …), could not read this file as one; "
        "save it again as PNG or JPEG",
        code="picture.unreadable",
        name=name,
    )


def _check_size(name: str, width: int, height: int, limit: int = MAX_PIXELS) -> None:
    if not 0 < width * height <= limit:
        raise _too_large(name, f"{width}×{height}", limit)


def _too_large(name: str, got: str, limit: int = MAX_PIXELS) -> InputError:
    return InputError(
        f"{name}: wanted 1 to {limit:,} pixels, got {got}; make the picture smaller",
        code="picture.too_large",
        name=name,
        limit=limit,
        got=got,
    )


def _decoded(image: Image.Image, name: str, is_ours: bool) -> Picture:
    """Decode an image, turn it upright and resize it; `is_ours` says that no caller holds it."""
    limit = _MAX_PIXELS_OF_FORMAT.get(image.format or "", MAX_PIXELS)
    _check_size(name, *image.size, limit)  # before decoding: a small file can unpack to gigabytes
    width, height = image.size
    try:
        # Loading a TIFF applies and removes its orientation.
        turned = image.format == "TIFF" and _orientation(image) != _UPRIGHT
        if is_ours:  # a caller's image would stay that small
            _draft(image)
        image.load()
        orientation = _orientation(image)
        is_animated = _is_animated(image)
        image = _reduced(image)
        # Pixels that are not 8-bit colours keep their range; `_eight_bit` checks it.
        pixels = np.asarray(image) if image.mode.startswith(("I", "F")) else _rgb(image)
    except Exception as error:
        raise _unreadable(name) from error
    colours = _turned_upright(_resized(_colours_of_array(pixels, name)), orientation)
    size = (height, width) if orientation >= _TRANSPOSED else (width, height)
    notes = (Note(NoteCode.FIRST_FRAME),) * is_animated
    turned |= orientation != _UPRIGHT
    return Picture(colours, size, notes + (Note(NoteCode.EXIF_ROTATION),) * turned)


def _draft(image: Image.Image) -> None:
    """Let a JPEG be decoded at a reduced size, the smallest that leaves enough pixels."""
    for scale in (8, 4, 2):
        if max(image.size) // scale >= _MIN_DRAFT * WORKING_SIDE:
            image.draft(None, (image.width // scale, image.height // scale))
            return


def _reduced(image: Image.Image) -> Image.Image:
    """Average blocks of pixels where that leaves enough, before arrays of the whole image are made of it."""
    factor = max(image.size) // WORKING_SIDE
    if factor < 2:
        return image
    if image.mode.startswith("I;16"):  # which Pillow cannot average
        image = image.convert("I")
    elif image.mode in ("1", "P", "PA"):  # numbers of colours
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    return image.reduce(factor)


def _is_animated(image: Image.Image) -> bool:
    """Whether an image has further frames, as far as that is soon known; counting them may take minutes."""
    if image.format in ("MPO", "HEIF"):  # the further images of a photo are previews
        return False
    try:
        return bool(getattr(image, "is_animated", False))
    except TooManyPartsError:  # before the second frame of a GIF come all blocks of the first
        return False


def _orientation(image: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1 if the tag is missing or damaged, as the image may be sound."""
    try:
        value = image.getexif().get(_ORIENTATION, _UPRIGHT)
    except Exception:  # broken tags make Pillow raise almost any exception
        return _UPRIGHT
    return value if value in range(1, 9) else _UPRIGHT


def _turned_upright(colours: np.ndarray, orientation: int) -> np.ndarray:
    """Undo an EXIF orientation, 1 to 8, of colours (height, width, 3)."""
    if orientation >= _TRANSPOSED:
        colours = cv2.transpose(colours)
    # OpenCV's flip codes: 0 top to bottom, 1 left to right, -1 both.
    mirror = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return colours if mirror is None else cv2.flip(colours, mirror)


def _resized(colours: np.ndarray) -> np.ndarray:
    """Shrink colours (height, width, 3) that exceed the working side; enlarge very small ones."""
    height, width = colours.shape[:2]
    factor = WORKING_SIDE / max(height, width)
    if min(height, width) < _MIN_SIDE:
        factor = min(factor, _MAX_ENLARGEMENT)
    elif factor >= 1:
        return colours
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = cv2.INTER_AREA if factor < _AREA_AVERAGING_BELOW else cv2.INTER_LINEAR
    return cv2.resize(colours, size, interpolation=method)


def _rgb(image: Image.Image) -> np.ndarray:
    """Convert a decoded 8-bit image to RGB, uint8 (height, width, 3); see `_opaque` for transparency."""
    if "transparency" not in image.info and image.mode not in ("RGBA", "LA", "PA", "RGBa", "La"):
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))  # RGB to RGB would copy
    if image.mode == "La":  # premultiplied alpha, which Pillow converts to LA only
        image = image.convert("LA")
    rgba = np.asarray(image.convert("RGBA"))
    return _opaque(cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB), rgba[:, :, 3])


def _opaque(colours: np.ndarray, opacity: np.ndarray) -> np.ndarray:
    """Put colours, uint8 (h, w, 3), of an opacity, uint8 (h, w), on white, or on black if white hides ink.

    A page of a notes app is exported without its dark paper, so a white pen is left on nothing. If more than
    half is opaque, that is a page with rounded corners, and not ink.
    """
    opacities = cv2.merge([opacity] * 3)
    on_black = cv2.multiply(colours, opacities, scale=1 / 255)
    on_white = cv2.add(on_black, cv2.bitwise_not(opacities, dst=opacities), dst=opacities)
    is_ink = 0 < cv2.countNonZero(opacity) < opacity.size / 2
    return on_black if is_ink and on_white.min() > 255 - background.MIN_CONTRAST else on_white


def _colours_of_array(array: np.ndarray, name: str) -> np.ndarray:
    """Convert an array to RGB, uint8 (height, width, 3); the last of 2 or 4 channels is the opacity."""
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
        colours = _opaque(np.ascontiguousarray(colours), np.ascontiguousarray(values[:, :, -1]))
    return np.ascontiguousarray(colours)


def _eight_bit(array: np.ndarray, name: str) -> np.ndarray:
    """Scale values to uint8, 255 = the top of their range."""
    if array.dtype.kind not in "buif":
        raise InputError(
            f"{name}: wanted numbers, got an array of {array.dtype}; pass grey levels or colours"
        )
    if array.dtype == np.uint8:
        return array
    top = _top_level(array)
    # NaN fails every comparison, so it fails this one too.
    if not (array.min() >= 0 and array.max() <= top):
        raise InputError(
            f"{name}: wanted floats in [0, 1] or unsigned integers, got {array.dtype} "
            f"from {array.min()} to {array.max()}; scale the picture to [0, 1]",
            code="picture.unreadable",
            name=name,
        )
    return np.round(array * np.float32(255 / top)).astype(np.uint8)


def _is_mask(array: np.ndarray) -> bool:
    """Return whether an array holds the integers 0 and 1 only: a binary mask, not grey levels."""
    return array.dtype.kind in "iu" and array.size > 0 and array.min() == 0 and array.max() == 1


def _top_level(array: np.ndarray) -> int:
    """Return the value of white; images of 10, 12 or 14 bits come in wider integers."""
    if array.dtype.kind in "bf":
        return 1
    largest = array.max()
    widest = _TOP_LEVELS[-1] if array.dtype.kind == "i" else int(np.iinfo(array.dtype).max)
    return next((top for top in _TOP_LEVELS if largest <= top), widest)

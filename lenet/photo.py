"""A picture of one digit -> ink: file or array, whatever its mode, light and polarity.

Every picture becomes grey with 1 = white; the paper's brightness is taken from
around the digit and followed across the sheet; what differs from it enough, in the
direction that most of the difference lies, is ink.
"""

from __future__ import annotations

import warnings
from os import PathLike, fspath

import cv2
import numpy as np
from PIL import Image, ImageOps

from lenet.preprocessing import BOX, ink_box

MAX_PIXELS = 50_000_000

ImageSource = str | PathLike[str] | Image.Image | np.ndarray

THINNEST_PEN = 1.6
"""Breadth in pixels of MNIST below which strokes are broadened: 5 % of its digits are thinner."""

RIM = 0.15
"""Part of the picture's side within which ink that touches the rim is no part of the digit."""

_WORKING_SIDE = 160
"""The longer side, in pixels, at which the light on the paper is estimated."""

_LEAST_CONTRAST = 0.06
"""Ink differs from its paper by at least this part of the range from black to white."""


def ink(source: ImageSource) -> np.ndarray:
    """Find the ink of one digit in a picture.

    Args:
        source: path of an image file, PIL image, or array: (height, width) or
            (height, width, 1 to 4 channels), unsigned integers over their whole range or
            floats in [0, 1]. Dark on light or light on dark.

    Returns:
        float32 (height, width) in [0, 1] of the upright picture, 1 = ink and exactly
        0 = paper.

    Raises:
        ValueError: the picture cannot be read, is empty or has more than 50 million
            pixels.
        FileNotFoundError: there is no such file.
    """
    grey = load_grey(source)
    contrast = _contrast(grey)
    level = _ink_level(contrast)
    if level is None:
        return np.zeros_like(grey)
    found = np.where(_digit_mask(contrast, level), np.minimum(contrast / level, 1), 0)
    return _broadened(found.astype(np.float32))


def load_grey(source: ImageSource) -> np.ndarray:
    """Load a picture upright and in grey.

    Args:
        source: as for `ink`.

    Returns:
        float32 (height, width) in [0, 1], 0 = black, 1 = white; transparent pixels
        show white paper.

    Raises:
        ValueError, FileNotFoundError: as for `ink`.
    """
    if isinstance(source, np.ndarray):
        return _grey_of_array(source)
    if isinstance(source, Image.Image):
        return _grey_of_image(ImageOps.exif_transpose(source), "image")
    return _grey_of_image(_decoded(fspath(source)), fspath(source))


def _decoded(name: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Pillow warns of pictures as large as those that are refused here by their size.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(name)
    except FileNotFoundError:
        raise FileNotFoundError(f"{name}: no such file; check the path") from None
    except Exception as error:  # broken files make Pillow raise nearly anything
        raise _unreadable(name) from error
    with image:
        _check_size(name, *image.size)  # before decoding: a small file can unpack to gigabytes
        try:
            image.load()
        except Exception as error:
            raise _unreadable(name) from error
        return ImageOps.exif_transpose(image)


def _unreadable(name: str) -> ValueError:
    return ValueError(f"{name}: wanted a picture (PNG, JPEG, WebP …), could not read this file as one")


def _check_size(name: str, width: int, height: int) -> None:
    if not 0 < width * height <= MAX_PIXELS:
        raise ValueError(
            f"{name}: wanted 1 to {MAX_PIXELS:,} pixels, got {width}×{height}; make the picture smaller"
        )


def _grey_of_image(image: Image.Image, name: str) -> np.ndarray:
    _check_size(name, *image.size)
    if image.mode.startswith(("I", "F")):
        return _grey_of_array(np.asarray(image), name)
    rgba = image.convert("RGBA")
    paper = Image.new("RGBA", rgba.size, "white")
    grey = Image.alpha_composite(paper, rgba).convert("L")
    return np.asarray(grey, np.float32) / 255


def _grey_of_array(array: np.ndarray, name: str = "image") -> np.ndarray:
    """Grey of an array (height, width[, channels]); alone the last of 2 or 4 channels is alpha."""
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or not 1 <= array.shape[2] <= 4:
        raise ValueError(
            f"{name}: wanted an array (height, width) or (height, width, 1 to 4), got shape {array.shape}"
        )
    _check_size(name, array.shape[1], array.shape[0])
    values = _unit_range(array, name)
    channels = array.shape[2]
    colours = values[:, :, : 3 if channels >= 3 else 1]
    # ITU-R BT.601, the weights of Pillow's "L".
    grey = colours @ np.array([0.299, 0.587, 0.114], np.float32) if channels >= 3 else colours[:, :, 0]
    if channels in (2, 4):
        alpha = values[:, :, -1]
        grey = grey * alpha + (1 - alpha)
    return np.ascontiguousarray(grey, np.float32)


def _unit_range(array: np.ndarray, name: str) -> np.ndarray:
    """Values as float32 in [0, 1]."""
    if array.dtype.kind not in "buif":
        raise ValueError(
            f"{name}: wanted numbers, got an array of {array.dtype}; pass grey levels or colours"
        )
    if array.dtype == bool or array.dtype.kind == "u":
        return array.astype(np.float32) / (1 if array.dtype == bool else np.iinfo(array.dtype).max)
    values = array.astype(np.float32)
    if array.dtype.kind == "i":  # Pillow's 16-bit grey comes as int32
        top = 255 if values.max() <= 255 else 65535
        values /= top
    # A NaN fails every comparison, so it fails this one too.
    if not (values.min() >= 0 and values.max() <= 1):
        raise ValueError(
            f"{name}: wanted floats in [0, 1] or unsigned integers, got {array.dtype} "
            f"from {array.min()} to {array.max()}; scale the picture to [0, 1]"
        )
    return values


def _contrast(grey: np.ndarray) -> np.ndarray:
    """How far each pixel lies from the paper, towards ink; float32 (h, w), 0 = paper or beyond."""
    difference = grey - _paper(grey)
    rows, columns = (1 + side // 1000 for side in grey.shape)
    far = np.quantile(difference[::rows, ::columns], [0.005, 0.995])  # a million pixels tell enough
    darker = -far[0] > far[1] or (-far[0] == far[1] and -difference.min() > difference.max())
    return np.maximum(-difference if darker else difference, 0)


def _paper(grey: np.ndarray) -> np.ndarray:
    """Brightness of the paper under every pixel: a curved surface through the pixels that are paper.

    A polynomial of second degree, fitted again and again without the pixels that lie
    far from it, follows shadows and lamps, but no stroke.
    """
    rim = float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))
    if np.mean(grey == rim) > 0.5:  # drawn by a program: the paper has one value
        return np.full_like(grey, rim)
    factor = min(1.0, _WORKING_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    terms, values = _terms(*small.shape), small.ravel()
    surface = np.full(values.size, rim)
    for tolerance in (0.25, 0.12, 0.08):
        near = np.abs(values - surface) <= tolerance
        if near.mean() < 0.2:  # too little paper to follow
            break
        surface = terms @ np.linalg.lstsq(terms[near], values[near], rcond=None)[0]
    paper = surface.reshape(small.shape).astype(np.float32)
    return cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _terms(height: int, width: int) -> np.ndarray:
    """1, x, y, x², xy, y² of each pixel, x and y in [-1, 1]; float32 (height × width, 6)."""
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6).astype(np.float32)


def _ink_level(contrast: np.ndarray) -> float | None:
    """The contrast of full ink, or None where nothing stands out from the paper."""
    strong = contrast > max(_otsu(contrast), _LEAST_CONTRAST)
    return float(np.quantile(contrast[strong], 0.75)) if strong.any() else None


def _otsu(values: np.ndarray) -> float:
    """Threshold between the two groups that the values, in [0, 1], fall into (Otsu 1979)."""
    level, _ = cv2.threshold((values * 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)
    return level / 255


def _digit_mask(contrast: np.ndarray, level: float) -> np.ndarray:
    """Where the digit is: bool (h, w), without specks, grain of the paper and lines along the rim."""
    core = (contrast > 0.5 * level).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA] * ~_along_rim(stats, core.shape)
    areas[0] = 0  # the paper
    if not areas.any():
        areas[1:] = stats[1:, cv2.CC_STAT_AREA]
    digit = (areas >= 0.05 * areas.max())[labels].astype(np.uint8)
    # The soft edge of a stroke is ink too: two pixels around it, as far as they stand out from the grain.
    edge = cv2.dilate(digit, np.ones((5, 5), np.uint8)).astype(bool)
    grain = 4 * np.median(contrast[~edge]) if not edge.all() else 0.0
    other = cv2.dilate(core & ~digit & 1, np.ones((3, 3), np.uint8)).astype(bool)
    return edge & ~other & (contrast > grain)


def _along_rim(stats: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Which components hug a rim of the picture, as the edge of a sheet or a slice of a form's box does."""
    left, top, width, height = stats[:, :4].T
    at_side = (left == 0) | (left + width == shape[1])
    at_end = (top == 0) | (top + height == shape[0])
    return (at_side & (width <= RIM * shape[1])) | (at_end & (height <= RIM * shape[0]))


def _broadened(ink: np.ndarray) -> np.ndarray:
    """Broaden the strokes of a pen so thin that shrinking to 20 px would leave it grey."""
    box = ink_box(ink)
    if box is None:
        return ink
    left, top, width, height = box
    mask = (ink[top : top + height, left : left + width] > 0.5).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    # A stroke's outline runs along it twice: its area is its breadth times half of that.
    outline = sum(cv2.arcLength(contour, True) for contour in contours)
    breadth = 2 * float(mask.sum()) / max(outline, 1)
    reach = round((THINNEST_PEN / BOX * max(width, height) - breadth) / 2)
    if reach < 1:
        return ink
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    rows = slice(max(top - reach, 0), top + height + reach)
    columns = slice(max(left - reach, 0), left + width + reach)
    broad = np.zeros_like(ink)
    broad[rows, columns] = cv2.dilate(ink[rows, columns], brush)
    return broad

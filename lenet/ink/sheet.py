"""The sheet of paper in a picture that shows more: a desk around it, or the black bed of a scanner."""

from __future__ import annotations

import cv2
import numpy as np

from lenet.ink.blobs import bounding_window

_BLUR = 5
"""Side, in pixels of the reduced image, of the median filter before the sheet is segmented; odd. Tuned."""

_EDGE = 5
"""Side, in pixels of the reduced image, of the square by which the sheet is eroded: its edge casts a shadow.
Tuned."""

_PAPER_BLUR = 15
"""Side, in pixels of the reduced image, of the median filter that removes strokes near the sheet's edge."""

_MIN_AREA = 0.25
"""Minimum area of the sheet, as a fraction of the image. Tuned."""

_MIN_RECTANGULARITY = 0.85
"""Minimum area of the sheet, as a fraction of its bounding rectangle, which may be rotated. A pool of
lamplight, an ellipse, has π/4 = 0.79. Tuned."""

_MIN_SOLID = 0.7
"""Minimum fraction of the sheet that differs from the desk: a printed box encloses paper. Tuned."""

_BED_SHARE = 0.98
"""Minimum fraction of a row or column of the scanner's bed that is dark. Chosen."""

_BED_BRIGHTNESS = 0.45
"""Maximum brightness of the bed, as a fraction of the sheet's: shadows are lighter. Tuned on made scans."""

_MIN_BED = 0.02
"""Minimum width of the bed, as a fraction of the image's side. Chosen."""

_STEP = 0.04
"""Maximum width of the edge between bed and sheet, as a fraction of the image's side: an edge of light is
softer. Tuned on made scans and shadows."""

_MIN_BRIGHT = 0.7
"""Minimum fraction of the sheet that is bright, and of its rows at the bed. Chosen."""

_BED_INK = 0.7
"""Brightness below which a pixel of the bed is ink, as a fraction of the bed's. Chosen."""

_BED_NOISE = 6
"""Further grey levels below which it is ink: noise. Chosen."""

_MAX_BED_INK = 0.002
"""Maximum fraction of the bed that may be ink: a page that is half in a shadow has more. Chosen."""


def find_sheet(small: np.ndarray) -> np.ndarray | None:
    """Find a sheet of paper that lies on something else.

    Args:
        small: the image, uint8 (h, w, 3), RGB, reduced.

    Returns:
        The sheet without its edge, uint8 (h, w), 1 = sheet; None if there is no such sheet.
    """
    grey = cv2.medianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), _BLUR)
    _, bright = cv2.threshold(grey, 0, 1, cv2.THRESH_OTSU)
    sheet = _on_desk(bright)
    return _beside_bed(grey, bright) if sheet is None else sheet


def _on_desk(bright: np.ndarray) -> np.ndarray | None:
    corners = bright[[0, 0, -1, -1], [0, -1, 0, -1]]
    if corners.min() != corners.max():
        return None
    contours, _ = cv2.findContours(bright ^ corners[0], cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(contours, key=cv2.contourArea, default=None)
    if outline is None:
        return None
    area = cv2.contourArea(outline)
    _, (width, height), _ = cv2.minAreaRect(outline)
    if area <= _MIN_AREA * bright.size or area <= _MIN_RECTANGULARITY * width * height:
        return None
    sheet = cv2.drawContours(np.zeros_like(bright), [outline], 0, 1, cv2.FILLED)
    if (bright ^ corners[0])[sheet > 0].mean() < _MIN_SOLID:
        return None
    sheet = cv2.erode(sheet, np.ones((_EDGE, _EDGE), np.uint8))
    return sheet if sheet.any() else None


def _beside_bed(grey: np.ndarray, bright: np.ndarray) -> np.ndarray | None:
    """Find a sheet beside a dark band that spans a whole side of the image, where no ink lies in the band."""
    height, width = bright.shape
    top, bottom = _bed(grey.mean(axis=1), bright.mean(axis=1))
    left, right = _bed(grey.mean(axis=0), bright.mean(axis=0))
    inside = np.s_[top : height - bottom, left : width - right]
    if top + bottom + left + right == 0 or bright[inside].size <= _MIN_AREA * bright.size:
        return None
    sheet = np.zeros_like(bright)
    sheet[inside] = 1
    bed = grey[sheet == 0].astype(np.float32)
    dark = np.count_nonzero(bed < _BED_INK * np.median(bed) - _BED_NOISE)
    if bright[inside].mean() < _MIN_BRIGHT or dark > _MAX_BED_INK * bed.size:
        return None
    return cv2.erode(sheet, np.ones((_EDGE, _EDGE), np.uint8), borderType=cv2.BORDER_REPLICATE)


def _bed(grey: np.ndarray, bright: np.ndarray) -> tuple[int, int]:
    """Measure the dark bands at both ends of an image.

    Args:
        grey: mean grey level of each row, float (n,).
        bright: the fraction of bright pixels of each row, float (n,).

    Returns:
        The number of rows of each band; 0 where there is none, as its edge is not sharp, or it is not dark.
    """
    return _first_bed(grey, bright), _first_bed(grey[::-1], bright[::-1])


def _first_bed(grey: np.ndarray, bright: np.ndarray) -> int:
    is_bed = bright < 1 - _BED_SHARE
    rows, gap = int(is_bed.argmin()), max(3, round(_STEP * len(grey)))
    if rows < _MIN_BED * len(grey) or rows + gap >= len(grey):
        return 0
    before, after = grey[: max(1, rows - gap)].max(), grey[rows + gap]
    return rows if bright[rows + gap] > _MIN_BRIGHT and before < _BED_BRIGHTNESS * after else 0


def cropped(
    colours: np.ndarray, small: np.ndarray, sheet: np.ndarray
) -> tuple[np.ndarray, tuple[slice, slice]]:
    """Cut a sheet, see `find_sheet`, out of an image; what is left around it gets the colour of its paper.

    Args:
        colours: the image, uint8 (height, width, 3).
        small: reduced, uint8 (h, w, 3).
        sheet: uint8 (h, w), 1 = sheet.

    Returns:
        The sheet, uint8, and its rows and columns in the image.
    """
    inside = cv2.resize(sheet, colours.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    window = bounding_window(inside)
    around = cv2.resize(_extended(small, sheet), colours.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.where(inside[window][..., None] > 0, colours[window], around[window]), window


def _extended(small: np.ndarray, sheet: np.ndarray) -> np.ndarray:
    """Give the pixels around a sheet the colour of the paper nearest to them, so that shadows go on."""
    paper = np.median(small[sheet > 0], axis=0).astype(np.uint8)
    smooth = cv2.medianBlur(np.where(sheet[..., None] > 0, small, paper), _PAPER_BLUR)
    _, nearest = cv2.distanceTransformWithLabels(
        1 - sheet, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colours = np.zeros((nearest.max() + 1, 3), np.uint8)
    colours[nearest[sheet > 0]] = smooth[sheet > 0]
    return colours[nearest]

"""The colour of the paper at each pixel, whatever the light on it, and how far each pixel differs from it.

The colour of the paper is a local median. The difference of the ink from it has a direction in colour space,
which serves dark on light, light on dark, and red on green of equal brightness alike: projected on it, the
image is grey with dark ink.

A constant called tuned was tuned on rendered pages and training photos; `benchmarks/ablation.py` measures
what it is worth. Levels and contrasts are in 8-bit grey levels, 0 to 255.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import cv2
import numpy as np

from lenet.ink.blobs import blobs, keep_blobs
from lenet.ink.notes import Note, NoteCode

SMALL_SIDE = 400
"""Longer side, in pixels, of the reduced image on which the paper is estimated. Tuned."""

MIN_CONTRAST = 15
"""Minimum contrast of ink to the paper, in grey levels. Tuned."""

_MIN_NOISE = 6
"""Contrast, in grey levels, up to which a pixel is never ink, however clean the image. Tuned."""

_NOISE_MEDIANS = 4
"""Contrast of ink in the first estimate, as a multiple of the image's median contrast. Tuned."""

_NOISE_SHARE = 0.4
"""The same as a fraction of the image's largest contrast, if nothing exceeds the multiple: strokes and their
soft edges cover half of the image, so the median is theirs. Tuned on thick digits on small images; as a limit
on every image it cost 3 of 400 amounts on cheques."""

_MIN_BIMODALITY = 0.83
"""Minimum fraction of the variance of grey that Otsu's threshold explains (his η, 1979) on such an image.
Measured: thick digits 0.85 to 0.93; photos of scenes and rows of printed boxes up to 0.81."""

_NOISE_SIGMAS = 4
"""Contrast up to which a pixel may be paper, in standard deviations of the paper's noise. Tuned."""

_MAD_TO_SIGMA = 1.48
"""Standard deviation of a normal distribution over its median absolute deviation."""

_MIN_PAPER = 48
"""Brightness, in grey levels, that replaces that of darker paper when contrast is made relative to it: there
the contrast is mostly noise. Tuned."""

_WINDOWS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Candidate sides of the median's window, as fractions of the image's shorter side. Tuned."""

_MIN_WINDOW = 10
"""Minimum side of the median's window, in pixels of the reduced image: smaller ones see edges only. Tuned."""

_NARROW_WINDOW = 0.2
"""Side of the window, as a fraction of the image's shorter side, up to which strokes that cross may fill more
than half of it. Tuned: in wider windows only shadows do, and treating them alike lost 5 of 557 phone digits
(docs/experiments.md, "Photos")."""

_SETTLED_GROWTH = 1.25
"""Maximum growth of the image's total contrast from a window that is wide enough for all strokes to the next
wider one, as a ratio. Tuned on pages with a wedge of light (docs/experiments.md, "Photos")."""

_MAX_GROWTH = 2.0
"""The same if no window reaches `_SETTLED_GROWTH`, as on pages with a shadow. Tuned likewise."""

_GROWING_PEAK = 0.4
"""Minimum of the highest contrast then, as a fraction of that with the widest window. Tuned."""

_CLOSING = 0.8
"""Size of dark places that are closed in the median of a narrow window, as a fraction of the window: there
strokes cross. Tuned: of 200 clean images of numbers, 193 are read with it and 178 without
(docs/experiments.md, "Photos")."""

_DENSE_INK = 0.7
"""Contrast, as a fraction of full ink, from which a dark place in the median is taken for strokes that cross.
Tuned on tightly cropped images (docs/experiments.md, "Photos")."""

_MEDIAN_SIDE = 21
"""Side, in pixels, to which a larger window of the median is scaled down. Tuned: 15 cost one of 557 phone
digits and saved little time (docs/experiments.md, "Photos")."""

_SLOW_MEDIAN, _QUICK_MEDIAN = 15, 17
"""Side of the median's window, in pixels, and the one that replaces it: up to 15, OpenCV takes another
algorithm, up to twice as slow. Pages of 4:3 have it. Of 705 photos and cheques two are read otherwise, and
none surely."""

_SMOOTHING_WINDOW = 0.04
"""Side of the window in which the paper is smoothed, as a fraction of the image's shorter side. Tuned."""

_MIN_SMOOTHING = 9
"""Minimum side of that window, in pixels of the reduced image; odd. Tuned."""

_LIGHT_ON_DARK = -0.2
"""Sum of the ink's direction below which ink counts as lighter than the paper; -1 is pure light on dark.
Tuned; concerns the note only."""

_SHADOW_QUANTILE = 0.02
"""Quantile of the paper's brightness that counts as its darkest, and as its brightest from above. Tuned;
concerns the note only."""

_SHADOW_RANGE = 40
"""Range of the paper's brightness, in grey levels, from which light counts as uneven. Tuned; concerns the
note only."""


class InkEstimate(NamedTuple):
    """The first estimate of the ink.

    Attributes:
        window: side of a window much wider than the strokes, as a fraction of the image's shorter side.
        direction: direction from ink to paper in RGB, float32 (3,), absolute values adding up to 1.
    """

    window: float
    direction: np.ndarray


class Contrast(NamedTuple):
    """An image relative to its paper.

    Attributes:
        grey: the image projected on the ink's direction, ink dark, uint8 (height, width).
        contrast: how much darker than the paper each pixel is, uint8 (height, width).
        noise: contrast up to which a pixel may be paper, in grey levels.
        notes: on polarity and light.
    """

    grey: np.ndarray
    contrast: np.ndarray
    noise: float
    notes: tuple[Note, ...]


def shrunk(image: np.ndarray, side: int) -> np.ndarray:
    """Shrink an image (height, width, …) to a longer side of at most `side` pixels, by area averaging."""
    factor = side / max(image.shape[:2])
    if factor >= 1:
        return image
    size = [max(1, round(length * factor)) for length in image.shape[1::-1]]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def window_side(image: np.ndarray, fraction: float) -> int:
    """Return an odd number of pixels near a fraction of the image's shorter side, at least 3."""
    return max(int(fraction * min(image.shape[:2])) // 2 * 2 + 1, 3)


def full_contrast(values: np.ndarray) -> float | None:
    """Estimate the contrast of full ink.

    Args:
        values: contrasts above the noise, uint8 (n,).

    Returns:
        The median of those above Otsu's threshold (Otsu 1979); None if there are no values.
    """
    if values.size == 0:
        return None
    threshold, _ = cv2.threshold(values[:, None], 0, 255, cv2.THRESH_OTSU)
    strong = values[values > threshold]
    return float(np.quantile(strong if strong.size else values, 0.5))


def estimate_ink(small: np.ndarray) -> InkEstimate | None:
    """Estimate the size of the strokes and the colour of the ink.

    The median in a window of which strokes fill less than half is the paper's colour. The narrowest
    such window follows the light best. It is the first where the contrast of the image to the median
    does not grow much with the next wider window. If it grows with each, there is a shadow; then it
    grows least at the narrow window that is wide enough for the strokes.

    Args:
        small: the image, uint8 (h, w, 3), shrunk to `SMALL_SIDE`.

    Returns:
        The estimate, or None if nothing differs from its surroundings.
    """
    shorter = min(small.shape[:2])
    windows = [window for window in _WINDOWS[:-1] if window * shorter >= _MIN_WINDOW] + [_WINDOWS[-1]]
    *narrower, widest = windows
    at_widest = _differences(small, widest)
    peak = float(at_widest[1].max())
    if peak == 0:
        return _thick_ink(small)
    views = itertools.chain((_differences(small, window) for window in narrower), [at_widest])
    least_growth, best = _MAX_GROWTH, (widest, at_widest)
    for window, (view, wider) in zip(narrower, itertools.pairwise(views), strict=True):
        strong = view[1]
        growth = float(wider[1].sum()) / max(float(strong.sum()), 1.0)
        if growth < _SETTLED_GROWTH and strong.any():
            return InkEstimate(window, _direction(*view))
        if window <= _NARROW_WINDOW and growth < least_growth and strong.max() > _GROWING_PEAK * peak:
            least_growth, best = growth, (window, view)
    window, view = best
    return InkEstimate(window, _direction(*view))


def _thick_ink(small: np.ndarray) -> InkEstimate | None:
    """Estimate ink as `estimate_ink` does where it covers half of the image; None if it is no such image."""
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    _, light = cv2.threshold(grey, 0, 1, cv2.THRESH_OTSU)
    share, levels = float(light.mean()), grey.astype(np.float64)
    if not 0 < share < 1:
        return None
    step = levels[light > 0].mean() - levels[light == 0].mean()
    if share * (1 - share) * step**2 < _MIN_BIMODALITY * levels.var():
        return None
    difference, strong = _differences(small, _WINDOWS[-1], is_thick=True)
    return InkEstimate(_WINDOWS[-1], _direction(difference, strong)) if strong.any() else None


def _differences(small: np.ndarray, window: float, is_thick: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Compare each pixel with the median around it; `is_thick` says that ink covers half of the image.

    Returns:
        The difference, int16 (h, w, 3); and the largest absolute difference of a channel, uint8 (h, w),
        0 within the noise.
    """
    median = _local_median(small, window)
    difference = cv2.subtract(small, median, dtype=cv2.CV_16S)
    red, green, blue = cv2.split(cv2.absdiff(small, median))
    distance = cv2.max(cv2.max(red, green), blue)
    noise = _NOISE_MEDIANS * float(np.median(distance[::2, ::2]))
    if is_thick:
        noise = min(noise, _NOISE_SHARE * float(distance.max()))
    return difference, np.where(distance > max(noise, MIN_CONTRAST), distance, 0)


def _direction(difference: np.ndarray, strong: np.ndarray) -> np.ndarray:
    """Return the mean direction from ink to paper, see `InkEstimate`, of results of `_differences`.

    Differences on the minor side of the principal axis, such as highlights, are left out.
    """
    vectors = difference[strong > 0].astype(np.float32)  # (n, 3)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    along = vectors @ axes[:, -1]
    side = along > 0 if along.sum() > 0 else along < 0
    ink = vectors[side].sum(axis=0)
    return -ink / np.abs(ink).sum()


def contrast_to_paper(colours: np.ndarray, estimate: InkEstimate) -> Contrast:
    """Compare an image, uint8 (height, width, 3), with its paper along the ink's direction."""
    direction = estimate.direction
    offset = -255 * direction[direction < 0].sum()  # shifts the projection to 0…255
    grey = cv2.transform(colours, np.append(direction, offset)[None].astype(np.float32))
    paper = _paper(grey, estimate.window)
    darker = cv2.subtract(paper, grey)
    noise = _noise(darker, cv2.subtract(grey, paper))
    if direction.min() >= 0:  # dark ink absorbs a share of the light, so its contrast is lower in shadow
        reference = int(np.median(paper[::8, ::8]))
        darker = cv2.divide(darker, cv2.max(paper, np.array(_MIN_PAPER)), scale=max(reference, _MIN_PAPER))
    low, high = np.quantile(paper[::8, ::8], [_SHADOW_QUANTILE, 1 - _SHADOW_QUANTILE])
    notes = (
        (NoteCode.LIGHT_ON_DARK, direction.sum() < _LIGHT_ON_DARK),
        (NoteCode.SHADOW_EVENED, high - low > _SHADOW_RANGE),
    )
    return Contrast(grey, darker, noise, tuple(Note(code) for code, holds in notes if holds))


def _paper(grey: np.ndarray, window: float) -> np.ndarray:
    """Estimate the paper under each pixel, uint8 (h, w): the local median, smoothed and close to `grey`."""
    small = shrunk(grey, SMALL_SIDE)
    median = _without_dense_ink(_local_median(small, window), small)
    if window <= _NARROW_WINDOW:
        side = window_side(small, _CLOSING * window)
        median = cv2.morphologyEx(median, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    filled = np.where(cv2.subtract(median, small) > _MIN_NOISE, median, small)
    # A median keeps the edge of a shadow sharp.
    smooth = cv2.medianBlur(filled, max(window_side(small, _SMOOTHING_WINDOW), _MIN_SMOOTHING))
    if small.size < grey.size:
        # That edge is known to a pixel or two of the reduced image. Too dark a paper shows no ink there.
        smooth = cv2.erode(smooth, np.ones((3, 3), np.uint8))
    return cv2.resize(smooth, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _without_dense_ink(median: np.ndarray, small: np.ndarray) -> np.ndarray:
    """Replace the local median, uint8 (h, w), where it is ink, as where strokes cross densely.

    Unlike shadows, such places are as dark as full ink somewhere and do not touch the image's border.
    """
    widest = _local_median(small, _WINDOWS[-1])
    ink, depth = cv2.subtract(widest, small), cv2.subtract(widest, median)
    full = full_contrast(ink[ink > MIN_CONTRAST])
    if full is None:
        return median
    dark = (depth > _MIN_NOISE).astype(np.uint8)
    labels, stats = blobs(dark)
    left, top, width, height = stats[:, :4].T
    inside = (left > 0) & (top > 0) & (left + width < dark.shape[1]) & (top + height < dark.shape[0])
    is_ink = np.bincount(labels[depth >= _DENSE_INK * full], minlength=len(stats)) > 0
    dense = keep_blobs(dark, labels, inside & is_ink) > 0
    return np.where(dense, np.maximum(median, widest), median)


def _local_median(image: np.ndarray, window: float) -> np.ndarray:
    """Return the median of each channel in the window around each pixel, uint8 of the image's shape."""
    factor = min(1.0, _MEDIAN_SIDE / window_side(image, window))  # a wide window needs no detail
    size = [max(1, round(length * factor)) for length in image.shape[1::-1]]
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    side = window_side(small, window)
    side = _QUICK_MEDIAN if side == _SLOW_MEDIAN else side
    # Reflected at the border: replicated, a stroke that leaves the image would fill the window there.
    half = side // 2
    padded = cv2.copyMakeBorder(small, half, half, half, half, cv2.BORDER_REFLECT)
    median = cv2.medianBlur(padded, side)[half : half + size[1], half : half + size[0]]
    return cv2.resize(median, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _noise(darker: np.ndarray, lighter: np.ndarray) -> float:
    """Return the contrast up to which a pixel may be paper, from the pixels lighter than it: none is ink."""
    paper = lighter[::4, ::4][darker[::4, ::4] == 0]
    sigma = _MAD_TO_SIGMA * float(np.median(paper)) if paper.size else 0.0
    return max(_MIN_NOISE, _NOISE_SIGMAS * sigma)

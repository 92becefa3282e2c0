"""The connected components ("blobs") of a binary mask, and the selection of some of them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

Found = tuple[np.ndarray, np.ndarray]
"""The labels and the statistics of blobs, as from `blobs`."""


def blobs(mask: np.ndarray) -> Found:
    """Label the 8-connected components of a mask, uint8 (height, width), 0 = background.

    Returns:
        The label of each pixel, int32 (height, width), 0 = background; and OpenCV's statistics of each
        label, int32 (1 + blobs, 5): left, top, width, height, area in pixels. Row 0 has no meaning.
    """
    labels = np.zeros(mask.shape, np.int32)
    window = bounding_window(mask)
    if mask[window].size == 0:
        return labels, np.zeros((1, 5), np.int32)
    # OpenCV writes into `labels` itself. Its default algorithm takes 2.5 times as long as Grana's.
    _, _, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask[window], 8, cv2.CV_32S, cv2.CCL_GRANA, labels[window]
    )
    rows, columns = window
    stats[:, :2] += (columns.start, rows.start)
    return labels, stats


def bounding_window(mask: np.ndarray) -> tuple[slice, slice]:
    """Return the rows and columns that bound the nonzero pixels of a mask, uint8 (height, width).

    Most of a page is empty, so working within this window saves time.
    """
    left, top, width, height = cv2.boundingRect(mask)
    return slice(top, top + height), slice(left, left + width)


def keep_blobs(mask: np.ndarray, labels: np.ndarray, keep: np.ndarray) -> np.ndarray:
    """Keep some blobs of a mask.

    Args:
        mask: uint8 (height, width).
        labels: the labels of its blobs, int32 (height, width), as from `blobs`.
        keep: bool (1 + blobs,), True for each label to keep.

    Returns:
        uint8 (height, width), 1 = kept.
    """
    inside = mask > 0  # a small share of the pixels; looking up the label of all takes most of the time
    kept = np.zeros_like(mask)
    kept[inside] = keep[labels[inside]]
    return kept


def blobs_with_seeds(mask: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Keep the blobs of a mask, uint8 (height, width), that contain a seed, bool (height, width).

    Returns:
        uint8 (height, width), 1 = kept.
    """
    labels, stats = blobs(mask)
    return keep_blobs(mask, labels, np.bincount(labels[(mask > 0) & seeds], minlength=len(stats)) > 0)


def replace_blobs(
    mask: np.ndarray,
    found: Found,
    may_be: Callable[[np.ndarray], np.ndarray],
    remains: Callable[[np.ndarray, np.ndarray], np.ndarray | None],
) -> tuple[np.ndarray, bool]:
    """Replace some blobs of a mask by what remains of each.

    Args:
        mask: uint8 (height, width), 1 = ink.
        found: its blobs, as from `blobs`.
        may_be: tells from OpenCV's statistics of the blobs, int32 (blobs, 5), which are tried, bool (blobs,).
        remains: from a blob, uint8 (h, w), and the ink of its bounding box, uint8 (h, w), to the ink that
            remains of the blob, uint8 (h, w); None leaves it as it is.

    Returns:
        uint8 (height, width), the argument itself where nothing is replaced; and whether anything is.
    """
    labels, stats = found
    kept = mask
    for label in (1 + np.flatnonzero(may_be(stats[1:]))).tolist():
        left, top, width, height, _ = stats[label].tolist()
        place = np.s_[top : top + height, left : left + width]
        blob = (labels[place] == label).view(np.uint8)
        rest = remains(blob, kept[place])
        if rest is not None:
            kept = kept.copy() if kept is mask else kept
            kept[place][blob > 0] = rest[blob > 0]
    return kept, kept is not mask


def weighted_quantile(values: np.ndarray, weights: np.ndarray, fraction: float) -> float:
    """Return the value, of float (n,), below which a fraction of the total weight, float (n,), lies."""
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weights[order]), fraction * weights.sum())])

"""The connected blobs of a mask, and some of them kept."""

from __future__ import annotations

import cv2
import numpy as np


def blobs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Find the connected blobs of a mask, uint8 (height, width), which may touch at corners.

    Returns:
        int32 (height, width), the number of each pixel's blob, 0 for what is none; and OpenCV's
        `stats`, int32 (1 + blobs, 5), of each: left, top, width, height, area; the first row means nothing.
    """
    labels = np.zeros(mask.shape, np.int32)
    place = place_of(mask)
    if mask[place].size == 0:
        return labels, np.zeros((1, 5), np.int32)
    # Written into `labels` itself; OpenCV's default algorithm takes two and a half times as long.
    _, _, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask[place], 8, cv2.CV_32S, cv2.CCL_GRANA, labels[place]
    )
    rows, columns = place
    stats[:, :2] += (columns.start, rows.start)
    return labels, stats


def place_of(mask: np.ndarray) -> tuple[slice, slice]:
    """The rows and columns of a mask, uint8 (height, width), that hold all of it: most of a page is empty."""
    left, top, width, height = cv2.boundingRect(mask)
    return slice(top, top + height), slice(left, left + width)


def chosen(mask: np.ndarray, labels: np.ndarray, choice: np.ndarray) -> np.ndarray:
    """Keep some blobs of a mask.

    Args:
        mask: uint8 (height, width).
        labels: of its blobs, int32 (height, width), as from `blobs`.
        choice: bool (1 + blobs,), which to keep.

    Returns:
        uint8 (height, width), 1 = kept.
    """
    ink = mask > 0  # few of the pixels: looking up all of them would take most of the time
    kept = np.zeros_like(mask)
    kept[ink] = choice[labels[ink]]
    return kept


def holding(mask: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Keep the blobs of a mask, uint8 (height, width), that hold some of the seeds, bool (height, width)."""
    labels, stats = blobs(mask)
    return chosen(mask, labels, np.bincount(labels[(mask > 0) & seeds], minlength=len(stats)) > 0)


def weighted_quantile(values: np.ndarray, weights: np.ndarray, part: float) -> float:
    """The value, of float (n,), below which that part of the weight, float (n,), lies."""
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weights[order]), part * weights.sum())])

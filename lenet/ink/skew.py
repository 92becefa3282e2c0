"""The angle at which lines of writing lie on a page, measured on the ink, and ink rotated by any angle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lenet.ink.boxes import Box

_SMALL = 0.4
"""Longer side below which a blob is a mark or part of a digit, as a fraction of the typical one. Chosen."""

_TYPICAL = 0.7
"""Quantile of the blobs' longer sides that is the typical one. Chosen."""

_MIN_BLOBS = 3
"""Minimum number of blobs on a line whose angle is measured: two digits differ too much in height. Chosen."""

_MAX_BLOBS = 150
"""Maximum number of blobs that are measured: more are a texture. Chosen as a bound on time."""

_MAX_GAP = 2.5
"""Maximum distance of the centres of neighbours on a line, in typical sides. Chosen."""

_MAX_OFFSET = 0.5
"""Maximum distance of a blob's centre from its line, in typical sides. Chosen."""

_SECOND = 1.6
"""Maximum distance of the second neighbour, relative to the nearest. Chosen."""

_STEP = 5
"""Distance of the candidate angles, in degrees. Chosen."""

_MIN_AGREEMENT = 0.5
"""Minimum votes for the angle, as a fraction of the links: the blobs of a texture do not agree. Tuned."""

_SPREAD = 20
"""Distance in degrees up to which a link votes for an angle: digits differ in height. Chosen."""


def skew_of(boxes: Sequence[Box]) -> float | None:
    """Measure the angle of the lines of writing.

    Neighbours on a line are nearer to each other than lines are. The angle that most links between near
    neighbours have is refined by a straight line through the longest chain of digits at that angle.

    Args:
        boxes: of the blobs of ink.

    Returns:
        Degrees in [-90, 90] by which the lines fall to the right; None if no line is long enough.
    """
    centres, side = _large_blobs(np.array(boxes, np.float64).reshape(-1, 4))
    if not _MIN_BLOBS <= len(centres) <= _MAX_BLOBS:
        return None
    rough = _common_angle(_links(centres, side))
    return None if rough is None else _refined(centres, side, rough)


def _large_blobs(boxes: np.ndarray) -> tuple[np.ndarray, float]:
    """The centres (n, 2), x and y, of the boxes (m, 4) that may be digits, and their typical longer side."""
    sides = boxes[:, 2:].max(axis=1, initial=0)
    typical = float(np.quantile(sides, _TYPICAL)) if len(sides) else 0.0
    large = boxes[sides >= _SMALL * typical]
    return large[:, :2] + large[:, 2:] / 2, typical


def _links(centres: np.ndarray, side: float) -> np.ndarray:
    """The vectors (k, 2) from each centre (n, 2) to its two nearest neighbours, if they are near."""
    offsets = centres[None] - centres[:, None]  # (n, n, 2)
    distances = np.hypot(offsets[:, :, 0], offsets[:, :, 1])
    np.fill_diagonal(distances, np.inf)
    second = np.argsort(distances, axis=1)[:, :2]
    lengths = np.take_along_axis(distances, second, axis=1)
    near = lengths <= np.minimum(_MAX_GAP * side, _SECOND * lengths[:, :1])
    return np.take_along_axis(offsets, second[:, :, None], axis=1)[near]


def _common_angle(links: np.ndarray) -> float | None:
    """The angle, in degrees in [0, 180), near which most links (k, 2) lie; None if they do not agree."""
    if len(links) == 0:
        return None
    angles = np.degrees(np.arctan2(links[:, 1], links[:, 0]))
    candidates = np.arange(0, 180, _STEP)
    apart = np.abs((angles[:, None] - candidates + 90) % 180 - 90)
    votes = np.maximum(0, 1 - apart / _SPREAD).sum(axis=0)
    return float(candidates[votes.argmax()]) if votes.max() >= _MIN_AGREEMENT * len(links) else None


def _refined(centres: np.ndarray, side: float, rough: float) -> float | None:
    """The angle of the longest chain of centres (n, 2) along a rough angle; None without one."""
    turn = np.radians(rough)
    along = centres @ (np.cos(turn), np.sin(turn))
    across = centres @ (-np.sin(turn), np.cos(turn))
    chain = max((_chain(along, across, side, start) for start in range(len(centres))), key=len)
    if len(chain) < _MIN_BLOBS:
        return None
    slope = np.polyfit(along[chain], across[chain], 1)[0]
    return float((rough + np.degrees(np.arctan(slope)) + 90) % 180 - 90)


def _chain(along: np.ndarray, across: np.ndarray, side: float, start: int) -> list[int]:
    """Indices of the neighbours that follow one another from a start; positions (n,) along and across."""
    chain = [start]
    while True:
        gap, offset = along - along[chain[-1]], np.abs(across - across[chain[-1]])
        following = np.flatnonzero((gap > 0) & (gap <= _MAX_GAP * side) & (offset < _MAX_OFFSET * side))
        if len(following) == 0:
            return chain
        chain.append(int(following[gap[following].argmin()]))


def rotated(ink: np.ndarray, degrees: float) -> np.ndarray:
    """Rotate ink about its centre.

    Args:
        ink: float32 (height, width) in [0, 1], 1 = full ink.
        degrees: the angle, clockwise.

    Returns:
        float32, just large enough for the whole image.
    """
    size = np.array(ink.shape[::-1])
    wanted = _rotated_size(size, degrees)
    matrix = cv2.getRotationMatrix2D((size / 2).tolist(), -degrees, 1.0)
    matrix[:, 2] += (wanted - size) / 2
    return cv2.warpAffine(ink, matrix, wanted.astype(int).tolist(), flags=cv2.INTER_LINEAR)


@dataclass(frozen=True)
class Frame:
    """Where boxes of rotated ink lie in the upright image.

    Attributes:
        shape: (height, width) of the ink before the rotation.
        turned: degrees by which it was rotated about its centre, clockwise.
        scale: pixels of the image per pixel of ink.
    """

    shape: tuple[int, ...]
    turned: float
    scale: float

    @property
    def quarters(self) -> int:
        """Degrees of the nearest rotation by quarters: 0, 90, 180 or 270. Boxes lie in the image after it."""
        return round(self.turned / 90) * 90 % 360

    def box(self, box: Box) -> Box:
        """Return the box in the image around what lies in a box, in pixels, of the rotated ink."""
        rest = (self.turned - self.quarters + 180) % 360 - 180
        left, top, width, height = box
        if rest:
            size = np.array(self.shape[:: 1 if self.quarters % 180 else -1])
            corners = np.array([[x, y] for x in (left, left + width) for y in (top, top + height)])
            turn = np.radians(rest)
            matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
            moved = (corners - _rotated_size(size, rest) / 2) @ matrix + size / 2
            (left, top), (right, bottom) = moved.min(axis=0).clip(0), np.minimum(moved.max(axis=0), size)
            width, height = right - left, bottom - top
        left, top, width, height = (float(side * self.scale) for side in (left, top, width, height))
        return left, top, width, height


def _rotated_size(size: np.ndarray, degrees: float) -> np.ndarray:
    """The size of the smallest image that holds all of an image of a size (width, height), rotated."""
    cosine, sine = abs(np.cos(np.radians(degrees))), abs(np.sin(np.radians(degrees)))
    return np.ceil(np.array([[cosine, sine], [sine, cosine]]) @ size - 1e-6)

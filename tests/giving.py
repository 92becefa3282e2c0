"""Corrections as a page sends them, for several tests."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import numpy as np

from lenet.datasets.corrections import Correction, id_of
from lenet.ink.preprocessing import to_mnist
from lenet.ink.strokes import draw

SESSION = "a-session-of-one-browser"
WEIGHTS = "0123456789abcdef"


def strokes_of(seed: int) -> list[list[list[float]]]:
    """A drawing of a 7; another seed gives another one."""
    random = np.random.default_rng(seed)
    points = np.array([[10, 10], [60, 12], [35, 90]]) + random.uniform(-8, 8, (3, 2))
    stroke: list[list[float]] = points.tolist()
    return [stroke]


def picture_of(seed: int) -> np.ndarray:
    """The picture of that drawing, uint8 (28, 28)."""
    image = to_mnist(draw(strokes_of(seed)))
    assert image is not None
    return np.round(image * 255).astype(np.uint8)


def given(seed: int = 0, **changes: Any) -> dict[str, Any]:
    """What a page sends; another seed is another drawing, the receipt is always a new one."""
    return {
        "receipt": secrets.token_hex(16),
        "session": SESSION,
        "image": base64.b64encode(picture_of(seed).tobytes()).decode(),
        "strokes": strokes_of(seed),
        "label": "7",
        "answer": "1",
        "weights": WEIGHTS,
        **changes,
    }


def correction(seed: int = 0, receipt: str | None = None, **changes: Any) -> Correction:
    """What is kept of that."""
    values: dict[str, Any] = {
        "id": id_of(receipt or secrets.token_hex(16)),
        "session": SESSION,
        "time": "2026-11-30T09Z",
        "image": picture_of(seed),
        "strokes": [],
        "label": "7",
        "answer": "1",
        "weights": WEIGHTS,
    }
    return Correction(**values | changes)

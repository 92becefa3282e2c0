"""Pictures for the page: JPEG in base64."""

from __future__ import annotations

import base64
import io

from PIL import Image

_QUALITY = 80
"""JPEG quality, 0 to 95; chosen by eye."""


def jpeg(image: Image.Image, side: int) -> str:
    """The image, its longer side at most `side` pixels, as JPEG in base64."""
    image.thumbnail((side, side))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return base64.b64encode(file.getvalue()).decode()

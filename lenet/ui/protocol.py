"""What the page needs of a reader, so that tests can pass it one without a network."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from lenet.ink.photo import Page
from lenet.network.record import Record
from lenet.reading.result import Reading


class ReadsDigits(Protocol):
    """Anything that reads strokes and images; `lenet.reading.reader.Reader` is the real one."""

    @property
    def record(self) -> Record:
        """What its outputs mean."""
        ...

    def read_strokes(self, drawing: Any, /, digits: Any = None) -> Reading:
        """Read a list of strokes, each a list of [x, y] points; InputError if malformed, or the hint is."""
        ...

    def read_image(self, source: Any, /, digits: Any = None) -> Reading:
        """Read an image, given as its path here; InputError if it cannot be read, or the hint is wrong."""
        ...

    def read_page(self, page: Page, /) -> Reading:
        """Read a page whose ink has been found."""
        ...

    def probabilities(self, image: np.ndarray, /) -> dict[str, float]:
        """What it says about an image, float32 (28, 28) in [0, 1], that it is shown as it is."""
        ...

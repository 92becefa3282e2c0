"""LeNet-5 that reads handwritten digits from pen strokes and photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lenet.reading.reader import Reader as Reader

__all__ = ["Reader"]
__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    """Import `Reader` on first access, so that `import lenet` loads neither NumPy nor OpenCV."""
    if name == "Reader":
        from lenet.reading.reader import Reader

        return Reader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

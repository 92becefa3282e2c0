"""LeNet-5 that reads handwritten digits from pen strokes and photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lenet.reading.reader import Reader as Reader

__all__ = ["Reader"]


def __getattr__(name: str) -> Any:
    """Bring in `Reader`, and torch with it, only when it is asked for: `import lenet` is quick."""
    if name == "Reader":
        from lenet.reading.reader import Reader

        return Reader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""Teaching: what the visitor's browser needs to learn their hand from corrections.

The page has a button and a badge beside the answer (answer.html); the rest is fetched when one of them is
first used. Nothing that is taught leaves the browser, unless the visitor agrees.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

from lenet.network.classifiers import checksum
from lenet.network.record import Record, shipped_weights
from lenet.ui.assets import Asset
from lenet.ui.component import with_texts
from lenet.ui.scripts import teach_script

_HERE = Path(__file__).parent


def about(record: Record) -> dict[str, Any]:
    """What the scripts need to know; `Props` in scripts/own_hand.js.

    Args:
        record: what the outputs mean.
    """
    fitted = record.confidence.weights
    return {
        "symbols": record.alphabet,
        "temperature": record.temperature,
        "refuse_from": record.refusal.reading,
        "confidence": {name: fitted[name] for name in ("logit", "weakest", "posterior")},
        "weights": version(),
        "consent": takes_corrections(),
    }


def takes_corrections() -> bool:
    """Whether the owner of the page takes corrections: then a visitor may agree to send theirs."""
    return bool(os.environ.get("LENET_CORRECTIONS"))


@functools.cache
def version() -> str:
    """The version of the shipped weights: their SHA-256, in hexadecimal."""
    return checksum(shipped_weights())


def files() -> dict[str, Asset]:
    """What the page fetches to teach, by name; it needs `weights.bin` of `lenet.ui.inside` too."""
    template, style = ((_HERE / f"teach.{kind}").read_text("utf-8") for kind in ("html", "css"))
    return {
        "teach.js": Asset(teach_script().encode(), "text/javascript"),
        "teach.html": Asset(with_texts(template).encode(), "text/html"),
        "teach.css": Asset(style.encode(), "text/css"),
        "metric.bin": Asset(metric(), "application/octet-stream"),
    }


def metric() -> bytes:
    """The metric in which the last layer is held, C = E[f fᵀ] of the training data.

    Returns:
        float32 (85, 85), little-endian, row by row; f are the 84 outputs of f6 and a 1.
    """
    return shipped_weights().with_suffix(".metric.bin").read_bytes()

"""Teaching: what the visitor's browser needs to learn their hand from corrections.

The page has a button and a badge beside the answer (answer.html); the rest is fetched when one of them is
first used. Nothing that is taught leaves the browser, unless the visitor agrees.
"""

from __future__ import annotations

import functools
import logging
import os
from pathlib import Path
from typing import Any

from lenet.datasets.corrections import VARIABLE
from lenet.network.classifiers import checksum
from lenet.network.record import Record, shipped_weights
from lenet.ui import inside
from lenet.ui.assets import Asset
from lenet.ui.component import with_texts
from lenet.ui.scripts import teach_script

_HERE = Path(__file__).parent
_LOGGER = logging.getLogger(__name__)


def about(record: Record) -> dict[str, Any] | None:
    """What the scripts need to know; `Props` in scripts/own_hand.js. None where nothing can be taught.

    Args:
        record: what the outputs mean.
    """
    if _metric() is None:
        return None
    fitted = record.confidence.weights
    return {
        "symbols": record.alphabet,
        "temperature": record.temperature,
        "refuse_from": record.refusal.reading,
        "confidence": {name: fitted[name] for name in ("logit", "weakest", "posterior")},
        "weights": checksum(shipped_weights()),
        "consent": takes_corrections(),
    }


def takes_corrections() -> bool:
    """Whether the owner of the page takes corrections: then a visitor may agree to send theirs."""
    return bool(os.environ.get(VARIABLE))


def files() -> dict[str, Asset]:
    """What the page fetches to teach, by name; it needs `weights.bin` of `lenet.ui.inside` too."""
    held = _metric()
    if held is None:
        return {}
    template, style = ((_HERE / f"teach.{kind}").read_text("utf-8") for kind in ("html", "css"))
    return {
        "teach.js": Asset(teach_script().encode(), "text/javascript"),
        "teach.html": Asset(with_texts(template).encode(), "text/html"),
        "teach.css": Asset(style.encode(), "text/css"),
        "metric.bin": Asset(held, "application/octet-stream"),
    }


@functools.cache
def _metric() -> bytes | None:
    """`inside.metric`; None, with a warning, where the weights have none."""
    try:
        return inside.metric()
    except (OSError, ValueError) as error:
        _LOGGER.warning("nothing can be taught on the page: %s", error)
        return None

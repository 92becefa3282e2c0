"""The answer: a Reading as the page shows it, and the component that shows it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from lenet.reader import EMPTY, NOT_A_DIGIT, UNSURE, Reading

_HERE = Path(__file__).parent
_LOGGER = logging.getLogger(__name__)

# A third digit is worth naming only when the network gives it a real chance.
_WORTH_NAMING = 0.15

_OUR_FAULT = "Something went wrong here. The next try may work."


def words(reading: Reading) -> str:
    """The status in words: "7, sure", "4 or 9?", "not a digit", "nothing to read"."""
    if reading.status == EMPTY:
        return "nothing to read"
    if reading.status == NOT_A_DIGIT:
        return "not a digit"
    if reading.status == UNSURE:
        return f"{_doubt(reading)}?"
    return f"{reading.text}, sure"


def _doubt(reading: Reading) -> str:
    """What it may be: "4 or 9" for one digit, the text itself for several."""
    if len(reading.digits) != 1:
        return reading.text
    (piece,) = reading.digits
    second, *others = piece.alternatives
    candidates = [piece.digit, second[0]]
    candidates += [digit for digit, probability in others if probability > _WORTH_NAMING]
    *first, last = map(str, candidates)
    return f"{', '.join(first)} or {last}"


def describe(reading: Reading) -> dict[str, Any]:
    """A Reading as the page's scripts take it.

    Args:
        reading: any Reading; bars and picture show its first piece.

    Returns:
        `Reading.to_json()` and beside it `words`, `probabilities` (ten numbers
        in [0, 1], all 0 without ink), `image` (784 integers, row by row, 255 =
        full ink), `preprocessing_ms` and `network_ms`.
    """
    first = reading.digits[0] if reading.digits else None
    image = first.image if first else np.zeros((28, 28), np.float32)
    return {
        **reading.to_json(),
        "words": words(reading),
        "probabilities": [round(p, 4) for p in first.probabilities] if first else [0.0] * 10,
        "image": np.rint(image * 255).astype(int).ravel().tolist(),
        "preprocessing_ms": round(reading.preprocessing_ms, 3),
        "network_ms": round(reading.network_ms, 3),
    }


def attempt(read: Callable[[], Reading]) -> Reading | str:
    """Calls `read` and never raises.

    Args:
        read: returns a Reading, or raises ValueError with a sentence for the visitor.

    Returns:
        The Reading, or a sentence that says why there is none.
    """
    try:
        return read()
    except ValueError as error:
        return str(error)
    except Exception:
        _LOGGER.exception("reading failed")
        return _OUR_FAULT


def describe_attempt(read: Callable[[], Reading]) -> dict[str, Any]:
    """What `describe` makes of `read()`, or `{"error": sentence}`: the page cannot show exceptions."""
    result = attempt(read)
    return {"error": result} if isinstance(result, str) else describe(result)


def answer_view(testid: str, channel: str, timed: bool = False) -> gr.HTML:
    """The digits read, how sure LeNet is, ten bars, what it saw and how long it took.

    Shows its value, a dict made by `describe_attempt`, or what a script on the
    page sends as event `lenet:<channel>`, without a detour over the server.

    Args:
        testid: `data-testid` of the element whose text is the answer.
        channel: name of the browser event to listen to.
        timed: whether what is sent there tells `round_trip_ms`.
    """
    return gr.HTML(
        html_template=(_HERE / "answer.html").read_text("utf-8"),
        css_template=(_HERE / "answer.css").read_text("utf-8"),
        js_on_load=(_HERE / "answer.js").read_text("utf-8"),
        apply_default_css=False,
        testid=testid,
        channel=channel,
        timed=timed,
        names=list(range(10)),
    )

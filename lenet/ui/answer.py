"""The answer: a Reading as the page shows it, and the component that shows it."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
import numpy as np

from lenet.errors import InputError
from lenet.reading.reader import UNSURE, Digit, Reading
from lenet.ui.component import component
from lenet.ui.words import layout, note_in_words, words

_LOGGER = logging.getLogger(__name__)

_T = TypeVar("_T")

_OUR_FAULT = "Something went wrong here. The next try may work."


class Sorry(str):
    """A sentence for the visitor, in place of an answer."""


def describe(reading: Reading) -> dict[str, Any]:
    """A Reading as the page's scripts take it.

    Args:
        reading: any Reading.

    Returns:
        `Reading.to_json()`, its digits with `probabilities` and `image` besides
        (base64 of 784 bytes, row by row, 255 = full ink), and `words`, `layout`,
        `doubtful` (number of the least sure digit, None if all are sure), `notes`,
        `preprocessing_ms` and `network_ms`.
    """
    summary = reading.to_json()
    pieces = zip(summary["digits"], reading.digits, strict=True)
    return {
        **summary,
        "digits": [{**known, **_what_was_seen(piece)} for known, piece in pieces],
        "words": words(reading),
        "layout": layout(reading),
        "doubtful": _least_sure(reading),
        "notes": [note_in_words(note) for note in reading.notes],
        "preprocessing_ms": round(reading.preprocessing_ms, 3),
        "network_ms": round(reading.network_ms, 3),
    }


def _what_was_seen(piece: Digit) -> dict[str, Any]:
    pixels = np.rint(piece.image * 255).astype(np.uint8)
    return {
        "probabilities": [round(p, 4) for p in piece.probabilities],
        "image": base64.b64encode(pixels.tobytes()).decode(),
    }


def _least_sure(reading: Reading) -> int | None:
    doubtful = [number for number, piece in enumerate(reading.digits) if piece.status == UNSURE]
    return min(doubtful, key=lambda number: reading.digits[number].confidence, default=None)


def attempt(act: Callable[[], _T]) -> _T | Sorry:
    """Call `act` and never raise.

    Args:
        act: returns something, or raises InputError with a sentence for the visitor.

    Returns:
        What `act` returns, or a sentence that says why there is nothing.
    """
    try:
        return act()
    except InputError as error:
        return Sorry(error)
    except Exception:
        _LOGGER.exception("reading failed")
        return Sorry(_OUR_FAULT)


def answered(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `act` returns, or `{"error": sentence}`: the page cannot show exceptions."""
    result = attempt(act)
    return {"error": str(result)} if isinstance(result, Sorry) else result


def answer_view(testid: str, channel: str, timed: bool = False, copied: bool = False) -> gr.HTML:
    """The digits read, how sure LeNet is; ten bars and what it saw for one of them; how long it took.

    Shows what a script on the page sends as event `lenet:<channel>`, a dict made
    by `describe`, without a detour over the server. The digit whose bars
    are shown is chosen by event `lenet:<channel>:choose`, told by `…:chosen`.

    Args:
        testid: `data-testid` of the element whose text is the answer.
        channel: name of the browser event to listen to.
        timed: whether what is sent there tells `round_trip_ms`.
        copied: whether there is a button that copies the text.
    """
    return component(
        "answer",
        testid=testid,
        channel=channel,
        timed=timed,
        copied=copied,
        names=list(range(10)),
    )

"""The answer: a Reading as the page shows it, and the component that shows it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np

from lenet.network.record import Record
from lenet.reading.result import UNSURE, Reading
from lenet.ui import teach
from lenet.ui.component import component
from lenet.ui.lanes import BusyError, Lane, at_once, in_turn
from lenet.ui.sentences import error_sentence, layout, note_sentence, status_sentence


def describe(reading: Reading) -> dict[str, Any]:
    """A Reading as the page's scripts take it.

    Args:
        reading: any Reading.

    Returns:
        `Reading.to_json()`, its digits with `probabilities` by symbol and `image` (base64 of 784
        bytes, row by row, 255 = full ink), and `words`, `layout`, `doubtful` (number of the least
        sure piece, None if all are sure), `notes`, `preprocessing_ms` and `network_ms`; `Answer`
        in scripts/types.d.ts has the types.
    """
    summary = reading.to_json()
    pieces = zip(summary["digits"], reading.digits, strict=True)
    return {
        **summary,
        "digits": [
            {
                **known,
                "probabilities": {symbol: round(p, 4) for symbol, p in piece.probabilities.items()},
                "image": base64.b64encode(np.rint(piece.image * 255).astype(np.uint8).tobytes()).decode(),
            }
            for known, piece in pieces
        ],
        "words": status_sentence(reading),
        "layout": layout(reading),
        "doubtful": _least_sure(reading),
        "notes": [note_sentence(note) for note in reading.notes],
        "preprocessing_ms": round(reading.preprocessing_ms, 3),
        "network_ms": round(reading.network_ms, 3),
    }


def _least_sure(reading: Reading) -> int | None:
    doubtful = [number for number, piece in enumerate(reading.digits) if piece.status == UNSURE]
    return min(doubtful, key=lambda number: reading.digits[number].confidence, default=None)


def answered(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `act` returns, or `{"error": sentence}`: the page cannot show exceptions."""
    try:
        return act()
    except Exception as error:
        return {"error": error_sentence(error)}


async def answered_in_turn(
    lane: Lane, request: gr.Request, act: Callable[[], dict[str, Any]], quick: bool = False
) -> dict[str, Any]:
    """What `act` returns when it is the client's turn, or `{"error": sentence}`.

    Args:
        lane: to wait in.
        request: of the client.
        act: does not raise.
        quick: whether it takes milliseconds; it is called here then, as to hand it to a thread takes as long.
    """
    try:
        return await (at_once if quick else in_turn)(lane, request, act)
    except BusyError as error:
        return {"error": error_sentence(error)}


def answer_view(
    testid: str, channel: str, record: Record, timed: bool = False, copied: bool = False
) -> gr.HTML:
    """The text read, how sure LeNet is; bars and what it saw for one piece; how long it took.

    Shows the answers that a script on the page sends as events `lenet:<channel>`, made by
    `describe`. An event `lenet:<channel>:choose` chooses the piece whose bars are shown, and
    `lenet:<channel>:chosen` tells the other components.

    Args:
        testid: `data-testid` of the element whose text is the answer.
        channel: name of the browser event to listen to.
        record: what the outputs mean; its digits have bars, and can be taught.
        timed: whether the answers have `round_trip_ms`.
        copied: whether there is a button that copies the text.
    """
    return component(
        "answer",
        testid=testid,
        channel=channel,
        timed=timed,
        copied=copied,
        names=record.digits,
        teach=teach.about(record),
    )

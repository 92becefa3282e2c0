"""The tab to draw on: pad, answer and examples."""

from __future__ import annotations

from functools import partial
from typing import Any

import gradio as gr

from lenet.ui.answer import answer_view, answered, answered_in_turn, describe
from lenet.ui.examples import HARD, drawings, example_row
from lenet.ui.inside import inside_view
from lenet.ui.lanes import Lanes, exceeds
from lenet.ui.protocol import ReadsDigits
from lenet.ui.sketchpad import sketchpad
from lenet.ui.steps import OF_DRAWINGS, of_drawing, steps_view
from lenet.ui.texts import text
from lenet.ui.timeline import timeline_view

_CHANNEL = "drawing"

_QUICK_STROKES, _QUICK_POINTS = 4, 300
"""Strokes and points up to which a drawing is read at once, while no other request is handled: a digit takes
1 ms, 300 points that go anywhere 35 (measured)."""


def read_strokes(reader: ReadsDigits, strokes: Any) -> dict[str, Any]:
    """Answer the pad.

    Args:
        reader: reads the strokes.
        strokes: whatever the browser sent; should be a list of lists of [x, y].

    Returns:
        What `answer.describe` returns, or `{"error": sentence}`; never raises.
    """
    return answered(lambda: describe(reader.read_strokes(strokes)))


def build(reader: ReadsDigits, lanes: Lanes) -> None:
    """Add the tab's components to the Blocks being built."""

    async def answer(strokes: Any, request: gr.Request) -> dict[str, Any]:
        read = partial(read_strokes, reader, strokes)
        return await answered_in_turn(lanes.of(strokes), request, read, quick=_is_quick(strokes))

    answer.__name__ = "read_strokes"  # the name under which the browser calls it
    with gr.Row(elem_classes="stage"):
        sketchpad(answer, _CHANNEL)
        answer_view("answer", _CHANNEL, reader.record, timed=True)
    steps_view(_CHANNEL, OF_DRAWINGS, partial(of_drawing, reader), lanes.of)
    inside_view(_CHANNEL, reader.record)
    timeline_view(_CHANNEL)
    example_row("drawings", text("examples.drawings"), "replay", drawings())
    example_row("hard", text("examples.hard"), "replay", drawings(HARD))


def _is_quick(strokes: Any) -> bool:
    """Whether it takes milliseconds to read a drawing."""
    return isinstance(strokes, list) and not exceeds(strokes, _QUICK_STROKES, _QUICK_POINTS)

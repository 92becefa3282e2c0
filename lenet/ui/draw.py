"""The tab to draw on: pad, answer and examples."""

from __future__ import annotations

from typing import Any

import gradio as gr

from lenet.ui.answer import AnswerView, describe_attempt
from lenet.ui.examples import ExampleRow
from lenet.ui.protocol import ReadsDigits
from lenet.ui.sketchpad import Sketchpad

_CHANNEL = "drawing"


def read_strokes(reader: ReadsDigits, strokes: Any) -> dict[str, Any]:
    """Answers the pad.

    Args:
        reader: reads the strokes.
        strokes: whatever the browser sent; should be a list of lists of [x, y].

    Returns:
        What `answer.describe` returns, or `{"error": sentence}`; never raises.
    """
    return describe_attempt(lambda: reader.read_strokes(strokes))


def build(reader: ReadsDigits) -> None:
    """Adds the tab's components to the Blocks being built."""

    def answer(strokes: Any) -> dict[str, Any]:
        return read_strokes(reader, strokes)

    # The browser calls the function by its name.
    answer.__name__ = "read_strokes"
    with gr.Row(elem_classes="stage"):
        Sketchpad(answer, _CHANNEL)
        AnswerView("answer", _CHANNEL)
    ExampleRow()

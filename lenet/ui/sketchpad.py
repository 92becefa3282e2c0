"""The sketchpad: a canvas that sends pen strokes as points and gets answers while the pen moves."""

from __future__ import annotations

import gradio as gr

from lenet.ui.component import ServerFunction, component


def sketchpad(read_strokes: ServerFunction, channel: str) -> gr.HTML:
    """A square to draw on, with undo and clear.

    In the browser it sends each answer on as event `lenet:<channel>` and
    redraws, as if by hand, the strokes that come with an event `lenet:replay`.

    Args:
        read_strokes: takes a list of strokes, points in CSS pixels of the pad,
            and returns what `answer_view` shows. It must not raise, and its
            name is the one by which the script calls it.
        channel: name of the browser event that carries the answers.
    """
    return component("sketchpad", server_functions=[read_strokes], channel=channel)

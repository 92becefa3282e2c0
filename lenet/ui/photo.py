"""The tab for photos: one image of one digit in, its answer out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from lenet.reader import EMPTY, Reading
from lenet.ui.answer import answer_view, describe, describe_attempt
from lenet.ui.protocol import ReadsDigits


def read_photo(reader: ReadsDigits, path: str | None) -> dict[str, Any]:
    """Answers an upload.

    Args:
        reader: reads the image.
        path: where the upload lies, or None when it was taken away.

    Returns:
        What `answer.describe` returns, or `{"error": sentence}`; never raises.
    """
    if path is None:
        return describe(Reading("", EMPTY, (), 0.0, 0.0))
    return describe_attempt(lambda: read_upload(reader, path))


def read_upload(reader: ReadsDigits, path: str) -> Reading:
    """Reads the image at `path`; errors name the file as its owner knows it, not where it lies here."""
    try:
        return reader.read_image(path)
    except ValueError as error:
        raise ValueError(str(error).replace(path, Path(path).name)) from error


def build(reader: ReadsDigits) -> None:
    """Adds the tab's components to the Blocks being built."""
    with gr.Row(elem_classes="stage"):
        photo = gr.Image(
            sources=["upload"],
            buttons=[],
            show_label=False,
            container=False,
            label="Photo",
            placeholder="Drop a photo of one digit\nor click to choose one",
            elem_classes="photo",
        )
        answer = answer_view("photo-answer")

    def answer_upload(upload: dict[str, Any] | None) -> dict[str, Any]:
        return read_photo(reader, upload["path"] if upload else None)

    photo.change(
        answer_upload,
        photo,
        answer,
        # The reader gets the file as it was uploaded: Gradio would paint transparent
        # pixels black, clip 16 bits, and explain a broken file in its own words.
        preprocess=False,
        show_progress="hidden",
        api_visibility="private",
        concurrency_limit=2,
    )

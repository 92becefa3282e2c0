"""The tab for photos: one image of one digit in, its answer out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from lenet.reader import Reading
from lenet.ui.answer import answer_view, describe_attempt
from lenet.ui.protocol import ReadsDigits

# photo.js sends to it what it has to say.
_CHANNEL = "photo"


def read_photo(reader: ReadsDigits, path: str) -> dict[str, Any]:
    """Answers an upload.

    Args:
        reader: reads the image.
        path: where the upload lies.

    Returns:
        What `answer.describe` returns, or `{"error": sentence}`; never raises.
    """
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
            placeholder="Add a photo of one digit",
            elem_classes="photo",
        )
        answer = answer_view("photo-answer", _CHANNEL)

    def answer_upload(upload: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        answered = read_photo(reader, upload["path"])
        # What could not be read makes room for the next try; a browser could hardly show it anyway.
        return None if "error" in answered else gr.skip(), answered

    photo.upload(
        answer_upload,
        photo,
        [photo, answer],
        # The reader gets the file as it was uploaded: Gradio would paint transparent
        # pixels black, clip 16 bits, and explain a broken file in its own words.
        preprocess=False,
        show_progress="hidden",
        api_visibility="private",
        concurrency_limit=2,
    )
    photo.clear(lambda: None, None, answer, queue=False, show_progress="hidden", api_visibility="private")

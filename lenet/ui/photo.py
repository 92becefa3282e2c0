"""The tab for photos: one image of one digit in, its answer out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import ImageData

from lenet.reader import EMPTY, Reading
from lenet.ui.answer import AnswerView, describe_attempt, describe
from lenet.ui.protocol import ReadsDigits

class PhotoInput(gr.Image):
    """An image whose file reaches the reader as it was uploaded.

    `gr.Image` itself would paint transparent pixels black, clip 16 bits and
    fail on a broken file before any function of ours could explain it.
    """

    def preprocess(self, payload: ImageData | None) -> str | None:  # type: ignore[override]
        """Returns the path of the upload, None where there is none."""
        return payload.path if payload else None

    def get_block_name(self) -> str:
        """The component that Gradio's scripts show: the name of a subclass means nothing to them."""
        return "image"


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
        photo = PhotoInput(
            type="filepath",
            image_mode=None,
            sources=["upload"],
            buttons=[],
            show_label=False,
            container=False,
            label="Photo",
            placeholder="Drop a photo of one digit\nor click to choose one",
            elem_classes="photo",
        )
        answer = AnswerView("photo-answer")
    photo.change(
        lambda path: read_photo(reader, path),
        photo,
        answer,
        show_progress="hidden",
        api_visibility="private",
        concurrency_limit=2,
    )

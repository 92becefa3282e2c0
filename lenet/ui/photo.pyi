"""The tab for photos: one image of one digit in, its answer out."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.data_classes import ImageData
from PIL import Image

from lenet.reader import EMPTY, Reading
from lenet.ui.answer import AnswerView, answer_or_error, describe
from lenet.ui.protocol import ReadsDigits

# A PNG of 17 KB can hold 144 megapixels; phones make up to 50.
MAX_PIXELS = 50_000_000

_NOT_AN_IMAGE = "This file could not be read as an image. A JPEG, PNG or WebP will do."

from gradio.events import Dependency

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
    from typing import Callable, Literal, Sequence, Any, TYPE_CHECKING
    from gradio.blocks import Block
    if TYPE_CHECKING:
        from gradio.components import Timer
        from gradio.components.base import Component


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
    return answer_or_error(lambda: read_checked(reader, path))


def read_checked(reader: ReadsDigits, path: str) -> Reading:
    """Reads the image at `path`; ValueError if it is none or has too many pixels."""
    check_size(path)
    return reader.read_image(path)


def check_size(path: str) -> None:
    """Looks at an image's header, before anyone decodes its pixels.

    Raises:
        ValueError: not an image, or more than `MAX_PIXELS`.
    """
    try:
        with Image.open(path) as image:
            width, height = image.size
    except Image.DecompressionBombError as error:
        raise ValueError(_too_large("far too many")) from error
    except Exception as error:  # Pillow's plugins raise whatever they like
        raise ValueError(_NOT_AN_IMAGE) from error
    if width * height > MAX_PIXELS:
        raise ValueError(_too_large(f"{width} × {height}"))


def _too_large(size: str) -> str:
    return f"This image has {size} pixels, more than {MAX_PIXELS // 1_000_000} million. Make it smaller or cut out the digit."


def build(reader: ReadsDigits) -> None:
    """Adds the tab's components to the Blocks being built."""
    with gr.Row(elem_classes="stage"):
        photo = PhotoInput(
            type="filepath",
            image_mode=None,
            sources=["upload", "clipboard"],
            buttons=[],
            show_label=False,
            container=False,
            label="Photo",
            placeholder="A photo of one digit",
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
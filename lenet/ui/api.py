"""The page's functions for programs: /read_strokes and /read_image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.data_classes import FileData
from gradio.events import api
from gradio_client.utils import is_file_obj_with_meta

from lenet.reading.result import Reading
from lenet.ui.photo import read_upload
from lenet.ui.protocol import ReadsDigits
from lenet.ui.sentences import error_sentence
from lenet.ui.texts import text


def read_strokes(reader: ReadsDigits, strokes: Any, digits: Any = None) -> dict[str, Any]:
    """Read strokes sent by a program.

    Args:
        reader: reads the strokes.
        strokes: a list of strokes, each a list of [x, y], or that under the
            key "strokes" of a dict.
        digits: how many digits there are, or the least and the most as a
            list, where that is known.

    Returns:
        `Reading.to_json()`.

    Raises:
        gr.Error: malformed strokes or hint, with a sentence that says what is wrong.
    """
    if isinstance(strokes, dict) and "strokes" in strokes:
        strokes = strokes["strokes"]
    return _json_or_error(lambda: reader.read_strokes(strokes, digits=digits))


def read_image(reader: ReadsDigits, image: Any, digits: Any = None) -> dict[str, Any]:
    """Read an image uploaded by a program.

    Args:
        reader: reads the image.
        image: Gradio's description of an uploaded file. Gradio has checked that
            such a file is an upload, so anything else, a plain path above all,
            is refused: it would open any file of the server.
        digits: as for `read_strokes`.

    Returns:
        `Reading.to_json()`.

    Raises:
        gr.Error: no upload, no readable image or a malformed hint, with a
            sentence that says so.
    """
    if not is_file_obj_with_meta(image):
        raise gr.Error(text("api.no_upload"), print_exception=False)
    return _json_or_error(lambda: read_upload(reader, image["path"], digits))


def _json_or_error(read: Callable[[], Reading]) -> dict[str, Any]:
    try:
        return read().to_json()
    except Exception as error:
        raise gr.Error(error_sentence(error), print_exception=False) from error


_Hint = int | list[int] | None
"""How many digits there are, or the least and the most."""


def build(reader: ReadsDigits) -> None:
    """Add the two endpoints to the Blocks being built."""

    def strokes_endpoint(strokes: list[list[list[float]]], digits: _Hint = None) -> dict[str, Any]:
        return read_strokes(reader, strokes, digits)

    def image_endpoint(image: FileData, digits: _Hint = None) -> dict[str, Any]:
        return read_image(reader, image, digits)

    api(
        strokes_endpoint,
        api_name="read_strokes",
        api_description=text("api.read_strokes"),
        concurrency_limit=4,
    )
    api(
        image_endpoint,
        api_name="read_image",
        api_description=text("api.read_image"),
        concurrency_limit=2,
    )

"""The page's functions for programs: /read_strokes and /read_image."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import get_blocks_context
from gradio.data_classes import FileData
from gradio.events import api
from gradio_client.utils import is_file_obj_with_meta

from lenet.reading.result import Reading
from lenet.ui.lanes import BusyError, Lane, Lanes, in_turn
from lenet.ui.photo import read_upload
from lenet.ui.protocol import ReadsDigits
from lenet.ui.sentences import error_sentence
from lenet.ui.sessions import unpacked
from lenet.ui.texts import text
from lenet.ui.uploads import is_upload


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


def build(reader: ReadsDigits, lanes: Lanes) -> None:
    """Add the two endpoints to the Blocks being built."""

    async def strokes_endpoint(
        strokes: list[list[list[float]]], request: gr.Request, digits: _Hint = None
    ) -> dict[str, Any]:
        drawing = unpacked(strokes)
        read = partial(read_strokes, reader, drawing, digits)
        return await _in_turn_or_error(lanes.of(drawing), request, read)

    async def image_endpoint(image: FileData, request: gr.Request, digits: _Hint = None) -> dict[str, Any]:
        return await _in_turn_or_error(lanes.photos, request, partial(read_image, reader, image, digits))

    _add(strokes_endpoint, "read_strokes", text("api.read_strokes"))
    _add(image_endpoint, "read_image", text("api.read_image"))


async def _in_turn_or_error(
    lane: Lane, request: gr.Request, read: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    try:
        return await in_turn(lane, request, read)
    except BusyError as error:
        raise gr.Error(error_sentence(error), print_exception=False) from error


def _add(endpoint: Callable[..., Any], name: str, description: str) -> None:
    """Add an endpoint; Gradio's queue lets all calls through, and they wait in the lanes, in fair turns."""
    dependency = api(endpoint, api_name=name, api_description=description, concurrency_limit=None)
    blocks = get_blocks_context()
    for component in blocks.fns[dependency["id"]].inputs if blocks else ():
        component.async_move_resource_to_block_cache = _only_upload  # type: ignore[method-assign]


async def _only_upload(url_or_file_path: str | Path | None) -> str | None:
    """What Gradio does with a file's path after it has checked that an upload may be there.

    Of itself it downloads a file of any size from an address that stands there, and copies uploads.

    Raises:
        gr.Error: there is no upload.
    """
    if not is_upload(url_or_file_path):
        raise gr.Error(text("api.no_upload"), print_exception=False)
    return str(url_or_file_path)

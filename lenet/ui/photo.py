"""The tab for photos: pictures of numbers in; text, boxes and a table out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr
import numpy as np
from PIL import Image

from lenet.errors import InputError
from lenet.ink import photo
from lenet.reading.result import Reading
from lenet.ui.answer import answer_view, answered, answered_in_turn, describe
from lenet.ui.component import ServerFunction, component
from lenet.ui.examples import example_row
from lenet.ui.inside import inside_view
from lenet.ui.jpeg import jpeg
from lenet.ui.lanes import Lanes
from lenet.ui.limits import MAX_UPLOAD_MEGABYTES
from lenet.ui.protocol import ReadsDigits
from lenet.ui.steps import OF_PHOTOS, of_photo, steps_view
from lenet.ui.texts import text
from lenet.ui.uploads import is_upload

_HERE = Path(__file__).parent
_CHANNEL = "photo"

_PREVIEW_SIDE = 1280
"""Maximum longer side, in pixels, of the photo that the page shows: no layout gives it more room."""

_THUMBNAIL_SIDE = 240
"""Longer side of an example's thumbnail, in pixels; shown 120 to 150 CSS pixels wide."""

_T = TypeVar("_T")


def examples() -> list[Path]:
    """Paths of the example photos, which benchmarks/example_photos.py makes."""
    return sorted((_HERE / "photos").glob("*.jpg"))


def read_photo(reader: ReadsDigits, path: str | Path) -> dict[str, Any]:
    """Answer a photo.

    Args:
        reader: reads the photo.
        path: of the photo on the server.

    Returns:
        What `answer.describe` returns, `size`, [width, height] of the upright photo in the
        pixels of the boxes, and `preview`, a JPEG of it in base64; or `{"error": sentence}`. Never raises.
    """
    return answered(lambda: _read_and_show(reader, path))


def _read_and_show(reader: ReadsDigits, path: str | Path) -> dict[str, Any]:
    start = time.perf_counter()
    page = _without_server_path(path, photo.page)
    finding_ink = (time.perf_counter() - start) * 1000
    reading = reader.read_page(page)
    upright = np.ascontiguousarray(np.rot90(page.picture, -reading.turned // 90))
    return {
        **describe(reading),
        "preprocessing_ms": round(finding_ink + reading.preprocessing_ms, 3),
        "size": page.size if reading.turned % 180 == 0 else page.size[::-1],
        # As all browsers show it: not every one opens HEIC or TIFF.
        "preview": jpeg(Image.fromarray(upright), _PREVIEW_SIDE),
    }


def read_upload(reader: ReadsDigits, path: str, digits: Any = None) -> Reading:
    """Read the uploaded image at `path`; errors give the name that its owner knows, not the server's path.

    `digits` is the hint of `Reader.read_image`.
    """
    return _without_server_path(path, partial(reader.read_image, digits=digits))


def _without_server_path(path: str | Path, read: Callable[[str], _T]) -> _T:
    """Call `read` with a path; its errors give the file's name only."""
    try:
        return read(str(path))
    except InputError as error:
        name = Path(path).name
        message = str(error).replace(str(path), name)
        raise InputError(message, error.code, **{**error.values, "name": name}) from error


def build(reader: ReadsDigits, lanes: Lanes) -> None:
    """Add the tab's components to the Blocks being built."""
    with gr.Row(elem_classes="stage"):
        # Takes photos, has them read one after the other and shows the chosen one with its pieces.
        component(
            "photo",
            server_functions=_server_functions(reader, lanes),
            channel=_CHANNEL,
            max_megabytes=MAX_UPLOAD_MEGABYTES,
        )
        answer_view("photo-answer", _CHANNEL, reader.record, copied=True)
    steps_view(_CHANNEL, OF_PHOTOS, partial(of_photo, reader, _page_of), lambda asked: lanes.photos)
    inside_view(_CHANNEL, reader.record)
    component("results")  # the table of all photos, once there are several, and its download
    entries = [_example(path) for path in examples()]
    example_row("photos", text("examples.photos"), "photo-example", entries)


def _example(path: Path) -> dict[str, Any]:
    """What the row of examples needs of a photo."""
    with Image.open(path) as image:
        thumbnail = f"data:image/jpeg;base64,{jpeg(image, _THUMBNAIL_SIDE)}"
    return {"name": text(f"example.photo.{path.stem}"), "picture": thumbnail, "detail": path.name}


def _page_of(source: Mapping[str, Any]) -> photo.Page:
    """The page of a photo that has been read before; InputError where it is no longer there."""
    path = source.get("upload")
    if not is_upload(path):
        path = _example_named(source.get("example"))
    try:
        if path is None:
            raise FileNotFoundError
        return _without_server_path(path, photo.page)
    except FileNotFoundError as error:  # it was deleted before, or just now
        raise InputError(text("steps.gone")) from error


def _example_named(name: Any) -> Path | None:
    return next((example for example in examples() if example.name == name), None)


def _server_functions(reader: ReadsDigits, lanes: Lanes) -> list[ServerFunction]:
    """What the browser calls, by these names."""
    no_upload = {"error": text("photo.no_upload")}

    async def read(path: str | Path, request: gr.Request) -> dict[str, Any]:
        return await answered_in_turn(lanes.photos, request, partial(read_photo, reader, path))

    async def read_uploaded(path: Any, request: gr.Request) -> dict[str, Any]:
        return await read(path, request) if is_upload(path) else no_upload

    async def read_example(name: Any, request: gr.Request) -> dict[str, Any]:
        known = _example_named(name)
        return await read(known, request) if known else no_upload

    return [read_uploaded, read_example]

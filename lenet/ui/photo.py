"""The tab for photos: pictures of numbers in; text, boxes and a table out."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import anyio
import gradio as gr
import numpy as np
from gradio.utils import get_upload_folder, is_in_or_equal
from PIL import Image

from lenet.errors import InputError
from lenet.ink import photo
from lenet.reading.reader import Reading
from lenet.ui.answer import answer_view, answered, describe
from lenet.ui.component import component
from lenet.ui.examples import example_row
from lenet.ui.limits import MAX_UPLOAD_MEGABYTES
from lenet.ui.protocol import ReadsDigits
from lenet.ui.texts import text

_HERE = Path(__file__).parent
_CHANNEL = "photo"

# A photo may take a second and some hundred megabytes, so few are read at a time. The
# rest wait in a line of their own, not in that of the pad.
_AT_A_TIME = 2

_PREVIEW_SIDE = 1280
_THUMBNAIL_SIDE = 240
_QUALITY = 80

_T = TypeVar("_T")
_Asked = Callable[[Any], Coroutine[Any, Any, dict[str, Any]]]


def examples() -> list[Path]:
    """The photos of the project's own making, see benchmarks/example_photos.py."""
    return sorted((_HERE / "photos").glob("*.jpg"))


def read_photo(reader: ReadsDigits, path: str | Path) -> dict[str, Any]:
    """Answer a photo.

    Args:
        reader: reads the photo.
        path: where it lies.

    Returns:
        What `answer.describe` returns and `size`, [width, height] of the picture in
        the pixels of the boxes, and `preview`, a JPEG of it in base64, both turned as
        it was read; or `{"error": sentence}`. Never raises.
    """
    return answered(lambda: _read_and_show(reader, path))


def _read_and_show(reader: ReadsDigits, path: str | Path) -> dict[str, Any]:
    start = time.perf_counter()
    page = _with_its_own_name(path, photo.page)
    finding_ink = (time.perf_counter() - start) * 1000
    reading = reader.read_page(page)
    return {
        **describe(reading),
        "preprocessing_ms": round(finding_ink + reading.preprocessing_ms, 3),
        "size": page.size if reading.turned % 180 == 0 else page.size[::-1],
        "preview": _preview(page.picture, reading.turned),
    }


def read_upload(reader: ReadsDigits, path: str) -> Reading:
    """Read the image at `path`; errors name the file as its owner knows it, not where it lies here."""
    return _with_its_own_name(path, reader.read_image)


def _with_its_own_name(path: str | Path, read: Callable[[str], _T]) -> _T:
    try:
        return read(str(path))
    except InputError as error:
        name = Path(path).name
        message = str(error).replace(str(path), name)
        raise InputError(message, error.code, **{**error.values, "name": name}) from error


def _preview(picture: np.ndarray, turned: int) -> str:
    """The picture, uint8 RGB (height, width, 3), turned clockwise, as all browsers show it."""
    image = Image.fromarray(np.ascontiguousarray(np.rot90(picture, -turned // 90)))
    return _jpeg(image, _PREVIEW_SIDE)


def _jpeg(image: Image.Image, side: int) -> str:
    """The image, its longer side at most `side` pixels, as JPEG in base64."""
    image.thumbnail((side, side))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=_QUALITY)
    return base64.b64encode(file.getvalue()).decode()


def build(reader: ReadsDigits) -> None:
    """Add the tab's components to the Blocks being built."""
    with gr.Row(elem_classes="stage"):
        # Takes photos, has them read one after the other and shows the chosen one with its pieces.
        component(
            "photo",
            server_functions=_server_functions(reader),
            channel=_CHANNEL,
            most_megabytes=MAX_UPLOAD_MEGABYTES,
        )
        answer_view("photo-answer", _CHANNEL, reader.record.digits, copied=True)
    component("results")  # the table of all photos, once there are several, and its download
    entries = [_example(path) for path in examples()]
    example_row("photos", text("examples.photos"), "photo-example", entries)


def _example(path: Path) -> dict[str, Any]:
    """What the row of examples needs of a photo."""
    with Image.open(path) as image:
        thumbnail = f"data:image/jpeg;base64,{_jpeg(image, _THUMBNAIL_SIDE)}"
    return {"name": text(f"example.photo.{path.stem}"), "picture": thumbnail, "detail": path.name}


def _server_functions(reader: ReadsDigits) -> list[_Asked]:
    """What the browser calls, by these names."""
    limiter = anyio.CapacityLimiter(_AT_A_TIME)
    no_upload = {"error": text("photo.no_upload")}

    async def read(path: str | Path) -> dict[str, Any]:
        return await anyio.to_thread.run_sync(read_photo, reader, path, limiter=limiter)

    async def read_uploaded(path: Any) -> dict[str, Any]:
        return await read(path) if _is_upload(path) else no_upload

    async def read_example(name: Any) -> dict[str, Any]:
        known = next((example for example in examples() if example.name == name), None)
        return await read(known) if known else no_upload

    return [read_uploaded, read_example]


def _is_upload(path: Any) -> bool:
    """Whether Gradio stored this file for a visitor: no other file of the server is their business."""
    return isinstance(path, str) and is_in_or_equal(path, get_upload_folder()) and Path(path).is_file()

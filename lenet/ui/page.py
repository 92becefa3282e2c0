"""The page: its tabs, its theme and its limits."""

from __future__ import annotations

import gc
import logging
import signal
import time
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from lenet import __version__
from lenet.datasets.corrections import VARIABLE
from lenet.files import folder_in
from lenet.ui import api, draw, head, inside, photo, teach, timeline
from lenet.ui.assets import Asset, Assets
from lenet.ui.component import component
from lenet.ui.corrections import Corrections
from lenet.ui.functions import ServerFunctions
from lenet.ui.guard import Guard, trust_the_proxy_of_spaces
from lenet.ui.keeping import Keeper
from lenet.ui.lanes import Lanes
from lenet.ui.limits import MAX_UPLOAD_MEGABYTES
from lenet.ui.protocol import ReadsDigits
from lenet.ui.scripts import script
from lenet.ui.texts import text

_HERE = Path(__file__).parent

_FONT = ["ui-sans-serif", "system-ui", "sans-serif"]  # fonts of the visitor's system: no download
_MONO = ["ui-monospace", "monospace"]

_COMPRESSED_FROM = 20_000
"""Bytes from which an answer is compressed; chosen: those to the pad are smaller, and should not wait."""

_COMPRESSION = 5
"""Of gzip's levels 1 to 9; measured: 9 takes half as long again for 1 % fewer bytes."""


def build(reader: ReadsDigits, tested: int = 0) -> gr.Blocks:
    """Build the page and its API around a reader; start nothing.

    Args:
        reader: reads what visitors draw and send.
        tested: number of known inputs that it read in the self-test, told at the page's foot unless 0.
    """
    lanes = Lanes()
    with gr.Blocks(
        title=text("page.title"),
        fill_width=True,  # nothing shifts when page.css, which comes late, sets the width
        analytics_enabled=False,
    ) as page:
        header = f"<header><h1>{text('page.heading')}</h1><p>{text('page.subtitle')}</p></header>"
        gr.HTML(header, apply_default_css=False, js_on_load=None)
        with gr.Tabs(elem_classes="tabs-quiet"):
            with gr.Tab(text("page.tab.draw")):
                draw.build(reader, lanes)
            with gr.Tab(text("page.tab.photo")):
                photo.build(reader, lanes)
        component("foot")
        gr.HTML(_foot(tested), apply_default_css=False, js_on_load=None)
        api.build(reader, lanes)
    return page


def _foot(tested: int) -> str:
    """Version and self-test, in words and as attributes, which `python -m lenet check` reads."""
    words = text("page.foot.tested", count=tested) if tested else ""
    return (
        f'<footer><p data-version="{__version__}" data-tested="{tested}">'
        f"{text('page.foot', version=__version__)} {words}</p></footer>"
    )


def launch(page: gr.Blocks, **kwargs: Any) -> tuple[Any, str, str | None]:
    """Launch the page with its look and its limits.

    Args:
        page: made by `build`.
        **kwargs: further arguments of `gr.Blocks.launch`. Host and port are left
            to Gradio, which takes them from GRADIO_SERVER_NAME and GRADIO_SERVER_PORT.

    Returns:
        What `gr.Blocks.launch` returns: the app, its local and its public address.

    Raises:
        OSError: the folder for corrections cannot be read or written to.
    """
    style = (_HERE / "page.css").read_text("utf-8")
    folder = folder_in(VARIABLE)
    guard = Guard()
    trust_the_proxy_of_spaces()
    started = page.launch(
        theme=_theme(),
        favicon_path=head.ICON,
        footer_links=[],
        run_history=False,
        max_file_size=f"{MAX_UPLOAD_MEGABYTES}mb",
        app_kwargs={
            "middleware": [
                # All but event streams.
                Middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM, compresslevel=_COMPRESSION),
                Middleware(guard.around),
                *([Middleware(Corrections, keeper=Keeper(folder))] if folder else []),
                Middleware(Assets, files=_files()),
                Middleware(ServerFunctions, page=page),
                Middleware(head.Head, style=style, script=script()),
            ],
            "lifespan": guard.lifespan,
        },
        **kwargs,
    )
    guard.watch(page.server)
    gc.collect()
    gc.set_threshold(50_000)
    gc.freeze()  # or each search for garbage goes through torch and Gradio, 90 ms in which nobody is answered
    return started


def _files() -> dict[str, Asset]:
    """The page's own files, by name."""
    return {**head.files(), **inside.files(), **teach.files(), **timeline.files()}


_GRACE_SECONDS = 2
"""Seconds that requests have to end when the server stops; chosen: most take less than one."""


def serve(page: gr.Blocks, port: int) -> None:
    """Serve the page until Ctrl-C or SIGTERM, then stop the server, which deletes the uploads.

    Args:
        page: made by `build`.
        port: to serve at.

    Raises:
        OSError: another program took the port.
    """
    launched, stopped = Event(), Event()

    def stop(*_: object) -> None:
        stopped.set()
        if not launched.is_set():  # later an exception could be lost: Python ignores those of its tidying up
            raise KeyboardInterrupt

    for sign in (signal.SIGINT, signal.SIGTERM):  # from here on: the server answers before `launch` returns
        signal.signal(sign, stop)
    with suppress(KeyboardInterrupt):
        launch(page, server_port=port, prevent_thread_lock=True)
        launched.set()
        while page.server.thread.is_alive() and not stopped.is_set():
            time.sleep(0.1)
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # a request cut off is no error
    if page.is_running:
        page.server.config.timeout_graceful_shutdown = _GRACE_SECONDS
    page.close(verbose=False)


def _theme() -> gr.themes.Base:
    """Gradio's plainest theme: the colours that it paints before any style sheet is there, and no boxes."""
    return gr.themes.Base(font=_FONT, font_mono=_MONO).set(
        body_background_fill="#faf9f6",
        body_background_fill_dark="#171614",
        body_text_color="#1e1d1b",
        body_text_color_dark="#f1eee8",
        layout_gap="28px",
        block_padding="0px",
        block_border_width="0px",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_shadow="none",
        block_shadow_dark="none",
        block_radius="0px",
    )

"""Killed and started again under load: do browsers recover by themselves, and are the old uploads gone?

    python -m benchmarks.restart

Starts `app.py` on 127.0.0.1, opens it in Chromium, and lets a closed loop of eight connections ask for
drawings all the time, also over the kill. A digit is drawn on the pad, and photos are uploaded. Then the
process is killed (SIGKILL), a second digit is drawn while it is gone, and it is started again at the same
port. Printed are the seconds from the new page's first answer until the pad shows both digits, which nobody
has touched meanwhile; what the loop met; and the seconds until the old uploads are gone. It ends within
five minutes.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from benchmarks.example_photos import FOLDER
from benchmarks.load import closed_loop, place_of
from benchmarks.serving import app, chromium, free_port
from lenet.ui import examples

if TYPE_CHECKING:
    from playwright.sync_api import Page

CONNECTIONS = 8
LOOP_SECONDS = 45  # start included, under this load

RECOVERED_WITHIN = 60.0
"""Seconds to wait for the pad; its scripts ask again after at most 15 s."""

GONE_WITHIN = 180.0
"""Seconds to wait for the old uploads to be deleted; two minutes are promised, a sweep comes every 15 s."""


def main() -> None:
    """Kill, start again, and print what happened."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium() as browser,
        ProcessPoolExecutor(1, get_context("spawn")) as pool,
    ):
        visitor = browser.new_page()
        with app(port=port, GRADIO_TEMP_DIR=folder) as old:
            visitor.goto(f"http://127.0.0.1:{port}/")
            _draw(visitor, 7, left=0.05)
            print(f"before: {_answer(visitor)}; {len(_upload_all(port))} photos uploaded")
            loop = pool.submit(closed_loop, place_of(port), CONNECTIONS, LOOP_SECONDS)
            time.sleep(3)
            old.process.kill()
            old.process.wait()
        _draw(visitor, 3, left=0.5)
        uploads = [path for path in Path(folder).rglob("*") if path.is_file()]
        notice = visitor.get_by_test_id("notice").text_content()
        print(f"killed: {len(uploads)} uploads lie there; the pad says {notice!r}")
        with app(port=port, GRADIO_TEMP_DIR=folder):
            seconds = _wait(lambda: _answer(visitor) == "73", RECOVERED_WITHIN)
            print(f"started again: the pad shows {_answer(visitor)} after {seconds:.1f} s")
            print(f"{CONNECTIONS} connections all the time: {loop.result()}")
            seconds = _wait(lambda: not any(path.exists() for path in uploads), GONE_WITHIN)
            print(f"old uploads: {sum(path.exists() for path in uploads)} left after {seconds:.0f} s more")


def _draw(page: Page, label: int, left: float) -> None:
    """Draw an example of a digit on the pad, at half its size; `left` in sides of the pad."""
    strokes = next(example.strokes for example in examples.load() if example.label == label)
    box = page.get_by_test_id("pad").bounding_box()
    assert box is not None
    for stroke in strokes:
        points = [
            (box["x"] + (left + x / 2) * box["width"], box["y"] + (0.25 + y / 2) * box["height"])
            for x, y in stroke
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()
    page.wait_for_timeout(1_000)


def _answer(page: Page) -> str | None:
    """The answer that the page shows, unless it is one to an older drawing."""
    stale = page.locator(".answer.stale").count() > 0
    return None if stale else page.get_by_test_id("answer").text_content()


def _upload_all(port: int) -> list[str]:
    """Upload the example photos."""
    files = [("files", (path.name, path.read_bytes())) for path in sorted(FOLDER.glob("*.jpg"))]
    answer = httpx.post(f"http://127.0.0.1:{port}/gradio_api/upload", files=files, timeout=20)
    stored: list[str] = answer.raise_for_status().json()
    return stored


def _wait(is_done: Callable[[], bool], seconds: float) -> float:
    """Wait until something is done, or so many seconds; returns the seconds waited."""
    start = time.monotonic()
    while not is_done() and time.monotonic() - start < seconds:
        time.sleep(0.1)
    return time.monotonic() - start


if __name__ == "__main__":
    main()

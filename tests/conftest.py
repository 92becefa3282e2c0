"""What several tests share: a reader without a network, the shipped reader, a browser, digits of MNIST."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

# Before PyTorch is imported: on little data its threads wait for each other longer than they compute.
os.environ.setdefault("OMP_NUM_THREADS", "1")


import numpy as np
import pytest
from PIL import Image, ImageDraw
from visiting import ANEW, ASKED, LAPTOP, PHONE, pad_box

from benchmarks.serving import chromium, reading_of, serve
from lenet.errors import InputError
from lenet.ink import strokes as pen
from lenet.network.record import Record
from lenet.reading.expected import Expected
from lenet.reading.reader import Reader
from lenet.reading.result import Reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request


def pytest_configure(config: pytest.Config) -> None:
    """Let warnings of Gradio and its server pass, which are not ours to mend, and let tests interrupt."""
    # What is started in the background of a shell ignores Ctrl-C, and so does all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for accepted in ("ignore:unclosed:ResourceWarning", "ignore:::gradio.queueing"):
        config.addinivalue_line("filterwarnings", accepted)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Files run side by side; a single file runs in this process, which starts sooner."""
    files = {argument.partition("::")[0] for argument in config.args}
    is_single = len(files) == 1 and files.pop().endswith(".py")
    return 0 if is_single else min(os.cpu_count() or 1, 4)


class FakeReader:
    """Reads from the proportions of a drawing alone, so that tests of the page need no network."""

    record = Record()

    def read_strokes(self, drawing: object, digits: object = None) -> Reading:
        """The digit is ten times width by height, always half sure; a hint is only checked."""
        Expected.parse(digits)
        box = pen.box(pen.parse(drawing))
        if box is None:
            return reading_of(None)
        return reading_of(round(10 * box[2] / max(box[3], 1)) % 10)

    def read_image(self, source: object, digits: object = None) -> Reading:
        """Every image is a 5, unless its name says that it is broken."""
        if "broken" in str(source):
            raise InputError(f"{source}: wanted a picture, could not read this file as one")
        return reading_of(5)


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The real reader with the shipped weights."""
    return Reader.load()


_PATIENCE = 20_000
"""Milliseconds that an expectation has to come true on a busy machine; chosen, Playwright's own are 5,000."""


@pytest.fixture(scope="module")  # while it runs, no other event loop can: none of a test in another file
def browser() -> Iterator[Browser]:
    """Chromium, running."""
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(chromium())
        except RuntimeError as reason:
            _skip_or_fail(str(reason))
        from playwright.sync_api import expect

        expect.set_options(timeout=_PATIENCE)
        yield browser


def _skip_or_fail(reason: str) -> None:
    """Without a browser its tests are skipped, unless REQUIRE_BROWSER=1 says that there must be one."""
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def mnist() -> tuple[np.ndarray, np.ndarray]:
    """The first 200 training digits of MNIST: float32 (200, 28, 28) in [0, 1], and their labels."""
    with np.load(Path(__file__).parent / "fixtures" / "mnist.npz") as digits:
        return digits["images"].astype(np.float32) / 255, digits["labels"].astype(np.int64)


@pytest.fixture(scope="session")
def mnist_images(mnist: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The images alone."""
    return mnist[0]


# --- The page, for the tests that open it in the browser ---


@pytest.fixture(scope="module")
def address(reader) -> Iterator[str]:
    """The running page."""
    with serve(reader) as url:
        yield url


@pytest.fixture(scope="module")
def visitors(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Give a page with these settings, the same one each time: loading it again takes a fifth of the time."""
    pages: dict[str, Page] = {}

    def visitor(**settings: object) -> Page:
        key = json.dumps(settings, sort_keys=True)
        if key not in pages:
            pages[key] = browser.new_context(**settings).new_page()
            pages[key].add_init_script(ANEW)
        return pages[key]

    yield visitor
    for page in pages.values():
        page.context.close()


@pytest.fixture
def open_page(visitors: Callable[..., Page], address: str) -> Iterator[Callable[..., Page]]:
    """Open the page for a visitor; afterwards say if it failed, asked another server or broke its policy."""
    complaints: list[str] = []
    opened: list[Page] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            complaints.append(f"asked {request.url}")

    def complain(error: Error) -> None:
        complaints.append(str(error))

    def read_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    def open_one(**settings: object) -> Page:
        page = visitors(**settings)
        opened.append(page)
        page.on("console", read_console)
        page.on("request", watch)
        page.on("pageerror", complain)
        page.set_viewport_size(settings.get("viewport", LAPTOP["viewport"]))
        page.mouse.move(0, 0)
        with page.expect_response(ASKED):  # the pad opens its connection as soon as it is there
            page.goto(address)  # anew: nothing is left of what was drawn
        return page

    yield open_one
    for page in opened:
        page.unroute_all()
        page.remove_listener("console", read_console)
        page.remove_listener("request", watch)
        page.remove_listener("pageerror", complain)
    assert not complaints


@pytest.fixture
def page(open_page) -> Page:
    """The page on a laptop."""
    return open_page(**LAPTOP)


@pytest.fixture
def phone(open_page) -> Page:
    """The page on a phone."""
    return open_page(**PHONE)


@pytest.fixture
def touch(phone) -> Callable[..., None]:
    """Put fingers on the phone's pad, move or lift them; points are in pixels of the pad."""
    session = phone.context.new_cdp_session(phone)
    box = pad_box(phone)

    def touch(kind: str, *points: tuple[int, int]) -> None:
        fingers = [{"x": box["x"] + x, "y": box["y"] + y, "id": id_} for id_, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    return touch


@pytest.fixture
def upload(page) -> Callable[..., None]:
    """Choose files in the tab for photos."""
    page.get_by_role("tab", name="Photo").click()
    return page.get_by_test_id("chooser").set_input_files


@pytest.fixture
def seven(tmp_path) -> Path:
    """A photo of a 7, taller than the page has room for."""
    picture = Image.new("RGB", (600, 1200), "#eeeae0")
    ImageDraw.Draw(picture).line([(180, 160), (420, 160), (300, 640)], "#202850", 44, joint="curve")
    picture.save(tmp_path / "seven.jpg")
    return tmp_path / "seven.jpg"


@pytest.fixture
def pair(tmp_path) -> Path:
    """A photo of 17."""
    picture = Image.new("RGB", (800, 500), "#eeeae0")
    pen = ImageDraw.Draw(picture)
    pen.line([(200, 120), (200, 400)], "#202850", 30)
    pen.line([(400, 120), (580, 120), (480, 400)], "#202850", 30, joint="curve")
    picture.save(tmp_path / "pair.png")
    return tmp_path / "pair.png"

"""What several tests share: a reader without a network, a running page, a browser."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

# Before Gradio is imported: tests talk to nobody but 127.0.0.1.
os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1")
# Before PyTorch is: on little data its threads wait for each other longer than they compute.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pytest

from lenet.errors import InputError
from lenet.ink import strokes as pen
from lenet.network.record import Record
from lenet.reading.reader import Reader
from lenet.reading.result import Digit, Reading
from lenet.ui import build, launch
from lenet.ui.protocol import ReadsDigits

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_configure(config: pytest.Config) -> None:
    """Let warnings of Gradio and its server pass, which are not ours to mend."""
    for accepted in ("ignore:unclosed:ResourceWarning", "ignore:::gradio.queueing"):
        config.addinivalue_line("filterwarnings", accepted)


# The last four keep the browser itself from calling home.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class FakeReader:
    """Reads from the proportions of a drawing alone, so that tests of the page need no network."""

    record = Record()

    def read_strokes(self, drawing: object) -> Reading:
        """The digit is ten times width by height, always half sure."""
        box = pen.box(pen.parse(drawing))
        if box is None:
            return reading_of(None)
        return reading_of(round(10 * box[2] / max(box[3], 1)) % 10)

    def read_image(self, source: object) -> Reading:
        """Every image is a 5, unless its name says that it is broken."""
        if "broken" in str(source):
            raise InputError(f"{source}: wanted a picture, could not read this file as one")
        return reading_of(5)


def reading_of(digit: int | None, status: str = "ok", confidence: float = 0.94) -> Reading:
    """A reading of one digit, or an empty one; the next digit up is the runner-up."""
    if digit is None:
        return Reading("", "empty", (), 0.1, 0.0)
    probabilities = np.zeros(10)
    probabilities[(digit + 1) % 10] = 1 - confidence
    probabilities[digit] = confidence
    image = np.linspace(0, 1, 784, dtype=np.float32).reshape(28, 28)
    piece = Digit(tuple(probabilities.tolist()), status, (0.0, 0.0, 20.0, 20.0), image)
    text = str(digit) if status in ("ok", "unsure") else ""
    return Reading(text, status, (piece,), 0.4, 0.2)


@contextmanager
def serve(reader: ReadsDigits) -> Iterator[str]:
    """Run the page on a free port of 127.0.0.1 and give its address."""
    page = build(reader)
    where = {"server_name": "127.0.0.1", "server_port": free_port()}
    try:
        yield launch(page, **where, prevent_thread_lock=True, quiet=True)[1]
    finally:
        page.close(verbose=False)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The real reader with the shipped weights."""
    return Reader.load()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium: Debian's, or the one that Playwright installs.

    Raises:
        RuntimeError: there is none; says what to install.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise RuntimeError("no Playwright: pip install playwright") from error
    with sync_playwright() as play:
        path = shutil.which("chromium") or play.chromium.executable_path
        if not Path(path).exists():
            raise RuntimeError("no Chromium: install Debian's package or run `playwright install chromium`")
        browser = play.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, running."""
    with ExitStack() as stack:
        try:
            browser = stack.enter_context(chromium())
        except RuntimeError as reason:
            _skip_or_fail(str(reason))
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

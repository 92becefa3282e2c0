"""The page on a free port, a browser to open it in, and readings that no network made."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

# Before Gradio is imported: benchmarks and tests talk to nobody but 127.0.0.1.
os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1")

import numpy as np

from lenet.network.record import DIGITS, SIGNS
from lenet.reading.result import Digit, Reading
from lenet.ui import build, launch
from lenet.ui.protocol import ReadsDigits

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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


@contextmanager
def serve(reader: ReadsDigits, tested: int = 0) -> Iterator[str]:
    """Run the page on a free port of 127.0.0.1 and give its address; arguments as for `ui.build`."""
    page = build(reader, tested)
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


def reading_of(digit: int | None, status: str = "ok", confidence: float = 0.94) -> Reading:
    """A reading of one digit, or an empty one; the next digit up is the runner-up."""
    if digit is None:
        return Reading("", 0.0, "empty", (), 0.1, 0.0)
    probabilities = dict.fromkeys((*DIGITS, *SIGNS), 0.0)
    probabilities |= {DIGITS[(digit + 1) % 10]: 1 - confidence, DIGITS[digit]: confidence}
    image = np.linspace(0, 1, 784, dtype=np.float32).reshape(28, 28)
    text = DIGITS[digit] if status in ("ok", "unsure") else ""
    piece = Digit(text, probabilities, status, (0.0, 0.0, 20.0, 20.0), image)
    return Reading(text, confidence if text else 0.0, status, (piece,), 0.4, 0.2)

"""The page on a free port, a browser to open it in, and readings that no network made."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

# Before Gradio is imported: benchmarks and tests talk to nobody but 127.0.0.1.
os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1")

import numpy as np

from lenet.network.record import DIGITS, SIGNS
from lenet.reading.result import Digit, Reading
from lenet.ui import build, launch
from lenet.ui.protocol import ReadsDigits

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_ROOT = Path(__file__).parents[1]

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


class App(NamedTuple):
    """A running `app.py`: its port on 127.0.0.1, and its process."""

    port: int
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stop it, as the system does at shutdown."""
        self.process.terminate()
        self.process.wait(timeout=30)


@contextmanager
def app(*arguments: str, port: int | None = None, **environment: str) -> Iterator[App]:
    """Run `app.py` on 127.0.0.1.

    Args:
        *arguments: of the command line.
        port: where; by default one that is free.
        **environment: further variables.
    """
    port = port or free_port()
    settings = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port)}
    process = subprocess.Popen(
        [sys.executable, "app.py", *arguments],
        cwd=_ROOT,
        env={**os.environ, **settings, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for_page(f"http://127.0.0.1:{port}/", lambda: process.poll() is None)
        yield App(port, process)
    finally:
        App(port, process).stop()


def haproxy() -> str | None:
    """The path of haproxy, where it is installed."""
    return shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")


@contextmanager
def behind_proxy(*copies: int) -> Iterator[int]:
    """Run haproxy by docs/haproxy.cfg in front of two copies of the page, and give its port.

    Args:
        *copies: their ports on 127.0.0.1.

    Raises:
        RuntimeError: it is not installed.
    """
    program = haproxy()
    if program is None:
        raise RuntimeError("no haproxy: install Debian's package")
    port = free_port()
    names = ("LENET_PORT", "LENET_COPY_ONE", "LENET_COPY_TWO")
    settings = {name: str(number) for name, number in zip(names, (port, *copies), strict=True)}
    process = subprocess.Popen(
        [program, "-q", "-f", "docs/haproxy.cfg"], cwd=_ROOT, env={**os.environ, **settings}
    )
    try:
        wait_for_page(f"http://127.0.0.1:{port}/", lambda: process.poll() is None)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


START_SECONDS = 120
"""Seconds to wait for a page that starts; measured: 4 to 30, on a busy machine."""


def megabytes(pid: int) -> float:
    """Return the resident memory of a process in MB; of Linux only."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split(None, 1)[0]) / 1024


def wait_for_page(address: str, is_running: Callable[[], bool]) -> None:
    """Wait until a page answers.

    Raises:
        RuntimeError: its process has ended, or it does not answer in time.
    """
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and is_running():
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{address}: wanted a page, got none within {START_SECONDS} s")


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

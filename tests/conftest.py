"""What several tests share: a reader without a network, the shipped reader, a browser, digits of MNIST."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

# Before PyTorch is imported: on little data its threads wait for each other longer than they compute.
os.environ.setdefault("OMP_NUM_THREADS", "1")


import numpy as np
import pytest

from benchmarks.serving import chromium, reading_of
from lenet.errors import InputError
from lenet.ink import strokes as pen
from lenet.network.record import Record
from lenet.reading.expected import Expected
from lenet.reading.reader import Reader
from lenet.reading.result import Reading

if TYPE_CHECKING:
    from playwright.sync_api import Browser


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

"""The real page in Chromium: does it read what was drawn, and how long does the answer take?

    python -m benchmarks.page --data DIR

A mouse replays drawings of PenDigits' test part on the pad, at random places and sizes. It prints

- how often the page's answer equals the reader's for the drawing as recorded: points, places, sizes or order
  that are lost between pen and network show here;
- milliseconds from pointer-up to the answer, median and 95th percentile, and the same for a page whose reader
  does nothing. Both pages get the same drawings in turns, so the ratio of the medians holds on any machine.

Without PenDigits it replays the example drawings of the page.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.serving import chromium, reading_of, serve
from lenet.datasets import pendigits
from lenet.network.record import Record
from lenet.reading.reader import Reader
from lenet.reading.result import Reading
from lenet.ui import examples
from lenet.ui.protocol import ReadsDigits

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

Strokes = list[list[tuple[float, float]]]

SEED = 1998
TIME_OUT = 10_000  # ms for one answer: a page that hangs ends the run

# How the wait is measured, inside the page and on its own clock:
# - It begins at the pointerup event, caught before the pad sees it.
# - It ends when the page has written the answer to the whole drawing. Every answer sets `data-status` of the
#   element with the text, and that is a mutation even when text and status stay as they were.
# - The pad also asks while the pen moves, and such an answer may arrive after pointerup. So only the mutation
#   counts that follows the response to the newest question, and that was asked after pointerup.
# Painting is not in it; a screen adds a frame to either page.
CLOCK = """
window.clock = { up: 0, asked: 0, responded: 0, shown: 0 };
const plainFetch = window.fetch;
window.fetch = async (...request) => {
  if (!String(request[0]?.url ?? request[0]).includes("component_server")) return plainFetch(...request);
  const asked = (clock.asked = performance.now());
  const response = await plainFetch(...request);
  if (asked === clock.asked) clock.responded = performance.now();
  return response;
};
window.addEventListener("pointerup", () => { clock.up = performance.now(); }, true);
"""
WATCH_ANSWER = """(answer) => new MutationObserver(() => { clock.shown = performance.now(); })
    .observe(answer, { attributes: true, attributeFilter: ["data-status"] })"""
ANSWERED = """() => clock.up <= clock.asked && clock.asked <= clock.responded
    && clock.responded <= clock.shown"""


class ConstantReader:
    """Reads nothing: what is left of the wait is pen, browser, connection and page."""

    record = Record()

    def __init__(self) -> None:
        self._reading = reading_of(7)

    def read_strokes(self, drawing: object, digits: object = None) -> Reading:
        """The same reading, at once."""
        return self._reading

    read_image = read_strokes


def main() -> None:
    """Run the benchmark and print its figures."""
    arguments = parse_arguments()
    torch.set_num_threads(1)  # as app.py does
    reader = Reader.load()
    drawings = choose(arguments.data, arguments.count)
    with chromium() as browser, open_pads(browser, reader, ConstantReader()) as (pad, empty_pad):
        rng = random.Random(SEED)
        equal, waits, empty_waits = 0, [], []
        for drawing in drawings:
            points = placed(drawing, pad.side, rng)
            waits.append(pad.draw(points))
            empty_waits.append(empty_pad.draw(points))
            equal += pad.answer() == reader.read_strokes(drawing).text
    report(equal, waits, empty_waits)


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure the page in Chromium.")
    parser.add_argument("--data", type=Path, help="folder with pendigits/; without it the page's examples")
    parser.add_argument("--count", type=int, default=100, help="drawings to replay (default: 100)")
    return parser.parse_args()


def choose(root: Path | None, count: int) -> list[Strokes]:
    """Take `count` drawings at random from PenDigits' test part, or the examples in turn where it is not."""
    try:
        if root is None:
            raise FileNotFoundError("no --data")
        test = pendigits.load(root, train=False, fetch=_refuse)
    except FileNotFoundError as reason:
        print(f"drawings: {count} of the page's examples ({reason})")
        return list(islice(cycle(example.strokes for example in examples.load()), count))
    print(f"drawings: {count} of the {len(test.strokes)} of PenDigits' test part, seed {SEED}")
    chosen = random.Random(SEED).sample(test.strokes, count)
    return [[stroke.tolist() for stroke in strokes] for strokes in chosen]


def _refuse(address: str) -> bytes:
    raise OSError("a benchmark downloads nothing")


def placed(drawing: Strokes, side: float, rng: random.Random) -> Strokes:
    """Put a drawing on the pad, its longer side 0.2 to 0.9 of the pad's, in whole pixels like a mouse's."""
    strokes = [np.asarray(stroke, float) for stroke in drawing]
    points = np.concatenate(strokes)
    extent = np.ptp(points, axis=0)
    size = rng.uniform(0.2, 0.9) * side
    scale = size / max(extent.max(), 1e-9)
    corner = [rng.uniform(0, side - 1 - length) for length in extent * scale]
    return [moving(np.rint((stroke - points.min(axis=0)) * scale + corner)) for stroke in strokes]


def moving(stroke: np.ndarray) -> list[tuple[float, float]]:
    """Leave out points where the mouse rests, and let a dot have a second pixel.

    So pointerup comes at a new place, and asks a new question. At a place where the pen rested
    the answer could stand there already, and a wait of nothing would flatter.
    """
    moved = np.any(np.diff(stroke, axis=0) != 0, axis=1)
    kept = stroke[np.concatenate([[True], moved])]
    return (kept if len(kept) > 1 else np.concatenate([kept, kept + 1])).tolist()


class Pad:
    """The pad of one page, with a mouse and a clock."""

    def __init__(self, page: Page, address: str) -> None:
        """Open the page at `address` and start the clock there."""
        page.add_init_script(CLOCK)
        with page.expect_response("**/component_server/**"):  # the pad says hello when it is ready
            page.goto(address)
        page.get_by_test_id("answer").evaluate(WATCH_ANSWER)
        self._page = page
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        box = page.get_by_test_id("pad").bounding_box()
        self._corner = np.array([box["x"], box["y"]])
        self.side = box["width"]

    def draw(self, strokes: Strokes) -> float:
        """Draw on a cleared pad and wait for the answer; return its milliseconds from pointerup."""
        self._page.keyboard.press("Escape")
        for stroke in strokes:
            self._draw_stroke(stroke)
        self._page.wait_for_function(ANSWERED, timeout=TIME_OUT)
        return self._page.evaluate("clock.shown - clock.up")

    def _draw_stroke(self, stroke: list[tuple[float, float]]) -> None:
        """Draw one stroke, of two points at least; the last one comes with pointerup."""
        start, *between, end = stroke
        self._mouse("mouseMoved", start, buttons=0)
        self._mouse("mousePressed", start, buttons=1)
        for point in between:
            self._mouse("mouseMoved", point, buttons=1)
        self._mouse("mouseReleased", end, buttons=0)

    def _mouse(self, kind: str, point: tuple[float, float], buttons: int) -> None:
        """Send a mouse event; Playwright's own `mouse.up` knows no place of its own."""
        x, y = (self._corner + point).tolist()
        button = "none" if kind == "mouseMoved" and not buttons else "left"
        event = {"type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1}
        self._devtools.send("Input.dispatchMouseEvent", event)

    def answer(self) -> str:
        """The text of the answer on the page."""
        return self._page.get_by_test_id("answer").inner_text()


@contextmanager
def open_pads(browser: Browser, *readers: ReadsDigits) -> Iterator[list[Pad]]:
    """Serve a page for each reader, on 127.0.0.1, and open it; all are stopped at the end."""
    with ExitStack() as stack:
        addresses = [stack.enter_context(serve(reader)) for reader in readers]
        yield [Pad(browser.new_page(viewport={"width": 1280, "height": 800}), url) for url in addresses]


def report(equal: int, waits: list[float], empty_waits: list[float]) -> None:
    """Print the figures."""
    print(f"page equals offline: {equal} of {len(waits)}")
    print(f"pointer-up to answer, the page:       {summary(waits)}")
    print(f"pointer-up to answer, empty function: {summary(empty_waits)}")
    print(f"ratio of the medians: {statistics.median(waits) / statistics.median(empty_waits):.2f}")


def summary(waits: list[float]) -> str:
    """Median and 95th percentile of milliseconds."""
    return f"median {statistics.median(waits):.1f} ms, p95 {np.percentile(waits, 95):.1f} ms"


if __name__ == "__main__":
    main()

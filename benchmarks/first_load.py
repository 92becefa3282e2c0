"""The first visit: requests, bytes and seconds of the page, beside an empty page of Gradio; and layout shift.

    python -m benchmarks.first_load [--runs 7]

Both are served on 127.0.0.1 and opened in Chromium in turns, each time in a new profile without a cache.
Bytes are those on the network, heads included; seconds are from the navigation until the pad, or the one
line of the empty page, is visible. Layout shift (https://web.dev/articles/cls) is that of the first three
seconds, at the sizes of a laptop, and of a phone upright and on its side.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.load import empty_page
from benchmarks.serving import app, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIZES = {"laptop": (1280, 800), "phone": (390, 844), "phone on its side": (844, 390)}

SETTLED = 3_000
"""Milliseconds after which nothing is loading any more; chosen."""

SHIFT = """() => new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => { for (const shift of list.getEntries()) sum += shift.value; })
        .observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(sum), 100);
})"""


class Visit(NamedTuple):
    """A first visit."""

    requests: float
    kilobytes: float
    seconds: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the first visit.")
    parser.add_argument("--runs", type=int, default=7, help="visits of each page (default: 7)")
    runs = parser.parse_args().runs
    with app() as page, empty_page() as empty, chromium() as browser:
        places = {"empty page": (empty, "text=empty"), "page": (page.port, '[data-testid="pad"]')}
        turns = [{name: visit(browser, *place) for name, place in places.items()} for _ in range(runs + 1)]
        turns = turns[1:]  # the servers' first answers are slower
        for name in places:
            requests, kilobytes, seconds = _medians([turn[name] for turn in turns])
            print(f"{name:12} {requests:4.0f} requests {kilobytes:6.0f} kB {seconds:6.2f} s")
        ratios = [Visit(*_ratios(turn["page"], turn["empty page"])) for turn in turns]
        print(
            "page / empty page: {:.2f} of the requests, {:.2f} of the bytes, {:.2f} of the time".format(
                *_medians(ratios)
            )
        )
        for name, size in SIZES.items():
            print(f"layout shift, {name}: {layout_shift(browser, page.port, size):.4f}")


def _ratios(one: Visit, other: Visit) -> list[float]:
    return [mine / yours for mine, yours in zip(one, other, strict=True)]


def _medians(visits: list[Visit]) -> list[float]:
    return [statistics.median(column) for column in zip(*visits, strict=True)]


def visit(browser: Browser, port: int, awaited: str) -> Visit:
    """Open a page as somebody who has never been there.

    Args:
        browser: Chromium.
        port: of 127.0.0.1.
        awaited: a selector of what must be visible.
    """
    context = browser.new_context()
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    loaded: list[float] = []
    network.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    start = time.perf_counter()
    page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
    page.locator(awaited).wait_for()
    seconds = time.perf_counter() - start
    page.wait_for_timeout(SETTLED)
    context.close()
    return Visit(len(loaded), sum(loaded) / 1000, seconds)


def layout_shift(browser: Browser, port: int, size: tuple[int, int]) -> float:
    """The layout shift of a first visit at a size, in CSS pixels."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(f"http://127.0.0.1:{port}/")
    page.wait_for_timeout(SETTLED)
    shift: float = page.evaluate(SHIFT)
    page.close()
    return shift


if __name__ == "__main__":
    main()

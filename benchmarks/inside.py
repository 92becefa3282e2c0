"""The inside of LeNet in Chromium, at a slowed processor: what a frame costs while somebody draws.

    python -m benchmarks.inside [--slower 4]

A mouse replays example drawings of the page with the panel open, at each of its three levels, so that pad and
panel are both on the screen. It prints for each level

- milliseconds of the frames in which the panel paints (all layers computed and painted, without the browser's
  own painting): median, 95th percentile and the largest;
- what a frame of the panel adds to the processor time of the page's thread, all work of the browser included:
  the time while the panel is open, less that for the same drawings while it is closed, per frame;
- the tasks of 50 ms or more while the pen moved, and how long the worst took. Those with the panel closed are
  of pad and page.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.serving import chromium, serve
from lenet.reading.reader import Reader
from lenet.ui import examples

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

# A frame of the panel is a callback of requestAnimationFrame that writes pixels into one of its canvases.
CLOCK = """
window.clock = { frames: [], tasks: [], isInside: false };
const { requestAnimationFrame: request } = window;
window.requestAnimationFrame = (act) => request((now) => {
    clock.isInside = false;
    const start = performance.now();
    act(now);
    if (clock.isInside) clock.frames.push(performance.now() - start);
});
const { putImageData } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.putImageData = function (...pixels) {
    clock.isInside ||= this.canvas.closest(".inside") !== null;
    putImageData.apply(this, pixels);
};
new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) clock.tasks.push(duration);
}).observe({ type: "longtask" });
"""
BEGIN = "() => { clock.frames = []; clock.tasks = []; }"

DRAWINGS = 4
"""Examples that are drawn for each figure."""

VIEW = {"width": 1280, "height": 1400}
"""Pixels of a window in which pad and panel are on the screen together."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the inside of LeNet in Chromium.")
    parser.add_argument("--slower", type=float, default=4, help="how many times slower the processor (4)")
    slower = parser.parse_args().slower
    torch.set_num_threads(1)  # as app.py does
    with serve(Reader.load()) as address, chromium() as browser:
        page = browser.new_page(viewport=VIEW)
        page.add_init_script(CLOCK)
        with page.expect_response("**/component_server/**"):  # the pad says hello when it is ready
            page.goto(address)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        without = measure(page, devtools, slower, "closed")
        page.locator(".inside summary").first.click()
        for level in (1, 2, 3):
            page.locator(f"[data-level='{level}']").first.click()
            page.wait_for_timeout(500)
            measure(page, devtools, slower, f"level {level}", without)


def measure(page: Page, devtools: CDPSession, slower: float, name: str, without: float = 0) -> float:
    """Draw examples on the slowed page, and print what it cost.

    Args:
        page: with the pad.
        devtools: of the page.
        slower: how many times slower the processor is.
        name: to print.
        without: seconds of the page's thread that the same drawings took with the panel closed.

    Returns:
        The seconds of the page's thread.
    """
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.evaluate(BEGIN)
    before = seconds(devtools)
    for example in examples.load()[:DRAWINGS]:
        page.keyboard.press("Escape")
        draw(page, example.strokes)
    took = seconds(devtools) - before
    frames, tasks = page.evaluate("[clock.frames, clock.tasks]")
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    worst = f", the worst {max(tasks):.0f} ms" if tasks else ""
    print(f"{name}: {len(tasks)} tasks of 50 ms or more{worst}")
    if frames:
        median, high = np.percentile(frames, [50, 95])
        print(f"  {len(frames)} frames: median {median:.1f}, p95 {high:.1f}, largest {max(frames):.1f} ms")
        print(f"  of the page's thread, a frame: {1000 * (took - without) / len(frames):.1f} ms")
    return took


def seconds(devtools: CDPSession) -> float:
    """Processor time of the page's thread."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def draw(page: Page, strokes: list[list[tuple[float, float]]]) -> None:
    """Draw strokes, given in sides of the pad, at the speed of a hand."""
    box = page.get_by_test_id("pad").bounding_box()
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
            page.wait_for_timeout(16)
        page.mouse.up()
        page.wait_for_timeout(200)


if __name__ == "__main__":
    main()

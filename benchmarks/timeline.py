"""How LeNet learnt: packs the timeline of its training, measures the panel, draws the README's picture.

    python train.py --data DIR --snapshots 30               # keeps weights on the way in FOLDER
    python -m benchmarks.timeline pack FOLDER --data DIR    # weights/lenet5.timeline.safetensors
    python -m benchmarks.timeline measure [--slower 4]
    python -m benchmarks.timeline picture                   # docs/timeline.webp

`pack` also prints what 8 bits cost. `measure` opens the panel in Chromium and prints

- milliseconds from the tap on its title until the first answer is painted, in new profiles without a cache;
- milliseconds from a step of the slider until its answer is painted, with the networks there: median, 95th
  percentile and the largest;
- processor time of the page's thread for a step, all frames until the kernels have their shape included;
- the bytes of all that the panel fetched, as they came over the network.

docs/timeline.txt has what `pack` and `measure` printed.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from PIL import Image
from safetensors.numpy import load_file

from benchmarks.inside import seconds
from benchmarks.serving import chromium, serve
from lenet.learning.timeline import held_out, load_into, timeline
from lenet.network import checkpoint
from lenet.network.model import predict
from lenet.network.record import ALPHABET, shipped_weights
from lenet.network.timeline import Timeline, path_beside, restored
from lenet.reading.reader import Reader
from lenet.ui.texts import text
from lenet.ui.timeline import EXAMPLE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description="Pack, measure and draw the timeline of the training.")
    kinds = parser.add_subparsers(required=True)
    packing = kinds.add_parser("pack", help="round the weights on the way to 8 bits and measure them")
    packing.add_argument("folder", type=Path, help="as train.py --snapshots made it")
    packing.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    packing.set_defaults(run=lambda options: pack(options.folder, options.data))
    measuring = kinds.add_parser("measure", help="measure the panel in Chromium")
    measuring.add_argument("--slower", type=float, default=4, help="how many times slower the processor (4)")
    measuring.set_defaults(run=lambda options: measure(options.slower))
    drawing = kinds.add_parser("picture", help="draw the picture of the README")
    drawing.add_argument("path", type=Path, nargs="?", default=PICTURE, help="default: docs/timeline.webp")
    drawing.set_defaults(run=lambda options: picture(options.path))
    options = parser.parse_args()
    torch.set_num_threads(1)  # as app.py does
    options.run(options)


def pack(folder: Path, root: Path) -> None:
    """Write the timeline beside the shipped weights, and print it beside what was not rounded."""
    weights = shipped_weights()
    images, labels = held_out(root, weights)
    found = timeline(folder, weights, images, labels)
    found.save(path_beside(weights))
    files = [*sorted(folder.glob("step_*.safetensors"))[:-1], weights]
    changed = [_changed(found, moment, path, images) for moment, path in enumerate(files)]
    print(" steps   loss   right  most frequent answer  answers changed by 8 bits")
    for row in zip(found.steps, found.losses, found.right, found.answers, changed, strict=True):
        step, loss, right, answers, count = row
        favourite, share = ALPHABET[int(answers.argmax())], answers.max() / len(labels)
        print(f"{step:6} {loss:6.3f} {right / len(labels):7.2%} {favourite:>13} {share:7.2%} {count:26}")
    print(f"of {len(labels)} digits that were held out")
    print(f"{path_beside(weights).stat().st_size:,} bytes")


def _changed(found: Timeline, moment: int, path: Path, images: np.ndarray) -> int:
    """How many digits the network of a moment answers otherwise than before it was rounded."""
    network = checkpoint.load(shipped_weights())
    before = {name: values.astype(np.float32) for name, values in load_file(path).items()}
    after = restored(found.weights[moment], found.scales[moment], found.biases[moment], before)
    answers = []
    for tensors in (before, after):
        load_into(network, tensors)
        with torch.no_grad():
            logits = predict(network, torch.from_numpy(images))
        answers.append(network.architecture.complete(logits).argmax(1))
    return int((answers[0] != answers[1]).sum())


# The panel in the browser ---------------------------------------------------------------------------

# A frame is painted before a message that was sent from its callbacks arrives.
CLOCK = """
window.clock = { first: 0, steps: [], networks: 0 };
const afterFrame = (act) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => act(performance.now());
    port2.postMessage(0);
});
addEventListener("click", ({ target, timeStamp }) => {
    if (!target.closest?.(".timeline summary")) return;
    new MutationObserver((_, observer) => {
        if (!document.querySelector(".timeline-glyph")?.textContent) return;
        observer.disconnect();
        afterFrame((now) => { clock.first = now - timeStamp; });
    }).observe(document.querySelector(".timeline"), { childList: true, subtree: true });
}, true);
addEventListener("keydown", ({ target, timeStamp }) => {
    if (target.matches?.(".timeline-slider")) afterFrame((now) => clock.steps.push(now - timeStamp));
}, true);
new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) clock.networks += name.endsWith(".bin");
}).observe({ type: "resource" });
"""
THERE = """clock.first && clock.networks > Number(document.querySelector(".timeline-slider").max)"""

VISITS = 7
PAUSE = 100
"""Milliseconds between steps, of which kernels and bars take 240 to change; chosen: faster than a look."""

ROUNDS = 4
"""From the first moment to the last and back, for the time of a step."""


def measure(slower: float) -> None:
    """Print times and bytes, at the plain speed and at a slowed processor."""
    with serve(Reader.load()) as address, chromium() as browser:
        for rate in (1, slower):
            visits = [visit(browser, address, rate, rounds=0) for _ in range(VISITS - 1)]
            visits.append(visit(browser, address, rate, ROUNDS))
            firsts, last = [one.first for one in visits], visits[-1]
            print(f"processor {rate:g} times slower" if rate > 1 else "plain speed")
            print(f"  first answer: median {np.median(firsts):.0f}, largest {max(firsts):.0f} ms")
            median, high = np.percentile(last.steps, [50, 95])
            largest = max(last.steps)
            print(f"  {len(last.steps)} steps: median {median:.1f}, p95 {high:.1f}, largest {largest:.1f} ms")
            print(f"  of the page's thread, a step: {last.thread:.1f} ms")
            print(f"  {last.fetched:,} bytes over the network")


class Visit(NamedTuple):
    """What a visit took."""

    first: float
    """Milliseconds until the first answer."""

    steps: list[float]
    """Milliseconds of each step."""

    thread: float
    """Milliseconds of the page's thread for a step."""

    fetched: int
    """Bytes that the panel fetched."""


def visit(browser: Browser, address: str, rate: float, rounds: int) -> Visit:
    """Draw, open the panel, and go through all moments.

    Args:
        browser: Chromium; the visit has a new profile.
        address: of the page.
        rate: how many times slower the processor is.
        rounds: through all moments and back.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    page = context.new_page()
    open_with_drawing(page, address)
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Performance.enable", {"timeDomain": "threadTicks"})
    network.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    fetched: list[float] = []
    network.on("Network.loadingFinished", lambda event: fetched.append(event["encodedDataLength"]))
    open_panel(page)
    first = page.evaluate("clock.first")
    slider = page.get_by_test_id("timeline-slider")
    slider.focus()
    before = seconds(network)
    for _ in range(rounds):
        for key in ("ArrowRight", "ArrowLeft"):
            for _ in range(int(slider.get_attribute("max") or 0)):
                page.keyboard.press(key)
                page.wait_for_timeout(PAUSE)
    page.wait_for_timeout(500)
    steps = page.evaluate("clock.steps")
    thread = 1000 * (seconds(network) - before) / max(len(steps), 1)
    context.close()
    return Visit(first, steps, thread, int(sum(fetched)))


def open_with_drawing(page: Page, address: str) -> None:
    """Open the page and let it draw the example, at once."""
    page.add_init_script(CLOCK)
    page.emulate_media(reduced_motion="reduce")
    with page.expect_response("**/component_server/**"):  # the pad says hello when it is ready
        page.goto(address)
    page.get_by_role("button", name=text(f"example.drawing.{EXAMPLE}")).click()
    page.wait_for_function("document.querySelector('[data-testid=answer]').textContent")
    page.emulate_media(reduced_motion="no-preference")


def open_panel(page: Page) -> None:
    """Open the panel and wait until all that it fetches is there."""
    page.locator(".timeline summary").click()
    page.locator(".timeline-slider").wait_for()
    page.wait_for_function(THERE)


# The picture ----------------------------------------------------------------------------------------

PICTURE = Path(__file__).parent.parent / "docs" / "timeline.webp"
WIDTH = 960
"""Pixels of the window that is drawn."""

MARGIN = 16
"""Pixels around the panel."""

MOMENT_MS, END_MS = 450, 3000
"""Milliseconds for which a moment is seen, and the last one."""

QUALITY = 70
"""Of the WebP, in [0, 100]; chosen: small type is sharp."""


def picture(path: Path) -> None:
    """Draw the panel at each moment, as an animated WebP."""
    with serve(Reader.load()) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": WIDTH, "height": 1400})
        open_with_drawing(page, address)
        page.emulate_media(reduced_motion="reduce")
        open_panel(page)
        slider, frames = page.get_by_test_id("timeline-slider"), []
        page.mouse.move(0, 0)
        box = _with_margin(page.locator(".timeline-parts").bounding_box())
        for moment in range(int(slider.get_attribute("max") or 0) + 1):
            slider.evaluate(GO, moment)
            frames.append(Image.open(io.BytesIO(page.screenshot(full_page=True, clip=box))).convert("RGB"))
    durations = [MOMENT_MS] * (len(frames) - 1) + [END_MS]
    frames[0].save(
        path, save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=QUALITY, method=6
    )
    print(f"{path}: {len(frames)} frames, {path.stat().st_size:,} bytes")


def _with_margin(box: dict[str, float]) -> dict[str, float]:
    x, y, width, height = (box[name] for name in ("x", "y", "width", "height"))
    return {"x": x - MARGIN, "y": y - MARGIN, "width": width + 2 * MARGIN, "height": height + 2 * MARGIN}


GO = """(slider, moment) => {
    slider.value = moment;
    slider.dispatchEvent(new Event("input"));
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


if __name__ == "__main__":
    main()

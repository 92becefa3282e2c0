"""What tests do on the page as its visitors: draw, drop, look at the answer, hold requests back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from lenet.network.record import DIGITS
from lenet.ui import examples

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

Stroke = list[tuple[int, int]]

DRAWINGS = examples.load()
ASKED = "**/component_server/**"
SERVER = "**/gradio_api/**"
ANEW = """if (window.name !== "again") {
    sessionStorage.clear();
    localStorage.clear();
    sessionStorage.setItem("lenet.drawing", '{ "strokes": [] }');
}"""
"""Makes each visit the same: an empty pad, nothing taught. A page of the name "again" keeps what it had."""

ALPHA = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]
    .filter((_, i) => i % 4 === 3)"""
"""The ink of a canvas, pixel by pixel."""

SPACING = """* {
    line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important;
}"""
"""What a visitor may set by WCAG 2.2, criterion 1.4.12."""

LAPTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 664},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 3,
}


def pad_box(page: Page) -> dict[str, float]:
    return page.get_by_test_id("pad").bounding_box()


def drawing(label: int = 7) -> list[list[tuple[float, float]]]:
    """A hand-made drawing of a digit, in sides of the pad."""
    return next(example.strokes for example in DRAWINGS if example.label == label)


def placed(page: Page, strokes: list[list[tuple[float, float]]], left=0.0, top=0.0, size=1.0) -> list[Stroke]:
    """Strokes in whole pixels of the pad, where a mouse can be; every third point: a move takes a frame."""
    side = pad_box(page)["width"]
    return [
        [(round((left + size * x) * side), round((top + size * y) * side)) for x, y in thinned]
        for thinned in ([*stroke[:-1:3], stroke[-1]] for stroke in strokes)
    ]


def draw_by_mouse(page: Page, strokes: list[Stroke]) -> None:
    for stroke in strokes:
        draw_and_hold(page, stroke)
        page.mouse.up()


def draw_and_hold(page: Page, stroke: Stroke) -> None:
    """Draw a stroke, and keep the pen down."""
    box = pad_box(page)
    page.mouse.move(box["x"] + stroke[0][0], box["y"] + stroke[0][1])
    page.mouse.down()
    for x, y in stroke[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y)


def expect_answer(page: Page, reading) -> None:
    from playwright.sync_api import expect

    answer = page.get_by_test_id("answer")
    expect(answer).to_have_text(reading.text)
    expect(answer).to_have_attribute("data-status", reading.status)


def expect_empty(page: Page) -> None:
    from playwright.sync_api import expect

    expect(page.get_by_test_id("answer")).to_have_attribute("data-status", "empty")
    expect(page.get_by_test_id("answer")).to_be_empty()
    expect(page.get_by_text("Draw a digit or a number", exact=True)).to_be_visible()


COUNT_INK = """async (pad) => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const pixels = pad.getContext("2d").getImageData(0, 0, pad.width, pad.height).data;
    return pixels.filter((value, i) => i % 4 === 3 && value > 0).length;
}"""


def ink_on_screen(page: Page) -> int:
    """How many pixels of the pad's canvas carry ink."""
    return page.get_by_test_id("pad").evaluate(COUNT_INK)


def wait_for(page: Page, held: list, count: int = 1) -> None:
    """Wait until so many requests are held back: a busy machine takes its time."""
    for _ in range(500):
        if len(held) >= count:
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{len(held)} requests are held back, not {count}")


def release(page: Page, held: list[Route]) -> None:
    """Let requests go that were held back, and wait until the page has seen their answers."""
    for route in held:
        with page.expect_response(lambda response, url=route.request.url: response.url == url) as response:
            route.continue_()
        response.value.finished()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def settled(page: Page, measure: Callable[[], object], milliseconds: int) -> object:
    """Wait until a measure stays the same for so long; return it."""
    before = None
    while (now := measure()) != before:
        before = now
        page.wait_for_timeout(milliseconds)
    return now


def expect_whole_answer(page: Page, text: str) -> None:
    """Wait for the answer to all that was drawn: those to a part of it may have the same text."""
    from playwright.sync_api import expect

    expect(page.get_by_test_id("answer")).to_have_text(text)
    settled(page, lambda: page.locator(".seen:visible canvas").evaluate(ALPHA), 300)
    expect(page.get_by_test_id("answer")).to_have_text(text)


def last_strokes_sent(requests: list) -> list[Stroke]:
    asked = [request for request in requests if "component_server" in request.url]
    return [[tuple(point) for point in stroke] for stroke in json.loads(asked[-1].post_data)["data"]]


def strokes_of(page: Page, digits: str, left=0.02, top=0.3, size=0.2) -> list[Stroke]:
    """Strokes of several digits side by side."""
    step = 0.8 * size
    return [
        stroke
        for place, digit in enumerate(digits)
        for stroke in placed(page, drawing(int(digit)), left + place * step, top, size)
    ]


def expect_photo_answer(page: Page, text: str) -> None:
    from playwright.sync_api import expect

    expect(page.get_by_test_id("photo-answer")).to_have_text(text)


EQUAL = dict.fromkeys(DIGITS, 0.1)

SHOW = """([text, status, probabilities]) => {
    const symbols = [...text.replace(/\\s/g, "")];
    let next = 0;
    const detail = {
        text, status, words: "", doubtful: null,
        layout: [...text].map((one) => (one.trim() ? next++ : one)),
        digits: symbols.map((symbol) => ({
            text: symbol, digit: /[0-9]/.test(symbol) ? Number(symbol) : null,
            status, probabilities, image: "", box: [0, 0, 9, 9],
        })),
    };
    window.dispatchEvent(new CustomEvent("lenet:drawing", { detail }));
}"""


DROP = """([kind, name, bytes]) => {
    const files = new DataTransfer();
    files.items.add(new File([Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0))], name));
    const how = { bubbles: true, cancelable: true };
    const event = kind === "paste"
        ? new ClipboardEvent("paste", { ...how, clipboardData: files })
        : new DragEvent("drop", { ...how, dataTransfer: files });
    document.querySelector("header").dispatchEvent(event);
    return event.defaultPrevented;
}"""


SHOW_PIECES = """([pieces, layout, text, status, words, milliseconds]) => {
    const probabilities = Object.fromEntries([..."0123456789"].map((symbol) => [symbol, 0.08]));
    const detail = {
        text, status, words, layout, doubtful: null,
        preprocessing_ms: milliseconds, network_ms: milliseconds, round_trip_ms: milliseconds,
        digits: pieces.map((piece) => ({
            text: piece, digit: /[0-9]/.test(piece) ? Number(piece) : piece ? null : 3,
            status: piece ? status : "not_a_digit", probabilities, image: "", box: [0, 0, 9, 9],
        })),
    };
    window.dispatchEvent(new CustomEvent("lenet:drawing", { detail }));
}"""


def show(page: Page, drawn: str, status: str = "ok", words: str = "", milliseconds: float = 1.0) -> None:
    """Show an answer on the pad's tab; each "_" in `drawn` is a piece that is left out of the text."""
    pieces = [symbol.replace("_", "") for symbol in drawn if not symbol.isspace()]
    numbers = iter(range(len(pieces)))
    layout = [symbol if symbol.isspace() else next(numbers) for symbol in drawn]
    page.evaluate(SHOW_PIECES, [pieces, layout, drawn.replace("_", ""), status, words, milliseconds])

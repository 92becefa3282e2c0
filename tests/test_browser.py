"""The page as a visitor meets it: the real reader, a real server, a real browser."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import serve
from PIL import Image, ImageDraw

from lenet.ui import examples
from lenet.ui.answer import describe

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

Stroke = list[tuple[int, int]]

DRAWINGS = examples.load()
ASKED = "**/component_server/**"
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 664},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 3,
}

ALPHA = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]
    .filter((_, i) => i % 4 === 3)"""


@pytest.fixture(scope="module")
def address(reader) -> Iterator[str]:
    """The running page."""
    with serve(reader) as url:
        yield url


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens the page for a visitor; afterwards says if it failed or asked another server for anything."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def watch(url: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            complaints.append(f"asked {url}")

    def open_one(**settings: object) -> Page:
        context = browser.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: watch(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        with page.expect_response(ASKED):  # the pad opens its connection as soon as it is there
            page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def page(open_page) -> Page:
    """The page on a laptop."""
    return open_page(**LAPTOP)


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
    box = pad_box(page)
    for stroke in strokes:
        page.mouse.move(box["x"] + stroke[0][0], box["y"] + stroke[0][1])
        page.mouse.down()
        for x, y in stroke[1:]:
            page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.up()


def expect_answer(page: Page, reading) -> None:
    answer = page.get_by_test_id("answer")
    expect(answer).to_have_text(reading.text)
    expect(answer).to_have_attribute("data-status", reading.status)


def expect_empty(page: Page) -> None:
    expect(page.get_by_test_id("answer")).to_have_attribute("data-status", "empty")
    expect(page.get_by_test_id("answer")).to_be_empty()
    expect(page.get_by_text("Draw a digit", exact=True)).to_be_visible()


def ink_on_screen(page: Page) -> int:
    """How many pixels of the pad's canvas carry ink."""
    return page.get_by_test_id("pad").evaluate("""async (pad) => {
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const pixels = pad.getContext("2d").getImageData(0, 0, pad.width, pad.height).data;
        return pixels.filter((value, i) => i % 4 === 3 && value > 0).length;
    }""")


def last_strokes_sent(requests: list) -> list[Stroke]:
    asked = [request for request in requests if "component_server" in request.url]
    return [[tuple(point) for point in stroke] for stroke in json.loads(asked[-1].post_data)["data"]]


# --- Drawing -----------------------------------------------------------------


def test_mouse_anywhere_at_any_size(page, reader):
    rng = random.Random(1998)
    for example in DRAWINGS:
        size = rng.uniform(0.2, 1)
        strokes = placed(page, example.strokes, rng.uniform(0, 1 - size), rng.uniform(0, 1 - size), size)
        draw_by_mouse(page, strokes)
        expect_answer(page, reader.read_strokes(strokes))
        page.get_by_test_id("clear").click()
        expect_empty(page)


@pytest.mark.parametrize("left", [0, 0.4], ids=["on the pad", "beyond its edge"])
def test_points_arrive_where_the_pointer_was(page, left):
    requests = []
    page.on("request", lambda request: requests.append(request))
    strokes = placed(page, drawing(7), left)
    draw_by_mouse(page, strokes)
    expect(page.get_by_test_id("answer")).not_to_be_empty()
    distinct = [[stroke[0], *(b for a, b in pairwise(stroke) if a != b)] for stroke in strokes]
    assert last_strokes_sent(requests) == distinct


def test_answer_comes_while_the_pen_is_down(page):
    (stroke,) = placed(page, drawing(2))
    box = pad_box(page)
    page.mouse.move(box["x"] + stroke[0][0], box["y"] + stroke[0][1])
    page.mouse.down()
    for x, y in stroke[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y)
    expect(page.get_by_test_id("answer")).not_to_be_empty()
    page.mouse.up()


def test_a_dot_is_drawn_and_answered(page, reader):
    draw_by_mouse(page, [[(100, 100)]])
    expect_answer(page, reader.read_strokes([[(100, 100)]]))
    assert ink_on_screen(page) > 50


def test_only_the_primary_button_draws(page):
    box = pad_box(page)
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down(button="right")
    page.mouse.move(box["x"] + 150, box["y"] + 150)
    page.mouse.up(button="right")
    expect_empty(page)


def test_the_page_shows_the_whole_answer(page, reader):
    strokes = placed(page, drawing(7))
    draw_by_mouse(page, strokes)
    reading = reader.read_strokes(strokes)
    expect_answer(page, reading)
    shares = page.locator(".bars:visible .share")
    expect(shares).to_have_text([f"{round(100 * share)} %" for share in reading.digits[0].probabilities])
    expect(page.locator(".times:visible dd")).to_have_text([re.compile(r"^[\d.]+ ms$")] * 3)
    assert page.locator(".seen canvas:visible").evaluate(ALPHA) == describe(reading)["image"]


def test_nothing_jumps_when_an_answer_comes(page):
    def places():
        parts = page.locator(".bars:visible li, .seen canvas:visible, .times:visible, .sheet")
        return [part.bounding_box() for part in parts.all()]

    before = places()
    draw_by_mouse(page, placed(page, drawing(5)))
    expect(page.get_by_test_id("answer")).not_to_be_empty()
    assert places() == before


# --- Undo, clear, keyboard ---------------------------------------------------


def test_undo_takes_one_stroke(page, reader):
    strokes = placed(page, drawing(7))
    draw_by_mouse(page, strokes)
    page.get_by_test_id("undo").click()
    expect_answer(page, reader.read_strokes(strokes[:1]))
    page.get_by_test_id("undo").click()
    expect_empty(page)
    assert ink_on_screen(page) == 0


@pytest.mark.parametrize("key", ["Escape", "Delete", "Backspace"])
def test_keys_clear(page, key):
    draw_by_mouse(page, placed(page, drawing(3)))
    page.keyboard.press(key)
    expect_empty(page)


@pytest.mark.parametrize("keys", ["Control+z", "Meta+z"])
def test_keys_undo(page, keys):
    draw_by_mouse(page, placed(page, drawing(3)))
    page.keyboard.press(keys)
    expect_empty(page)


def test_drawing_outlasts_a_look_at_the_photo_tab(page):
    draw_by_mouse(page, placed(page, drawing(3)))
    ink = ink_on_screen(page)
    page.get_by_role("tab", name="Photo").click()
    page.keyboard.press("Escape")  # the pad is out of sight: not its business
    page.get_by_role("tab", name="Draw").click()
    assert ink_on_screen(page) == ink > 0


# --- Touch -------------------------------------------------------------------


@pytest.fixture
def phone(open_page) -> Page:
    """The page on a phone."""
    return open_page(**PHONE)


@pytest.fixture
def touch(phone) -> Callable[..., None]:
    """Puts fingers on the phone's pad, moves or lifts them; points are in pixels of the pad."""
    session = phone.context.new_cdp_session(phone)
    box = pad_box(phone)

    def touch(kind: str, *points: tuple[int, int]) -> None:
        fingers = [{"x": box["x"] + x, "y": box["y"] + y, "id": id_} for id_, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    return touch


def test_finger_draws_and_nothing_scrolls(phone, touch, reader):
    strokes = placed(phone, drawing(4))
    for stroke in strokes:
        touch("touchStart", stroke[0])
        for point in stroke[1:]:
            touch("touchMove", point)
        touch("touchEnd")
    expect_answer(phone, reader.read_strokes(strokes))
    assert phone.evaluate("scrollY") == 0


def test_taps_do_not_zoom(phone, touch):
    for _ in range(2):
        touch("touchStart", (50, 50))
        touch("touchEnd")
    assert phone.evaluate("visualViewport.scale") == 1
    # Safari zooms into a button tapped twice, unless it is told not to.
    ways = phone.locator("button:visible").evaluate_all(
        "(all) => all.map((button) => getComputedStyle(button).touchAction)"
    )
    assert set(ways) == {"manipulation"}


def test_second_finger_is_ignored(phone, touch, reader):
    (stroke,) = placed(phone, drawing(0))
    touch("touchStart", stroke[0])
    touch("touchStart", stroke[0], (5, 5))
    for x, y in stroke[1:]:
        touch("touchMove", (x, y), (5, y))
    touch("touchEnd")
    expect_answer(phone, reader.read_strokes([stroke]))


def test_pad_and_answer_share_a_phones_first_screen(phone):
    for part in (phone.get_by_test_id("pad"), phone.get_by_test_id("answer"), phone.get_by_test_id("clear")):
        expect(part).to_be_in_viewport(ratio=1)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


# --- Screens -----------------------------------------------------------------


@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_canvas_has_a_pixel_for_each_of_the_screen(open_page, ratio):
    page = open_page(device_scale_factor=ratio)
    pad = page.get_by_test_id("pad")
    assert pad.evaluate("(pad) => pad.width") == ratio * pad.evaluate("(pad) => pad.clientWidth")


def test_drawing_scales_with_the_pad(page, reader):
    strokes = placed(page, drawing(3))
    draw_by_mouse(page, strokes)
    side, ink = pad_box(page)["width"], ink_on_screen(page)
    page.set_viewport_size({"width": 390, "height": 844})
    scale = pad_box(page)["width"] / side
    assert scale < 1
    assert ink_on_screen(page) == pytest.approx(ink * scale**2, rel=0.05)
    expect_answer(page, reader.read_strokes(strokes))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_visitor(open_page, scheme):
    page = open_page(color_scheme=scheme)
    brightness = "(part) => getComputedStyle(part).{}.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)"
    pad = page.get_by_test_id("pad")
    paper = page.locator(".sheet").evaluate(brightness.format("backgroundColor"))
    pen = pad.evaluate(brightness.format("color"))
    assert (paper > pen) == (scheme == "light")
    assert abs(paper - pen) > 450


# --- Examples ----------------------------------------------------------------


def test_examples_are_drawn_as_if_by_hand(page, reader):
    example = page.get_by_test_id("example").nth(1)
    example.click()
    halfway = ink_on_screen(page)
    expect(page.get_by_test_id("answer")).to_have_text(str(DRAWINGS[1].label))
    page.wait_for_timeout(1800)
    assert ink_on_screen(page) > halfway > 0
    expect_answer(page, reader.read_strokes(DRAWINGS[1].strokes))


def test_examples_are_instant_where_motion_is_unwelcome(open_page, reader):
    page = open_page(reduced_motion="reduce")
    for number, example in enumerate(DRAWINGS):
        page.get_by_test_id("example").nth(number).click()
        expect_answer(page, reader.read_strokes(example.strokes))


def test_examples_are_read_as_meant(reader):
    assert [reader.read_strokes(example.strokes).text for example in DRAWINGS] == [
        str(example.label) for example in DRAWINGS
    ]


def test_a_phone_shows_the_answer_to_an_example(phone):
    phone.get_by_test_id("example").last.tap()
    expect(phone.get_by_test_id("answer")).not_to_be_empty()
    expect(phone.get_by_test_id("answer")).to_be_in_viewport(ratio=1)


def test_visitor_interrupts_an_example(page, reader):
    page.get_by_test_id("example").first.click()
    page.wait_for_timeout(200)
    strokes = placed(page, drawing(1))
    draw_by_mouse(page, strokes)
    expect_answer(page, reader.read_strokes(strokes))


# --- The connection ----------------------------------------------------------


def test_lost_connection_is_said_and_the_next_stroke_recovers(page, reader):
    page.route(ASKED, lambda route: route.abort())
    strokes = placed(page, drawing(7))
    draw_by_mouse(page, strokes[:1])
    expect(page.get_by_test_id("notice")).to_contain_text("No connection")
    page.unroute(ASKED)
    draw_by_mouse(page, strokes[1:])
    expect_answer(page, reader.read_strokes(strokes))
    expect(page.get_by_test_id("notice")).to_be_empty()


def test_late_answer_does_not_overwrite_an_empty_pad(page):
    held: list[Route] = []
    page.route(ASKED, lambda route: held.append(route))
    draw_by_mouse(page, placed(page, drawing(3)))
    page.get_by_test_id("clear").click()
    page.wait_for_timeout(100)
    assert held
    for route in held:
        route.continue_()
    page.wait_for_timeout(300)
    expect_empty(page)


def test_overtaken_answer_is_ignored(page, reader):
    held: list[Route] = []
    strokes = placed(page, drawing(8))
    whole = reader.read_strokes(strokes)
    assert whole.text != reader.read_strokes(strokes[:1]).text
    page.route(ASKED, lambda route: held.append(route))
    draw_by_mouse(page, strokes[:1])
    page.route(ASKED, lambda route: route.continue_())  # the later route comes first
    draw_by_mouse(page, strokes[1:])
    expect_answer(page, whole)
    assert held
    for route in held:
        route.continue_()
    page.wait_for_timeout(300)
    expect_answer(page, whole)


def test_servers_sentence_reaches_the_visitor(page):
    page.route(ASKED, lambda route: route.fulfill(json={"error": "strokes: wanted fewer"}))
    draw_by_mouse(page, placed(page, drawing(3)))
    expect(page.get_by_test_id("notice")).to_have_text("strokes: wanted fewer")


# --- Photo -------------------------------------------------------------------


@pytest.fixture
def upload(page) -> Callable[..., None]:
    """Uploads a file in the tab for photos."""
    page.get_by_role("tab", name="Photo").click()
    return page.locator("input[type=file]").set_input_files


@pytest.fixture
def seven(tmp_path) -> Path:
    """A photo of a 7, taller than the page has room for."""
    picture = Image.new("RGB", (600, 1200), "#eeeae0")
    ImageDraw.Draw(picture).line([(180, 160), (420, 160), (300, 640)], "#202850", 44, joint="curve")
    picture.save(tmp_path / "seven.jpg")
    return tmp_path / "seven.jpg"


def test_photo_is_shown_whole_answered_and_taken_away(page, upload, seven):
    upload(seven)
    expect(page.get_by_test_id("photo-answer")).to_have_text("7")
    shown = page.locator(".photo img").bounding_box()
    assert shown["height"] == pytest.approx(2 * shown["width"], abs=2)
    assert shown["height"] <= page.locator(".block.photo").bounding_box()["height"]
    page.get_by_label("Remove Image").click()
    expect(page.get_by_test_id("photo-answer")).to_have_attribute("data-status", "empty")
    expect(page.locator(".words:visible")).to_be_empty()


def test_a_broken_photo_is_explained_and_makes_room_for_the_next(page, upload, seven, tmp_path):
    (tmp_path / "broken.png").write_text("no image")
    upload(tmp_path / "broken.png")
    expect(page.get_by_text("broken.png: wanted a picture")).to_be_visible()
    expect(page.locator(".photo img")).to_have_count(0)
    expect(page.get_by_text("Add a photo")).to_be_visible()
    upload(seven)
    expect(page.get_by_test_id("photo-answer")).to_have_text("7")


def test_a_photo_that_browsers_cannot_show_is_answered(page, upload, seven):
    Image.open(seven).save(seven.with_suffix(".tiff"))
    upload(seven.with_suffix(".tiff"))
    expect(page.get_by_test_id("photo-answer")).to_have_text("7")
    assert page.locator(".photo img").bounding_box()["width"] == 0, "the icon of a broken one"


def test_too_large_a_photo_is_explained(page, upload, seven, tmp_path):
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(25 * 2**20 + 1)
    upload(large)
    expect(page.get_by_text("large.png is too large")).to_be_visible()
    expect(page.get_by_text("exceed the maximum allowed size")).to_have_count(0)
    upload(seven)
    expect(page.get_by_test_id("photo-answer")).to_have_text("7")

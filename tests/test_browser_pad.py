"""The pad keeps what was drawn: over reloads and failures, and apart from examples, palms and photos."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Iterator

import pytest
from visiting import (
    ASKED,
    DRAWINGS,
    DROP,
    LAPTOP,
    SERVER,
    draw_by_mouse,
    drawing,
    expect_answer,
    expect_empty,
    expect_photo_answer,
    ink_on_screen,
    last_strokes_sent,
    pad_box,
    placed,
    strokes_of,
)

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

# --- The connection ----------------------------------------------------------


def test_the_page_recovers_by_itself(page, reader):
    page.route(SERVER, lambda route: route.abort())
    strokes = strokes_of(page, "27")
    draw_by_mouse(page, strokes)
    expect(page.get_by_test_id("notice")).to_contain_text("No connection")
    expect(page.locator(".answer.stale")).to_be_visible()
    page.unroute_all()
    expect_answer(page, reader.read_strokes(strokes))
    expect(page.get_by_test_id("notice")).to_be_empty()
    expect(page.get_by_test_id("retry")).to_be_hidden()
    expect(page.locator(".answer.stale")).to_have_count(0)


@pytest.mark.parametrize("viewport", [(1280, 800), (390, 664), (320, 568), (667, 375)])
def test_what_is_wrong_is_said_on_the_first_screen(open_page, viewport):
    page = open_page(**{**LAPTOP, "viewport": dict(zip(("width", "height"), viewport, strict=True))})
    page.route(ASKED, lambda route: route.abort())
    draw_by_mouse(page, placed(page, drawing(7)))
    expect(page.get_by_test_id("notice")).to_contain_text("Trying again")
    for part in [page.get_by_test_id("notice"), page.get_by_test_id("retry")]:
        expect(part).to_be_in_viewport(ratio=1)
    with page.expect_request(ASKED):
        page.get_by_test_id("retry").click()


@pytest.mark.parametrize("way", ["button", "online"])
def test_the_page_asks_again_at_once(page, reader, way):
    page.evaluate("window.setTimeout = () => 0")  # no further try by itself
    strokes = placed(page, drawing(7))
    page.route(ASKED, lambda route: route.abort())
    draw_by_mouse(page, strokes)
    expect(page.get_by_test_id("retry")).to_be_visible()
    page.unroute_all()
    if way == "button":
        page.get_by_test_id("retry").click()
    else:
        page.evaluate("dispatchEvent(new Event('online'))")
    expect_answer(page, reader.read_strokes(strokes))


def test_a_failure_of_the_server_is_not_called_no_connection(page):
    page.route(ASKED, lambda route: route.fulfill(status=500, body="Internal Server Error"))
    draw_by_mouse(page, placed(page, drawing(7)))
    expect(page.get_by_test_id("notice")).to_contain_text("The server could not answer")
    page.get_by_test_id("clear").click()
    expect(page.get_by_test_id("notice")).to_be_empty()


def test_a_photo_that_the_server_fails_on_is_not_called_no_connection(page, upload, seven):
    page.route(ASKED, lambda route: route.fulfill(status=500, body="Internal Server Error"))
    upload(seven)
    expect(page.locator(".words:visible")).to_contain_text("The server could not read this photo")


# --- A reload, redo ----------------------------------------------------------


def reload(page: Page) -> None:
    page.evaluate("window.name = 'again'")
    page.reload()


@pytest.fixture
def revisited(page) -> Page:
    """The page, which keeps its drawing when it is loaded again."""
    yield page
    page.evaluate("window.name = ''")


def test_a_reload_keeps_the_drawing(revisited, reader):
    strokes = strokes_of(revisited, "27")
    draw_by_mouse(revisited, strokes)
    expect_answer(revisited, reader.read_strokes(strokes))
    reload(revisited)
    expect_answer(revisited, reader.read_strokes(strokes))
    assert ink_on_screen(revisited) > 100
    revisited.get_by_test_id("clear").click()
    revisited.wait_for_function("!location.hash.includes('drawing')")  # within a third of a second
    reload(revisited)
    expect_empty(revisited)


def test_redo_brings_back_what_undo_took(page, reader):
    strokes = placed(page, drawing(7))
    redo = page.get_by_test_id("redo")
    expect(redo).to_be_disabled()
    draw_by_mouse(page, strokes)
    page.get_by_test_id("undo").click()
    redo.click()
    expect_answer(page, reader.read_strokes(strokes))
    expect(redo).to_be_disabled()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+Z")
    expect_answer(page, reader.read_strokes(strokes))


# --- Examples, palms, photos ---------------------------------------------------


def test_drawing_on_after_an_example_does_not_mix_both(open_page, reader):
    page = open_page(**LAPTOP, reduced_motion="reduce")
    page.get_by_test_id("example").nth(1).click()
    expect_answer(page, reader.read_strokes(DRAWINGS[1].strokes))
    strokes = placed(page, drawing(3))
    draw_by_mouse(page, strokes)
    expect_answer(page, reader.read_strokes(strokes))


def test_a_palm_leaves_no_ink_once_a_pen_was_seen(open_page, reader):
    page = open_page(**LAPTOP, has_touch=True)
    requests = []
    page.on("request", lambda request: requests.append(request))
    session = page.context.new_cdp_session(page)
    box = pad_box(page)

    def pen(kind: str, x: float, y: float) -> None:
        where = {"x": box["x"] + x, "y": box["y"] + y, "pointerType": "pen"}
        pressed = (
            {"button": "left", "buttons": 1, "clickCount": 1}
            if kind != "mouseReleased"
            else {"button": "left"}
        )
        session.send("Input.dispatchMouseEvent", {"type": kind, **where, **pressed})

    def palm(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": box["x"] + x, "y": box["y"] + y, "radiusX": 30, "radiusY": 30} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    strokes = placed(page, drawing(7))
    for stroke in strokes:
        pen("mousePressed", *stroke[0])
        for point in stroke[1:]:
            pen("mouseMoved", *point)
        pen("mouseReleased", *stroke[-1])
        palm("touchStart", (300, 400))
        palm("touchMove", (320, 420))
        palm("touchEnd")
    expect_answer(page, reader.read_strokes(strokes))
    assert len(last_strokes_sent(requests)) == len(strokes)


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_that_comes_while_one_draws_is_read(page, seven, reader, kind):
    strokes = placed(page, drawing(3))
    draw_by_mouse(page, strokes)
    expect_answer(page, reader.read_strokes(strokes))
    data = base64.b64encode(seven.read_bytes()).decode()
    assert page.evaluate(DROP, [kind, "seven.jpg", data])
    expect(page.get_by_role("tab", name="Photo")).to_have_attribute("aria-selected", "true")
    expect_photo_answer(page, "7")
    page.get_by_role("tab", name="Draw").click()
    expect_answer(page, reader.read_strokes(strokes))
    assert page.evaluate(DROP, [kind, "again.jpg", data])  # also where that tab has been opened before
    expect(page.get_by_test_id("results").locator("tbody tr")).to_have_count(2)


# --- The first visit -----------------------------------------------------------


@pytest.fixture
def newcomer(browser, address) -> Iterator[Callable[..., Page]]:
    """Open the page for somebody who has never been there."""
    contexts = []

    def open_one(**settings: object) -> Page:
        contexts.append(browser.new_context(**LAPTOP, **settings))
        page = contexts[-1].new_page()
        with page.expect_response(ASKED):
            page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()


def test_an_example_draws_itself_once(newcomer, reader):
    page = newcomer()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    expect_answer(page, reader.read_strokes(DRAWINGS[0].strokes))
    assert len(asked) == 1
    page.get_by_test_id("clear").click()
    page.reload()
    page.wait_for_timeout(1500)
    expect_empty(page)


def test_no_example_draws_itself_where_motion_is_unwelcome(newcomer):
    page = newcomer(reduced_motion="reduce")
    page.wait_for_timeout(1500)
    expect_empty(page)


@pytest.mark.parametrize("moment", [0, 1300], ids=["before it begins", "while it draws"])
def test_the_first_touch_ends_the_example(newcomer, reader, moment):
    page = newcomer()
    page.wait_for_timeout(moment)
    strokes = placed(page, drawing(7))
    draw_by_mouse(page, strokes)
    expect_answer(page, reader.read_strokes(strokes))
    page.wait_for_timeout(1500)
    expect_answer(page, reader.read_strokes(strokes))

"""The page as a visitor meets it: the real reader, a real server, a real browser."""

from __future__ import annotations

import base64
import csv
import io
import os
import random
import re
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image
from visiting import (
    ALPHA,
    ASKED,
    COUNT_INK,
    DRAWINGS,
    DROP,
    EQUAL,
    LAPTOP,
    PHONE,
    SERVER,
    SHOW,
    draw_and_hold,
    draw_by_mouse,
    drawing,
    expect_answer,
    expect_empty,
    expect_photo_answer,
    ink_on_screen,
    last_strokes_sent,
    pad_box,
    placed,
    release,
    settled,
    strokes_of,
    wait_for,
)

from lenet.network.record import DIGITS
from lenet.ui import examples
from lenet.ui.answer import describe
from lenet.ui.limits import MAX_UPLOAD_MEGABYTES

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, Route, expect

# --- Drawing -----------------------------------------------------------------


def test_a_query_in_the_address_changes_nothing(page, reader, address):
    with page.expect_response(ASKED):  # the pad opens its connection as soon as it is there
        page.goto(f"{address}?__theme=light&utm_source=somewhere")
    strokes = placed(page, DRAWINGS[1].strokes, 0.2, 0.2, 0.5)
    draw_by_mouse(page, strokes)
    expect_answer(page, reader.read_strokes(strokes))


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
    draw_and_hold(page, stroke)
    expect(page.get_by_test_id("answer")).not_to_be_empty()
    # What is not finished is not read aloud.
    expect(page.locator(".words:visible")).to_have_attribute("aria-busy", "true")
    page.mouse.up()
    expect(page.locator(".words:visible")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize("trembling", [[], [(102, 98), (104, 102), (99, 103)]], ids=["still", "trembling"])
def test_a_dot_is_drawn_and_answered(page, reader, trembling):
    requests = []
    page.on("request", lambda request: requests.append(request))
    draw_by_mouse(page, [[(100, 100), *trembling]])
    expect_answer(page, reader.read_strokes([[(100, 100)]]))
    assert last_strokes_sent(requests) == [[(100, 100)]]
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
    shares = page.locator(".bars:visible li:not(.none, .sign) .share")
    probabilities = reading.digits[0].probabilities
    expect(shares).to_have_text([f"{round(100 * probabilities[digit])} %" for digit in DIGITS])
    expect(page.locator(".times:visible dd")).to_have_text([re.compile(r"^[\d.]+ ms$")] * 3)
    (digit,) = describe(reading)["digits"]
    seen = page.locator(".seen canvas:visible")
    # The answers to parts of the drawing, which come before, may have the same text.
    assert bytes(settled(page, lambda: seen.evaluate(ALPHA), 200)) == base64.b64decode(digit["image"])


def test_nothing_jumps_when_an_answer_comes(page):
    def places():
        parts = page.locator(".bars:visible li, .seen canvas:visible, .times:visible, .sheet:visible")
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


def test_undo_brings_back_what_was_cleared(page, reader):
    strokes = placed(page, drawing(7))
    draw_by_mouse(page, strokes)
    page.keyboard.press("Escape")
    expect_empty(page)
    page.get_by_test_id("undo").click()
    expect_answer(page, reader.read_strokes(strokes))
    page.get_by_test_id("undo").click()
    page.get_by_test_id("undo").click()
    expect_empty(page)
    expect(page.get_by_test_id("undo")).to_be_disabled()


def test_undo_brings_back_what_examples_replaced(open_page, reader):
    page = open_page(**LAPTOP, reduced_motion="reduce")
    strokes = placed(page, drawing(7))
    draw_by_mouse(page, strokes)
    page.get_by_test_id("example").nth(0).click()
    page.get_by_test_id("example").nth(1).click()
    page.get_by_test_id("clear").click()
    page.get_by_test_id("undo").click()
    expect_answer(page, reader.read_strokes(strokes))


def test_the_button_that_was_pressed_keeps_the_focus(page):
    draw_by_mouse(page, placed(page, drawing(3)))
    page.get_by_test_id("clear").focus()
    page.keyboard.press("Enter")
    expect_empty(page)
    expect(page.get_by_test_id("clear")).to_be_disabled()
    expect(page.get_by_test_id("clear")).to_be_focused()


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
    actions = phone.locator("button:visible").evaluate_all(
        "(all) => all.map((button) => getComputedStyle(button).touchAction)"
    )
    assert set(actions) == {"manipulation"}


def test_a_tap_on_clear_right_after_a_stroke_is_not_lost(phone, touch):
    clear, pad = phone.get_by_test_id("clear").bounding_box(), pad_box(phone)
    tap = (clear["x"] - pad["x"] + 20, clear["y"] - pad["y"] + 20)
    for _ in range(2):
        (stroke,) = placed(phone, drawing(0))
        touch("touchStart", stroke[0])
        for point in stroke[1:]:
            touch("touchMove", point)
        touch("touchEnd")
        touch("touchStart", tap)
        touch("touchEnd")
        expect_empty(phone)


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
    paper = page.locator(".sheet:visible").evaluate(brightness.format("backgroundColor"))
    pen = pad.evaluate(brightness.format("color"))
    assert (paper > pen) == (scheme == "light")
    assert abs(paper - pen) > 450


# --- Examples ----------------------------------------------------------------


def test_examples_are_drawn_as_if_by_hand(page, reader):
    # The page itself looks for the first ink: a busy machine would look from outside when all is drawn.
    first = (
        page.get_by_test_id("example")
        .nth(1)
        .evaluate(f"""async (example) => {{
        const pad = document.querySelector("[data-testid=pad]"), count = {COUNT_INK};
        example.click();
        let ink = 0;
        while (ink === 0) ink = await count(pad);
        return ink;
    }}""")
    )
    assert settled(page, lambda: ink_on_screen(page), 300) > first > 0  # ms; the hand is lifted for 180
    expect_answer(page, reader.read_strokes(DRAWINGS[1].strokes))


def test_examples_are_instant_where_motion_is_unwelcome(open_page, reader):
    page = open_page(reduced_motion="reduce")
    for number, example in enumerate([*DRAWINGS, *examples.load(examples.HARD)]):
        page.get_by_test_id("example").nth(number).click()
        expect_answer(page, reader.read_strokes(example.strokes))


def test_examples_are_read_as_meant(reader):
    assert [reader.read_strokes(example.strokes).text for example in DRAWINGS] == [
        str(example.label) for example in DRAWINGS
    ]


def test_a_phone_shows_the_answer_to_an_example(phone):
    phone.locator(".drawings [data-testid=example]").last.tap()
    expect(phone.get_by_test_id("answer")).not_to_be_empty()
    expect(phone.get_by_test_id("answer")).to_be_in_viewport(ratio=1)


def test_visitor_interrupts_an_example(page, reader):
    strokes = placed(page, drawing(1))
    page.get_by_test_id("example").nth(9).click()  # the one that takes longest to draw
    page.wait_for_function("scrollY === 0")  # the page goes back to the pad
    draw_by_mouse(page, strokes)
    expect_answer(page, reader.read_strokes(strokes))


# --- The connection ----------------------------------------------------------


def test_lost_connection_is_said_and_the_next_stroke_recovers(page, reader):
    page.route(SERVER, lambda route: route.abort())
    strokes = placed(page, drawing(7))
    draw_by_mouse(page, strokes[:1])
    expect(page.get_by_test_id("notice")).to_contain_text("No connection")
    page.unroute(SERVER)
    draw_by_mouse(page, strokes[1:])
    expect_answer(page, reader.read_strokes(strokes))
    expect(page.get_by_test_id("notice")).to_be_empty()


def test_late_answer_does_not_overwrite_an_empty_pad(page):
    held: list[Route] = []
    page.route(ASKED, lambda route: held.append(route))
    draw_by_mouse(page, placed(page, drawing(3)))
    wait_for(page, held)
    page.get_by_test_id("clear").click()
    release(page, held)
    expect_empty(page)


def test_overtaken_answer_is_ignored(page, reader):
    held: list[Route] = []
    strokes = placed(page, drawing(8))
    whole = reader.read_strokes(strokes)
    assert whole.text != reader.read_strokes(strokes[:1]).text
    page.route(ASKED, lambda route: held.append(route))
    draw_by_mouse(page, strokes[:1])
    wait_for(page, held)
    page.route(ASKED, lambda route: route.continue_())  # the later route comes first
    draw_by_mouse(page, strokes[1:])
    expect_answer(page, whole)
    release(page, held)
    expect_answer(page, whole)


def test_servers_sentence_reaches_the_visitor(page):
    page.route(ASKED, lambda route: route.fulfill(json={"error": "strokes: wanted fewer"}))
    draw_by_mouse(page, placed(page, drawing(3)))
    expect(page.get_by_test_id("notice")).to_have_text("strokes: wanted fewer")


# --- Numbers -----------------------------------------------------------------


@pytest.mark.parametrize("digits", ["27", "2026", "31408"])
def test_a_number_is_read(page, reader, digits):
    strokes = strokes_of(page, digits)
    draw_by_mouse(page, strokes)
    expect_answer(page, reader.read_strokes(strokes))
    expect(page.get_by_test_id("answer")).to_have_text(digits)
    expect(page.locator(".marks i")).to_have_count(len(digits))


def test_one_digit_that_is_sure_is_not_marked(page):
    draw_by_mouse(page, placed(page, drawing(7)))
    expect(page.get_by_test_id("answer")).to_have_attribute("data-status", "ok")
    expect(page.locator(".marks i")).to_have_count(0)
    expect(page.get_by_test_id("about").first).to_be_empty()


def read(page: Page):
    """The digit or sign whose bar stands out."""
    return page.locator(".bars:visible .read .name")


def test_bars_belong_to_the_piece_last_drawn_until_another_is_chosen(page):
    strokes = strokes_of(page, "274")
    draw_by_mouse(page, strokes)
    expect(read(page)).to_have_text("4")
    piece = page.get_by_test_id("answer").locator("button")
    piece.nth(1).hover()
    expect(read(page)).to_have_text("7")
    page.keyboard.press("Tab")  # into the page; the pieces are one stop
    piece.nth(1).focus()
    page.keyboard.press("ArrowLeft")
    expect(read(page)).to_have_text("2")
    expect(piece.first).to_be_focused()
    expect(page.locator(".marks .chosen")).to_have_attribute("data-piece", "0")


def test_a_piece_is_chosen_on_the_pad(page):
    strokes = strokes_of(page, "274")
    draw_by_mouse(page, strokes)
    expect(read(page)).to_have_text("4")
    box = pad_box(page)
    page.mouse.move(box["x"] + strokes[0][0][0], box["y"] + strokes[0][0][1])
    expect(read(page)).to_have_text("2")


def test_a_late_answer_does_not_undo_a_choice(page):
    strokes = strokes_of(page, "274")
    box = pad_box(page)
    draw_by_mouse(page, strokes[:-1])
    x, y = strokes[-1][0]
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    for x, y in strokes[-1][1:]:
        page.mouse.move(box["x"] + x, box["y"] + y)
    expect(read(page)).to_have_text("4")
    held: list[Route] = []
    page.route(ASKED, lambda route: held.append(route))
    page.mouse.move(box["x"] + x, box["y"] + y + 2)
    page.mouse.up()
    wait_for(page, held)
    page.mouse.move(box["x"] + strokes[0][0][0], box["y"] + strokes[0][0][1])
    expect(read(page)).to_have_text("2")
    release(page, held)
    assert read(page).text_content() == "2"


def test_a_number_at_the_edge_gets_room_and_stays_what_it_is(page, reader):
    requests = []
    page.on("request", lambda request: requests.append(request))
    strokes = strokes_of(page, "2026", left=0.3)
    draw_by_mouse(page, strokes)
    expect(page.get_by_test_id("answer")).to_have_text("2026")
    before = last_strokes_sent(requests)
    zoom = zoom_of(page)
    page.wait_for_function("() => document.querySelector('.sheet').style.getPropertyValue('--zoom') < 0.8")
    assert zoom == 1 > settled(page, lambda: zoom_of(page), 50)
    draw_by_mouse(page, strokes_of(page, "7", left=0.64, top=0.25, size=0.15))
    expect(page.get_by_test_id("answer")).to_have_text("20267")
    after = last_strokes_sent(requests)
    assert after[: len(before)] == before
    right = max(x for stroke in before for x, _ in stroke)
    assert min(x for stroke in after[len(before) :] for x, _ in stroke) > right
    expect_answer(page, reader.read_strokes(after))
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("answer")).to_have_text("2026")
    page.get_by_test_id("clear").click()
    assert zoom_of(page) == 1


def zoom_of(page: Page) -> float:
    return float(page.locator(".sheet:visible").evaluate("(e) => e.style.getPropertyValue('--zoom')"))


def test_one_large_digit_is_left_where_it_is(page):
    draw_by_mouse(page, placed(page, drawing(7), 0.2, 0, 1))
    page.wait_for_timeout(1500)  # 1200 after the pen was lifted, room would be made
    assert zoom_of(page) == 1


@pytest.mark.parametrize("settings", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize(
    "text", ["0", "42", "2026", "0123456789", "8" * 24, "12\n345", "1 2 3\n4 5\n6\n7", "(919) 555-0199"]
)
def test_no_answer_overflows(open_page, settings, text):
    page = open_page(**settings)
    page.evaluate(SHOW, [text, "ok", EQUAL])
    answer = page.get_by_test_id("answer")
    assert answer.evaluate("(e) => e.textContent") == text
    assert answer.evaluate("(e) => e.scrollWidth <= e.clientWidth + 1")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_test_id("pad")).to_be_in_viewport(ratio=1)


WITH_SIGNS = """() => {
    const piece = (text, left, probabilities, status = "ok") => ({
        text, digit: /[0-9]/.test(text) ? Number(text) : null, status, probabilities,
        image: "", box: [left, 9, 9, 9],
    });
    const detail = {
        text: "1/.", status: "ok", words: "", doubtful: null, layout: [0, 1, 2, 3],
        digits: [
            piece("1", 0, { 0: 0.005, 1: 0.99, "/": 0.005 }),
            piece("/", 10, { 0: 0, 1: 0.6, "/": 0.4 }),
            { ...piece("", 20, { 0: 0.1, 1: 0, "/": 0.2 }, "not_a_digit"), digit: 0 },
            piece(".", 30, { 0: 0, 1: 0.5, "/": 0.5 }),
        ],
    };
    window.dispatchEvent(new CustomEvent("lenet:drawing", { detail }));
}"""


def choose(page: Page, number: int) -> None:
    """Choose a piece, as pad, answer and photo do."""
    page.evaluate(
        "(detail) => window.dispatchEvent(new CustomEvent('lenet:drawing:choose', { detail }))", number
    )


@pytest.mark.parametrize("settings", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_sign_has_a_bar_and_what_its_place_tells_a_sentence(open_page, settings):
    page = open_page(**settings)
    page.evaluate(WITH_SIGNS)
    places = [part.bounding_box() for part in page.locator(".times:visible, .sheet:visible").all()]
    sign, by_place = page.locator(".bars .sign").first, page.get_by_test_id("by-place").first
    expect(read(page)).to_have_text("1")
    expect(sign).to_be_hidden()
    choose(page, 1)
    expect(read(page)).to_have_text("/")
    expect(sign.locator(".share")).to_have_text("40 %")
    expect(page.get_by_test_id("about").first).to_have_text("Piece 2 of 4: a slash, else 1 (60 %)")
    choose(page, 2)
    expect(sign.locator(".share")).to_have_text("20 %")
    expect(read(page)).to_have_text("no digit")
    expect(by_place).to_be_empty()
    choose(page, 3)
    expect(by_place).to_have_text("This is a point, told by its size and place.")
    expect(page.locator(".bars").first).to_be_hidden()
    assert places == [part.bounding_box() for part in page.locator(".times:visible, .sheet:visible").all()]


@pytest.mark.parametrize("settings", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("text", ["12+", "3%#", "3=+4-5", "3.000,-"])
def test_wide_signs_keep_a_text_on_one_line(open_page, settings, text):
    page = open_page(**settings)
    page.evaluate(SHOW, [text, "ok", EQUAL])
    tops = page.locator("[data-testid=answer] button").evaluate_all(
        "(all) => all.map((one) => one.offsetTop)"
    )
    assert len(set(tops)) == 1


def test_what_is_left_out_has_its_room_in_the_line(page):
    page.evaluate("""() => {
        const digits = ["3", "", "1", "4"].map((text) => ({
            text, digit: Number(text), status: text ? "ok" : "not_a_digit", probabilities: { [text]: 1 },
            image: "", box: [0, 0, 9, 9],
        }));
        const detail = { text: "314", status: "ok", words: "", doubtful: null, layout: [0, 1, 2, 3], digits };
        window.dispatchEvent(new CustomEvent("lenet:drawing", { detail }));
    }""")
    expect(page.locator("[data-testid=answer] button")).to_have_count(4)
    assert page.get_by_test_id("answer").evaluate("(e) => e.scrollHeight <= e.clientHeight + 1")


# --- Photo -------------------------------------------------------------------


def test_photo_is_shown_whole_answered_and_taken_away(page, upload, seven):
    upload(seven)
    expect_photo_answer(page, "7")
    expect(page.get_by_test_id("photo-answer")).to_have_attribute("data-status", "ok")
    shown = page.get_by_test_id("photo").bounding_box()
    assert shown["height"] == pytest.approx(2 * shown["width"], rel=0.01)
    expect(page.get_by_test_id("photo")).to_be_in_viewport(ratio=1)
    page.get_by_test_id("clear-photos").click()
    expect(page.get_by_test_id("photo-answer")).to_have_attribute("data-status", "empty")
    expect(page.get_by_text("Add photos of numbers")).to_be_visible()
    expect(page.locator(".paper .words")).to_be_empty()


def test_box_lies_on_the_ink(page, upload, seven):
    upload(seven)
    box = page.locator(".boxes button").bounding_box()
    shown = page.get_by_test_id("photo").bounding_box()
    scale = shown["width"] / 600
    assert box["x"] - shown["x"] == pytest.approx(scale * 180, abs=4)
    assert box["y"] - shown["y"] == pytest.approx(scale * 138, abs=4)
    assert box["height"] == pytest.approx(scale * 515, abs=8)


def test_photo_without_ink_says_so(page, upload, tmp_path):
    Image.new("RGB", (300, 200), "white").save(tmp_path / "blank.png")
    upload(tmp_path / "blank.png")
    expect(page.locator(".words:visible")).to_have_text("nothing to read")
    expect(page.get_by_test_id("photo-answer")).to_have_attribute("data-status", "empty")


def test_pieces_of_a_photo_are_chosen_by_pointer_and_keys(page, upload, pair):
    upload(pair)
    expect_photo_answer(page, "17")
    boxes = page.locator(".boxes button")
    boxes.nth(1).hover()
    expect(read(page)).to_have_text("7")
    expect(page.get_by_test_id("about").last).to_contain_text("Piece 2 of 2: 7")
    boxes.nth(1).focus()
    page.keyboard.press("ArrowLeft")
    expect(boxes.first).to_be_focused()
    expect(read(page)).to_have_text("1")
    expect(page.locator("[data-testid=photo-answer] .chosen")).to_have_text("1")


def test_text_is_copied(open_page, pair):
    page = open_page(**LAPTOP, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("tab", name="Photo").click()
    page.get_by_test_id("chooser").set_input_files(pair)
    page.get_by_test_id("copy").click()
    expect(page.get_by_test_id("copy")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "17"


def test_text_is_copied_where_scripts_have_no_clipboard(open_page, pair):
    """As on a phone that opens the page of a computer at home, without HTTPS."""
    page = open_page(**LAPTOP)
    page.evaluate("""() => {
        Object.defineProperty(navigator, "clipboard", { value: undefined });
        addEventListener("copy", () => { window.copied = document.activeElement.value; });
    }""")
    page.get_by_role("tab", name="Photo").click()
    page.get_by_test_id("chooser").set_input_files(pair)
    page.get_by_test_id("copy").click()
    expect(page.get_by_test_id("copy")).to_have_text("Copied")
    expect(page.get_by_test_id("copy")).to_be_focused()
    assert page.evaluate("window.copied") == "17"
    page.evaluate("document.execCommand = () => false")
    page.get_by_test_id("copy").click()
    expect(page.get_by_test_id("copy")).to_have_text("Not copied")


def test_a_text_whose_chosen_piece_is_not_in_it_can_be_reached_by_the_tab_key(page):
    page.get_by_role("tab", name="Photo").click()
    page.evaluate(
        """(probabilities) => {
        const digits = [["", "not_a_digit"], ["7", "ok"]].map(([text, status]) => ({
            text, digit: 7, status, probabilities, image: "", box: [0, 0, 9, 9],
        }));
        const detail = { text: "7", status: "ok", words: "", layout: [0, 1], digits, chosen: 0 };
        window.dispatchEvent(new CustomEvent("lenet:photo", { detail }));
    }""",
        EQUAL,
    )
    pieces = page.locator("[data-testid=photo-answer] button")
    assert [piece.evaluate("(e) => e.tabIndex") for piece in pieces.all()][1] == 0


def test_a_broken_photo_is_explained_and_makes_room_for_the_next(page, upload, seven, tmp_path):
    (tmp_path / "broken.png").write_text("no image")
    upload(tmp_path / "broken.png")
    expect(page.locator(".words:visible")).to_contain_text("broken.png: wanted a picture")
    expect(page.get_by_test_id("photo")).to_be_hidden()
    upload(seven)
    expect_photo_answer(page, "7")


def test_a_photo_that_browsers_cannot_show_is_shown(page, upload, seven):
    Image.open(seven).save(seven.with_suffix(".tiff"))
    upload(seven.with_suffix(".tiff"))
    expect_photo_answer(page, "7")
    assert page.get_by_test_id("photo").evaluate("(image) => image.naturalWidth") > 100


def test_too_large_a_photo_is_explained(page, upload, seven, tmp_path):
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(MAX_UPLOAD_MEGABYTES * 2**20 + 1)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    upload(large)
    expect(page.get_by_text("large.png is too large").first).to_be_visible()
    assert not [url for url in requests if "upload" in url]
    upload(seven)
    expect_photo_answer(page, "7")


def test_many_photos_make_a_table_and_a_broken_one_costs_no_other(page, upload, seven, pair, tmp_path):
    broken, formula = tmp_path / 'bro"ken,.png', tmp_path / "=1+1.png"
    broken.write_text("no image")
    formula.write_bytes(pair.read_bytes())
    upload([seven, broken, formula, pair])
    rows = page.get_by_test_id("results").locator("tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.locator(".status")).to_have_text(["sure", "not read", "sure", "sure"])
    expect(rows.locator(".text")).to_have_text(["7", re.compile("wanted a picture"), "17", "17"])
    expect(rows.locator("img")).to_have_count(3)
    expect_photo_answer(page, "17")
    rows.first.click()
    expect_photo_answer(page, "7")
    expect(rows.first).to_have_attribute("aria-current", "true")
    with page.expect_download() as download:
        page.get_by_test_id("download").click()
    table = Path(download.value.path()).read_text("utf-8-sig")
    header, *records = csv.reader(io.StringIO(table, newline=""))
    assert header == ["file", "status", "text", "confidence", "error"]
    assert [record[:3] for record in records] == [
        ["seven.jpg", "ok", "7"],
        ['bro"ken,.png', "error", ""],
        ["'=1+1.png", "ok", "17"],
        ["pair.png", "ok", "17"],
    ]
    assert "wanted a picture" in records[1][4]
    assert [0.9 < float(confidence or 1) <= 1 for *_, confidence, _ in records] == [True] * 4


def test_undo_brings_back_the_photos_that_were_cleared(page, upload, seven, pair):
    upload([seven, pair])
    expect_photo_answer(page, "17")
    undo = page.get_by_test_id("undo-photos")
    expect(undo).to_be_hidden()
    page.get_by_test_id("clear-photos").click()
    expect(page.get_by_text("Add photos of numbers")).to_be_visible()
    undo.click()
    expect_photo_answer(page, "17")
    expect(page.get_by_test_id("results").locator("tbody tr")).to_have_count(2)
    expect(undo).to_be_hidden()
    assert page.get_by_test_id("photo").evaluate("(image) => image.naturalWidth") > 100


def test_the_photo_tab_speaks_of_photos_and_of_what_one_can_do(open_page):
    for settings, said, unsaid in [(LAPTOP, "Drop them here", "take one"), (PHONE, "take one", "Drop")]:
        page = open_page(**settings)
        page.get_by_role("tab", name="Photo").click()
        expect(page.locator(".invitation")).to_be_visible()
        shown = page.locator("main, .main").first.inner_text()
        assert said in shown
        assert unsaid not in shown
        assert "you draw" not in shown


def test_photos_are_read_one_at_a_time_and_the_rest_can_be_cancelled(page, upload, seven, tmp_path):
    held: list[Route] = []
    page.route(ASKED, lambda route: held.append(route))
    copies = [tmp_path / f"{number}.jpg" for number in range(4)]
    for copy in copies:
        copy.write_bytes(seven.read_bytes())
    upload(copies)
    expect(page.get_by_text("0 of 4")).to_be_visible()
    wait_for(page, held)
    page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    expect(page.get_by_text("1 of 4")).to_be_visible()
    expect_photo_answer(page, "7")
    page.get_by_test_id("cancel").click()
    expect(page.get_by_test_id("cancel")).to_be_hidden()
    wait_for(page, held, 2)
    page.wait_for_timeout(300)
    assert len(held) == 2
    page.unroute(ASKED)
    upload(copies[3])
    expect(page.get_by_test_id("results").locator("tbody tr")).to_have_count(2)


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_photo_is_dropped_or_pasted_anywhere(page, seven, kind):
    page.get_by_role("tab", name="Photo").click()
    page.evaluate(DROP, [kind, "seven.jpg", base64.b64encode(seven.read_bytes()).decode()])
    expect_photo_answer(page, "7")


def test_a_photo_dropped_beside_the_drawing_does_not_replace_the_page(page, seven, reader):
    strokes = placed(page, drawing(7))
    draw_by_mouse(page, strokes)
    expect_answer(page, reader.read_strokes(strokes))
    handled = page.evaluate(DROP, ["drop", "seven.jpg", base64.b64encode(seven.read_bytes()).decode()])
    assert handled
    expect_answer(page, reader.read_strokes(strokes))


def test_a_photo_added_while_it_waits_is_read_once(page, upload, seven, pair):
    held: list[Route] = []
    page.route(ASKED, lambda route: route.continue_() if held else held.append(route))
    upload([seven, pair])
    expect(page.get_by_text("0 of 2")).to_be_visible()
    upload([pair, seven])
    wait_for(page, held)
    held[0].continue_()
    expect(page.get_by_test_id("results").locator("tbody tr")).to_have_count(2)
    expect_photo_answer(page, "17")
    expect(page.get_by_test_id("cancel")).to_be_hidden()


def test_lost_connection_is_said_and_the_photo_can_be_added_again(page, upload, seven):
    page.route(SERVER, lambda route: route.abort())
    upload(seven)
    expect(page.locator(".words:visible")).to_contain_text("No connection")
    page.unroute(SERVER)
    upload(seven)
    expect_photo_answer(page, "7")
    expect(page.get_by_test_id("results")).to_be_hidden()


def test_example_photo_is_read(page):
    page.get_by_role("tab", name="Photo").click()
    page.get_by_label("a year on lined paper").click()
    expect_photo_answer(page, "2026")
    expect(page.get_by_test_id("notes")).to_contain_text("lines removed")


def test_photo_fits_a_phone(phone, pair):
    phone.get_by_role("tab", name="Photo").click()
    expect(phone.get_by_text("Take a photo")).to_be_visible()
    phone.get_by_test_id("chooser").set_input_files(pair)
    expect_photo_answer(phone, "17")
    phone.locator(".boxes button").first.tap()
    expect(phone.locator(".glyph:visible")).to_have_text("1")
    assert phone.evaluate("document.documentElement.scrollWidth") == 390

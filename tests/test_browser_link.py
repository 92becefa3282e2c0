"""Passing it on: drawing, tab, piece and inside live in the address; link and picture by a button."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from visiting import (
    ASKED,
    LAPTOP,
    PHONE,
    draw_and_hold,
    draw_by_mouse,
    drawing,
    expect_empty,
    ink_on_screen,
    last_strokes_sent,
    placed,
    strokes_of,
)

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

IN_THE_ADDRESS = 'location.hash.startsWith("#drawing=1")'
SMALL_PHONE = {**PHONE, "viewport": {"width": 320, "height": 568}}
ON_ITS_SIDE = {**PHONE, "viewport": {"width": 844, "height": 390}}


def hash_of(page: Page) -> str:
    return page.evaluate("location.hash")


def draw(page: Page, digits: str) -> str:
    """Draw on the pad; return the part of the address after "#" once the drawing is in it."""
    before = hash_of(page)
    draw_by_mouse(page, strokes_of(page, digits) if len(digits) > 1 else placed(page, drawing(int(digits))))
    page.wait_for_function("([before]) => location.hash !== before", arg=[before])
    expect(page.get_by_test_id("answer")).to_have_text(digits)
    page.wait_for_timeout(400)  # for what follows the answer, as the chosen piece
    return hash_of(page)


@pytest.fixture
def returning(page) -> Iterator[Page]:
    """The page of a visitor whose drawings are kept."""
    page.evaluate("window.name = 'again'")
    yield page
    page.evaluate("window.name = ''")


@pytest.fixture
def follow(open_page, address) -> Callable[..., Page]:
    """Open the page by a link, as another visitor."""

    def follow(link: str, **settings: object) -> Page:
        page = open_page(**(settings or LAPTOP))
        page.goto(f"{address}theme.css")  # or only the part after "#" would change
        with page.expect_response(ASKED):
            page.goto(address + link)
        return page

    return follow


# --- The address follows the page --------------------------------------------


def test_the_drawing_is_in_the_address_once_the_pen_is_lifted(page):
    page.evaluate("window.entries = history.length")
    (stroke,) = placed(page, drawing(3))
    draw_and_hold(page, stroke)
    page.wait_for_timeout(600)
    assert hash_of(page) == ""
    page.mouse.up()
    page.wait_for_function(IN_THE_ADDRESS)
    assert page.evaluate("history.length === window.entries")


def test_an_empty_pad_leaves_nothing_in_the_address(page, address):
    draw(page, "7")
    page.get_by_test_id("clear").click()
    page.wait_for_url(address)


def test_what_the_page_draws_by_itself_is_not_in_the_address(browser, address):
    context = browser.new_context(**LAPTOP)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_test_id("answer")).to_have_attribute("data-status", "ok", timeout=10_000)
    page.wait_for_timeout(500)
    assert hash_of(page) == ""
    context.close()


# --- The page follows the address --------------------------------------------


@pytest.mark.parametrize("settings", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("digits", ["4", "274"])
def test_a_link_shows_the_drawing_and_its_answer(page, follow, reader, digits, settings):
    link = draw(page, digits)
    with_link = follow(link, **settings)
    expect(with_link.get_by_test_id("answer")).to_have_text(digits)
    assert ink_on_screen(with_link) > 1000
    with_link.wait_for_timeout(500)
    assert hash_of(with_link) == link


def test_a_link_wins_over_the_drawing_that_was_kept(returning, address):
    link = draw(returning, "4")
    returning.get_by_test_id("clear").click()
    draw(returning, "7")
    returning.goto(f"{address}theme.css")
    returning.goto(address + link)
    expect(returning.get_by_test_id("answer")).to_have_text("4")


def test_a_reload_keeps_the_drawing_exactly_and_it_stays_the_visitors_own(returning):
    with returning.expect_request_finished(lambda request: "component_server" in request.url):
        draw_by_mouse(returning, placed(returning, drawing(4)))
    expect(returning.get_by_test_id("answer")).to_have_text("4")
    returning.wait_for_function(IN_THE_ADDRESS)
    with returning.expect_request(lambda request: "[[[" in (request.post_data or "")) as first:
        returning.get_by_test_id("redo").focus()
        returning.keyboard.press("Control+z")
        returning.keyboard.press("Control+Shift+z")
    before = last_strokes_sent([first.value])
    with returning.expect_request(lambda request: "[[[" in (request.post_data or "")) as again:
        returning.reload()
    after = last_strokes_sent([again.value])
    assert len(after[0]) == len(before[0])
    draw_by_mouse(returning, [[(400, 40), (400, 200)]])
    returning.get_by_test_id("undo").click()
    expect(returning.get_by_test_id("answer")).to_have_text("4")


RELOAD_AT_ONCE = "(kind) => addEventListener(kind, () => setTimeout(() => location.reload()), { once: true })"
"""Before the address has followed."""


LEAVE_AT_ONCE = "addEventListener('pointerup', () => setTimeout(() => location.replace('/theme.css')))"


def test_what_was_cleared_just_before_a_reload_does_not_come_back(returning, address):
    draw(returning, "4")
    returning.evaluate(RELOAD_AT_ONCE, "click")
    with returning.expect_event("load"):
        returning.get_by_test_id("clear").click()
    returning.wait_for_url(address)
    expect_empty(returning)
    returning.reload()
    expect_empty(returning)


def test_a_stroke_drawn_just_before_a_reload_is_kept(returning):
    link = draw(returning, "4")
    returning.evaluate(RELOAD_AT_ONCE, "pointerup")
    with returning.expect_event("load"):
        draw_by_mouse(returning, [[(10, 20), (14, 200)]])
    returning.wait_for_function("([before]) => location.hash !== before", arg=[link])
    expect(returning.get_by_test_id("answer").locator("button")).to_have_count(2)


def test_a_link_opened_again_wins_over_what_was_drawn_on_it(returning, address):
    link = draw(returning, "4")
    returning.evaluate(LEAVE_AT_ONCE)
    with returning.expect_event("load"):
        draw_by_mouse(returning, [[(10, 20), (14, 200)]])
    returning.goto(address + link)
    expect(returning.get_by_test_id("answer")).to_have_text("4")


def test_drawing_on_a_linked_drawing_begins_anew(page, follow):
    link = draw(page, "4")
    with_link = follow(link)
    expect(with_link.get_by_test_id("answer")).to_have_text("4")
    draw_by_mouse(with_link, placed(with_link, drawing(7)))
    expect(with_link.get_by_test_id("answer")).to_have_text("7")


def test_the_history_is_followed_back_and_forward(page):
    four = draw(page, "4")
    page.get_by_test_id("clear").click()
    seven = draw(page, "7")
    page.evaluate("(hash) => { location.hash = hash; }", four)
    answer = page.get_by_test_id("answer")
    expect(answer).to_have_text("4")
    page.go_back()
    expect(answer).to_have_text("7")
    page.wait_for_timeout(500)
    assert hash_of(page) == seven
    page.go_forward()
    expect(answer).to_have_text("4")


@pytest.mark.parametrize("end", ["x", "", "%", "&piece=9&layer=../.."])
def test_a_damaged_link_gives_an_empty_pad_and_says_so(page, follow, end):
    link = draw(page, "4")
    with_link = follow(link[:-2] + end)
    expect(with_link.get_by_text("The drawing in this link is damaged.")).to_be_visible()
    expect_empty(with_link)
    draw(with_link, "7")


def test_a_link_that_is_too_long_says_so_as_a_damaged_one_does(page, follow):
    link = draw(page, "4")
    with_link = follow(link + "A" * 4000)
    expect(with_link.get_by_text("The drawing in this link is damaged.")).to_be_visible()
    expect_empty(with_link)


@pytest.mark.parametrize(
    "link", ["#", "#top", "#tab=nowhere", "#piece=3", "#drawing=&tab=&layer=c3", "#moment=last", "#a=%E0%A4"]
)
def test_an_address_that_says_nothing_changes_nothing(follow, link):
    page = follow(link)
    expect_empty(page)
    draw(page, "7")


def test_the_tab_is_in_the_address(page, follow):
    page.get_by_role("tab", name="Photo").click()
    page.wait_for_function("location.hash === '#tab=photo'")
    page.get_by_role("tab", name="Draw").click()
    page.wait_for_function("location.hash === ''")
    with_link = follow("#tab=photo")
    expect(with_link.get_by_test_id("chooser")).to_be_visible()
    with_link.get_by_role("tab", name="Draw").click()
    expect_empty(with_link)


def test_the_chosen_piece_is_in_the_address(page, follow):
    link = draw(page, "274")
    page.get_by_test_id("answer").locator("button").nth(1).click()
    page.wait_for_function("location.hash.endsWith('&piece=1')")
    with_link = follow(hash_of(page))
    chosen = with_link.get_by_test_id("answer").locator(".chosen")
    expect(chosen).to_have_text("7")
    assert link.startswith(hash_of(with_link).partition("&")[0])


def test_the_inside_is_in_the_address_and_is_shown_with_the_answer(page, follow):
    state = "{ layer: 'c3', map: 4, level: 2, digits: ['7', '/'], row: null }"
    draw(page, "7")
    page.evaluate(f"window.dispatchEvent(new CustomEvent('lenet:drawing:inside', {{ detail: {state} }}))")
    page.wait_for_function("location.hash.endsWith('&layer=c3&map=4&level=2&digits=7,%2F')")
    link = hash_of(page)
    page.evaluate("window.dispatchEvent(new CustomEvent('lenet:drawing:inside', { detail: null }))")
    page.wait_for_function("!location.hash.includes('layer')")
    page.add_init_script(
        "window.shown = []; addEventListener('lenet:drawing:inside:show', (e) => shown.push(e.detail));"
    )
    with_link = follow(link)
    expect(with_link.get_by_test_id("answer")).to_have_text("7")
    with_link.wait_for_function("window.shown.length > 0")
    wanted = {"layer": "c3", "map": "4", "level": "2", "digits": ["7", "/"]}
    assert with_link.evaluate("window.shown") == [wanted]


GO = """(slider, moment) => {
    slider.value = moment;
    slider.dispatchEvent(new Event("input"));
}"""


def test_the_chosen_moment_of_the_training_is_in_the_address_while_it_is_open(page, follow):
    draw(page, "7")
    page.locator(".timeline summary").click()
    slider = page.get_by_test_id("timeline-slider")
    expect(slider).to_have_value("0")
    page.wait_for_timeout(500)
    assert "moment" not in hash_of(page)  # nobody has chosen it
    slider.evaluate(GO, 12)
    page.wait_for_function("location.hash.endsWith('&moment=12')")
    link = hash_of(page)
    page.locator(".timeline summary").click()
    page.wait_for_function("!location.hash.includes('moment')")
    page.locator(".timeline summary").click()
    page.wait_for_function("location.hash.endsWith('&moment=12')")
    with_link = follow(link)
    expect(with_link.get_by_test_id("answer")).to_have_text("7")
    expect(with_link.get_by_test_id("timeline-slider")).to_have_value("12")
    expect(with_link.locator(".timeline-moment")).to_have_text(page.locator(".timeline-moment").inner_text())
    with_link.wait_for_timeout(500)
    assert hash_of(with_link) == link
    with_link.evaluate("(hash) => { location.hash = hash; }", link.replace("=12", "=5"))
    expect(with_link.get_by_test_id("timeline-slider")).to_have_value("5")


def test_where_the_training_stops_playing_is_in_the_address(page):
    page.locator(".timeline summary").click()
    play = page.get_by_test_id("timeline-play")
    play.click()
    expect(page.get_by_test_id("timeline-slider")).not_to_have_value("0")
    assert hash_of(page) == ""
    play.click()
    expect(play).to_have_text("Play")
    stays = page.get_by_test_id("timeline-slider").input_value()
    page.wait_for_function("([hash]) => location.hash === hash", arg=[f"#moment={stays}"])


@pytest.mark.parametrize(("wanted", "shown"), [("0", "0"), ("28", "28"), ("99", "28"), ("-1", "0")])
def test_a_link_to_a_moment_needs_no_drawing(follow, wanted, shown):
    page = follow(f"#moment={wanted}")
    expect(page.get_by_test_id("timeline-slider")).to_have_value(shown)
    page.wait_for_function("([hash]) => location.hash === hash", arg=[f"#moment={shown}"])


# --- Buttons -----------------------------------------------------------------


def test_share_copies_a_link_that_opens_the_drawing(page, follow, address):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    draw_by_mouse(page, placed(page, drawing(7)))
    page.get_by_test_id("share").click()  # before the address has followed
    expect(page.get_by_test_id("notice")).to_have_text("Link copied. It opens this drawing.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{address}#drawing=1")
    with_link = follow(link.removeprefix(address))
    expect(with_link.get_by_test_id("answer")).to_have_text("7")


def test_on_a_phone_share_asks_the_system(phone):
    phone.evaluate("navigator.share = async (shared) => { window.shared = shared; }")
    phone.get_by_test_id("share").tap()
    phone.wait_for_function("window.shared")
    shared = phone.evaluate("window.shared")
    assert shared == {"title": "LeNet reads digits", "url": phone.url}


SCRIBBLE = """() => {
    const stroke = Array.from({ length: 2000 }, (_, i) => [((i * 37) % 97) / 97, ((i * 53) % 89) / 89]);
    const detail = { strokes: [stroke], isGreeting: false };
    window.dispatchEvent(new CustomEvent("lenet:drawing:drawn", { detail }));
}"""
"""As if a drawing had been made that takes a minute to make."""


def test_a_drawing_that_is_too_long_is_not_in_the_address_and_share_says_so(page):
    page.evaluate(SCRIBBLE)
    page.get_by_test_id("share").click()
    expect(page.get_by_test_id("notice")).to_contain_text("too long for a link")
    assert hash_of(page) == ""


def test_the_picture_has_drawing_and_answer_and_asks_nobody(page, tmp_path):
    draw(page, "274")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_download() as download:
        page.get_by_test_id("save").click()
    assert download.value.suggested_filename == "lenet-274.png"
    path = Path(tmp_path) / "saved.png"
    download.value.save_as(path)
    with Image.open(path) as picture:
        assert picture.size == (1200, 630)
        grey = picture.convert("L")
    dark = grey.point(lambda value: value < 60)
    assert dark.crop((56, 56, 574, 574)).getbbox()  # ink on the sheet
    assert dark.crop((630, 180, 1144, 420)).getbbox()  # the answer
    assert not [url for url in asked if not url.startswith("blob:")]


def test_there_is_no_picture_of_an_empty_pad(page):
    button = page.get_by_test_id("save")
    expect(button).to_have_attribute("aria-disabled", "true")
    draw(page, "7")
    expect(button).to_have_attribute("aria-disabled", "false")
    page.get_by_test_id("clear").click()
    expect(button).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("settings", [LAPTOP, PHONE, SMALL_PHONE, ON_ITS_SIDE])
def test_the_buttons_stand_in_one_row_on_the_first_screen(open_page, settings):
    page = open_page(**settings)
    boxes = [button.bounding_box() for button in page.locator(".sketchpad .tools .button").all()]
    assert len(boxes) == 5
    assert len({round(box["y"]) for box in boxes}) == 1
    assert max(box["x"] + box["width"] for box in boxes) <= settings["viewport"]["width"]
    assert boxes[0]["y"] + boxes[0]["height"] <= settings["viewport"]["height"]


def test_the_photo_tab_has_its_buttons_on_the_first_screen_of_a_phone_on_its_side(open_page, seven, pair):
    page = open_page(**ON_ITS_SIDE)
    page.get_by_role("tab", name="Photo").click()
    expect(page.get_by_test_id("add")).to_be_in_viewport(ratio=1)
    page.get_by_test_id("chooser").set_input_files([seven, pair])
    expect(page.get_by_test_id("photo-answer")).to_have_text("17")
    for button in page.locator(".photo .tools .button:visible").all():
        expect(button).to_be_in_viewport(ratio=1)

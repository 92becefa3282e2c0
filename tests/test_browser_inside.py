"""The inside of LeNet as a visitor meets it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from visiting import (
    LAPTOP,
    PHONE,
    draw_and_hold,
    draw_by_mouse,
    drawing,
    expect_photo_answer,
    expect_whole_answer,
    pad_box,
    placed,
)

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Locator, Page, expect

FILES = {"inside.js", "inside.html", "inside.css", "weights.bin", "digits.png", "saliency.js"}
LAYERS = ("input", "c1", "s2", "c3", "s4", "c5", "f6", "output")
LEVELS = {1: "All maps", 2: "One map", 3: "One sum"}

STATES = """window.states = [];
    addEventListener("lenet:drawing:inside", ({ detail }) => states.push(detail));"""


def inside(page: Page) -> Locator:
    """The panel on the tab that is shown."""
    return page.locator(".inside:visible")


def open_inside(page: Page) -> Locator:
    panel = inside(page)
    panel.locator("summary").click()
    expect(panel.locator(".inside-levels")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    return panel


def draw(page: Page, label: int = 7) -> None:
    draw_by_mouse(page, placed(page, drawing(label)))
    expect_whole_answer(page, str(label))


def go(page: Page, **state: object) -> None:
    """Go to a state as the address does."""
    page.evaluate(
        "(detail) => dispatchEvent(new CustomEvent('lenet:drawing:inside:show', { detail }))", state
    )


PIXELS = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, value) => sum + value, 0);
}"""


def pixels(panel: Locator, layer: str) -> int:
    """A number that changes with what a layer shows."""
    return panel.locator(f"[data-layer={layer}] canvas").evaluate(PIXELS)


def test_a_closed_panel_fetches_nothing_and_an_open_one_each_file_once(page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(Path(urlsplit(request.url).path).name))
    draw(page)
    assert not FILES & set(asked)
    panel = open_inside(page)
    panel.locator("summary").click()
    panel.locator("summary").click()
    expect(panel.locator("canvas").first).to_be_visible()
    for name in FILES:
        assert asked.count(name) == 1, name


def test_all_layers_follow_the_pen_without_a_request_of_their_own(page):
    panel = open_inside(page)
    expect(panel.locator(".inside-empty")).to_be_visible()
    (stroke,) = placed(page, drawing(2))
    box = pad_box(page)
    page.mouse.move(box["x"] + stroke[0][0], box["y"] + stroke[0][1])
    page.mouse.down()
    seen = []
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for half in (stroke[1 : len(stroke) // 2], stroke[len(stroke) // 2 :]):
        for x, y in half:
            page.mouse.move(box["x"] + x, box["y"] + y)
        expect(panel.locator(".inside-empty")).to_be_hidden()
        page.wait_for_timeout(400)
        seen.append(
            [pixels(panel, layer) for layer in ("input", "c1", "s2", "c3", "s4", "c5", "f6", "output")]
        )
    page.mouse.up()
    assert all(before != after for before, after in zip(*seen, strict=True))
    assert all("component_server" in url for url in asked)
    expect(panel.locator("[data-layer=output] .highest")).to_have_text("2")


def test_the_panel_shows_the_piece_that_is_chosen(page, upload, pair):
    upload(pair)
    expect_photo_answer(page, "17")
    panel = open_inside(page)
    for number, digit in enumerate("17"):
        page.locator(".boxes button").nth(number).click()
        expect(panel.locator("[data-layer=output] .highest")).to_have_text(digit)


def test_a_tap_opens_a_map_another_pins_a_place_and_escape_leads_back(phone):
    panel = open_inside(phone)
    phone.evaluate("scrollTo(0, 0)")
    draw(phone)
    panel.locator("[data-layer=c3] canvas").tap(position={"x": 5, "y": 5})
    title, place = panel.locator(".inside-one h2"), panel.locator(".result-name")
    expect(title).to_have_text("C3, map 1 of 16")
    result = panel.locator(".result canvas")
    width = result.evaluate("(e) => e.offsetWidth")  # whatever it still grows to
    result.tap(position={"x": 0.75 * width, "y": 0.25 * width})
    expect(place).to_contain_text("row 3, column 8")
    panel.locator(".sources canvas").tap(position={"x": 2, "y": 2})
    expect(place).to_contain_text("row 1, column 1")
    phone.keyboard.press("Escape")
    expect(panel.locator(".inside-all")).to_be_visible()
    expect(phone.get_by_test_id("answer")).to_have_text("7")  # Escape has not cleared the pad


def test_keys_alone_reach_every_level_layer_map_and_place(page):
    draw(page)
    inside(page).locator("summary").focus()
    page.keyboard.press("Enter")
    panel = inside(page)
    expect(panel.locator(".inside-levels")).to_be_visible()
    first = panel.locator("[data-layer=c1]")
    for _ in range(10):
        page.keyboard.press("Tab")
        if first.evaluate("(e) => e === document.activeElement"):
            break
    expect(first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(first).to_have_attribute("aria-valuetext", "C1, map 2 of 6")
    page.keyboard.press("Enter")
    result = panel.locator(".result .maps")
    expect(result).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(result).to_have_attribute("aria-valuetext", re.compile("^row 16, column 15: "))
    expect(panel.locator(".inside-told")).to_have_text("One map: C1, map 2 of 6")
    panel.locator("[data-level='3']").focus()
    page.keyboard.press("Enter")
    expect(panel.locator(".numbers")).to_be_visible()
    panel.locator(".layers button", has_text="F6").focus()
    page.keyboard.press("Enter")
    expect(panel.locator(".inside-one h2")).to_have_text("F6, unit 1 of 84")
    panel.locator(".next").focus()
    page.keyboard.press("Enter")
    expect(panel.locator(".inside-one h2")).to_have_text("F6, unit 2 of 84")


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_the_numbers_add_up(page):
    open_inside(page)
    draw(page)
    go(page, layer="c1", map=1, row=10, column=12, level=3)
    expect(inside(page).locator(".products td")).to_have_count(25)
    tables = [
        [number(cell) for cell in inside(page).locator(f".{name} td").all_inner_texts()]
        for name in ("values", "weights", "products")
    ]
    assert [len(table) for table in tables] == [25, 25, 25]
    for value, weight, product in zip(*tables, strict=True):
        assert value * weight == pytest.approx(product, abs=0.02)
    equation = inside(page).locator(".equation").inner_text()
    assert number(equation.split()[0]) == pytest.approx(sum(tables[2]), abs=0.13)


def test_the_kernel_slides_until_a_place_is_pinned_and_not_where_motion_is_reduced(open_page):
    page = open_page(**LAPTOP)
    panel = open_inside(page)
    draw(page)
    panel.locator("[data-level='3']").click()
    place = panel.locator(".result-name")
    before = place.inner_text()
    expect(place).not_to_have_text(before)
    panel.locator(".result canvas").click(position={"x": 35, "y": 35})
    expect(place).to_contain_text("row 4, column 4")
    pinned = place.inner_text()
    page.wait_for_timeout(1500)
    expect(place).to_have_text(pinned)
    still = open_page(**LAPTOP, reduced_motion="reduce")
    panel = open_inside(still)
    draw(still)
    panel.locator("[data-level='3']").click()
    before = panel.locator(".result-name").inner_text()
    still.wait_for_timeout(1500)
    expect(panel.locator(".result-name")).to_have_text(before)


def test_a_state_is_told_and_obeyed(page):
    page.evaluate(STATES)
    draw(page)
    wanted = {"layer": "s4", "map": 3, "row": 1, "column": 2, "source": 3, "level": 2, "digits": ["7", "1"]}
    go(page, **wanted)
    panel = inside(page)
    expect(panel.locator(".inside-one h2")).to_have_text("S4, map 4 of 16")
    expect(panel.get_by_test_id("why-other")).to_have_value("1")
    assert page.evaluate("states.at(-1)") == wanted
    panel.locator("summary").click()
    page.wait_for_function("states.at(-1) === null")


QUESTIONS = """() => {
    window.questions = 0;
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message) {
        if (message.image) questions += 1;
        postMessage.call(this, message);
    };
}"""


def test_nothing_is_explained_before_the_pen_is_lifted(page):
    page.evaluate(QUESTIONS)
    panel = open_inside(page)
    (stroke,) = placed(page, drawing(2))
    draw_and_hold(page, stroke)
    expect(panel.locator("[data-layer=output] .highest")).to_have_text("2")
    page.wait_for_timeout(200)
    assert page.evaluate("questions") == 0
    page.mouse.up()
    page.wait_for_function("questions > 0")


def test_what_spoke_for_the_chosen_digits_is_told(page):
    panel = open_inside(page)
    draw(page)
    wanted, other = panel.get_by_test_id("why-wanted"), panel.get_by_test_id("why-other")
    expect(wanted).to_have_value("7")
    other.select_option("1")
    expect(panel.locator(".for")).to_contain_text("spoke for 7: ")
    expect(panel.locator(".against")).to_contain_text("spoke for 1: ")
    other.select_option("7")  # nothing is explained rather than itself
    expect(wanted).to_have_value("1")
    expect(panel.locator(".for")).to_contain_text("spoke for 1: ")


def test_the_nearest_training_digits_are_shown(page):
    panel = open_inside(page)
    draw(page)
    alike = panel.locator(".inside-alike")
    expect(alike.locator(".named span")).to_have_count(8, timeout=20_000)  # all digits must be looked at once
    labels = alike.locator(".named span").all_inner_texts()
    assert labels.count("7") >= 5
    assert alike.locator(".maps").get_attribute("aria-label").endswith(", ".join(labels))


@pytest.mark.parametrize("width", [320, 390, 700, 844, 1280])
def test_no_heading_stands_below_its_picture(open_page, width):
    page = open_page(**(PHONE if width < 500 else LAPTOP))
    page.set_viewport_size({"width": width, "height": 700})
    panel = open_inside(page)
    draw(page)
    panel.scroll_into_view_if_needed()  # it draws only what can be seen
    for name in (".inside-why", ".inside-alike"):
        picture = panel.locator(f"{name} .maps")
        expect(picture).to_be_visible()
        heading, beside = panel.locator(f"{name} h2").bounding_box(), picture.bounding_box()
        is_right = heading["x"] >= beside["x"] + beside["width"]
        assert is_right or heading["y"] + heading["height"] <= beside["y"], name


@pytest.mark.parametrize("file", ["weights.bin", "inside.js*"])
def test_a_failed_load_is_said_and_mended_by_opening_again(page, file):
    page.route(f"**/lenet/{file}", lambda route: route.abort())
    panel = inside(page)
    panel.locator("summary").click()
    expect(panel.locator(".inside-failed")).to_be_visible()
    page.unroute(f"**/lenet/{file}")
    panel.locator("summary").click()
    panel.locator("summary").click()
    expect(panel.locator(".inside-levels")).to_be_visible()
    expect(panel.locator(".inside-failed")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390, 844, 1280])
def test_every_layer_fits_at_every_level(open_page, width):
    page = open_page(**(PHONE if width < 500 else LAPTOP))
    page.set_viewport_size({"width": width, "height": 700})
    panel = open_inside(page)
    draw(page)
    for layer in ("c1", "c3", "c5", "f6", "output"):
        for level in LEVELS:
            go(page, layer=layer, level=level)
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (layer, level)
            assert panel.evaluate("(e) => e.scrollWidth <= e.clientWidth"), (layer, level)
    for button in panel.locator("button:visible, select:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24

"""The panel "How it got there" in the browser: asked for only when it may be, of the piece shown."""

from __future__ import annotations

import json
import os

import pytest
from visiting import (
    ALPHA,
    ASKED,
    LAPTOP,
    PHONE,
    SPACING,
    draw_and_hold,
    draw_by_mouse,
    drawing,
    expect_photo_answer,
    placed,
    release,
    strokes_of,
    wait_for,
)

from lenet.ui.texts import text

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Locator, Page, expect


def panel(page: Page) -> Locator:
    return page.locator("[data-testid=steps]:visible")


def step(page: Page, name: str) -> Locator:
    return panel(page).locator(f"[data-step={name}]")


def open_panel(page: Page) -> None:
    panel(page).locator("summary").click()


def asked_for_steps(request) -> bool:
    return "component_server" in request.url and json.loads(request.post_data)["fn_name"] == "show_steps"


@pytest.fixture
def questions(page) -> list[dict]:
    """What the page has asked for, in order."""
    asked: list[dict] = []

    def watch(request):
        if asked_for_steps(request):
            asked.append(json.loads(request.post_data)["data"])

    page.on("request", watch)
    yield asked
    page.remove_listener("request", watch)


def expect_what_the_network_saw(page: Page) -> None:
    """The last step is the picture beside the answer, byte for byte."""
    expect(panel(page)).to_have_class("steps panel")
    seen = page.locator(".seen:visible canvas").evaluate(ALPHA)
    assert any(seen)
    assert step(page, "centred").locator("canvas").evaluate(ALPHA) == seen


def test_closed_it_asks_for_nothing_and_open_it_shows_the_digit(page, questions):
    draw_by_mouse(page, placed(page, drawing(7)))
    expect(page.get_by_test_id("answer")).to_have_text("7")
    page.wait_for_timeout(400)
    assert not questions
    open_panel(page)
    expect(step(page, "centred").locator("p")).to_contain_text("LeNet sees")
    for name in ("drawn", "pen", "scaled", "centred"):
        expect(step(page, name).locator("canvas")).to_be_visible()
    expect_what_the_network_saw(page)
    assert len(questions) == 1
    assert questions[0]["piece"] == 0
    open_panel(page)
    open_panel(page)
    page.wait_for_timeout(400)
    assert len(questions) == 1  # what is shown need not be asked for again


def test_it_waits_for_the_pen(page, questions):
    open_panel(page)
    expect(panel(page).get_by_text("Draw something")).to_be_visible()
    (stroke,) = placed(page, drawing(2))
    draw_and_hold(page, stroke)
    expect(page.get_by_test_id("answer")).not_to_be_empty()
    page.wait_for_timeout(500)
    assert not questions
    page.mouse.up()
    expect(step(page, "drawn").locator("canvas")).to_be_visible()
    expect(panel(page).get_by_text("Draw something")).to_be_hidden()
    expect_what_the_network_saw(page)
    assert len(questions) == 1


def test_steps_are_dimmed_until_those_of_the_new_drawing_are_there(page):
    open_panel(page)
    strokes = placed(page, drawing(7))
    draw_by_mouse(page, strokes[:1])
    expect(step(page, "centred").locator("canvas")).to_be_visible()
    old = step(page, "centred").locator("canvas").evaluate(ALPHA)
    held = []
    page.route(
        ASKED,
        lambda route: held.append(route) if asked_for_steps(route.request) else route.continue_(),
    )
    draw_by_mouse(page, strokes[1:])
    wait_for(page, held)
    assert "stale" in panel(page).get_attribute("class")
    assert step(page, "centred").locator("canvas").evaluate(ALPHA) == old
    release(page, held)
    expect(panel(page)).to_have_class("steps panel")
    expect_what_the_network_saw(page)
    page.get_by_test_id("clear").click()
    expect(panel(page).get_by_text("Draw something")).to_be_visible()
    expect(panel(page).locator("canvas")).to_have_count(0)


def test_the_newest_choice_wins(page):
    draw_by_mouse(page, strokes_of(page, "2047", size=0.25))
    expect(page.get_by_test_id("answer")).to_have_text("2047")
    held = []
    page.route(
        ASKED,
        lambda route: held.append(route) if asked_for_steps(route.request) else route.continue_(),
    )
    open_panel(page)
    wait_for(page, held)
    for number in (0, 1, 2):
        page.get_by_test_id("answer").locator(f"[data-piece='{number}']").click()
        page.wait_for_timeout(200)
    assert len(held) == 1  # one at a time
    release(page, held)
    wait_for(page, held, 2)
    assert panel(page).locator("canvas").count() == 0  # the first answer was too late
    release(page, held[1:])
    expect(step(page, "drawn").locator("p")).to_contain_text("Piece 3 of 4")
    expect_what_the_network_saw(page)


def test_the_canvas_squeezed_is_one_button_away(page):
    draw_by_mouse(page, placed(page, drawing(5), 0.5, 0.05, 0.4))
    open_panel(page)
    button = page.locator("[data-testid=squeeze]:visible")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(step(page, "squeezed")).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(step(page, "prepared").locator("strong")).to_have_text("5, 100\u00a0%")
    expect(step(page, "squeezed").locator("strong")).to_contain_text("%")
    assert step(page, "squeezed").locator("canvas").evaluate("(e) => [e.width, e.height]") == [28, 28]
    page.keyboard.press("Enter")
    expect(step(page, "squeezed")).to_be_hidden()


def test_an_uploaded_photo_has_steps_until_it_is_gone(page, upload, pair):
    upload([pair])
    expect_photo_answer(page, "17")
    open_panel(page)
    expect(step(page, "photo").locator("img")).to_be_visible()
    for name in ("found", "thick", "scaled", "centred"):
        expect(step(page, name).locator("canvas")).to_be_visible()
    expect_what_the_network_saw(page)
    page.route(
        ASKED,
        lambda route: (
            route.fulfill(json={"error": text("steps.gone")})
            if asked_for_steps(route.request)
            else route.continue_()
        ),
    )
    page.get_by_test_id("photo-answer").locator("[data-piece='1']").click()
    expect(panel(page)).to_contain_text(text("steps.gone"))
    assert "stale" in panel(page).get_attribute("class")


def draw_while_steps_fail(page: Page) -> None:
    page.route(
        ASKED,
        lambda route: route.fulfill(status=500) if asked_for_steps(route.request) else route.continue_(),
    )
    open_panel(page)
    draw_by_mouse(page, placed(page, drawing(3)))
    expect(panel(page)).to_contain_text(text("steps.failed"))


def test_without_an_answer_it_invites_to_nothing_and_asks_again(page):
    draw_while_steps_fail(page)
    expect(panel(page).get_by_text("Draw something")).to_be_hidden()
    page.unroute_all()
    expect(step(page, "centred").locator("canvas")).to_be_visible(timeout=10_000)
    expect(panel(page)).not_to_contain_text(text("steps.failed"))


def test_without_a_drawing_it_asks_no_more(page, questions):
    draw_while_steps_fail(page)
    page.get_by_test_id("clear").click()
    asked = len(questions)
    page.wait_for_timeout(2500)  # it would have asked again after 1 s
    assert len(questions) == asked
    expect(panel(page)).not_to_contain_text(text("steps.failed"))


NARROW = {"viewport": {"width": 320, "height": 640}}
ON_ITS_SIDE = {**PHONE, "viewport": {"width": 844, "height": 390}}
OUTSIDE = """(panel) => [...panel.querySelectorAll("p, h2, h3, strong, button, .tile, figcaption")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1
        || one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.className || one.tagName)"""


@pytest.mark.parametrize("spacing", ["", SPACING], ids=["", "wide spacing"])
@pytest.mark.parametrize("settings", [LAPTOP, ON_ITS_SIDE, PHONE, NARROW], ids=["1280", "844", "390", "320"])
def test_nothing_is_cut_on_any_screen(open_page, settings, spacing):
    page = open_page(**settings)
    open_panel(page)
    if spacing:
        page.add_style_tag(content=spacing)
    draw_by_mouse(page, placed(page, drawing(5)))
    page.locator("[data-testid=squeeze]:visible").click()
    expect(step(page, "squeezed").locator("strong")).to_contain_text("%")
    assert panel(page).evaluate(OUTSIDE) == []
    sizes = panel(page).locator("summary, button").evaluate_all("(all) => all.map((one) => one.offsetHeight)")
    assert min(sizes) >= 36


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_pictures_and_marks_visible(open_page, scheme):
    page = open_page(**LAPTOP, forced_colors="active", color_scheme=scheme)
    open_panel(page)
    draw_by_mouse(page, placed(page, drawing(5)))
    for name in ("drawn", "centred"):
        expect(step(page, name).locator("canvas")).to_be_visible()
        ground, ink, mark = (
            step(page, name)
            .locator(".tile")
            .evaluate("""(tile) => [
            getComputedStyle(tile).backgroundColor,
            getComputedStyle(tile.querySelector("canvas")).color,
            getComputedStyle(tile.querySelector("path")).stroke,
        ]""")
        )
        assert len({ground, ink, mark}) == 3

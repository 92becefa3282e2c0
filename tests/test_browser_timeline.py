"""How LeNet learnt, as a visitor meets it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from visiting import LAPTOP, PHONE, draw_by_mouse, drawing, placed, strokes_of

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Locator, Page, expect

MOMENTS = 29
FILES = {"timeline.js", "timeline.html", "timeline.css", "timeline.json"}
NETWORKS = {f"timeline_{moment}.bin" for moment in range(MOMENTS)}

REDUCED = {**LAPTOP, "reduced_motion": "reduce"}


def open_timeline(page: Page) -> Locator:
    panel = page.locator(".timeline")
    panel.locator("summary").click()
    expect(slider(page)).to_be_visible()
    return panel


def slider(page: Page) -> Locator:
    return page.get_by_test_id("timeline-slider")


def answer(page: Page) -> Locator:
    return page.get_by_test_id("timeline-answer")


GO = """(slider, moment) => {
    slider.value = moment;
    slider.dispatchEvent(new Event("input"));
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


def go(page: Page, moment: int, says: str = "It calls this") -> None:
    """Go to a moment and wait until its network has answered."""
    slider(page).evaluate(GO, moment)
    expect(page.locator(".timeline-said")).to_contain_text(says)


def asked_for(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(Path(urlsplit(request.url).path).name))
    return asked


def wait_until_all_are_there(page: Page, asked: list[str]) -> None:
    for _ in range(500):
        if set(asked) >= NETWORKS:
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"not asked for: {NETWORKS - set(asked)}")


def test_a_closed_panel_fetches_nothing_and_an_open_one_each_file_once(page):
    asked = asked_for(page)
    draw_by_mouse(page, placed(page, drawing(7)))
    expect(page.get_by_test_id("answer")).to_have_text("7")
    assert not (FILES | NETWORKS) & set(asked)
    panel = open_timeline(page)
    wait_until_all_are_there(page, asked)
    panel.locator("summary").click()
    panel.locator("summary").click()
    expect(answer(page)).to_be_visible()
    for name in FILES | NETWORKS:
        assert asked.count(name) == 1, name


def test_an_empty_pad_has_an_example_and_a_drawing_takes_its_place(page):
    panel = open_timeline(page)
    told = panel.get_by_text("The pad is empty, so it reads this example.")
    expect(told).to_be_visible()
    expect(panel.locator(".timeline-moment")).to_have_text("After 256 images, epoch 1 of 50")
    expect(panel).to_contain_text("It has hardly begun to learn")
    page.evaluate("scrollTo(0, 0)")
    asked = asked_for(page)
    draw_by_mouse(page, placed(page, drawing(3)))
    expect(told).to_be_hidden()
    go(page, MOMENTS - 1)
    expect(answer(page)).to_have_text("3")
    page.keyboard.press("Escape")  # clears the pad
    expect(told).to_be_visible()
    expect(answer(page)).to_have_text("8")
    assert set(asked) - NETWORKS <= {"component_server"}  # no server reads it


def test_the_last_moment_has_the_bars_of_the_answer(page):
    draw_by_mouse(page, placed(page, drawing(5)))
    expect(page.get_by_test_id("answer")).to_have_text("5")
    panel = open_timeline(page)
    go(page, MOMENTS - 1)
    expect(panel).to_contain_text("This is the LeNet that the page serves.")
    shares = [
        [int(text.split()[0]) for text in page.locator(bars).all_inner_texts()[:11]]
        for bars in (".answer:visible .bars .share", ".timeline-bars .share")
    ]
    assert all(abs(one - other) <= 2 for one, other in zip(*shares, strict=True))  # 8 bits, in percent


def test_the_piece_that_is_chosen_is_read(page):
    draw_by_mouse(page, strokes_of(page, "274"))
    expect(page.get_by_test_id("answer")).to_have_text("274")
    open_timeline(page)
    go(page, MOMENTS - 1)
    page.evaluate("scrollTo(0, 0)")
    for number, digit in enumerate("274"):
        page.get_by_test_id("answer").locator("button").nth(number).click()
        expect(answer(page)).to_have_text(digit)


def test_keys_lead_through_the_moments_and_each_is_told_as_a_sentence(page):
    page.locator(".timeline summary").focus()
    page.keyboard.press("Enter")
    expect(slider(page)).to_be_visible()
    slider(page).focus()
    for key, moment in {"ArrowRight": 1, "End": MOMENTS - 1, "ArrowLeft": MOMENTS - 2, "Home": 0}.items():
        page.keyboard.press(key)
        expect(slider(page)).to_have_value(str(moment))
        told = re.compile(r"^After [\d,]+( million)? images, .*: It calls this .*, \d+ % sure\.$")
        expect(slider(page)).to_have_attribute("aria-valuetext", told)


def test_it_plays_to_the_end_when_it_is_asked_and_then_says_what_it_is(page):
    panel = open_timeline(page)
    play = page.get_by_test_id("timeline-play")
    go(page, MOMENTS - 3)
    page.wait_for_timeout(700)
    expect(slider(page)).to_have_value(str(MOMENTS - 3))  # nothing moves by itself
    play.click()
    expect(play).to_have_text("Pause")
    expect(slider(page)).to_have_value(str(MOMENTS - 1))
    expect(play).to_have_text("Play")
    expect(panel.locator(".timeline-told")).to_contain_text("the end of epoch 50: It calls this")
    play.click()  # from the start
    expect(slider(page)).to_have_value(re.compile(r"^[1-9]$"))


def test_a_hand_on_the_slider_or_the_button_pauses_it_and_so_does_closing(page):
    panel = open_timeline(page)
    play = page.get_by_test_id("timeline-play")
    for pause in (
        play.click,
        lambda: slider(page).press("ArrowRight"),
        slider(page).click,
        lambda: panel.locator("summary").click(),
    ):
        go(page, 0)
        play.click()
        expect(slider(page)).not_to_have_value("0")
        pause()
        expect(play).to_have_text("Play")
        stays = slider(page).input_value()
        page.wait_for_timeout(700)
        assert slider(page).input_value() == stays


KERNELS = """(canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, value, at) => sum + value * (at % 97), 0);
}"""


def test_kernels_change_and_where_motion_is_unwelcome_at_once(open_page):
    page = open_page(**REDUCED)
    panel = open_timeline(page)
    go(page, MOMENTS - 1)
    expect(answer(page)).to_have_text("8")
    canvas = panel.locator(".timeline-kernels canvas")
    last = canvas.evaluate(KERNELS)
    go(page, 0)
    first = canvas.evaluate(KERNELS)
    assert first != last
    page.wait_for_timeout(400)
    assert canvas.evaluate(KERNELS) == first
    for part in (".timeline-bars .fill", ".timeline-chart .dot"):
        seconds = panel.locator(part).first.evaluate("(e) => getComputedStyle(e).transitionDuration")
        assert seconds == "0s", part


def test_a_moment_that_cannot_be_had_is_told_and_tried_again(page):
    page.route("**/timeline_28.bin", lambda route: route.abort())
    panel = open_timeline(page)
    go(page, 28, says="could not be loaded")
    go(page, 27)
    expect(answer(page)).to_have_text("8")
    page.unroute("**/timeline_28.bin")
    go(page, 28, says="an 8")
    expect(panel).to_contain_text("This is the LeNet that the page serves.")


def test_a_panel_that_cannot_be_loaded_is_told_and_tried_again_when_it_is_opened(page):
    page.route("**/timeline.json", lambda route: route.abort())
    panel = page.locator(".timeline")
    panel.locator("summary").click()
    expect(panel.get_by_text("This could not be loaded.")).to_be_visible()
    page.unroute("**/timeline.json")
    panel.locator("summary").click()
    open_timeline(page)
    expect(panel.get_by_text("This could not be loaded.")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (844, 390), (1280, 800)])
def test_it_fits_and_nothing_below_it_jumps_from_moment_to_moment(open_page, width, height):
    page = open_page(**{**PHONE, "viewport": {"width": width, "height": height}, "reduced_motion": "reduce"})
    open_timeline(page)
    heights = set()
    for moment in (0, 6, 10, 15, 28):
        go(page, moment)
        heights.add(round(page.locator(".timeline-parts").bounding_box()["height"]))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert len(heights) == 1
    for part in (slider(page), page.get_by_test_id("timeline-play")):
        assert part.bounding_box()["height"] >= 44

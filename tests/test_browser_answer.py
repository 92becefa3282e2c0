"""The answer stays whole and legible: whatever was read, on every screen."""

from __future__ import annotations

import os

import pytest
from visiting import SPACING, draw_by_mouse, drawing, expect_whole_answer, placed, show

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect


def screen(width: int, height: int, **settings: object) -> dict[str, object]:
    return {"viewport": {"width": width, "height": height}, **settings}


TOUCH = {"has_touch": True, "is_mobile": True}
SCREENS = {
    "1280": screen(1280, 800),
    "844": screen(844, 390, **TOUCH),
    "740": screen(740, 360, **TOUCH),
    "667": screen(667, 375, **TOUCH),
    "390": screen(390, 664, **TOUCH),
    "320": screen(320, 568, **TOUCH),
}

LONG_WORDS = "a closing bracket or an opening bracket, or no sign? (12 marks left out)"
WORDS = ["sure", "fairly sure", "a 2, or no digit? (one mark left out)", LONG_WORDS]
DRAWN = ["7", "27", "2_7", "3.14", "_____", "(919) 555-0199", "12\n34", "1 2 3\n45 67\n89"]

# Text nodes and place holders that cannot be seen whole, and sentences that lie on others.
HIDDEN = """(answer) => {
    const pieces = [...answer.querySelectorAll("[data-testid] button")];
    const room = answer.querySelector("[data-testid]").getBoundingClientRect();
    const boxes = pieces.map((piece) => {
        const { left, right, top, bottom, width } = piece.getBoundingClientRect();
        const more = parseFloat(getComputedStyle(piece).paddingTop); // for the finger, not for the eye
        return { left, right, top: top + more, bottom: bottom - more, width };
    });
    return boxes.filter((box) => (
        box.width === 0 || box.left < room.left - 1 || box.right > room.right + 1
        || box.top < room.top - 3 || box.bottom > room.bottom + 3
    )).length;
}"""

OVERLAPPING = """(answer) => {
    const names = ".text, .written, .about, .by-place, .bars, .glyph, figcaption, .seen canvas, .no, .badge";
    const parts = [...answer.querySelectorAll(`${names}, .times dt, .times dd`)]
        .filter((part) => part.checkVisibility({ visibilityProperty: true }) && part.getClientRects().length)
        .map((part) => {
            const range = document.createRange();
            range.selectNodeContents(part);
            const shape = part.tagName === "CANVAS" ? part : range;
            const { left, right: end, top, bottom } = shape.getBoundingClientRect();
            const scroller = part.closest(".said, .text");
            const isCut = scroller && getComputedStyle(scroller).overflowY !== "visible";
            const room = isCut ? scroller.getBoundingClientRect() : { top: -Infinity, bottom: Infinity };
            const right = end - Math.max(0, parseFloat(getComputedStyle(part).letterSpacing) || 0);
            // Digits fill the middle of the line that a font gives them.
            const above = /text|glyph/.test(part.className) ? 0.2 * (bottom - top) : 0;
            const box = {
                left, right,
                top: Math.max(top + above, room.top),
                bottom: Math.min(bottom - above, room.bottom),
            };
            return { name: part.className || part.tagName, box };
        })
        .filter(({ box }) => box.right > box.left);
    const found = [];
    for (const one of parts) for (const other of parts) {
        if (one === other) break;
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (across > 1 && down > 2) found.push(`${one.name} × ${other.name}: ${down}`);
    }
    return found;
}"""


def the_answer(page: Page):
    return page.locator(".answer:visible")


@pytest.mark.parametrize("size", SCREENS)
def test_all_that_was_drawn_is_in_sight(open_page, size):
    page = open_page(**SCREENS[size])
    pad = page.get_by_test_id("pad").bounding_box()
    for drawn in [
        "3.14",
        "_____",
        "(919) 555-0199",
        "1 2 3\n45 67\n89",
        "3.14_ _",
        "8" * 24,
        "12\n34",
        "_1___",
    ]:
        show(page, drawn)
        expect(page.get_by_test_id("answer").locator("button")).to_have_count(len("".join(drawn.split())))
        assert the_answer(page).evaluate(HIDDEN) == 0, drawn
        assert page.get_by_test_id("pad").bounding_box() == pad, drawn
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", SCREENS)
@pytest.mark.parametrize("drawn", ["2", "27"])
def test_a_slow_answer_does_not_move_the_pad(open_page, size, drawn):
    page = open_page(**SCREENS[size])
    pad = page.get_by_test_id("pad").bounding_box()
    for milliseconds in [0.4, 45, 345, 12_345]:
        for words in ["sure", "a 2 or a 7? (one mark left out)"]:
            show(page, drawn, "unsure", words, milliseconds)
            assert page.get_by_test_id("pad").bounding_box() == pad, (milliseconds, words)


@pytest.mark.parametrize("spacing", ["", SPACING], ids=["", "wide spacing"])
@pytest.mark.parametrize("size", SCREENS)
def test_no_answer_moves_the_pad(open_page, size, spacing):
    page = open_page(**SCREENS[size])
    if spacing:
        page.add_style_tag(content=spacing)
    pad = page.get_by_test_id("pad").bounding_box()
    for drawn in DRAWN:
        for words in WORDS:
            show(page, drawn, "unsure", words)
            assert page.get_by_test_id("pad").bounding_box() == pad, (drawn, words)


def teach_a_seven(page: Page) -> None:
    """Now the number of corrections stands below the answer."""
    draw_by_mouse(page, placed(page, drawing(7)))
    expect_whole_answer(page, "7")
    page.locator("[data-testid=teach]:visible").click()
    page.locator("[data-testid=choices]:popover-open [data-label='1']").click()
    expect(page.locator("[data-testid=hand]:visible")).to_have_text("Your hand, 1 correction")


def expect_nothing_overlaps(page: Page) -> None:
    for drawn in DRAWN:
        for words in WORDS:
            show(page, drawn, "unsure", words)
            assert the_answer(page).evaluate(OVERLAPPING) == [], (drawn, words)


@pytest.mark.parametrize("spacing", ["", SPACING], ids=["", "wide spacing"])
@pytest.mark.parametrize("size", SCREENS)
def test_no_sentence_lies_on_another(open_page, size, spacing):
    page = open_page(**SCREENS[size])
    if spacing:
        page.add_style_tag(content=spacing)
    expect_nothing_overlaps(page)


@pytest.mark.parametrize(
    ("size", "spacing"), [*((size, "") for size in SCREENS), ("390", SPACING), ("320", SPACING)]
)
def test_no_sentence_lies_on_the_badge(open_page, size, spacing):
    page = open_page(**SCREENS[size])
    if spacing:
        page.add_style_tag(content=spacing)
    teach_a_seven(page)
    expect_nothing_overlaps(page)


@pytest.mark.parametrize("size", SCREENS)
def test_a_sign_that_is_chosen_lies_on_nothing(open_page, size):
    page = open_page(**SCREENS[size])
    drawn = "5+1=6#7%"
    show(page, drawn, words="sure")
    for number, sign in enumerate(drawn):
        page.get_by_test_id("answer").locator(f"[data-piece='{number}']").click()
        assert the_answer(page).evaluate(OVERLAPPING) == [], sign


def test_one_piece_that_is_left_out_is_a_place_holder(page):
    content = "(e) => getComputedStyle(e, '::before').borderTopStyle"
    assert page.get_by_test_id("answer").evaluate(content) != "dotted"
    show(page, "_", "not_a_digit")
    assert page.get_by_test_id("answer").evaluate(content) == "dotted"


@pytest.mark.parametrize("size", SCREENS)
def test_pad_answer_and_buttons_share_the_first_screen(open_page, size):
    page = open_page(**SCREENS[size])
    show(page, "2026", words="sure")
    parts = [page.get_by_test_id(name) for name in ("pad", "answer", "undo", "clear")]
    for part in [
        *parts,
        page.locator(".words:visible"),
        page.locator(".bars:visible"),
        page.locator(".seen:visible canvas"),
    ]:
        expect(part).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_why_it_is_no_digit_is_a_bar(page):
    show(page, "_", "not_a_digit", "not a digit")
    bar = page.locator(".bars:visible .none")
    expect(bar.locator(".name")).to_have_text("no digit")
    expect(bar.locator(".share")).to_have_text("20 %")
    expect(page.locator(".bars:visible .read")).to_have_attribute("data-symbol", "none")
    show(page, "7", "ok", "sure")
    expect(page.locator(".bars:visible .read")).to_have_attribute("data-symbol", "7")


def test_a_number_stands_once_and_is_told_to_screen_readers(page):
    show(page, "2026", "ok", "sure")
    words = page.locator(".words:visible")
    expect(words).to_have_text("2026, sure")
    assert words.locator(".spoken").bounding_box()["width"] <= 1
    show(page, "1 2 3\n4", "ok", "4 digits, sure")
    expect(words).to_have_text("4 digits, sure")

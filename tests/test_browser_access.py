"""The page serves everybody: high contrast, wide text spacing, fingers, weak eyes, and it holds still."""

from __future__ import annotations

import os

import pytest
from visiting import (
    ASKED,
    LAPTOP,
    PHONE,
    SPACING,
    draw_by_mouse,
    drawing,
    placed,
    show,
)

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Locator, Page, expect


def colours_on(part: Locator) -> int:
    """How many colours a part of the page is painted in."""
    picture = part.screenshot()
    return part.page.evaluate(
        """async (bytes) => {
            const picture = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [picture.width, picture.height];
            const context = canvas.getContext("2d");
            context.drawImage(picture, 0, 0);
            const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
            return new Set(new Uint32Array(data.buffer)).size;
        }""",
        list(picture),
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_pad_bars_and_buttons_visible(open_page, scheme):
    page = open_page(**LAPTOP, forced_colors="active", color_scheme=scheme)
    assert colours_on(page.locator(".sheet:visible")) > 1  # its border
    draw_by_mouse(page, placed(page, drawing(7)))
    expect(page.get_by_test_id("answer")).to_have_text("7")
    page.wait_for_timeout(300)  # for the bars to grow
    assert colours_on(page.locator(".seen:visible canvas")) > 1
    assert colours_on(page.locator(".bars:visible .read .track")) > 1
    assert colours_on(page.locator(".bars:visible [data-symbol='2'] .track")) > 1
    for button in page.locator(".button:visible").all():
        assert button.evaluate("(e) => getComputedStyle(e).borderTopWidth") == "1px"


@pytest.mark.parametrize("settings", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_wide_text_spacing_cuts_nothing(open_page, settings):
    page = open_page(**settings)
    page.add_style_tag(content=SPACING)
    for text in ["2026", "3.14", "(919) 555-0199"]:
        show(page, text, words="a 2 or a 7? (one mark left out)")
        answer = page.get_by_test_id("answer")
        assert answer.evaluate(
            "(e) => e.scrollWidth <= e.clientWidth + 1 && e.scrollHeight <= e.clientHeight + 1"
        )
        room = answer.bounding_box()
        for piece in answer.locator("button").all():
            box = piece.bounding_box()
            assert box["x"] >= room["x"] - 1
            assert box["x"] + box["width"] <= room["x"] + room["width"] + 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


CUT = """() => [...document.querySelectorAll(".steps *, .inside *")].filter((part) => {
    const ownText = [...part.childNodes].some(({ nodeType, data }) => nodeType === 3 && data.trim());
    const { overflowX, overflowY } = getComputedStyle(part);
    if (!ownText || !part.checkVisibility() || part.closest(".unseen, .inside-told")) return false;
    const isCut = (overflow, whole, shown) => ["hidden", "clip"].includes(overflow) && whole > shown + 1;
    return isCut(overflowX, part.scrollWidth, part.clientWidth)
        || isCut(overflowY, part.scrollHeight, part.clientHeight)
        || part.getBoundingClientRect().right > innerWidth + 1 && !part.closest(".scroll");
}).map(({ className, textContent }) => [className, textContent])"""


def open_panels(page: Page) -> None:
    draw_by_mouse(page, placed(page, drawing(7)))
    expect(page.get_by_test_id("answer")).to_have_text("7")
    for summary in page.locator("summary:visible").all():
        summary.click()
    expect(page.locator(".inside:visible .for")).to_contain_text("spoke for 7: ")
    expect(page.locator(".steps:visible [data-step='centred'] canvas")).to_be_visible()


LEVELS = ["1", "2", "3"]


@pytest.mark.parametrize("settings", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_wide_text_spacing_cuts_nothing_in_open_panels(open_page, settings):
    page = open_page(**settings)
    page.add_style_tag(content=SPACING)
    open_panels(page)
    for level in LEVELS:
        page.locator(f".inside:visible [data-level='{level}']").click()
        page.wait_for_timeout(300)  # for the level to come in
        assert page.evaluate(CUT) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_the_open_panels_visible(open_page, scheme):
    page = open_page(**LAPTOP, forced_colors="active", color_scheme=scheme)
    open_panels(page)
    for level in LEVELS:
        chosen = page.locator(f".inside:visible [data-level='{level}']")
        chosen.click()
        expect(chosen).to_have_attribute("aria-pressed", "true")
        page.wait_for_timeout(300)  # for the level to come in
        for canvas in page.locator(".steps:visible canvas:visible, .inside:visible canvas:visible").all():
            assert colours_on(canvas) > 1
        looks = page.locator(".inside:visible [data-level]").evaluate_all(
            "(all) => all.map((one) => [one.ariaPressed, getComputedStyle(one).backgroundColor])"
        )
        assert len({look for is_pressed, look in looks if is_pressed == "true"}) == 1
        assert len({tuple(look) for look in looks}) == 2, "the chosen level looks like the others"


ON_ITS_SIDE = {**PHONE, "viewport": {"width": 844, "height": 390}}


@pytest.mark.parametrize("settings", [LAPTOP, PHONE, ON_ITS_SIDE], ids=["laptop", "phone", "on its side"])
def test_targets_are_large_enough(open_page, settings):
    page = open_page(**settings)
    show(page, "8" * 60)
    for tab in ["Draw", "Photo"]:
        page.get_by_role("tab", name=tab).click()
        sizes = page.locator("button:visible, label:visible").evaluate_all("""(all) => all.map((one) => {
            const { width, height } = one.getBoundingClientRect();
            const isInText = one.closest(".text") !== null; // its width is that of a digit
            return [one.className, isInText ? 24 : Math.round(width), Math.round(height)];
        })""")
        assert not [size for size in sizes if min(size[1:]) < 24]


TARGET = """(part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    return [[x - 21, y], [x + 21, y], [x, y - 21], [x, y + 21]]
        .every((point) => document.elementFromPoint(...point) === part);
}"""


@pytest.mark.parametrize("size", [(320, 568), (390, 664), (844, 390), (1280, 800)])
def test_a_tab_is_a_target_as_large_as_a_finger(open_page, size):
    page = open_page(**{**PHONE, "viewport": {"width": size[0], "height": size[1]}})
    for tab in page.get_by_role("tab").all():
        assert tab.evaluate(TARGET), tab.text_content()


CONTRAST = """(part) => {
    const canvas = document.createElement("canvas").getContext("2d");
    const rgb = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (colour) => {
        const [r, g, b] = rgb(colour).map((one) => one / 255)
            .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let ground = part;
    while (rgb(getComputedStyle(ground).backgroundColor)[3] < 255) ground = ground.parentElement;
    const both = [light(getComputedStyle(part).color), light(getComputedStyle(ground).backgroundColor)];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chosen_photo_is_legible_in_the_table(open_page, seven, pair, scheme):
    page = open_page(**LAPTOP, color_scheme=scheme)
    page.get_by_role("tab", name="Photo").click()
    page.get_by_test_id("chooser").set_input_files([seven, pair])
    row = page.get_by_test_id("results").locator("tr[aria-current]")
    expect(row).to_contain_text("pair.png")
    for part in row.locator("button, span").all():
        assert part.evaluate(CONTRAST) >= 4.5


def test_the_sign_that_the_page_is_loading_stays_in_its_place(browser, address):
    context = browser.new_context(**PHONE)
    context.add_init_script("""
        window.places = [];
        new MutationObserver(() => {
            const sign = document.querySelector(".wrap.full .loading");
            if (sign) window.places.push(Math.round(sign.getBoundingClientRect().top));
        }).observe(document, { childList: true, subtree: true, attributes: true });
    """)
    page = context.new_page()
    with page.expect_response(ASKED):
        page.goto(address)
    assert len(set(page.evaluate("window.places"))) == 1
    context.close()


@pytest.mark.parametrize("settings", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_nothing_shifts_while_the_page_loads(browser, address, settings):
    context = browser.new_context(**settings)
    context.add_init_script("""
        window.shift = 0;
        new PerformanceObserver((list) => {
            for (const { value } of list.getEntries()) window.shift += value;
        }).observe({ type: "layout-shift", buffered: true });
    """)
    page = context.new_page()
    with page.expect_response(ASKED):
        page.goto(address)
    page.wait_for_timeout(1000)
    assert page.evaluate("window.shift") <= 0.02
    context.close()

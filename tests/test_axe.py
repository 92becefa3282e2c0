"""axe finds nothing serious on any tab and in any state, light and dark, from 320 to 1280 pixels.

AXE_PATH is the path of axe-core's `axe.min.js`, which the gate fetches:

    npm install --prefix DIR axe-core@4.14.1    # AXE_PATH=DIR/node_modules/axe-core/axe.min.js
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from visiting import PHONE, draw_by_mouse, drawing, placed, strokes_of

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

WIDTHS = {"320": (320, 568), "390": (390, 844), "on its side": (844, 390), "1280": (1280, 800)}
LOOKS = [
    *(("320", "dark"), ("390", "light"), ("on its side", "dark")),
    *(("1280", scheme) for scheme in ("light", "dark")),
]
"""Each width, and each colour scheme at a narrow one and at the widest: all pairs take two minutes."""

SERIOUS = {"serious", "critical"}

RUN = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ target, any, all, none }) => (
        [impact, id, target.join(" "), [...any, ...all, ...none].map(({ message }) => message).join("; ")]
    )));
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core; REQUIRE_AXE=1 says that it must be there."""
    path = os.environ.get("AXE_PATH")
    if path is None and os.environ.get("REQUIRE_AXE") == "1":
        pytest.fail("no axe-core: set AXE_PATH to the path of its axe.min.js")
    if path is None:
        pytest.skip("no axe-core: set AXE_PATH to the path of its axe.min.js")
    return Path(path).read_text("utf-8")


def empty(page: Page, photo: Path) -> None:
    """The page as it opens."""


def answered(page: Page, photo: Path) -> None:
    """A number is read, one piece chosen."""
    draw_by_mouse(page, strokes_of(page, "274"))
    expect(page.get_by_test_id("answer")).to_have_text("274")


def refused(page: Page, photo: Path) -> None:
    """A drawing is refused."""
    page.get_by_role("button", name="Draw a spiral").click()
    expect(page.get_by_test_id("answer")).to_have_attribute("data-status", "not_a_digit")


def opened(page: Page, photo: Path) -> None:
    """Whatever can be opened is open."""
    draw_by_mouse(page, placed(page, drawing(7)))
    expect(page.get_by_test_id("answer")).to_have_text("7")
    for summary in page.locator("summary:visible").all():
        summary.click()
    page.wait_for_timeout(1000)  # for what is fetched when a panel is opened


def photo_tab(page: Page, photo: Path) -> None:
    """No photo yet."""
    page.get_by_role("tab", name="Photo").click()
    expect(page.get_by_test_id("add")).to_be_visible()


def photos_shown(page: Page, photo: Path) -> None:
    """Two photos, one of them broken, and their table."""
    photo_tab(page, photo)
    broken = photo.with_name("broken.png")
    broken.write_bytes(b"no picture")
    page.get_by_test_id("chooser").set_input_files([photo, broken])
    expect(page.get_by_test_id("results")).to_contain_text("broken.png")
    page.get_by_test_id("results").get_by_role("button", name=photo.name).click()
    expect(page.get_by_test_id("photo-answer")).to_have_text("17")


STATES = [empty, answered, refused, opened, photo_tab, photos_shown]


def findings(page: Page, axe: str) -> list[list[str]]:
    """What axe finds: impact, rule, element and why."""
    page.wait_for_timeout(400)  # colours fade
    page.evaluate(axe)
    return [finding for finding in page.evaluate(RUN) if finding[0] in SERIOUS]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_serious(open_page: Callable[..., Page], axe, pair, width, scheme):
    across, down = WIDTHS[width]
    mobile = {"has_touch": True, "is_mobile": True} if width != "1280" else {}
    found = {}
    for state in STATES:
        page = open_page(
            viewport={"width": across, "height": down}, color_scheme=scheme, reduced_motion="reduce", **mobile
        )
        state(page, pair)
        found[state.__name__] = findings(page, axe)
    assert not {name: some for name, some in found.items() if some}


def test_axe_would_find_something(open_page: Callable[..., Page], axe):
    page = open_page(**PHONE)
    page.get_by_test_id("undo").evaluate("(button) => { button.textContent = ''; button.title = ''; }")
    assert [finding[1] for finding in findings(page, axe)] == ["button-name"]

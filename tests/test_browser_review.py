"""The page for the review, in a browser: decide, save, record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from giving import correction

from lenet.datasets import corrections
from lenet.learning import review
from lenet.network.record import ALPHABET

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Page:
    """The page, of five corrections, on a phone."""
    every = [correction(seed) for seed in range(5)]
    (tmp_path / "corrections-a.jsonl").write_bytes(b"".join(one.to_line() for one in every))
    page_file = tmp_path / review.PAGE
    review.write(tmp_path, page_file, lambda images: np.full((len(images), len(ALPHABET)), 0.05))
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.goto(page_file.as_uri())
    yield page
    page.close()


def test_what_is_decided_is_saved_and_recorded(opened: Page, tmp_path: Path) -> None:
    assert opened.locator("output").text_content() == "0 kept, 0 dropped, 5 not decided"
    cards = opened.locator("fieldset")
    cards.nth(0).get_by_label("drop").check()
    cards.nth(1).get_by_label("keep").focus()
    opened.keyboard.press("Space")  # by the keyboard alone
    assert opened.locator("output").text_content() == "1 kept, 1 dropped, 3 not decided"
    opened.get_by_role("button", name="Keep all that wait").click()
    cards.nth(2).get_by_label("later").check()
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Save the decisions").click()
    assert download.value.suggested_filename == "decisions.json"
    file = tmp_path / "downloaded.json"
    download.value.save_as(file)
    assert review.record(tmp_path, file) == 0
    ids = [cards.nth(number).get_attribute("name") for number in range(5)]
    wanted = {ids[0]: "drop", ids[1]: "keep", ids[3]: "keep", ids[4]: "keep"}
    assert corrections.decisions(tmp_path) == wanted


def test_it_fits_a_narrow_screen(opened: Page) -> None:
    assert opened.evaluate("document.documentElement.scrollWidth") <= 320
    heights = opened.locator(".choice label, button").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 24

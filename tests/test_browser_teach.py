"""Teaching the page a hand, as a visitor meets it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from test_axe import axe, findings  # noqa: F401  # the first is a fixture
from visiting import (
    ASKED,
    LAPTOP,
    PHONE,
    SHOW_PIECES,
    SPACING,
    draw_and_hold,
    draw_by_mouse,
    drawing,
    expect_photo_answer,
    expect_whole_answer,
    pad_box,
    placed,
    show,
    strokes_of,
    wait_for,
)

from benchmarks.serving import serve

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser, Locator, Page, Route, expect

FETCHED = {"teach.js", "teach.html", "teach.css", "weights.bin", "metric.bin"}


def draw(page: Page, label: int = 7, **place: float) -> None:
    clear = page.get_by_test_id("clear")
    if clear.get_attribute("aria-disabled") == "false":
        clear.click()
    draw_by_mouse(page, placed(page, drawing(label), **place))


def no(page: Page) -> Locator:
    """The button that opens the choices."""
    return page.get_by_test_id("teach").and_(page.locator(":visible"))


def choices(page: Page) -> Locator:
    return page.locator("[data-testid=choices]:popover-open")


def teach(page: Page, label: str) -> None:
    """Say what the chosen piece was."""
    no(page).click()
    choices(page).locator(f"[data-label='{label}']").click()


def badge(page: Page) -> Locator:
    return page.get_by_test_id("hand").and_(page.locator(":visible"))


def toggle(page: Page) -> Locator:
    return page.get_by_test_id("hand-toggle").and_(page.locator(":visible"))


def told(page: Page) -> Locator:
    return page.locator("[data-testid=teach-told]:visible")


def opened_list(page: Page) -> Locator:
    badge(page).click()
    return page.locator("dialog[open]")


def expect_read(page: Page, text: str) -> None:
    expect(page.get_by_test_id("answer")).to_have_text(text)


def taught_a_seven(page: Page, label: str = "1") -> None:
    """A 7 is drawn, read as one, and taught to be something else."""
    draw(page)
    expect_whole_answer(page, "7")
    teach(page, label)
    expect(badge(page)).to_have_text("Your hand, 1 correction")


# --- At once --------------------------------------------------------------------------------


def test_one_tap_teaches_and_the_answer_is_personal_at_once(page):
    taught_a_seven(page)
    expect_read(page, "1")
    expect(page.locator(".bars:visible .read .name")).to_have_text("1")
    expect(page.locator(".words:visible .written")).to_have_text("sure")
    expect(told(page)).to_contain_text("Learnt")
    toggle(page).click()
    expect_read(page, "7")
    expect(toggle(page)).to_have_attribute("aria-checked", "false")
    toggle(page).click()
    expect_read(page, "1")


def test_a_digit_drawn_again_is_read_by_the_hand(page):
    taught_a_seven(page)
    draw(page, left=0.1, top=0.05, size=0.8)
    expect_whole_answer(page, "1")
    draw(page, 3)
    expect_whole_answer(page, "3")


def is_doubted(page: Page, share: float) -> None:
    """From now on the server is so sure of each piece, as it says."""

    def doubt(route: Route) -> None:
        response = route.fetch()
        answer = response.json()
        for piece in answer["digits"]:
            piece["probabilities"][piece["text"]] = share
        route.fulfill(response=response, json=answer)

    page.route(ASKED, doubt)


def cleared(page: Page, label: int) -> None:
    """A digit is drawn, read and cleared."""
    draw(page, label)
    expect_whole_answer(page, str(label))
    page.get_by_test_id("clear").click()
    expect_read(page, "")


def test_what_is_let_stand_though_it_was_not_sure_is_learnt_too(page):
    is_doubted(page, 0.7)
    cleared(page, 5)  # before the first correction nobody has looked
    page.unroute(ASKED)
    taught_a_seven(page)
    cleared(page, 2)  # it is sure
    is_doubted(page, 0.7)
    cleared(page, 3)
    expect(badge(page)).to_have_text("Your hand, 1 correction")
    toggle(page).click()
    cleared(page, 4)  # read without the hand
    toggle(page).click()
    entries = opened_list(page).get_by_role("listitem")
    expect(entries).to_contain_text(["read as 3, not corrected", "read as 7, is 1"])
    expect(entries).to_have_count(2)
    entries.nth(1).get_by_role("button").click()
    expect(entries).to_have_count(0)  # without a correction nothing is let stand
    page.locator("dialog[open]").get_by_role("button", name="Undo").click()
    expect(entries).to_have_count(2)


def test_neither_an_example_nor_an_answer_to_a_part_is_let_stand(page):
    taught_a_seven(page)
    is_doubted(page, 0.7)
    page.get_by_test_id("clear").click()
    page.get_by_role("button", name="Draw an open 4").click()
    expect(page.get_by_test_id("answer")).not_to_be_empty()
    page.get_by_test_id("clear").click()
    page.evaluate("scrollTo(0, 0)")
    held: list[Route] = []
    draw(page, 3)
    expect_whole_answer(page, "3")
    page.route(ASKED, lambda route: held.append(route))
    draw_by_mouse(page, strokes_of(page, "2"))
    page.get_by_test_id("clear").click()
    expect(opened_list(page).get_by_role("listitem")).to_have_count(1)


def test_only_the_chosen_piece_of_a_number_is_taught(page):
    draw_by_mouse(page, strokes_of(page, "274"))
    expect_whole_answer(page, "274")
    page.get_by_test_id("answer").locator("button").nth(1).click()
    page.get_by_test_id("answer").locator("button").nth(2).hover()  # on the way to the button
    teach(page, "1")
    expect_read(page, "214")
    expect(page.get_by_test_id("answer").locator("button").nth(1)).to_have_class("chosen")
    teach(page, "none")
    expect_read(page, "24")
    expect(page.locator(".words:visible .written")).to_contain_text("one mark left out")
    expect(badge(page)).to_have_text("Your hand, 1 correction")


def test_nothing_is_fetched_before_it_is_used_and_each_file_once(page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(Path(urlsplit(request.url).path).name))
    draw(page)
    expect_whole_answer(page, "7")
    assert not FETCHED & set(asked)
    teach(page, "1")
    expect_read(page, "1")
    draw(page, 2)
    expect_whole_answer(page, "2")
    teach(page, "3")
    expect_read(page, "3")
    for name in FETCHED:
        assert asked.count(name) == 1, name


def test_the_inside_shows_the_outputs_of_the_hand(page):
    page.locator(".inside:visible summary").click()
    expect(page.locator(".inside:visible .inside-levels")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    draw(page)
    highest = page.locator(".inside:visible [data-layer=output] .highest")
    expect(highest).to_have_text("7")
    teach(page, "1")
    expect(highest).to_have_text("1")
    toggle(page).click()
    expect(highest).to_have_text("7")


def test_signs_are_offered_beside_digits_and_not_for_what_its_place_tells(page):
    draw(page)
    expect_whole_answer(page, "7")
    no(page).click()
    expect(choices(page).get_by_role("button", name="a slash")).to_be_hidden()
    page.keyboard.press("Escape")
    page.evaluate(SHOW_PIECES, [["3", ".", "4"], [0, 1, 2], "3.4", "ok", "sure"])
    no(page).click()
    expect(choices(page).get_by_role("button", name="a slash")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_test_id("answer").locator("button").nth(1).click()
    expect(no(page)).to_have_count(0)


def test_keys_alone_teach_and_escape_does_not_clear_the_pad(page):
    draw(page)
    expect_whole_answer(page, "7")
    no(page).focus()
    page.keyboard.press("Enter")
    expect(choices(page).locator("[data-label='0']")).to_be_focused()
    page.keyboard.press("Escape")
    expect(choices(page)).to_have_count(0)
    expect(no(page)).to_be_focused()
    expect_read(page, "7")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    expect_read(page, "1")
    badge(page).focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("button", name="Take back: read as 7, is 1").focus()
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Nothing is taught.")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect_read(page, "7")


# --- Kept -----------------------------------------------------------------------------------


def test_it_survives_a_reload_and_lies_in_the_browser_as_pictures_only(page):
    taught_a_seven(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    page.evaluate("window.name = 'again'")
    page.reload()
    expect(badge(page)).to_have_text("Your hand, 1 correction")
    expect_read(page, "1")  # the drawing is kept, too
    kept = json.loads(page.evaluate("localStorage.getItem('lenet.hand')"))
    assert [set(one) for one in kept["corrections"]] == [{"id", "image", "label", "answer", "stands"}]
    assert not any(kept["corrections"][0]["image"] in body for body in asked)
    page.evaluate("window.name = ''")


HAS_INK = """(canvas) => canvas.getContext("2d").getImageData(0, 0, 28, 28).data
    .some((value, at) => at % 4 === 3 && value > 0)"""


def test_each_correction_is_a_picture_and_can_be_taken_back(page):
    taught_a_seven(page)
    draw(page, 2)
    expect_whole_answer(page, "2")
    teach(page, "none")
    expect(badge(page)).to_have_text("Your hand, 2 corrections")
    dialog = opened_list(page)
    expect(dialog.locator("li")).to_have_text([re.compile("read as 2, is no digit"), re.compile("7, is 1")])
    for picture in dialog.locator("li canvas").all():
        assert picture.evaluate(HAS_INK)
    dialog.get_by_role("button", name="Take back: read as 2, is no digit").click()
    expect(dialog.locator("li")).to_have_count(1)
    expect(dialog.get_by_role("button", name="Take back: read as 7, is 1")).to_be_focused()
    dialog.get_by_role("button", name="Take all back").click()
    dialog.get_by_role("button", name="Close").click()
    expect(badge(page)).to_have_count(0)
    expect_read(page, "2")
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize("button", ["Take all back", "Take back: read as 7, is 1"])
def test_what_was_taken_back_comes_back_where_it_stood(page, button):
    taught_a_seven(page)
    draw(page, 2)
    expect_whole_answer(page, "2")
    teach(page, "none")
    expect(badge(page)).to_have_text("Your hand, 2 corrections")
    dialog = opened_list(page)
    entries = [re.compile("read as 2, is no digit"), re.compile("read as 7, is 1")]
    expect(dialog.get_by_test_id("undo-hand")).to_be_hidden()
    dialog.get_by_role("button", name=button).click()
    expect(dialog.locator("li")).to_have_count(0 if "all" in button else 1)
    expect(dialog.get_by_role("status")).to_contain_text("unlearnt")
    dialog.get_by_test_id("undo-hand").click()
    expect(dialog.locator("li")).to_have_text(entries)
    expect(dialog.get_by_role("status")).to_have_text("Learnt again.")
    expect(dialog.get_by_test_id("undo-hand")).to_be_hidden()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("answer")).to_be_empty()
    page.get_by_test_id("undo").click()
    draw(page)
    expect_whole_answer(page, "1")


def test_a_drawing_has_the_label_that_it_was_given_last(page):
    taught_a_seven(page)
    teach(page, "9")
    expect_read(page, "9")
    teach(page, "7")
    expect_read(page, "7")
    expect(badge(page)).to_have_text("Your hand, 1 correction")


def test_the_switch_has_no_use_until_the_hand_is_loaded_and_says_so(page):
    taught_a_seven(page)
    held: list[Route] = []
    page.route("**/lenet/metric.bin", lambda route: held.append(route))
    page.evaluate("window.name = 'again'")
    page.reload()
    expect(badge(page)).to_have_text("Your hand is loading …")
    expect(toggle(page)).to_have_attribute("aria-disabled", "true")
    toggle(page).click(force=True)
    wait_for(page, held)
    held.pop().abort()
    expect(badge(page)).to_have_text("Your hand is not loaded. Try again")
    expect(toggle(page)).to_have_attribute("aria-disabled", "true")
    page.unroute("**/lenet/metric.bin")
    badge(page).click()
    page.keyboard.press("Escape")
    expect(badge(page)).to_have_text("Your hand, 1 correction")
    expect(toggle(page)).to_have_attribute("aria-disabled", "false")
    expect(toggle(page)).to_have_attribute("aria-checked", "true")
    expect_read(page, "1")
    page.evaluate("window.name = ''")


def test_tabs_of_a_browser_stay_in_step(page, address):
    other = page.context.new_page()
    other.goto(address)
    draw(other)
    expect_read(other, "7")
    page.bring_to_front()  # behind another, a tab draws one frame a second
    taught_a_seven(page)
    expect(badge(other)).to_have_text("Your hand, 1 correction")
    expect_read(other, "1")
    other.bring_to_front()
    dialog = opened_list(other)
    dialog.get_by_role("button", name="Take all back").click()
    expect(badge(page)).to_have_count(0)
    expect_read(page, "7")
    other.close()


@pytest.mark.parametrize(
    "storage",
    [
        "() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }",
        "() => Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } })",
    ],
    ids=["full", "forbidden"],
)
def test_without_storage_it_holds_for_the_visit_and_says_so(page, storage):
    page.evaluate(storage)
    taught_a_seven(page)
    expect_read(page, "1")
    expect(told(page)).to_contain_text("for this visit")
    expect(opened_list(page)).to_contain_text("for this visit")


@pytest.mark.parametrize("text", ["{", '{"corrections": [{"image": 7}], "sent": 5}', "null"])
def test_damaged_storage_teaches_nothing_and_does_no_harm(page, text):
    page.evaluate("(text) => { localStorage.setItem('lenet.hand', text); window.name = 'again'; }", text)
    page.reload()
    draw(page)
    expect_whole_answer(page, "7")
    expect(badge(page)).to_have_count(0)
    teach(page, "1")
    expect_read(page, "1")
    page.evaluate("window.name = ''")


@pytest.mark.parametrize("file", ["teach.js*", "metric.bin"])
def test_what_cannot_be_loaded_is_said_and_tried_again(page, file):
    page.route(f"**/lenet/{file}", lambda route: route.abort())
    draw(page)
    expect_whole_answer(page, "7")
    no(page).click()
    if file == "metric.bin":
        choices(page).locator("[data-label='1']").click()
        expect(told(page)).to_contain_text("not learnt yet")
        expect(badge(page)).to_have_text("Your hand is not loaded. Try again")
        page.unroute(f"**/lenet/{file}")
        badge(page).click()
        page.keyboard.press("Escape")
    else:
        expect(no(page)).to_have_text("Not loaded. Try again")
        page.unroute(f"**/lenet/{file}")
        teach(page, "1")
    expect_read(page, "1")
    expect(no(page)).to_have_text("No, it was a …")


# --- Photos ---------------------------------------------------------------------------------


def test_each_piece_of_a_photo_is_taught_and_all_that_shows_it_follows(page, upload, pair, seven):
    upload([pair, seven])
    table = page.get_by_test_id("results")
    expect(table.locator("tbody tr")).to_have_count(2)
    table.get_by_role("button", name="pair.png").click()
    expect_photo_answer(page, "17")
    page.locator(".boxes button").nth(1).click()
    page.locator(".boxes button").first.hover()
    teach(page, "2")
    expect_photo_answer(page, "12")
    expect(page.locator(".boxes button").nth(1)).to_have_attribute("data-label", re.compile("2"))
    expect(table.locator("tbody tr").first.locator(".text")).to_have_text("12")
    with page.expect_download() as download:
        page.get_by_test_id("download").click()
    assert '"12"' in Path(download.value.path()).read_text("utf-8-sig")
    page.get_by_role("tab", name="Draw").click()
    expect(badge(page)).to_have_text("Your hand, 1 correction")  # it is one hand on both tabs


# --- With consent ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def asking(browser: Browser, reader) -> Iterator[Page]:
    """A page whose owner takes corrections."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LENET_CORRECTIONS", "a folder")
        with serve(reader) as url:
            page = browser.new_context(**LAPTOP).new_page()
            page.goto(url)
            yield page
            page.context.close()


class Endpoint:
    """Takes corrections in place of the server."""

    def __init__(self) -> None:
        self.taken: dict[str, dict] = {}
        self.failure: tuple[int, str] | None = None

    def __call__(self, route: Route) -> None:
        request = route.request
        if self.failure:
            status, body = self.failure
            route.fulfill(status=status, body=body, content_type="application/json")
        elif request.method == "POST":
            correction = json.loads(request.post_data)
            self.taken[correction.pop("receipt")] = correction
            route.fulfill(status=201, json={})
        else:
            gone = self.taken.pop(request.url.split("/")[-1], None)
            route.fulfill(status=204 if gone else 404)


@pytest.fixture
def endpoint(asking: Page) -> Iterator[Endpoint]:
    endpoint = Endpoint()
    asking.evaluate("localStorage.clear()")
    asking.reload()
    asking.route("**/lenet/corrections**", endpoint)
    yield endpoint
    asking.unroute_all()


def agree(page: Page) -> None:
    no(page).click()
    choices(page).get_by_test_id("consent").check()
    page.keyboard.press("Escape")


def test_nothing_is_sent_unless_the_visitor_agrees(asking, endpoint):
    draw(asking)
    expect_whole_answer(asking, "7")
    no(asking).click()
    box = choices(asking).get_by_test_id("consent")
    expect(box).not_to_be_checked()
    expect(choices(asking)).to_contain_text("nothing about you")
    choices(asking).locator("[data-label='1']").click()
    expect(told(asking)).to_contain_text("Learnt")
    draw(asking, 2)
    expect_whole_answer(asking, "2")
    agree(asking)
    teach(asking, "3")
    expect(told(asking)).to_have_text("Sent. Thank you.")
    (sent,) = endpoint.taken.values()  # not the one before
    assert set(sent) == {"image", "strokes", "label", "answer", "weights", "session"}
    assert (sent["label"], sent["answer"], len(sent["weights"])) == ("3", "2", 64)
    asking.reload()
    draw(asking)
    no(asking).click()
    expect(choices(asking).get_by_test_id("consent")).not_to_be_checked()
    asking.keyboard.press("Escape")


def give_a_seven(page: Page) -> None:
    """A 7 is drawn, taught to be a 1, and sent."""
    draw(page)
    expect_whole_answer(page, "7")
    agree(page)
    teach(page, "1")
    expect(told(page)).to_have_text("Sent. Thank you.")


def test_taking_back_withdraws_also_after_a_failure_and_a_reload(asking, endpoint):
    give_a_seven(asking)
    endpoint.failure = (503, "{}")
    dialog = opened_list(asking)
    expect(dialog.locator("li")).to_contain_text("sent")
    dialog.get_by_role("button", name="Take back: read as 7, is 1").click()
    expect(dialog).to_contain_text("Not withdrawn yet")
    expect(dialog.locator("li")).to_have_count(0)
    asking.reload()
    endpoint.failure = None
    dialog = opened_list(asking)  # though nothing is taught
    dialog.get_by_role("button", name="Withdraw the one you sent").click()
    expect(dialog).to_contain_text("no longer have it")
    assert not endpoint.taken
    expect(dialog.get_by_test_id("withdraw")).to_be_hidden()
    asking.keyboard.press("Escape")
    taught_a_seven(asking)
    expect(opened_list(asking).locator("li")).to_have_count(1)
    assert not endpoint.taken  # agreed to before the reload, not since
    asking.keyboard.press("Escape")


def test_what_is_unlearnt_and_what_is_withdrawn_is_said(asking, endpoint):
    taught_a_seven(asking)
    dialog = opened_list(asking)
    expect(dialog.locator(".here")).to_contain_text("LeNet unlearns them here.")
    expect(dialog.locator(".sent")).to_be_hidden()
    asking.keyboard.press("Escape")
    draw(asking, 2)
    expect_whole_answer(asking, "2")
    agree(asking)
    teach(asking, "3")
    expect(told(asking)).to_have_text("Sent. Thank you.")
    dialog = opened_list(asking)
    expect(dialog.locator(".here")).to_contain_text("The one you sent is withdrawn, too.")
    expect(dialog.locator(".sent")).to_contain_text("LeNet stays taught.")
    dialog.get_by_role("button", name="Take all back").click()
    expect(dialog.get_by_role("status")).to_contain_text("no longer have it")
    assert not endpoint.taken
    dialog.get_by_test_id("undo-hand").click()
    expect(dialog.get_by_role("status")).to_contain_text("stays withdrawn")
    expect(dialog.locator("li")).to_have_count(2)
    expect(dialog.locator("li", has_text="sent")).to_have_count(0)
    assert not endpoint.taken
    asking.keyboard.press("Escape")


def test_what_is_withdrawn_stays_taught(asking, endpoint):
    give_a_seven(asking)
    dialog = opened_list(asking)
    dialog.get_by_test_id("withdraw").click()
    expect(dialog.get_by_role("status")).to_contain_text("no longer have it")
    assert not endpoint.taken
    expect(dialog.locator("li")).to_have_count(1)
    asking.keyboard.press("Escape")
    expect_read(asking, "1")


def test_what_is_sent_as_read_is_what_the_network_read_not_the_hand(asking, endpoint):
    taught_a_seven(asking)
    draw(asking, left=0.1, top=0.05, size=0.8)
    expect_whole_answer(asking, "1")  # by the hand
    agree(asking)
    teach(asking, "9")
    expect(told(asking)).to_have_text("Sent. Thank you.")
    (sent,) = endpoint.taken.values()
    assert (sent["label"], sent["answer"]) == ("9", "7")
    expect(opened_list(asking).locator("li").first).to_contain_text("read as 1, is 9")  # as it was seen
    asking.keyboard.press("Escape")


def test_what_was_taught_otherwise_before_is_withdrawn(asking, endpoint):
    give_a_seven(asking)
    teach(asking, "9")
    expect(asking.get_by_test_id("answer")).to_have_text("9")
    asking.wait_for_function("JSON.parse(localStorage.getItem('lenet.hand')).sent.length === 1")
    expect(told(asking)).to_have_text("Sent. Thank you.")
    for _ in range(100):
        if [one["label"] for one in endpoint.taken.values()] == ["9"]:
            break
        asking.wait_for_timeout(20)
    assert [one["label"] for one in endpoint.taken.values()] == ["9"]


@pytest.mark.parametrize("body", ['{"error": "Too many at once."}', "no JSON"])
def test_what_cannot_be_sent_is_said_and_learnt_all_the_same(asking, endpoint, body):
    endpoint.failure = (429, body)
    draw(asking)
    expect_whole_answer(asking, "7")
    agree(asking)
    teach(asking, "1")
    expect(told(asking)).to_contain_text("not sent: " + ("Too many at once." if "{" in body else ""))
    expect_read(asking, "1")


def test_a_page_whose_owner_takes_none_does_not_ask(page):
    draw(page)
    no(page).click()
    expect(choices(page).get_by_test_id("consent")).to_be_hidden()


# --- On every screen ------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(320, 568), (390, 664), (844, 390), (1280, 800)])
def test_nothing_moves_when_it_appears_and_all_of_it_fits(open_page, size):
    width, height = size
    page = open_page(**(LAPTOP if width == 1280 else PHONE))
    page.set_viewport_size({"width": width, "height": height})
    before = pad_box(page)
    taught_a_seven(page)
    assert pad_box(page) == before
    no(page).click()
    expect(choices(page)).to_have_count(1)
    places = [
        choices(page),
        *choices(page).locator("button:visible").all(),
        no(page),
        badge(page),
        toggle(page),
    ]
    for place in places:
        box = place.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    for button in choices(page).locator("button:visible").all():
        assert min(button.bounding_box()[side] for side in ("width", "height")) >= 44
    page.keyboard.press("Escape")
    for button in (no(page), badge(page), toggle(page)):
        assert button.evaluate(TARGET) >= 24
    dialog = opened_list(page)
    assert dialog.evaluate("(e) => e.scrollWidth <= e.clientWidth && e.offsetHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


TARGET = """(button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    const [across, down] = [x + width / 2, y + height / 2];
    let reach = 0;
    while (document.elementFromPoint(across, down - reach) === button) reach += 1;
    let below = 0;
    while (document.elementFromPoint(across, down + below) === button) below += 1;
    return reach + below;
}"""
"""Height, in CSS pixels, of what can be hit of a button at its middle."""


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_serious_in_what_opens(open_page: Callable[..., Page], axe, width, scheme):  # noqa: F811
    page = open_page(viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce")
    taught_a_seven(page)
    no(page).click()
    found = findings(page, axe)
    page.keyboard.press("Escape")
    opened_list(page)
    assert not found + findings(page, axe)


FORTY = """(count) => {
    const base64 = (number) => btoa(String.fromCharCode(...Array(783).fill(90), number));
    const corrections = Array.from({ length: count }, (_, number) => (
        { id: `id${number}`, image: base64(number), label: "1", answer: "7" }
    ));
    localStorage.setItem("lenet.hand", JSON.stringify({ corrections, sent: [], session: "" }));
    window.name = "again";
}"""

OVERLAPS = """([one, others]) => {
    const rows = (element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return [...range.getClientRects()];
    };
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((e) => e.offsetParent);
    const isOnALine = (a, b) => a.top < b.bottom && b.top < a.bottom;
    const meet = (a, b) => isOnALine(a, b) && a.left < b.right + 4 && b.left < a.right + 4;
    return shown(one).flatMap(rows).some((a) => shown(others).flatMap(rows).some((b) => meet(a, b)));
}"""
"""Whether texts come closer to each other than 4 px on a line."""


@pytest.mark.parametrize("style", ["/**/", SPACING], ids=["", "spaced"])
@pytest.mark.parametrize("width", [1024, 1100, 1280])
def test_the_badge_keeps_off_the_milliseconds(open_page, width, style):
    page = open_page(**LAPTOP)
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(FORTY, 40)
    page.reload()
    page.add_style_tag(content=style)
    expect(badge(page)).to_have_text("Your hand, 40 corrections")
    show(page, "274", milliseconds=1234)
    assert not page.evaluate(OVERLAPS, [".hand", ".times dt, .times dd"])
    times, hand = (page.locator(f"{name}:visible").bounding_box() for name in (".times", ".hand"))
    assert times["x"] + times["width"] <= hand["x"] or times["y"] + times["height"] <= hand["y"]
    page.evaluate("window.name = ''")


def test_a_phone_on_its_side_has_room_for_badge_and_milliseconds(open_page):
    page = open_page(**{**PHONE, "viewport": {"width": 844, "height": 390}})
    taught_a_seven(page)
    assert no(page).bounding_box()["y"] == pytest.approx(badge(page).bounding_box()["y"], abs=2)
    tops = {time.bounding_box()["y"] for time in page.locator(".times:visible > div").all()}
    assert len(tops) == 1


# --- Behind the choices, and the switch ------------------------------------------------------


def turn(page: Page) -> None:
    size = page.viewport_size
    page.set_viewport_size({"width": size["height"], "height": size["width"]})


def tab_past(page: Page) -> None:
    page.keyboard.press("Shift+Tab")


def tab_on(page: Page) -> None:
    for _ in choices(page).locator("button:visible").all():
        page.keyboard.press("Tab")


def begin_a_stroke(page: Page) -> None:
    draw_and_hold(page, placed(page, [[(0.8, 0.1), (0.8, 0.3)]])[0])


CHANGES = {
    "turned": turn,
    "other tab": lambda page: page.evaluate("location.hash = 'tab=photo'"),
    "back": lambda page: page.go_back(),
    "focus before it": tab_past,
    "focus behind it": tab_on,
    # As a screen reader does: no pointer, no key.
    "undo": lambda page: page.get_by_test_id("undo").dispatch_event("click"),
    "clear": lambda page: page.get_by_test_id("clear").dispatch_event("click"),
    "stroke": begin_a_stroke,
    "other piece": lambda page: page.evaluate(
        "dispatchEvent(new CustomEvent('lenet:drawing:choose', { detail: 0 }))"
    ),
    "other answer": lambda page: show(page, "35"),
}


def test_the_choices_follow_their_button(page):
    draw(page)
    expect_whole_answer(page, "7")
    no(page).click()
    before = choices(page).bounding_box()
    page.locator(".answer:visible").evaluate("(answer) => { answer.style.marginTop = '40px'; }")
    page.wait_for_function(
        "(y) => document.querySelector(':popover-open').getBoundingClientRect().y > y + 39", arg=before["y"]
    )
    choices(page).locator("[data-label='1']").click()
    expect_read(page, "1")


@pytest.mark.parametrize("change", CHANGES)
def test_the_choices_close_as_soon_as_what_they_are_about_is_not_shown_there(page, change):
    if change == "back":
        page.evaluate("location.hash = 'tab=photo'")
        expect(page.get_by_role("tab", name="Photo")).to_have_attribute("aria-selected", "true")
        page.evaluate("location.hash = ''")
        expect(page.get_by_role("tab", name="Draw")).to_have_attribute("aria-selected", "true")
    draw_by_mouse(page, strokes_of(page, "27"))
    expect_whole_answer(page, "27")
    page.get_by_test_id("answer").locator("button").nth(1).click()
    no(page).click()
    expect(choices(page)).to_have_count(1)
    CHANGES[change](page)
    expect(choices(page)).to_have_count(0)
    page.keyboard.press("1")
    assert page.evaluate("localStorage.length") == 0
    page.mouse.up()


def test_no_key_undoes_what_the_choices_are_about(page):
    draw(page)
    expect_whole_answer(page, "7")
    no(page).click()
    expect(choices(page)).to_have_count(1)
    page.keyboard.press("Control+z")
    expect_read(page, "7")
    expect(choices(page)).to_have_count(1)
    page.keyboard.press("1")
    expect_read(page, "1")


def test_nothing_is_asked_about_what_is_gone_before_the_choices_are_loaded(page):
    held: list[Route] = []
    page.route("**/lenet/teach.html*", lambda route: held.append(route))
    draw(page)
    expect_whole_answer(page, "7")
    no(page).click()
    wait_for(page, held)
    page.get_by_test_id("clear").click()
    draw(page, 2)
    expect_whole_answer(page, "2")
    held.pop().continue_()
    expect(page.locator("[data-testid=choices]")).to_have_count(1)
    expect(choices(page)).to_have_count(0)
    no(page).click()
    expect(choices(page)).to_have_count(1)


def test_the_choices_stay_while_the_page_scrolls_and_the_same_is_shown(phone):
    page = phone
    draw(page)
    expect_whole_answer(page, "7")
    no(page).click()
    expect(choices(page)).to_have_count(1)
    page.evaluate("scrollBy(0, 40)")
    page.evaluate("dispatchEvent(new CustomEvent('lenet:hand'))")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(choices(page)).to_have_count(1)


def test_the_list_does_not_hold_a_page_on_which_it_is_not_seen(page):
    taught_a_seven(page)
    opened_list(page)
    page.evaluate("location.hash = 'tab=photo'")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_role("tab", name="Draw").click()
    draw(page)
    expect_whole_answer(page, "1")


@pytest.mark.parametrize("key", ["Escape", "Delete"])
def test_no_key_clears_the_pad_behind_the_choices(page, key):
    draw(page)
    expect_whole_answer(page, "7")
    no(page).click()
    choices(page).locator("p").click()  # the focus is nowhere now
    page.keyboard.press(key)
    expect_read(page, "7")
    if key == "Escape":
        expect(choices(page)).to_have_count(0)


def test_the_switch_is_seen_when_it_is_off(page):
    taught_a_seven(page)
    toggle(page).click()
    expect(toggle(page)).to_have_attribute("aria-checked", "false")
    page.mouse.move(0, 0)
    page.wait_for_timeout(400)  # for its colour to change
    colour = "(one) => getComputedStyle(one).backgroundColor"
    assert toggle(page).evaluate(colour) not in ("rgba(0, 0, 0, 0)", page.locator("body").evaluate(colour))

"""What crawlers are told about the page: its own title, description, picture and icon, none of Gradio's."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

import httpx
import pytest
from conftest import FakeReader
from PIL import Image

from benchmarks.serving import serve
from lenet.ui import head
from lenet.ui.texts import text


class Told(HTMLParser):
    """The names and contents of a page's metadata."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._in_title = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a meta or link element says."""
        named = dict(attrs)
        self._in_title = tag == "title"
        if tag == "meta" and "content" in named:
            self.found.append((named.get("name") or named["property"], named["content"]))
        if tag == "link" and named["rel"] != "stylesheet":
            self.found.append((named["rel"], named["href"]))

    def handle_data(self, data: str) -> None:
        """Keep the title."""
        if self._in_title:
            self.found.append(("title", data))
            self._in_title = False


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A running page."""
    with serve(FakeReader()) as url:
        yield url


def get(address: str) -> httpx.Response:
    return httpx.get(address, timeout=20)  # a busy machine takes its time


@pytest.fixture(scope="module")
def told(address) -> list[tuple[str, str]]:
    """What the page tells about itself."""
    return Told(get(address).text).found


def test_each_thing_is_told_once(told):
    counts = Counter(name for name, _ in told)
    assert set(counts.values()) == {1}
    assert counts.keys() >= {"title", "description", "icon", "apple-touch-icon", "viewport"}
    assert counts.keys() >= {"og:title", "og:description", "og:image", "og:image:alt", "twitter:card"}


def test_it_is_told_in_the_words_of_the_catalogue(told):
    said = dict(told)
    assert said["title"] == said["og:title"] == text("page.title")
    assert said["description"] == said["og:description"] == text("page.description")


def test_nothing_of_gradios_is_told(told, address):
    assert not [said for name, said in told if "gradio" in said.lower()]
    beginning = get(address).text.partition("<script>")[0]
    assert "gradio" not in beginning.lower()


def test_crawlers_find_it_early(address):
    page = get(address).content
    assert page.index(b'property="og:image"') < page.index(b"<script")
    assert page.index(b'property="og:image"') < 5000


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_the_length_is_that_of_the_rewritten_page(address, method, encoding):
    with httpx.stream(method, address, headers={"Accept-Encoding": encoding}, timeout=20) as answer:
        sent = b"".join(answer.iter_raw())
    if method == "GET":
        assert int(answer.headers["content-length"]) == len(sent)
    assert answer.status_code == 200


def test_the_picture_is_of_the_size_told_and_small(address, told):
    said = dict(told)
    answer = get(address + said["og:image"])
    assert answer.headers["content-type"] == "image/png"
    assert len(answer.content) <= 60_000
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == head.CARD_SIZE
        assert [str(side) for side in picture.size] == [said["og:image:width"], said["og:image:height"]]


@pytest.mark.parametrize(("name", "kind"), [("icon", "image/svg+xml"), ("apple-touch-icon", "image/png")])
def test_the_icons_are_the_pages_own(address, told, name, kind):
    answer = get(address + dict(told)[name])
    assert answer.headers["content-type"] == kind
    assert answer.content in [path.read_bytes() for path in head.ICON.parent.iterdir()]


def test_addresses_are_relative_where_nobody_tells_them_safely(monkeypatch):
    monkeypatch.delenv("SPACE_HOST", raising=False)
    assert b"://" not in head.tags()


def test_on_spaces_the_picture_has_its_whole_address(monkeypatch):
    monkeypatch.setenv("SPACE_HOST", "someone-lenet.hf.space")
    said = dict(Told(head.tags().decode()).found)
    assert said["og:url"] == "https://someone-lenet.hf.space/"
    assert said["og:image"] == "https://someone-lenet.hf.space/lenet/card.png"


def test_a_text_cannot_leave_its_attribute(monkeypatch):
    monkeypatch.setattr(head, "text", lambda key: '"><script>')
    assert not re.search(rb'"><script>', head.tags())

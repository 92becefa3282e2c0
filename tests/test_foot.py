"""The foot of the page: its examples of the API work as they stand there."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator

import httpx
import pytest
from conftest import FakeReader
from PIL import Image
from visiting import LAPTOP

from benchmarks.serving import serve
from lenet.ui.texts import text

if os.environ.get("REQUIRE_BROWSER") != "1":
    pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A running page, read by no network."""
    with serve(FakeReader()) as url:
        yield url


def test_the_example_in_python_reads_a_drawing_and_a_photo(address, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Image.new("L", (60, 60), 255).save("photo.jpg")
    program = text("page.foot.api.python").replace("ADDRESS", address)
    exec(program, {})
    assert capsys.readouterr().out.split()[-2:] == ["7", "5"]


def test_the_example_with_curl_reads_a_drawing(address):
    words = shlex.split(text("page.foot.api.curl").replace("ADDRESS", address.rstrip("/")))
    name, value = words[words.index("-H") + 1].split(": ")
    asked = httpx.post(words[1], content=words[words.index("-d") + 1], headers={name: value}).json()
    answer = httpx.get(words[-1].replace("EVENT_ID", asked["event_id"])).text
    (read,) = json.loads(answer.partition("data: ")[2])
    assert read["text"] == "7"


def test_the_examples_call_the_address_of_the_page(open_page, address):
    page = open_page(**LAPTOP)
    page.get_by_text("Use it from a program").click()
    assert f'Client("{address.rstrip("/")}")' in page.get_by_test_id("api-python").inner_text()
    assert page.get_by_test_id("api-curl").inner_text().startswith(f"curl {address}gradio_api/")

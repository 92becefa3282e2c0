"""Two copies behind a real proxy, as in docs/serving.md: visitors keep their copy, and nothing is shared."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import httpx
import pytest
from gradio_client import Client, handle_file
from test_page import SEVEN, component_with

from benchmarks.serving import App, app, behind_proxy
from lenet import check
from lenet.reading import selftest

COPIES = ("one", "two")


class Site(NamedTuple):
    """The address of the proxy, and what is behind it."""

    address: str
    apps: tuple[App, ...]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two copies, each with a folder of its own for uploads, and haproxy in front of them."""
    with ExitStack() as stack:
        folders = [tmp_path_factory.mktemp(name) for name in COPIES]
        apps = tuple(stack.enter_context(app(GRADIO_TEMP_DIR=str(folder))) for folder in folders)
        try:
            port = stack.enter_context(behind_proxy(*(one.port for one in apps)))
        except RuntimeError as reason:
            if os.environ.get("REQUIRE_PROXY") == "1":
                raise
            pytest.skip(str(reason))
        yield Site(f"http://127.0.0.1:{port}/", apps)


@pytest.fixture(scope="module")
def number(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of 1998."""
    path = tmp_path_factory.mktemp("pictures") / "number.png"
    cv2.imwrite(str(path), selftest.picture("1998"))
    return path


@contextmanager
def _browser(site: Site, copy: str) -> Iterator[httpx.Client]:
    """A browser that has opened the page, and got this copy."""
    for _ in range(20):
        with httpx.Client(base_url=site.address, timeout=30) as browser:
            if browser.get("").raise_for_status().cookies["lenet_copy"] == copy:
                yield browser
                return
    raise AssertionError(f"20 browsers, and none got copy {copy}")


def _call(browser: httpx.Client, name: str, data: object) -> dict[str, Any]:
    component = component_with(str(browser.base_url), name)["id"]
    body = {"data": data, "component_id": component, "fn_name": name, "session_hash": "test"}
    answer: dict[str, Any] = browser.post("gradio_api/component_server/", json=body).raise_for_status().json()
    return answer


def _upload(browser: httpx.Client, path: Path) -> str:
    with path.open("rb") as file:
        (stored,) = browser.post("gradio_api/upload", files={"files": file}).raise_for_status().json()
    return str(stored)


@pytest.mark.parametrize("copy", COPIES)
def test_a_browser_keeps_its_copy_and_finds_its_upload_there(site: Site, copy: str, number: Path) -> None:
    with _browser(site, copy) as browser:
        for _ in range(4):
            assert _call(browser, "read_uploaded", _upload(browser, number))["text"] == "1998"


def test_copies_share_no_uploads(site: Site, number: Path) -> None:
    with _browser(site, "one") as browser, _browser(site, "two") as other:
        stored = _upload(browser, number)
        assert "error" in _call(other, "read_uploaded", stored)


def test_the_pad_needs_no_copy_of_its_own(site: Site) -> None:
    answers = []
    for copy in COPIES:
        with _browser(site, copy) as browser:
            answers.append(_call(browser, "read_strokes", SEVEN)["text"])
    assert answers == ["7", "7"]


def test_a_program_gets_its_results(site: Site, number: Path) -> None:
    client = Client(site.address, verbose=False)
    for _ in range(4):
        assert client.predict(handle_file(number), api_name="/read_image")["text"] == "1998"
        assert client.predict(SEVEN, api_name="/read_strokes")["text"] == "7"


def test_every_check_passes_through_the_proxy(site: Site) -> None:
    assert [result.sentence for result in check.run(site.address) if not result.is_good] == []


def test_a_visitor_whose_copy_is_gone_goes_on_with_the_other(site: Site) -> None:
    """The last test of this file, for it ends a copy."""
    with _browser(site, "one") as browser:
        site.apps[0].stop()
        assert _call(browser, "read_strokes", SEVEN)["text"] == "7"
        assert browser.cookies["lenet_copy"] == "two"

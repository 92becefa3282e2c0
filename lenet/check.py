"""Tests a running copy of the page from outside, as visitors and programs meet it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2

from lenet.reading import selftest

if TYPE_CHECKING:
    import httpx

CHECK_SECONDS = 30.0
"""Seconds that one check may take; chosen: a Space that sleeps needs them to answer."""

HEADERS = {
    "content-encoding": "gzip",
    "content-security-policy": "default-src 'self'",
    "x-content-type-options": "nosniff",
}
"""Headers of the page, and what each must hold."""

_TEXT = selftest.PICTURE
"""What is drawn and sent."""

_FOOT = re.compile(r'<footer><p data-version="([^"]*)" data-tested="(\d+)"')
"""What `lenet.ui.page` writes at the page's foot."""


class Result(NamedTuple):
    """One check: whether it held, and a sentence on what was found."""

    is_good: bool
    sentence: str


def run(address: str) -> Iterator[Result]:
    """Check a page, one thing after the other; each takes `CHECK_SECONDS` at most.

    Args:
        address: of the page, as "http://127.0.0.1:7860".

    Raises:
        ImportError: httpx is not installed.
        ValueError: it is no such address.
    """
    checks: dict[str, Callable[[httpx.Client], str]] = {
        "page": _page,
        "headers": _headers,
        "foot": _foot,
        "drawing": _drawing,
        "picture": _picture,
    }
    with _client(address) as client:
        for name, check in checks.items():
            start = time.perf_counter()
            is_good, found = _in_time(check, client)
            yield Result(is_good, f"{name}: {found} ({time.perf_counter() - start:.1f} s)")


def _client(address: str) -> httpx.Client:
    try:
        import httpx
    except ImportError as error:
        raise ImportError(
            "httpx: wanted to ask the page, it is not installed; pip install httpx, which Gradio brings too"
        ) from error
    try:
        url = httpx.URL(address.rstrip("/") + "/")
        is_address = url.scheme in ("http", "https") and bool(url.host)
    except httpx.InvalidURL:
        is_address = False
    if not is_address:
        raise ValueError(f"{address}: wanted the address of a page; write it as http://127.0.0.1:7860")
    return httpx.Client(base_url=url, timeout=CHECK_SECONDS, follow_redirects=True)


def _in_time(check: Callable[[httpx.Client], str], client: httpx.Client) -> tuple[bool, str]:
    """What the check found, or why it failed.

    httpx bounds the wait for each piece of an answer only, so a thread waits for the whole.
    """
    outcome = [(False, f"wanted an answer within {CHECK_SECONDS:g} s, got none")]

    def act() -> None:
        try:
            outcome.append((True, check(client)))
        except Exception as error:  # whatever a stranger's server answers, the other checks are run
            outcome.append((False, " ".join(str(error).split()) or type(error).__name__))

    waiting = threading.Thread(target=act, daemon=True)
    waiting.start()
    waiting.join(CHECK_SECONDS)
    return outcome[-1]


def _page(client: httpx.Client) -> str:
    response = client.get("").raise_for_status()
    if "gradio_config" not in response.text:
        raise ValueError("wanted a page of Gradio, got another")
    return f"{len(response.content):,} bytes"


def _headers(client: httpx.Client) -> str:
    got = client.get("").headers
    lacking = [
        f"{name}: {value} (got {got.get(name, 'none')})"
        for name, value in HEADERS.items()
        if value not in got.get(name, "")
    ]
    if lacking:
        raise ValueError(f"wanted {'; '.join(lacking)}")
    return f"has {', '.join(HEADERS)}"


def _foot(client: httpx.Client) -> str:
    components = client.get("config").raise_for_status().json()["components"]
    found = _FOOT.search(" ".join(str(part["props"].get("value")) for part in components))
    if not found:
        raise ValueError("wanted the version at the page's foot, got none")
    if found[2] == "0":
        raise ValueError(f"wanted a self-test that passed, got version {found[1]} without one")
    return f"version {found[1]}, {found[2]} known inputs were read right when it started"


def _drawing(client: httpx.Client) -> str:
    return _read(client, "read_strokes", selftest.strokes(_TEXT))


def _picture(client: httpx.Client) -> str:
    _, png = cv2.imencode(".png", selftest.picture(_TEXT))
    files = {"files": ("number.png", png.tobytes(), "image/png")}
    (path,) = client.post("gradio_api/upload", files=files).raise_for_status().json()
    return _read(client, "read_image", {"path": path, "meta": {"_type": "gradio.FileData"}})


def _read(client: httpx.Client, name: str, value: Any) -> str:
    """Have `_TEXT` read by a function of the API: a call, then the events of its answer."""
    call = client.post(f"gradio_api/call/{name}", json={"data": [value, None]}).raise_for_status().json()
    events = client.get(f"gradio_api/call/{name}/{call['event_id']}").raise_for_status().text
    answer = re.search(r"^event: complete\ndata: (.*)$", events, re.MULTILINE)
    if not answer:
        raise ValueError(f"wanted an answer, got {events!r:.200}")
    reading = json.loads(answer[1])[0]
    if (reading["text"], reading["status"]) != (_TEXT, "ok"):
        raise ValueError(f"wanted {_TEXT} read, got {reading['text']!r} ({reading['status']})")
    return f"{_TEXT} is read"

"""Server functions: called by the page's scripts without Gradio's route, and only they."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from conftest import FakeReader
from test_page import SEVEN, component_with

from benchmarks.serving import serve
from lenet.reading.result import Reading

LONG = [[[x, x % 7] for x in range(400)]]
"""A drawing that takes longer to read than to hand to a thread."""


class WatchedReader(FakeReader):
    """Notes in which thread it reads."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def read_strokes(self, drawing: object, digits: object = None) -> Reading:
        """The same reading as ever."""
        self.threads.append(threading.get_ident())
        return super().read_strokes(drawing, digits)


@pytest.fixture(scope="module")
def reader() -> WatchedReader:
    """The reader of the page."""
    return WatchedReader()


@pytest.fixture(scope="module")
def address(reader: WatchedReader) -> Iterator[str]:
    """A running page."""
    with serve(reader) as url:
        yield url


@pytest.fixture
def call(address: str) -> dict[str, Any]:
    """The body of a good call."""
    component = component_with(address, "read_strokes")["id"]
    return {"data": SEVEN, "component_id": component, "fn_name": "read_strokes", "session_hash": "test"}


def _post(address: str, body: object) -> httpx.Response:
    return httpx.post(f"{address}gradio_api/component_server/", json=body)


def test_a_call_is_answered(address: str, call: dict[str, Any]) -> None:
    response = _post(address, call)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json()["text"] == "6"


def test_small_drawings_are_read_in_one_thread_and_others_are_not(
    address: str, call: dict[str, Any], reader: WatchedReader
) -> None:
    reader.threads.clear()
    for data in (SEVEN, LONG, SEVEN, SEVEN * 5):
        _post(address, {**call, "data": data})
    first, long, again, many = reader.threads
    assert first == again
    assert long != first
    assert many != first


@pytest.mark.parametrize(
    "change",
    [
        {"fn_name": "launch"},
        {"fn_name": "__init__"},
        {"fn_name": "read_uploaded"},
        {"fn_name": None},
        {"component_id": 10_000},
        {"component_id": "1"},
        {"component_id": []},
        {"component_id": {}},
    ],
    ids=str,
)
def test_nothing_else_can_be_called(address: str, call: dict[str, Any], change: dict[str, Any]) -> None:
    assert _post(address, {**call, **change}).status_code == 400


@pytest.mark.parametrize("body", [None, 7, [], {}, {"data": SEVEN}, "read_strokes"], ids=repr)
def test_what_is_no_call_is_refused(address: str, body: object) -> None:
    assert _post(address, body).status_code == 400


def test_many_at_once_are_each_answered(address: str, call: dict[str, Any]) -> None:
    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient() as client:
            bodies = [
                {**call, "data": [[[0, 0], [width, 100]]]} for width in range(5, 100, 10) for _ in range(4)
            ]
            route = f"{address}gradio_api/component_server/"
            return await asyncio.gather(*(client.post(route, json=body) for body in bodies))

    answers = [response.json()["text"] for response in asyncio.run(ask())]
    assert answers == [str(round(width / 10) % 10) for width in range(5, 100, 10) for _ in range(4)]

"""Bounds on the bodies of requests, without a server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable

import pytest
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from lenet.ui import limits
from lenet.ui.lanes import BusyError
from lenet.ui.limits import MAX_BODY_BYTES, Bodies, stated_size
from lenet.ui.refusals import Refusal


def coming(chunks: Iterable[bytes], whole: bool = True) -> Receive:
    """A body that comes in chunks; then the client hangs up, or where the body is `whole`, waits."""
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    if whole:
        messages[-1]["more_body"] = False
    else:
        messages.append({"type": "http.disconnect"})

    async def receive() -> Message:
        if not messages:
            await asyncio.sleep(60)
        return messages.pop(0)

    return receive


def read(receive: Receive, bodies: Bodies | None = None) -> bytes:
    """The body."""

    async def reading() -> bytes:
        async with (bodies or Bodies()).read(receive, "client") as body:
            return body

    return asyncio.run(reading())


def refusal(receive: Receive) -> int:
    """The status with which a body is refused."""
    with pytest.raises(Refusal) as caught:
        read(receive)
    return caught.value.status


def test_a_body_arrives_as_it_was_sent():
    body = json.dumps({"data": [[[0.1, 2.5]] * 50] * 20, "fn_name": "read_strokes"}).encode()
    assert read(coming([body[:7], b"", body[7:]])) == body


def test_a_client_that_hangs_up_has_not_sent_a_body():
    with pytest.raises(ClientDisconnect):
        read(coming([b"[1, 2]"], whole=False))


def test_the_largest_drawing_passes():
    strokes = [[[-123.45678901234567, 1234.5678901234567]] * 10 for _ in range(1000)]
    body = json.dumps({"data": strokes, "component_id": 9, "session_hash": "x", "fn_name": "read_strokes"})
    assert read(coming([body.encode()])) == body.encode()


@pytest.mark.parametrize(
    ("chunks", "status"),
    [
        ([b"1" * (MAX_BODY_BYTES + 1)], 413),
        ([b"1" * 1_000_000] * 6, 413),
        ([b"[],"] * 12_000, 413),
        ([b"0," * 23_000], 413),
        ([b"{}" * 200], 413),
        ([b"[" * 33], 400),
        ([b"["] * 33, 400),
        ([b'{"a":' * 33], 400),
        ([b'"' + b"]" * 5000 + b'"', b"[" * 33], 400),
    ],
    ids=[
        "bytes",
        "bytes in pieces",
        "lists",
        "items",
        "objects",
        "deep",
        "deep in pieces",
        "objects",
        "closed",
    ],
)
def test_a_body_that_would_take_long_to_parse_is_refused_before(chunks, status):
    assert refusal(coming(chunks)) == status


def test_a_body_of_which_nothing_comes_is_given_up(monkeypatch):
    monkeypatch.setattr(limits, "_MAX_SILENCE", 0.05)
    messages = coming([b"[1, "], whole=True)

    async def receive() -> Message:
        return {**await messages(), "more_body": True}

    assert refusal(receive) == 408


def test_a_body_that_comes_byte_by_byte_is_given_up(monkeypatch):
    monkeypatch.setattr(limits, "_MAX_BODY_TIME", 0.1)

    async def receive() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b" ", "more_body": True}

    assert refusal(receive) == 408


def test_bodies_in_progress_take_a_bounded_memory_which_is_free_again_after_them():
    bodies = Bodies()

    async def reading() -> None:
        async with bodies.read(coming([b"1" * 4_900_000]), "a"), bodies.read(coming([b"1" * 4_900_000]), "a"):
            with pytest.raises(BusyError):
                async with bodies.read(coming([b"1" * 4_900_000]), "a"):
                    pass
            async with bodies.read(coming([b"1" * 4_900_000]), "b"):
                pass

    asyncio.run(reading())
    assert len(read(coming([b"1" * 4_900_000]), bodies)) == 4_900_000


@pytest.mark.parametrize(
    ("headers", "size"),
    [
        ({"content-length": "10"}, 10),
        ({}, 0),
        ({"transfer-encoding": "chunked"}, None),
        ({"content-length": "10", "transfer-encoding": "chunked"}, None),
    ],
)
def test_a_body_in_chunks_states_no_size(headers, size):
    assert stated_size(Headers(headers)) == size

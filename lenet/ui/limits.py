"""Bounds on the bodies of requests, checked while they come and before anything parses them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import numpy as np
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from lenet.ui.lanes import Budget, Client
from lenet.ui.refusals import Refusal

MAX_UPLOAD_MEGABYTES = 50
"""Size limit of an uploaded file, in units of 2**20 bytes; the page checks it before it sends one."""

MAX_UPLOAD_BYTES = (MAX_UPLOAD_MEGABYTES + 1) * 2**20
"""Maximum size of an upload, in bytes: one file, and what multipart encoding adds to it."""

MAX_BODY_BYTES = 5_000_000
"""Maximum size of other requests, in bytes; chosen: ten times a drawing of 10,000 points of 17 digits."""

LARGE_BODY_BYTES = 64_000
"""Size in bytes above which bodies wait for each other: parsing one of this size takes 1 ms (measured)."""

_MAX_OPENED = 11_100
"""Maximum number of lists in a body: 10,000 points, 1,000 strokes and what is around them."""

_MAX_ITEMS = 22_000
"""Maximum number of commas: two numbers a point, and what is around them."""

_MAX_OBJECTS = 100
"""Maximum number of objects in a body; chosen: a request has less than ten."""

_MAX_DEPTH = 32
"""Maximum depth of lists and objects in each other; chosen: a drawing has seven."""

_MAX_SILENCE = 10
"""Seconds without a byte after which a body is given up; chosen: longer than a telephone changes its cell."""

_MAX_BODY_TIME = 30
"""Seconds in which a body must be there: 5 MB by a connection of 1.3 Mbit/s."""

_MAX_UPLOAD_TIME = 300
"""Seconds in which an upload must be there: 50 MB by a connection of 1.4 Mbit/s."""


class Bodies:
    """Reads the bodies of requests, within bounds on each and on all together."""

    def __init__(self) -> None:
        """No body is in memory yet."""
        self._memory = Budget(total=48_000_000, share=12_000_000)

    @asynccontextmanager
    async def read(self, receive: Receive, client: Client) -> AsyncIterator[bytes]:
        """Read a body; it counts as being in memory until the context ends.

        Raises:
            Refusal: it is too large, too slow, or no request that the page or its API sends.
            BusyError: the bodies of this client, or of all, take too much memory.
            ClientDisconnect: it was given up.
        """
        chunks: list[bytes] = []
        count = _Count()
        size = 0
        try:
            async for chunk in _chunks(receive, _MAX_BODY_TIME):
                self._memory.take(client, len(chunk))
                size += len(chunk)
                if size > MAX_BODY_BYTES:
                    raise too_large(MAX_BODY_BYTES // 1_000_000)
                count.add(chunk)
                chunks.append(chunk)
            yield b"".join(chunks)
        finally:
            self._memory.give_back(client, size)


class _Count:
    """What a body of JSON opens, counted in its bytes; what stands in texts counts too."""

    def __init__(self) -> None:
        self.lists = self.items = self.objects = 0
        self._level = self._lowest = 0

    def add(self, chunk: bytes) -> None:
        """Count a chunk; Refusal once there is too much."""
        self.lists += chunk.count(b"[")
        self.items += chunk.count(b",")
        self.objects += chunk.count(b"{")
        if chunk and self._depth(chunk) > _MAX_DEPTH:
            raise Refusal(400, "error.request.malformed")
        if self.lists > _MAX_OPENED or self.items > _MAX_ITEMS or self.objects > _MAX_OBJECTS:
            raise Refusal(413, "error.request.too_many")

    def _depth(self, chunk: bytes) -> int:
        """The most levels of a place in the chunk above the lowest before it: closing more hides nothing."""
        levels = self._level + _STEPS[np.frombuffer(chunk, np.uint8)].cumsum(dtype=np.int32)
        lowest = np.minimum(np.minimum.accumulate(levels), self._lowest)
        self._level, self._lowest = int(levels[-1]), int(lowest[-1])
        return int((levels - lowest).max())


_STEPS = np.zeros(256, np.int8)
"""By byte, how much deeper it leads."""
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1


async def _chunks(receive: Receive, seconds: float) -> AsyncIterator[bytes]:
    """The body as it comes; raises Refusal where it is too slow, ClientDisconnect where it is given up."""
    timed = in_time(receive, seconds)
    more = True
    while more:
        message = await timed()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        more = message.get("more_body", False)
        yield message.get("body", b"")


def in_time(receive: Receive, seconds: float = _MAX_UPLOAD_TIME, max_bytes: float = float("inf")) -> Receive:
    """A `receive` that raises Refusal where a body is too slow or too large.

    Args:
        receive: gives the body.
        seconds: in which the whole of it must be there.
        max_bytes: of it.
    """
    end = time.monotonic() + seconds
    size = 0
    done = False

    async def timed() -> Message:
        nonlocal size, done
        if done:
            return await receive()  # the connection's end, for which a response may wait
        try:
            with anyio.fail_after(max(0, min(_MAX_SILENCE, end - time.monotonic()))):
                message = await receive()
        except TimeoutError as error:
            raise Refusal(408, "error.request.slow") from error
        size += len(message.get("body", b""))
        done = not message.get("more_body", False)
        if size > max_bytes:
            raise too_large(MAX_UPLOAD_MEGABYTES)
        return message

    return timed


def stated_size(headers: Headers) -> int | None:
    """How many bytes a request says that its body has; None if it does not say so."""
    if "transfer-encoding" in headers:  # it counts, whatever else is stated (RFC 9112, section 6.3)
        return None
    return int(headers.get("content-length", 0))  # the server has refused what is no number


def too_large(megabytes: int) -> Refusal:
    """The refusal of a body with too many bytes."""
    return Refusal(413, "error.request.too_large", megabytes=megabytes)


def replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives `body` first, then the messages of the connection."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay

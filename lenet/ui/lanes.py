"""Fair shares of what is scarce: so many at a time, the clients in turns, and no endless waiting."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

import anyio
import gradio as gr

from lenet.errors import InputError
from lenet.ui.texts import text

_T = TypeVar("_T")

Client = str
"""Whose share it is: see `client_of`."""

ANYBODY: Client = ""
"""Clients that cannot be told apart; they have no shares, only what all have together bounds them."""


class BusyError(InputError):
    """A client has as much in progress and waiting as it may."""

    def __init__(self) -> None:
        """Make the error."""
        super().__init__(text("error.busy"), code="busy")


def client_of(address: str | None) -> Client:
    """Whose share a request takes.

    Args:
        address: of the connection; behind a proxy that is trusted, of the proxy's client.

    Returns:
        The address; of IPv6 the first 56 bits, which one customer may have to himself. ANYBODY for this
        computer: it is the owner, or a proxy that does not say for whom it asks.
    """
    try:
        host = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ANYBODY
    if isinstance(host, ipaddress.IPv6Address) and host.ipv4_mapped:  # as servers for both name IPv4
        host = host.ipv4_mapped
    if host.is_loopback:
        return ANYBODY
    return str(host if host.version == 4 else ipaddress.ip_network((host, 56), strict=False))


class Lane:
    """So many at a time, of each client so many; the others wait, the clients taking turns."""

    def __init__(self, slots: int, share: int, waiting: int) -> None:
        """An empty lane.

        Args:
            slots: how many may be in it at a time.
            share: how many of these one client may have.
            waiting: how many more of one client may wait.
        """
        self._slots = slots
        self._share = share
        self._waiting = waiting
        self._running: Counter[Client] = Counter()
        self._queues: dict[Client, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, client: Client) -> AsyncIterator[None]:
        """Wait for a turn and hold it.

        Raises:
            BusyError: too much of this client waits already.
        """
        if len(self._queues.get(client, ())) >= self._waiting and not self._may_run(client):
            raise BusyError
        ready = asyncio.get_running_loop().create_future()
        self._queues.setdefault(client, deque()).append(ready)
        self._start_next()
        try:
            await ready
            yield
        finally:
            if ready.cancelled():  # given up while it waited
                with suppress(KeyError, ValueError):
                    self._queues[client].remove(ready)
            else:
                self._running[client] -= 1
                self._running += Counter()  # drops clients that have none
            self._start_next()

    def _may_run(self, client: Client) -> bool:
        has_share = client == ANYBODY or self._running[client] < self._share
        return has_share and self._running.total() < self._slots

    def _start_next(self) -> None:
        """Give the free slots away; a client that gets one goes to the end of the row."""
        for client, queue in list(self._queues.items()):
            if queue and self._may_run(client):
                queue.popleft().set_result(None)
                self._running[client] += 1
                self._queues[client] = self._queues.pop(client)
            if not queue:
                del self._queues[client]


class Budget:
    """So many bytes in all, and of each client so many."""

    def __init__(self, total: int, share: int) -> None:
        """Nothing is taken yet.

        Args:
            total: bytes that may be taken.
            share: bytes of these that one client may take.
        """
        self._total = total
        self._share = share
        self._taken: Counter[Client] = Counter()

    def take(self, client: Client, size: int) -> None:
        """Take bytes.

        Raises:
            BusyError: there are not as many left, or not for this client.
        """
        has_share = client == ANYBODY or self._taken[client] + size <= self._share
        if not has_share or self._taken.total() + size > self._total:
            raise BusyError
        self._taken[client] += size

    def give_back(self, client: Client, size: int) -> None:
        """Give back what was taken."""
        self._taken[client] -= size
        self._taken += Counter()  # drops clients that have none


class Pace:
    """Lets the requests of each client through at a bounded rate; faster ones wait."""

    def __init__(self, rate: float, burst: float, patience: float) -> None:
        """Nobody has asked yet.

        Args:
            rate: units a second and client.
            burst: units that may come at once after a pause.
            patience: seconds that a request may have to wait.
        """
        self._rate = rate
        self._burst = burst
        self._patience = patience
        self._free: dict[Client, float] = {}  # when each client has used up what it took

    async def wait(self, client: Client, units: float) -> None:
        """Wait until a client may ask for so much.

        Raises:
            BusyError: it would have to wait too long.
        """
        if client == ANYBODY:
            return
        now = time.monotonic()
        free = max(self._free.pop(client, 0), now) + units / self._rate
        delay = free - now - self._burst / self._rate
        if delay > self._patience:
            free -= units / self._rate
        self._free[client] = free
        while self._free and next(iter(self._free.values())) <= now:  # those that asked longest ago
            del self._free[next(iter(self._free))]
        if delay > 0:
            await asyncio.sleep(min(delay, self._patience))
        if delay > self._patience:
            raise BusyError


@dataclass(frozen=True)
class Lanes:
    """Where readings wait, so that those that take long do not hold the others up.

    More threads at a time would not read more, for they share Python's lock, and the server needs it too.

    Attributes:
        small: drawings that are read in milliseconds.
        drawings: large drawings; see `is_large`.
        photos: photos, each of which may take seconds and some hundred megabytes.
    """

    small: Lane = field(default_factory=lambda: Lane(slots=2, share=1, waiting=256))
    drawings: Lane = field(default_factory=lambda: Lane(slots=1, share=1, waiting=16))
    photos: Lane = field(default_factory=lambda: Lane(slots=2, share=1, waiting=32))

    def of(self, drawing: object) -> Lane:
        """Where a drawing, or whatever a client sent for one, waits."""
        return self.drawings if is_large(drawing) else self.small


async def in_turn(lane: Lane, request: gr.Request, work: Callable[[], _T]) -> _T:
    """Call `work` in a thread when it is the client's turn.

    Args:
        lane: to wait in.
        request: of the client.
        work: takes long.

    Raises:
        BusyError: too much of this client waits already.
    """
    async with lane.turn(client_of(request.client.host)):
        return await anyio.to_thread.run_sync(work)


_LONG_SECONDS = 0.005
"""Seconds from which a reading takes long for one that everybody waits for; a digit takes 0.001."""


async def at_once(lane: Lane, request: gr.Request, work: Callable[[], _T]) -> _T:
    """Call `work` here, not in a thread, when it is the client's turn.

    Others get theirs before his next, and where it took long, as much time.

    Args:
        lane: to wait in.
        request: of the client.
        work: takes milliseconds.

    Raises:
        BusyError: too much of this client waits already.
    """
    async with lane.turn(client_of(request.client.host)):
        start = time.perf_counter()
        result = work()
        took = time.perf_counter() - start
        await asyncio.sleep(took if took > _LONG_SECONDS else 0)
        return result


_LARGE_STROKES = 40
"""Strokes above which a drawing is large: it takes 30 ms to read, one of 1,000 takes 0.7 s (measured)."""

_LARGE_POINTS = 1_000
"""Points above which a drawing is large: so many in 40 strokes that go anywhere take 0.4 s to read, ten times
as many 2.6 s (measured)."""


def is_large(drawing: object) -> bool:
    """Whether a drawing takes long to read: whatever a client sent for a list of strokes."""
    if isinstance(drawing, dict):
        drawing = drawing.get("strokes")
    return exceeds(drawing, _LARGE_STROKES, _LARGE_POINTS)


def exceeds(drawing: object, strokes: int, points: int) -> bool:
    """Whether a drawing has more than so many strokes or points; what is no list has none.

    Args:
        drawing: whatever a client sent for a list of strokes.
        strokes: how many it may have.
        points: how many all of its strokes may have.
    """
    if not isinstance(drawing, list):
        return False
    length = sum(len(stroke) for stroke in drawing if isinstance(stroke, list))
    return len(drawing) > strokes or length > points

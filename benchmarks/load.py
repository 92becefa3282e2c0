"""Load: how many drawings the page answers, how soon, and whether its memory grows.

    python -m benchmarks.load [--visitors 200] [--seconds 300]

Starts the page, as `python app.py` does, and beside it a page of Gradio with an empty function, on 127.0.0.1.
All is bounded: by seconds, by connections, and each answer by a time limit. It prints

- closed loops of 8 and 40 connections, each of which asks again as soon as it is answered: answers per second
  of the page and of the empty function, which take turns, and their ratio, which holds on any machine;
- visitors, each at an address of his own, who draw the page's examples as its scripts do, at the speed of a
  pen, and ask while it moves: answers per second, p50 and p95 of their milliseconds, and the page's memory;
- the closed loops through haproxy, where it is installed, in front of one copy of the page and of two.

The clients run in this process: it and the page need a core each.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, chain, cycle, pairwise
from math import dist
from typing import NamedTuple
from urllib.request import urlopen

import anyio
import numpy as np

from benchmarks.serving import app, behind_proxy, free_port, haproxy, megabytes, wait_for_page
from lenet.ui import examples

Stroke = list[tuple[float, float]]

CONNECTIONS = (8, 40)
"""Of the closed loops."""

TURNS = 3
"""How often page and empty function take turns."""

TIME_OUT = 10.0
"""Seconds for one answer; chosen: the page's scripts wait for 5."""

PAD_SIDE = 460
"""Side of the pad on a laptop, in CSS pixels, the unit in which the page sends strokes."""

PAUSE = 0.08
"""Seconds between two requests while the pen moves, as in `lenet/ui/scripts/requests.js`."""

PEN_SPEED, LIFT_TIME = 1.7, 0.18
"""Sides of the pad a second, and seconds between strokes, as in `lenet/ui/scripts/replay.js`."""

REST = (3.0, 8.0)
"""Seconds, the least and the most, that a visitor looks at an answer before the next drawing; chosen."""


class Place(NamedTuple):
    """Where to ask: a port of 127.0.0.1, the number of the pad's component there, and a proxy's cookies."""

    port: int
    component: int
    cookies: tuple[str, ...] = ("",)


class Outcome(NamedTuple):
    """What clients met.

    Attributes:
        seconds: how long they asked.
        waits: for each answer its milliseconds.
        errors: for each request that got no answer, or an error, what kind of error.
    """

    seconds: float
    waits: list[float]
    errors: list[str]

    @classmethod
    def joined(cls, outcomes: Sequence[Outcome]) -> Outcome:
        """One after the other."""
        seconds, waits, errors = zip(*outcomes, strict=True)
        return cls(sum(seconds), [*chain(*waits)], [*chain(*errors)])

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.waits) / self.seconds

    def __str__(self) -> str:
        """All that matters."""
        p50, p95 = np.percentile(self.waits or [np.nan], [50, 95])
        errors = ", ".join(f"{count} {kind}" for kind, count in Counter(self.errors).items())
        return f"{self.rate:5.0f} answers/s, p50 {p50:5.1f} ms, p95 {p95:5.1f} ms, {errors or 'no'} errors"


def main() -> None:
    """Measure and print."""
    options = _options()
    with app() as page, empty_page() as empty:
        places = {"empty function": place_of(empty), "page": place_of(page.port)}
        for connections in CONNECTIONS:
            _print_loops(f"{connections} connections", connections, options.loop_seconds, places)
        _print_visits(places, options, page.process.pid)
        if haproxy():
            _print_copies(page.port, options.loop_seconds)


def _print_copies(port: int, seconds: float) -> None:
    """Closed loops through haproxy, in front of the page alone and of two copies."""
    with app() as other, behind_proxy(port, port) as one, behind_proxy(port, other.port) as two:
        places = {"one copy behind haproxy": place_of(one), "two copies behind haproxy": place_of(two)}
        for connections in CONNECTIONS:
            _print_loops(f"{connections} connections", connections, seconds, places)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Load the page.")
    parser.add_argument("--visitors", type=int, default=200, help="who draw at once (default: 200)")
    parser.add_argument("--seconds", type=float, default=300, help="that they draw for (default: 300)")
    parser.add_argument("--loop-seconds", type=float, default=5, help="of each closed loop (default: 5)")
    return parser.parse_args()


def place_of(port: int) -> Place:
    """Where the page, or the empty function, at a port of 127.0.0.1 is to be asked."""
    with urlopen(f"http://127.0.0.1:{port}/config", timeout=TIME_OUT) as response:
        components = json.load(response)["components"]
    (pad,) = (part["id"] for part in components if "read_strokes" in part["props"].get("server_fns", []))
    return Place(port, pad, tuple({_cookie(port) for _ in range(8)}))


def _cookie(port: int) -> str:
    """What a browser that opens the page is to send from then on; haproxy tells it its copy."""
    with urlopen(f"http://127.0.0.1:{port}/", timeout=TIME_OUT) as response:
        return (response.headers["set-cookie"] or "").partition(";")[0]


def _print_loops(name: str, connections: int, seconds: float, places: dict[str, Place]) -> None:
    """Closed loops at some places in turns, and the ratio of the last one's answers to the first one's."""
    turns = [[closed_loop(place, connections, seconds) for place in places.values()] for _ in range(TURNS)]
    for place, outcomes in zip(places, zip(*turns, strict=True), strict=True):
        print(f"{name}, {place}: {Outcome.joined(outcomes)}")
    ratio = statistics.median(outcomes[-1].rate / outcomes[0].rate for outcomes in turns)
    print(f"{name}, {' / '.join(reversed(places))}: {ratio:.2f} of the answers per second", flush=True)


def _print_visits(places: dict[str, Place], options: argparse.Namespace, pid: int) -> None:
    """Visitors: of the empty function for a tenth of the time, of the page for as long, and for all of it."""
    name = f"{options.visitors} visitors"
    empty = visits(places["empty function"], options.visitors, options.seconds / 10)
    print(f"{name}, empty function: {empty}")
    visits(places["page"], options.visitors, options.seconds / 10)
    before = megabytes(pid)
    print(f"{name}, page: {visits(places['page'], options.visitors, options.seconds)}")
    after = megabytes(pid)
    print(f"memory of the page: {before:.0f} MB, at the end {after:.0f} MB ({after / before - 1:+.1%})")


@contextmanager
def empty_page() -> Iterator[int]:
    """A page of Gradio in a process of its own, whose function returns at once; gives its port."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=_serve_empty, args=(port,))
    process.start()
    try:
        wait_for_page(f"http://127.0.0.1:{port}/", process.is_alive)
        yield port
    finally:
        process.terminate()
        process.join()


def _serve_empty(port: int) -> None:
    import gradio as gr

    def read_strokes(strokes: object) -> dict[str, str]:
        return {}

    with gr.Blocks(analytics_enabled=False) as page:
        gr.HTML("empty", server_functions=[read_strokes], js_on_load="")
    page.launch(server_name="127.0.0.1", server_port=port, quiet=True)


class Connection:
    """A client's connection, kept open from request to request."""

    def __init__(self, place: Place, client: int) -> None:
        """Nothing is open yet.

        Args:
            place: where to ask.
            client: its number, from 0; it has an address and a session of its own.
        """
        self._place = place
        # All of 127.0.0.0/8 is this computer, on Linux at least.
        self._source = (f"127.1.{client // 250}.{1 + client % 250}", 0) if sys.platform == "linux" else None
        self._session = f"{client:012x}"
        self._cookie = place.cookies[client % len(place.cookies)]
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, strokes: bytes) -> None:
        """Ask as the page's scripts do, and wait for the answer.

        Args:
            strokes: as JSON.

        Raises:
            OSError, EOFError, ValueError: there was no answer in time, or an error.
        """
        body = b'{"data":%b,"component_id":%d,"fn_name":"read_strokes","session_hash":"%b"}' % (
            strokes,
            self._place.component,
            self._session.encode(),
        )
        head = (
            f"POST /gradio_api/component_server/ HTTP/1.1\r\nHost: 127.0.0.1:{self._place.port}\r\n"
            f"Content-Type: application/json\r\nAccept-Encoding: gzip\r\nCookie: {self._cookie}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            with anyio.fail_after(TIME_OUT):
                await self._exchange(head.encode() + body)
        except BaseException:
            self.close()
            raise

    async def _exchange(self, request: bytes) -> None:
        is_kept = self._streams is not None
        try:
            reader, head = await self._send(request)
        except (EOFError, ConnectionError):
            if not is_kept:
                raise
            self.close()  # the server closes idle connections; browsers ask again, too
            reader, head = await self._send(request)
        answer = await reader.readexactly(int(head.partition(b"content-length:")[2].split(None, 1)[0]))
        if not head.startswith(b"http/1.1 200") or answer.startswith(b'{"error"'):
            raise ValueError(f"wanted an answer, got {head!r} {answer!r:.200}")

    async def _send(self, request: bytes) -> tuple[asyncio.StreamReader, bytes]:
        """Send a request, and wait for the head of its answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(
                "127.0.0.1", self._place.port, local_addr=self._source
            )
        reader, writer = self._streams
        writer.write(request)
        return reader, (await reader.readuntil(b"\r\n\r\n")).lower()

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._streams:
            self._streams[1].close()
        self._streams = None


class Watch:
    """When clients are to end, and what they met until then."""

    def __init__(self, seconds: float) -> None:
        """The time begins."""
        self._start = time.perf_counter()
        self._seconds = seconds
        self._waits: list[float] = []
        self._errors: list[str] = []

    @property
    def is_over(self) -> bool:
        """Whether the time is over."""
        return time.perf_counter() - self._start >= self._seconds

    async def ask(self, connection: Connection, strokes: bytes) -> None:
        """Ask, and note how long the answer took, or that there was none."""
        start = time.perf_counter()
        try:
            await connection.ask(strokes)
            self._waits.append((time.perf_counter() - start) * 1000)
        except (OSError, EOFError, ValueError) as error:
            self._errors.append(type(error).__name__)
            await asyncio.sleep(1)  # as the page's scripts after a failure

    def outcome(self) -> Outcome:
        """What they met."""
        return Outcome(time.perf_counter() - self._start, self._waits, self._errors)


Client = Callable[[Watch], Awaitable[None]]


def _outcome(clients: list[Client], seconds: float) -> Outcome:
    async def run() -> Outcome:
        watch = Watch(seconds)
        await asyncio.gather(*(client(watch) for client in clients))
        return watch.outcome()

    return asyncio.run(run())


def closed_loop(place: Place, connections: int, seconds: float) -> Outcome:
    """Let clients ask again as soon as they are answered.

    Args:
        place: whom they ask.
        connections: number of clients.
        seconds: after which they ask no more.
    """
    drawings = [json.dumps(drawing).encode() for drawing in _drawings()]

    def client(number: int) -> Client:
        async def ask_on(watch: Watch) -> None:
            connection = Connection(place, number)
            for strokes in cycle(drawings):
                if watch.is_over:
                    break
                await watch.ask(connection, strokes)
            connection.close()

        return ask_on

    return _outcome([client(number) for number in range(connections)], seconds)


def visits(place: Place, visitors: int, seconds: float) -> Outcome:
    """Let visitors draw at the pace of handwriting, and rest between two drawings.

    Args:
        place: whom they ask.
        visitors: their number.
        seconds: after which none begins a drawing.
    """
    drawings = [_moments(drawing) for drawing in _drawings()]

    def client(number: int) -> Client:
        async def draw_on(watch: Watch) -> None:
            rng = random.Random(number)
            visitor = Visitor(place, number, watch)
            await asyncio.sleep(min(rng.uniform(0, REST[1]), seconds))
            while not watch.is_over:
                await visitor.draw(rng.choice(drawings))
                await asyncio.sleep(rng.uniform(*REST))
            visitor.close()

        return draw_on

    return _outcome([client(number) for number in range(visitors)], seconds)


class Moment(NamedTuple):
    """What is on the pad at a time.

    Attributes:
        time: in seconds from the first point.
        strokes: as JSON.
        is_pen_up: whether a stroke just ended.
    """

    time: float
    strokes: bytes
    is_pen_up: bool


class Visitor:
    """Asks as `lenet/ui/scripts/requests.js` does.

    While the pen moves there is one request under way; when it is lifted, one more at once.
    """

    def __init__(self, place: Place, number: int, watch: Watch) -> None:
        """A visitor with two connections, of the six that a browser may have."""
        self._moving, self._lifted = Connection(place, number), Connection(place, number)
        self._watch = watch

    async def draw(self, moments: list[Moment]) -> None:
        """Draw, and wait until all is answered."""
        start = time.perf_counter()
        moving: asyncio.Task[None] | None = None
        for moment in moments:
            await asyncio.sleep(start + moment.time - time.perf_counter())
            if moment.is_pen_up:
                await self._watch.ask(self._lifted, moment.strokes)
            elif moving is None or moving.done():
                moving = asyncio.create_task(self._watch.ask(self._moving, moment.strokes))
        if moving:
            await moving

    def close(self) -> None:
        """Close the connections."""
        self._moving.close()
        self._lifted.close()


def _drawings() -> list[list[Stroke]]:
    """The page's examples, in CSS pixels of its pad."""
    return [
        [[(round(PAD_SIDE * x, 1), round(PAD_SIDE * y, 1)) for x, y in stroke] for stroke in example.strokes]
        for example in examples.load()
    ]


def _moments(drawing: list[Stroke]) -> list[Moment]:
    """When the page asks while this is drawn: every `PAUSE` seconds, and when the pen is lifted."""
    moments: list[Moment] = []
    begins, before = 0.0, []
    for stroke in drawing:
        times = list(
            accumulate((dist(*pair) / PAD_SIDE / PEN_SPEED for pair in pairwise(stroke)), initial=0.0)
        )
        for number in range(int(times[-1] / PAUSE) + 1):
            drawn = stroke[: int(np.searchsorted(times, number * PAUSE, side="right"))]
            strokes = json.dumps([*before, drawn]).encode()
            moments.append(Moment(begins + number * PAUSE, strokes, is_pen_up=False))
        before = [*before, stroke]
        moments.append(Moment(begins + times[-1], json.dumps(before).encode(), is_pen_up=True))
        begins += times[-1] + LIFT_TIME
    return moments


if __name__ == "__main__":
    main()

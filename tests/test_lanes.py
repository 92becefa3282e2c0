"""Lanes and budgets: fair shares of what is scarce."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from types import SimpleNamespace

import pytest

from lenet.ui.lanes import Budget, BusyError, Lane, Pace, at_once, client_of, is_large


class Hall:
    """Clients in a lane: who is in it, and who has been let in, in order."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.let_in: list[str] = []
        self.inside: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}

    def send(self, name: str) -> asyncio.Task[None]:
        """Let a client, the first letter of `name`, ask for a turn."""
        self._ends[name] = asyncio.Event()
        return asyncio.create_task(self._take(name))

    async def _take(self, name: str) -> None:
        async with self.lane.turn(name[0]):
            self.let_in.append(name)
            self.inside.append(name)
            await self._ends[name].wait()
        self.inside.remove(name)

    async def end(self, name: str) -> None:
        """Let a turn end."""
        self._ends[name].set()
        await settle()


async def settle() -> None:
    """Let all tasks go as far as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


def run(scene: Callable[[], Awaitable[None]]) -> None:
    """Run a scene with an event loop."""
    asyncio.run(scene())


def test_a_lane_holds_so_many_at_a_time_and_so_many_of_one_client():
    async def scene() -> None:
        hall = Hall(Lane(slots=3, share=2, waiting=10))
        for name in ("a1", "a2", "a3", "b1", "b2"):
            hall.send(name)
        await settle()
        assert hall.inside == ["a1", "a2", "b1"]
        await hall.end("b1")
        assert hall.inside == ["a1", "a2", "b2"], "a client's third waits for one of his own"
        for name in ("a1", "a2", "b2", "a3"):
            await hall.end(name)
        assert hall.inside == []

    run(scene)


def test_clients_take_turns_however_many_one_of_them_sends():
    async def scene() -> None:
        hall = Hall(Lane(slots=1, share=1, waiting=10))
        for name in ("a1", "a2", "a3", "a4", "b1", "c1"):
            hall.send(name)
        await settle()
        for _ in range(6):
            await hall.end(hall.inside[0])
        assert hall.let_in == ["a1", "a2", "b1", "c1", "a3", "a4"]

    run(scene)


def test_who_would_wait_behind_too_many_of_his_own_is_refused_and_others_are_not():
    async def scene() -> None:
        hall = Hall(Lane(slots=1, share=1, waiting=1))
        tasks = [hall.send(name) for name in ("a1", "a2", "a3", "b1")]
        await settle()
        assert [task.done() for task in tasks] == [False, False, True, False]
        assert isinstance(tasks[2].exception(), BusyError)
        for name in ("a1", "b1", "a2"):
            await hall.end(name)

    run(scene)


@pytest.mark.parametrize("given_up", ["a1", "a2"])
def test_a_turn_that_is_given_up_waiting_or_not_holds_nobody_up(given_up):
    async def scene() -> None:
        hall = Hall(Lane(slots=1, share=1, waiting=2))
        tasks = {name: hall.send(name) for name in ("a1", "a2", "b1")}
        await settle()
        tasks[given_up].cancel()
        await settle()
        for name in {"a1", "b1", "a2"} - {given_up}:
            await hall.end(name)
        await settle()
        assert {"a1", "b1"} <= set(hall.let_in)
        async with hall.lane.turn("d"):
            pass

    run(scene)


def test_a_budget_is_shared_and_what_is_given_back_can_be_taken_again():
    budget = Budget(total=10, share=6)
    budget.take("a", 6)
    for client, size in (("a", 1), ("b", 5)):
        with pytest.raises(BusyError):
            budget.take(client, size)
    budget.take("b", 4)
    budget.give_back("a", 6)
    budget.take("a", 6)


def test_clients_that_cannot_be_told_apart_are_bounded_together_only():
    async def scene() -> None:
        hall = Hall(Lane(slots=3, share=1, waiting=10))
        hall.lane.turn = partial(_as_anybody, hall.lane.turn)
        for name in ("a1", "a2", "a3", "a4"):
            hall.send(name)
        await settle()
        assert hall.inside == ["a1", "a2", "a3"]
        for name in ("a1", "a2", "a3", "a4"):
            await hall.end(name)
        await Pace(rate=1, burst=1, patience=1).wait(client_of("127.0.0.1"), 1000)

    run(scene)
    Budget(total=10, share=6).take(client_of("::1"), 10)


def _as_anybody(turn: Callable[[str], object], client: str) -> object:
    return turn(client_of("127.0.0.1"))


def test_work_of_one_client_leaves_the_others_as_much_time():
    async def scene() -> None:
        lane = Lane(slots=2, share=1, waiting=10)
        request = SimpleNamespace(client=SimpleNamespace(host="192.0.2.1"))
        work = [asyncio.create_task(at_once(lane, request, lambda: time.sleep(0.02))) for _ in range(10)]
        free = 0.0
        while not all(task.done() for task in work):
            start = time.monotonic()
            await asyncio.sleep(0.001)
            free += 0.001 if time.monotonic() - start < 0.015 else 0
        assert free > 0.06

    run(scene)


def test_requests_beyond_the_rate_of_a_client_wait_and_those_beyond_his_patience_are_refused():
    async def scene() -> None:
        pace = Pace(rate=100, burst=10, patience=0.5)
        start = time.monotonic()
        for _ in range(10):
            await pace.wait("a", 1)
        assert time.monotonic() - start < 0.09, "what comes after a pause need not wait"
        for _ in range(10):
            await pace.wait("a", 1)
        assert time.monotonic() - start >= 0.09
        await pace.wait("b", 1)
        assert time.monotonic() - start < 0.3
        with pytest.raises(BusyError):
            await pace.wait("a", 100)

    run(scene)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", True),
        ("2001:db8::1", "2001:db8:0:100::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        (None, "127.0.0.1", True),
        ("127.0.0.1", "192.0.2.1", False),
        ("unix socket", "unix socket", True),
    ],
)
def test_a_client_is_an_address_or_the_network_of_one_customer(one, other, same):
    assert (client_of(one) == client_of(other)) is same


@pytest.mark.parametrize(
    ("drawing", "large"),
    [
        ([[[0, 0], [1, 1]]] * 40, False),
        ([[[0, 0], [1, 1]]] * 41, True),
        ({"strokes": [[[0, 0]]] * 1000}, True),
        ([[[0, 0]] * 1_000], False),
        ([[[0, 0]] * 1_001], True),
        ({"strokes": None}, False),
        ("drawing", False),
        ([1, None, "x", {}], False),
    ],
)
def test_a_drawing_is_large_by_its_strokes_or_its_points(drawing, large):
    assert is_large(drawing) is large

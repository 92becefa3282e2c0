"""The benchmark of load draws as the page's scripts do, and notes what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from conftest import FakeReader

from benchmarks import load
from benchmarks.serving import free_port, serve

LINE = [[(0.0, 0.0), (230.0, 0.0), (460.0, 0.0)], [(0.0, 100.0), (0.0, 330.0)]]


@pytest.fixture(scope="module")
def place() -> Iterator[load.Place]:
    """A running page."""
    with serve(FakeReader()) as address:
        yield load.place_of(int(address.rstrip("/").rpartition(":")[2]))


def test_a_drawing_grows_and_each_stroke_ends_with_a_question() -> None:
    moments = load._moments(LINE)
    sizes = [sum(map(len, json.loads(moment.strokes))) for moment in moments]
    assert sizes == sorted(sizes)
    assert [json.loads(moment.strokes) for moment in moments if moment.is_pen_up] == [
        [[[0, 0], [230, 0], [460, 0]]],
        [[list(point) for point in stroke] for stroke in LINE],
    ]


def test_the_pen_moves_at_its_speed_and_is_lifted_between_strokes() -> None:
    first, second = (moment.time for moment in load._moments(LINE) if moment.is_pen_up)
    assert first == pytest.approx(1 / load.PEN_SPEED)
    assert second == pytest.approx(first + load.LIFT_TIME + 0.5 / load.PEN_SPEED)


def test_the_page_is_asked_at_most_every_pause_while_the_pen_moves() -> None:
    for drawing in load._drawings():
        moving = [moment.time for moment in load._moments(drawing) if not moment.is_pen_up]
        assert all(after - before > load.PAUSE - 1e-9 for before, after in pairwise(moving))


def test_a_closed_loop_ends_in_time_and_is_answered(place: load.Place) -> None:
    outcome = load.closed_loop(place, 3, 0.3)
    assert outcome.waits
    assert outcome.errors == []
    assert outcome.seconds < 5


def test_visitors_are_answered(place: load.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "REST", (0.0, 0.1))
    outcome = load.visits(place, 3, 0.5)
    assert outcome.waits
    assert outcome.errors == []


def test_what_gets_no_answer_is_noted() -> None:
    outcome = load.closed_loop(load.Place(free_port(), 1), 2, 0.1)
    assert outcome.waits == []
    assert set(outcome.errors) == {"ConnectionRefusedError"}
    assert "2 ConnectionRefusedError" in str(outcome)


def test_an_answer_that_is_an_error_is_noted(place: load.Place) -> None:
    outcome = load.closed_loop(place._replace(component=-1), 1, 0.1)
    assert outcome.waits == []
    assert set(outcome.errors) == {"ValueError"}

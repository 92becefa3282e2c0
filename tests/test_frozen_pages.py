"""Reading does not get worse: the frozen set of pages and drawings, kind by kind.

The committed figures stand in frozen_pages.json. A change that reads the set better renews them with
`python -m benchmarks.frozen_pages --renew`; one that reads a kind worse says why in its commit.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from benchmarks import frozen_pages
from benchmarks.frozen_pages import Case, Figures
from lenet.reading.costs import SearchCosts
from lenet.reading.reader import Reader

COMMITTED = {
    kind: Figures(found["exact"], found["sure"], found["sure_but_wrong"])
    for kind, found in frozen_pages.load().items()
}


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return frozen_pages.frozen()


@pytest.fixture(scope="module")
def found(reader: Reader, cases: list[Case]) -> dict[str, Figures]:
    return frozen_pages.measure(reader, cases)


@pytest.mark.parametrize("kind", COMMITTED)
def test_no_kind_is_read_worse_than_committed(kind: str, found: dict[str, Figures]) -> None:
    assert not frozen_pages.is_worse(found[kind], COMMITTED[kind]), (found[kind], COMMITTED[kind])


def test_the_set_is_hard_enough_to_notice_a_change(cases: list[Case]) -> None:
    exact = sum(figures.exact for figures in COMMITTED.values())
    assert len(cases) >= 300
    assert 0.8 <= exact / len(cases) <= 0.95


def test_every_kind_is_committed() -> None:
    assert list(COMMITTED) == list(frozen_pages.KINDS)


def test_the_same_seed_makes_the_same_input(cases: list[Case]) -> None:
    for case in cases[::12]:
        again = frozen_pages.case(case.kind, case.seed)
        assert again.text == case.text
        assert (
            np.array_equal(again.source, case.source)
            if isinstance(case.source, np.ndarray)
            else (again.source == case.source)
        )


@pytest.mark.parametrize(
    ("cost", "factor"), [("touch_alone", 2), ("evidence", 0.5), ("refused", 0.5), ("cut", 2), ("cut_ink", 2)]
)
def test_a_cost_that_is_halved_or_doubled_is_noticed(
    cost: str, factor: float, reader: Reader, cases: list[Case]
) -> None:
    """Of the other constants `python -m benchmarks.ablation` tells whether this test would notice."""
    costs = dataclasses.replace(SearchCosts(), **{cost: factor * getattr(SearchCosts(), cost)})
    some = [case for case in cases if case.kind in ("pad touching", "pad marks", "touching")]
    found = frozen_pages.measure(Reader(reader._classify, reader.record, costs), some)
    assert any(frozen_pages.is_worse(figures, COMMITTED[kind]) for kind, figures in found.items())


@pytest.mark.parametrize(
    ("changed", "is_worse"),
    [((10, 9, 1), False), ((11, 9, 0), False), ((9, 9, 1), True), ((10, 8, 1), True), ((10, 9, 2), True)],
)
def test_worse_is_fewer_read_fewer_sure_or_more_wrong(changed: tuple[int, int, int], is_worse: bool) -> None:
    assert frozen_pages.is_worse(Figures(*changed), Figures(10, 9, 1)) == is_worse

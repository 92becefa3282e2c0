"""What each tuned constant is worth: halved and doubled, one at a time.

    python -m benchmarks.ablation --minutes 30 [--data DIR] [--only REGEX] [--factors 0.5 2]

The constants are those of `lenet.ink` and `lenet.reading`, the costs of the search, and the thresholds of
refusal in the record. Each is set to half and to double its value while all others stay (whole numbers
change by 1 at least, a share above 0.5 comes twice as near to 1). With it are read

- made: the frozen set of pages and drawings (`benchmarks.frozen_pages`);
- real: as far as they lie under DIR, phone_digits, mouse_digits, number_photos, the cheques that the network
  did not learn from, pages and numbers by PenDigits' training writers, and `benchmarks.hard_kinds` by its
  hands for tuning. By sets with published figures constants may be removed, but none is set by them.

A line for each constant: its name and value; for each factor the inputs that are read exactly only with it,
those that are read exactly only without it, and by how many more are wrong and called sure; whether
`tests/test_frozen_pages.py` would notice; and what the constant means. Marks at the end of a line:

    nothing   neither value changes any result
    no loss   neither value reads fewer exactly or is wrong and sure more often, made or real

`--factors 0 1000` mostly takes a condition away: it holds always, or never.

Where all do not fit into the minutes, the same share of each kind is read, the same inputs for all constants.
An input is not read again where no function that uses the constant runs on it.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import cv2

from benchmarks import constants, frozen_pages
from benchmarks.constants import Constant, Place
from benchmarks.frozen_pages import Figures, Outcome
from benchmarks.hard_kinds import hands
from benchmarks.hard_kinds.kinds import KINDS, case
from benchmarks.items import Item, ItemSet, Pens, photographed, picture_sets
from lenet.ink import photo
from lenet.network import classifiers
from lenet.network.record import Record, load_record, shipped_weights

MADE, REAL = "made", "real"
MOST = 100  # inputs of a real set, before the budget makes them fewer
PAGES = 60  # by PenDigits' training writers
OF_EACH_KIND = 3  # pictures of each of the difficult kinds


class Input(NamedTuple):
    """What is read.

    Attributes:
        group: `MADE` or `REAL`.
        kind: of the frozen set, or the real set.
        source: a picture, a path or strokes.
        text: what a person reads.
    """

    group: str
    kind: str
    source: object
    text: str


class Baseline(NamedTuple):
    """How an input is read with no change: the outcome, the seconds it takes, the functions that run."""

    outcome: Outcome
    seconds: float
    called: set[Place]


class Change(NamedTuple):
    """A constant and another value of it."""

    constant: Constant
    value: constants.Value


@dataclass(frozen=True)
class Effect:
    """What a change does to one group of inputs.

    Attributes:
        gained: number of inputs that are read exactly with the change alone.
        lost: number of inputs that are read exactly without it alone.
        sure_but_wrong: change of the number of inputs that are wrong and called sure.
        changes: whether any outcome differs.
    """

    gained: int
    lost: int
    sure_but_wrong: int
    changes: bool

    @property
    def is_loss(self) -> bool:
        """Whether it makes reading worse."""
        return self.lost > self.gained or self.sure_but_wrong > 0

    def __str__(self) -> str:
        """As a part of a line."""
        return f"{f'+{self.gained}':>4} {f'−{self.lost}':>4} {f'{self.sure_but_wrong:+d}':>4}"


# In the processes of the pool ---------------------------------------------------------------------

_INPUTS: list[Input] = []
_PAGES: dict[int, photo.Page] = {}


def _prepare(inputs: list[Input]) -> None:
    """Set a process up: its inputs, one thread."""
    cv2.setNumThreads(1)
    classifiers.use_one_thread("torch")
    _INPUTS[:] = inputs


def _network() -> tuple[classifiers.Classifier, Record]:
    weights = shipped_weights()
    record = Record.from_json(load_record(weights), weights.with_suffix(".json"))
    return classifiers.load(weights, record), record


def _read_with(change: Change, indexes: Sequence[int]) -> list[Outcome]:
    """Read some inputs with a change; what raises an error is read wrong."""
    try:
        reader = constants.changed_reader(*_network(), *change)
    except Exception:  # a value that is impossible at import
        return [Outcome(exact=False, sure=False)] * len(indexes)
    if not change.constant.home.startswith("lenet.ink"):
        reader = _Paged(reader)
    return [_outcome(reader, _INPUTS[index]) for index in indexes]


class _Paged:
    """A reader that finds the ink of each picture once, for constants that come after it."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self.read_strokes = reader.read_strokes

    def read_image(self, source: Any) -> Any:
        """Read a picture; its identity is enough, for the inputs stay in memory."""
        if id(source) not in _PAGES:
            _PAGES[id(source)] = photo.page(source)
        return self._reader.read_page(_PAGES[id(source)])


def _outcome(reader: Any, one: Input) -> Outcome:
    try:
        return frozen_pages.outcome(frozen_pages.read(reader, one.source), one.text)
    except Exception:  # nobody checks constants for values that cannot be
        return Outcome(exact=False, sure=False)


def _baseline(indexes: Sequence[int]) -> list[Baseline]:
    """Read some inputs as they are read; with the time and the functions."""
    reader = constants.changed_reader(*_network(), None)
    found = []
    for index in indexes:
        one = _INPUTS[index]
        start = time.process_time()
        outcome = _outcome(reader, one)
        seconds = time.process_time() - start
        found.append(Baseline(outcome, seconds, constants.called(lambda one=one: _outcome(reader, one))))
    return found


# Inputs -------------------------------------------------------------------------------------------


def made_inputs() -> list[Input]:
    """The frozen set."""
    return [Input(MADE, case.kind, case.source, case.text) for case in frozen_pages.frozen()]


def real_inputs(root: Path) -> list[Input]:
    """At most `MOST` of each real set; a set that is not there is said to be missing."""
    found: list[Input] = []
    for one in (*picture_sets(root), *_written_sets(root)):
        try:
            items = list(islice(one.items(), MOST))
        except OSError as error:
            print(f"{one.name}: skipped: {error}")
            continue
        found += [Input(REAL, one.name, item.picture, item.text) for item in items]
    return found


def _written_sets(root: Path) -> Iterator[ItemSet]:
    """Numbers and pages by PenDigits' training writers, and difficult pictures by the hands for tuning."""
    try:
        pens = Pens.load(root, is_test=False)
    except OSError as error:
        print(f"PenDigits: skipped: {error}")
        return
    numbers = pens.numbers(MOST)
    for touching in (False, True):
        chosen = [Item(one.strokes, one.text) for one in numbers if one.touching == touching]
        yield ItemSet("numbers, pad" + ", touching" * touching, lambda chosen=chosen: chosen)
    for kind in ("everything", "sideways"):
        yield ItemSet(f"pages, {kind}", lambda kind=kind: photographed(pens, kind, PAGES))
    yield ItemSet("hard_kinds", lambda: _hard_kinds(root))


def _hard_kinds(root: Path) -> Iterator[Item]:
    """Pictures of all kinds in turn, so that any part of them has about as many of each."""
    characters = hands.load(root, "tune")
    for seed in range(OF_EACH_KIND):
        for kind in KINDS:
            one = case(kind, seed, "tune", characters)
            yield Item(one.image, one.written)


# The measurement ----------------------------------------------------------------------------------


def main() -> None:
    """Measure and print."""
    options = _options()
    inputs = made_inputs() + (real_inputs(options.data) if options.data else [])
    found = [one for one in constants.find() if re.search(options.only, f"{one.home}.{one.name}")]
    changes = [[Change(one, one.scaled(factor)) for factor in options.factors] for one in found]
    spawn = get_context("spawn")
    with ProcessPoolExecutor(options.processes, spawn, _prepare, (inputs,)) as pool:
        baselines = _divided(pool, options.processes, len(inputs))
        reached = _reached(found, baselines)
        seconds = 60 * options.minutes * options.processes
        chosen = choose(inputs, baselines, reached, seconds, len(options.factors))
        _print_head(inputs, baselines, chosen, reached, options)
        reached = [[index for index in indexes if index in chosen] for indexes in reached]
        futures = [
            [pool.submit(_read_with, change, indexes) for change in both]
            for both, indexes in zip(changes, reached, strict=True)
        ]
        outcomes = {index: baselines[index].outcome for index in sorted(chosen)}
        report = Report(inputs, outcomes, options.factors)
        for both, indexes, results in zip(changes, reached, futures, strict=True):
            report.add(both, indexes, results)
    report.print_end()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure what each tuned constant is worth.")
    parser.add_argument("--data", type=Path, help="folder of the data sets; without it the frozen set alone")
    parser.add_argument("--minutes", type=float, default=30, help="time to spend, about (default: 30)")
    parser.add_argument(
        "--only", default="", metavar="WORDS", help="only constants whose names have them (regex)"
    )
    parser.add_argument(
        "--factors", type=float, nargs="+", default=[0.5, 2.0], help="of the values (default: 0.5 2)"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="default: one a core")
    return parser.parse_args()


def _divided(pool: ProcessPoolExecutor, processes: int, count: int) -> list[Baseline]:
    """The baselines of all inputs, each process its part."""
    parts = [range(first, count, 8 * processes) for first in range(8 * processes)]
    found: dict[int, Baseline] = {}
    for indexes, baselines in zip(parts, pool.map(_baseline, parts), strict=True):
        found |= dict(zip(indexes, baselines, strict=True))
    return [found[index] for index in range(count)]


def _reached(found: Sequence[Constant], baselines: Sequence[Baseline]) -> list[list[int]]:
    """The inputs that each constant can affect: those that run a function which uses it."""
    users = constants.users()
    reached = []
    for constant in found:
        functions = users(constant)
        reached.append(
            [
                index
                for index, baseline in enumerate(baselines)
                if functions is None or functions & baseline.called
            ]
        )
    return reached


def choose(
    inputs: Sequence[Input],
    baselines: Sequence[Baseline],
    reached: Sequence[Sequence[int]],
    seconds: float,
    factors: int,
) -> set[int]:
    """Choose the inputs that fit into the time: the same share of each kind, made or real."""
    cost = [0.0] * len(inputs)
    for indexes in reached:
        for index in indexes:
            cost[index] += factors * baselines[index].seconds
    kinds: dict[str, list[int]] = {}
    for index, one in enumerate(inputs):
        kinds.setdefault(one.kind, []).append(index)
    share = min(1.0, seconds / max(sum(cost), 1e-9))
    return {index for indexes in kinds.values() for index in indexes[: math.ceil(share * len(indexes))]}


def _print_head(
    inputs: Sequence[Input],
    baselines: Sequence[Baseline],
    chosen: set[int],
    reached: Sequence[Sequence[int]],
    options: argparse.Namespace,
) -> None:
    seconds = sum(
        baselines[index].seconds for indexes in reached for index in indexes if index in chosen
    ) * len(options.factors)
    print(f"about {seconds / 60 / options.processes:.0f} minutes on {options.processes} processes")
    kinds: dict[str, list[int]] = {}
    for index in sorted(chosen):
        one = inputs[index]
        kinds.setdefault(MADE if one.group == MADE else one.kind, []).append(index)
    for kind, indexes in kinds.items():
        exact, _, wrong = frozen_pages.count(baselines[index].outcome for index in indexes)
        print(f"{kind:26} {len(indexes):4} inputs, {exact} exact, {wrong} sure but wrong")
    print(
        "\nexact only with the change (+), only without it (−), change of sure but wrong; *: the test notices"
    )
    columns = "   ".join(
        f"{f'{group} × {factor:g}':>15}" for factor in options.factors for group in (MADE, REAL)
    )
    print(f"{'constant':34} {'value':>12}   {columns}", flush=True)


class Report:
    """Prints a line for each constant, and at the end how many the frozen test notices."""

    def __init__(
        self, inputs: Sequence[Input], outcomes: dict[int, Outcome], factors: Sequence[float]
    ) -> None:
        self._inputs, self._outcomes, self._factors = inputs, outcomes, factors
        self._noticed: list[list[bool]] = []

    def add(
        self, changes: Sequence[Change], indexes: Sequence[int], results: Sequence[Future[list[Outcome]]]
    ) -> None:
        """Print what the changes of one constant do, as soon as they are known."""
        constant = changes[0].constant
        cells, noticed, effects = [], [], []
        for result in results:
            after = self._outcomes | dict(zip(indexes, result.result(), strict=True))
            both = [self._effect(after, group) for group in (MADE, REAL)]
            noticed.append(is_noticed(self._made(self._outcomes), self._made(after)))
            cells.append(f"{both[0]}{'*' if noticed[-1] else ' '}  {both[1]} ")
            effects += both
        mark = ""
        if not any(effect.changes for effect in effects):
            mark = "nothing"
        elif not any(effect.is_loss for effect in effects):
            mark = "no loss"
        self._noticed.append(noticed)
        value = _shortened(constant.value)
        print(
            f"{constant.label:34} {value:>12}   {'   '.join(cells)}  {mark:8} {constant.meaning}", flush=True
        )

    def _effect(self, after: dict[int, Outcome], group: str) -> Effect:
        pairs = [
            (before, after[index])
            for index, before in self._outcomes.items()
            if self._inputs[index].group == group
        ]
        return Effect(
            sum(new.exact and not old.exact for old, new in pairs),
            sum(old.exact and not new.exact for old, new in pairs),
            sum(new.sure and not new.exact for _, new in pairs)
            - sum(old.sure and not old.exact for old, _ in pairs),
            any(old != new for old, new in pairs),
        )

    def _made(self, outcomes: dict[int, Outcome]) -> dict[str, Figures]:
        kinds: dict[str, list[Outcome]] = {}
        for index, outcome in outcomes.items():
            if self._inputs[index].group == MADE:
                kinds.setdefault(self._inputs[index].kind, []).append(outcome)
        return {kind: frozen_pages.count(found) for kind, found in kinds.items()}

    def print_end(self) -> None:
        """Print how many changes the frozen test notices."""
        total = len(self._noticed)
        for factor, column in zip(self._factors, zip(*self._noticed, strict=True), strict=True):
            print(f"the frozen test notices × {factor:g} of {sum(column)} of {total} constants")
        neither = sum(not any(noticed) for noticed in self._noticed)
        print(f"and none of these of {neither}")


def is_noticed(before: dict[str, Figures], after: dict[str, Figures]) -> bool:
    """Whether the frozen test fails: a kind is read worse."""
    return any(frozen_pages.is_worse(after[kind], figures) for kind, figures in before.items())


def _shortened(value: constants.Value) -> str:
    text = f"{value:g}" if isinstance(value, (int, float)) else str(value)
    return text if len(text) <= 12 else text[:11] + "…"


if __name__ == "__main__":
    main()

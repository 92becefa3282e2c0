"""The ablation reads what fits into its time and counts what a change gains and loses."""

from __future__ import annotations

from benchmarks.ablation import MADE, REAL, Baseline, Effect, Input, choose
from benchmarks.frozen_pages import Outcome

INPUTS = [Input(MADE, "plain", None, "1")] * 4 + [Input(REAL, "photos", None, "2")] * 20
INPUTS += [Input(REAL, "cheques", None, "3")] * 10
BASELINES = [Baseline(Outcome(exact=True, sure=True), 1.0, set())] * len(INPUTS)
ALL = list(range(len(INPUTS)))


def test_everything_is_read_where_it_fits_into_the_time() -> None:
    assert choose(INPUTS, BASELINES, [ALL], 68, 2) == set(ALL)


def test_else_the_same_share_of_each_kind_is_read_and_at_least_one_input() -> None:
    assert choose(INPUTS, BASELINES, [ALL], 34, 2) == {*range(2), *range(4, 14), *range(24, 29)}
    assert choose(INPUTS, BASELINES, [ALL], 0, 2) == set()
    assert choose(INPUTS, BASELINES, [ALL], 1, 2) == {0, 4, 24}


def test_inputs_that_no_constant_reaches_take_no_time() -> None:
    assert choose(INPUTS, BASELINES, [ALL[:4]], 8, 2) == set(ALL)
    assert choose(INPUTS, BASELINES, [ALL[:14]], 28, 2) == set(ALL)


def test_a_loss_is_fewer_read_or_more_wrong_and_sure() -> None:
    assert Effect(1, 2, 0, changes=True).is_loss
    assert Effect(2, 1, 1, changes=True).is_loss
    assert not Effect(2, 2, -1, changes=True).is_loss

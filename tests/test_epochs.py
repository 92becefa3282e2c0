"""When a training ends, and which epoch counts."""

from __future__ import annotations

import dataclasses

import pytest

from lenet.learning.epochs import Epoch, Score, finished, kept_epoch
from lenet.learning.recipes import RECIPES

STOPPING = dataclasses.replace(RECIPES["relu-early-stop"].config.schedule, patience=2, epochs=10)


def _epochs(*losses: float, correct: tuple[int, ...] = ()) -> list[Epoch]:
    right = correct or (5,) * len(losses)
    pairs = enumerate(zip(losses, right, strict=True), start=1)
    return [Epoch(number, loss, {"a set": Score(c, 10)}, 0.0, 0.0) for number, (loss, c) in pairs]


def test_a_score_has_an_accuracy_and_its_binomial_error() -> None:
    score = Score(9_900, 10_000)
    assert score.accuracy == 99
    assert score.standard_error == pytest.approx(100 * (0.99 * 0.01 / 10_000) ** 0.5)
    assert str(score) == "99.00 % ± 0.10 (9,900 of 10,000)"


def test_a_training_ends_when_the_loss_has_not_fallen_for_two_epochs() -> None:
    assert not finished([], STOPPING)
    assert not finished(_epochs(3, 2, 2), STOPPING)
    assert finished(_epochs(3, 2, 2, 2.5), STOPPING)
    assert not finished(_epochs(3, 2, 2.5, 1), STOPPING)
    assert finished(_epochs(*range(10, 0, -1)), STOPPING)


def test_a_training_ends_when_the_validation_accuracy_has_not_risen_for_two_epochs() -> None:
    schedule = dataclasses.replace(STOPPING, patience_with="validation")
    assert finished(_epochs(3, 2, 1, correct=(6, 6, 5)), schedule)
    assert not finished(_epochs(1, 2, 3, correct=(4, 5, 5)), schedule)


def test_without_patience_only_the_number_of_epochs_counts() -> None:
    schedule = dataclasses.replace(STOPPING, patience=0, epochs=4)
    assert [finished(_epochs(*[1.0] * count), schedule) for count in range(5)] == [False] * 4 + [True]


def test_the_first_of_the_best_epochs_is_kept_or_the_last() -> None:
    epochs = _epochs(1, 1, 1, 1, correct=(4, 7, 7, 6))
    assert kept_epoch(epochs, dataclasses.replace(STOPPING, keep_best=True)).number == 2
    assert kept_epoch(epochs, STOPPING).number == 4


def test_all_held_out_sets_count_together() -> None:
    epoch = Epoch(1, 0.0, {"one": Score(3, 4), "other": Score(1, 6)}, 0.0, 0.0)
    assert epoch.held_out == Score(4, 10)

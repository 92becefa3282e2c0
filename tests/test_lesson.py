"""Learning from corrections: what is learnt, what is held out, and weights that lost too much."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from giving import correction, picture_of, strokes_of

import train
from lenet.datasets import corrections as folder_of_corrections
from lenet.datasets.corrections import Correction
from lenet.learning import corrections, measuring
from lenet.learning.epochs import Score
from lenet.learning.recipes import DEFAULT
from lenet.network import checkpoint
from lenet.network.record import NO_DIGIT, Record, load_record, shipped_weights
from lenet.synthesis.workers import InProcess
from tests.tiny_training import TINY, make_tiny, tiny_data

CONFIG = corrections.gentle(DEFAULT)


def _keep(folder: Path, every: Sequence[Correction]) -> Path:
    (folder / "corrections-a.jsonl").write_bytes(b"".join(one.to_line() for one in every))
    folder_of_corrections.decide(folder, {one.id: "keep" for one in every})
    return folder


def _lesson(folder: Path) -> corrections.Lesson:
    return corrections.load(folder, CONFIG, InProcess())


def _of_sessions(count: int, each: int = 2) -> list[Correction]:
    return [correction(seed, session=f"session-number-{seed // each}") for seed in range(count * each)]


def test_a_fifth_of_the_sessions_is_held_out_whole(tmp_path) -> None:
    every = _of_sessions(10)
    lesson = _lesson(_keep(tmp_path, every))
    assert (len(lesson.training), len(lesson.held_out)) == (16, 4)
    held = {image.tobytes() for image in lesson.held_out.images[lesson.held_out.first].numpy()}
    sessions = {one.session for one in every if one.image.tobytes() in held}
    learnt = {image.tobytes() for image in lesson.training.images[lesson.training.first].numpy()}
    assert len(sessions) == 2
    assert learnt.isdisjoint(held)


def test_of_one_session_nothing_is_held_out(tmp_path) -> None:
    lesson = _lesson(_keep(tmp_path, _of_sessions(1, each=3)))
    assert (len(lesson.training), len(lesson.held_out)) == (3, 0)
    assert "corrections" not in lesson.added_to(tiny_data()).validation


def _kept_strokes(seed: int) -> list[np.ndarray]:
    return [np.array(stroke) * 10 for stroke in strokes_of(seed)]


def test_drawings_are_drawn_anew_and_pictures_stay(tmp_path) -> None:
    every = [
        correction(1, strokes=_kept_strokes(1)),
        correction(2),
        correction(
            3, strokes=[np.array([[0.0, 0.0], [1000.0, 0.0]])], label="none"
        ),  # strokes of another picture do not count
    ]
    lesson = _lesson(_keep(tmp_path, every))
    variants = dict(zip(lesson.training.labels.tolist(), lesson.training.variants.tolist(), strict=True))
    assert sorted(lesson.training.variants.tolist()) == [1, 1, 13]
    assert variants[NO_DIGIT] == 1
    shown = {image.tobytes() for image in lesson.training.images[lesson.training.first].numpy()}
    assert {picture_of(2).tobytes(), picture_of(3).tobytes()} <= shown


def test_few_corrections_are_shown_often_and_many_once(tmp_path) -> None:
    lesson = _lesson(_keep(tmp_path, _of_sessions(5)))
    data = tiny_data()
    shown = len(lesson.added_to(data).training) - len(data.training)
    assert shown == len(lesson.training) == 8  # more than 2 % of 160 digits
    index = torch.arange(160).repeat(100)
    many = dataclasses.replace(
        data.training,
        **{name: getattr(data.training, name)[index] for name in ("first", "variants", "labels")},
    )
    shown = len(lesson.added_to(dataclasses.replace(data, training=many)).training) - len(many)
    assert shown == 40 * len(lesson.training)


def test_the_record_tells_what_was_learnt_from(tmp_path) -> None:
    lesson = _lesson(_keep(tmp_path, _of_sessions(2)))
    source = lesson.added_to(tiny_data()).sources[-1]
    assert source.count == 4
    assert set(source.checksums) == {"pictures and labels", "lenet5.safetensors before"}


def test_nothing_kept_is_one_sentence(tmp_path) -> None:
    (tmp_path / "corrections-a.jsonl").write_bytes(correction(1).to_line())  # not decided
    with pytest.raises(ValueError, match="wanted corrections that were kept, got none; review them with"):
        _lesson(tmp_path)


@pytest.mark.parametrize(
    ("before", "after", "total", "too_much"),
    [(9947, 9937, 10_000, False), (9947, 9936, 10_000, True), (577, 576, 589, False), (577, 575, 589, True)],
)
def test_a_set_may_lose_a_tenth_of_a_point_or_one_image(
    before: int, after: int, total: int, too_much: bool
) -> None:
    assert corrections.loses(Score(before, total), Score(after, total)) is too_much


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> list[Score]:
    """A training on 200 digits; its test gives these scores, the last again and again."""
    make_tiny(monkeypatch)
    scores = [Score(9, 10)]
    tested = {"MNIST test": scores}
    monkeypatch.setattr(
        measuring,
        "test",
        lambda *arguments: {name: every.pop(0) if every[1:] else every[0] for name, every in tested.items()},
    )
    assert TINY.schedule.epochs > 2
    return scores


def _train(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["train.py", *words])
    return train.main()


def test_the_shipped_network_goes_on(tmp_path, monkeypatch, tiny, capsys) -> None:
    _keep(tmp_path, _of_sessions(5))
    path = tmp_path / "out.safetensors"
    assert _train(monkeypatch, "--corrections", str(tmp_path), "--output", str(path)) == 0
    network, before = checkpoint.load(path), checkpoint.load(shipped_weights())
    far = [
        float((new - old).detach().norm() / old.detach().norm())
        for new, old in zip(network.parameters(), before.parameters(), strict=True)
    ]
    assert 0 < max(far) < 0.2  # from random weights it would be above 1
    record, shipped = Record.load(path), Record.load(shipped_weights())
    assert (record.refusal, record.confidence) == (shipped.refusal, shipped.confidence)
    assert len(load_record(path)["epochs"]) == 1
    printed = capsys.readouterr().out
    assert "corrections held out: " in printed
    assert "MNIST test: 90.00 % ± 9.49 (9 of 10) before, 90.00 % ± 9.49 (9 of 10) after" in printed


def test_weights_that_lose_too_much_are_not_saved(tmp_path, monkeypatch, tiny, capsys) -> None:

    _keep(tmp_path, _of_sessions(5))
    path = tmp_path / "out.safetensors"
    tiny[:] = [Score(7, 10), Score(9, 10)]  # the new network is tested first
    assert _train(monkeypatch, "--corrections", str(tmp_path), "--output", str(path)) == 1
    error = capsys.readouterr().err
    assert (
        "wanted no test set to lose more than 0.1 points, got MNIST test 90.00 to 70.00 %; nothing is saved"
        in error
    )
    assert error.count("\n") == 1
    assert not path.exists()


def test_another_recipe_is_refused(tmp_path, monkeypatch, capsys) -> None:
    with pytest.raises(SystemExit):
        _train(monkeypatch, "--corrections", str(tmp_path), "--recipe", "relu-sgd")
    assert "--corrections: wanted the recipe lenet5, got relu-sgd" in capsys.readouterr().err

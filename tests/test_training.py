"""Training: it learns, the seed decides, Ctrl-C stops it, and its confidence is calibrated."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from lenet.datasets import bhmsds, cheques, mathnote, pendigits, unipen, unipen_texts
from lenet.datasets import mnist as mnist_set
from lenet.datasets.sources import Drawings, Images, Source
from lenet.learning import loop, measuring, parts, processes, row_loss, training_data
from lenet.learning.config import DataConfig, OptimiserConfig, ScheduleConfig, TrainConfig
from lenet.learning.epochs import Epoch
from lenet.learning.learner import Learner
from lenet.learning.recipes import DEFAULT, RECIPES
from lenet.learning.row_loss import RowLattice
from lenet.learning.training_data import TrainingData
from lenet.network.model import LeNet, predict, with_no_digit
from lenet.network.record import ALPHABET, NO_DIGIT, Record
from lenet.reading.segmentation import Lattice
from lenet.synthesis import chunks, negatives, rows, samples
from lenet.synthesis.augmentation import Warp
from lenet.synthesis.samples import of_images
from lenet.synthesis.workers import InProcess

QUICK = TrainConfig(
    data=DataConfig(
        validation_share=0.25,
        warp=Warp(degrees=3, scale=0.03, shear=0, shift=0.5, elastic=0.2, thickness=0, contrast=0.1),
        drawing_variants=1,
        drawing_repeats=1,
        sheet_repeats=1,
        letter_repeats=1,
        sign_repeats=2,
        signs=2,
        degraded_signs=10,
        scribbles=10,
        degraded=10,
        cuts=10,
        turned=10,
        cheque_repeats=3,
        number_rows=2,
        rows=20,
        row_batch=2,
    ),
    optimiser=OptimiserConfig(batch_size=25, weight_decay=1e-4, row_weight=0.1, averaging=0.9),
    schedule=ScheduleConfig(epochs=12, learning_rate=1e-2),
)
CLASSIC = RECIPES["relu-sgd"].config.changed(optimiser={"batch_size": 20})


@pytest.fixture(scope="module")
def digits(mnist: tuple[np.ndarray, np.ndarray]) -> TrainingData:
    images, labels = np.round(mnist[0] * 255).astype(np.uint8), mnist[1]
    part = of_images(images, labels)
    return TrainingData(part, {"the same": part}, [])


@pytest.fixture(scope="module")
def undisturbed(digits: TrainingData) -> tuple[list[Epoch], loop.Trained]:
    """A whole training, and its epochs."""
    epochs: list[Epoch] = []
    return epochs, loop.fit(digits, QUICK, epochs.append)


def test_it_learns(undisturbed: tuple[list[Epoch], loop.Trained], digits: TrainingData) -> None:
    epochs, trained = undisturbed
    assert [epoch.number for epoch in epochs] == list(range(1, 13))
    assert epochs[-1].loss < 0.5 * epochs[0].loss
    assert epochs[-1].validation["the same"].accuracy > 90
    assert not trained.network.training
    part = digits.training
    assert measuring.evaluate(*trained, part.plain(), part.labels) == epochs[-1].validation["the same"]


def test_the_seed_decides_the_weights(digits: TrainingData) -> None:
    one, same, other = (
        loop.fit(digits, QUICK.changed(seed=seed, schedule={"epochs": 1})).network.c1.weight
        for seed in (1, 1, 2)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def _interrupt_after(count: int) -> Callable[[], None]:
    remaining = iter(range(count))

    def step() -> None:
        if next(remaining, None) is None:
            raise KeyboardInterrupt

    return step


def test_ctrl_c_keeps_what_was_learnt(digits: TrainingData) -> None:
    epochs: list[Epoch] = []
    network, _ = loop.fit(digits, QUICK, epochs.append, _interrupt_after(20))
    assert len(epochs) == 2  # of 8 batches each
    assert torch.isfinite(network(digits.training.plain())).all()


def test_confidence_is_calibrated_on_the_validation_data(digits: TrainingData) -> None:
    network, record = loop.fit(digits, QUICK.changed(schedule={"epochs": 3}))
    logits = predict(network, digits.training.plain()) / record.temperature
    loss = torch.nn.functional.cross_entropy
    losses = {
        factor: loss(with_no_digit(logits * factor), digits.training.labels) for factor in (0.9, 1.0, 1.1)
    }
    assert min(losses, key=losses.__getitem__) == 1.0


SOURCE = Source("a set", 12, {"file": "md5:0"}, "licence", "citation")


def _images(count: int) -> Images:
    images = np.pad(np.full((count, 20, 20), 200, np.uint8), ((0, 0), (4, 4), (4, 4)))
    return Images(images, np.arange(count) % 10, SOURCE)


def _drawings(writers: list[str]) -> Drawings:
    strokes = [[np.array([[0.0, 0.0], [1.0, 9.0]])] for _ in writers]
    return Drawings(strokes, np.ones(len(writers), np.int64), np.array(writers), SOURCE)


def _amount(folder: Path) -> cheques.Amount:
    """A cheque with "11" on it."""
    paper = np.full((50, 90, 3), 230, np.uint8)
    paper[10:40, 20:23] = paper[10:40, 60:63] = 30
    Image.fromarray(paper).save(folder / "amount.png")
    return cheques.Amount(folder / "amount.png", "11", np.array([[18, 8, 7, 34], [58, 8, 7, 34]]))


@pytest.fixture
def sets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A little of every set of data, of which little is made at a time."""
    monkeypatch.setattr(chunks, "CHUNK_SIZE", 40)
    monkeypatch.setattr(mnist_set, "load", lambda root, train: _images(40))
    monkeypatch.setattr(pendigits, "load", lambda root, train: _drawings(["1", "2", "3", "4", "1"]))
    monkeypatch.setattr(unipen, "load", _unipen)
    monkeypatch.setattr(cheques, "load", lambda root: cheques.Cheques([_amount(tmp_path)], SOURCE))
    monkeypatch.setattr(cheques, "load_more", lambda root: cheques.Cheques([], SOURCE))
    monkeypatch.setattr(unipen_texts, "load", _pen_texts)
    monkeypatch.setattr(mathnote, "load", _mathnote)
    monkeypatch.setattr(bhmsds, "load", _bhmsds)


_HELD = min(unipen_texts.HELD_OUT)
_NUMBERS = ("a", "b", "c", "d")


def _pen_texts(root: Path, kind: str) -> unipen_texts.PenTexts:
    """Drawings of a 1 or a cross by a person held out and four others."""
    label = {"more_digits": "1", "signs": "+", "numbers": "$1"}[kind]
    cross = [np.array([[0.0, 5.0], [9.0, 5.0]]), np.array([[5.0, 0.0], [5.0, 9.0]])]
    texts = [unipen_texts.PenText(cross, label, person) for person in (_HELD, *_NUMBERS)]
    texts.append(unipen_texts.PenText(cross, "!", "a"))
    return unipen_texts.PenTexts(texts, SOURCE)


def _mathnote(root: Path, kind: str) -> mathnote.Symbols:
    labels = ["1"] * 4 if kind == "digits" else ["slash", "int", "H_cap"]
    strokes = [np.array([[9.0, 0.0], [0.0, 9.0]])]
    return mathnote.Symbols([mathnote.Symbol(strokes, label) for label in labels], SOURCE)


def _bhmsds(root: Path) -> bhmsds.Symbols:
    images = np.zeros((12, 28, 28), np.uint8)
    images[:, 4:24, 12:15] = 255
    return bhmsds.Symbols(images, np.array(["1"] * 4 + ["plus"] * 4 + ["slash"] * 4), SOURCE)


@pytest.mark.usefixtures("sets")
def test_validation_is_held_out_of_every_set_and_by_writer() -> None:
    prepared = training_data.prepare(Path(), QUICK, InProcess())
    assert {name: len(part) for name, part in prepared.validation.items()} == {
        "MNIST": 10,
        "PenDigits": 1,
        "UNIPEN": 3,
        "UNIPEN more": 1,
        "MathNote": 1,
        "BHMSDS digits": 1,
        "signs": 1,
        "BHMSDS signs": 2,
        "letters": 3,
    }
    labels = prepared.training.labels
    assert (labels != NO_DIGIT).sum() > 30 + 4 + 9  # degraded ones and pieces as well
    assert (labels == NO_DIGIT).sum() >= QUICK.data.scribbles + 9
    assert len(prepared.sources) == 13
    texts = [row.text for row in prepared.rows]
    known = [person for person in _NUMBERS if not unipen_texts.is_for_confidence(person)]
    assert 0 < len(known) < len(_NUMBERS)
    assert texts[20:] == ["11", "11", "", ""] + ["$1"] * 2 * len(known)


@pytest.mark.usefixtures("sets")
def test_signs_have_classes_and_upright_slashes_are_left_out() -> None:
    config = QUICK.changed(data={"degraded_signs": 0, "signs": 0})
    labels = training_data.prepare(Path(), config, InProcess()).training.labels
    plus, slash = (ALPHABET.index(sign) for sign in "+/")
    # Of UNIPEN by three persons twice, of BHMSDS three; of MathNote one, of BHMSDS only upright ones.
    assert ((labels == plus).sum(), (labels == slash).sum()) == (6 + 3, 1)


@pytest.mark.usefixtures("sets")
def test_held_out_drawings_are_not_interpolated_with_others(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def interpolate(strokes: list, labels: object, count: int, share: float, random: object) -> list[list]:
        if share > 0:
            asked.append((len(strokes), count))
        return [[drawing] * count for drawing in strokes]

    monkeypatch.setattr(samples, "interpolate", interpolate)
    training_data.prepare(Path(), QUICK.changed(data={"interpolated": 0.5}), InProcess())
    # Learnt from and held out: of PenDigits, of UNIPEN, of its further digits, of MathNote.
    assert asked == [(4, 1), (1, 0), (9, 1), (3, 0), (3, 1), (1, 0), (3, 1), (1, 0)]


@pytest.mark.usefixtures("sets")
def test_the_data_are_the_same_for_every_seed() -> None:
    one, other = (
        training_data.prepare(Path(), QUICK.changed(seed=seed), InProcess()).training for seed in (0, 1)
    )
    assert torch.equal(one.images, other.images)
    assert torch.equal(one.labels, other.labels)


def test_each_digit_of_a_cheque_is_shown_as_often_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pieces = [(np.full((28, 28), 0.5, np.float32), label) for label in (1, NO_DIGIT)]
    monkeypatch.setattr(negatives, "of_page", lambda *page: pieces)
    found = training_data._cheques(cheques.Cheques([_amount(tmp_path)], SOURCE), QUICK)
    assert len(found.training) == QUICK.data.cheque_repeats
    labels = found.training[0].labels
    assert (labels == 1).sum() == 2
    assert (labels == NO_DIGIT).sum() == 4
    assert found.sources == [SOURCE]


def _unipen(root: Path, part: object = unipen.DIGITS) -> Drawings:
    if part is unipen.DIGITS:
        return _drawings(["a"] * 8 + ["b"] * 4)
    # Letters like digits and donors kept for the test are no part of training.
    letters = _drawings(["a"] * 8 + ["b"] * 5 + [unipen.TEST_DONORS[0]] * 5)
    letters.labels[:] = [ord("E")] * 12 + [ord("O")] + [ord("E")] * 5
    return letters


def test_sets_of_strokes_that_cannot_be_had_are_left_out_with_a_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*arguments: object, **options: object) -> Drawings:
        raise FileNotFoundError("no such set; put it there")

    monkeypatch.setattr(chunks, "CHUNK_SIZE", 40)
    monkeypatch.setattr(mnist_set, "load", lambda root, train: _images(40))
    monkeypatch.setattr(pendigits, "load", missing)
    monkeypatch.setattr(unipen, "load", missing)
    for module in (cheques, unipen_texts, mathnote, bhmsds):
        monkeypatch.setattr(module, "load", missing)
    monkeypatch.setattr(cheques, "load_more", missing)
    with pytest.warns(UserWarning, match="Training without") as warned:
        prepared = training_data.prepare(Path(), QUICK, InProcess())
    told = [str(one.message) for one in warned if one.category is UserWarning]
    assert "Training without PenDigits: no such set; put it there" in told
    assert len(told) == 12
    assert len(prepared.training) >= 30 + QUICK.data.scribbles
    with (
        pytest.warns(UserWarning, match="PenDigits test is left out: no such set"),
        pytest.warns(UserWarning, match="letters refused is left out"),
    ):
        assert list(measuring.test(LeNet().eval(), Record(), Path())) == ["MNIST test"]


def test_a_classic_recipe_learns_from_mnist_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mnist_set, "load", lambda root, train: _images(40))
    prepared = training_data.prepare(Path(), RECIPES["relu-sgd"].config, InProcess())
    assert (len(prepared.training), list(prepared.validation)) == (38, ["MNIST"])
    images = next(iter(loop._batches(prepared.training, CLASSIC, torch.Generator())))[0]
    assert torch.equal(images, prepared.training.plain()[: len(images)])  # all alike here, and not warped


@pytest.mark.parametrize(
    "name", [name for name, recipe in RECIPES.items() if not recipe.config.architecture.no_digit]
)
def test_every_classic_recipe_trains(digits: TrainingData, name: str) -> None:
    config = RECIPES[name].config.changed(optimiser={"batch_size": 20}, schedule={"epochs": 2})
    epochs: list[Epoch] = []
    trained = loop.fit(digits, config, epochs.append)
    assert trained.network.architecture == config.architecture
    assert epochs[1].loss < epochs[0].loss
    part = digits.training
    best = max(epoch.held_out.correct for epoch in epochs)
    wanted = best if config.schedule.keep_best else epochs[1].held_out.correct
    assert measuring.evaluate(*trained, part.plain(), part.labels).correct == wanted


def test_processes_share_each_batch(digits: TrainingData, monkeypatch: pytest.MonkeyPatch) -> None:
    def batch(rank: int, world_size: int) -> torch.Tensor:
        monkeypatch.setattr(processes, "rank", lambda: rank)
        monkeypatch.setattr(processes, "world_size", lambda: world_size)
        generator = torch.Generator().manual_seed(0)
        return next(iter(loop._batches(digits.training, CLASSIC, generator)))[0]

    whole = batch(0, 1)
    assert torch.equal(torch.stack([batch(rank, 4) for rank in range(4)], 1).flatten(0, 1), whole)
    with pytest.raises(
        ValueError, match="processes: wanted a number that divides the batch of 20 evenly, got 3"
    ):
        batch(0, 3)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the rows that are read, in that order."""
    texts: list[str] = []

    def note(row: rows.Row, network: object, factor: float) -> RowLattice:
        texts.append(row.text)
        return READING

    monkeypatch.setattr(row_loss, "read", note)
    return texts


READING = RowLattice(
    Lattice(
        np.zeros((1, 28, 28), np.float32), np.array([[0, 1]]), np.zeros((1, len(ALPHABET) + 1), np.float32), 1
    ),
    "1",
    1.0,
)


def _with_rows(digits: TrainingData) -> TrainingData:
    return dataclasses.replace(digits, rows=[rows.Row(np.zeros((9, 9), np.uint8), str(i)) for i in range(50)])


def test_whole_rows_are_learnt_from_in_the_last_fifth_of_the_epochs(
    digits: TrainingData, read: list[str]
) -> None:
    counts: list[int] = []
    config = QUICK.changed(schedule={"epochs": 10})
    loop.fit(_with_rows(digits), config, lambda epoch: counts.append(len(read)))
    assert counts == [0] * 8 + [16, 32]  # of 8 batches each


def test_processes_share_the_rows(
    digits: TrainingData, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = Learner(LeNet(QUICK.architecture), QUICK, 8)

    def share(rank: int, world_size: int) -> list[str]:
        monkeypatch.setattr(processes, "rank", lambda: rank)
        monkeypatch.setattr(processes, "world_size", lambda: world_size)
        read.clear()
        generator = torch.Generator().manual_seed(0)
        for _ in loop._row_lattices(learner, _with_rows(digits), QUICK, generator, QUICK.schedule.epochs):
            pass
        return list(read)

    whole = share(0, 1)
    assert len(whole) == 16
    assert (share(0, 2), share(1, 2)) == (whole[::2], whole[1::2])


def test_early_stopping_ends_the_training(digits: TrainingData) -> None:
    """At a rate of 0 no epoch is better than the first."""
    config = CLASSIC.changed(
        schedule={"learning_rate": 0.0, "patience": 2, "patience_with": "validation", "epochs": 9}
    )
    epochs: list[Epoch] = []
    loop.fit(digits, config, epochs.append)
    assert len(epochs) == 3


def test_the_best_epoch_is_saved(digits: TrainingData) -> None:
    """What is held out is labelled so that learning makes it worse."""
    part = digits.training
    wrong = dataclasses.replace(part, labels=(part.labels + 1) % 10)
    config = CLASSIC.changed(optimiser={"name": "adam"}, schedule={"keep_best": True, "epochs": 6})
    epochs: list[Epoch] = []
    trained = loop.fit(TrainingData(part, {"wrong": wrong}, []), config, epochs.append)
    best = max(epoch.held_out.correct for epoch in epochs)
    assert (
        measuring.evaluate(*trained, wrong.plain(), wrong.labels).correct
        == best
        > epochs[-1].held_out.correct
    )


def test_neighbours_are_held_out_together() -> None:
    held = parts.last_of_each(np.array(["a"] * 10 + ["b"] * 10), 0.2)
    assert np.flatnonzero(held).tolist() == [8, 9, 18, 19]
    writers = parts.last_writers(np.array(["1", "2", "3", "1"]), DEFAULT.data.validation_share)
    assert writers.tolist() == [False, False, True, False]

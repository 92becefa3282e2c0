"""Rows: set side by side as asked for, and learnt from as all ways to divide them say."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from lenet.network.model import NO_DIGIT
from lenet.reading.costs import SearchCosts
from lenet.reading.parts import parts_of_ink
from lenet.reading.reader import Reader
from lenet.reading.segmentation import Lattice
from lenet.synthesis import rows
from lenet.synthesis.samples import enlarged
from lenet.synthesis.workers import InProcess


@pytest.fixture(scope="module")
def images(mnist: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return np.round(mnist[0] * 255).astype(np.uint8)


# Rows of single digits ----------------------------------------------------------------------------


def _pairs(
    images: np.ndarray, apart: float, joined: bool, random: np.random.Generator
) -> list[tuple[np.ndarray, np.ndarray]]:
    digits = [enlarged(image, random) for image in images[:60]]
    return [rows.side_by_side(digits[i : i + 2], apart, joined, random) for i in range(0, 60, 2)]


def test_neighbours_touch_as_a_rule_or_stand_apart(images: np.ndarray) -> None:
    random = np.random.default_rng(0)
    near, far = (_pairs(images, apart, False, random) for apart in (0, 1))
    assert all(row.shape[0] == 2 and row.any(axis=(1, 2)).all() for row, _ in (*near, *far))
    assert np.mean([len(parts_of_ink(row.max(axis=0))) == 1 for row, _ in near]) > 0.6
    assert not any((row > 0).all(axis=0).any() for row, _ in far)
    assert not any(joins.any() for _, joins in (*near, *far))


def test_a_stroke_joins_digits_that_stand_apart(images: np.ndarray) -> None:
    joined = 0
    for row, joins in _pairs(images, 1, True, np.random.default_rng(0)):
        assert joins.shape == row.shape[1:]
        if joins.any():
            assert all((joins[digit > 0] > 0).any() for digit in row)
            joined += 1
    assert joined > 10


def test_rows_are_of_digits_and_each_stands_in_a_line(
    images: np.ndarray, mnist: tuple[np.ndarray, np.ndarray], reader: Reader
) -> None:
    made = rows.made_of(images, mnist[1], 60, 0, InProcess())
    assert {len(row.text) for row in made} == {1, 2, 3, 4, 5}
    inks = [row.ink.astype(np.float32) / 255 for row in made]
    assert all(rows.as_row(ink, "") is not None for ink in inks)
    assert sum(reader.read_ink(ink).text == row.text for ink, row in zip(inks, made, strict=True)) > 40
    same, other = (rows.made_of(images, mnist[1], 5, seed, InProcess()) for seed in (0, 1))
    for one, again in zip(made, same, strict=False):
        np.testing.assert_array_equal(one.ink, again.ink)
    assert [row.text for row in other] != [row.text for row in same]


def test_what_is_no_digit_stands_alone(images: np.ndarray) -> None:
    made = rows.made_of(images, np.full(len(images), NO_DIGIT), 5, 0, InProcess())
    assert [row.text for row in made] == [""] * 5
    assert all(row.ink.shape[1] < 1.5 * row.ink.shape[0] for row in made)


def test_what_stands_in_two_lines_is_no_row(images: np.ndarray) -> None:
    line = np.hstack([images[0], images[1]]).astype(np.float32) / 255
    assert rows.as_row(line, "12") is not None
    assert rows.as_row(np.vstack([line, 0 * line, line]), "12") is None
    assert rows.as_row(0 * line, "12") is None


# What is learnt from a row ------------------------------------------------------------------------

SPANS = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


def _reading(text: str, factor: float = 1.0, spans: list[tuple[int, int]] = SPANS) -> rows.Reading:
    """A line of three atoms; the second may be a mark, and only all of them may be no digit."""
    random = np.random.default_rng(0)
    prices = random.uniform(0, 3, (len(spans), 3)).astype(np.float32)
    prices[[span != (1, 2) for span in spans], 2] = math.inf
    prices[[span == (1, 2) for span in spans], :2] = math.inf
    prices[[span != (0, 3) for span in spans], 1] = math.inf
    images = np.zeros((len(spans), 28, 28), np.float32)
    return rows.Reading(Lattice(images, np.array(spans), prices, 3), text, factor)


def _logits(count: int = len(SPANS)) -> torch.Tensor:
    return 2 * torch.randn(count, 11, generator=torch.Generator().manual_seed(0))


def _likelihoods(logits: torch.Tensor, reading: rows.Reading) -> dict[str, float]:
    """Of every text, by going every way through the lattice and reading each piece in every manner."""
    found: dict[str, float] = {}
    answers = torch.log_softmax(logits.double() * reading.factor, 1).tolist()
    spans = [tuple(span) for span in reading.lattice.spans.tolist()]
    ways = [way for count in (1, 2, 3) for way in itertools.combinations(range(len(spans)), count)]
    for way in ways:
        ends = [0, *(spans[arc][1] for arc in way)]
        if ends[:-1] != [spans[arc][0] for arc in way] or ends[-1] != 3:
            continue
        for texts in itertools.product(("", "mark", *"0123456789"), repeat=len(way)):
            cost = 0.0
            for arc, text in zip(way, texts, strict=True):
                digit, none, mark = reading.lattice.costs[arc].tolist()
                if text == "mark":
                    cost += mark
                elif text == "":
                    cost += none - answers[arc][NO_DIGIT]
                else:
                    refused = SearchCosts().refused * (answers[arc][NO_DIGIT] > math.log(0.5))
                    cost += digit + refused - SearchCosts().evidence * answers[arc][int(text)]
            read = "".join(text for text in texts if text != "mark")
            found[read] = found.get(read, 0.0) + math.exp(-cost)
    return found


@pytest.mark.parametrize("text", ["", "3", "31"])
@pytest.mark.parametrize("factor", [1.0, 1.7])
def test_the_loss_is_of_all_ways_there_are(text: str, factor: float) -> None:
    logits, reading = _logits(), _reading(text, factor)
    likelihoods = _likelihoods(logits, reading)
    wanted = -math.log(likelihoods[text] / sum(likelihoods.values()))
    if wanted > 8:
        wanted = 0.0
    assert float(rows.loss(logits, reading)) == pytest.approx(wanted, rel=1e-4)


def test_going_down_the_loss_makes_the_text_likelier() -> None:
    logits, reading = _logits().requires_grad_(), _reading("42")
    before = rows.loss(logits, reading)
    before.backward()
    assert torch.isfinite(logits.grad).all()
    assert float(rows.loss(logits.detach() - 0.1 * logits.grad, reading)) < float(before.detach())


@pytest.mark.parametrize("text", ["316", "1234567"])
def test_a_text_that_no_way_reads_teaches_nothing(text: str) -> None:
    logits = _logits().requires_grad_()
    loss = rows.loss(logits, _reading(text))
    loss.backward()
    assert float(loss.detach()) == 0
    assert (logits.grad == 0).all()


def test_arcs_that_lead_nowhere_do_not_count() -> None:
    """What begins where nothing ends."""
    spans = [(0, 1), (0, 3), (1, 3), (2, 3)]
    logits = _logits(4)
    loss = rows.loss(logits, _reading("42", spans=spans))
    assert float(loss) == pytest.approx(float(rows.loss(logits[:3], _shorter(_reading("42", spans=spans)))))


def _shorter(reading: rows.Reading) -> rows.Reading:
    lattice = reading.lattice
    without = Lattice(lattice.images[:3], lattice.spans[:3], lattice.costs[:3], lattice.end)
    return reading._replace(lattice=without)

"""The loss of rows: equal to a sum over all paths through the lattice, one by one."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from lenet.learning.row_loss import RowLattice, loss, read
from lenet.network import classifiers
from lenet.network.model import LeNet
from lenet.network.record import ALPHABET, NO_DIGIT, Record
from lenet.reading.costs import SearchCosts
from lenet.reading.segmentation import Lattice, lattice
from lenet.synthesis.rows import as_row

SPANS = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


def _row(text: str, factor: float = 1.0, spans: list[tuple[int, int]] = SPANS) -> RowLattice:
    """A line of three segments; the second may be a mark, and only all of them may be "none"."""
    random = np.random.default_rng(0)
    costs = random.uniform(0, 3, (len(spans), len(ALPHABET) + 1)).astype(np.float32)
    costs[[span != (1, 2) for span in spans], -1] = math.inf
    costs[[span == (1, 2) for span in spans], :-1] = math.inf
    costs[[span != (0, 3) for span in spans], NO_DIGIT] = math.inf
    images = np.zeros((len(spans), 28, 28), np.float32)
    return RowLattice(Lattice(images, np.array(spans), costs, 3), text, factor)


def _logits(count: int = len(SPANS)) -> torch.Tensor:
    return 2 * torch.randn(count, len(ALPHABET), generator=torch.Generator().manual_seed(0))


def _likelihoods(logits: torch.Tensor, row: RowLattice) -> dict[str, float]:
    """Likelihood of every text, by all paths through the lattice and all readings of each arc."""
    found: dict[str, float] = {}
    log_probabilities = torch.log_softmax(logits.double() * row.factor, 1).tolist()
    spans = [tuple(span) for span in row.lattice.spans.tolist()]
    paths = [path for count in (1, 2, 3) for path in itertools.combinations(range(len(spans)), count)]
    for path in paths:
        ends = [0, *(spans[arc][1] for arc in path)]
        if ends[:-1] != [spans[arc][0] for arc in path] or ends[-1] != 3:
            continue
        for texts in itertools.product(("", "mark", *ALPHABET[:NO_DIGIT]), repeat=len(path)):
            cost = 0.0
            for arc, text in zip(path, texts, strict=True):
                costs = row.lattice.costs[arc].tolist()
                if text == "mark":
                    cost += costs[-1]
                elif text == "":
                    cost += costs[NO_DIGIT] - log_probabilities[arc][NO_DIGIT]
                else:
                    refused = SearchCosts().refused * (log_probabilities[arc][NO_DIGIT] > math.log(0.5))
                    cost += costs[ALPHABET.index(text)] + refused
                    cost -= SearchCosts().evidence * log_probabilities[arc][ALPHABET.index(text)]
            read = "".join(text for text in texts if text != "mark")
            found[read] = found.get(read, 0.0) + math.exp(-cost)
    return found


@pytest.mark.parametrize("text", ["", "5", "3", "3/"])
@pytest.mark.parametrize("factor", [1.0, 1.7])
def test_the_loss_sums_over_all_paths(text: str, factor: float) -> None:
    logits, row = _logits(), _row(text, factor)
    likelihoods = _likelihoods(logits, row)
    wanted = -math.log(likelihoods[text] / sum(likelihoods.values()))
    if wanted > 8:
        wanted = 0.0
    assert float(loss(logits, row)) == pytest.approx(wanted, rel=1e-4)


def test_a_step_down_the_gradient_lowers_the_loss() -> None:
    logits, row = _logits(), _row("5")
    logits[SPANS.index((0, 3)), 5] += 5  # so that the row is not hopeless
    logits.requires_grad_()
    before = loss(logits, row)
    before.backward()
    assert torch.isfinite(logits.grad).all()
    assert float(loss(logits.detach() - 0.1 * logits.grad, row)) < float(before.detach())


@pytest.mark.parametrize("text", ["316", "1234567"])
def test_a_text_that_no_path_reads_has_no_gradient(text: str) -> None:
    logits = _logits().requires_grad_()
    found = loss(logits, _row(text))
    found.backward()
    assert float(found.detach()) == 0
    assert (logits.grad == 0).all()


def test_arcs_that_no_path_reaches_do_not_count() -> None:
    """The last arc begins where no other ends."""
    spans = [(0, 1), (0, 3), (1, 3), (2, 3)]
    logits = _logits(4)
    row = _row("42", spans=spans)
    without = loss(logits[:3], _shorter(row))
    assert float(loss(logits, row)) == pytest.approx(float(without))


def _shorter(row: RowLattice) -> RowLattice:
    whole = row.lattice
    without = Lattice(whole.images[:3], whole.spans[:3], whole.costs[:3], whole.end)
    return row._replace(lattice=without)


def test_a_network_is_queried_about_a_row_as_by_the_search_at_its_temperature(
    mnist_images: np.ndarray,
) -> None:
    row = as_row(
        np.hstack([np.kron(image, np.ones((2, 2), np.float32)) for image in mnist_images[:3]]), "504"
    )
    assert row is not None
    torch.manual_seed(0)
    network = LeNet().eval()
    found = read(row, network, factor=1.25)
    wanted = lattice(row.ink, classifiers.of_network(network, Record(temperature=0.8)))
    assert (found.text, found.factor) == ("504", 1.25)
    np.testing.assert_array_equal(found.lattice.spans, wanted.spans)
    np.testing.assert_array_equal(found.lattice.images, wanted.images)

"""The loss of whole rows: training the network together with the search that uses it.

On a page the network is queried about pieces of lines, and the search weighs its probabilities against each
other. Here it is queried about rows of known text as on a page, and learns to make the paths through the
lattice that read this text likelier than all others (LeCun et al. 1998, section VI.D, discriminative forward
training).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from lenet.network.model import predict, with_no_digit
from lenet.network.record import ALPHABET, NO_DIGIT, Refusal
from lenet.reading.costs import SearchCosts
from lenet.reading.segmentation import Lattice, lattice
from lenet.synthesis.rows import Row

_IMPOSSIBLE = -1e4
"""Log likelihood of what is impossible, in nats; finite, so that gradients are not NaN."""

_HOPELESS = 8.0
"""Loss from which a row is ignored, in nats: hardly anybody may be able to read it. Set by hand."""


class RowLattice(NamedTuple):
    """A row as the search divides it, with the text that would be right.

    Attributes:
        lattice: the pieces that the network was queried about.
        text: of the row, of symbols of the alphabet.
        factor: the inverse of the calibration's temperature, by which logits are multiplied.
    """

    lattice: Lattice
    text: str
    factor: float


def read(row: Row, network: nn.Module, factor: float) -> RowLattice:
    """Query a network about a row as the search would.

    Args:
        row: ink and text.
        network: in evaluation mode.
        factor: the inverse of the calibration's temperature.
    """
    device = next(network.parameters()).device

    def classify(images: np.ndarray) -> np.ndarray:
        logits = predict(network, torch.from_numpy(images).to(device))
        return torch.softmax(with_no_digit(logits * factor), 1).cpu().numpy()

    return RowLattice(lattice(row.ink, classify), row.text, factor)


def loss(logits: Tensor, row: RowLattice) -> Tensor:
    """Compute minus the log of the right text's share in the likelihood of all paths (forward algorithm).

    Args:
        logits: float (M, K), of the M images of the lattice, over the alphabet.
        row: the row.

    Returns:
        A scalar, in nats; 0 where the right text is hopeless or no path reads it.
    """
    log_probabilities = torch.log_softmax(logits * row.factor, 1)
    starts, ends = row.lattice.spans.T
    costs = torch.from_numpy(row.lattice.costs).to(log_probabilities).clamp_max(-_IMPOSSIBLE)
    scores = arc_scores(log_probabilities, costs)
    symbols = [ALPHABET.index(symbol) for symbol in row.text]
    impossible = log_probabilities.new_full((1,), _IMPOSSIBLE)
    # Log likelihoods, by where paths end: of all, and (L + 1,) of those that read the first 0, …, L symbols.
    every = {0: log_probabilities.new_zeros(())}
    right = {0: torch.cat([log_probabilities.new_zeros(1), impossible.expand(len(symbols))])}
    for end in np.unique(ends):
        arcs = [int(arc) for arc in np.flatnonzero(ends == end) if starts[arc] in every]
        if not arcs:
            continue
        before = torch.stack([right[start] for start in starts[arcs]])
        skipped = before + scores[arcs, NO_DIGIT:]
        taken = torch.cat([impossible.expand(len(arcs), 1), before[:, :-1] + scores[arcs][:, symbols]], 1)
        right[end] = torch.logsumexp(torch.cat([skipped, taken]), 0)
        paths = torch.stack([every[start] for start in starts[arcs]])
        every[end] = torch.logsumexp(paths + scores[arcs].logsumexp(1), 0)
    difference = every[row.lattice.end] - right[row.lattice.end][-1]
    return torch.where(difference < _HOPELESS, difference, 0.0)


def arc_scores(log_probabilities: Tensor, costs: Tensor) -> Tensor:
    """Compute the log likelihoods of taking each arc of a lattice for a digit or sign, or for none or a mark.

    Args:
        log_probabilities: float (M, K), of the arcs' images, over the alphabet.
        costs: float (M, K + 1), of the lattice, all finite.

    Returns:
        float (M, K): of each digit and sign, and last of reading nothing, as "none" or as a mark.
    """
    search = SearchCosts()
    none_likelier = log_probabilities[:, NO_DIGIT:] > math.log(Refusal().search)
    read = search.evidence * log_probabilities[:, :NO_DIGIT] - costs[:, :NO_DIGIT]
    read -= search.refused * none_likelier
    nothing = torch.logaddexp(log_probabilities[:, NO_DIGIT] - costs[:, NO_DIGIT], -costs[:, NO_DIGIT + 1])
    return torch.cat([read, nothing[:, None]], 1)

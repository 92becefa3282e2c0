"""How likely a text is among all that a line may read: the forward algorithm over its lattice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lenet.reading.lattice import Choices


def log_posterior(lattice: Sequence[Choices], text: Sequence[str]) -> float:
    """Compute the share of a text in the likelihood of all paths (LeCun et al. 1998, section VI.C).

    A path is a division of the line, and a choice for each piece.

    Args:
        lattice: of each span that the network was queried about, ordered by the first segment.
        text: what the pieces of the best path read; "" for those that read nothing.

    Returns:
        The natural logarithm of the share, at most 0.
    """
    wanted = [symbol for symbol in text if symbol]
    last = max(choices.end for choices in lattice)
    # Log likelihoods by where paths end: of all, and (L + 1,) of those that read the first 0, …, L symbols.
    every = np.full(last + 1, -np.inf)
    right = np.full((last + 1, len(wanted) + 1), -np.inf)
    every[0] = right[0, 0] = 0.0
    for start, end, costs, texts in lattice:
        every[end] = np.logaddexp(every[end], every[start] + np.logaddexp.reduce(-costs))
        reads_nothing = [not read for read in texts]
        nothing = right[start] + np.logaddexp.reduce(-costs[reads_nothing])
        likelihood = {read: -cost for cost, read in zip(costs, texts, strict=True)}
        taken = right[start, :-1] + [likelihood.get(symbol, -np.inf) for symbol in wanted]
        right[end] = np.logaddexp(right[end], nothing)
        right[end, 1:] = np.logaddexp(right[end, 1:], taken)
    return min(0.0, float(right[-1, -1] - every[-1]))

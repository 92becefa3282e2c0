"""The beam search for the text that most paths through a lattice agree on."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from lenet.reading.lattice import Paths, Span

BEAM_WIDTH = 30
"""Number of the likeliest texts that the beam search keeps at each segment."""

_Text = tuple[str, ...]
"""What a path reads: its digits and signs."""


def _total(item: tuple[_Text, Paths]) -> float:
    """Key by which texts are ranked."""
    return item[1].total


def likeliest_path(
    spans: Sequence[Span], texts: Sequence[_Text], costs: Sequence[float], end: int
) -> list[Span]:
    """Find the text with the largest sum of the likelihoods of the paths that read it (forward algorithm).

    Args:
        spans: ordered by the first segment; a path of them leads from 0 to `end`.
        texts: what each reads: one symbol or none.
        costs: of each, in nats.
        end: number of segments.

    Returns:
        The cheapest path that reads that text.
    """
    beams: list[dict[_Text, Paths]] = [{(): Paths(0.0, 0.0, [])}, *({} for _ in range(end))]
    for span, symbol, cost in zip(spans, texts, costs, strict=True):
        for text, paths in heapq.nsmallest(BEAM_WIDTH, beams[span[0]].items(), key=_total):
            longer = paths.extended(span, cost)
            known = beams[span[1]].get(text + symbol)
            beams[span[1]][text + symbol] = known.merged(longer) if known else longer
    return min(beams[-1].items(), key=_total)[1].spans

"""The costs of the search for the best division of a line, in one place.

Costs are in nats, the unit of the network's log probabilities, so that they are weighed against what the
network says. They were tuned on numbers and pages by PenDigits' training writers and on cheques, those of
signs, words and `one` on UNIPEN's persons for training
(docs/experiments.md, "The search"); `python -m benchmarks.ablation` measures what each is worth.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchCosts:
    """The costs of the search, in nats unless said otherwise.

    A cost *per height* is multiplied by a length in heights of its line, a cost *per width* by a length in
    widths of the narrower of two parts.

    Attributes:
        evidence: factor of the negative log probability of a piece's likeliest symbol, without unit.
        join: joining two parts that neither touch nor overlap.
        join_gap: the gap between two such parts, per height.
        more_shared: taking a digit with more of its neighbours' ink than its cut leaves it.
        divide: dividing parts that overlap horizontally, per width beyond `segmentation.FREE_OVERLAP`.
        touch_alone: dividing strokes that touch where nothing else stands; most such ink is one symbol.
        one: how much less it costs to take all of several segments of a line for one digit, as most ink alone
            is.
        refused: calling a piece "none", or a digit although "none" is likelier.
        refused_all: the same, in addition, for all of several parts of a line, which may be digits that
            touch.
        refused_wide: calling a piece "none" that is wider than its line is high, per height beyond it.
        wide: taking a piece for a digit that is wider than its line is high, per height beyond it.
        low: taking a piece for a digit that is lower than `line_search.LOW_BELOW` of its line, per height.
        cut: cutting a blob once.
        cut_ink: the ink that a cut crosses, per stroke width.
        tall_sign: taking a piece for one of the signs of `marks.TALL_SIGNS`; below 0, for within a number
            they are more frequent than among the single images that the network learns from.
        tall: factor of the log odds of such a sign by its height (`marks.tall_gain`), without unit.
        misplaced: taking a piece for a sign that hardly ever stands at its place.
        pair: how much less a pair of brackets costs than its two signs; one alone is unlikely.
        date: how much less a date costs than its pieces; a slash may be as plain a stroke as a 1.
        word: beginning a word, whose letters read nothing and cost nothing to refuse (`words`); 5 read as
            many numbers beside words, but 9 of 608 cheques as words.
        per_digit: each digit or sign of a text where the likelihoods of paths are added up, for longer texts
            have more paths.
        rivals: paths that cost at most this much more than the cheapest are its rivals. The network is
            queried about them too, for one batch is quicker than two, and where the cheapest path divides
            ink they are weighed against it.
    """

    evidence: float = 2.0
    join: float = 0.7
    join_gap: float = 5.0
    more_shared: float = 0.5
    divide: float = 3.0
    touch_alone: float = 2.0
    one: float = 2.0
    refused: float = 2.5
    refused_all: float = 1.0
    refused_wide: float = 6.0
    wide: float = 3.0
    low: float = 8.0
    cut: float = 0.7
    cut_ink: float = 0.35
    tall_sign: float = -4.5
    tall: float = 3.0
    misplaced: float = 6.0
    pair: float = 6.0
    date: float = 10.0
    word: float = 10.0
    per_digit: float = 0.3
    rivals: float = 1.0

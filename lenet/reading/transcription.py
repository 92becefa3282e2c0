"""From the lattice of a line to its text: the best path, without words, with brackets in pairs and dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lenet.reading import marks
from lenet.reading.brackets import OPEN, paired
from lenet.reading.dates import SLASH, dated
from lenet.reading.lattice import Choice, Line, Piece
from lenet.reading.line_search import LineSearch
from lenet.reading.posterior import log_posterior
from lenet.reading.signs import without_strays
from lenet.reading.words import Arc, cheapest_path

SPACE = 1.0
"""Gap from which two pieces belong to two numbers, in heights of their line."""


def transcribe(search: LineSearch, path: Sequence[Choice] | None = None) -> Line:
    """Return the pieces of a line.

    Args:
        search: that has queried the network.
        path: what to read; by default the best path.
    """
    path = path or _best(search)
    posterior = log_posterior(search.all_choices(), [text for _, text in path])
    cost = sum(search.lower_bounds[span] + search.gain(*span) for span, _ in path)
    pieces = without_strays(list(_pieces(search, path)), search.record.digits)
    return Line(pieces, search.height, posterior, cost)


def _best(search: LineSearch) -> list[Choice]:
    """The best path, with what stands in the text for each piece."""
    path = [Choice(span, search.text(span)) for span in search.best_path()]
    path = _without_words(search, path)
    choices = [search.choices(span) for span, _ in path]
    if OPEN in search.record.signs:
        path = paired(path, choices, search.costs)
    if SLASH in search.record.signs:
        path = dated(path, choices, search.costs)
    return path


def _without_words(search: LineSearch, path: list[Choice]) -> list[Choice]:
    """A path whose letters read nothing, where there may be words beside the numbers."""
    arcs = [Arc(span, search.lower_bounds[span], search.letter_cost(span)) for span in sorted(search.results)]
    steps = cheapest_path(arcs, len(search.segments), search.costs.word)
    if not any(step.is_letter for step in steps):
        return path
    return [Choice(span, "" if is_letter else search.text(span)) for span, is_letter in steps]


def _pieces(search: LineSearch, path: Sequence[Choice]) -> Iterator[Piece]:
    end_of_last = None
    for span, text in path:
        variant, image, probabilities = search.results[span]
        left, _, width, _ = variant.part.box
        after_space = end_of_last is not None and left - end_of_last > SPACE * search.height
        end_of_last = max(left + width, end_of_last or left)
        is_mark = search.mark(*span) is not None and (not text or text in marks.MARKS)
        known = text in search.record.alphabet
        probability = float(probabilities[search.record.alphabet.index(text)]) if known else 1.0
        part = variant.part
        yield Piece(part.box, image, probabilities, text, probability, is_mark, after_space, part)

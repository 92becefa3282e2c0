"""Dates, in which a slash and a 1 that is a plain stroke are told by where they stand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from lenet.reading.costs import SearchCosts
from lenet.reading.lattice import Choice, Choices

SLASH = "/"


def dated(path: Sequence[Choice], choices: Sequence[Choices], costs: SearchCosts) -> list[Choice]:
    best = [*path]
    for start, end in _runs(path):
        texts = [piece.text for piece in path[start:end]]
        found = [(excess, slashes) for slashes in _places(texts)
                 for excess in [sum(_excess(path[start + s], choices[start + s]) for s in slashes) - (costs.date if len(slashes)==2 else D1)]]
        if found:
            excess, slashes = min(found)
            if excess < 0:
                for s in slashes:
                    best[start + s] = best[start + s]._replace(text=SLASH)
    return best
D1=0.0

def _runs(path):
    for is_date, run in itertools.groupby(range(len(path)), key=lambda i: path[i].text.isdecimal() or path[i].text == SLASH):
        run = list(run)
        if is_date:
            yield run[0], run[-1] + 1


def _places(texts):
    n = len(texts)
    if not 4 <= n <= 10: return
    cand = [k for k in range(1, n - 1) if texts[k] in "1/"]
    for m in (1, 2):
        for s in itertools.combinations(cand, m):
            fields, last = [], 0
            for k in (*s, n):
                fields.append("".join(texts[last:k])); last = k + 1
            if all(f.isdecimal() for f in fields) and is_date(fields): yield s

def is_date(fields):
    first, second, *year = fields
    if year:
        return len(first)<=2 and len(second)<=2 and len(year[0]) in (2,4) and _dm(int(first),int(second)) and (len(year[0])==2 or year[0][:2] in ('19','20'))
    if len(second)==4: return len(first)<=2 and 1<=int(first)<=12 and second[:2] in ('19','20')
    return len(first)<=2 and len(second)<=2 and _dm(int(first),int(second))

def _dm(a,b): return (1<=a<=31 and 1<=b<=12) or (1<=a<=12 and 1<=b<=31)

def _excess(piece, choices):
    costs = dict(zip(choices.texts, choices.costs.tolist(), strict=True))
    return costs[SLASH] - costs[piece.text]

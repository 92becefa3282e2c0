"""How well photos and whole numbers are read, difficulty by difficulty, beside a general reader.

    python -m benchmarks.photos --data DIR [--peer]

It prints a line for each set: the pictures and drawings under DIR that are there, and pages made of pen
drawings (`benchmarks.pages`). An answer is right when the whole text is. With `--peer` RapidOCR reads the
same pictures with its default models (`pip install -e ".[peer]"`), once given the line, once finding it.
RapidOCR reads letters too and does not divide numbers, so compare the digits of its answer (column
"digits") with the whole of ours ("exact"). Both run on one thread.

`benchmarks.refusals` measures what is no digit, `benchmarks.footprint` size, time and memory.

Tune with `--writers train --quick`: the figures by which others judge are of writers nobody tuned for.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks import pages, peer
from benchmarks.items import (
    QUICK,
    Answer,
    Item,
    ItemSet,
    Pens,
    Picture,
    Reads,
    drawn_picture,
    drawn_sets,
    page_sets,
    picture_sets,
    timed,
    without_signs,
)
from lenet.network.classifiers import use_one_thread
from lenet.reading.reader import Reader

MOST = 1000  # pictures of a set


def main() -> None:
    """Print all figures."""
    options = _options()
    use_one_thread("torch")
    cv2.setNumThreads(1)
    readers: list[Reads] = [Ours()]
    if options.peer:
        readers += peer.load()
    part = QUICK if options.quick else 1.0
    pens = Pens.load(options.data, options.writers == "test")
    _print_head(readers)
    for found in (
        *picture_sets(options.data),
        *drawn_sets(options.data, pens, part),
        *page_sets(pens, part),
    ):
        if options.only in found.name:
            _print_row(found, readers, options.peer or max(1, round(MOST * part)), options.misread)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how photos and numbers are read.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    help_peer = (
        "compare with RapidOCR on this many of each set (default: 100, an hour or two: it takes one to three "
        "seconds to find a line)"
    )
    parser.add_argument("--peer", type=int, nargs="?", const=100, default=0, metavar="COUNT", help=help_peer)
    parser.add_argument("--quick", action="store_true", help="a part of everything, in two minutes")
    parser.add_argument("--writers", choices=("train", "test"), default="test", help="whose drawings")
    parser.add_argument("--only", default="", metavar="NAME", help="only the sets with this in their name")
    parser.add_argument("--misread", type=Path, metavar="FOLDER", help="save what we misread there")
    return parser.parse_args()


# Readers ------------------------------------------------------------------------------------------


class Ours:
    """This project."""

    name = "LeNet"

    def __init__(self) -> None:
        self._reader = Reader.load()

    def read(self, picture: Picture) -> Answer:
        """Read a file, an array or strokes."""
        is_drawn = isinstance(picture, list)
        reading = self._reader.read_strokes(picture) if is_drawn else self._reader.read_image(picture)
        return Answer(reading.text, reading.status == "ok")


# Scores -------------------------------------------------------------------------------------------


@dataclass
class _Score:
    """What one reader made of one set: an entry for each item."""

    exact: list[float] = field(default_factory=list)
    digits: list[bool] = field(default_factory=list)
    wrong_and_sure: list[bool] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def add(self, item: Item, answer: Answer, milliseconds: float) -> None:
        """Count one answer."""
        text = without_signs(answer.text)
        self.exact.append(_right_lines(item.text, text))
        self.digits.append("".join(text.split()) == "".join(item.text.split()))
        if answer.sure is not None:
            self.wrong_and_sure.append(answer.sure and self.exact[-1] < 1)
        self.milliseconds.append(milliseconds)

    def columns(self) -> str:
        """As a part of a row."""
        shares = [_percent(column) for column in (self.exact, self.digits, self.wrong_and_sure)]
        count = f"{len(self.exact) or '–':>6}"
        time = f"{np.median(self.milliseconds):6.0f}" if self.milliseconds else f"{'–':>6}"
        return " ".join([count, *shares, time])


def _percent(column: Sequence[float]) -> str:
    return f"{100 * np.mean(column):7.1f}%" if column else f"{'–':>8}"


def _right_lines(wanted: str, got: str) -> float:
    """The share of the wanted lines that were read, in [0, 1]; more lines than wanted spoil a page of one."""
    lines, answers = wanted.split("\n"), got.split("\n")
    if len(lines) == 1:
        return float(wanted == got)
    return sum(line == answer for line, answer in zip(lines, answers, strict=False)) / len(lines)


def _print_head(readers: Sequence[Reads]) -> None:
    print("exact: the whole text, of a page of several lines (sideways) the share of its lines;")
    print("digits: all digits, spaces and line ends aside; sure: wrong and said to be sure;")
    print("ms: median for one input")
    columns = f"{'number':>6} {'exact':>8} {'digits':>8} {'sure':>8} {'ms':>6}"
    print(" " * 34 + "   ".join(f"{reader.name:^40}" for reader in readers))
    print(" " * 34 + "   ".join(columns for _ in readers), flush=True)


def _print_row(found: ItemSet, readers: Sequence[Reads], most: int, misread: Path | None) -> None:
    """Let each reader read a set, item by item in turns; a missing set is named.

    Args:
        found: the set.
        readers: of which only those read an item that can.
        most: how many items are read.
        misread: folder for the pictures that the first misreads.
    """
    scores = [_Score() for _ in readers]
    try:
        for count, item in enumerate(islice(found.items(), most)):
            for reader, score in zip(readers, scores, strict=True):
                if _can_read(reader, item, found):
                    answer, milliseconds = timed(partial(reader.read, item.picture))
                    score.add(item, answer, milliseconds)
                    if misread and reader is readers[0] and answer.text != item.text:
                        _save(misread, found.name, item, answer, count)
    except OSError as error:
        print(f"{found.name:34} skipped: {error}")
        return
    print(f"{found.name:34}" + "   ".join(score.columns() for score in scores), flush=True)


def _can_read(reader: Reads, item: Item, found: ItemSet) -> bool:
    """A general reader has no pad; and the line is given only where the picture shows little else."""
    if isinstance(reader, Ours):
        return True
    return not isinstance(item.picture, list) and (found.is_line or reader.name == "RapidOCR")


def _save(folder: Path, name: str, item: Item, answer: Answer, count: int) -> None:
    """Keep a misread picture to look at; its file's name says what it is and what was read."""
    picture = item.picture
    if isinstance(picture, list):
        picture = drawn_picture(pages.Number(picture, item.text, False), 64)
    if isinstance(picture, Path):
        picture = np.asarray(Image.open(picture).convert("RGB"))
    folder.mkdir(parents=True, exist_ok=True)
    parts = [name, str(count), item.text, "read", answer.text or "nothing"]
    Image.fromarray(picture).save(folder / ("_".join(re.sub(r"\W+", "-", part) for part in parts) + ".png"))


if __name__ == "__main__":
    main()

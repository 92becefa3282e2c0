"""Makes the pictures and prints how they are read."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import cv2

from benchmarks.hard_kinds import hands
from benchmarks.hard_kinds.controls import CONTROLS
from benchmarks.hard_kinds.kinds import KINDS, Case, case
from benchmarks.items import digits_of
from lenet.network.classifiers import use_one_thread
from lenet.reading.reader import Reader


class Outcome(NamedTuple):
    """How one picture was read: by its digits, with its signs, and whether surely but wrong."""

    read: bool
    written: bool
    sure_but_wrong: bool


def outcome(one: Case, text: str, status: str) -> Outcome:
    """Compare a reading with what a person reads; where that is nothing, a reading must only not be sure."""
    right = digits_of(text) == one.expected or (not one.expected and status != "ok")
    written = "".join(text.split()) == "".join(one.written.split())
    return Outcome(right, written, status == "ok" and not right)


def main() -> None:
    """Print a line a kind and the totals."""
    options = _options()
    use_one_thread("torch")
    cv2.setNumThreads(1)
    reader = Reader.load()
    characters = hands.load(options.data, options.half)
    found: dict[str, list[Outcome]] = {}
    for kind in options.kinds:
        for seed in range(options.count):
            one = case(kind, seed, options.half, characters)
            reading = reader.read_image(one.image)
            found.setdefault(kind, []).append(outcome(one, reading.text, reading.status))
            if options.save:
                save(one, options.save)
            if options.misread and not found[kind][-1].read:
                print(f"  {kind} {seed}: wanted {one.expected!r}, got {reading.text!r} {reading.status}")
        print_row(kind, found[kind])
    print_row("hard kinds", (one for kind, all_ in found.items() if kind not in CONTROLS for one in all_))
    print_row("controls", (one for kind, all_ in found.items() if kind in CONTROLS for one in all_))


def save(one: Case, folder: Path) -> None:
    """Save a picture and add it to the folder's cases.csv: file, kind, expected, as_written."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{one.kind}_{one.seed}.png"
    one.image.save(folder / name)
    table = folder / "cases.csv"
    is_new = not table.exists()
    with table.open("a", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        if is_new:
            rows.writerow(("file", "kind", "expected", "as_written"))
        rows.writerow((name, one.kind, one.expected, one.written))


def print_row(name: str, outcomes: Iterable[Outcome]) -> None:
    """Print how many pictures there are and how many are read."""
    rows = list(outcomes)
    read, written, sure = (sum(column) for column in zip(*rows, strict=True)) if rows else (0, 0, 0)
    print(
        f"{name:24} n {len(rows):4}  read {read:4}  as written {written:4}  sure but wrong {sure:4}",
        flush=True,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how the hard kinds are read, made anew.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    parser.add_argument("--half", choices=hands.HALVES, default="tune", help="whose hands (default: tune)")
    parser.add_argument("--count", type=int, default=40, help="pictures of each kind (default: 40)")
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS), help="a,b,…")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="save the pictures there")
    parser.add_argument("--misread", action="store_true", help="list what is not read")
    options = parser.parse_args()
    if unknown := set(options.kinds) - KINDS.keys():
        parser.error(f"--kinds: wanted some of {', '.join(KINDS)}, got {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    main()

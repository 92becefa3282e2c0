"""Makes the pictures and prints how they are read.

With `--peer` RapidOCR reads the same pictures with its default models (`pip install -e ".[peer]"`), once
given the line, once finding it; of its text the digits count, and it never says that it is unsure.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from benchmarks import peer
from benchmarks.hard_kinds import hands
from benchmarks.hard_kinds.controls import CONTROLS
from benchmarks.hard_kinds.kinds import KINDS, Case, case
from benchmarks.items import Reads, digits_of
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
    reader, peers = Reader.load(), peer.load() if options.peer else []
    characters = hands.load(options.data, options.half)
    found: dict[str, list[Outcome]] = {}
    by_peers: dict[str, list[list[bool]]] = {}
    for kind in options.kinds:
        for seed in range(options.count):
            one = case(kind, seed, options.half, characters)
            reading = reader.read_image(one.image)
            found.setdefault(kind, []).append(outcome(one, reading.text, reading.status))
            by_peers.setdefault(kind, []).append(read_by(peers, one))
            if options.save:
                save(one, options.save)
            if options.misread and not found[kind][-1].read:
                print(f"  {kind} {seed}: wanted {one.expected!r}, got {reading.text!r} {reading.status}")
        print_row(kind, found[kind], peers, by_peers[kind])
    for name, are_controls in (("hard kinds", False), ("controls", True)):
        kinds = [kind for kind in found if (kind in CONTROLS) == are_controls]
        outcomes = [one for kind in kinds for one in found[kind]]
        print_row(name, outcomes, peers, [row for kind in kinds for row in by_peers[kind]])


def read_by(peers: Sequence[Reads], one: Case) -> list[bool]:
    """Return which of other readers, which are always sure, read a picture's digits."""
    if not peers:
        return []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "picture.png"
        _of_8_bits(one.image).save(file)
        return [outcome(one, reader.read(file).text, "ok").read for reader in peers]


def _of_8_bits(image: Image.Image) -> Image.Image:
    """Return an image with 8 bits a channel: RapidOCR takes all levels of 16 bits above 255 for white."""
    is_wide = image.mode.startswith("I")
    return Image.fromarray(np.round(np.asarray(image) / 257).astype(np.uint8)) if is_wide else image


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


def print_row(
    name: str, outcomes: Iterable[Outcome], peers: Sequence[Reads] = (), by_peers: Iterable[list[bool]] = ()
) -> None:
    """Print how many pictures there are and how many are read, by us and by other readers.

    Args:
        name: of the kind.
        outcomes: ours, one a picture.
        peers: the other readers.
        by_peers: which of them read it, one list a picture.
    """
    rows = list(outcomes)
    counts = np.array([*by_peers, [False] * len(peers)]).sum(axis=0)
    others = "".join(f"  {reader.name} {int(count):4}" for reader, count in zip(peers, counts, strict=True))
    read, written, sure = (sum(column) for column in zip(*rows, strict=True)) if rows else (0, 0, 0)
    print(
        f"{name:24} n {len(rows):4}  read {read:4}  as written {written:4}  sure but wrong {sure:4}{others}",
        flush=True,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how the hard kinds are read, made anew.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    parser.add_argument("--half", choices=hands.HALVES, default="tune", help="whose hands (default: tune)")
    parser.add_argument("--count", type=int, default=40, help="pictures of each kind (default: 40)")
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS), help="a,b,…")
    help_peer = "also read them with RapidOCR, which takes up to three seconds to find a line"
    parser.add_argument("--peer", action="store_true", help=help_peer)
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="save the pictures there")
    parser.add_argument("--misread", action="store_true", help="list what is not read")
    options = parser.parse_args()
    if unknown := set(options.kinds) - KINDS.keys():
        parser.error(f"--kinds: wanted some of {', '.join(KINDS)}, got {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    main()

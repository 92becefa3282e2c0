"""How well photos and whole numbers are read, difficulty by difficulty, beside a general reader.

    python -m benchmarks.photos --data DIR [--peer]

An answer is right when the whole text is: every digit, and nothing else. Pictures under DIR are used where
they are there; pages are made of pen drawings by `pages`. With `--peer` the same pictures go to RapidOCR
with its default models (`pip install -e ".[peer]"`), once given the line to read, once finding it itself,
as far as that makes sense. It reads letters too and says nothing of how numbers are divided, so compare the
digits of its answer (column "digits") with the whole of ours ("exact"). Both run on one thread.

Tune with `--writers train --quick`: the figures by which others judge are of writers nobody tuned for.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import io
import multiprocessing
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import cv2
import numpy as np
import torch
from PIL import Image

from benchmarks import pages
from lenet.datasets import cheques, pendigits, unipen
from lenet.datasets.sources import Drawings
from lenet.learning.calibration import reliability
from lenet.learning.recipes import DEFAULT
from lenet.learning.training_data import last_of_each
from lenet.network.record import shipped_weights
from lenet.reading.reader import Reader

SEED = 1998
NUMBERS = 500
PAGES_EACH = 100  # of a single difficulty
MOST = 1000  # pictures of a set
QUICK = 0.06  # part of all that with --quick

Picture = Path | np.ndarray | list[np.ndarray]
"""A file; uint8 (height, width, 3), RGB; or pen strokes."""


class Item(NamedTuple):
    """A picture and what is written on it."""

    picture: Picture
    text: str


class Answer(NamedTuple):
    """What was read, and whether the reader says that it is sure; None where it never says."""

    text: str
    sure: bool | None


class _Reads(Protocol):
    """One way to read."""

    name: str

    def read(self, picture: Picture) -> Answer:
        """Read a picture."""


@dataclass(frozen=True)
class _Set:
    """Items of one kind; made when they are asked for, so that few are in memory at once.

    Attributes:
        name: what they are.
        items: returns them.
        is_line: whether a picture shows one line and little else.
    """

    name: str
    items: Callable[[], Iterable[Item]]
    is_line: bool = True


def main() -> None:
    """Print all figures."""
    options = _options()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    readers: list[_Reads] = [Ours()]
    if options.peer:
        readers += _peers()
    part = QUICK if options.quick else 1.0
    pens = Pens.load(options.data, options.writers == "test")
    _print_head(readers)
    for found in (
        *_picture_sets(options.data),
        *_drawn_sets(options.data, pens, part),
        *_page_sets(pens, part),
    ):
        if options.only in found.name:
            _print_row(found, readers, options.peer or max(1, round(MOST * part)), options.misread)
    if options.only:
        return
    print_refusals(options.data, pens, part)
    print_sizes(readers)
    if not options.quick:
        print_speed(pens)
        print_memory(pens)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how photos and numbers are read.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    help_peer = (
        "compare with RapidOCR on so many of each set (default: 100, an hour or two: it takes one to three "
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


class Peer:
    """RapidOCR with its default models.

    Args:
        engine: a `rapidocr.RapidOCR`.
        finds: whether it looks for the lines itself.
    """

    def __init__(self, engine: Any, finds: bool) -> None:
        self._engine, self._finds = engine, finds
        self.name = "RapidOCR" if finds else "RapidOCR, line given"

    def read(self, picture: Picture) -> Answer:
        """Read a file or an array; each piece of text found is a line, of which the digits are taken."""
        if isinstance(picture, np.ndarray):
            picture = np.ascontiguousarray(picture[..., ::-1])  # it wants OpenCV's BGR
        # It keeps these for the next call, so each call says them all.
        found = self._engine(picture, use_det=self._finds, use_cls=self._finds, use_rec=True)
        lines = [re.sub("[^0-9]", "", text) for text in found.txts or ()]
        return Answer("\n".join(filter(None, lines)), None)


def _peers() -> list[_Reads]:
    """Both ways to use RapidOCR.

    Raises:
        SystemExit: it is not installed, or its models are neither in its package nor to be fetched.
    """
    try:
        from rapidocr import RapidOCR

        threads = "EngineConfig.onnxruntime.intra_op_num_threads"
        engine = RapidOCR(params={threads: 1, "Global.log_level": "critical"})
        engine(np.full((48, 320, 3), 255, np.uint8))
    except Exception as error:  # it has its own kinds, of what it cannot import, download or open
        raise SystemExit(f'RapidOCR cannot be used ({error}): pip install -e ".[peer]"') from error
    return [Peer(engine, finds=False), Peer(engine, finds=True)]


# Scores -------------------------------------------------------------------------------------------


@dataclass
class _Score:
    """How one way to read did on one set: an entry for each item."""

    exact: list[float] = field(default_factory=list)
    digits: list[bool] = field(default_factory=list)
    wrong_and_sure: list[bool] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def add(self, item: Item, answer: Answer, milliseconds: float) -> None:
        """Count one answer."""
        self.exact.append(_right_lines(item.text, answer.text))
        self.digits.append("".join(answer.text.split()) == "".join(item.text.split()))
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


def _print_head(readers: Sequence[_Reads]) -> None:
    print("exact: the whole text, of a page of several lines (sideways) the share of its lines;")
    print("digits: all digits, spaces and line ends aside; sure: wrong and said to be sure;")
    print("ms: median for one input")
    columns = f"{'number':>6} {'exact':>8} {'digits':>8} {'sure':>8} {'ms':>6}"
    print(" " * 34 + "   ".join(f"{reader.name:^40}" for reader in readers))
    print(" " * 34 + "   ".join(columns for _ in readers), flush=True)


def _print_row(found: _Set, readers: Sequence[_Reads], most: int, misread: Path | None) -> None:
    """Read a set in every way that can, side by side; a set that is not there is said to be missing.

    Args:
        found: the set.
        readers: the ways to read.
        most: how many items are read.
        misread: folder for the pictures that the first misreads.
    """
    scores = [_Score() for _ in readers]
    try:
        for count, item in enumerate(islice(found.items(), most)):
            for reader, score in zip(readers, scores, strict=True):
                if _can_read(reader, item, found):
                    answer, milliseconds = _timed(partial(reader.read, item.picture))
                    score.add(item, answer, milliseconds)
                    if misread and reader is readers[0] and answer.text != item.text:
                        _save(misread, found.name, item, answer, count)
    except OSError as error:
        print(f"{found.name:34} skipped: {error}")
        return
    print(f"{found.name:34}" + "   ".join(score.columns() for score in scores), flush=True)


def _can_read(reader: _Reads, item: Item, found: _Set) -> bool:
    """A general reader has no pad; and the line is given only where the picture shows little else."""
    if isinstance(reader, Ours):
        return True
    return not isinstance(item.picture, list) and (found.is_line or reader.name == "RapidOCR")


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """The result of a call and its milliseconds."""
    start = time.perf_counter()
    result = call()
    return result, 1000 * (time.perf_counter() - start)


def _save(folder: Path, name: str, item: Item, answer: Answer, count: int) -> None:
    """Keep a misread picture to look at; its file's name says what it is and what was read."""
    picture = item.picture
    if isinstance(picture, list):
        picture = _picture(pages.Number(picture, item.text, False), 64)
    if isinstance(picture, Path):
        picture = np.asarray(Image.open(picture).convert("RGB"))
    folder.mkdir(parents=True, exist_ok=True)
    parts = [name, str(count), item.text, "read", answer.text or "nothing"]
    Image.fromarray(picture).save(folder / ("_".join(re.sub(r"\W+", "-", part) for part in parts) + ".png"))


# Pictures -----------------------------------------------------------------------------------------


def _picture_sets(root: Path) -> list[_Set]:
    """The sets of real pictures."""
    return [
        _Set("phone_digits", partial(_by_folder, root / "phone_digits")),
        _Set("mouse_digits", partial(_by_folder, root / "mouse_digits")),
        _Set("cheque_strings", partial(_unseen_cheques, root / "cheque_strings")),
        _Set("number_photos", partial(_by_table, root / "number_photos", "")),
    ]


def _by_folder(folder: Path) -> list[Item]:
    """Items of DIGIT/FILE, in an order that has all digits in any part of it."""
    files = sorted(folder.glob("[0-9]/*"))
    if not files:
        raise FileNotFoundError(f"there is no {folder}")
    return _mixed([Item(file, file.parent.name) for file in files])


def _by_table(folder: Path, inner: str) -> list[Item]:
    """Items of labels.csv, with columns file and label."""
    with (folder / "labels.csv").open(newline="") as table:
        return _mixed([Item(folder / inner / row["file"], row["label"]) for row in csv.DictReader(table)])


def _unseen_cheques(folder: Path) -> list[Item]:
    """The amounts that the network did not learn from."""
    items = _by_table(folder, "images")
    return [item for item in items if not cheques.is_for_training(Path(item.picture).name)]


def _mixed(items: Sequence[Any]) -> list[Any]:
    """The items in a random order, always the same one."""
    return [items[index] for index in np.random.default_rng(SEED).permutation(len(items))]


# Drawings -----------------------------------------------------------------------------------------


class Pens(NamedTuple):
    """The drawings that pages are made of: PenDigits' test writers, or its training writers for tuning."""

    drawings: Drawings
    is_test: bool

    @classmethod
    def load(cls, root: Path, is_test: bool) -> Pens:
        """Load them.

        Raises:
            OSError: as for `pendigits.load`.
        """
        return cls(pendigits.load(root, train=not is_test), is_test)

    def numbers(self, count: int, seed: int = SEED, **options: Any) -> list[pages.Number]:
        """Numbers that these writers draw; see `pages.numbers`."""
        drawings = self.drawings
        return pages.numbers(drawings.strokes, drawings.labels, drawings.writers, count, seed=seed, **options)


def _drawn_sets(root: Path, pens: Pens, part: float) -> list[_Set]:
    """Drawings as plain pictures, and on the pad."""
    numbers = pens.numbers(round(NUMBERS * part))
    return [
        _Set("PenDigits digits, pictures", lambda: map(_digit_item, *_shuffled(pens.drawings))),
        _Set(
            "UNIPEN digits held out, pictures", lambda: map(_digit_item, *_shuffled(_unipen_held_out(root)))
        ),
        _Set("numbers, pictures", lambda: (Item(_picture(number), number.text) for number in numbers)),
        _Set("numbers, pad", lambda: (Item(number.strokes, number.text) for number in numbers)),
        _Set(
            "numbers, pad, touching only",
            lambda: (Item(number.strokes, number.text) for number in numbers if number.touching),
        ),
    ]


def _shuffled(drawings: Drawings) -> tuple[list[list[np.ndarray]], list[int]]:
    return _mixed(drawings.strokes), _mixed(drawings.labels.tolist())


def _unipen_held_out(root: Path) -> Drawings:
    """UNIPEN's digits that training holds out: the last of each donor's."""
    drawings = unipen.load(root)
    held = np.flatnonzero(last_of_each(drawings.writers, DEFAULT.data.validation_share))
    strokes = [drawings.strokes[row] for row in held]
    return Drawings(strokes, drawings.labels[held], drawings.writers[held], drawings.source)


def _digit_item(drawing: list[np.ndarray], label: int) -> Item:
    return Item(_picture(pages.single(drawing, label)), str(label))


def _picture(number: pages.Number, height: int = 48) -> np.ndarray:
    """Black on white with a margin of a quarter of a digit: uint8 (rows, columns, 3)."""
    ink = np.pad(pages.render(number, height, pages.NORMAL_PEN), height // 4)
    return np.repeat(np.round(255 * (1 - ink)).astype(np.uint8)[..., None], 3, axis=2)


# Pages --------------------------------------------------------------------------------------------


def _page_sets(pens: Pens, part: float) -> Iterator[_Set]:
    """Photographed pages of one number each, by difficulty; the mix of all first, and its hardest part."""
    for difficulty in ("everything", "touching only", *pages.DIFFICULTIES[:-1]):
        count = NUMBERS if difficulty == "everything" else PAGES_EACH
        yield _Set(
            f"pages, {difficulty}", partial(_pages, pens, difficulty, max(4, round(count * part))), False
        )


def _pages(pens: Pens, difficulty: str, count: int) -> Iterator[Item]:
    # Which way is up shows on a page of several lines; 9 and 66 alone would be anybody's guess.
    lines = 3 if difficulty == "sideways" else 1
    touching = 1.0 if difficulty == "touching only" else 0.2
    numbers = pens.numbers(count * lines, touching=touching)
    for index in range(count):
        random = np.random.default_rng((SEED, index))
        page = numbers[index * lines : (index + 1) * lines]
        mixed = "everything" if touching == 1 else difficulty
        picture = pages.photograph([[number] for number in page], mixed, random=random)
        yield Item(picture, "\n".join(number.text for number in page))


# What is no digit ---------------------------------------------------------------------------------


def print_refusals(root: Path, pens: Pens, part: float) -> None:
    """Print how letters, marks and digits are refused, and how well confidence tells right from wrong."""
    reader = Reader.load()
    print()
    _print_letters(reader, root, pens.is_test, part)
    _print_marks(reader)
    _print_digits(reader, pens, part)


def _print_letters(reader: Reader, root: Path, is_test: bool, part: float) -> None:
    """Letters that look like no digit, by donors whose letters are not trained on."""
    try:
        letters = unipen.load(root, unipen.LETTERS)
    except OSError as error:
        print(f"letters: skipped: {error}")
        return
    of_part = np.isin(letters.writers, unipen.TEST_DONORS) == is_test
    chosen = _mixed(np.flatnonzero(unipen.unlike_digits(letters) & of_part))
    chosen = chosen[: round(len(chosen) * part)]
    taken = [
        chr(letters.labels[row]) for row in chosen if reader.read_strokes(letters.strokes[row]).status == "ok"
    ]
    share = 100 * (1 - len(taken) / len(chosen))
    print(f"letters that look like no digit: {share:.1f} % of {len(chosen)} answered not_a_digit or unsure")
    most = ", ".join(f"{letter} {count}" for letter, count in Counter(taken).most_common(6))
    print(f"  most often taken for digits: {most or 'none'}")


def _print_marks(reader: Reader) -> None:
    """What people draw to see what happens, on the pad and photographed."""
    for name, draw in _MARKS.items():
        drawings = [draw(np.random.default_rng((SEED, index))) for index in range(25)]
        pad = Counter(_outcome(reader.read_strokes(drawing)) for drawing in drawings)
        photos = (_mark_photo(drawing, index) for index, drawing in enumerate(drawings))
        photo = Counter(_outcome(reader.read_image(picture)) for picture in photos)
        print(f"{name:16} pad: {_listed(pad):48} photo: {_listed(photo)}")


def _outcome(reading: Any) -> str:
    return f"ok {reading.text!r}" if reading.status == "ok" else reading.status


def _listed(outcomes: Counter[str]) -> str:
    return ", ".join(f"{count} × {outcome}" for outcome, count in outcomes.most_common(4))


def _mark_photo(drawing: list[np.ndarray], seed: int) -> np.ndarray:
    """A photographed page with a mark on it, or with nothing."""
    lines = [[pages.Number(drawing, "", False)]] if drawing else []
    return pages.photograph(lines, "everything", 0.5, np.random.default_rng((SEED, seed)))


def _scribble(random: np.random.Generator) -> list[np.ndarray]:
    t = np.linspace(0, 1, 150)
    waves = random.uniform(3, 9, (2, 3)), random.uniform(0, 6, (2, 3))
    return [sum(np.sin(2 * np.pi * waves[0][:, k] * t[:, None] + waves[1][:, k]) for k in range(3)) / 6]


def _line(degrees: float, random: np.random.Generator) -> list[np.ndarray]:
    """A stroke 1 long, as straight as a hand makes it."""
    angle = np.deg2rad(degrees + random.normal(0, 4))
    t = np.linspace(0, 1, 20)[:, None]
    bend = random.normal(0, 0.02) * np.sin(np.pi * t)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    return [t * along + bend * across]


_MARKS: dict[str, Callable[[np.random.Generator], list[np.ndarray]]] = {
    "blank": lambda random: [],
    "dot": lambda random: [random.normal(0, 0.004, (5, 2))],
    "level line": partial(_line, 0),
    "slanting line": partial(_line, 35),
    "upright line (1)": partial(_line, 90),
    "scribble": _scribble,
}


def _print_digits(reader: Reader, pens: Pens, part: float) -> None:
    """How many digits are refused, and the expected calibration error of the others."""
    strokes, labels = _shuffled(pens.drawings)
    count = max(1, round(len(labels) * part))
    readings = [reader.read_strokes(drawing) for drawing in strokes[:count]]
    texts = [reading.text for reading in readings]
    right = np.array([text == str(label) for text, label in zip(texts, labels, strict=False)])
    answered = np.array([text != "" for text in texts])
    confidence = np.array([_confidence(reading) for reading in readings])
    error = 100 * reliability(confidence[answered], right[answered]).error
    print(
        f"PenDigits digits on the pad: {100 * right.mean():.2f} % right, "
        f"{100 * (1 - answered.mean()):.2f} % refused,\n"
        f"  expected calibration error {error:.2f} % (15 bins), {count} drawings"
    )


def _confidence(reading: Any) -> float:
    """Probability that all digits of the text are right."""
    return float(np.prod([piece.confidence for piece in reading.digits if piece.status != "not_a_digit"]))


# Size, speed, memory ------------------------------------------------------------------------------


def print_sizes(readers: Sequence[_Reads]) -> None:
    """Print what is to be downloaded."""
    weights = shipped_weights().stat().st_size / 1e6
    print(
        f"\nsize: our weights {weights:.2f} MB; runtime torch {_installed('torch'):.0f} MB as installed here"
    )
    if len(readers) > 1:
        files = importlib.metadata.files("rapidocr") or []
        models = sum(Path(file.locate()).stat().st_size for file in files if file.suffix == ".onnx") / 1e6
        print(
            f"  RapidOCR's models {models:.1f} MB; its package with them {_installed('rapidocr'):.0f} MB, "
            f"runtime onnxruntime {_installed('onnxruntime'):.0f} MB"
        )


def _installed(distribution: str) -> float:
    """Megabytes of the files of an installed distribution."""
    places = [Path(file.locate()) for file in importlib.metadata.files(distribution) or []]
    return sum(place.stat().st_size for place in places if place.is_file()) / 1e6


def print_speed(pens: Pens, rounds: int = 11) -> None:
    """Print how long a 12-megapixel JPEG takes beside decoding it; all three in turns."""
    reader = Reader.load()
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few.jpg", Path(folder) / "many.jpg"
        few.write_bytes(_large_jpeg(pens, 1, 2))
        many.write_bytes(_large_jpeg(pens, 10, 4))
        calls = [lambda: _decode(few), lambda: reader.read_image(few), lambda: reader.read_image(many)]
        times = [[_timed(call)[1] for call in calls] for _ in range(rounds)]
        found = [sum(map(str.isdigit, call().text)) for call in calls[1:]]
    decoding, ten, hundreds = np.median(times, axis=0)
    print(f"\nspeed, 12-megapixel JPEG: decoding {decoding:.0f} ms")
    print(f"  ten digits {ten:.0f} ms: {ten / decoding:.2f} times decoding")
    print(f"  200 digits {hundreds:.0f} ms: {hundreds / ten:.2f} times ten digits")
    print(f"  digits found: {found[0]} of 10, {found[1]} of 200")


def _decode(file: Path) -> None:
    with Image.open(file) as image:
        image.load()


def _large_jpeg(pens: Pens, lines: int, each: int) -> bytes:
    """A JPEG file of 4,000 × 3,000 pixels with lines of numbers of five digits."""
    random = np.random.default_rng(SEED)
    numbers = pens.numbers(lines * each, lengths=(5, 5), touching=0)
    rows = [numbers[line * each : (line + 1) * each] for line in range(lines)]
    picture = cv2.resize(pages.photograph(rows, "plain", 0.5, random, least=(1600, 1200)), (4000, 3000))
    grain = random.normal(0, 3, picture.shape[:2]).astype(np.float32)[..., None]
    buffer = io.BytesIO()
    Image.fromarray(np.clip(picture + grain, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def print_memory(pens: Pens, count: int = 1000) -> None:
    """Print the peak memory of a process that reads many photos: after ten, and after all of them."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for index, item in enumerate(_pages(pens, "everything", 9)):
            files.append(Path(folder) / f"{index}.jpg")
            Image.fromarray(item.picture).save(files[-1])  # type: ignore[arg-type]
        files.append(Path(folder) / "large.jpg")
        files[-1].write_bytes(_large_jpeg(pens, 10, 4))
        with multiprocessing.get_context("spawn").Pool(1) as process:
            ten, end = process.apply(_peaks, (files, count))
    print(f"\nmemory: peak {ten:.0f} MB after ten photos, {end:.0f} MB after {count:,}")


def _peaks(files: Sequence[Path], count: int) -> tuple[float, float]:
    """Megabytes: this process's peak after reading each file once, and after reading `count`."""
    torch.set_num_threads(1)
    reader = Reader.load()
    for file in files:
        reader.read_image(file)
    first = _peak()
    for index in range(count - len(files)):
        reader.read_image(files[index % len(files)])
    return first, _peak()


def _peak() -> float:
    # Not getrusage: a process starts with the peak of the one that started it.
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1000  # type: ignore[index]


if __name__ == "__main__":
    main()

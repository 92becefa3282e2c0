"""What looking for numbers costs on single digits.

    python -m benchmarks.single_digits [--data DIR]

For each set of single digits, of which none was learnt from: how many the reader reads exactly, how many with
the hint that there is one digit, and how many the network gets that is shown all ink as one digit. The
reader may do worse, for it may divide a digit or refuse it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from benchmarks.items import Picture, picture_sets, unipen_held_out
from lenet.datasets import bhmsds, mathnote, mnist, pendigits, unipen_texts
from lenet.datasets.sources import Drawings
from lenet.ink import photo
from lenet.ink.preprocessing import thickened, to_mnist
from lenet.learning.parts import last_of_each
from lenet.learning.recipes import DEFAULT
from lenet.network import classifiers
from lenet.network.classifiers import use_one_thread
from lenet.network.record import DIGITS, Record, shipped_weights
from lenet.reading.reader import Reader
from lenet.synthesis.drawings import to_image

MNIST_DIGITS = 2_000
"""Number of MNIST's test images that are read."""

HELD_OUT = DEFAULT.data.validation_share


class DigitSet(NamedTuple):
    """Single digits of one kind.

    Attributes:
        sources: strokes, ink or pages.
        labels: what each is.
        read: reads one, given the reader's `digits`.
        image: one as a whole in MNIST's form, float32 (28, 28), or None without ink.
    """

    sources: Sequence[Any]
    labels: Sequence[str]
    read: Callable[[Any, int | None], Any]
    image: Callable[[Any], np.ndarray | None]


def main() -> None:
    """Print a line a set."""
    parser = argparse.ArgumentParser(description="Measure what looking for numbers costs on single digits.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    root = parser.parse_args().data
    use_one_thread("torch")
    cv2.setNumThreads(1)
    record = Record.load(shipped_weights())
    classify = classifiers.load(shipped_weights(), record)
    reader = Reader(classify, record)
    print(f"{'':32}{'n':>6}{'reader':>9}{'digits=1':>10}{'all ink':>9}{'less':>7}")
    for name, load in digit_sets(reader, root).items():
        try:
            found = load()
        except OSError as error:
            print(f"{name}: skipped: {error}")
            continue
        plain, hinted = (
            _share([found.read(source, digits).text for source in found.sources], found.labels)
            for digits in (None, 1)
        )
        alone = _share([_whole(classify, found.image(source)) for source in found.sources], found.labels)
        print(
            f"{name:32}{len(found.labels):6}{plain:9.2f}{hinted:10.2f}{alone:9.2f}{alone - plain:7.2f}",
            flush=True,
        )


def _share(texts: Sequence[str], labels: Sequence[str]) -> float:
    """The share of texts that are their labels, in per cent."""
    return 100 * sum(text == label for text, label in zip(texts, labels, strict=True)) / len(labels)


def _whole(classify: classifiers.Classifier, image: np.ndarray | None) -> str:
    """The likeliest digit of all ink as one piece."""
    return "" if image is None else str(classify(image[None])[0, : len(DIGITS)].argmax())


def digit_sets(reader: Reader, root: Path) -> dict[str, Callable[[], DigitSet]]:
    """What loads each set; it raises an OSError where the set is missing."""
    return {
        "pen, persons held out": lambda: _drawn(reader, *_of_persons(root)),
        "PenDigits, test writers": lambda: _drawn(reader, *_of(pendigits.load(root, train=False))),
        "UNIPEN, held out of training": lambda: _drawn(reader, *_of(unipen_held_out(root))),
        "MathNote, held out of training": lambda: _drawn(reader, *_of_mathnote(root)),
        "MNIST, test images": lambda: _inked(reader, *_of_mnist(root)),
        "BHMSDS, held out of training": lambda: _inked(reader, *_of_bhmsds(root)),
        **{
            one.name: partial(_pictured, reader, one.items)
            for one in picture_sets(root)
            if one.name in ("phone_digits", "mouse_digits")
        },
    }


def _drawn(reader: Reader, drawings: Sequence[Any], labels: Sequence[str]) -> DigitSet:
    return DigitSet(drawings, labels, reader.read_strokes, to_image)


def _inked(reader: Reader, images: np.ndarray, labels: Sequence[str]) -> DigitSet:
    return DigitSet(images, labels, reader.read_ink, lambda ink: to_mnist(thickened(ink)))


def _pictured(reader: Reader, items: Callable[[], Iterator[tuple[Picture, str]]]) -> DigitSet:
    pictures, labels = zip(*items(), strict=True)
    pages = [photo.page(picture) for picture in pictures]
    return DigitSet(pages, labels, reader.read_page, lambda page: to_mnist(thickened(page.ink)))


def _of(drawings: Drawings) -> tuple[Sequence[Any], list[str]]:
    return drawings.strokes, list(map(str, drawings.labels))


def _of_persons(root: Path) -> tuple[Sequence[Any], list[str]]:
    texts, _ = unipen_texts.load(root, "more_digits")
    held = [text for text in texts if text.person in unipen_texts.HELD_OUT]
    return [text.strokes for text in held], [text.label for text in held]


def _of_mathnote(root: Path) -> tuple[Sequence[Any], list[str]]:
    symbols, _ = mathnote.load(root, "digits")
    held = last_of_each(np.array([symbol.label for symbol in symbols]), HELD_OUT)
    chosen = [symbols[index] for index in np.flatnonzero(held)]
    return [symbol.strokes for symbol in chosen], [symbol.label for symbol in chosen]


def _of_mnist(root: Path) -> tuple[np.ndarray, list[str]]:
    digits = mnist.load(root, train=False)
    return digits.pixels[:MNIST_DIGITS], list(map(str, digits.labels[:MNIST_DIGITS]))


def _of_bhmsds(root: Path) -> tuple[np.ndarray, list[str]]:
    symbols = bhmsds.load(root)
    is_digit = np.isin(symbols.labels, list(DIGITS))
    images, labels = symbols.images[is_digit], symbols.labels[is_digit]
    held = last_of_each(labels, HELD_OUT)
    return images[held].astype(np.float32) / 255, labels[held].tolist()


if __name__ == "__main__":
    main()

"""What reading photos takes: megabytes to download, milliseconds for a large photo, memory of a long run.

    python -m benchmarks.footprint --data DIR [--peer]

- Size: of the weights and of the runtime as installed; with `--peer` also RapidOCR's.
- Speed: a JPEG of 12 megapixels with ten and with 200 digits, beside decoding it, in turns.
- Memory: the peak of a process after ten photos and after a thousand.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import io
import multiprocessing
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks import pages
from benchmarks.items import SEED, Pens, photographed, timed
from lenet.network.classifiers import use_one_thread
from lenet.network.record import shipped_weights
from lenet.reading.reader import Reader


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description="Measure size, time and memory of reading photos.")
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of the data (default: data)")
    parser.add_argument("--peer", action="store_true", help="also the size of RapidOCR")
    options = parser.parse_args()
    use_one_thread("torch")
    cv2.setNumThreads(1)
    pens = Pens.load(options.data, is_test=True)
    print_sizes(options.peer)
    print_speed(pens)
    print_memory(pens)


def print_sizes(peer: bool) -> None:
    """Print what is to be downloaded."""
    weights = shipped_weights().stat().st_size / 1e6
    print(
        f"\nsize: our weights {weights:.2f} MB; runtime torch {_installed('torch'):.0f} MB as installed here"
    )
    if peer:
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
        times = [[timed(call)[1] for call in calls] for _ in range(rounds)]
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
    noise = random.normal(0, 3, picture.shape[:2]).astype(np.float32)[..., None]
    buffer = io.BytesIO()
    Image.fromarray(np.clip(picture + noise, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def print_memory(pens: Pens, count: int = 1000) -> None:
    """Print the peak memory of a process that reads many photos: after ten, and after all of them."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for index, item in enumerate(photographed(pens, "everything", 9)):
            files.append(Path(folder) / f"{index}.jpg")
            Image.fromarray(item.picture).save(files[-1])  # type: ignore[arg-type]
        files.append(Path(folder) / "large.jpg")
        files[-1].write_bytes(_large_jpeg(pens, 10, 4))
        with multiprocessing.get_context("spawn").Pool(1) as process:
            ten, end = process.apply(_peaks, (files, count))
    print(f"\nmemory: peak {ten:.0f} MB after ten photos, {end:.0f} MB after {count:,}")


def _peaks(files: Sequence[Path], count: int) -> tuple[float, float]:
    """Megabytes: this process's peak after reading each file once, and after reading `count`."""
    use_one_thread("torch")
    reader = Reader.load()
    for file in files:
        reader.read_image(file)
    first = peak()
    for index in range(count - len(files)):
        reader.read_image(files[index % len(files)])
    return first, peak()


def peak() -> float:
    """The largest memory of this process so far, in MB; NaN where there is no /proc."""
    # Not getrusage: a process starts with the peak of the one that started it.
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1000  # type: ignore[index]


if __name__ == "__main__":
    main()
